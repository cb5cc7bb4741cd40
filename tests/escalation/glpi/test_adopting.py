"""Tickets begun in GLPI: taken over with their history, answered from here."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from escalation.glpi import adopting, linking, pulling
from escalation.glpi.markup import to_text
from escalation.glpi.models import GlpiTicket
from escalation.glpi.reaching import reach
from escalation.glpi.read import read
from escalation.glpi.settings import Settings
from support.clocks.models import Clock
from support.kernel import db
from support.kernel.time import now
from support.outbox.models import OutboxRow
from support.tickets.closing import close
from support.tickets.journal import Words, write
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.replying import ReplyDraft, agent_replies
from support.tickets.timeline import Entry, EntryKind
from support.tickets.visibility import PAGE
from tests.cast import again
from tests.escalation.glpi.conftest import Bridge, change, settle
from tests.servers.glpi import REFERENT, ZONE, GlpiServer


@pytest.fixture
def old(bridge: Bridge, server: GlpiServer) -> int:
    """A ticket of a referent with three words of history."""
    number = server.open_ticket("Écran blanc", "<p>Écran blanc, étape 3.</p>", itilcategories_id=9)
    server.follow_up(number, "Toujours là.", by=REFERENT)
    server.follow_up(number, "Nous regardons.")
    server.follow_up(number, "Piste : le cache.", private=True)
    return number


def adopt(number: int, glpi: Settings) -> int:
    found = read(number, reach(glpi), glpi, whole=True)
    with db.transaction():
        made = adopting.adopt(found, glpi)
        assert made is not None
        return made.id


def whole(ticket_id: int) -> Ticket:
    found = db.session().get(Ticket, ticket_id, options=PAGE)
    assert found is not None
    return found


def words_of(ticket_id: int) -> list[tuple[EntryKind, str]]:
    query = select(Entry).where(Entry.ticket_id == ticket_id, Entry.kind != EntryKind.EVENT)
    return [(e.kind, e.text) for e in db.session().scalars(query.order_by(Entry.id))]


def test_it_keeps_its_history_its_dates_and_who_asked(
    bridge: Bridge, old: int, glpi: Settings, server: GlpiServer
) -> None:
    ticket_id = adopt(old, glpi)
    with db.transaction(write=False):
        ticket = whole(ticket_id)
        assert ticket.requester_agent_id == bridge.cast.referent.id
        assert (ticket.team.code, ticket.reason.code) == ("dp", "account.blocked")
        assert words_of(ticket_id) == [
            (EntryKind.MESSAGE, "Écran blanc, étape 3."),
            (EntryKind.MESSAGE, "Toujours là."),
            (EntryKind.NOTE, "Nous regardons."),
            (EntryKind.NOTE, "Piste : le cache."),
        ]
        begun = server.tickets[old]["date"]
        assert f"{ticket.created_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" == begun
        assert ticket.first_received_at == ticket.created_at
        assert ticket.promised_at is not None
        assert ticket.promised_at > now()
        letters = select(OutboxRow.payload).where(OutboxRow.topic == "notice.send")
        told = [one["ticket_id"] for one in db.session().scalars(letters)]
        assert ticket_id not in told  # nobody is written to about the past


def test_closed_stays_closed_and_counts_as_no_promise(
    bridge: Bridge, old: int, glpi: Settings, server: GlpiServer
) -> None:
    server.solve(old, "Corrigé.")
    ticket_id = adopt(old, glpi)
    with db.transaction(write=False):
        ticket = whole(ticket_id)
        assert (ticket.state, ticket.closed_how) == (State.CLOSED, ClosedHow.SOLVED)
        assert ticket.closed_at is not None
        assert ticket.closed_at < now() + timedelta(seconds=1)
        clocks = select(func.count()).select_from(Clock).where(Clock.ticket_id == ticket_id)
        assert db.session().scalar(clocks) == 0
    settle()
    assert server.tickets[old]["status"] == 5
    assert len(server.of(server.followups, old)) == 3


def test_twice_it_is_one(bridge: Bridge, old: int, glpi: Settings) -> None:
    adopt(old, glpi)
    found = read(old, reach(glpi), glpi, whole=True)
    with db.transaction():
        assert adopting.adopt(found, glpi) is None


def test_our_answer_goes_there_once_it_can_not_be_taken_back(
    bridge: Bridge, old: int, glpi: Settings, server: GlpiServer
) -> None:
    ticket_id = adopt(old, glpi)
    with db.transaction():
        draft = ReplyDraft("Videz le cache.", "<r1@relais>", undo_for=timedelta(seconds=15))
        agent_replies(whole(ticket_id), draft, by=bridge.dp())
        write(whole(ticket_id), EntryKind.NOTE, Words("Entre nous."), by=bridge.dp())
    settle()
    assert len(server.of(server.followups, old)) == 3
    with time_machine.travel(now() + timedelta(seconds=20), tick=True):
        settle()
        said = server.of(server.followups, old)[-1]
        assert to_text(said["content"]).splitlines()[0] == "Videz le cache."
        assert said["is_private"] == 0
        assert len(server.of(server.followups, old)) == 4
        with db.transaction():
            close(whole(ticket_id), ClosedHow.ANSWERED, by=bridge.dp())
        settle()
    assert server.tickets[old]["status"] == 5


def test_the_requester_who_goes_on_there_is_heard_here(
    bridge: Bridge, old: int, glpi: Settings, server: GlpiServer
) -> None:
    server.clock = now().astimezone(ZONE).replace(microsecond=0)
    ticket_id = adopt(old, glpi)
    server.follow_up(old, "Cela marche de nouveau, merci.", by=REFERENT)
    server.follow_up(old, "Bien noté.", private=True)
    pulling.poll()
    pulling.poll()
    with db.transaction(write=False):
        assert words_of(ticket_id)[4:] == [
            (EntryKind.MESSAGE, "Cela marche de nouveau, merci."),
            (EntryKind.NOTE, "Bien noté."),
        ]
    server.set_status(old, 6)
    pulling.poll()
    with db.transaction(write=False):
        assert whole(ticket_id).state is State.CLOSED


def test_new_ones_are_taken_over_only_where_that_is_wanted(
    bridge: Bridge, glpi: Settings, server: GlpiServer
) -> None:
    server.clock = now().astimezone(ZONE).replace(microsecond=0)
    server.users[55] = ("inconnu", "Luc", "Marin", "luc.marin@prefecture.example")
    server.open_ticket("Nouvelle", "Bonjour", by=55)
    pulling.poll()
    with db.transaction(write=False):
        assert db.session().scalars(select(GlpiTicket)).all() == []
    change(glpi, adopt=True)
    with db.transaction():
        linking.bridge().cursor = now().astimezone(UTC) - timedelta(minutes=1)
    pulling.poll()
    pulling.poll()
    with db.transaction(write=False):
        (link,) = db.session().scalars(select(GlpiTicket))
        ticket = whole(link.ticket_id)
        assert ticket.person is not None
        assert (ticket.person.full_name, ticket.person.email) == (
            "Luc Marin", "luc.marin@prefecture.example",
        )  # fmt: skip
        assert (ticket.reason.code, ticket.requester_agent) == ("other", None)


def test_our_own_are_never_taken_over(bridge: Bridge, glpi: Settings, server: GlpiServer) -> None:
    server.clock = now().astimezone(ZONE).replace(microsecond=0)
    change(glpi, adopt=True)
    bridge.hand_over()
    settle()
    pulling.poll()
    with db.transaction(write=False):
        (link,) = db.session().scalars(select(GlpiTicket))
        assert link.ticket_id == bridge.ticket_id
        assert again(bridge.support).bridge == "glpi"
