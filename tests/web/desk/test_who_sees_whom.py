"""Persons shared, tickets not: what each role finds, reads and counts of the same person.

Awa has three open tickets: the centre's own, one that a help point opened, one that has climbed to
the project directorate. A help point's agent, a project agent and a teleadviser look.
"""

from __future__ import annotations

import pytest

from channels.phone.subjects import _has_open
from escalation.listing import Filters, Side, count_sides, read_hand_overs
from support.intake.models import Received
from support.kernel import db
from support.kernel.errors import Forbidden, NotVisible
from support.tickets.models import Ticket
from support.tickets.persons import find_persons, one_person
from tests.cast import again
from tests.factories import a_person, a_report, a_ticket, climb
from tests.web.conftest import Site
from web.chain.opening import _open_tickets
from web.desk import sorting
from web.desk.callers import _open_counts
from web.desk.facts import other_tickets

CENTRE, COUNTER, CLIMBED = "Du centre", "Du comptoir", "Monté au projet"
SEEN = {
    # A visitor's ticket is the centre's to answer; the project has only what was handed to it.
    "pan": {COUNTER},
    "dp": {CLIMBED},
    "teleadviser": {CENTRE, COUNTER, CLIMBED},
    "admin": {CENTRE, COUNTER, CLIMBED},
    "sdanf": set(),
    "pan_colleague": set(),
}
EACH = pytest.mark.parametrize("name", SEEN)


@pytest.fixture
def tickets(site: Site) -> dict[str, int]:
    cast = site.cast
    with db.transaction():
        a_person("Zoé", "Traoré", email="zoe@example.org")  # nobody's ticket is hers
        made = {
            CENTRE: a_ticket(cast, subject=CENTRE),
            COUNTER: a_ticket(cast, by=again(cast.pan), subject=COUNTER),
            CLIMBED: a_ticket(cast, subject=CLIMBED, reason="renewal.business"),
        }
        climb(made[CLIMBED], "dp", cast, by=again(cast.teleadviser))
        return {subject: ticket.id for subject, ticket in made.items()}


@EACH
def test_the_page_of_a_person_shows_the_tickets_that_one_sees(site, tickets, name):
    page = site.as_(name).get(f"/agent/personnes/{site.cast.awa.id}")
    if not SEEN[name]:
        assert page.status_code == 404
        return
    assert page.status_code == 200
    assert {subject for subject in tickets if subject in page.text} == SEEN[name]


@EACH
def test_open_tickets_are_counted_for_the_one_who_looks(site, tickets, name):
    with db.transaction():
        agent, awa = again(getattr(site.cast, name)), again(site.cast.awa)
        assert _open_counts([awa.id], agent).get(awa.id, 0) == len(SEEN[name])
        assert {t.subject for t in _open_tickets([awa], agent).get(awa.id, ())} == SEEN[name]
        assert _has_open(awa, agent) is bool(SEEN[name])


@EACH
def test_beside_a_ticket_stand_the_others_that_one_sees(site, tickets, name):
    with db.transaction() as session:
        agent = again(getattr(site.cast, name))
        beside = session.get_one(Ticket, tickets[CENTRE])
        assert {t.subject for t in other_tickets(beside, agent)} == SEEN[name] - {CENTRE}


@pytest.mark.parametrize(("name", "sees"), [("teleadviser", False), ("admin", True)])
def test_a_mail_is_suggested_only_a_ticket_that_one_sees(site, tickets, monkeypatch, name, sees):
    with db.transaction():
        report = a_report(site.cast, again(site.cast.referent))  # the centre never had it
        agent = again(getattr(site.cast, name))
        monkeypatch.setattr(sorting, "me", lambda: agent)
        waiting = Received(digest={"suggested_ticket_id": report.id})
        assert set(sorting._suggested([waiting])) == ({report.id} if sees else set())


@pytest.mark.parametrize(
    ("name", "side", "seen"),
    [
        ("pan", Side.SEEN, {COUNTER}),
        ("pan_colleague", Side.SEEN, set()),
        ("referent", Side.SEEN, {"Un agent est bloqué"}),
        ("stranger_referent", Side.SEEN, set()),
        ("admin", Side.SEEN, {COUNTER, CLIMBED, "Un agent est bloqué"}),
        ("dp", Side.HERE, {COUNTER, CLIMBED}),
        ("sdst", Side.HERE, {"Un agent est bloqué"}),
        ("sdanf", Side.HERE, set()),
    ],
)
def test_hand_overs_are_listed_for_those_who_see_the_ticket(site, tickets, name, side, seen):
    cast = site.cast
    with db.transaction() as session:
        climb(session.get_one(Ticket, tickets[COUNTER]), "dp", cast, by=again(cast.teleadviser))
        climb(a_report(cast, again(cast.referent)), "sdst", cast, by=again(cast.dp))
    with db.transaction():
        agent = again(getattr(cast, name))
        page = read_hand_overs(agent, Filters(side))
        assert {row.ticket.subject for row in page.rows} == seen
        assert page.count == len(seen)
        assert count_sides(agent, [side])[side] == len(seen)


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        # By name: those whose ticket one sees. The centre and administrators: everybody.
        ("pan", "traore", {"Awa Traoré"}),
        ("dp", "traore", {"Awa Traoré"}),
        ("sdanf", "traore", set()),
        ("pan_colleague", "traore", set()),
        ("teleadviser", "traore", {"Awa Traoré", "Binta Traoré", "Zoé Traoré"}),
        ("admin", "traore", {"Awa Traoré", "Binta Traoré", "Zoé Traoré"}),
        # Given whole, a number or an address finds anybody; begun, it does not.
        ("sdanf", "zoe@example.org", {"Zoé Traoré"}),
        ("sdanf", "ZOE@example.org ", {"Zoé Traoré"}),
        ("sdanf", "zoe@exam", set()),
        ("pan_colleague", "06 39 98 00 01", {"Awa Traoré", "Binta Traoré"}),
        ("pan_colleague", "06 39 98 00", set()),
        ("pan_colleague", "7503012345", {"Awa Traoré"}),
        ("pan_colleague", "750301", set()),
        ("pan", "750301", {"Awa Traoré"}),
    ],
)
def test_a_name_finds_ones_own_a_whole_number_anybody(site, tickets, name, typed, found):
    with db.transaction():
        agent = again(getattr(site.cast, name))
        assert {p.full_name for p in find_persons(typed, by=agent)} == found


def test_the_page_opens_to_whoever_was_given_the_number(site, tickets):
    browser, path = site.as_("pan_colleague"), f"/agent/personnes/{site.cast.awa.id}"
    assert browser.get(path).status_code == 404
    assert browser.get(f"{path}?q=traore").status_code == 404
    assert browser.get(f"{path}?q=binta@example.org").status_code == 404
    listed = browser.get("/agent/personnes?q=7503012345").text
    assert f"{path}?q=7503012345" in listed
    page = browser.get(f"{path}?q=7503012345")
    assert page.status_code == 200
    assert not [subject for subject in tickets if subject in page.text]


def test_only_who_may_look_persons_up_finds_any(site, tickets):
    with db.transaction():
        awa = again(site.cast.awa)
        for name in ("referent", "editor", "steering"):
            agent = again(getattr(site.cast, name))
            with pytest.raises(Forbidden):
                find_persons("awa@example.org", by=agent)
            with pytest.raises(Forbidden):
                one_person(awa.id, by=agent, given="awa@example.org")
        with pytest.raises(NotVisible):
            one_person(awa.id, by=again(site.cast.sdanf))
