"""Ranking: pure, the same whatever engine found the candidates, and explained.

A result's score is what its words are worth (BM25 in each field, with that field's own rarity
and length norm), times how much of the query it covers, how near the words stand to each
other, how well the title fits, whether it is on the asker's reason or procedure and written for
their level, how often it has solved requests of that reason, and whether it is still checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log, prod

from knowledge.articles.models import Audience
from knowledge.search.document import PARTS, Document, Part, numbers
from knowledge.search.engine import Statistics
from knowledge.search.expansion import Query, Slot, Way


@dataclass(frozen=True)
class FieldWeight:
    """``worth`` of a word in that field; ``length_norm`` from 0 (length is nothing) to 1."""

    worth: float
    length_norm: float


FIELDS: Mapping[Part, FieldWeight] = {
    Part.TITLE: FieldWeight(2.6, 0.4),
    Part.KEYWORDS: FieldWeight(1.6, 0.3),
    Part.HEADINGS: FieldWeight(1.0, 0.5),
    Part.SUMMARY: FieldWeight(1.2, 0.3),
    Part.BODY: FieldWeight(1.4, 0.7),
}
SATURATION = 1.2  # the k1 of BM25: how soon repeating a word stops counting
COVERED_FLOOR = 0.3  # what is left of a result that covers almost nothing of the query
NEARNESS = 0.3
TITLE_FIT = 0.6
ON_REASON = 1.35
ON_PROCEDURE = 1.15
ON_LEVEL = 1.05
SOLVED_STEP = 0.05  # for each step of what it has solved of the asker's reason
OVERDUE = 0.9  # nobody has checked it again by the day that its owner set


@dataclass(frozen=True)
class Context:
    """What the asker is busy with, by codes; the level they read as, and the day."""

    procedure: str | None = None
    reason: str | None = None
    level: Audience | None = None
    day: str = ""  # as in 2026-06-18; empty when it does not matter


@dataclass(frozen=True)
class Met:
    """What a document has of one word or phrase of the query.

    ``typed`` is folded. ``share`` is 1 for what was typed itself, less for a synonym or a near
    spelling, 0 when the document lacks it; ``parts`` are the fields that hold it.
    """

    typed: str
    share: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Score:
    """``total`` is ``words`` times the rest; each of the rest is a share from 0 to 1.

    ``context`` (what the asker is busy with, 1 when that is unknown), ``proven`` (what it has
    solved) and ``fresh`` are factors; ``met`` follows the query.
    """

    total: float
    words: float
    covered: float
    nearness: float
    title_fit: float
    context: float
    met: tuple[Met, ...] = ()
    proven: float = 1.0
    fresh: float = 1.0


NOTHING = Score(0, 0, 0, 0, 0, 1)


@dataclass(frozen=True)
class Ranked:
    document: Document
    score: Score


def rank(
    query: Query,
    documents: Iterable[Document],
    statistics: Statistics,
    context: Context | None = None,
    enough: int | None = None,
) -> list[Ranked]:
    """``documents`` that have anything of the query, the best first.

    ``enough``: how many articles are wanted, translations not counted apart. What cannot be among
    them may be left out; those that are, and their order, are the same.
    """
    weighed = _Weighed(query, statistics)
    begun = [weighed.begin(document, context or Context()) for document in documents]
    if enough is not None:
        begun.sort(key=lambda one: -one.most)
    best: dict[int, float] = {}
    found: list[Ranked] = []
    for one in begun:
        if enough is not None and len(best) >= enough and one.most < _nth(best, enough):
            break
        if one.words > 0:
            ranked = Ranked(one.document, weighed.finish(one))
            found.append(ranked)
            family = one.document.family
            best[family] = max(best.get(family, 0.0), ranked.score.total)
    return sorted(found, key=lambda one: (-one.score.total, one.document.slug))


def _nth(best: Mapping[int, float], n: int) -> float:
    return sorted(best.values())[-n] if n else inf


class _Weighed:
    """A query with the rarity of its terms, ready to meet documents."""

    def __init__(self, query: Query, statistics: Statistics) -> None:
        self._slots = query.slots
        self._statistics = statistics
        self._count = statistics.count()
        self._average = {part: max(1.0, statistics.average_length(part)) for part in Part}
        self._rarities: dict[str, dict[Part, float]] = {}
        self._anywhere: dict[str, float] = {}
        self._terms = query.terms()
        # By identity: hashing a slot means hashing all its ways, and each document asks for each.
        self._importance = {id(slot): self._importance_of(slot) for slot in self._slots}
        self._whole = sum(self._importance.values())
        self._ways = {
            id(slot): [(way.terms, way.weight, self._trust(slot, way)) for way in slot.ways]
            for slot in self._slots
        }

    def begin(self, document: Document, context: Context) -> _Begun:
        """What its words are worth, and the most that this can come to."""
        where = document.terms.where
        present = {term: there for term in self._terms if (there := where(term))}
        norms = self._norms(document)
        worths = {term: self._worth(term, there, norms) for term, there in present.items()}
        matched = [self._match(slot, worths) for slot in self._slots]
        words = sum(m.worth for m in matched) if self._whole > 0 else 0.0
        if words <= 0:
            return _Begun(document, matched, present, 0.0, 0.0, (1.0, 1.0, 1.0), 0.0)
        covered = sum(m.share * self._importance[id(m.slot)] for m in matched) / self._whole
        beside = factors(document, context)
        worth = words * (COVERED_FLOOR + (1 - COVERED_FLOOR) * covered) * prod(beside)
        return _Begun(document, matched, present, words, covered, beside, worth)

    def finish(self, begun: _Begun) -> Score:
        matched, present = begun.matched, begun.present
        nearness = self._nearness(matched, present)
        title_fit = self._title_fit(matched, begun.document, present)
        total = begun.worth * (1 + NEARNESS * nearness) * (1 + TITLE_FIT * title_fit)
        met = tuple(m.met(present) for m in matched)
        fitting, tried, kept = begun.beside
        return Score(
            total, begun.words, begun.covered, nearness, title_fit, fitting, met, tried, kept
        )

    def _norms(self, document: Document) -> Mapping[Part, float]:
        """What the length of each field takes off the worth of its words."""
        found = {}
        for part, length in document.terms.lengths.items():
            norm = FIELDS[part].length_norm
            found[part] = SATURATION * (1 - norm + norm * length / self._average[part])
        return found

    def _trust(self, slot: Slot, way: Way) -> float:
        """A rare synonym is not worth more than the common word that was typed."""
        rarity = sum(self._rarity_anywhere(term) for term in way.terms)
        return min(1.0, self._importance[id(slot)] / max(rarity, 1e-9))

    def _match(self, slot: Slot, worths: Mapping[str, float]) -> _Match:
        found: tuple[str, ...] = ()
        most = most_share = 0.0
        for terms, weight, trust in self._ways[id(slot)]:
            present = terms if len(terms) == 1 else tuple(t for t in terms if t in worths)
            worth = sum(worths.get(term, 0.0) for term in present)
            share = weight * len(present) / len(terms)
            worth *= share * trust
            if worth > most:
                found, most, most_share = present, worth, share
        return _Match(slot, found, most * (1 + log(slot.count)), most_share)

    def _worth(self, term: str, places: _Places, norms: Mapping[Part, float]) -> float:
        total, rarities = 0.0, self._rarity(term)
        for part, there in places.items():
            times = there.count(",") + 1
            share = times * (SATURATION + 1) / (times + norms[part])
            total += FIELDS[part].worth * rarities[part] * share
        return total

    def _rarity(self, term: str) -> Mapping[Part, float]:
        known = self._rarities.get(term)
        if known is None:
            known = self._rarities[term] = {}
            for part in PARTS:
                having = self._statistics.frequency(part, term)
                known[part] = log(1 + max(0.0, self._count - having + 0.5) / (having + 0.5))
        return known

    def _rarity_anywhere(self, term: str) -> float:
        known = self._anywhere.get(term)
        if known is None:
            known = self._anywhere[term] = min(self._rarity(term).values())
        return known

    def _importance_of(self, slot: Slot) -> float:
        most = max(way.weight for way in slot.ways)
        return min(
            sum(self._rarity_anywhere(term) for term in way.terms)
            for way in slot.ways
            if way.weight == most
        )

    def _nearness(self, matched: Sequence[_Match], present: Mapping[str, _Places]) -> float:
        """How near neighbours in the query stand in the text: 1 when all touch."""
        near = whole = 0.0
        for one, other in pairwise(matched):
            weight = min(self._importance[id(one.slot)], self._importance[id(other.slot)])
            whole += weight
            if one.parts(present) & other.parts(present):
                near += weight * max(
                    _touching(one.places(part, present), other.places(part, present))
                    for part in one.parts(present) & other.parts(present)
                )
        return near / whole if whole else 0.0

    def _title_fit(
        self, matched: Sequence[_Match], document: Document, present: Mapping[str, _Places]
    ) -> float:
        """Between 0 and 1: the query is all in the title, and the title all in the query."""
        inside: set[str] = set()
        asked = 0.0
        for match in matched:
            terms = [term for term in match.present if Part.TITLE in present[term]]
            if terms:
                inside.update(terms)
                asked += self._importance[id(match.slot)] * len(terms) / len(match.present)
        if not inside:
            return 0.0
        whole_title = sum(map(self._rarity_anywhere, document.title_terms)) or 1.0
        of_query = asked / self._whole
        of_title = sum(self._rarity_anywhere(term) for term in inside) / whole_title
        both = of_query + of_title
        return 2 * of_query * of_title / both if both else 0.0


_Places = Mapping[Part, str]


@dataclass(frozen=True)
class _Begun:
    """A document of which nearness and the fit of the title are not looked at yet.

    ``beside``: see :func:`factors`; ``worth`` is all that is known of the total.
    """

    document: Document
    matched: Sequence[_Match]
    present: Mapping[str, _Places]
    words: float
    covered: float
    beside: tuple[float, float, float]
    worth: float

    @property
    def most(self) -> float:
        return self.worth * (1 + NEARNESS) * (1 + TITLE_FIT)


@dataclass(frozen=True)
class _Match:
    """How a document answers a slot: by which terms, what that is worth, how much is there."""

    slot: Slot
    present: tuple[str, ...]
    worth: float
    share: float

    def met(self, present: Mapping[str, _Places]) -> Met:
        having = self.parts(present)
        return Met(self.slot.typed, self.share, tuple(part for part in PARTS if part in having))

    def parts(self, present: Mapping[str, _Places]) -> Set[Part]:
        if len(self.present) == 1:
            return present[self.present[0]].keys()
        return {part for term in self.present for part in present[term]}

    def places(self, part: Part, present: Mapping[str, _Places]) -> Sequence[int]:
        if len(self.present) == 1:
            there = present[self.present[0]].get(part)
            return numbers(there) if there else ()
        if not any(part in present[term] for term in self.present):
            return ()
        here = [there for term in self.present if (there := present[term].get(part))]
        return sorted(place for there in here for place in numbers(there))


def factors(document: Document, context: Context) -> tuple[float, float, float]:
    """What the words' worth is multiplied by besides: fit, proven, fresh."""
    return fit(document, context), proven(document, context), fresh(document, context)


def fit(document: Document, context: Context) -> float:
    """How far a document is on what the asker is busy with: 1 when that is unknown."""
    worth = 1.0
    if context.reason is not None and context.reason in document.reasons:
        worth *= ON_REASON
    if context.procedure is not None and context.procedure in document.procedures:
        worth *= ON_PROCEDURE
    if context.level is not None and context.level is document.audience is not Audience.PUBLIC:
        worth *= ON_LEVEL
    return worth


def proven(document: Document, context: Context) -> float:
    """More for what has solved requests of the asker's reason; 1 when that is unknown."""
    return 1.0 + SOLVED_STEP * document.solved.get(context.reason or "", 0)


def fresh(document: Document, context: Context) -> float:
    """Less for what should have been checked again before ``context.day``."""
    due = document.check_due_on
    return OVERDUE if due is not None and context.day > due else 1.0


def _touching(ones: Sequence[int], others: Sequence[int]) -> float:
    """1 for neighbours, less for each word between; 0 when one is missing."""
    if not ones or not others:
        return 0.0
    i = j = 0
    least = abs(ones[0] - others[0])
    while i < len(ones) and j < len(others):
        least = min(least, abs(ones[i] - others[j]))
        if ones[i] < others[j]:
            i += 1
        else:
            j += 1
    # One small word between (« carte de séjour ») is as good as none.
    return 1.0 / (1.0 + max(0, least - 2) / 2)
