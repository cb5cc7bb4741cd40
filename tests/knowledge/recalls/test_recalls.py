"""Who was answered with old words, and one correction that reaches each of them once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from knowledge.articles import publishing, writing
from knowledge.articles.models import Article
from knowledge.articles.writing import Words
from knowledge.recalls import correcting, finding
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.kernel.time import now
from support.outbox.models import OutboxRow
from support.tickets.closing import close_by_itself
from support.tickets.models import ClosedHow, Ticket
from support.tickets.replying import ReplyDraft, agent_replies
from support.tickets.timeline import Entry
from tests.cast import Cast
from tests.factories import a_ticket
from tests.knowledge.conftest import Write


def answered(cast: Cast, article: Article, revision: int) -> Ticket:
    ticket = a_ticket(cast)
    draft = ReplyDraft("Voici.", message_id=f"<{ticket.id}@x>", articles=[(article.id, revision)])
    agent_replies(ticket, draft, by=cast.teleadviser)
    return ticket


def changed(cast: Cast, article: Article, body: str) -> None:
    words = Words("a", "", body)
    writing.revise(article, words, based_on=article.latest_number, by=cast.editor)
    publishing.publish(article, by=cast.editor)


def test_those_who_received_other_words(cast: Cast, write: Write) -> None:
    article = write("a", body="Il faut deux photos.")
    first, second = answered(cast, article, 1), answered(cast, article, 1)
    answered(cast, write("b"), 1)
    assert finding.affected(article) == finding.NOBODY
    changed(cast, article, "Il faut trois photos.")
    found = finding.affected(article)
    assert list(found.ticket_ids) == [first.id, second.id]
    assert (found.open, list(found.revisions)) == (2, [1])
    # Who was answered again, with the new words, knows.
    draft = ReplyDraft("Plutôt :", message_id="<again@x>", articles=[(article.id, 2)])
    agent_replies(second, draft, by=cast.teleadviser)
    assert list(finding.affected(article).ticket_ids) == [first.id]


def test_what_nobody_outside_can_see_is_no_difference(cast: Cast, write: Write) -> None:
    article = write("a", body="Il faut deux photos.")
    answered(cast, article, 1)
    changed(cast, article, "Il faut deux\nphotos.\n\n::: agents\nSans sourire.\n:::\n")
    assert finding.affected(article) == finding.NOBODY


def test_closed_tickets_for_three_months(cast: Cast, write: Write) -> None:
    article = write("a", body="Un.")
    ticket = answered(cast, article, 1)
    close_by_itself(ticket, ClosedHow.ANSWERED)
    changed(cast, article, "Deux.")
    assert finding.affected(article).open == 0
    assert list(finding.affected(article).ticket_ids) == [ticket.id]
    with time_machine.travel(now() + finding.RECENT + timedelta(days=1)):
        assert finding.affected(article).ticket_ids == []


def test_written_by_one_sent_by_another_received_once(cast: Cast, write: Write) -> None:
    article = write("a", body="Un.")
    tickets = [answered(cast, article, 1) for _ in range(2)]
    with pytest.raises(Conflict, match=r"recall\.nobody"):
        correcting.propose(article, {"fr": "Non"}, by=cast.editor)
    changed(cast, article, "Deux.")
    with pytest.raises(Invalid, match=r"recall\.empty"):
        correcting.propose(article, {"fr": " ", "en": "Two"}, by=cast.editor)
    recall = correcting.propose(article, {"fr": "C'est deux.", "en": "Two."}, by=cast.editor)
    with pytest.raises(Conflict, match=r"recall\.waiting"):
        correcting.propose(article, {"fr": "Encore"}, by=cast.editor)
    for who in (cast.editor, cast.sdst):
        with pytest.raises(Forbidden):
            correcting.approve(recall, by=who)
    assert [title for _recall, title in correcting.listing(by=cast.supervisor)] == ["a"]
    assert correcting.approve(recall, by=cast.supervisor) == 2
    with pytest.raises(Conflict, match=r"recall\.decided"):
        correcting.approve(recall, by=cast.supervisor)
    wanted = db.session().query(OutboxRow).filter_by(topic=correcting.TOPIC).all()
    assert [row.payload["ticket_id"] for row in wanted] == [ticket.id for ticket in tickets]
    for _twice in range(2):
        for row in wanted:
            correcting.tell_ticket(row.payload)
    told = db.session().query(Entry).filter_by(event=correcting.LETTER).all()
    assert [entry.data["explanation"] for entry in told] == ["C'est deux."] * 2
    letters = db.session().query(OutboxRow).filter_by(topic="notice.send").all()
    assert [r.payload["letter"] for r in letters].count(correcting.LETTER) == 2
    assert finding.affected(article).ticket_ids == []
    # What changes again is another matter.
    changed(cast, article, "Trois.")
    assert len(finding.affected(article).ticket_ids) == 2


def test_a_correction_given_up(cast: Cast, write: Write) -> None:
    article = write("a", body="Un.")
    answered(cast, article, 1)
    changed(cast, article, "Deux.")
    recall = correcting.propose(article, {"fr": "x"}, by=cast.editor)
    correcting.refuse(recall, by=cast.dp)
    assert finding.waiting_for(article.id) is None
    assert len(finding.affected(article).ticket_ids) == 1
