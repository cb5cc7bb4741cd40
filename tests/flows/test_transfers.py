"""A request for another authority: passed on by mail with everything, the person told, closed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from escalation.transfers import directory, transferring
from escalation.transfers.directory import ServiceDraft
from escalation.transfers.models import OutsideService
from escalation.transfers.transferring import TransferDraft
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.tickets.journal import Words
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.noting import add_note
from support.tickets.replying import person_replies
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import PAGE, hold
from tests.cast import again
from tests.factories import a_ticket, climb
from tests.flows.conftest import House
from tests.web.conftest import Site

TO = "prefecture42@demo.example"


@pytest.fixture
def service(site: Site, house: House) -> int:
    with db.transaction():
        draft = ServiceDraft("la préfecture de la Loire", "04 65 71 42 00", TO)
        return directory.keep(None, draft, by=again(site.cast.admin)).id


@pytest.fixture
def ticket(site: Site) -> int:
    with db.transaction():
        made = a_ticket(site.cast, again(site.cast.awa), subject="Mon regroupement familial")
        return made.id


def held(ticket_id: int) -> Ticket:
    found = db.session().get(Ticket, ticket_id, options=PAGE)
    assert found is not None
    hold(found)
    return found


def pass_on(site: Site, ticket_id: int, draft: TransferDraft, who: str = "teleadviser") -> None:
    with db.transaction():
        transferring.transfer(held(ticket_id), draft, by=again(getattr(site.cast, who)))


def entries(ticket_id: int, *kinds: EntryKind) -> list[Entry]:
    query = select(Entry).where(Entry.ticket_id == ticket_id, Entry.kind.in_(kinds))
    return list(db.session().scalars(query.order_by(Entry.id)))


def test_it_goes_with_everything_and_the_person_is_told(
    site: Site, house: House, service: int, ticket: int
) -> None:
    pass_on(site, ticket, TransferDraft(service, word="Dossier complet selon la personne."))
    (outside,) = [m for m in house.mails() if m["To"] and TO in str(m["To"])]
    said = outside.get_body(("plain",)).get_content()
    for words in ("L114-2", "L114-3", "je n'arrive pas à déposer", "awa@example.org",
                  "Dossier complet selon la personne.",
                  "Merci de lui répondre directement"):  # fmt: skip
        assert words in said
    assert "/suivi/" not in said  # the person's own link is not theirs
    (told,) = [m for m in house.mails() if "transmise au service" in str(m["Subject"])]
    words = told.get_body(("plain",)).get_content()
    assert "la préfecture de la Loire" in words
    assert "04 65 71 42 00" in words
    assert "garde sa date d’arrivée" in words
    with db.transaction(write=False):
        closed = held(ticket)
        assert (closed.state, closed.closed_how) == (State.CLOSED, ClosedHow.REDIRECTED)
        first = closed.first_received_at
        (entry,) = entries(ticket, EntryKind.EXCHANGE)
        assert entry.data["received"] == first.isoformat()
        assert entry.is_public is False


def test_notes_and_replies_stay_with_us(
    site: Site, house: House, service: int, ticket: int
) -> None:
    with db.transaction():
        add_note(held(ticket), "Personne très agacée.", by=again(site.cast.teleadviser))
    pass_on(site, ticket, TransferDraft(service))
    (outside,) = [m for m in house.mails() if m["To"] and TO in str(m["To"])]
    assert "agacée" not in outside.as_string()


def test_by_another_way_no_mail_goes_but_the_person_is_told(
    site: Site, house: House, ticket: int
) -> None:
    draft = TransferDraft(name="la mairie de Firminy", by_other_means=True)
    pass_on(site, ticket, draft)
    subjects = [str(mail["Subject"]) for mail in house.mails()]
    assert not [s for s in subjects if "relevant de votre service" in s]
    assert [s for s in subjects if "transmise au service" in s]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (TransferDraft(), "service"),
        (TransferDraft(name="la mairie"), "email"),
        (TransferDraft(name="la mairie", email="pas une adresse"), "email"),
    ],
)
def test_what_is_missing_is_said(site: Site, ticket: int, draft: TransferDraft, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        pass_on(site, ticket, draft)
    assert field in {problem.field for problem in refused.value.problems}


def test_of_a_call_somebody_says_what_is_asked(site: Site, service: int) -> None:
    with db.transaction():
        made = a_ticket(site.cast, again(site.cast.chen), kind=EntryKind.CALL).id
    with pytest.raises(Invalid, match=r"transfer\.word"):
        pass_on(site, made, TransferDraft(service))
    pass_on(site, made, TransferDraft(service, word="Demande un regroupement familial."))


def test_only_who_answers_them_and_while_they_have_it(
    site: Site, service: int, ticket: int
) -> None:
    with pytest.raises(Forbidden):
        pass_on(site, ticket, TransferDraft(service), "dp")
    with db.transaction():
        climb(held(ticket), "dp", site.cast, by=again(site.cast.teleadviser))
    with pytest.raises(Conflict):
        pass_on(site, ticket, TransferDraft(service))


def test_what_never_arrived_there_is_ours_again(
    site: Site, house: House, service: int, ticket: int
) -> None:
    pass_on(site, ticket, TransferDraft(service))
    with db.transaction():
        entry = entries(ticket, EntryKind.EXCHANGE)[-1]
        for _ in range(2):
            transferring.come_back(held(ticket), db.session().get_one(Entry, entry.id))
        opened = held(ticket)
        assert (opened.state, opened.closed_how) == (State.REOPENED, None)
        assert opened.promised_at is not None
        events = [e.event for e in entries(ticket, EntryKind.EVENT)]
        assert events.count("transfer_unreached") == 1


def test_the_person_may_still_write(site: Site, service: int, ticket: int) -> None:
    pass_on(site, ticket, TransferDraft(service))
    with db.transaction():
        person_replies(held(ticket), Words("Rien reçu d’eux."), by=again(site.cast.awa))
        assert held(ticket).state is State.REOPENED


def test_the_page(site: Site, service: int, ticket: int) -> None:
    agent = site.as_("teleadviser")
    with db.transaction(write=False):
        reference = held(ticket).reference
    where = f"/agent/tickets/{reference}"
    assert "transferts/nouveau" in agent.get(where).text
    page = agent.get(f"{where}/transferts/nouveau").text
    assert "la préfecture de la Loire" in page
    assert "L114-2" in page
    wrong = agent.send(f"{where}/transferts", {"word": "à garder", "name": "la mairie"})
    assert wrong.status_code == 422
    assert "à garder" in wrong.text
    assert "Donnez l’adresse de ce service" in wrong.text
    done = agent.send(f"{where}/transferts", {"service": str(service)}, follow_redirects=True)
    assert "Transmis à la préfecture de la Loire." in done.text
    assert "orienté vers le bon service" in done.text
    again_ = agent.send(f"{where}/transferts", {"service": str(service)})
    assert again_.status_code == 409


def test_the_directory_is_kept_by_an_administrator(site: Site, service: int) -> None:
    admin = site.as_("admin")
    where = "/agent/administration/services"
    assert TO in admin.get(where).text
    wrong = admin.send(where, {"label": "", "email": "x"})
    assert wrong.status_code == 422
    admin.send(where, {"label": "l’OFII", "active": "y"})
    admin.send(f"{where}/{service}", {"label": "la préfecture", "contact": "ici"})
    with db.transaction(write=False):
        found = {s.label: (s.email, s.active) for s in db.session().scalars(select(OutsideService))}
        assert found == {"l’OFII": ("", True), "la préfecture": ("", False)}
    assert "plus proposé" in admin.get(where).text
