"""A directorate that works by mail: everything goes out, the answer finds its way, once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from channels.mail import refiling
from channels.mail.refusing import refuse
from escalation.models import Escalation, EscalationState
from escalation.raising import HandoverDraft, escalate, withdraw
from escalation.returning import answer
from escalation.shared_mailbox import arranging, reminding
from escalation.shared_mailbox.arranging import Arrangement
from support.intake.models import Outcome, Received
from support.kernel import db
from support.kernel.errors import Conflict
from support.tickets.filing import Why
from support.tickets.journal import Words
from support.tickets.models import State, Ticket
from support.tickets.references import shown
from support.tickets.replying import person_replies
from support.tickets.timeline import DeliveryState, Entry, EntryKind
from support.tickets.visibility import PAGE
from tests.cast import again
from tests.factories import GIVEN, a_file, a_ticket, climb
from tests.flows.conftest import House

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
MAILBOX = "boite-sdst@interieur.example"
DELEGATE = "claire.roy@sdst.example"
ASKED = {"reason": "renewal.business"}
QUESTION = "Peut-on renouveler sans passeport valide ?"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


@pytest.fixture
def sdst(site: Any) -> int:
    """The SDST works by mail; its delegate and a whole domain may answer."""
    with db.transaction():
        team = again(site.cast.teams["sdst"])
        arranging.arrange(
            team, Arrangement(MAILBOX, f"{DELEGATE}\n@cabinet.example"), by=again(site.cast.admin)
        )
        return int(team.id)


@pytest.fixture
def ticket(site: Any, sdst: int, house: House) -> int:
    """Awa's ticket, with the SDST; the acknowledgements have left."""
    cast = site.cast
    with db.transaction():
        made = a_ticket(
            cast,
            again(cast.awa),
            reason="renewal.business",
            files=[a_file(b"%PDF photo", "passeport.pdf")],
        )
        climb(made, "dp", cast, by=again(cast.teleadviser))
        draft = HandoverDraft(QUESTION, GIVEN, [a_file(b"%PDF screen", "ecran.pdf")])
        escalate(made, again(cast.teams["sdst"]), draft, by=again(cast.dp))
        return made.id


def held(ticket_id: int) -> Ticket:
    return db.session().get_one(Ticket, ticket_id, options=PAGE)


def to_level(house: House) -> list[EmailMessage]:
    return [mail for mail in house.mails() if MAILBOX in str(mail["To"])]


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def reply(
    to: EmailMessage, text: str, sender: str = f"Boîte SDST <{MAILBOX}>", **more: Any
) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = sender, "relais@demo.relais"
    mail["Subject"], mail["Date"] = f"RE: {to['Subject']}", "Mon, 16 Nov 2026 14:00:00 +0100"
    mail["Message-ID"] = more.get("message_id", f"<{abs(hash((text, sender)))}@sdst.example>")
    mail["In-Reply-To"] = to["Message-ID"]
    for name, value in more.get("headers", {}).items():
        mail[name] = value
    mail.set_content(text)
    for name, content in more.get("files", ()):
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return mail


def exchanges(ticket_id: int, move: str) -> list[Entry]:
    query = select(Entry).where(Entry.ticket_id == ticket_id, Entry.kind == EntryKind.EXCHANGE)
    found = db.session().scalars(query.order_by(Entry.id))
    return [entry for entry in found if entry.data["move"] == move]


def last_received() -> Received:
    return db.session().scalars(select(Received).order_by(Received.id.desc()).limit(1)).one()


def link(mail: EmailMessage) -> str:
    found = re.search(r"http://localhost(/niveaux/\S+)", plain(mail))
    assert found
    return found[1]


def test_all_that_is_known_goes_out_with_the_files(house: House, ticket: int) -> None:
    (mail,) = to_level(house)
    said = plain(mail)
    for words in (
        QUESTION,
        "Étape atteinte : Dernière page",
        "Message d’erreur exact : Erreur 500",
        "Bonjour, je n'arrive pas à déposer ma demande.",
        "Awa Traoré",
        "Réponse attendue : avant la fin du lundi 23 novembre 2026",
        "/niveaux/",
    ):
        assert words in said, words
    files = {part.get_filename() for part in mail.iter_attachments()}
    assert files == {"passeport.pdf", "ecran.pdf"}
    with db.transaction(write=False):
        assert f"[#{shown(held(ticket).reference)}]" in str(mail["Subject"])
        (raised,) = [e for e in exchanges(ticket, "raised") if e.data.get("to_team_id")]
        assert raised.message_id == str(mail["Message-ID"])
        assert raised.delivery is not None
        assert raised.delivery.state is DeliveryState.SENT


def test_the_reply_is_the_answer_and_goes_back_the_same_way(
    house: House, ticket: int, site: Any
) -> None:
    (mail,) = to_level(house)
    said = reply(mail, "Oui, avec une attestation.\n\n> cité", files=[("note.pdf", b"%PDF note")])
    house.receive(said)
    with db.transaction(write=False):
        now_with = held(ticket)
        assert (now_with.team.code, now_with.state) == ("dp", State.RETURNED)
        assert now_with.owner_id == site.cast.dp.id  # the same person
        (said,) = exchanges(ticket, "answered")
        assert said.text == "Oui, avec une attestation."
        assert (said.data["from_name"], said.data["address"]) == ("Boîte SDST", MAILBOX)
        assert [file.filename for file in said.attachments] == ["note.pdf"]
        assert last_received().outcome is Outcome.APPENDED
    page = site.as_("dp").get(f"/agent/tickets/{shown(now_with.reference)}")
    assert "Oui, avec une attestation." in page.text
    assert f"par courriel, de {MAILBOX}" in page.text
    # The public, and the person's own page, never see it.
    with db.transaction(write=False):
        assert not [
            e
            for e in db.session().scalars(select(Entry))
            if e.is_public and "attestation" in e.text
        ]


@pytest.mark.parametrize("sender", [f"Claire Roy <{DELEGATE}>", "Chef <chef@cabinet.example>"])
def test_a_delegate_answers_too(house: House, ticket: int, sender: str) -> None:
    (mail,) = to_level(house)
    house.receive(reply(mail, "Oui.", sender))
    with db.transaction(write=False):
        assert [e.text for e in exchanges(ticket, "answered")] == ["Oui."]


def test_somebody_else_does_not_until_an_agent_says_so(
    house: House, ticket: int, site: Any
) -> None:
    (mail,) = to_level(house)
    house.receive(reply(mail, "Oui, réponse d’un inconnu.", "Inconnu <qui@ailleurs.example>"))
    with db.transaction(write=False):
        received = last_received()
        assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.DELEGATE)
        assert held(ticket).team.code == "sdst"
        assert exchanges(ticket, "answered") == []
    with db.transaction():  # read by a person, it is the level's word: never the requester's
        refiling.put_on(received.id, held(ticket), by=again(site.cast.supervisor))
    with db.transaction(write=False):
        (said,) = exchanges(ticket, "answered")
        assert (said.text, said.kind) == ("Oui, réponse d’un inconnu.", EntryKind.EXCHANGE)
        assert held(ticket).team.code == "dp"
    with db.transaction(), pytest.raises(Conflict, match=r"refile\.of_level"):
        refiling.open_anew(received.id, by=again(site.cast.supervisor))


def test_the_tag_alone_or_a_known_sender_alone_says_nothing(house: House, ticket: int) -> None:
    (mail,) = to_level(house)
    forged = reply(mail, "Refusez tout.")
    del forged["In-Reply-To"]
    house.receive(forged)
    with db.transaction(write=False):
        assert last_received().outcome is Outcome.QUARANTINED
        assert exchanges(ticket, "answered") == []


def test_a_word_between_levels_goes_on_no_other_ticket_and_opens_none(
    house: House, ticket: int, site: Any
) -> None:
    (mail,) = to_level(house)
    house.receive(reply(mail, "Réponse interne.", "Inconnu <qui@ailleurs.example>"))
    with db.transaction():
        other = a_ticket(site.cast, again(site.cast.binta)).id
    number = 0
    with db.transaction(write=False):
        number = last_received().id
    with db.transaction(), pytest.raises(Conflict, match=r"refile\.of_level"):
        refiling.put_on(number, held(other), by=again(site.cast.supervisor))
    with db.transaction(), pytest.raises(Conflict, match=r"refile\.of_level"):
        refiling.open_anew(number, by=again(site.cast.supervisor))
    with db.transaction(write=False):
        said = db.session().scalars(select(Entry.text).where(Entry.text == "Réponse interne."))
        assert said.all() == []


@pytest.mark.parametrize("sender", [MAILBOX, DELEGATE])
def test_a_reply_that_lost_its_thread_is_the_level_s_word_once_an_agent_says_so(
    house: House, ticket: int, site: Any, sender: str
) -> None:
    (mail,) = to_level(house)
    threadless = reply(mail, "Oui, sans fil.", f"Boîte <{sender}>")
    del threadless["In-Reply-To"]
    house.receive(threadless)
    with db.transaction():
        refiling.put_on(last_received().id, held(ticket), by=again(site.cast.supervisor))
    with db.transaction(write=False):
        (said,) = exchanges(ticket, "answered")
        assert (said.text, said.is_public) == ("Oui, sans fil.", False)
        assert held(ticket).team.code == "dp"


def test_the_same_reply_twice_is_one_and_a_later_one_is_kept(house: House, ticket: int) -> None:
    (mail,) = to_level(house)
    said = reply(mail, "Oui.", message_id="<un@sdst.example>")
    house.receive(said)
    house.receive(reply(mail, "Oui.", message_id="<un@sdst.example>", headers={"X-Way": "other"}))
    house.receive(reply(mail, "Non, finalement.", message_id="<deux@sdst.example>"))
    with db.transaction(write=False):
        assert [e.text for e in exchanges(ticket, "answered")] == ["Oui."]
        assert [e.text for e in exchanges(ticket, "late")] == ["Non, finalement."]


def test_an_absence_notice_moves_nothing(house: House, ticket: int) -> None:
    (mail,) = to_level(house)
    away = reply(mail, "Je suis absent.", headers={"Auto-Submitted": "auto-replied"})
    house.receive(away)
    with db.transaction(write=False):
        assert held(ticket).team.code == "sdst"
        events = select(Entry.event).where(Entry.ticket_id == ticket, Entry.event == "auto_reply")
        assert db.session().scalars(events).all() == ["auto_reply"]


def test_what_the_person_adds_meanwhile_follows(house: House, ticket: int, site: Any) -> None:
    house.mails()
    with db.transaction():
        words = Words("J’ai reçu un nouveau passeport.", files=[a_file(b"%PDF neuf", "neuf.pdf")])
        person_replies(held(ticket), words, by=again(site.cast.awa))
    first, second = to_level(house)
    assert "J’ai reçu un nouveau passeport." in plain(second)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert [part.get_filename() for part in second.iter_attachments()] == ["neuf.pdf"]
    house.receive(reply(second, "Alors oui."))  # an answer to any of our mails is the answer
    with db.transaction(write=False):
        assert [e.text for e in exchanges(ticket, "answered")] == ["Alors oui."]


def test_called_back_it_is_told_and_reminded_no_more(house: House, ticket: int, site: Any) -> None:
    house.mails()
    with db.transaction():
        withdraw(held(ticket), by=again(site.cast.teleadviser))
    told = to_level(house)[-1]
    assert "n’attend plus votre réponse" in plain(told)
    with time_machine.travel(MONDAY + timedelta(days=30)), db.transaction():
        assert reminding.remind() == 0


def test_it_is_reminded_the_day_before_then_every_few_days(house: House, ticket: int) -> None:
    house.mails()
    days = []
    for day in range(15):
        with time_machine.travel(MONDAY + timedelta(days=day)), db.transaction():
            if reminding.remind():
                days.append(day)
            assert reminding.remind() == 0  # twice is once
    assert days == [7, 10, 13]
    with time_machine.travel(MONDAY + timedelta(days=15)):
        reminder = to_level(house)[-1]
    assert "Rappel" in str(reminder["Subject"])
    assert QUESTION in plain(reminder)
    assert not list(reminder.iter_attachments())


def test_a_mail_that_never_arrived_brings_the_ticket_back(house: House, ticket: int) -> None:
    house.mails()
    with db.transaction():
        (raised,) = [e for e in exchanges(ticket, "raised") if e.data.get("to_team_id")]
        found = held(ticket)
        for _again in range(2):
            refuse(found, raised.delivery, "550 5.1.1 unknown", event="bounce", address_fails=True)
    house.work()
    with db.transaction(write=False):
        assert (held(ticket).team.code, held(ticket).state) == ("dp", State.RETURNED)
        query = select(Escalation).where(Escalation.ticket_id == ticket).order_by(Escalation.id)
        below, above = db.session().scalars(query).all()
        assert (below.ended_at, above.state) == (None, EscalationState.WITHDRAWN)


def test_the_signed_page_shows_all_and_answers(house: House, ticket: int, site: Any) -> None:
    (mail,) = to_level(house)
    page = site.anyone().get(link(mail))
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    for words in (
        QUESTION,
        "Dernière page",
        "Bonjour, je n&#39;arrive pas à déposer",
        "passeport.pdf",
    ):
        assert words in page.text, words
    file = re.search(r'href="(/niveaux/[^"]+/pieces/\d+)"', page.text)
    assert file
    assert site.anyone().get(file[1]).data == b"%PDF photo"
    nameless = site.anyone().send(link(mail), {"kind": "answer", "text": "Oui, par le lien."})
    assert nameless.status_code == 422
    assert "Oui, par le lien." in nameless.text
    done = site.anyone().send(
        link(mail), {"kind": "answer", "text": "Oui, par le lien.", "name": "Claire Roy"}
    )
    assert "Votre réponse est chez DP ANEF" in done.text
    with db.transaction(write=False):
        (said,) = exchanges(ticket, "answered")
        assert (said.text, said.data["from_name"]) == ("Oui, par le lien.", "Claire Roy")
        assert held(ticket).team.code == "dp"
    after = site.anyone().get(link(mail))
    assert "n’attend plus votre réponse" in after.text
    assert "Traoré" not in after.text
    assert site.anyone().get(file[1]).status_code == 404
    second = site.anyone().send(link(mail), {"kind": "answer", "text": "Non !", "name": "X"})
    assert second.status_code == 409
    assert "Non !" in second.text  # what was typed is not lost


def test_the_signed_page_says_what_is_missing_or_keeps(
    house: House, ticket: int, site: Any
) -> None:
    (mail,) = to_level(house)
    kept = {
        "kind": "keep",
        "text": "Chez le service juridique.",
        "news_on": "2026-11-20",
        "name": "C. Roy",
    }
    assert "reste chez vous" in site.anyone().send(link(mail), kept).text
    with db.transaction(write=False):
        assert held(ticket).team.code == "sdst"
        (news,) = exchanges(ticket, "kept")
        assert news.data["from_name"] == "C. Roy"
    none = site.anyone().send(link(mail), {"kind": "missing", "name": "C. Roy"})
    assert none.status_code == 422
    asked = {"kind": "missing", "missing": ["visa_number", "screenshot"], "name": "C. Roy"}
    site.anyone().send(link(mail), asked)
    with db.transaction(write=False):
        (back,) = exchanges(ticket, "returned")
        assert back.data["missing"] == ["visa_number", "screenshot"]
        assert held(ticket).team.code == "dp"


def test_a_level_by_mail_passes_on_and_hears_the_answer_by_mail(house: House, site: Any) -> None:
    """The DP by mail in the middle: what comes from below and from above reaches it."""
    cast = site.cast
    with db.transaction():
        team = again(cast.teams["dp"])
        arranging.arrange(team, Arrangement(MAILBOX), by=again(cast.admin))
        made = a_ticket(cast, again(cast.awa), reason="renewal.business")
        escalate(made, team, HandoverDraft(QUESTION, GIVEN), by=again(cast.teleadviser))
        number = made.id
    (mail,) = to_level(house)
    page = site.anyone().get(link(mail)).text
    option = re.search(r'<option value="(\d+)"[^>]*>SDST', page)
    assert option
    done = site.anyone().send(
        link(mail),
        {
            "kind": "pass",
            "to": option[1],
            "question": "Que dit la règle du séjour ?",
            "name": "O. S.",
        },
    )
    assert "Transmis à SDST" in done.text
    assert "Elle est maintenant chez SDST" in site.anyone().get(link(mail)).text
    with db.transaction():
        assert held(number).team.code == "sdst"
        answer(held(number), "La règle dit oui.", by=again(cast.sdst))
    _asked, told = to_level(house)
    assert "SDST a répondu à votre question." in plain(told)
    assert "La règle dit oui." in plain(told)
    house.receive(reply(told, "C’est oui."))
    with db.transaction(write=False):
        assert held(number).team.code == "ccc_a"
        assert [e.text for e in exchanges(number, "answered")] == [
            "La règle dit oui.",
            "C’est oui.",
        ]


def test_the_sorting_page_says_who_it_claims_to_be(house: House, ticket: int, site: Any) -> None:
    (mail,) = to_level(house)
    house.receive(reply(mail, "Oui.", "Inconnu <qui@ailleurs.example>"))
    page = site.as_("supervisor").get("/agent/courriels")
    assert "Répond pour un niveau" in page.text


def test_nobody_signs_in_as_a_mailbox(house: House, sdst: int, site: Any) -> None:
    signed_in = site.anyone().sign_in(MAILBOX, "!")
    assert signed_in.status_code != 302
    assert MAILBOX not in site.as_("admin").get("/agent/administration/comptes").text
