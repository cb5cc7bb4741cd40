"""A second reader before the public: whoever wrote a revision does not approve it.

What cannot wait is published unread, for a reason that stays in the article's history.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from knowledge.articles import editors, journal, publishing
from knowledge.articles.models import Article, Happening, Revision
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, require


def submit(
    article: Article, *, by: Agent, publish_at: datetime | None = None, said: str = ""
) -> None:
    """Ask that somebody else reads the latest revision. ``publish_at``: not before.

    Raises Conflict (``review.nothing_new``), Invalid (``article.date_past``), Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    if article.published_number == article.latest_number and article.state == "published":
        raise Conflict.of("review.nothing_new")
    if publish_at is not None and publish_at <= now():
        raise Invalid.of("article.date_past", "publish_at")
    article.submitted_number = article.latest_number
    article.submitted_by_id, article.submitted_at = by.id, now()
    article.publish_number, article.publish_at = None, publish_at
    journal.note(article, Happening.SUBMITTED, by=by, number=article.latest_number, said=said)


def approve(article: Article, number: int, *, by: Agent, said: str = "") -> None:
    """Publish revision ``number``, which ``by`` has read; now, or from the day that was asked.

    Raises Conflict (``review.gone`` when it is no longer what is waiting, ``review.own``),
    NotVisible when a part of it is kept from them, Forbidden.
    """
    _require_reader(article, number, by)
    at = article.publish_at
    if at is not None and at > now():
        journal.note(article, Happening.APPROVED, by=by, number=number, said=said)
        publishing.schedule(article, number, at, by=by)
    else:
        publishing.publish(article, number=number, by=by, kind=Happening.APPROVED, said=said)


def send_back(article: Article, number: int, *, by: Agent, said: str) -> None:
    """Ask the author to change it. Raises as :func:`approve`, and Invalid (``review.say_why``)."""
    _require_reader(article, number, by)
    if not said.strip():
        raise Invalid.of("review.say_why", "said")
    publishing.forget_submission(article)
    journal.note(article, Happening.RETURNED, by=by, number=number, said=said)


def publish_unread(article: Article, *, by: Agent, said: str, number: int | None = None) -> None:
    """Publish a revision, the latest by default, although nobody else has read it, and say why.

    Raises Invalid (``review.say_why``), Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    if not said.strip():
        raise Invalid.of("review.say_why", "said")
    publishing.publish(article, number=number, by=by, kind=Happening.PUBLISHED_UNREAD, said=said)


def may_approve(article: Article, agent: Agent) -> bool:
    """Whether ``agent`` wrote nothing of what is waiting."""
    return agent.id not in _authors(article)


def _require_reader(article: Article, number: int, by: Agent) -> None:
    require(by, Permission.REVIEW_ARTICLES)
    if article.submitted_number is None or article.submitted_number != number:
        raise Conflict.of("review.gone")
    editors.one_submitted(article.id, by=by)  # nobody answers for what is kept from them
    if not may_approve(article, by):
        raise Conflict.of("review.own")


def _authors(article: Article) -> set[int]:
    """Who wrote what readers do not see yet."""
    return set(
        db.session().scalars(
            select(Revision.author_agent_id).where(
                Revision.article_id == article.id,
                Revision.number > (article.published_number or 0),
                Revision.number <= (article.submitted_number or article.latest_number),
            )
        )
    )
