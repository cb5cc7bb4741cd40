"""Finding articles: one function for pages, calls, tickets, command line and API."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from knowledge.articles.models import Audience
from knowledge.search import index
from knowledge.search.document import Document
from knowledge.search.engine import Engine
from knowledge.search.expansion import Query, understand
from knowledge.search.extracts import Piece, extract
from knowledge.search.lexicon import Lexicon
from knowledge.search.ranking import Context, Ranked, Score, factors, rank
from support.kernel.time import today

log = logging.getLogger(__name__)

CANDIDATES = 80  # documents that the ranking looks at
MOST = 100  # results that may be asked for

T = TypeVar("T")


@dataclass(frozen=True)
class Hit:
    """A result. ``extract`` is text in pieces ``(text, is it a match)``, never HTML.

    ``score`` only compares results of one search; ``why`` takes it apart, for editors.
    """

    article_id: int
    slug: str
    title: str
    summary: str
    revision: int
    audience: Audience
    score: float
    extract: list[Piece]
    source_id: str | None
    checked_on: str | None
    why: Score
    family: int
    language: str


def find(
    query: str,
    *,
    audience: Audience,
    limit: int = 10,
    procedure: str | None = None,
    reason: str | None = None,
    unfinished: bool = True,
) -> list[Hit]:
    """Articles that ``audience`` may read, the best first. Never raises, whatever the text.

    ``procedure`` and ``reason`` (codes) favour what is on them; with an empty query they
    choose. ``unfinished``: the last word may still be being typed.
    """
    context = Context(procedure, reason, audience, today().isoformat())
    limit = max(0, min(limit, MOST))

    def search(engine: Engine, lexicon: Lexicon) -> list[Hit]:
        wanted = understand(query, lexicon, unfinished=unfinished)
        if not wanted.slots and not query.strip():
            return about(engine, audience, context, limit)
        ranked = one_a_family(ranked_for(wanted, engine, audience, context, limit))
        return [hit(one, wanted) for one in ranked[:limit]]

    return on_index(search, audience)


def ranked_for(
    wanted: Query, engine: Engine, audience: Audience, context: Context, limit: int
) -> list[Ranked]:
    """The candidates of ``engine`` in our order."""
    candidates = engine.candidates(wanted.terms(), audience, max(CANDIDATES, 2 * limit))
    return rank(wanted, candidates, engine, context, enough=limit)


def about(engine: Engine, audience: Audience, context: Context, limit: int) -> list[Hit]:
    """What is on a reason and procedure, both first, then the latest checked."""
    found = engine.about(
        audience, procedure=context.procedure, reason=context.reason, limit=CANDIDATES
    )
    newest = sorted(found, key=lambda d: d.checked_on or "", reverse=True)
    ranked = [Ranked(d, _fitting(d, context)) for d in newest]
    ranked.sort(key=lambda one: (-one.score.total, one.document.language != "fr"))
    return [hit(one, Query(())) for one in one_a_family(ranked)[:limit]]


def one_a_family(ranked: Iterable[Ranked]) -> list[Ranked]:
    """The best of each article and its translations, in their order."""
    best: dict[int, Ranked] = {}
    for one in ranked:
        best.setdefault(one.document.family, one)
    return list(best.values())


def hit(one: Ranked, wanted: Query) -> Hit:
    document = one.document
    return Hit(
        article_id=document.article_id,
        slug=document.slug,
        title=document.title,
        summary=document.summary,
        revision=document.revision,
        audience=document.audience,
        score=one.score.total,
        extract=extract(wanted, document),
        source_id=document.source_id,
        checked_on=document.checked_on,
        why=one.score,
        family=document.family,
        language=document.language,
    )


def on_index(search: Callable[[Engine, Lexicon], list[T]], audience: Audience) -> list[T]:
    """Run ``search`` on this node's index. Nothing found rather than an error.

    An index that cannot be read is opened anew, then rebuilt, and asked again; while that takes
    its time, nothing is found, and ``index.rebuilding`` says why.
    """
    node = index.node()
    node.keep_up()
    for remedy in (node.close, node.repair, None):
        if node.rebuilding:
            return []
        try:
            with node.reading() as engine:
                return search(engine, node.lexicon(audience))
        except Exception:
            log.exception("knowledge index: a search failed")
        if remedy is not None:
            remedy()
    return []


def _fitting(document: Document, context: Context) -> Score:
    fitting, tried, kept = factors(document, context)
    return Score(fitting * tried * kept, 0, 0, 0, 0, fitting, (), tried, kept)
