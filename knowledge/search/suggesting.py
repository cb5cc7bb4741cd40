"""Suggesting articles beside a ticket or a form: its text, its reason, its procedure."""

from __future__ import annotations

from dataclasses import replace

from knowledge.articles.models import Audience
from knowledge.search.document import Document
from knowledge.search.engine import Engine
from knowledge.search.expansion import Query, Slot, understand
from knowledge.search.finding import CANDIDATES, Hit, hit, on_index, one_a_family
from knowledge.search.lexicon import Lexicon
from knowledge.search.ranking import NOTHING, Context, Ranked, fresh, proven, rank
from support.kernel.time import today

MOST_SLOTS = 16  # the words that tell a text from others; the rest is politeness
# An article on the very reason is worth this share of the best match of words.
REASON_SHARE = 0.9
PROCEDURE_SHARE = 0.1


def suggest(
    text: str,
    procedure_code: str | None,
    reason_code: str | None,
    audience: Audience,
    limit: int = 5,
) -> list[Hit]:
    """Articles that may answer ``text``, the best first. Never raises, whatever the text.

    Those on the reason and procedure are there even when no word of theirs is in the text.
    """
    context = Context(procedure_code, reason_code, audience, today().isoformat())

    def search(engine: Engine, lexicon: Lexicon) -> list[Hit]:
        wanted = _telling(understand(text, lexicon, unfinished=False), lexicon)
        found = _candidates(wanted, engine, audience, context)
        ranked = {one.document.article_id: one for one in rank(wanted, found, engine)}
        highest = max((one.score.total for one in ranked.values()), default=1.0)
        chosen = [
            _on_subject(ranked.get(d.article_id) or Ranked(d, NOTHING), highest, context)
            for d in found
        ]
        chosen.sort(key=lambda one: (-one.score.total, one.document.slug))
        best = one_a_family(chosen)[:limit]
        return [hit(one, wanted) for one in best if one.score.total > 0]

    return on_index(search, audience)


def _candidates(
    wanted: Query, engine: Engine, audience: Audience, context: Context
) -> list[Document]:
    found = list(engine.candidates(wanted.terms(), audience, CANDIDATES))
    if context.procedure or context.reason:
        found += engine.about(
            audience, procedure=context.procedure, reason=context.reason, limit=CANDIDATES
        )
    return list({document.article_id: document for document in found}.values())


def _telling(query: Query, lexicon: Lexicon) -> Query:
    """The rarest slots of a long text, in their order."""
    if len(query.slots) <= MOST_SLOTS:
        return query
    rarest = sorted(query.slots, key=lambda slot: _commonness(slot, lexicon))[:MOST_SLOTS]
    return Query(tuple(slot for slot in query.slots if slot in rarest))


def _commonness(slot: Slot, lexicon: Lexicon) -> float:
    return max(lexicon.count(word) for word in slot.typed.split()) / slot.count


def _on_subject(one: Ranked, best: float, context: Context) -> Ranked:
    share = 0.0
    if context.reason is not None and context.reason in one.document.reasons:
        share += REASON_SHARE
    if context.procedure is not None and context.procedure in one.document.procedures:
        share += PROCEDURE_SHARE
    tried, kept = proven(one.document, context), fresh(one.document, context)
    total = (one.score.total + share * best) * tried * kept
    score = replace(one.score, total=total, context=share, proven=tried, fresh=kept)
    return Ranked(one.document, score)
