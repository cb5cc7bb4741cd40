"""What has solved requests of each reason: counted at night from what was closed and said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import ForeignKey, delete, distinct, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from knowledge.articles.helping import ArticleShown, Helped
from knowledge.articles.models import Article
from knowledge.articles.writing import tell_indexes
from support.catalogue.models import ContactReason
from support.kernel import db
from support.kernel.db import Base, BigKey
from support.kernel.time import now
from support.tickets.models import ClosedHow, State, Ticket
from support.tickets.timeline import ArticleUse, Entry

WINDOW = timedelta(days=365)
# From how many on: an article that has done for fifty is not worth fifty times one that did once.
STEPS = (1, 3, 10, 30)
_GOOD_ENDS = (ClosedHow.FIRST_CONTACT, ClosedHow.ANSWERED, ClosedHow.SOLVED)


class ArticleSuccess(Base):
    """Requests of a reason that an article, or a translation of it, has answered in a year."""

    __tablename__ = "article_success"

    article_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    reason_id: Mapped[int] = mapped_column(
        BigKey, ForeignKey("contact_reason.id"), primary_key=True
    )
    solved: Mapped[int]


_Counts = Counter[tuple[int, int]]  # (article id, reason id)


def recount() -> int:
    """Count anew; returns how many articles are worth more or less than before by that.

    A request counts once for an article: closed with the article in one of its answers (or said
    by an agent to have been the answer), or never sent because the form showed the article.
    """
    current = db.session()
    counted = _closed_with() + _spared_by()
    before = _Counts(
        {(a, r): n for a, r, n in current.execute(select(*ArticleSuccess.__table__.columns))}
    )
    current.execute(delete(ArticleSuccess))
    current.add_all(
        ArticleSuccess(article_id=article, reason_id=reason, solved=n)
        for (article, reason), n in counted.items()
    )
    current.flush()
    changed = {pair[0] for pair in counted | before if step(counted[pair]) != step(before[pair])}
    families = current.scalars(select(Article).where(Article.family.in_(changed)))
    for article in families if changed else ():
        tell_indexes(article)
    return len(changed)


def step(solved: int) -> int:
    """How much it counts: 0 to the number of STEPS."""
    return sum(solved >= least for least in STEPS)


def steps(families: Iterable[int], session: Session) -> Mapping[int, Mapping[str, int]]:
    """By article: the codes of the reasons of which it has solved requests, with their steps."""
    rows = session.execute(
        select(ArticleSuccess.article_id, ContactReason.code, ArticleSuccess.solved)
        .join(ContactReason, ContactReason.id == ArticleSuccess.reason_id)
        .where(ArticleSuccess.article_id.in_(set(families)))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for article_id, code, solved in rows:
        if step(solved):
            found[article_id][code] = step(solved)
    return found


def _closed_with() -> _Counts:
    rows = db.session().execute(
        select(Article.family, Ticket.reason_id, func.count(distinct(Ticket.id)))
        .select_from(Ticket)
        .join(Entry, Entry.ticket_id == Ticket.id)
        .join(ArticleUse, ArticleUse.entry_id == Entry.id)
        .join(Article, Article.id == ArticleUse.article_id)
        .where(
            Ticket.closed_at >= now() - WINDOW,
            Ticket.state == State.CLOSED,
            Ticket.closed_how.in_(_GOOD_ENDS),
        )
        .group_by(Article.family, Ticket.reason_id)
    )
    return _Counts({(family, reason): n for family, reason, n in rows})


def _spared_by() -> _Counts:
    rows = db.session().execute(
        select(Article.family, ArticleShown.reason_id, func.count())
        .join(Article, Article.id == ArticleShown.article_id)
        .where(ArticleShown.helped == Helped.SOLVED, ArticleShown.shown_at >= now() - WINDOW)
        .group_by(Article.family, ArticleShown.reason_id)
    )
    return _Counts({(family, reason): n for family, reason, n in rows})
