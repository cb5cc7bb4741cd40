"""Publishing: which revision readers see, from when, and when none is seen any more.

:func:`publish` asks nothing: it is for what was read elsewhere (imports) and for ``reviewing``,
which has asked that somebody else reads it first.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from knowledge.articles import composing, journal
from knowledge.articles.links import links_of
from knowledge.articles.models import (
    Article,
    ArticleBlock,
    ArticleLink,
    ArticleRedirect,
    ArticleState,
    Happening,
    Revision,
)
from knowledge.articles.writing import touch
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.kernel.time import now, today
from support.people.models import Agent
from support.people.permissions import Permission, require

BATCH = 100


def publish(
    article: Article,
    *,
    number: int | None = None,
    by: Agent | None,
    kind: Happening = Happening.PUBLISHED,
    said: str = "",
) -> Article:
    """Let readers see revision ``number`` (the latest by default).

    ``by`` is None for what was scheduled. Raises Conflict (``article.no_such_revision``,
    ``translation.french_unread``), Forbidden. Publishes ``knowledge.changed`` with
    ``article_id`` and ``change_number``.
    """
    if by is not None and kind is not Happening.APPROVED:
        require(by, Permission.WRITE_ARTICLES)
    wanted = article.latest_number if number is None else number
    body = db.session().scalar(
        select(Revision.body_markdown).where(
            Revision.article_id == article.id, Revision.number == wanted
        )
    )
    if body is None:
        raise Conflict.of("article.no_such_revision", number=wanted)
    if article.translation_of_id is not None:
        original = db.session().get_one(Article, article.translation_of_id)
        if original.state is not ArticleState.PUBLISHED:
            raise Conflict.of("translation.french_unread")
    article.state = ArticleState.PUBLISHED
    article.published_number = wanted
    article.publish_number = article.publish_at = None
    if article.submitted_number is not None and article.submitted_number <= wanted:
        forget_submission(article)
    journal.note(article, kind, by=by, number=wanted, said=said)
    _note_words(article, body)
    touch(article)
    return article


def schedule(article: Article, number: int, at: datetime, *, by: Agent) -> None:
    """Let readers see revision ``number`` from ``at`` on. What is past is now."""
    article.publish_number, article.publish_at = number, at
    forget_submission(article)
    journal.note(article, Happening.SCHEDULED, by=by, number=number, said=at.isoformat())
    db.session().flush()


def unschedule(article: Article, *, by: Agent) -> None:
    """Raises Conflict (``article.not_scheduled``), Forbidden."""
    require(by, Permission.WRITE_ARTICLES)
    if article.publish_number is None:
        raise Conflict.of("article.not_scheduled")
    journal.note(article, Happening.UNSCHEDULED, by=by, number=article.publish_number)
    article.publish_number = article.publish_at = None
    db.session().flush()


def publish_due() -> int:
    """Publish what was to be read by now; returns how many articles."""
    due = db.session().scalars(
        select(Article.id)
        .where(Article.publish_at <= now(), Article.publish_number.is_not(None))
        .order_by(Article.publish_at)
        .limit(BATCH)
    )
    return sum(_publish_one(article_id) for article_id in due.all())


def _publish_one(article_id: int) -> int:
    current = db.session()
    # Whoever changes the row wins: another worker finds nothing to publish any more.
    number = current.scalar(
        select(Article.publish_number)
        .where(Article.id == article_id, Article.publish_at <= now())
        .with_for_update(skip_locked=True)
    )
    article = current.get(Article, article_id, populate_existing=True)
    if number is None or article is None:
        return 0
    try:
        publish(article, number=number, by=None)
    except Conflict as refusal:  # it must not stand in the way of what is due after it
        journal.note(article, Happening.UNSCHEDULED, by=None, number=number, said=refusal.code)
        article.publish_number = article.publish_at = None
        return 0
    return 1


def follow_days() -> int:
    """Tell the indexes of articles of which a passage begins or ends today."""
    changed = db.session().execute(
        select(Article, Revision.body_markdown)
        .join(
            Revision,
            (Revision.article_id == Article.id) & (Revision.number == Article.published_number),
        )
        .where(Article.next_change_on <= today())
        .limit(BATCH)
    )
    rows = changed.all()
    for article, body in rows:
        article.next_change_on = composing.next_change(body, today())
        touch(article)
    return len(rows)


def archive(article: Article, *, by: Agent, replaced_by: str = "") -> Article:
    """Take an article away from its readers; its revisions stay and it can be published again.

    ``replaced_by``: the address of the article that whoever followed a link is led to.
    Raises Conflict (``article.already_archived``), Invalid (``article.no_replacement``),
    Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    if article.state is ArticleState.ARCHIVED:
        raise Conflict.of("article.already_archived")
    if replaced_by:
        _redirect(article, replaced_by)
    article.state = ArticleState.ARCHIVED
    article.publish_number = article.publish_at = None
    forget_submission(article)
    journal.note(article, Happening.ARCHIVED, by=by, said=replaced_by)
    touch(article)
    return article


def forget_submission(article: Article) -> None:
    article.submitted_number = article.submitted_by_id = article.submitted_at = None


def _redirect(article: Article, slug: str) -> None:
    current = db.session()
    instead = current.scalar(
        select(Article).where(Article.slug == slug, Article.state == ArticleState.PUBLISHED)
    )
    if instead is None or instead.id == article.id:
        raise Invalid.of("article.no_replacement", "replaced_by")
    current.merge(ArticleRedirect(slug=article.slug, article_id=instead.id))
    # Whoever was led to this one is led on.
    current.execute(
        update(ArticleRedirect)
        .where(ArticleRedirect.article_id == article.id)
        .values(article_id=instead.id)
    )


def _note_words(article: Article, body: str) -> None:
    """What the published words lead to, and when they change by themselves."""
    current = db.session()
    article.next_change_on = composing.next_change(body, today())
    current.execute(delete(ArticleLink).where(ArticleLink.article_id == article.id))
    current.add_all(
        ArticleLink(article_id=article.id, slug=link.slug[:120], anchor=link.anchor[:200])
        for link in links_of(body)
    )
    current.execute(delete(ArticleBlock).where(ArticleBlock.article_id == article.id))
    current.add_all(
        ArticleBlock(article_id=article.id, name=name[:60])
        for name in composing.block_names([body])
    )
    # Read under its own address again, it is nobody's redirection.
    current.execute(delete(ArticleRedirect).where(ArticleRedirect.slug == article.slug))
