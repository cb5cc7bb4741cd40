"""Whatever way a ticket takes between the levels, nobody and nothing is dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from escalation.chain import next_teams
from escalation.keeping import keep
from escalation.raising import withdraw
from escalation.reading import open_escalations
from escalation.returning import answer, ask_missing
from support.clocks import running
from support.clocks.models import Clock, ClockKind
from support.kernel.errors import DomainError
from support.kernel.time import now
from support.tickets import following
from support.tickets.assigning import take
from support.tickets.models import Follower, TicketAccess
from support.tickets.replying import person_replies
from support.tickets.thread import read_thread
from support.tickets.timeline import Attachment, Entry, EntryKind
from tests.factories import a_file, a_ticket, climb
from tests.support.tickets.test_person_replies import words

SECRET = "entre nous seulement"
MOVES = ("up", "answer", "missing", "keep", "withdraw", "person", "take")
GIVEN = {"visa_number": "FRA123456789"}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.lists(st.sampled_from(MOVES), min_size=4, max_size=14))
def test_nothing_is_dropped_on_any_path(cast, db_session, path):
    with db_session.begin_nested() as example:
        _walk(cast, db_session, path)
        example.rollback()
    db_session.expire_all()


def _walk(cast, session, path) -> None:
    ticket = a_ticket(cast, reason="renewal.business", files=[a_file(b"from the person")])
    session.add(Follower(ticket_id=ticket.id, address="avocat@example.org"))
    session.flush()
    kept = (ticket.reference, ticket.person_id, ticket.home_team_id, ticket.first_received_at,
            ticket.promised_at, running.live(ticket.id).id)  # fmt: skip
    had = {ticket.team_id}
    for move in path:
        agent = {"dp": cast.dp, "sdst": cast.sdst}.get(ticket.team.code, cast.teleadviser)
        before = _lines(session, ticket)
        try:
            with session.begin_nested():
                _MOVES[move](cast, ticket, agent)
        except DomainError:
            pass  # not a move that can be made from here: nothing may have changed
        session.flush()
        had.add(ticket.team_id)
        assert _lines(session, ticket) >= before
        assert kept == (ticket.reference, ticket.person_id, ticket.home_team_id,
                        ticket.first_received_at, ticket.promised_at,
                        running.live(ticket.id).id)  # fmt: skip
        _everybody_is_there(session, ticket, had)
        _it_is_in_one_place(session, ticket)
    _nothing_internal_is_public(cast, ticket)


def _up(cast, ticket, agent) -> None:
    teams = next_teams(ticket)
    if teams:
        climb(ticket, teams[0].code, cast, by=agent, **GIVEN)


_MOVES: dict[str, Callable[..., object]] = {
    "up": _up,
    "answer": lambda _cast, ticket, agent: answer(ticket, SECRET, by=agent),
    "missing": lambda _cast, ticket, agent: ask_missing(ticket, ["visa_number"], SECRET, by=agent),
    "keep": lambda _cast, ticket, agent: keep(ticket, SECRET, _a_tuesday(), by=agent),
    "withdraw": lambda cast, ticket, _agent: withdraw(ticket, by=cast.teleadviser),
    "person": lambda cast, ticket, _agent: person_replies(ticket, words(), by=cast.awa),
    "take": lambda _cast, ticket, agent: take(ticket, by=agent),
}


def _a_tuesday():
    day = (now() + timedelta(days=7)).date()
    return day + timedelta(days=(1 - day.weekday()) % 7)


def _lines(session, ticket) -> int:
    return session.scalar(select(func.count()).where(Entry.ticket_id == ticket.id)) or 0


def _everybody_is_there(session, ticket, had) -> None:
    follower = select(Follower.address).where(Follower.ticket_id == ticket.id)
    assert session.scalars(follower).all() == ["avocat@example.org"]
    file = select(func.count(Attachment.id)).join(Entry).where(Entry.ticket_id == ticket.id)
    assert session.scalar(file) == 1
    seen = select(TicketAccess.team_id).where(TicketAccess.ticket_id == ticket.id)
    assert had <= set(session.scalars(seen))


def _it_is_in_one_place(session, ticket) -> None:
    away = open_escalations(ticket)
    teams = [e.to_team_id for e in away]
    assert len(teams) == len(set(teams))
    assert ticket.team_id == (teams[-1] if teams else ticket.home_team_id)
    live = select(Clock).where(
        Clock.ticket_id == ticket.id, Clock.kind == ClockKind.LEVEL, Clock.stopped_at.is_(None)
    )
    clocks = session.scalars(live).all()
    assert len(clocks) == (1 if teams else 0)
    if teams:
        assert away[-1].agreed_until == clocks[0].deadline


def _nothing_internal_is_public(cast, ticket) -> None:
    shown = following.public_view(ticket)
    assert all(SECRET not in one.text for one in shown.entries)
    assert all(one.kind is not EntryKind.EXCHANGE for one in shown.entries)
    inside = [e for e in read_thread(ticket, by=cast.teleadviser) if e.kind is EntryKind.EXCHANGE]
    assert all(e.text for e in inside)
