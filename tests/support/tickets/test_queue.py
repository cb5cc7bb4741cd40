"""The queue: views, filters, order, and paging that visits each ticket once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from escalation.returning import answer
from support.catalogue.models import Priority
from support.intake.models import Channel
from support.kernel.time import FAR_FUTURE
from support.tickets import queue
from support.tickets.assigning import take
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State
from support.tickets.queue import Cursor, Filters, Order, View, count_views, read_queue
from support.tickets.waiting import wait_for_person
from tests.factories import a_person, a_ticket, climb

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def work(cast, clock):
    """A morning's tickets, by name."""
    made = {
        "fresh": a_ticket(cast),
        "other team's": a_ticket(cast, team="ccc_b", channel=Channel.EMAIL),
        "mine": a_ticket(cast, cast.dmytro),
        "waiting": a_ticket(cast),
        "away": a_ticket(cast, department="93"),
        "back": a_ticket(cast, procedure="student"),
        "closed": a_ticket(cast),
        "urgent": a_ticket(cast, reason="asylum.redirect"),
    }
    take(made["mine"], by=cast.teleadviser)
    wait_for_person(made["waiting"], by=cast.teleadviser)
    for name in ("away", "back"):
        climb(made[name], "dp", cast, by=cast.colleague)
    answer(made["back"], "Refaire.", by=cast.dp)
    close(made["closed"], ClosedHow.ANSWERED, by=cast.colleague)
    clock.shift(timedelta(minutes=1))  # less than a working day before the urgent one
    return made


def names(work, page) -> list[str]:
    return [name for ticket in page.tickets for name, made in work.items() if made is ticket]


VIEWS = {
    ("teleadviser", View.MINE): {"mine"},
    ("colleague", View.MINE): {"back"},
    ("teleadviser", View.TEAM): {"fresh", "other team's", "mine", "waiting", "back", "urgent"},
    ("other_team", View.TEAM): {"fresh", "other team's", "mine", "waiting", "back", "urgent"},
    ("teleadviser", View.UNOWNED): {"fresh", "other team's", "waiting", "urgent"},
    ("teleadviser", View.AT_RISK): {"urgent"},
    ("teleadviser", View.WAITING): {"waiting"},
    ("teleadviser", View.RETURNED): {"back"},
    ("teleadviser", View.HIGHER_UP): {"away"},
    ("teleadviser", View.CLOSED): {"closed"},
    ("teleadviser", View.ALL): {
        "fresh", "other team's", "mine", "waiting", "away", "back", "urgent",
    },
    ("dp", View.TEAM): {"away"},
    ("dp", View.UNOWNED): {"away"},
    ("dp", View.HIGHER_UP): set(),
    ("dp", View.ALL): {"away", "back"},
    ("sdst", View.ALL): set(),
    ("admin", View.TEAM): set(),
}  # fmt: skip


@pytest.mark.parametrize(("agent", "view"), VIEWS)
def test_each_view_holds_its_tickets(cast, work, agent, view):
    page = read_queue(cast.agents[agent], Filters(view=view))
    assert set(names(work, page)) == VIEWS[agent, view]
    assert page.count == len(VIEWS[agent, view])
    assert count_views(cast.agents[agent], [view]) == {view: page.count}


FILTERS = {
    "state": (State.IN_PROGRESS, {"mine"}),
    "reason": ("asylum.redirect", {"urgent"}),
    "procedure": ("student", {"back"}),
    "level": (2, {"away"}),
    "language": ("uk", {"mine"}),
    "channel": (Channel.EMAIL, {"other team's"}),
    "priority": (Priority.URGENT, {"urgent"}),
    "department": ("93", {"away"}),
}


@pytest.mark.parametrize("field", FILTERS)
def test_each_filter_narrows(cast, work, field):
    value, expected = FILTERS[field]
    page = read_queue(cast.teleadviser, Filters(view=View.ALL, **{field: value}))
    assert (set(names(work, page)), page.count) == (expected, len(expected))


@pytest.mark.parametrize("field", ["reason", "procedure", "language", "department"])
def test_a_filter_that_nothing_fits_finds_nothing(cast, work, field):
    page = read_queue(cast.teleadviser, Filters(view=View.ALL, **{field: "zz"}))
    assert (page.tickets, page.count, page.next, page.previous) == ([], 0, None, None)


def test_overdue_first_then_by_promise_and_those_that_wait_last(cast, work):
    page = read_queue(cast.teleadviser, Filters(view=View.ALL))
    listed = names(work, page)
    assert listed[0] == "urgent"
    assert listed[-1] == "waiting"
    assert page.tickets[-1].sort_due == FAR_FUTURE


def test_a_promise_is_at_risk_from_a_working_day_before(cast, work, clock):
    assert work["fresh"].promised_at == MONDAY + timedelta(days=4)
    clock.move_to(MONDAY + timedelta(days=2))
    assert "fresh" not in names(work, at_risk(cast))
    clock.move_to(MONDAY + timedelta(days=3, hours=3))
    assert "fresh" in names(work, at_risk(cast))


def at_risk(cast):
    return read_queue(cast.teleadviser, Filters(view=View.AT_RISK))


@pytest.fixture
def many(cast, db_session):
    """Twenty-three tickets with three promises between them, and one that has none."""
    made = [a_ticket(cast) for _ in range(23)]
    for number, ticket in enumerate(made):
        ticket.sort_due = MONDAY + timedelta(hours=number * 7 % 3)
    made[11].sort_due = FAR_FUTURE
    db_session.flush()
    by_promise = sorted(made, key=lambda ticket: (ticket.sort_due, ticket.id))
    by_age = sorted(made, key=lambda ticket: -ticket.id)
    return {Order.PROMISE: by_promise, Order.NEWEST: by_age}


@pytest.mark.parametrize("size", [1, 2, 5, 22, 23, 24])
@pytest.mark.parametrize("order", Order)
def test_paging_forward_and_back_visits_each_ticket_once(cast, many, order, size):
    wanted, cursor, pages = Filters(view=View.ALL, order=order), None, []
    while True:
        page = read_queue(cast.teleadviser, wanted, cursor, size)
        assert (page.previous is None) is (not pages)
        assert page.count == 23
        pages.append(list(page.tickets))
        if page.next is None:
            break
        cursor = page.next
    assert [ticket for tickets in pages for ticket in tickets] == many[order]
    back = [pages[-1]]
    while page.previous is not None:
        page = read_queue(cast.teleadviser, wanted, page.previous, size)
        assert page.next is not None
        back.append(list(page.tickets))
    assert back == pages[::-1]


@pytest.mark.parametrize("order", Order)
def test_tickets_that_leave_or_come_meanwhile_disturb_nobody(cast, many, order, db_session):
    wanted = Filters(view=View.ALL, order=order)
    first = read_queue(cast.teleadviser, wanted, None, 10)
    for ticket in (*first.tickets[:5], first.tickets[-1]):
        close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    db_session.flush()
    rest = read_queue(cast.teleadviser, wanted, first.next, 50)
    assert list(rest.tickets) == many[order][10:]


def test_a_cursor_beyond_everything_is_an_empty_page(cast, many):
    page = read_queue(cast.teleadviser, Filters(view=View.ALL), Cursor(FAR_FUTURE, 10**9))
    assert (page.tickets, page.count) == ([], 23)


def test_a_count_is_bounded(cast, many, monkeypatch):
    monkeypatch.setattr(queue, "COUNT_LIMIT", 5)
    page = read_queue(cast.teleadviser, Filters(view=View.ALL))
    assert (page.count, page.count_is_bounded, len(page.tickets)) == (5, True, 23)
    assert count_views(cast.teleadviser, [View.ALL, View.MINE]) == {View.ALL: 5, View.MINE: 0}


def test_a_queue_of_many_persons(cast):
    for _ in range(3):
        a_ticket(cast, a_person())
    page = read_queue(cast.teleadviser, Filters(view=View.ALL))
    assert len({ticket.requester_name for ticket in page.tickets}) == 1
    assert len({ticket.person_id for ticket in page.tickets}) == 3
