"""How hand-overs come back: in the time agreed or not, whole or for want of something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from escalation import figures
from escalation.models import EscalationState
from escalation.raising import withdraw
from escalation.returning import Answered, answer, ask_missing, point_out
from support.kernel.errors import Invalid
from support.tickets.models import State
from support.tickets.small_cells import Counted
from tests.factories import a_ticket, climb, counted

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


def test_what_came_back_in_time_late_and_incomplete(cast, db_session):
    with time_machine.travel(MONDAY, tick=False) as clock:
        for act, days in ((answer, 0), (answer, 7), (None, 0)):
            clock.move_to(MONDAY)
            ticket = a_ticket(cast)
            climb(ticket, "dp", cast, by=cast.teleadviser)
            clock.shift(timedelta(days=days, hours=1))
            if act is None:
                ask_missing(ticket, ["visa_number"], "Lequel ?", by=cast.dp)
            else:
                act(ticket, "Refaire la demande.", by=cast.dp)
        clock.move_to(MONDAY)
        called_back = a_ticket(cast)
        climb(called_back, "dp", cast, by=cast.teleadviser)
        withdraw(called_back, by=cast.teleadviser)
    db_session.flush()
    month = MONDAY, MONDAY + timedelta(days=28)
    with counted() as sql:
        by_team = figures.by_team(*month)
    assert len(sql) == 1
    kept = by_team[cast.teams["dp"].id]
    assert (kept.ended.count, kept.kept.count, kept.returned.count) == (3, 2, 1)
    assert kept.ended == Counted(3, 1)
    assert figures.by_reason(*month)[cast.reasons["other"].id] == kept
    first = figures.by_team(MONDAY, MONDAY + timedelta(days=1))[cast.teams["dp"].id]
    assert (first.ended.count, first.kept.count) == (2, 2)


def test_what_an_article_answers_is_counted_apart(cast, db_session):
    with time_machine.travel(MONDAY, tick=False):
        ticket = a_ticket(cast)
        raised = climb(ticket, "dp", cast, by=cast.teleadviser)
        with pytest.raises(Invalid, match=r"article\.none"):
            point_out(ticket, None, "", by=cast.dp)
        point_out(ticket, Answered("photo-refusee", "Photo refusée"), "", by=cast.dp)
    db_session.flush()
    assert (raised.state, raised.article_slug) == (EscalationState.POINTLESS, "photo-refusee")
    assert (ticket.team.code, ticket.state) == ("ccc_a", State.RETURNED)
    kept = figures.by_reason(MONDAY, MONDAY + timedelta(days=1))[ticket.reason_id]
    assert (kept.ended.count, kept.returned.count, kept.pointless.count) == (1, 0, 1)
