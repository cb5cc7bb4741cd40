"""Keeping articles true: checked again in time, reminded of, withdrawn when critical and late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select, update

from knowledge.articles import journal
from knowledge.articles.models import Article, ArticleState, Happening, Revision
from knowledge.articles.writing import due_on, touch
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.kernel.time import today
from support.people import notices
from support.people.models import Agent
from support.people.notices import Told
from support.people.permissions import Permission, require

SOON = timedelta(days=14)  # how long before the day its owner is told
GRACE_DAYS = 30
BATCH = 200
KIND = "articles"


@dataclass(frozen=True)
class Due:
    """An article to check: ``withdrawn_on`` only for a critical one."""

    title: str
    article_id: int
    due_on: date
    late: bool
    withdrawn_on: date | None


def mark_checked(article: Article, *, by: Agent, said: str = "") -> None:
    """What it says is still true today: it is read again if it had been withdrawn.

    Raises Conflict (``article.not_read`` for what no reader has), Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    if article.state not in (ArticleState.PUBLISHED, ArticleState.WITHDRAWN):
        raise Conflict.of("article.not_read")
    article.checked_on = today()
    article.check_due_on = due_on(article.checked_on, article.check_every_days)
    article.state = ArticleState.PUBLISHED
    journal.note(article, Happening.CHECKED, by=by, number=article.published_number, said=said)
    touch(article)


def report_wrong(
    article: Article, *, by: Agent, said: str, passage: str = "", ticket: str = ""
) -> None:
    """A reader says what is wrong, with the passage and the ticket it came up in.

    Its owner is told by mail. Raises Invalid (``article.say_what``), Forbidden.
    """
    require(by, Permission.READ_STAFF_ARTICLES)
    if not said.strip():
        raise Invalid.of("article.say_what", "said")
    lines = [said.strip()]
    if passage.strip():
        lines.append("« " + passage.strip()[:2000] + " »")
    if ticket.strip():
        lines.append(ticket.strip()[:20])
    whole = "\n\n".join(lines)
    event = journal.note(
        article, Happening.WRONG, by=by, number=article.published_number, said=whole
    )
    told = Told(
        kind=KIND,
        about_id=article.id,
        once=f"article-wrong:{event.id}",
        subject=_title(article),
        text=whole,
        path=f"/agent/connaissances/redaction/{article.id}/modifier",
    )
    notices.tell([article.owner], told, by_mail=True)


def withdraw_late(grace_days: int = GRACE_DAYS) -> int:
    """Take away from their readers the critical articles that nobody checked; how many."""
    last = today() - timedelta(days=grace_days)
    moved = db.session().scalars(
        update(Article)
        .where(
            Article.critical.is_(True),
            Article.state == ArticleState.PUBLISHED,
            Article.check_due_on < last,
        )
        .values(state=ArticleState.WITHDRAWN)
        .returning(Article.id)
        .execution_options(synchronize_session=False)
    )
    numbers = list(moved)
    for number in numbers:
        article = db.session().get(Article, number, populate_existing=True)
        assert article is not None
        journal.note(article, Happening.WITHDRAWN, by=None, number=article.published_number)
        touch(article)
    return len(numbers)


def remind(word: Callable[[Agent, Sequence[Due]], Told], grace_days: int = GRACE_DAYS) -> int:
    """Tell each owner what is to be checked, once a week; ``word`` writes it. How many owners."""
    owed: dict[int, list[Due]] = {}
    rows = db.session().execute(
        select(Article, Revision.title)
        .join(
            Revision,
            (Revision.article_id == Article.id) & (Revision.number == Article.published_number),
        )
        .where(
            Article.check_due_on <= today() + SOON,
            Article.state.in_((ArticleState.PUBLISHED, ArticleState.WITHDRAWN)),
        )
        .order_by(Article.check_due_on, Article.id)
    )
    for article, title in rows:
        owed.setdefault(article.owner_agent_id, []).append(_due(article, title, grace_days))
    owners = db.session().scalars(select(Agent).where(Agent.id.in_(owed), Agent.active.is_(True)))
    return sum(
        notices.tell([owner], word(owner, owed[owner.id]), by_mail=True) for owner in owners.all()
    )


def _due(article: Article, title: str, grace_days: int) -> Due:
    assert article.check_due_on is not None
    last = article.check_due_on + timedelta(days=grace_days) if article.critical else None
    return Due(title, article.id, article.check_due_on, article.check_due_on < today(), last)


def _title(article: Article) -> str:
    found = db.session().scalar(
        select(Revision.title).where(
            Revision.article_id == article.id,
            Revision.number == (article.published_number or article.latest_number),
        )
    )
    return found or article.slug
