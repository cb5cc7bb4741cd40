"""A call is kept as it was noted, then put on the right ticket, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from channels.phone import taking
from channels.phone.sheet import Sheet, Then
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import raw_of
from support.kernel.errors import Conflict, Invalid
from support.people.models import Person
from support.tickets.calling import WRAP_UPS
from support.tickets.closing import close
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.timeline import ArticleUse, Call, Entry, EntryKind
from tests.cast import Cast
from tests.factories import a_ticket, climb

NOON = datetime(2026, 11, 16, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def a_sheet(cast: Cast, **more) -> Sheet:
    """Chen calls about something new."""
    known = {
        "key": "k1",
        "agent_id": cast.teleadviser.id,
        "started_at": (NOON - timedelta(seconds=200)).isoformat(),
        "then": Then.KEEP,
        "note": "Ne reçoit pas le code.",
        "person_id": cast.chen.id,
        "reason": "account.blocked",
    }
    return Sheet(**{**known, **more})


def note(cast: Cast, **more) -> taking.Noted:
    received = taking.keep(a_sheet(cast, **more), by=cast.teleadviser)
    noted = taking.understand(received.id)
    assert noted is not None
    return noted


def refusals(cast: Cast, **more) -> dict[str | None, str]:
    with pytest.raises((Invalid, Conflict)) as refused:
        taking.keep(a_sheet(cast, **more), by=cast.teleadviser)
    return {p.field: p.code for p in refused.value.problems}


def count(session, model) -> int:
    return session.scalar(select(func.count()).select_from(model))


def test_it_is_kept_as_noted_before_it_is_understood(cast, db_session):
    sheet = a_sheet(cast, note="« Ça ne marche pas » dit-elle 🙂")
    received = taking.keep(sheet, by=cast.teleadviser)
    assert (received.channel, received.outcome) == (Channel.PHONE, None)
    assert Sheet.from_json(raw_of(received)) == sheet
    assert count(db_session, Ticket) == 0


def test_a_new_subject_becomes_a_ticket_of_the_person_chosen(cast, db_session):
    noted = note(cast, procedure="student")
    ticket = noted.ticket
    assert (ticket.person, ticket.channel) == (cast.chen, Channel.PHONE)
    assert ticket.subject == cast.reasons["account.blocked"].plain_label
    assert ticket.procedure is cast.procedures["student"]
    assert noted.entry.kind is EntryKind.CALL
    assert noted.entry.text == "Ne reçoit pas le code."
    received = db_session.scalars(select(Received).where(Received.channel == Channel.PHONE)).one()
    assert (received.outcome, received.ticket_id) == (Outcome.CREATED, ticket.id)
    assert received.entry_id == noted.entry.id == noted.entry.call.entry_id


def test_answered_on_the_spot_is_closed_at_first_contact(cast, db_session):
    ticket = note(cast, then=Then.CLOSE).ticket
    assert (ticket.state, ticket.closed_how) == (State.CLOSED, ClosedHow.FIRST_CONTACT)


def test_a_call_about_an_open_ticket_goes_on_it(cast, db_session):
    known = a_ticket(cast, cast.chen)
    noted = note(cast, ticket=known.reference, reason="")
    assert noted.ticket is known
    assert count(db_session, Ticket) == 1
    assert known.chasers == 1
    received = db_session.scalars(select(Received).where(Received.channel == Channel.PHONE)).one()
    assert received.outcome is Outcome.APPENDED


def test_an_unsolved_call_about_a_closed_ticket_opens_it_again(cast, db_session):
    known = a_ticket(cast, cast.chen)
    close(known, ClosedHow.ANSWERED, by=cast.teleadviser)
    note(cast, ticket=known.reference)
    assert (known.state, known.reopenings) == (State.REOPENED, 1)
    assert known.promised_at is not None
    assert known.promised_at > NOON


def test_a_solved_call_about_a_closed_ticket_leaves_it_closed(cast, db_session):
    known = a_ticket(cast, cast.chen)
    close(known, ClosedHow.ANSWERED, by=cast.teleadviser)
    noted = note(cast, ticket=known.reference, then=Then.CLOSE)
    assert (known.state, known.reopenings) == (State.CLOSED, 0)
    assert noted.entry.ticket_id == known.id


def test_what_is_higher_up_cannot_be_closed_and_is_told_so(cast, db_session):
    known = a_ticket(cast, cast.chen, reason="renewal.business")
    climb(known, "dp", cast, by=cast.teleadviser)
    assert refusals(cast, ticket=known.reference, then=Then.CLOSE) == {"ticket": "call.away"}
    note(cast, ticket=known.reference)
    assert (known.state, known.chasers) == (State.ESCALATED, 1)


def test_the_same_call_sent_twice_is_one(cast, db_session):
    first, second = note(cast), note(cast)
    assert first.ticket is second.ticket
    assert first.entry is second.entry
    assert (count(db_session, Ticket), count(db_session, Call)) == (1, 1)


def test_another_call_under_the_same_key_is_not_swallowed(cast, db_session):
    note(cast)
    assert refusals(cast, note="Autre chose.") == {None: "call.other_noted"}


@pytest.mark.parametrize("then", [Then.CLOSE, Then.KEEP, Then.PASS_ON])
def test_the_wrap_up_is_the_usual_one_unless_chosen(cast, db_session, then):
    usual = {"close": "answered", "keep": "needs_research", "pass_on": "handed_over"}
    assert note(cast, key="a", then=then).entry.call.wrap_up == usual[then]
    chosen = note(cast, key="b", then=then, wrap_up="call_back", other_subject=True)
    assert chosen.entry.call.wrap_up == "call_back"
    assert set(usual.values()) < set(WRAP_UPS)


def test_it_lasted_until_it_was_kept_however_late_it_is_understood(cast, db_session, clock):
    received = taking.keep(a_sheet(cast), by=cast.teleadviser)
    clock.shift(timedelta(hours=2))
    noted = taking.understand(received.id)
    assert noted is not None
    assert noted.entry.call.seconds == 200


def test_a_start_in_the_future_or_yesterday_is_no_measure(cast, db_session):
    ahead = (NOON + timedelta(hours=1)).isoformat()
    assert note(cast, key="a", started_at=ahead).entry.call.seconds == 0
    yesterday = (NOON - timedelta(days=1)).isoformat()
    late = note(cast, key="b", started_at=yesterday, other_subject=True)
    assert late.entry.call.seconds == 8 * 3600


def new_person(**more) -> dict:
    return {"person_id": None, "family_name": "Okafor", "phone": "06 39 98 12 34", **more}


def test_somebody_new_is_written_down(cast, db_session):
    noted = note(cast, **new_person(given_name="Chidi", language="en"))
    person = noted.ticket.person
    assert (person.full_name, person.phone) == ("Chidi Okafor", "+33639981234")
    assert (person.language, noted.ticket.language) == ("en", "en")
    assert not noted.recognised


def test_somebody_surely_known_is_not_written_down_twice(cast, db_session):
    before = count(db_session, Person)
    named = {"given_name": "Wei", "family_name": "Chen", "phone": "06 39 98 00 03"}
    noted = note(cast, **new_person(**named))
    assert noted.ticket.person is cast.chen
    assert noted.recognised
    assert count(db_session, Person) == before


def test_a_namesake_on_a_shared_telephone_is_not_merged(cast, db_session):
    noted = note(cast, **new_person(given_name="Moussa", family_name="Traoré",
                                    phone="06 39 98 00 01"))  # fmt: skip
    assert noted.ticket.person not in (cast.awa, cast.binta)


def test_the_person_chosen_is_the_person_whatever_else_was_typed(cast, db_session):
    noted = note(cast, family_name="Traoré", phone="06 39 98 00 01")
    assert noted.ticket.person is cast.chen


def test_every_wrong_field_is_told_at_once(cast, db_session):
    wrong = new_person(family_name=" ", phone="12", foreigner_number="123456789")
    assert refusals(cast, **wrong, note=" ", reason="") == {
        "family_name": "call.name_missing",
        "phone": "phone.invalid",
        "foreigner_number": "foreigner_number.nine",
        "reason": "call.reason_missing",
        "note": "call.note_missing",
    }
    assert count(db_session, Received) == 0


def test_somebody_new_left_unanswered_must_be_reachable(cast, db_session):
    unreachable = new_person(phone="")
    assert refusals(cast, **unreachable) == {"phone": "call.unreachable"}
    assert note(cast, **unreachable, then=Then.CLOSE).ticket.state is State.CLOSED


def test_with_open_tickets_one_must_say_which_or_none(cast, db_session):
    a_ticket(cast, cast.chen)
    assert refusals(cast) == {"ticket": "call.ticket_missing"}
    assert refusals(cast, reason="") == {"ticket": "call.ticket_missing"}
    note(cast, other_subject=True)
    assert count(db_session, Ticket) == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"person_id": 999_999}, {"person": "person.unknown"}),
        ({"reason": "no.such"}, {"reason": "field.choice"}),
        ({"ticket": "2611-0000-0000"}, {"ticket": "ticket.unknown"}),
    ],
)
def test_what_does_not_exist_is_told_beside_its_field(cast, db_session, given, told):
    assert refusals(cast, **given) == told


def test_a_ticket_of_somebody_else_is_refused(cast, db_session):
    theirs = a_ticket(cast, cast.awa)
    assert refusals(cast, ticket=theirs.reference) == {"ticket": "call.other_person"}


def test_the_articles_read_out_are_remembered_in_their_revision(cast, db_session):
    noted = note(cast, articles=((7, 2), (7, 2), (9, 1)))
    uses = db_session.scalars(select(ArticleUse).where(ArticleUse.entry_id == noted.entry.id))
    assert [(use.article_id, use.revision) for use in uses] == [(7, 2), (9, 1)]


def test_a_world_that_moved_meanwhile_sets_the_call_aside_for_whoever_noted_it(cast, db_session):
    known = a_ticket(cast, cast.chen, reason="renewal.business")
    sheet = a_sheet(cast, ticket=known.reference, then=Then.CLOSE)
    received = taking.keep(sheet, by=cast.teleadviser)
    climb(known, "dp", cast, by=cast.colleague)
    with pytest.raises(Conflict) as moved:
        taking.understand(received.id)
    taking.refuse(received.id, moved.value)
    assert (received.outcome, received.reason) == (Outcome.SET_ASIDE, "call.away")
    assert taking.understand(received.id) is None
    again = taking.keep(replace(sheet, key="k2", then=Then.KEEP), by=cast.teleadviser)
    assert taking.understand(again.id) is not None
    assert db_session.scalar(select(func.count(Entry.id)).where(Entry.kind == EntryKind.CALL)) == 1
