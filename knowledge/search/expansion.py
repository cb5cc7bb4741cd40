"""From what was typed to what is looked for: one slot a word or phrase, each with its ways.

Telephone shorthand is written out, phrases of the vocabulary bring their synonyms, unknown
words their near spellings, and the last word, perhaps unfinished, its completions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from knowledge.folding import fold
from knowledge.search import analysis, vocabulary
from knowledge.search.document import initials_term
from knowledge.search.lexicon import Lexicon

LONGEST_QUERY = 4000  # characters looked at: a whole mail may be given as a query

# How far each way of reading an unknown word is to be trusted.
ONE_SLIP, TWO_SLIPS, SAME_SOUND, SAME_BONES, INITIALS = 0.85, 0.6, 0.8, 0.55, 0.8
COMPLETED_UNKNOWN, COMPLETED_KNOWN, RUN_TOGETHER = 0.85, 0.45, 0.85
SHORTEST_TO_COMPLETE = 2
SHORTEST_TO_RESPELL = 4
_ELIDED = frozenset({"l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu"})


@dataclass(frozen=True)
class Way:
    """One way of saying a slot: all its terms, worth ``weight`` of what was typed itself."""

    terms: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Slot:
    """A word or phrase of the query. ``typed`` is folded; ``count`` how often it was typed."""

    typed: str
    ways: tuple[Way, ...]
    count: int = 1


@dataclass(frozen=True)
class Query:
    """``slots`` in the order they were typed, none twice."""

    slots: tuple[Slot, ...]

    def terms(self) -> dict[str, float]:
        """Every term looked for, with the best weight that any way gives it."""
        best: dict[str, float] = {}
        for slot in self.slots:
            for way in slot.ways:
                for term in way.terms:
                    best[term] = max(best.get(term, 0.0), way.weight)
        return best


def understand(text: str, lexicon: Lexicon, *, unfinished: bool = True) -> Query:
    """Read ``text`` as a query over what ``lexicon`` knows.

    ``unfinished``: the last word may still be being typed (only when nothing follows it).
    """
    text = analysis.normalise(text[:LONGEST_QUERY])
    typed = _written_out(text)
    words = _words(typed)
    last = words[-1].position if words and unfinished and text[-1:].isalnum() else -1
    slots: dict[tuple[Way, ...], Slot] = {}
    place = 0
    while place < len(words):
        slot, taken = _phrase_at(words, place) or _word_at(words, place)
        finishing = words[min(place + taken, len(words)) - 1].position == last
        place += taken
        slot = _reach(slot, lexicon, completing=finishing) if slot else None
        if slot and slot.ways:
            known = slots.get(slot.ways)
            slots[slot.ways] = replace(known, count=known.count + 1) if known else slot
    return Query(tuple(slots.values()))


@dataclass(frozen=True)
class _Word:
    word: str
    term: str
    small: bool
    position: int
    parts: int = 1  # of the compound that begins here
    joined: analysis.Token | None = None  # that compound in one word


def _written_out(text: str) -> str:
    short = vocabulary.shorthand()
    return re.sub(r"[^\W_]+", lambda m: short.get(fold(m.group()), m.group()), text)


def _words(text: str) -> list[_Word]:
    """Every word but the articles; a compound marks its first part."""
    meaningful = {t.position: t for t in analysis.tokens(text) if t.parts == 1}
    compounds = {t.position: t for t in analysis.tokens(text) if t.parts > 1}
    found: list[_Word] = []
    for position, (start, end) in enumerate(analysis.spans(text)):
        word = fold(text[start:end])
        token = meaningful.get(position)
        compound = compounds.get(position)
        if compound or word not in vocabulary.articles():
            term = token.term if token else word
            parts = compound.parts if compound else 1
            found.append(_Word(word, term, token is None, position, parts, compound))
    return found


def _word_at(words: Sequence[_Word], place: int) -> tuple[Slot | None, int]:
    """A single word, or a compound: in one word or as all its parts."""
    word = words[place]
    if word.joined is None:
        return (None if word.small else Slot(word.word, (Way((word.term,)),))), 1
    inside = [w for w in words[place:] if w.position < word.position + word.parts]
    apart = tuple(w.term for w in inside if not w.small)
    ways = (Way((word.joined.term,)), *([Way(apart)] if apart else []))
    return Slot(word.joined.word, ways), len(inside)


@lru_cache(maxsize=1)
def _phrases() -> Mapping[str, Sequence[tuple[tuple[str, ...], tuple[Way, ...]]]]:
    """First word of a phrase to ``(its words, its ways)``, longest first.

    A phrase in several groups brings the ways of all.
    """
    ways: dict[tuple[str, ...], dict[tuple[str, ...], float]] = {}
    for group in vocabulary.synonyms():
        meant = {phrase: tuple(analysis.terms(phrase)) for phrase in group.phrases}
        for phrase in group.phrases:
            for spelling in _spellings(phrase):
                known = ways.setdefault(spelling, {})
                for other, terms in meant.items():
                    weight = 1.0 if other == phrase else group.weight
                    if terms:
                        known[terms] = max(known.get(terms, 0.0), weight)
    return _by_first_word(ways)


vocabulary.on_change(_phrases.cache_clear)


def _by_first_word(
    ways: Mapping[tuple[str, ...], Mapping[tuple[str, ...], float]],
) -> Mapping[str, Sequence[tuple[tuple[str, ...], tuple[Way, ...]]]]:
    by_first: dict[str, list[tuple[tuple[str, ...], tuple[Way, ...]]]] = {}
    for spelling in sorted(ways, key=lambda s: (-len(s), s)):
        meant = tuple(Way(terms, weight) for terms, weight in ways[spelling].items())
        by_first.setdefault(spelling[0], []).append((spelling, meant))
    return by_first


def _spellings(phrase: str) -> set[tuple[str, ...]]:
    """The words of a phrase, and once more with its compounds in one word."""
    apart = tuple(word.term for word in _words(phrase))
    together = tuple(word.term for word in _words(re.sub("[-‐‑]", "", phrase)))
    return {spelling for spelling in (apart, together) if spelling}


def _phrase_at(words: Sequence[_Word], place: int) -> tuple[Slot, int] | None:
    for spelling, ways in _phrases().get(words[place].term, ()):
        there = words[place : place + len(spelling)]
        if tuple(word.term for word in there) == spelling:
            return Slot(" ".join(word.word for word in there), ways), len(spelling)
    return None


def _reach(slot: Slot, lexicon: Lexicon, *, completing: bool) -> Slot:
    """Add the ways that an unknown or unfinished word needs; drop those that lead nowhere."""
    ways = {way.terms: way.weight for way in slot.ways}
    if " " not in slot.typed and not slot.typed.isdigit():
        known = any(all(map(lexicon.knows, way.terms)) for way in slot.ways)
        more = {} if known else _guesses(slot.typed, lexicon)
        if completing and len(slot.typed) >= SHORTEST_TO_COMPLETE:
            _keep_best(more, _completions(slot.typed, lexicon, known=known))
        _keep_best(ways, more)
    return replace(
        slot,
        ways=tuple(
            Way(terms, weight) for terms, weight in ways.items() if any(map(lexicon.knows, terms))
        ),
    )


def _guesses(word: str, lexicon: Lexicon) -> dict[tuple[str, ...], float]:
    found: dict[tuple[str, ...], float] = {}
    if 3 <= len(word) <= 6 and word.isalpha():
        found[(initials_term(word),)] = INITIALS
    if len(word) < SHORTEST_TO_RESPELL:
        return found
    _keep_best(found, _parted(word, lexicon))
    trusted = {w: ONE_SLIP if slips <= 1 else TWO_SLIPS for w, slips in lexicon.near(word).items()}
    _keep_best(trusted, dict.fromkeys(lexicon.sounding(word), SAME_SOUND))
    if not trusted:
        trusted = dict.fromkeys(lexicon.boned(word), SAME_BONES)
    for known, weight in trusted.items():
        _keep(found, known, weight)
    return found


def _parted(word: str, lexicon: Lexicon) -> dict[tuple[str, ...], float]:
    """Known words run together: an apostrophe forgotten (lattestation) or a space."""
    found: dict[tuple[str, ...], float] = {}
    for place in range(1, len(word) - 2):
        first, second = word[:place], word[place:]
        if first in _ELIDED and lexicon.count(second):
            _keep(found, second, RUN_TOGETHER)
        elif place > 2 and lexicon.count(first) and lexicon.count(second):
            both = (analysis.term_of(first), analysis.term_of(second))
            _keep_best(found, {both: RUN_TOGETHER})
    return found


def _completions(word: str, lexicon: Lexicon, *, known: bool) -> dict[tuple[str, ...], float]:
    trust = COMPLETED_KNOWN if known else COMPLETED_UNKNOWN
    complete = lexicon.completions(word)
    most = max((lexicon.count(c) for c in complete), default=1)
    found: dict[tuple[str, ...], float] = {}
    for c in complete:
        _keep(found, c, trust * (lexicon.count(c) / most) ** 0.25)
    return found


def _keep(into: dict[tuple[str, ...], float], word: str, weight: float) -> None:
    terms = (analysis.term_of(word),)
    into[terms] = max(into.get(terms, 0.0), weight)


def _keep_best(into: dict[Any, float], more: Mapping[Any, float]) -> None:
    for key, weight in more.items():
        into[key] = max(into.get(key, 0.0), weight)
