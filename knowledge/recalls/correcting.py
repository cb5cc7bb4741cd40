"""A correction: written by an editor, read by somebody who answers people, sent to all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from knowledge.articles.models import Article, Revision
from knowledge.recalls.finding import affected, once_key, told_last, waiting_for
from knowledge.recalls.models import Recall
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid, NotVisible
from support.kernel.time import now
from support.outbox.publishing import publish, publish_all
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.authors import SYSTEM
from support.tickets.journal import note_event, written
from support.tickets.models import Ticket
from support.tickets.visibility import PAGE, hold

TOPIC = "article.recall"
LETTER = "answer_corrected"
LONGEST = 4000


def propose(article: Article, texts: Mapping[str, str], *, by: Agent) -> Recall:
    """Write what everybody is to be told. Raises Invalid (``recall.empty``, ``article.too_long``),
    Conflict (``recall.nobody``, ``recall.waiting``), Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    said = {language: text.strip() for language, text in texts.items() if text.strip()}
    if "fr" not in said:
        raise Invalid.of("recall.empty", "fr")
    for language, text in said.items():
        if len(text) > LONGEST:
            raise Invalid.of("article.too_long", language, most=LONGEST)
    if waiting_for(article.id) is not None:
        raise Conflict.of("recall.waiting")
    found = affected(article)
    if not found.ticket_ids or article.published_number is None:
        raise Conflict.of("recall.nobody")
    recall = Recall(
        article_id=article.id, upto=article.published_number, blocks=found.blocks, texts=said,
        author_agent_id=by.id,
    )  # fmt: skip
    db.session().add(recall)
    db.session().flush()
    return recall


def listing(*, by: Agent) -> Sequence[tuple[Recall, str]]:
    """The corrections that wait to be read, with the title of their article.

    Raises Forbidden.
    """
    require(by, Permission.REVIEW_ARTICLES)
    rows = db.session().execute(
        select(Recall, Revision.title)
        .join(Article, Article.id == Recall.article_id)
        .join(
            Revision,
            (Revision.article_id == Article.id) & (Revision.number == Article.published_number),
        )
        .where(Recall.decided_at.is_(None))
        .options(joinedload(Recall.author))
        .order_by(Recall.id)
    )
    return [(recall, title) for recall, title in rows]


def one(recall_id: int, *, by: Agent) -> Recall:
    """Raises NotVisible, Forbidden."""
    require(by, Permission.REVIEW_ARTICLES)
    found = db.session().get(Recall, recall_id)
    if found is None:
        raise NotVisible.of("recall.unknown")
    return found


def approve(recall: Recall, *, by: Agent) -> int:
    """Tell everybody; returns how many tickets. Each is told once, whatever happens meanwhile.

    Only who answers people may send it, and not who wrote it. Raises Conflict
    (``recall.decided``), Forbidden (``review.own``).
    """
    require(by, Permission.REVIEW_ARTICLES)
    require(by, Permission.REPLY)
    if recall.author_agent_id == by.id:
        raise Forbidden.of("review.own")
    _decide(recall, by)
    tickets = affected(recall.article).ticket_ids
    recall.told = len(tickets)
    publish_all(
        TOPIC,
        [
            (f"{TOPIC}:{recall.id}:{number}", {"recall_id": recall.id, "ticket_id": number})
            for number in tickets
        ],
    )
    db.session().flush()
    return len(tickets)


def refuse(recall: Recall, *, by: Agent) -> None:
    """Tell nobody. Raises Conflict (``recall.decided``), Forbidden."""
    require(by, Permission.REVIEW_ARTICLES)
    _decide(recall, by)
    db.session().flush()


def tell_ticket(payload: Mapping[str, Any]) -> None:
    """Tell the ticket ``payload["ticket_id"]`` of ``payload["recall_id"]``. Safe to run twice."""
    session = db.session()
    recall = session.get(Recall, int(payload["recall_id"]))
    ticket = session.get(Ticket, int(payload["ticket_id"]), options=PAGE)
    if recall is None or ticket is None:
        return
    hold(ticket)
    once = once_key(recall, ticket.id)
    last = told_last(recall.article_id, [ticket.id]).get(ticket.id)
    same = last is not None and (last.revision, last.blocks) == (recall.upto, recall.blocks)
    if same or written(once):  # two corrections of the same words may be on their way
        return
    told = note_event(
        ticket, LETTER, by=SYSTEM, once_key=once, explanation=recall.texts["fr"],
        texts=recall.texts, article_id=recall.article_id,
    )  # fmt: skip
    publish("notice.send", ticket_id=ticket.id, letter=LETTER, about=told.id)


def _decide(recall: Recall, by: Agent) -> None:
    locked = db.session().get(Recall, recall.id, with_for_update=True, populate_existing=True)
    if locked is None or not locked.waiting:
        raise Conflict.of("recall.decided")
    recall.decided_by_id, recall.decided_at = by.id, now()
