"""An agent answers the requester."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.outbox.models import OutboxRow
from support.tickets.assigning import take
from support.tickets.closing import close
from support.tickets.given import Given
from support.tickets.models import ClosedHow, State
from support.tickets.noting import add_note
from support.tickets.replying import agent_replies, can_close, can_reply, person_replies
from support.tickets.timeline import ArticleUse, Delivery, DeliveryState, EntryKind
from support.tickets.visibility import one_visible
from support.tickets.waiting import wait_for_person
from tests.cast import again
from tests.factories import a_file, a_message_id, a_reply, a_report, a_ticket, climb
from tests.support.tickets.test_person_replies import words


def sends(session) -> list[OutboxRow]:
    return list(session.scalars(select(OutboxRow).where(OutboxRow.topic == "message.send")))


def test_a_reply_is_written_and_put_in_line(cast, db_session):
    ticket, message_id = a_ticket(cast), a_message_id()
    draft = a_reply("  Bonjour.\n", message_id=message_id, files=[a_file()])
    entry = agent_replies(ticket, draft, by=cast.teleadviser)
    assert (entry.kind, entry.text, entry.message_id) == (EntryKind.REPLY, "Bonjour.", message_id)
    assert (entry.author_agent, entry.channel) == (cast.teleadviser, Channel.EMAIL)
    assert entry.is_public
    assert [file.filename for file in entry.attachments] == ["capture.pdf"]
    delivery = db_session.scalars(select(Delivery)).one()
    assert (delivery.entry_id, delivery.address) == (entry.id, "awa@example.org")
    assert delivery.state is DeliveryState.WAITING
    (row,) = sends(db_session)
    assert (row.payload, row.key) == ({"entry_id": entry.id}, f"message:{entry.id}")


def test_whoever_answers_first_has_it_in_hand(cast):
    ticket = a_ticket(cast)
    agent_replies(ticket, a_reply(), by=cast.teleadviser)
    assert (ticket.owner, ticket.home_owner) == (cast.teleadviser, cast.teleadviser)
    assert ticket.state is State.IN_PROGRESS
    agent_replies(ticket, a_reply(), by=cast.colleague)
    assert ticket.owner is cast.teleadviser


def test_the_other_team_of_the_centre_helps_out(cast):
    ticket = a_ticket(cast)
    agent_replies(ticket, a_reply(), by=cast.other_team)
    assert (ticket.owner, ticket.home_owner) == (cast.other_team, cast.other_team)
    assert ticket.team is cast.teams["ccc_a"]


@pytest.mark.parametrize(
    ("person", "address"),
    [("awa", "awa@example.org"), ("chen", None), ("nobody", None)],
)
def test_without_an_address_nothing_is_sent_and_it_is_said(cast, db_session, person, address):
    ticket = a_ticket(cast, cast.persons[person])
    entry = agent_replies(ticket, a_reply(), by=cast.teleadviser)
    delivery = db_session.scalars(select(Delivery)).one()
    assert delivery.entry_id == entry.id
    assert (delivery.state is DeliveryState.NO_ADDRESS) is (address is None)
    assert delivery.address == (address or "")
    assert len(sends(db_session)) == (1 if address else 0)


def test_the_articles_put_in_are_remembered_in_their_revision(cast, db_session):
    articles = (Given(7, 3), Given(9, 1, 5), Given(7, 3))
    entry = agent_replies(a_ticket(cast), a_reply(articles=articles), by=cast.teleadviser)
    uses = db_session.scalars(select(ArticleUse).order_by(ArticleUse.id)).all()
    assert [(use.entry_id, use.article_id, use.revision) for use in uses] == [
        (entry.id, 7, 3),
        (entry.id, 9, 1),
    ]


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_an_empty_reply_is_refused(cast, text):
    with pytest.raises(Invalid, match=r"reply\.empty"):
        agent_replies(a_ticket(cast), a_reply(text), by=cast.teleadviser)


def test_a_closed_ticket_is_not_answered(cast):
    ticket = a_ticket(cast)
    close(ticket, ClosedHow.ANSWERED, by=cast.teleadviser)
    with pytest.raises(Conflict, match=r"reply\.closed"):
        agent_replies(ticket, a_reply(), by=cast.teleadviser)
    assert not can_reply(ticket, cast.teleadviser)


@pytest.mark.parametrize(
    ("agent", "refusal"),
    [
        ("teleadviser", None),
        ("other_team", None),
        ("supervisor", None),
        ("dp", "reply.not_front"),
        ("sdst", "permission.missing"),
        ("referent", "permission.missing"),
        ("pan", "permission.missing"),
        ("editor", "permission.missing"),
        ("steering", "permission.missing"),
        ("admin", "permission.missing"),
    ],
)
def test_only_the_team_that_answers_persons_writes_to_them(cast, agent, refusal):
    ticket = a_ticket(cast)
    if refusal is None:
        assert agent_replies(ticket, a_reply(), by=cast.agents[agent])
        return
    with pytest.raises(Forbidden) as refused:
        agent_replies(ticket, a_reply(), by=cast.agents[agent])
    assert refused.value.code == refusal


def test_the_project_directorate_answers_referents(cast, db_session):
    report = a_report(cast)
    agent_replies(report, a_reply(), by=cast.dp)
    assert db_session.scalars(select(Delivery)).one().address == cast.referent.email
    for agent in (cast.teleadviser, cast.sdst):
        with pytest.raises(Forbidden):
            agent_replies(report, a_reply(), by=agent)


UNSEEN = {
    "a message": (lambda t, c: person_replies(t, words(), by=c.awa), True),
    "a colleague's reply": (lambda t, c: agent_replies(t, a_reply(), by=c.colleague), True),
    "an exchange": (lambda t, c: climb(t, "dp", c, by=c.teleadviser), True),
    "a note": (lambda t, c: add_note(t, "vu", by=c.colleague), False),
    "an event": (lambda t, c: take(t, by=c.colleague), False),
}


@pytest.mark.parametrize("what", UNSEEN)
def test_a_reply_begun_before_somebody_elses_words_is_stopped(cast, what):
    act, stops = UNSEEN[what]
    ticket = a_ticket(cast)
    seen = ticket.last_entry_id
    act(ticket, cast)
    draft = a_reply(seen_entry_id=seen)
    if not stops:
        assert agent_replies(ticket, draft, by=cast.teleadviser)
        return
    with pytest.raises(Conflict) as refused:
        agent_replies(ticket, draft, by=cast.teleadviser)
    assert refused.value.code == "reply.newer"
    newer = refused.value.problems[0].params["entry"]
    assert seen < newer <= ticket.last_entry_id
    assert agent_replies(ticket, a_reply(seen_entry_id=newer), by=cast.teleadviser)


def test_another_tickets_words_stop_nothing(cast):
    ticket = a_ticket(cast)
    seen = ticket.last_entry_id
    person_replies(a_ticket(cast), words(), by=cast.awa)
    assert agent_replies(ticket, a_reply(seen_entry_id=seen), by=cast.teleadviser)


def test_news_while_a_higher_level_has_it_changes_nothing(cast):
    ticket = a_ticket(cast)
    take(ticket, by=cast.teleadviser)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    agent_replies(ticket, a_reply("Nous attendons une réponse."), by=cast.colleague)
    assert (ticket.state, ticket.team, ticket.owner) == (State.ESCALATED, cast.teams["dp"], None)
    assert ticket.home_owner is cast.teleadviser


@pytest.mark.parametrize("waits", [True, False])
def test_a_reply_leaves_the_waiting_as_it_is(cast, waits):
    ticket = a_ticket(cast)
    take(ticket, by=cast.teleadviser)
    if waits:
        wait_for_person(ticket, by=cast.teleadviser)
    agent_replies(ticket, a_reply(), by=cast.teleadviser)
    assert ticket.state is (State.WAITING_PERSON if waits else State.IN_PROGRESS)


def test_the_same_mail_is_never_written_twice(cast, db_session):
    ticket, draft = a_ticket(cast), a_reply()
    agent_replies(ticket, draft, by=cast.teleadviser)
    with pytest.raises(IntegrityError), db_session.begin_nested():
        agent_replies(ticket, draft, by=cast.teleadviser)


def test_what_a_page_offers_is_what_the_verbs_allow(cast):
    ticket, report = a_ticket(cast), a_report(cast)
    assert can_reply(ticket, cast.other_team)
    assert can_close(ticket, cast.other_team)
    assert not can_reply(ticket, cast.dp)
    assert can_close(report, cast.dp)
    climb(ticket, "dp", cast, by=cast.teleadviser)
    assert can_reply(ticket, cast.teleadviser)
    assert not can_close(ticket, cast.teleadviser)


def test_of_two_who_reply_at_once_the_second_sees_the_first(real_cast):
    with db.transaction():
        ticket = a_ticket_again(real_cast)
        reference, seen = ticket.reference, ticket.last_entry_id
    outcomes, together = [], threading.Barrier(2)

    def reply(name: str) -> None:
        together.wait()
        try:
            with db.transaction():
                agent = again(real_cast.agents[name])
                held = one_visible(reference, agent, lock=True)
                agent_replies(held, a_reply(seen_entry_id=seen), by=agent)
            outcomes.append("sent")
        except Conflict as conflict:
            outcomes.append(conflict.code)

    threads = [threading.Thread(target=reply, args=(n,)) for n in ("teleadviser", "colleague")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["reply.newer", "sent"]


def a_ticket_again(cast):
    """A ticket of the committed cast, in the transaction that is open."""
    cast.persons = {name: again(person) for name, person in cast.persons.items()}
    cast.reasons = {code: again(reason) for code, reason in cast.reasons.items()}
    cast.teams = {code: again(team) for code, team in cast.teams.items()}
    return a_ticket(cast)
