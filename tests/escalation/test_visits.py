"""A visit, its request and the answer that comes back to the place."""

from __future__ import annotations

import pytest
import time_machine

from channels.pages import requesting
from channels.pages.requesting import Request
from escalation import visits
from support.help_sessions import attendance, ticketed
from support.help_sessions.models import Appointment, AppointmentState
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Forbidden
from support.tickets.models import Ticket
from support.tickets.replying import agent_replies
from support.tickets.timeline import Entry
from tests.cast import Cast
from tests.factories import a_person, a_reply, a_ticket, counted
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, at


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(FRIDAY_BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def visit(cast: Cast, clock, give) -> Appointment:
    given = give(at("09:00"))
    clock.move_to(at("09:05"))
    attendance.act(given, AppointmentState.CHECKED_IN, by=cast.pan)
    return given


def asked(cast: Cast, visit: Appointment, key: str = "a") -> Ticket:
    request = Request(
        Channel.COUNTER, cast.pan.id, "Bloqué", "Le bouton ne répond pas", "other",
        person_id=visit.person_id, visit_id=visit.id,
    )  # fmt: skip
    ticket = requesting.understand(requesting.keep(request, key=key, by=cast.pan).id)
    db.session().flush()
    db.session().refresh(visit)
    return ticket


def test_the_request_is_tied_when_it_is_understood_and_the_first_stays(cast: Cast, visit) -> None:
    ticket = asked(cast, visit)
    db.session().refresh(visit)
    assert visit.ticket_id == ticket.id
    asked(cast, visit, "b")
    db.session().refresh(visit)
    assert visit.ticket_id == ticket.id
    assert [one.id for one in ticketed.of_ticket(ticket.id)] == [visit.id]


def test_a_visit_of_elsewhere_is_not_tied(cast: Cast, visit) -> None:
    ticket = a_ticket(cast)
    with pytest.raises(Forbidden):
        ticketed.tie(visit.id, ticket.id, visit.person_id, by=cast.teleadviser)
    visit.help_point.site_id = cast.referent.team.site_id
    db.session().flush()
    ticketed.tie(visit.id, ticket.id, visit.person_id, by=cast.pan)
    db.session().refresh(visit)
    assert visit.ticket_id is None


def test_the_answer_comes_back_until_somebody_there_has_read_it(
    cast: Cast,
    visit,
    clock,
    point,
) -> None:
    ticket = asked(cast, visit)
    assert not visits.answers_back(point, by=cast.pan)
    assert visits.of_visit(visit, by=cast.pan).answer is None
    agent_replies(ticket, a_reply("Réessayez demain."), by=cast.teleadviser)
    clock.shift(60)  # it may be taken back for a while
    # A colleague of the same place, who sees no ticket that others opened, has it too.
    assert visits.answers_back(point, by=cast.pan_colleague) == [visit]
    back = visits.of_visit(visit, by=cast.pan_colleague)
    assert back.unread
    assert back.answer.text == "Réessayez demain."
    visits.read(visit, by=cast.pan_colleague)
    assert not visits.answers_back(point, by=cast.pan)
    assert not visits.of_visit(visit, by=cast.pan).unread
    agent_replies(ticket, a_reply("C’est réparé."), by=cast.teleadviser)
    clock.shift(60)
    assert visits.answers_back(point, by=cast.pan) == [visit]


def test_many_answers_are_one_query(cast: Cast, visit, point) -> None:
    asked(cast, visit)
    with counted() as sql:
        visits.answers_back(point, by=cast.pan)
    assert len(sql) == 1


def test_moved_it_stays_about_the_same_request(cast: Cast, clock, give) -> None:
    ticket = a_ticket(cast)
    first = give(at("09:30"), ticket.person, ticket_id=ticket.id)
    second = give(at("10:00"), ticket.person, instead_of=first)
    assert second.ticket_id == ticket.id
    visits.note_given(ticket, second, by=cast.pan)
    events = db.session().query(Entry).filter_by(ticket_id=ticket.id, event="appointment_given")
    assert events.one().data["day"] == "2026-11-30"


def test_somebody_else_s_visit_is_not_tied(cast: Cast, visit) -> None:
    request = Request(
        Channel.COUNTER, cast.pan.id, "Bloqué", "Le bouton ne répond pas", "other",
        person_id=a_person().id, visit_id=visit.id,
    )  # fmt: skip
    requesting.understand(requesting.keep(request, key="z", by=cast.pan).id)
    db.session().refresh(visit)
    assert visit.ticket_id is None
