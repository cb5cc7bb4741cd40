"""The passage of an article that answers, with the words that were looked for marked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.search import analysis
from knowledge.search.document import Document, Part
from knowledge.search.expansion import Query

WIDTH = 32  # words
LEAD = 6  # words shown before the first match
_AFTER = 10  # words read after those shown: whether there are any, and the rest of a compound
_HYPHENS = frozenset("-‐‑")

Piece = tuple[str, bool]


def extract(query: Query, document: Document) -> list[Piece]:
    """Pieces of text in order, ``(text, is it a match)``; the summary when nothing matches."""
    matches = _matches(query, document)
    first = _first(matches) if matches else 0
    words = analysis.first_spans(document.text, first + WIDTH + _AFTER)
    matches = {place: slot for place, slot in matches.items() if place < len(words)}
    if not matches:
        return [(document.summary or _beginning(document.text, words), False)]
    last = min(len(words), first + WIDTH)
    return _pieces(document.text, words, sorted(matches), first, last)


def _matches(query: Query, document: Document) -> dict[int, int]:
    """Place of each match in the body to the slot that it answers."""
    found: dict[int, int] = {}
    for number, slot in enumerate(query.slots):
        for way in slot.ways:
            for place in _together([document.positions(Part.BODY, term) for term in way.terms]):
                found.setdefault(place, number)
    return found


def _together(places: Sequence[Sequence[int]]) -> list[int]:
    """Where all the terms of a way stand near the first: one alone says nothing."""
    first, *others = places
    found: list[int] = []
    for place in first:
        near = [_nearest(there, place) for there in others]
        if all(p is not None and abs(p - place) <= 2 * len(places) for p in near):
            found += [place, *(p for p in near if p is not None)]
    return found


def _nearest(there: Sequence[int], place: int) -> int | None:
    return min(there, key=lambda p: abs(p - place), default=None)


def _first(matches: dict[int, int]) -> int:
    """Where the extract begins: with the most different slots, then matches."""
    places = sorted(matches)
    best = places[0]
    best_worth = (0, 0)
    end = 0
    for begin, place in enumerate(places):
        while end < len(places) and places[end] < place + WIDTH - LEAD:
            end += 1
        inside = places[begin:end]
        worth = (len({matches[p] for p in inside}), len(inside))
        if worth > best_worth:
            best, best_worth = place, worth
    return max(0, best - LEAD)


def _pieces(
    text: str, words: Sequence[tuple[int, int]], places: Sequence[int], first: int, last: int
) -> list[Piece]:
    pieces: list[Piece] = [("… ", False)] if first else []
    begin = words[first][0]
    for place in (p for p in places if first <= p < last):
        start, end = words[place][0], _end_of_compound(text, words, place)
        if end <= begin:
            continue  # a later part of the compound before
        if start > begin:
            pieces.append((_flat(text[begin:start]), False))
        pieces.append((text[max(start, begin) : end], True))
        begin = end
    rest = _flat(text[begin : words[last - 1][1]])
    if last < len(words):
        rest += " …"
    elif begin < len(text):
        rest = _flat(text[begin:])
    return [*pieces, (rest, False)] if rest else pieces


def _end_of_compound(text: str, words: Sequence[tuple[int, int]], place: int) -> int:
    while place + 1 < len(words) and text[words[place][1] : words[place + 1][0]] in _HYPHENS:
        place += 1
    return words[place][1]


def _flat(text: str) -> str:
    """On one line, keeping the spaces at both ends that part it from its neighbours.

    A heading or a cell, which ends without a stop, is parted from what follows by a dash.
    """
    text = re.sub(r"\n\s*- ", "\n", text)
    text = re.sub(r"(?<=[^\s.!?:;,–])\s*\n\n\s*(?=\S)", " – ", text)
    flat = " ".join(text.replace("|", " – ").split())
    if not flat:
        return " "
    return (" " if text[:1].isspace() else "") + flat + (" " if text[-1:].isspace() else "")


def _beginning(text: str, words: Sequence[tuple[int, int]]) -> str:
    if len(words) <= WIDTH:
        return _flat(text)
    return _flat(text[: words[WIDTH - 1][1]]) + " …"
