"""What is with another level: whose it is to see, its order, its pages and its cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from escalation.figures import handed_over
from escalation.listing import (
    Filters,
    Side,
    count_sides,
    handed_to,
    read_hand_overs,
    sides_of,
)
from escalation.returning import answer
from support.kernel.errors import Forbidden
from support.kernel.time import as_of
from support.tickets.small_cells import Counted
from tests.factories import QUESTION, a_person, a_report, a_ticket, climb, counted

MORNING = datetime(2026, 11, 16, 9, tzinfo=UTC)


def away(cast, hours=0, *, reason="account.blocked", by=None, person=None):
    """A person's ticket that the centre handed to the project directorate."""
    with as_of(MORNING + timedelta(hours=hours)):
        ticket = a_ticket(cast, person, reason=reason)
        climb(ticket, "dp", cast, by=by or cast.teleadviser)
    return ticket


def read(agent, side, **more):
    return [row.ticket.id for row in read_hand_overs(agent, Filters(side, **more)).rows]


def test_each_end_sees_its_own_side_oldest_first(cast, db_session):
    late, early = away(cast, 5), away(cast, 1)
    for agent in (cast.teleadviser, cast.other_team, cast.supervisor):
        assert read(agent, Side.AWAY) == [early.id, late.id]
        assert read(agent, Side.HERE) == []
    assert read(cast.dp, Side.HERE) == [early.id, late.id]
    assert read(cast.dp, Side.AWAY) == []
    assert read(cast.sdst, Side.HERE) == []


def test_what_was_passed_on_stays_in_both_lists(cast, db_session):
    ticket = away(cast, reason="renewal.business")
    climb(ticket, "sdst", cast, by=cast.dp)
    (row,) = read_hand_overs(cast.dp, Filters(Side.HERE)).rows
    assert row.went_on
    assert row.escalation.question == QUESTION
    (passed,) = read_hand_overs(cast.dp, Filters(Side.AWAY)).rows
    assert not passed.went_on
    assert passed.ticket.team.code == "sdst"
    assert read(cast.sdst, Side.HERE) == [ticket.id]
    (first,) = read_hand_overs(cast.teleadviser, Filters(Side.AWAY)).rows
    assert first.ticket.team.code == "sdst"  # the level below sees where it is now


def test_what_came_back_leaves_the_lists(cast, db_session):
    ticket = away(cast)
    answer(ticket, "Le compte est débloqué.", by=cast.dp)
    assert read(cast.dp, Side.HERE) == read(cast.teleadviser, Side.AWAY) == []


def test_requesters_on_the_staff_see_theirs_and_no_other(cast, db_session):
    away(cast)
    report = a_report(cast)
    climb(report, "sdst", cast, by=cast.dp)
    assert sides_of(cast.referent) == (Side.SEEN,)
    assert read(cast.referent, Side.SEEN) == [report.id]
    assert read(cast.stranger_referent, Side.SEEN) == []
    assert read(cast.pan, Side.SEEN) == []
    assert len(read(cast.admin, Side.SEEN)) == 2


def test_asking_for_another_side_opens_nothing(cast, db_session):
    """Sight comes first: a side is a filter, never a right."""
    away(cast)
    assert read(cast.referent, Side.AWAY) == read(cast.referent, Side.HERE) == []
    assert read(cast.sdanf, Side.SEEN) == []


def test_the_lists_are_narrowed_by_team_and_reason(cast, db_session):
    first = away(cast, reason="account.blocked")
    second = away(cast, 1, reason="nationality.decree")
    climb(second, "sdanf", cast, by=cast.dp)
    assert read(cast.teleadviser, Side.AWAY, reason="account.blocked") == [first.id]
    assert read(cast.dp, Side.AWAY, team="sdanf") == [second.id]
    assert read(cast.dp, Side.AWAY, team="sdst") == []
    assert read(cast.dp, Side.HERE, team="ccc_a") == [first.id, second.id]
    assert read(cast.dp, Side.HERE, team="nowhere") == []


def test_pages_follow_the_key_both_ways(cast, db_session):
    tickets = [away(cast, n // 2, person=a_person(f"P{n}")).id for n in range(5)]  # equal instants
    filters = Filters(Side.HERE)
    first = read_hand_overs(cast.dp, filters, size=2)
    second = read_hand_overs(cast.dp, filters, first.next, size=2)
    third = read_hand_overs(cast.dp, filters, second.next, size=2)
    pages = [[row.ticket.id for row in page.rows] for page in (first, second, third)]
    assert pages == [tickets[:2], tickets[2:4], tickets[4:]]
    assert (first.previous, third.next) == (None, None)
    back = read_hand_overs(cast.dp, filters, third.previous, size=2)
    assert [row.ticket.id for row in back.rows] == tickets[2:4]
    begin = read_hand_overs(cast.dp, filters, back.previous, size=2)
    assert [row.ticket.id for row in begin.rows] == tickets[:2]
    assert begin.previous is None
    assert first.count == 5


@pytest.mark.parametrize("tickets", [1, 12])
def test_a_page_costs_two_queries(cast, db_session, tickets):
    for n in range(tickets):
        away(cast, n, person=a_person(f"P{n}"))
    db_session.expire_all()
    agent = cast.dp
    _ = agent.team.kind
    with counted() as sql:
        page = read_hand_overs(agent, Filters(Side.HERE))
        for row in page.rows:
            _ = (row.ticket.requester_name, row.ticket.team.label, row.ticket.owner)
            _ = (row.escalation.from_team.label, row.escalation.from_agent.full_name)
    persons = [s for s in sql if "person_contact" in s]  # loaded along with the persons
    assert len(sql) - len(persons) == 2


def test_counting_the_sides_is_one_query(cast, db_session):
    ticket = away(cast, reason="renewal.business")
    away(cast, 1)
    climb(ticket, "sdst", cast, by=cast.dp)
    with counted() as sql:
        assert count_sides(cast.dp, sides_of(cast.dp)) == {Side.HERE: 2, Side.AWAY: 1}
    assert len(sql) == 1


def test_the_question_is_found_for_the_team_that_was_asked(cast, db_session):
    ticket, report = away(cast), a_report(cast)
    found = handed_to(cast.dp, [ticket, report])
    assert {number: e.question for number, e in found.items()} == {ticket.id: QUESTION}
    assert handed_to(cast.sdst, [ticket]) == {}


def test_those_who_read_no_ticket_read_no_list(cast, db_session):
    for agent in (cast.steering, cast.editor):
        with pytest.raises(Forbidden):
            read_hand_overs(agent, Filters(Side.SEEN))


def test_the_share_that_climbs_counts_each_ticket_once(cast, db_session):
    ticket = away(cast, reason="renewal.business")
    climb(ticket, "sdst", cast, by=cast.dp)
    with as_of(MORNING):
        a_ticket(cast)
    day = (MORNING - timedelta(hours=1), MORNING + timedelta(hours=1))
    assert handed_over(*day) == Counted(1, 1)
    assert handed_over(MORNING + timedelta(days=1), MORNING + timedelta(days=2)).count == 0
