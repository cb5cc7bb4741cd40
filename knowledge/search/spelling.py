"""Near spellings: which known words one slip of the fingers or two could have made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator


def distance(one: str, other: str, most: int) -> int:
    """How many letters to add, drop, change or swap with a neighbour; ``most`` + 1 if more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i] + [0] * len(other)
        for j, wanted in enumerate(other, 1):
            cost = before[j - 1] + (letter != wanted)
            cost = min(cost, before[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return most + 1
    return row[-1]


class Neighbours:
    """Known words under each of their spellings with one letter less.

    Two words one slip apart share such a spelling, whatever the slip; so do many that are two
    slips apart. Looking up costs one probe a letter, whatever the number of words.
    """

    def __init__(self) -> None:
        self._words: dict[str, list[str]] = defaultdict(list)

    def add(self, words: Iterable[str]) -> None:
        for word in words:
            for spelling in _shorter(word):
                self._words[spelling].append(word)

    def near(self, word: str, most: int) -> dict[str, int]:
        """Known words at most ``most`` (1 or 2) slips from ``word``, with how many."""
        found: dict[str, int] = {}
        for spelling in _shorter(word):
            for known in self._words.get(spelling, ()):
                if known not in found:
                    found[known] = distance(word, known, most)
        return {known: slips for known, slips in found.items() if slips <= most}


def _shorter(word: str) -> Iterator[str]:
    yield word
    seen = {word}
    for place in range(len(word)):
        spelling = word[:place] + word[place + 1 :]
        if spelling not in seen:
            seen.add(spelling)
            yield spelling
