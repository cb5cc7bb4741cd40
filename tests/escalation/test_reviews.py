"""The meeting: its agenda builds itself, decisions have an owner and a date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from escalation.known_issues import recording
from escalation.known_issues.recording import IssueDraft
from escalation.returning import Answered, ask_missing, point_out
from escalation.reviews import agenda, holding
from escalation.reviews.minutes import minutes, story
from escalation.reviews.models import Why
from support.clocks import ticking
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.tickets import promising
from support.tickets.timeline import Entry
from tests.factories import a_ticket, climb, counted

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
NEXT = date(2026, 11, 30)
DUE = date(2026, 12, 4)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def why_of(items) -> list[Why]:
    return [item.why for item in items]


def plain(piece) -> str:
    """What a reader reads of a piece of the minutes."""
    if isinstance(piece, str):
        return piece
    if isinstance(piece, list | tuple):
        return "\n".join(plain(one) for one in piece)
    if hasattr(piece, "_cellvalues"):
        return plain(piece._cellvalues)
    if hasattr(piece, "frags"):
        return "".join("\n" if getattr(f, "lineBreak", False) else f.text for f in piece.frags)
    return ""


def returned_twice(cast, ticket) -> None:
    for given in ({}, {"visa_number": "750012345"}):
        climb(ticket, "dp", cast, by=cast.teleadviser, **given)
        ask_missing(ticket, ["visa_number"], "", by=cast.dp)


def test_everything_that_waits_is_on_it_once_and_in_order(cast, db_session, clock):
    broken, old, back = a_ticket(cast), a_ticket(cast, cast.binta), a_ticket(cast, cast.chen)
    climb(old, "dp", cast, by=cast.teleadviser)
    returned_twice(cast, back)
    climb(broken, "dp", cast, by=cast.teleadviser)  # is among the oldest as well: named once
    issue = recording.record(IssueDraft("La page reste blanche"), by=cast.dp)
    for _n in range(3):
        recording.link(issue, a_ticket(cast), by=cast.dp)
    for person in (cast.dmytro, cast.awa):
        pointless = a_ticket(cast, person, reason="renewal.business")
        climb(pointless, "dp", cast, by=cast.teleadviser)
        point_out(pointless, Answered("photo", "Photo"), "", by=cast.dp)
    clock.shift(timedelta(days=9))
    ticking.sweep()
    db_session.flush()
    with counted(db_session) as sql:
        found = agenda.points(None)
    assert len(sql) <= 8
    order = [Why.BROKEN, Why.OLDEST, Why.RETURNED, Why.GROWING, Why.ARTICLE]
    assert [w for w in order if w in why_of(found)] == list(dict.fromkeys(why_of(found)))
    tickets = [p.ticket_id for p in found if p.ticket_id]
    assert len(tickets) == len(set(tickets))
    facts = {p.why: p.fact for p in found}
    assert facts[Why.GROWING] == "3 tickets de plus"
    assert facts[Why.ARTICLE] == "2 transmissions qu’un article réglait"
    assert "promesse dépassée" in facts[Why.BROKEN]


def test_returned_twice_and_oldest(cast, db_session, clock):
    back, old = a_ticket(cast), a_ticket(cast, cast.binta)
    returned_twice(cast, back)
    climb(old, "dp", cast, by=cast.teleadviser)
    found = {p.ticket_id: p for p in agenda.points(None)}
    assert (found[back.id].why, found[back.id].fact) == (
        Why.RETURNED, "rendu 2 fois faute d’éléments",
    )  # fmt: skip
    assert found[old.id].why is Why.OLDEST
    assert found[old.id].fact == "chez DP ANEF depuis le 16/11/2026"


def test_there_is_one_next_meeting_and_it_is_arranged(cast, db_session):
    with pytest.raises(Forbidden):
        holding.prepare(NEXT, by=cast.teleadviser)
    with pytest.raises(Invalid, match=r"day\.missing"):
        holding.prepare(None, by=cast.dp)
    with pytest.raises(Invalid, match=r"day\.past"):
        holding.prepare(date(2026, 11, 15), by=cast.dp)
    meeting = holding.prepare(NEXT, by=cast.dp)
    with pytest.raises(Conflict, match=r"review\.there"):
        holding.prepare(NEXT, by=cast.supervisor)
    first, second, third = (
        holding.add_point(meeting, f"Point {n}", by=cast.sdst) for n in ("a", "b", "c")
    )
    holding.move(meeting, third, up=True, by=cast.dp)
    holding.move(meeting, first, up=True, by=cast.dp)  # at the top already
    assert list(holding.items_of(meeting)) == [first, third, second]
    holding.drop(meeting, second, by=cast.dp)
    assert second.dropped_at is not None
    old = a_ticket(cast)
    climb(old, "dp", cast, by=cast.teleadviser)
    assert holding.refresh(meeting, by=cast.dp) == 1
    assert holding.refresh(meeting, by=cast.dp) == 0


def test_a_decision_is_written_on_its_ticket_and_becomes_a_task(cast, db_session):
    ticket = a_ticket(cast)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    meeting = holding.prepare(NEXT, by=cast.dp)
    (item,) = holding.items_of(meeting)
    with pytest.raises(Invalid) as refused:
        holding.decide(item, " ", None, None, by=cast.dp)
    codes = [p.code for p in refused.value.problems]
    assert codes == ["review.decision", "review.owner", "day.missing"]
    for past in (date(2026, 11, 15), date(2020, 1, 1)):
        with pytest.raises(Invalid, match=r"day\.past"):
            holding.decide(item, "Demander.", cast.sdst.id, past, by=cast.dp)
    holding.decide(item, "Demander à l’éditeur.", cast.sdst.id, DUE, by=cast.dp)
    (told,) = db_session.scalars(select(Entry).where(Entry.event == "review_decided"))
    assert (told.ticket_id, told.data["owner"]) == (ticket.id, cast.sdst.full_name)
    assert list(holding.tasks_of(cast.sdst)) == [item]
    holding.done(item, by=cast.sdst)
    assert list(holding.tasks_of(cast.sdst)) == []
    holding.done(item, by=cast.sdst)  # not after all
    assert item.done_at is None


def test_what_was_not_done_comes_first_next_time(cast, db_session, clock):
    meeting = holding.prepare(NEXT, by=cast.dp)
    undone, finished, unseen, dropped = (
        holding.add_point(meeting, f"Point {n}", by=cast.dp) for n in range(4)
    )
    for item in (undone, finished):
        holding.decide(item, "À faire.", cast.sdst.id, DUE, by=cast.dp)
    holding.done(finished, by=cast.sdst)
    holding.drop(meeting, dropped, by=cast.dp)
    with pytest.raises(Invalid, match=r"review\.participants"):
        holding.close(meeting, " ", by=cast.dp)
    holding.close(meeting, "O. Sarrazin, C. Montaigu", by=cast.dp)
    for refused in (
        lambda: holding.close(meeting, "Encore", by=cast.dp),
        lambda: holding.decide(undone, "Autre", cast.dp.id, DUE, by=cast.dp),
        lambda: holding.add_point(meeting, "Trop tard", by=cast.dp),
    ):
        with pytest.raises(Conflict, match=r"review\.closed"):
            refused()
    clock.shift(timedelta(days=14))
    again = holding.prepare(NEXT + timedelta(days=14), by=cast.dp)
    items = holding.items_of(again)
    assert [(i.why, i.title, i.carried_from_id) for i in items] == [
        (Why.CARRIED, "Point 0", undone.id), (Why.CARRIED, "Point 2", unseen.id),
    ]  # fmt: skip
    assert items[0].fact == "décidé, pour le 04/12/2026 : À faire."
    assert (items[0].owner_id, items[1].fact) == (cast.sdst.id, "pas vu la dernière fois")


def test_a_carried_decision_is_one_task_and_done_it_is_carried_no_more(cast, db_session, clock):
    first = holding.prepare(NEXT, by=cast.dp)
    item = holding.add_point(first, "L’accès Pro", by=cast.dp)
    holding.decide(item, "Écrire à l’éditeur.", cast.sdst.id, DUE, by=cast.dp)
    holding.close(first, "Tous", by=cast.dp)
    clock.shift(timedelta(days=14))
    second = holding.prepare(NEXT + timedelta(days=14), by=cast.dp)
    (carried,) = holding.items_of(second)
    assert (carried.decision, carried.owner, carried.due_on) == (
        "Écrire à l’éditeur.", cast.sdst, DUE,
    )  # fmt: skip
    assert list(holding.tasks_of(cast.sdst)) == [carried]
    holding.decide(carried, "Relancer l’éditeur.", cast.dp.id, date(2026, 12, 18), by=cast.dp)
    assert (list(holding.tasks_of(cast.sdst)), list(holding.tasks_of(cast.dp))) == ([], [carried])
    assert item.decision == "Écrire à l’éditeur."  # the minutes of the first stay as they were
    holding.done(carried, by=cast.dp)
    holding.close(second, "Tous", by=cast.dp)
    clock.shift(timedelta(days=14))
    assert list(holding.items_of(holding.prepare(date(2026, 12, 28), by=cast.dp))) == []
    assert list(holding.tasks_of(cast.sdst)) == []


def test_the_minutes_are_a_pdf_of_the_same_bytes(cast, db_session):
    meeting = holding.prepare(NEXT, by=cast.dp)
    item = holding.add_point(meeting, "L’accès <b>Pro</b> & « Employeur »", by=cast.dp)
    holding.add_point(meeting, "Pas vu", by=cast.dp)
    holding.decide(item, "Écrire à l’éditeur,\npuis relancer.", cast.sdst.id, DUE, by=cast.dp)
    holding.close(meeting, "Tous", by=cast.dp)
    items = holding.items_of(meeting)
    said = "\n".join(plain(piece) for piece in story(meeting, items, lambda why: f"({why})"))
    for words in (
        "Compte rendu de la réunion du 30/11/2026", "Participants : Tous", "(added)",
        "L’accès <b>Pro</b> & « Employeur »", "Écrire à l’éditeur,\npuis relancer.",
        "Claire Montaigu\n04/12/2026", "Pas vu : revient à la prochaine réunion.",
    ):  # fmt: skip
        assert words in said, words
    first = minutes(meeting, holding.items_of(meeting), str)
    assert first.startswith(b"%PDF-")
    assert first == minutes(meeting, holding.items_of(meeting), str)
    assert b"FontFile2" in first  # its letters go along


def test_a_kept_promise_is_no_point(cast, db_session, clock):
    ticket = a_ticket(cast)
    clock.shift(timedelta(days=9))
    ticking.sweep()
    promising.settle(ticket)
    ticket.is_open = False
    db_session.flush()
    assert agenda.points(None) == []
