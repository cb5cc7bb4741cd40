"""The demonstration as it is found after loading: complete, genuine, and at rest."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from sqlalchemy import String, cast, func, literal, select

from channels.mail import notices
from escalation.models import Escalation, EscalationState
from knowledge.articles.models import Article, ArticleState
from support.catalogue.models import Field
from support.clocks.calendars import hours_of
from support.clocks.models import Clock, ClockKind
from support.intake.models import Channel, Outcome, Received
from support.kernel import db
from support.outbox.models import OutboxRow, OutboxState
from support.people.models import Agent, Person, PersonContact, Team
from support.people.passwords import matches
from support.tickets.models import State, Ticket
from support.tickets.queue import View, count_views
from support.tickets.references import read_reference
from support.tickets.timeline import (
    ArticleUse,
    Attachment,
    Delivery,
    DeliveryState,
    Entry,
    EntryKind,
)
from support.tickets.visibility import visible_to
from tests.schema import tables
from tests.web.demo.conftest import TODAY
from web.demo import accounts, loading
from web.demo.accounts import ACCOUNTS, PASSWORD
from web.demo.reading import read_demo_organisation
from web.demo.scheduling import is_open

OPENED_BY_MAIL = 2  # by the mails that the ledger shows as filed, besides the stories
FROM_STAFF = (EntryKind.REPLY, EntryKind.NOTE, EntryKind.EXCHANGE, EntryKind.CALL)


def agent(session, name: str) -> Agent:
    return session.scalars(select(Agent).where(Agent.email == f"{name}@demo.relais")).one()


def tally(session, column) -> Counter:
    return Counter(dict(session.execute(select(column, func.count()).group_by(column)).all()))


def test_it_says_what_it_loaded_and_how_far_it_is(demo):
    found = demo.summary
    assert (found.loaded, found.agents) == (True, 30)
    assert found.tickets == pytest.approx(800 * demo.share, abs=6)
    assert found.persons >= 140
    assert found.articles >= 40
    done = [step[0] for step in demo.steps]
    assert done == sorted(done)
    stories = found.tickets - OPENED_BY_MAIL  # mails come in once all stories are told
    assert demo.steps[0][:2] == (0, stories)
    assert demo.steps[-1][:2] == (stories, stories)


def test_loading_again_changes_nothing(demo):
    demo.enter()

    def rows() -> dict[str, int]:
        with db.transaction(write=False) as session:
            count = func.count()
            return {t.name: session.scalar(select(count).select_from(t)) for t in tables()}

    before = rows()
    with time_machine.travel(TODAY + timedelta(days=1)):
        assert loading.load_demo() == loading.DemoSummary(loaded=False)
    assert rows() == before
    assert before["ticket"] == demo.summary.tickets


def test_every_state_level_channel_and_field_is_there(demo_session):
    assert set(tally(demo_session, Ticket.state)) == set(State)
    assert set(tally(demo_session, Ticket.level)) == {1, 2, 3}
    assert set(tally(demo_session, Ticket.field)) == set(Field)
    assert set(tally(demo_session, Ticket.channel)) == {
        Channel.FORM, Channel.EMAIL, Channel.PHONE, Channel.STAFF,
    }  # fmt: skip
    assert len(tally(demo_session, Ticket.language)) >= 5


def test_handovers_are_open_answered_and_returned(demo, demo_session):
    states = tally(demo_session, Escalation.state)
    assert states[EscalationState.OPEN] > 30 * demo.share
    assert states[EscalationState.ANSWERED] > 30 * demo.share
    assert states[EscalationState.RETURNED] >= (1 if demo.share == 1 else 0)


def test_references_can_be_read_out(demo_session):
    references = demo_session.scalars(select(Ticket.reference)).all()
    assert all(read_reference(reference) for reference in references)


def test_it_spans_eight_weeks_up_to_a_few_minutes_ago(demo_session):
    first, last = demo_session.execute(
        select(func.min(Ticket.created_at), func.max(Ticket.created_at))
    ).one()
    assert timedelta(days=50) < TODAY - first < timedelta(weeks=20)
    assert timedelta(0) < TODAY - last < timedelta(minutes=10)
    assert demo_session.scalar(select(func.max(Entry.created_at))) <= TODAY + timedelta(minutes=1)


def test_numbers_follow_time(demo_session):
    opened = demo_session.scalars(select(Ticket.created_at).order_by(Ticket.id)).all()
    assert opened == sorted(opened)
    rows = demo_session.execute(
        select(Entry.ticket_id, Entry.created_at).order_by(Entry.ticket_id, Entry.id)
    ).all()
    for (one, before), (other, after) in pairwise(rows):
        assert one != other or before <= after


def test_nothing_waits_to_be_sent(demo, demo_session):
    assert set(tally(demo_session, OutboxRow.state)) == {OutboxState.DONE}
    states = tally(demo_session, Delivery.state)
    assert states[DeliveryState.WAITING] == states[DeliveryState.DELAYED] == 0
    assert states[DeliveryState.SENT] > 1000 * demo.share
    assert states[DeliveryState.REFUSED] == 2
    sent = demo_session.execute(
        select(Delivery.sent_at, Entry.created_at)
        .join(Entry, Delivery.entry_id == Entry.id)
        .where(Delivery.state == DeliveryState.SENT)
    )
    assert all(left == written for left, written in sent)


def test_a_letter_of_history_is_not_written_again(demo):
    """Were the outbox delivered once more, nobody would hear from us twice."""
    demo.enter()
    with db.transaction(write=False) as session:
        rows = session.scalars(
            select(OutboxRow.payload).where(OutboxRow.topic == "notice.send").limit(60)
        ).all()
        before = session.scalar(select(func.count()).select_from(Entry))
    assert {row["letter"] for row in rows} <= notices.LETTERS
    with db.transaction(write=False) as session:
        reachable = {
            row["ticket_id"] for row in rows if _address(session.get(Ticket, row["ticket_id"]))
        }
    assert len(reachable) > 20
    for row in rows:
        if row["ticket_id"] in reachable:
            notices.send(row)
    with db.transaction(write=False) as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == before


def _address(ticket: Ticket) -> str | None:
    who = ticket.person or ticket.requester_agent
    return who.email if who else None


def test_promises_fall_in_working_hours_and_most_are_kept(demo, demo_session):
    rows = demo_session.execute(
        select(Clock.deadline, Clock.calendar_code).where(
            Clock.deadline.is_not(None), Clock.kind == ClockKind.ANSWER
        )
    ).all()
    for deadline, code in rows:
        assert is_open(deadline - timedelta(minutes=1), hours_of(code)), (deadline, code)
    kept = tally(demo_session, Clock.kept)
    assert 20 * demo.share < kept[False] < kept[True] / 2.5


def test_a_promise_that_has_passed_was_seen_to(demo_session):
    said = {
        ClockKind.ANSWER: "promise_broken",
        ClockKind.LEVEL: "agreement_overdue",
        ClockKind.NEXT_NEWS: "news_overdue",
        ClockKind.FIRST_ANSWER: "first_answer_overdue",
    }
    late = select(Clock).where(Clock.stopped_at.is_(None), Clock.deadline < TODAY)
    overdue = demo_session.scalars(late).all()
    assert overdue
    for clock in overdue:
        assert clock.breached_at is not None
        assert clock.breached_at - clock.deadline < timedelta(minutes=5)
        once = select(Entry.event).where(Entry.once_key == f"breach:{clock.id}")
        assert demo_session.scalar(once) == said[clock.kind]


def test_open_tickets_are_ordered_by_the_date_that_was_promised(demo_session):
    query = select(Ticket, Clock).join(Clock, Clock.ticket_id == Ticket.id)
    live = (Ticket.is_open, Clock.stopped_at.is_(None), Clock.kind == ClockKind.ANSWER)
    rows = demo_session.execute(query.where(*live)).all()
    assert len(rows) == demo_session.scalar(select(func.count()).where(Ticket.is_open))
    for ticket, clock in rows:
        if ticket.state is State.WAITING_PERSON:
            # A promise that was broken before we asked cannot stand still.
            assert clock.paused_at is not None or clock.breached_at is not None
            assert ticket.sort_due.year == 9999
        else:
            assert ticket.sort_due == clock.deadline == ticket.promised_at


def test_staff_write_in_working_hours(demo, demo_session):
    query = select(Entry.created_at, Team.calendar_code)
    query = query.join(Agent, Entry.author_agent_id == Agent.id).join(Team)
    rows = demo_session.execute(query.where(Entry.kind.in_(FROM_STAFF))).all()
    assert len(rows) > 1000 * demo.share
    hours = {code: hours_of(code) for code in {"contact_centre", "standard"}}
    # Referents' tickets are answered in the hours of the centre's calendar as well.
    outside = [at for at, _code in rows if not _nearly(at, hours["contact_centre"])]
    assert outside == []


def _nearly(at, hours) -> bool:
    return is_open(at, hours) or is_open(at - timedelta(minutes=1), hours)


def test_two_desks_are_full_and_the_centre_has_work(demo, demo_session):
    few = demo.share
    for name in ("conseiller", "conseillere"):
        counts = count_views(agent(demo_session, name), list(View))
        assert (10 if few == 1 else 3) <= counts[View.MINE] <= 14
        assert 5 * few <= counts[View.AT_RISK] <= 9 * few + 6
        assert counts[View.UNOWNED] >= 15 * few
        assert 50 * few <= counts[View.WAITING] <= 65 * few
        assert counts[View.RETURNED] == round(7 * few)
        assert counts[View.HIGHER_UP] >= 35 * few


def test_every_level_above_has_work(demo, demo_session):
    for name in ("dp", "sdst", "sdanf", "asile") if demo.share == 1 else ("dp",):
        counts = count_views(agent(demo_session, name), [View.TEAM, View.MINE])
        assert counts[View.TEAM] >= 1, name
    assert count_views(agent(demo_session, "dp"), [View.MINE])[View.MINE] >= 5 * demo.share


def test_referents_and_help_points_see_their_own(demo, demo_session):
    seen = {}
    names = ("referent", "natali", "referent86", "referent93", "pan", "pan86")
    for name in names if demo.share == 1 else names[-2:]:
        query = select(Ticket.id).where(visible_to(agent(demo_session, name)))
        seen[name] = set(demo_session.scalars(query))
        assert seen[name], name
    for one in seen:
        for other in seen:
            assert one == other or not seen[one] & seen[other], (one, other)


def test_a_referent_is_answered_by_the_project(demo_session):
    query = select(Ticket).where(Ticket.requester_agent_id.is_not(None))
    for ticket in demo_session.scalars(query):
        assert ticket.home_team.code == "dp"
        assert ticket.department in {"42", "86", "93", "44"}


def test_written_requests_are_acknowledged_with_the_mentions_of_the_law(demo, demo_session):
    notice = select(Entry.text).where(
        Entry.once_key == literal("acknowledgement:") + cast(Ticket.id, String)
    )
    query = select(Ticket, notice.scalar_subquery())
    query = query.where(Ticket.channel.in_((Channel.EMAIL, Channel.FORM)))
    seen = 0
    for ticket, text in demo_session.execute(query).unique():
        if ticket.person.email is None:
            continue
        assert text, ticket.reference
        if ticket.language == "fr":
            assert "aucun délai légal" in text
            assert "peut valoir refus" in text
            assert "0806001620" in text.replace(" ", "")
            seen += 1
    assert seen > 200 * demo.share


def test_replies_lead_to_articles_that_may_be_read(demo, demo_session):
    published = select(func.count()).select_from(Article)
    published = published.where(Article.state == ArticleState.PUBLISHED)
    assert demo_session.scalar(published) >= 40
    assert demo_session.scalar(select(func.count()).select_from(ArticleUse)) > 200 * demo.share
    staff = set(demo_session.scalars(select(Article.slug).where(Article.audience == "staff")))
    replies = demo_session.scalars(select(Entry.text).where(Entry.kind == EntryKind.REPLY))
    linked = [text for text in replies if "https://relais.example.org/aide/" in text]
    assert len(linked) > 100 * demo.share
    slugs = {text.rsplit("/aide/", 1)[1].split()[0] for text in linked}
    assert not slugs & staff


def test_no_gap_is_left_in_the_words(demo_session):
    texts = demo_session.scalars(select(Entry.text))
    assert [text for text in texts if "{" in text] == []


def test_attachments_are_in_the_file_store(demo, demo_session):
    found = demo_session.scalars(select(Attachment)).all()
    assert len(found) > 50 * demo.share
    begins = {"image/png": b"\x89PNG", "application/pdf": b"%PDF"}
    for attachment in found:
        content = demo.store.read(attachment.file_key)
        assert content.startswith(begins[attachment.content_type])
        assert len(content) == attachment.size


def test_some_mails_wait_for_a_person_to_sort_them(demo_session):
    waiting = select(Received).where(Received.outcome == Outcome.QUARANTINED)
    rows = demo_session.scalars(waiting).all()
    assert sorted(row.reason for row in rows) == [
        "mailing_list", "no_sender", "staff_address", "staff_address", "stranger",
    ]  # fmt: skip
    stranger = next(row for row in rows if row.reason == "stranger")
    assert demo_session.get(Ticket, stranger.digest["suggested_ticket_id"]).is_open


def test_the_ledger_has_a_line_of_each_kind(demo_session):
    found = set(demo_session.scalars(select(Received.outcome)))
    assert found >= {
        Outcome.CREATED, Outcome.QUARANTINED, Outcome.AUTO_REPLY, Outcome.BOUNCE, Outcome.SET_ASIDE,
    }  # fmt: skip


def test_the_address_of_a_mail_that_came_back_is_doubted(demo_session):
    query = select(Delivery.address).where(Delivery.state == DeliveryState.REFUSED)
    for address in demo_session.scalars(query):
        doubted = select(PersonContact.failed_at).where(PersonContact.value == address)
        assert demo_session.scalars(doubted).first() is not None


def test_the_accounts_that_are_announced_can_sign_in(demo_session):
    for account in ACCOUNTS:
        found = demo_session.scalars(select(Agent).where(Agent.email == account.email)).one()
        assert matches(found, PASSWORD)
        assert found.active
    announced = {row["email"] for row in read_demo_organisation().agents if row["demo"]}
    assert {account.email for account in ACCOUNTS} == announced


def test_the_listing_names_every_account_and_the_address():
    listing = accounts.listing("http://127.0.0.1:8000")
    assert "http://127.0.0.1:8000/connexion" in listing
    assert PASSWORD in listing
    for account in ACCOUNTS:
        assert account.email in listing


def test_documents_end_as_many_days_from_today_as_the_file_says(demo_session):
    person = demo_session.scalars(select(Person).where(Person.foreigner_number == "9990838637"))
    assert person.one().document_expires_on.date() == (TODAY + timedelta(days=82)).date()


def test_the_reference_centre_became_the_first_team(demo_session):
    codes = set(demo_session.scalars(select(Team.code)))
    assert codes == {row["code"] for row in read_demo_organisation().teams}
