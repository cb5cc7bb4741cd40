"""The same person writes by the form, telephones, and answers by mail: one ticket all along."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

from sqlalchemy import select

from support.kernel import db
from support.tickets.models import State, Ticket
from support.tickets.references import shown
from support.tickets.timeline import Entry, EntryKind
from tests.cast import again
from tests.flows.conftest import House
from tests.web.conftest import Browser, Site

FORM = {
    "cle": "a-form",
    "reason": "account.blocked",
    "procedure": "student",
    "text": "Le code de validation ne vient jamais.",
    "given_name": "Awa",
    "family_name": "Traoré",
    "email": "awa@example.org",
    "phone": "",
    "foreigner_number": "",
    "dossier_number": "",
    "language": "fr",
}


def the_ticket() -> Ticket:
    """The only one there is."""
    return db.session().scalars(select(Ticket)).one()


def start_of_call(agent: Browser) -> str:
    page = agent.get("/agent/appels/nouveau", follow_redirects=True).text
    found = re.search(r'name="appel" value="([^"]+)"', page)
    assert found
    return found[1]


def words_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return f"{mail['Subject']}\n{body.get_content()}"


def kinds() -> list[str]:
    shown_kinds = (EntryKind.MESSAGE, EntryKind.CALL, EntryKind.REPLY)
    query = select(Entry.kind).where(Entry.kind.in_(shown_kinds)).order_by(Entry.id)
    return [kind.value for kind in db.session().scalars(query)]


def test_form_then_call_then_mail_are_one_ticket(
    site: Site, house: House, write: Callable[..., EmailMessage]
) -> None:
    # She writes by the form, and is told that it arrived.
    person = site.anyone()
    assert person.send("/contact", FORM).status_code == 303
    with db.transaction(write=False):
        reference = shown(the_ticket().reference)
        assert the_ticket().person.id == site.cast.awa.id
    (receipt,) = house.mails()
    assert f"[#{reference}]" in receipt["Subject"]

    # She telephones about it: it is noted there, and is no new ticket.
    agent = site.as_("teleadviser")
    call = {
        "appel": start_of_call(agent),
        "personne": str(site.cast.awa.id),
        "ticket": reference,
        "note": "Demande où en est sa demande.",
        "suite": "keep",
    }
    assert agent.send("/agent/appels", call).status_code == 303

    # The agent answers and closes; she answers that mail: open again, the same one.
    reply = {"text": "Bonjour Awa,\n\nLe code est parti à l'instant.", "then": "close"}
    assert agent.send(f"/agent/tickets/{reference}/reponses", reply).status_code == 302
    answer = house.mails()[-1]
    assert answer["In-Reply-To"] in (None, receipt["Message-ID"])
    with db.transaction(write=False):
        assert the_ticket().state is State.CLOSED
    house.receive(write(f"Re: {answer['Subject']}", "Il ne marche pas.", to=answer))

    with db.transaction(write=False):
        ticket = the_ticket()
        assert ticket.state is State.REOPENED
        assert kinds() == ["message", "call", "reply", "message"]


def test_the_same_mail_twice_changes_nothing(
    site: Site, house: House, write: Callable[..., EmailMessage]
) -> None:
    mail = write("Code jamais reçu", "Bonjour, je n'ai pas reçu le code.")
    house.receive(mail)
    house.receive(mail)
    with db.transaction(write=False):
        assert the_ticket().chasers == 0
        assert kinds() == ["message"]
    assert len(house.mails()) == 1


def test_nationality_goes_from_the_centre_to_its_directorate(site: Site, house: House) -> None:
    person, agent = site.anyone(), site.as_("teleadviser")
    sent = person.send("/contact", {**FORM, "reason": "nationality.decree"})
    with db.transaction(write=False):
        reference = shown(the_ticket().reference)
    page = agent.get(f"/agent/tickets/{reference}/escalades/nouvelle").text
    assert "SDANF" in page
    given = {"question": "Le décret est-il signé pour ce dossier ?"}
    assert agent.send(f"/agent/tickets/{reference}/escalades", given).status_code == 302
    with db.transaction(write=False):
        assert the_ticket().team.id == again(site.cast.teams["sdanf"]).id
    # The level below still sees it; a site that is not concerned does not.
    assert "SDANF" in agent.get(f"/agent/tickets/{reference}").text
    assert site.as_("referent").get(f"/agent/tickets/{reference}").status_code == 404

    # The person reads where it stands in plain words, on the page and in the mail.
    follow = person.get(sent.location.replace("/contact/merci/", "/suivi/")).text
    assert "chez des spécialistes" in follow
    mails = [words_of(mail) for mail in house.mails()]
    assert len(mails) == 2
    assert "spécialistes" in mails[1]
    for words in ("SDANF", "décret est-il signé", "niveau"):
        assert [page for page in (follow, *mails) if words in page] == []
