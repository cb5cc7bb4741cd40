"""Writing: a new article, the next revision of one, and what is said about it.

Everything here needs the permission to write articles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from knowledge.articles import composing, counting, journal, names
from knowledge.articles.models import (
    Article,
    ArticleRedirect,
    ArticleState,
    Audience,
    Happening,
    Revision,
)
from knowledge.articles.names import refused_when_taken
from knowledge.articles.queries import readable_by
from support.catalogue.models import ContactReason, Procedure
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, Problem
from support.kernel.time import now
from support.outbox.publishing import publish
from support.people.models import Agent
from support.people.permissions import Permission, require

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}")
LONGEST = {"slug": 120, "title": 200, "summary": 600, "comment": 400, "source_note": 600}
LONGEST_BODY = 400_000
LONGEST_PERIOD = 3660  # days between two checks


@dataclass(frozen=True)
class Words:
    """What a revision says. ``body`` is Markdown."""

    title: str
    summary: str
    body: str


@dataclass(frozen=True)
class About:
    """What is said about an article; procedures and reasons by their codes.

    ``check_every_days``: how long what it says can be trusted once checked, None for ever.
    ``critical``: rather withdrawn than read when nobody has checked it in time.
    """

    audience: Audience = Audience.STAFF
    procedures: Sequence[str] = ()
    reasons: Sequence[str] = ()
    keywords: Sequence[str] = ()
    language: str = "fr"
    checked_on: date | None = None
    source_note: str = ""
    check_every_days: int | None = None
    critical: bool = False


def draft(
    slug: str,
    words: Words,
    about: About,
    *,
    by: Agent,
    comment: str = "",
    source_id: str | None = None,
) -> Article:
    """A new article, unpublished, with its first revision.

    Raises Invalid with a problem a field (``article.slug_taken`` for a slug in use), Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    _refuse(problems_of(slug, words, about, comment))
    article = _new(slug, about, by, source_id)
    _add_revision(article, 1, words, comment, by)
    return article


@dataclass(frozen=True)
class Past:
    """A revision that was written elsewhere, by whom and when."""

    words: Words
    author: Agent
    written_at: datetime
    comment: str = ""


def with_past(
    slug: str, about: About, past: Sequence[Past], *, by: Agent, source_id: str | None = None
) -> Article:
    """A new article, unpublished, with the revisions it had elsewhere, the first to the last.

    Raises Invalid as :func:`draft` does for the last of them, Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    _refuse(problems_of(slug, past[-1].words, about, past[-1].comment))
    article = _new(slug, about, by, source_id)
    article.latest_number = len(past)
    for number, one in enumerate(past, 1):
        _add_revision(article, number, one.words, one.comment, one.author, at=one.written_at)
    return article


def revise(
    article: Article, words: Words, *, based_on: int, by: Agent, comment: str = ""
) -> Revision:
    """The next revision of ``article``; readers still see the published one.

    ``based_on`` is the number of the revision that the writer had before their eyes. Raises
    Conflict (``article.revised_meanwhile``) when there is a newer one by now: nobody's words
    are overwritten, and the writer still holds their own.
    """
    require(by, Permission.WRITE_ARTICLES)
    _refuse(_problems_of_words(words, comment))
    current = db.session()
    moved = current.scalar(
        update(Article)
        .where(Article.id == article.id, Article.latest_number == based_on)
        .values(
            latest_number=based_on + 1,
            updated_at=now(),
            # A second reader was asked about other words.
            submitted_number=None,
            submitted_by_id=None,
            submitted_at=None,
        )
        .returning(Article.id)
        .execution_options(synchronize_session=False)
    )
    current.refresh(article)
    if moved is None:
        raise Conflict.of("article.revised_meanwhile", number=article.latest_number)
    return _add_revision(article, based_on + 1, words, comment, by)


def describe(article: Article, about: About, *, by: Agent, said: str = "") -> None:
    """Change what is said about an article: readers of a published one see it at once.

    Showing it to more people than before is publishing it unread: ``said`` is why. Raises
    Invalid (``review.say_why``, ``translation.audience``, ``article.*``), Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    _refuse_wider_than_french(article, about)
    number = article.published_number
    if number is not None and about.audience in readable_by(article.audience)[:-1]:
        if not said.strip():
            raise Invalid.of("review.say_why", "comment")
        journal.note(article, Happening.PUBLISHED_UNREAD, by=by, number=number, said=said)
    apply(article, about)
    touch(article)


def _refuse_wider_than_french(article: Article, about: About) -> None:
    if article.translation_of_id is None:
        return
    original = db.session().get_one(Article, article.translation_of_id)
    if about.audience in readable_by(original.audience)[:-1]:
        raise Invalid.of("translation.audience", "audience")


def rename(article: Article, slug: str, *, by: Agent) -> None:
    """Give an article another address; whoever follows the old one still finds it.

    Raises Invalid (``article.bad_slug``, ``article.slug_taken``), Forbidden.
    """
    require(by, Permission.WRITE_ARTICLES)
    _refuse(_problems_of_slug(slug))
    if slug == article.slug:
        return
    current, old = db.session(), article.slug
    before = current.get(ArticleRedirect, slug)
    if before is not None and before.article_id != article.id:
        raise Invalid.of("article.slug_taken", "slug")
    with refused_when_taken(names.SLUG, "slug"):
        if before is not None:
            current.delete(before)
        article.slug = slug
        current.add(ArticleRedirect(slug=old, article_id=article.id))
    journal.note(article, Happening.RENAMED, by=by, said=f"{old} → {slug}")
    touch(article)


def touch(article: Article) -> None:
    """Note that what readers can see of ``article`` has changed, for the indexes to follow."""
    article.updated_at = now()
    if article.published_number is not None:
        tell_indexes(article)
        _carry_along(article)
    db.session().flush()


def tell_indexes(article: Article) -> None:
    """Have a published article read again by the indexes, though nobody has changed it."""
    if article.published_number is not None:
        article.change_number = counting.raise_counter()
        db.session().flush()
        publish("knowledge.changed", article_id=article.id, change_number=article.change_number)


def _carry_along(article: Article) -> None:
    """The translations of an article are read by whom it is read, and as long as it is."""
    read = article.state is ArticleState.PUBLISHED
    for translation in db.session().scalars(
        select(Article).where(Article.translation_of_id == article.id)
    ):
        before = (translation.audience, translation.state)
        translation.audience = article.audience
        translation.procedures = list(article.procedures)
        translation.reasons = list(article.reasons)
        if translation.state is ArticleState.PUBLISHED and not read:
            translation.state = ArticleState.WITHDRAWN
        elif translation.state is ArticleState.WITHDRAWN and read:
            translation.state = ArticleState.PUBLISHED
        if (translation.audience, translation.state) != before:
            touch(translation)


def _new(slug: str, about: About, by: Agent, source_id: str | None) -> Article:
    article = Article(
        slug=slug,
        owner_agent_id=by.id,
        source_id=source_id,
        state=ArticleState.DRAFT,
        latest_number=1,
    )
    apply(article, about)
    with refused_when_taken(names.SLUG, "slug"):
        db.session().add(article)
    return article


def _add_revision(
    article: Article,
    number: int,
    words: Words,
    comment: str,
    by: Agent,
    at: datetime | None = None,
) -> Revision:
    revision = Revision(
        article_id=article.id,
        number=number,
        title=words.title.strip(),
        summary=words.summary.strip(),
        body_markdown=words.body.replace("\r\n", "\n").strip() + "\n",
        author_agent_id=by.id,
        comment=comment.strip(),
        created_at=at or now(),
    )
    db.session().add(revision)
    db.session().flush()
    return revision


def apply(article: Article, about: About) -> None:
    """Write ``about`` on ``article``; whoever calls sees to :func:`touch`. Raises Invalid."""
    current = db.session()
    procedures = list(
        current.scalars(select(Procedure).where(Procedure.code.in_(about.procedures)))
    )
    reasons = list(
        current.scalars(select(ContactReason).where(ContactReason.code.in_(about.reasons)))
    )
    _refuse(
        _problems_of_about(about)
        + _unknown("procedures", about.procedures, {p.code for p in procedures})
        + _unknown("reasons", about.reasons, {r.code for r in reasons})
    )
    article.procedures, article.reasons = procedures, reasons
    article.audience, article.language = about.audience, about.language
    article.keywords = [k.strip() for k in about.keywords if k.strip()]
    article.checked_on, article.source_note = about.checked_on, about.source_note.strip()
    article.check_every_days, article.critical = about.check_every_days, about.critical
    article.check_due_on = due_on(about.checked_on, about.check_every_days)


def due_on(checked_on: date | None, every_days: int | None) -> date | None:
    """The last day on which a check still holds."""
    if checked_on is None or every_days is None:
        return None
    return checked_on + timedelta(days=every_days)


def problems_of(slug: str, words: Words, about: About, comment: str = "") -> list[Problem]:
    """Everything that can be seen to be wrong without looking at other articles."""
    # The slug is made of the title: where both are empty, only the title is asked for.
    of_slug = _problems_of_slug(slug) if slug or words.title.strip() else []
    return of_slug + _problems_of_words(words, comment) + _problems_of_about(about)


def _unknown(field: str, asked: Sequence[str], found: set[str]) -> list[Problem]:
    return [
        Problem("article.unknown_code", field, {"value": code})
        for code in asked
        if code not in found
    ]


def _problems_of_about(about: About) -> list[Problem]:
    problems: list[Problem] = []
    if len(about.source_note) > LONGEST["source_note"]:
        problems.append(Problem("article.too_long", "source_note", {"most": 600}))
    if not LANGUAGE.fullmatch(about.language):
        problems.append(Problem("article.bad_language", "language"))
    every = about.check_every_days
    if every is not None and not 1 <= every <= LONGEST_PERIOD:
        problems.append(Problem("article.bad_period", "check_every_days"))
    if about.critical and every is None:
        problems.append(Problem("article.critical_unchecked", "check_every_days"))
    if every is not None and about.checked_on is None:
        problems.append(Problem("article.never_checked", "checked_on"))
    return problems


def _problems_of_slug(slug: str) -> list[Problem]:
    if len(slug) > LONGEST["slug"] or not SLUG.fullmatch(slug):
        return [Problem("article.bad_slug", "slug")]
    return []


def _problems_of_words(words: Words, comment: str) -> list[Problem]:
    given = {"title": words.title, "summary": words.summary, "comment": comment}
    problems = [
        Problem("article.too_long", name, {"most": LONGEST[name]})
        for name, text in given.items()
        if len(text.strip()) > LONGEST[name]
    ]
    if len(words.body) > LONGEST_BODY:
        problems.append(Problem("article.too_long", "body", {"most": LONGEST_BODY}))
    problems += [
        Problem("article.empty", name)
        for name, text in (("title", words.title), ("body", words.body))
        if not text.strip()
    ]
    problems += [
        Problem(wrong.code, "body", {"line": wrong.line, "said": wrong.said})
        for wrong in composing.problems(words.body.replace("\r\n", "\n"))
    ]
    return problems


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Invalid(*problems)
