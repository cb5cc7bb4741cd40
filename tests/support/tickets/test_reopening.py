"""Reopening by an agent: it is theirs, with a new date, and nobody outside is told."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from support.kernel.errors import Conflict, Forbidden
from support.outbox.models import OutboxRow
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State
from support.tickets.reopening import can_reopen, reopen
from support.tickets.replying import agent_replies
from support.tickets.timeline import Entry
from tests.factories import a_reply, a_ticket


@pytest.fixture
def closed(cast, db_session):
    ticket = a_ticket(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    return ticket


def test_whoever_reopens_has_it_with_a_new_date_and_may_reply(cast, db_session, closed):
    reopen(closed, by=cast.colleague)
    assert (closed.state, closed.is_open) == (State.IN_PROGRESS, True)
    assert (closed.owner, closed.home_owner) == (cast.colleague, cast.colleague)
    assert (closed.closed_at, closed.closed_how, closed.reopenings) == (None, None, 1)
    assert closed.promised_at is not None
    assert closed.sort_due == closed.promised_at
    events = db_session.scalars(
        select(Entry).where(Entry.ticket_id == closed.id, Entry.event == "state")
    )
    assert [e.data["to"] for e in events][-2:] == ["reopened", "in_progress"]
    letters = db_session.scalars(select(OutboxRow).where(OutboxRow.topic == "notice.send"))
    assert [row.payload["letter"] for row in letters] == ["acknowledgement"]
    agent_replies(closed, a_reply(), by=cast.colleague)


def test_a_colleague_of_the_centre_may_and_other_levels_may_not(cast, closed):
    assert can_reopen(closed, cast.other_team)
    assert not can_reopen(closed, cast.dp)
    with pytest.raises(Forbidden):
        reopen(closed, by=cast.dp)
    with pytest.raises(Forbidden):
        reopen(closed, by=cast.sdst)


def test_what_is_open_is_not_reopened(cast, db_session):
    ticket = a_ticket(cast)
    assert not can_reopen(ticket, cast.teleadviser)
    with pytest.raises(Conflict):
        reopen(ticket, by=cast.teleadviser)
