"""What to write next, in one list: everything that says the wiki lacks something, weighed alike.

A line's weight is how often the want was felt, each time with what it costs: a search in vain or a
reader who was not helped a moment, a request a first answer, a text typed by hand some minutes, a
hand-over days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from escalation.wiki_gaps import WINDOW, Gap, gaps
from knowledge.articles import voting
from knowledge.articles.coverage import coverage
from knowledge.articles.models import Article, Revision
from knowledge.gaps import typed_again, written
from knowledge.gaps.typed_again import TypedAgain
from knowledge.gaps.written import Counter, Want
from knowledge.search import asked
from knowledge.search.asked import Unanswered
from support.catalogue.models import ContactReason
from support.kernel import db
from support.kernel.time import PARIS, now
from support.tickets.models import Ticket

NAMED = 3  # articles and items named for each reason
LATEST = 5000  # requests looked at, the latest first
MOST = 100
SEARCH, VOTE, REQUEST, TYPED, HAND_OVER = 1, 1, 1, 2, 5


class Kind(StrEnum):
    SEARCHED = "searched"
    TYPED = "typed"
    REASON = "reason"
    UNHELPFUL = "unhelpful"


@dataclass(frozen=True)
class Need:
    """One thing to write or to mend; what is not of its kind is left as it is.

    ``weight`` orders them. ``requests``: those on a reason that no article is about.
    ``articles``: (number, title, how often) of those that answered and were not found.
    ``references``: tickets, as they are kept.
    """

    kind: Kind
    weight: int
    search: Unanswered | None = None
    typed: TypedAgain | None = None
    reason: ContactReason | None = None
    gap: Gap = field(default_factory=lambda: Gap(0))
    requests: int = 0
    articles: Sequence[tuple[int, str, int]] = ()
    missing: Sequence[tuple[str, int]] = ()
    unhelpful: tuple[int, str, int] | None = None
    references: Sequence[str] = ()


def needs() -> list[Need]:
    """The whole list, the heaviest first; a constant number of queries."""
    since = now() - WINDOW
    found = [*_searched(since.date()), *_typed(since.date()), *_reasons(since), *_unhelpful(since)]
    return sorted(found, key=lambda need: (-need.weight, need.kind))[:MOST]


def _searched(since: date) -> Iterator[Need]:
    for one in asked.unanswered(since):
        yield Need(Kind.SEARCHED, SEARCH * (one.empty + one.unopened), search=one)


def _typed(since: date) -> Iterator[Need]:
    for one in typed_again.typed_again(since):
        yield Need(Kind.TYPED, TYPED * one.tickets, typed=one, references=one.references)


def _unhelpful(since: datetime) -> Iterator[Need]:
    for one in voting.found_unhelpful(since):
        yield Need(Kind.UNHELPFUL, VOTE * one[2], unhelpful=one)


def _reasons(since: datetime) -> Iterator[Need]:
    session = db.session()
    climbed = {gap.reason_id: gap for gap in gaps()}
    reasons = {one.id: one for one in session.scalars(select(ContactReason))}
    covered = coverage()
    known = covered.anyhow.union(*covered.by_procedure.values())
    bare = {number for number, one in reasons.items() if one.code not in known}
    requests, references = _requests(bare, since)
    titles = _titles(climbed.values())
    for number in climbed.keys() | requests.keys():
        gap = climbed.get(number, Gap(number))
        on = requests.get(number, 0)
        # What was answered above, the article there is may say as well: somebody has to look.
        climbs, to_read = gap.avoidable, gap.answered
        if number in bare:
            climbs, to_read = climbs + to_read, 0
        yield Need(
            Kind.REASON,
            REQUEST * (on + to_read) + HAND_OVER * climbs,
            reason=reasons[number],
            gap=gap,
            requests=on,
            articles=[
                (*titles[slug], n) for slug, n in gap.articles.most_common(NAMED) if slug in titles
            ],
            missing=gap.missing.most_common(NAMED),
            references=gap.references or references.get(number, ()),
        )


def _requests(
    reason_ids: set[int], since: datetime
) -> tuple[Mapping[int, int], Mapping[int, Sequence[str]]]:
    """How many of the latest requests are on these reasons, and some of them."""
    counts: dict[int, int] = {}
    references: dict[int, list[str]] = {}
    rows = db.session().execute(
        select(Ticket.reason_id, Ticket.reference)
        .where(Ticket.created_at >= since)
        .order_by(Ticket.id.desc())
        .limit(LATEST)
    )
    for reason_id, reference in rows:
        if reason_id in reason_ids:
            counts[reason_id] = counts.get(reason_id, 0) + 1
            named = references.setdefault(reason_id, [])
            if len(named) < typed_again.NAMED:
                named.append(reference)
    return counts, references


def _titles(climbed: Iterable[Gap]) -> Mapping[str, tuple[int, str]]:
    wanted = {slug for gap in climbed for slug, _n in gap.articles.most_common(NAMED)}
    rows = db.session().execute(
        select(Article.slug, Article.id, Revision.title)
        .join(Revision, Revision.article_id == Article.id)
        .where(Article.slug.in_(wanted), Revision.number == Article.published_number)
    )
    return {slug: (number, title) for slug, number, title in rows}


def _on_reason(code: str, first: date, last: date) -> int:
    begins = datetime.combine(first, time(), PARIS)
    ends = datetime.combine(last + timedelta(days=1), time(), PARIS)
    found = db.session().scalar(
        select(func.count())
        .select_from(Ticket)
        .join(ContactReason, ContactReason.id == Ticket.reason_id)
        .where(ContactReason.code == code, Ticket.created_at >= begins, Ticket.created_at < ends)
    )
    return found or 0


def measure() -> int:
    """How often each want was felt since somebody wrote for it; returns how many are followed."""
    with db.transaction():
        return written.measure(COUNTERS)


COUNTERS: Mapping[Want, Counter] = {
    Want.SEARCHED: asked.asked_between,
    Want.TYPED: typed_again.typed_between,
    Want.REASON: _on_reason,
}
