"""What changed between two texts, so that a person sees it: line by line, then word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2  # unchanged lines shown on each side of a change
MOST_WORDS = 3000  # beyond, one text stands under the other: comparing takes the square of it
ALIKE = 0.35  # two passages less alike than that read better one after the other

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """``kind`` is same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True)
class Passage:
    """Pieces in their order; ``left_out`` counts unchanged lines that are not shown instead."""

    pieces: tuple[Piece, ...] = ()
    left_out: int = 0


def compare(old: str, new: str) -> list[Passage]:
    """Passages from ``old`` to ``new``; empty when they are the same."""
    before, after = old.splitlines(), new.splitlines()
    if before == after:
        return []
    passages: list[Passage] = []
    changes = SequenceMatcher(None, before, after).get_opcodes()
    for number, (kind, a, b, c, d) in enumerate(changes):
        if kind == "equal":
            first, last = number == 0, number == len(changes) - 1
            passages += _unchanged(before[a:b], 0 if first else AROUND, 0 if last else AROUND)
        else:
            pieces = tuple(_changed("\n".join(before[a:b]), "\n".join(after[c:d])))
            passages.append(Passage(pieces))
    return passages


def _unchanged(lines: Sequence[str], above: int, below: int) -> Iterator[Passage]:
    """The lines next to a change, and how many lie between."""
    if len(lines) <= above + below + 1:
        yield _same(lines)
        return
    if above:
        yield _same(lines[:above])
    yield Passage(left_out=len(lines) - above - below)
    if below:
        yield _same(lines[-below:])


def _same(lines: Sequence[str]) -> Passage:
    return Passage((Piece("same", "\n".join(lines)),))


def _changed(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if len(before) + len(after) > MOST_WORDS or matcher.ratio() < ALIKE:
        yield from _pieces(old, new)
        return
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(before[a:b]))
        else:
            yield from _pieces("".join(before[a:b]), "".join(after[c:d]))


def _pieces(old: str, new: str) -> Iterator[Piece]:
    if old:
        yield Piece("removed", old)
    if new:
        yield Piece("added", new)
