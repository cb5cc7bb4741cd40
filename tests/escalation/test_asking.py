"""The person is asked for just what the next level needs, once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from escalation import handover
from escalation.asking import ask_person, pending, to_ask
from support.clocks import running
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.outbox.models import OutboxRow
from support.tickets.facts import note_facts
from support.tickets.models import State
from support.tickets.replying import person_replies
from tests.factories import a_ticket, climb
from tests.support.tickets.test_person_replies import words

SAID = {
    "step_reached": "À quelle étape êtes-vous bloqué ?",
    "exact_message": "Quel message voyez-vous à l’écran ?",
    "consent": "D’accord ?",
}
BOTH = ["exact_message", "step_reached"]


def test_only_what_is_needed_unknown_and_theirs_to_say(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    given = handover.prefilled(ticket)
    assert sorted(to_ask(ticket, given)) == ["browser", *BOTH, "tried"]
    note_facts(ticket, {"browser": "Firefox"}, by=cast.awa)
    assert sorted(to_ask(ticket, handover.prefilled(ticket))) == [*BOTH, "tried"]


def test_the_ticket_waits_and_a_letter_asks(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    asked = ask_person(ticket, [*BOTH, "exact_message", "consent"], SAID, by=cast.teleadviser)
    assert asked.data["questions"] == {code: SAID[code] for code in BOTH}
    assert ticket.state is State.WAITING_PERSON
    assert running.live(ticket.id).paused_at is not None
    assert pending(ticket) == BOTH
    rows = db_session.scalars(select(OutboxRow).where(OutboxRow.topic == "notice.send"))
    letters = [r.payload for r in rows if r.payload["letter"] == "items_asked"]
    assert letters == [{"ticket_id": ticket.id, "letter": "items_asked", "about": asked.id}]


def test_nothing_is_asked_twice(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    ask_person(ticket, ["exact_message"], SAID, by=cast.teleadviser)
    with pytest.raises(Conflict, match=r"ask\.asked"):
        ask_person(ticket, ["exact_message"], SAID, by=cast.teleadviser)
    assert "exact_message" not in to_ask(ticket, handover.prefilled(ticket))
    again = ask_person(ticket, BOTH, SAID, by=cast.teleadviser)
    assert list(again.data["questions"]) == ["step_reached"]


def test_what_is_answered_fills_the_hand_over_in(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    ask_person(ticket, BOTH, SAID, by=cast.teleadviser)
    note_facts(ticket, {"exact_message": "Erreur 500", "step_reached": "Photo"}, by=cast.awa)
    person_replies(ticket, words(), by=cast.awa)
    assert pending(ticket) == []
    given = handover.prefilled(ticket)
    assert (given["exact_message"], given["step_reached"]) == ("Erreur 500", "Photo")
    assert handover.problems(ticket.reason, "Que faut-il répondre ?", given) == []


def test_who_may_not_write_to_the_person_asks_nothing(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    with pytest.raises(Invalid, match=r"ask\.nothing"):
        ask_person(ticket, ["consent", "invented"], SAID, by=cast.teleadviser)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    with pytest.raises(Forbidden):
        ask_person(ticket, BOTH, SAID, by=cast.dp)
    with pytest.raises(Conflict):  # it is higher up
        ask_person(ticket, BOTH, SAID, by=cast.teleadviser)
    assert pending(ticket) == []


def test_what_came_back_for_being_insufficient_may_be_asked_again(cast, db_session):
    ticket = a_ticket(cast, reason="account.blocked")
    ask_person(ticket, ["exact_message"], SAID, by=cast.teleadviser)
    note_facts(ticket, {"exact_message": "ça ne marche pas"}, by=cast.awa)
    assert pending(ticket) == []
    ask_person(ticket, ["exact_message"], SAID, by=cast.teleadviser)
    assert pending(ticket) == ["exact_message"]
