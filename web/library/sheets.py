"""An article as a form: what was typed, kept as it was typed, and what the domain makes of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from werkzeug.datastructures import MultiDict

from knowledge.articles.models import Article, Audience, Revision
from knowledge.articles.writing import About, Words
from knowledge.folding import fold
from support.kernel.errors import Invalid, Problem
from support.kernel.time import PARIS
from web.reading_args import MOST_SMALL, row_number

# Addresses below the shelf that are not articles.
RESERVED = frozenset({"redaction", "resultats", "manques", "relectures"})


@dataclass(frozen=True)
class Sheet:
    """The fields of the form. ``based_on`` is the revision the writer saw; ``about_seen`` tells
    what was then said about the article (see :func:`about_mark`)."""

    slug: str = ""
    title: str = ""
    summary: str = ""
    body: str = ""
    audience: str = Audience.STAFF.value
    procedures: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    keywords: str = ""
    language: str = "fr"
    checked_on: str = ""
    source_note: str = ""
    check_every_days: str = ""
    critical: str = ""
    publish_at: str = ""
    comment: str = ""
    based_on: int = 0
    about_seen: str = ""

    def words(self) -> Words:
        return Words(self.title, self.summary, self.body)

    def about(self) -> About:
        """Raises Invalid for what no field of the form could have sent, and for a wrong date."""
        if self.audience not in set(Audience):
            raise Invalid.of("field.choice", "audience")
        return About(
            audience=Audience(self.audience),
            procedures=self.procedures,
            reasons=self.reasons,
            keywords=[k.strip() for k in re.split(r"[,;\n]", self.keywords) if k.strip()],
            language=self.language,
            checked_on=_day(self.checked_on),
            source_note=self.source_note,
            check_every_days=_days(self.check_every_days),
            critical=bool(self.critical),
        )

    def when(self) -> datetime | None:
        """From when it is to be read, in Paris. Raises Invalid."""
        if not self.publish_at.strip():
            return None
        try:
            return datetime.fromisoformat(self.publish_at.strip()).replace(tzinfo=PARIS)
        except ValueError:
            raise Invalid.of("article.bad_date", "publish_at") from None

    def address(self) -> str:
        """The slug: as typed, otherwise made of the title. Raises Invalid for a taken word."""
        slug = self.slug.strip() or slug_of(self.title)
        if slug in RESERVED:
            raise Invalid(Problem("article.slug_taken", "slug"))
        return slug


def read(form: MultiDict[str, str]) -> Sheet:
    """The sheet that a page sent."""
    empty = Sheet()
    typed = {
        name: form.get(name, getattr(empty, name))
        for name in ("slug", "title", "summary", "body", "audience", "keywords", "language",
                     "checked_on", "source_note", "check_every_days", "critical", "publish_at",
                     "comment", "about_seen")
    }  # fmt: skip
    return Sheet(
        **typed,
        procedures=tuple(form.getlist("procedures")),
        reasons=tuple(form.getlist("reasons")),
        based_on=row_number(form, "based_on", MOST_SMALL) or 0,
    )


def of_article(article: Article, revision: Revision) -> Sheet:
    """The sheet as an editor opens it."""
    return Sheet(
        slug=article.slug,
        title=revision.title,
        summary=revision.summary,
        body=revision.body_markdown,
        audience=article.audience.value,
        procedures=tuple(p.code for p in article.procedures),
        reasons=tuple(r.code for r in article.reasons),
        keywords=", ".join(article.keywords),
        language=article.language,
        checked_on=article.checked_on.isoformat() if article.checked_on else "",
        source_note=article.source_note,
        check_every_days=str(article.check_every_days or ""),
        critical="oui" if article.critical else "",
        based_on=revision.number,
        about_seen=about_mark(article),
    )


def as_seen_now(sheet: Sheet, article: Article) -> Sheet:
    """What was typed, based on what the writer has just been shown."""
    return replace(sheet, based_on=article.latest_number, about_seen=about_mark(article))


def same_words(sheet: Sheet, revision: Revision) -> bool:
    kept = (revision.title, revision.summary, revision.body_markdown.strip())
    body = sheet.body.replace("\r\n", "\n").strip()
    return (sheet.title.strip(), sheet.summary.strip(), body) == kept


def same_about(about: About, article: Article) -> bool:
    return _facts(about) == _facts(_about_of(article))


def about_mark(article: Article) -> str:
    """A short mark of what is said about an article: another one once that has changed."""
    return hashlib.sha256(repr(_facts(_about_of(article))).encode()).hexdigest()[:16]


def slug_of(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:120].rstrip("-")


def _about_of(article: Article) -> About:
    return About(
        audience=article.audience,
        procedures=[p.code for p in article.procedures],
        reasons=[r.code for r in article.reasons],
        keywords=list(article.keywords),
        language=article.language,
        checked_on=article.checked_on,
        source_note=article.source_note,
        check_every_days=article.check_every_days,
        critical=article.critical,
    )


def _facts(about: About) -> tuple[object, ...]:
    return (
        about.audience.value,
        sorted(about.procedures),
        sorted(about.reasons),
        list(about.keywords),
        about.language,
        about.checked_on.isoformat() if about.checked_on else None,
        about.source_note.strip(),
        about.check_every_days,
        about.critical,
    )


def _days(typed: str) -> int | None:
    if not typed.strip():
        return None
    if not re.fullmatch(r"[0-9]{1,4}", typed.strip()):
        raise Invalid.of("article.bad_period", "check_every_days")
    return int(typed)


def day_or_none(typed: str | None) -> date | None:
    try:
        return date.fromisoformat((typed or "").strip())
    except ValueError:
        return None


def _day(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Invalid.of("article.bad_date", "checked_on") from None
