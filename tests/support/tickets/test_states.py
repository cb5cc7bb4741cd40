"""Every move that is allowed, and every one that is not."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select

from support.kernel.errors import Conflict
from support.tickets.models import State
from support.tickets.states import MOVES, can_move, move
from support.tickets.timeline import Entry
from tests.factories import a_ticket

NEW, AT_WORK, WAITING = State.NEW, State.IN_PROGRESS, State.WAITING_PERSON
AWAY, BACK, AGAIN, CLOSED = State.ESCALATED, State.RETURNED, State.REOPENED, State.CLOSED

# Written out by hand, so that a slip in the table of moves is not repeated here.
ALLOWED = {
    (NEW, AT_WORK), (NEW, WAITING), (NEW, AWAY), (NEW, CLOSED),
    (AT_WORK, WAITING), (AT_WORK, AWAY), (AT_WORK, CLOSED),
    (WAITING, AT_WORK), (WAITING, AWAY), (WAITING, CLOSED),
    (AWAY, AWAY), (AWAY, BACK), (AWAY, AT_WORK),
    (BACK, AT_WORK), (BACK, WAITING), (BACK, AWAY), (BACK, BACK), (BACK, CLOSED),
    (AGAIN, AT_WORK), (AGAIN, WAITING), (AGAIN, AWAY), (AGAIN, CLOSED),
    (CLOSED, AGAIN),
}  # fmt: skip


def test_every_state_has_its_moves():
    assert set(MOVES) == set(State)
    assert all(to in MOVES for moves in MOVES.values() for to in moves)


@pytest.mark.parametrize(("was", "to"), product(State, State), ids=lambda state: state.value)
def test_the_table_of_moves(was, to):
    assert (to in MOVES[was]) is ((was, to) in ALLOWED)


def test_moves_are_made_or_refused_and_written_down(cast, db_session):
    ticket = a_ticket(cast)
    for was, to in product(State, State):
        ticket.state, ticket.is_open = was, was is not CLOSED
        before = ticket.last_entry_id
        assert can_move(ticket, to) is ((was, to) in ALLOWED)
        if (was, to) in ALLOWED:
            move(ticket, to, by=cast.teleadviser, why="test")
            entry = db_session.get(Entry, ticket.last_entry_id)
            assert (entry.event, entry.author_agent) == ("state", cast.teleadviser)
            assert entry.data == {"was": was.value, "to": to.value, "why": "test"}
            assert (ticket.state, ticket.is_open) == (to, to is not CLOSED)
        else:
            with pytest.raises(Conflict) as refused:
                move(ticket, to, by=cast.teleadviser)
            assert refused.value.code == "ticket.move_refused"
            assert (ticket.state, ticket.last_entry_id) == (was, before)


def test_nothing_else_assigns_a_state():
    import ast
    from pathlib import Path

    root = Path(__file__).parents[3]
    writers = set()
    for package in ("support", "escalation", "channels", "web"):
        for path in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                targets = node.targets if isinstance(node, ast.Assign) else []
                for target in targets:
                    for part in ast.walk(target):
                        if isinstance(part, ast.Attribute) and (
                            part.attr == "state"
                            and isinstance(part.value, ast.Name)
                            and part.value.id == "ticket"
                        ):
                            writers.add(path.relative_to(root).as_posix())
    assert writers == {"support/tickets/states.py"}


def test_the_timeline_is_only_added_to(cast, db_session):
    ticket = a_ticket(cast)
    events = select(Entry.event).where(Entry.ticket_id == ticket.id).order_by(Entry.id)
    assert list(db_session.scalars(events)) == ["opened", None]
