"""Who was answered with old words, and one correction that reaches each of them once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from knowledge.articles import publishing, sharing, writing
from knowledge.articles.models import Article
from knowledge.articles.writing import Words
from knowledge.recalls import correcting, finding
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.kernel.time import now
from support.outbox.models import OutboxRow
from support.tickets.closing import close_by_itself
from support.tickets.given import Given
from support.tickets.models import ClosedHow, Ticket
from support.tickets.replying import ReplyDraft, agent_replies
from support.tickets.timeline import Entry
from tests.cast import Cast
from tests.factories import a_ticket
from tests.knowledge.conftest import Write


def answered(cast: Cast, article: Article, revision: int, blocks: int | None = None) -> Ticket:
    ticket = a_ticket(cast)
    draft = ReplyDraft(
        "Voici.", message_id=f"<{ticket.id}@x>", articles=[Given(article.id, revision, blocks)]
    )
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
    assert found.open == 2
    assert (found.before, found.after) == ("Il faut deux photos.\n", "Il faut trois photos.\n")
    # Who was answered again, with the new words, knows.
    draft = ReplyDraft("Plutôt :", message_id="<again@x>", articles=[Given(article.id, 2)])
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


def test_a_block_that_changes_is_another_text(cast: Cast, write: Write) -> None:
    fee = sharing.create("droit", "50 €", by=cast.editor)
    article = write("a", body="Le droit est de {{droit}}.")
    other = write("b", body="Sans droit.")
    before = answered(cast, article, 1, sharing.last_change())
    untold = answered(cast, article, 1)  # nothing is known but the hour
    answered(cast, other, 1, sharing.last_change())
    put_in, at = sharing.last_change(), now()
    assert finding.affected(article) == finding.NOBODY
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        sharing.revise(fee, "60 €", based_on=1, by=cast.editor)
        late = answered(cast, article, 1, put_in)  # its words were put in before the change
        answered(cast, article, 1, sharing.last_change())
        answered(cast, article, 1)
    with time_machine.travel(at + timedelta(hours=2), tick=False):
        found = finding.affected(article)
        assert list(found.ticket_ids) == [before.id, untold.id, late.id]
        assert found.before == "Le droit est de 50 €.\n"
        assert found.after == "Le droit est de 60 €.\n"
        assert finding.affected(other) == finding.NOBODY
        assert finding.answered_before([article.id, other.id], fee.updated_at) == {
            article.id: 2,
            other.id: 1,
        }


def test_a_block_and_its_text_are_told_once_each(cast: Cast, write: Write) -> None:
    fee = sharing.create("droit", "50 €", by=cast.editor)
    article = write("a", body="Le droit est de {{droit}}.")
    ticket = answered(cast, article, 1, sharing.last_change())

    def told() -> None:
        recall = correcting.propose(article, {"fr": "x"}, by=cast.editor)
        assert correcting.approve(recall, by=cast.supervisor) == 1
        for _twice in range(2):
            correcting.tell_ticket({"recall_id": recall.id, "ticket_id": ticket.id})
        assert finding.affected(article) == finding.NOBODY

    sharing.revise(fee, "60 €", based_on=1, by=cast.editor)
    told()
    sharing.revise(fee, "70 €", based_on=2, by=cast.editor)
    told()
    changed(cast, article, "Le timbre est de {{droit}}.")
    told()
    # Back to what they were given first, but have been told otherwise since.
    sharing.revise(fee, "50 €", based_on=3, by=cast.editor)
    changed(cast, article, "Le droit est de {{droit}}.")
    told()
    entries = db.session().query(Entry).filter_by(ticket_id=ticket.id, event=correcting.LETTER)
    assert entries.count() == 4


def test_two_corrections_on_their_way_tell_once(cast: Cast, write: Write) -> None:
    article = write("a", body="Un.")
    ticket = answered(cast, article, 1)
    changed(cast, article, "Deux.")
    recalls = []
    for _twice in range(2):
        recalls.append(correcting.propose(article, {"fr": "x"}, by=cast.editor))
        correcting.approve(recalls[-1], by=cast.supervisor)
    for recall in recalls:
        correcting.tell_ticket({"recall_id": recall.id, "ticket_id": ticket.id})
    entries = db.session().query(Entry).filter_by(ticket_id=ticket.id, event=correcting.LETTER)
    assert entries.count() == 1
    # What says the same to the public is not told again.
    changed(cast, article, "Deux.\n\n::: agents\nTrois.\n:::\n")
    assert finding.affected(article) == finding.NOBODY
