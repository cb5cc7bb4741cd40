"""A reply taken back before it leaves: as if it had never been, and never both sent and not."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from support.clocks import running
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Forbidden, NotVisible
from support.tickets import following, leaving, withdrawing
from support.tickets.journal import Words
from support.tickets.models import State
from support.tickets.noting import add_note
from support.tickets.replying import Then, person_replies, refuse_blind
from support.tickets.thread import attachment_visible, read_thread
from support.tickets.timeline import DeliveryState
from support.tickets.visibility import one_visible
from tests.cast import again
from tests.factories import a_file, a_person, a_reply, a_report, a_ticket
from tests.support.tickets.test_replying import a_ticket_again

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
WHILE = timedelta(seconds=15)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def answered(cast, then=Then.STAY, ticket=None, **more):
    ticket = ticket or a_ticket(cast)
    reply = a_reply(undo_for=WHILE, **more)
    return ticket, withdrawing.answer(ticket, reply, then, by=cast.teleadviser)


def standing(ticket):
    clock = running.latest(ticket.id)
    return (
        ticket.state, ticket.is_open, ticket.owner, ticket.home_owner, ticket.promised_at,
        ticket.sort_due, ticket.closed_at, ticket.closed_how, clock.deadline, clock.paused_at,
        clock.left_minutes, clock.stopped_at, clock.kept,
    )  # fmt: skip


def moves(ticket, agent):
    events = [e for e in read_thread(ticket, by=agent) if e.event == "state"]
    return [(e.data["was"], e.data["to"], e.data.get("undone", False)) for e in events]


@pytest.mark.parametrize(
    ("then", "became"),
    [
        (Then.STAY, State.IN_PROGRESS),
        (Then.WAIT, State.WAITING_PERSON),
        (Then.CLOSE, State.CLOSED),
    ],
)
def test_the_ticket_is_again_as_the_answer_found_it(cast, db_session, clock, then, became):
    ticket = a_ticket(cast)
    before = standing(ticket)
    _, entry = answered(cast, then, ticket)
    assert ticket.state is became
    clock.shift(timedelta(seconds=12))
    assert withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)
    db_session.flush()
    db_session.expire_all()
    assert standing(ticket) == before
    assert entry.delivery.state is DeliveryState.WITHDRAWN
    assert moves(ticket, cast.teleadviser)[-1] == (became.value, "new", True)
    # The promise goes on: it can be closed again, and a second answer is judged afresh.
    again_, second = answered(cast, Then.CLOSE, ticket)
    assert again_.state is State.CLOSED
    assert second.id != entry.id


def test_a_ticket_in_hand_stays_in_those_hands(cast, clock):
    ticket, _first = answered(cast)
    clock.shift(timedelta(minutes=1))
    _, entry = answered(cast, Then.CLOSE, ticket)
    withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)
    assert (ticket.state, ticket.owner) == (State.IN_PROGRESS, cast.teleadviser)


def test_what_happened_meanwhile_is_left_as_it_is(cast, clock):
    ticket, entry = answered(cast, Then.CLOSE)
    person_replies(ticket, Words("Encore un mot"), by=cast.awa)
    promised = ticket.promised_at
    assert not withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)
    assert (ticket.state, ticket.promised_at) == (State.REOPENED, promised)
    assert entry.delivery.state is DeliveryState.WITHDRAWN


def test_a_colleagues_note_meanwhile_changes_nothing(cast, clock):
    ticket, entry = answered(cast, Then.CLOSE)
    add_note(ticket, "Vu", by=cast.colleague)
    assert withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)
    assert ticket.state is State.NEW


def test_only_its_author_or_a_supervisor_takes_it_back_and_once(cast, clock):
    ticket, entry = answered(cast)
    with pytest.raises(Forbidden, match=r"withdraw\.not_yours"):
        withdrawing.withdraw(ticket, entry.id, by=cast.colleague)
    assert withdrawing.withdraw(ticket, entry.id, by=cast.supervisor)
    lines = len(read_thread(ticket, by=cast.teleadviser))
    withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)
    assert len(read_thread(ticket, by=cast.teleadviser)) == lines
    other = a_ticket(cast, a_person())
    with pytest.raises(NotVisible):
        withdrawing.withdraw(other, entry.id, by=cast.teleadviser)


@pytest.mark.parametrize("address", [True, False])
def test_what_the_public_sees_can_no_longer_be_taken_back(cast, db_session, clock, address):
    person = cast.awa if address else a_person(email=None, phone="+33639980199")
    ticket = a_ticket(cast, person)
    state, promised = following.public_view(ticket).state, ticket.promised_at
    _, entry = answered(cast, Then.CLOSE, ticket, files=[a_file()])
    attachment = entry.attachments[0]
    for seconds in (0, 10, 19):
        clock.move_to(START + timedelta(seconds=seconds))
        view = following.public_view(ticket)
        assert [e.text for e in view.entries] == ["Bonjour, je n'arrive pas à déposer ma demande."]
        assert (view.state, view.promised_at) == (state, promised)
        with pytest.raises(NotVisible):
            following.attachment_of(ticket, attachment.id)
        assert leaving.is_held(entry.delivery)
    clock.move_to(START + WHILE + leaving.GRACE)
    view = following.public_view(ticket)
    assert len(view.entries) == 2
    assert (view.state, view.promised_at) == (following.PublicState.ANSWERED, None)
    assert following.attachment_of(ticket, attachment.id)
    with pytest.raises(Conflict, match=r"withdraw\.too_late"):
        withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)


def test_it_is_shown_as_soon_as_the_post_has_it(cast, db_session, clock):
    ticket, entry = answered(cast)
    clock.shift(WHILE)
    assert leaving.begin(entry.id)
    db_session.expire_all()
    assert len(following.public_view(ticket).entries) == 2
    with pytest.raises(Conflict):
        withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)


def test_a_requester_on_the_staff_never_reads_what_was_taken_back(cast, clock):
    ticket = a_report(cast)
    entry = withdrawing.answer(ticket, a_reply(undo_for=WHILE, files=[a_file()]), Then.STAY,
                               by=cast.dp)  # fmt: skip
    held = entry.attachments[0].id
    for _ in range(2):
        assert entry not in read_thread(ticket, by=cast.referent)
        with pytest.raises(NotVisible):
            attachment_visible(held, by=cast.referent)
        assert entry in read_thread(ticket, by=cast.dp)
        withdrawing.withdraw(ticket, entry.id, by=cast.dp)


def test_one_may_answer_as_if_for_the_first_time(cast, clock):
    ticket, entry = answered(cast)
    seen = ticket.last_entry_id
    with pytest.raises(Conflict):
        refuse_blind(ticket)
    withdrawing.withdraw(ticket, entry.id, by=cast.teleadviser)
    refuse_blind(ticket)
    answered(cast, Then.STAY, ticket, seen_entry_id=seen)


def test_without_delay_it_leaves_at_once(cast):
    ticket = a_ticket(cast)
    entry = withdrawing.answer(ticket, a_reply(), Then.STAY, by=cast.teleadviser)
    assert not leaving.is_held(entry.delivery)
    assert len(following.public_view(ticket).entries) == 2


@pytest.mark.parametrize("round_", range(4))
def test_at_the_very_second_it_is_taken_or_taken_back_and_never_both(real_cast, round_):
    with db.transaction():
        ticket = a_ticket_again(real_cast)
        entry = withdrawing.answer(ticket, a_reply(undo_for=timedelta(milliseconds=1)), Then.CLOSE,
                                   by=again(real_cast.teleadviser))  # fmt: skip
    ready, done = threading.Barrier(3), {}

    def post() -> None:
        ready.wait()
        with db.transaction():
            done["sent"] = leaving.begin(entry.id)

    def author(name: str) -> None:
        ready.wait()
        try:
            with db.transaction():
                agent = again(real_cast.teleadviser)
                held = one_visible(ticket.reference, agent, lock=True)
                withdrawing.withdraw(held, entry.id, by=agent)
            done[name] = True
        except DomainError:
            done[name] = False

    threads = [threading.Thread(target=post)]
    threads += [threading.Thread(target=author, args=(name,)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done["first"] == done["second"]
    assert done["sent"] is not done["first"]
    with db.transaction():
        found = again(ticket)
        withdrawn = again(entry).delivery.state is DeliveryState.WITHDRAWN
        assert withdrawn is done["first"]
        assert found.state is (State.NEW if withdrawn else State.CLOSED)
        said = [e.event for e in read_thread(found, by=again(real_cast.teleadviser))]
        assert said.count("reply_withdrawn") == int(withdrawn)
