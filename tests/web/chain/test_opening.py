"""A help point, or the centre, opens a ticket for a person."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from support.intake.models import Channel
from support.kernel import db
from support.people.models import Person
from support.tickets.following import follow_token
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.thread import read_thread
from tests.cast import again
from tests.factories import a_ticket
from tests.web.conftest import Site

PATH = "/agent/tickets/nouveau"
WHAT = {
    "cle": "one-key",
    "q": "awa@example.org",  # given at the counter: it finds her whoever has her tickets
    "reason": "account.blocked",
    "procedure": "student",
    "text": "La personne ne peut pas créer son compte.",
    "exact_message": "Adresse déjà utilisée",
    "step_reached": "Création",
    "dossiers": "D-1",
}
NEW = {
    "person": "nouvelle",
    "given_name": "Nour",
    "family_name": "Haddad",
    "email": "nour@example.org",
    "phone": "06 39 98 01 77",
    "foreigner_number": "7503099999",
    "language": "ar",
}


def the_ticket() -> Ticket:
    with db.transaction(write=False) as session:
        return session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()  # type: ignore[return-value]


def test_a_visit_becomes_a_ticket_of_the_contact_centre(site: Site) -> None:
    answer = site.as_("pan").send(PATH, WHAT | {"person": str(site.cast.awa.id)})
    assert answer.status_code == 303
    with db.transaction() as session:
        ticket = session.scalars(select(Ticket)).one()
        assert answer.location == f"/agent/tickets/{shown(ticket.reference)}"
        assert ticket.person_id == site.cast.awa.id
        assert ticket.opened_by_id == site.cast.pan.id
        assert ticket.team.kind.value == "contact_centre"
        assert ticket.owner_id is None
        assert (ticket.channel, ticket.dossier_number) == (Channel.COUNTER, "D-1")
        assert ticket.department == "42"  # the help point's, when the person's is unknown
        (entry,) = read_thread(ticket, by=again(site.cast.pan))
        assert "Adresse déjà utilisée" in entry.text


def test_the_help_point_sees_what_it_opened_and_nothing_else(site: Site) -> None:
    with db.transaction():
        other = a_ticket(site.cast)
    browser = site.as_("pan")
    mine = browser.send(PATH, WHAT | {"person": str(site.cast.awa.id)}).location
    assert browser.get(mine).status_code == 200
    assert browser.get(f"/agent/tickets/{shown(other.reference)}").status_code == 404
    queue = browser.get("/agent/tickets?vue=all").text
    assert mine in queue
    assert shown(other.reference) not in queue
    assert site.as_("pan_colleague").get(mine).status_code == 404
    assert site.as_("teleadviser").get(mine).status_code == 200


def test_a_new_person_is_welcomed(site: Site) -> None:
    assert site.as_("pan").send(PATH, WHAT | NEW).status_code == 303
    ticket = the_ticket()
    with db.transaction() as session:
        person = session.get_one(Person, ticket.person_id)
        assert person.full_name == "Nour Haddad"
        assert (person.email, person.phone) == ("nour@example.org", "+33639980177")
        assert (person.language, person.department) == ("ar", "42")
    assert ticket.language == "ar"


def test_somebody_without_address_or_telephone_is_welcome(site: Site) -> None:
    fields = NEW | {"email": "", "phone": "", "foreigner_number": ""}
    assert site.as_("pan").send(PATH, WHAT | fields).status_code == 303


def test_somebody_known_by_a_sure_sign_is_not_doubled(site: Site) -> None:
    known = {"given_name": "Awa", "family_name": "Traore", "foreigner_number": "7503012345"}
    site.as_("pan").send(PATH, WHAT | NEW | known | {"email": "", "phone": ""})
    assert the_ticket().person_id == site.cast.awa.id


def test_a_double_click_makes_one_ticket_and_one_person(site: Site) -> None:
    browser = site.as_("pan")
    first, second = browser.send(PATH, WHAT | NEW), browser.send(PATH, WHAT | NEW)
    assert first.location == second.location
    with db.transaction() as session:
        found = session.scalars(select(Person).where(Person.family_name == "Haddad")).all()
        assert len(found) == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"person": ""}, None, "Dites pour qui"),
        ({"person": "nouvelle", "family_name": ""}, "family_name", "À remplir"),
        ({"email": "nour"}, "email", "n’est pas complète"),
        ({"phone": "12"}, "phone", "n’est pas complet"),
        ({"foreigner_number": "123456789"}, "foreigner_number", "il en faut 10"),
        ({"reason": ""}, "reason", "À remplir"),
        ({"reason": "no.such"}, "reason", "Choisissez dans la liste"),
        ({"text": ""}, "text", "À remplir"),
    ],
)
def test_a_mistake_is_said_and_loses_nothing(
    site: Site, changes: dict[str, str], field: str | None, words: str
) -> None:
    answer = site.as_("pan").send(PATH, WHAT | NEW | changes)
    assert answer.status_code == 422
    assert words in answer.text
    assert field is None or f'id="{field}-error"' in answer.text
    typed = {**WHAT, **NEW, **changes}
    for name in ("text", "exact_message", "given_name", "email", "phone", "foreigner_number"):
        assert typed[name].replace("'", "&#39;") in answer.text
    with db.transaction(write=False) as session:
        assert session.scalars(select(Ticket)).all() == []


def test_a_person_who_does_not_exist_is_not_invented(site: Site) -> None:
    for unknown in ("987654", "abc", "-1"):
        answer = site.as_("pan").send(PATH, WHAT | {"person": unknown})
        assert answer.status_code == 422
        assert WHAT["text"] in answer.text
    with db.transaction(write=False) as session:
        assert session.scalars(select(Ticket)).all() == []


def test_searching_keeps_what_was_typed(site: Site) -> None:
    browser = site.as_("pan")
    page = browser.send(PATH, WHAT | {"q": "06 39 98 00 01", "aller": "chercher"})
    assert page.status_code == 200
    assert "Awa Traoré" in page.text
    assert "Binta Traoré" in page.text
    assert WHAT["text"] in page.text
    assert "7503012345" not in page.text  # masked: the counter is a public place
    assert "75•••••345" in page.text


def test_found_persons_show_their_open_tickets_that_one_may_see(site: Site) -> None:
    with db.transaction():
        mine = a_ticket(site.cast, by=again(site.cast.pan), subject="Mon compte bloqué")
        a_ticket(site.cast, subject="Ticket du centre")
    fragment = site.as_("pan").get(f"{PATH}/personnes?q=traore").text
    assert "Mon compte bloqué" in fragment
    assert "Ticket du centre" not in fragment
    assert shown(mine.reference) in fragment
    assert "Ticket du centre" in site.as_("teleadviser").get(f"{PATH}/personnes?q=traore").text


def test_whom_one_picked_stays_among_those_found(site: Site) -> None:
    with db.transaction():
        a_ticket(site.cast, by=again(site.cast.pan))
    path = f"{PATH}/personnes?q=dmytro@example.org&person={site.cast.awa.id}"
    fragment = site.as_("pan").get(path).text
    assert re.search(rf'value="{site.cast.awa.id}" ?checked', fragment)
    assert "Kovalenko" in fragment


def test_nobody_found_offers_a_new_person(site: Site) -> None:
    fragment = site.as_("pan").get(f"{PATH}/personnes?q=zzzz").text
    assert "Personne ne correspond" in fragment
    assert re.search(r'value="nouvelle"[^>]* checked', fragment)


@pytest.mark.parametrize(
    ("typed", "channel"), [("letter", Channel.LETTER), ("counter", Channel.COUNTER),
                           ("staff", Channel.STAFF), ("email", Channel.STAFF)],
)  # fmt: skip
def test_the_centre_says_how_it_came_and_keeps_what_it_opens(
    site: Site, typed: str, channel: Channel
) -> None:
    fields = WHAT | {"person": str(site.cast.awa.id), "channel": typed}
    assert site.as_("teleadviser").send(PATH, fields).status_code == 303
    ticket = the_ticket()
    assert ticket.channel is channel
    assert ticket.owner_id == site.cast.teleadviser.id
    assert ticket.team_id == site.cast.teams["ccc_a"].id


def test_the_person_reads_who_wrote_for_them(site: Site) -> None:
    site.as_("pan").send(PATH, WHAT | {"person": str(site.cast.awa.id)})
    page = site.anyone().get(f"/suivi/{follow_token(the_ticket())}").text
    assert "le service PAN de Saint-Étienne, pour vous" in page
    assert "Farida" not in page
