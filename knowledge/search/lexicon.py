"""The words that the articles of one audience use, and how to reach them from what is typed."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping

from knowledge.search.analysis import term_of
from knowledge.search.phonetics import bones, sound
from knowledge.search.spelling import Neighbours, distance

LONGEST_LIST = 8  # near words, completions: more would only add noise
TWO_SLIPS_FROM = 8  # letters: in a shorter word two slips could have made anything
SHORTEST_BONES = 3


class Lexicon:
    """Folded words with how many articles have each. Grows; a word gone counts for nothing."""

    def __init__(self) -> None:
        self._counts: Mapping[str, int] = {}
        self._terms: set[str] = set()
        self._sorted: list[str] = []
        self._near = Neighbours()
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._bones: dict[str, list[str]] = defaultdict(list)
        self._filed: set[str] = set()
        self._filed_of: Mapping[str, int] = self._counts
        self._filing = threading.Lock()

    def refresh(self, counts: Mapping[str, int]) -> None:
        """Take over the words of a newer index."""
        self._terms.update(term_of(word) for word in counts.keys() - self._counts.keys())
        self._counts = counts
        self._sorted = sorted(counts)

    def knows(self, term: str) -> bool:
        return term in self._terms

    def count(self, word: str) -> int:
        return self._counts.get(word, 0)

    def near(self, word: str) -> dict[str, int]:
        """Known words that ``word`` may be a slip for, with the number of slips."""
        self._file()
        found = self._near.near(word, 2 if len(word) >= TWO_SLIPS_FROM else 1)
        if not found and len(word) >= TWO_SLIPS_FROM:
            found = self._two_slips(word)
        alive = [known for known in found if self.count(known)]
        # A slip on the first letter is rare; among equals the commoner word is meant.
        alive.sort(key=lambda k: (found[k], k[:1] != word[:1], -self.count(k), k))
        return {known: found[known] for known in alive[:LONGEST_LIST]}

    def sounding(self, word: str) -> list[str]:
        """Known words that sound like ``word``, the commonest first."""
        self._file()
        return self._commonest(self._sounds.get(sound(word), []))

    def boned(self, word: str) -> list[str]:
        """Known words with the same consonants, for what was typed without its vowels."""
        self._file()
        key = bones(word)
        return self._commonest(self._bones.get(key, [])) if len(key) >= SHORTEST_BONES else []

    def completions(self, beginning: str) -> list[str]:
        """Known words that begin with ``beginning`` and are longer, the commonest first."""
        return self._commonest([w for w in self._beginning(beginning) if w != beginning])

    def _beginning(self, letters: str) -> list[str]:
        start = bisect_left(self._sorted, letters)
        return self._sorted[start : bisect_left(self._sorted, letters + "\U0010ffff", start)]

    def _two_slips(self, word: str) -> dict[str, int]:
        """Among words that begin alike, those two slips away; the usual way sees only some."""
        slips = {known: distance(word, known, 2) for known in self._beginning(word[:2])}
        return {known: number for known, number in slips.items() if number <= 2}

    def _commonest(self, words: list[str]) -> list[str]:
        alive = [word for word in words if self.count(word)]
        return sorted(alive, key=lambda w: (-self.count(w), w))[:LONGEST_LIST]

    def file_ahead(self) -> None:
        """File new words in the background: the first misspelt question need not wait for it."""
        threading.Thread(target=self._file, name="lexicon", daemon=True).start()

    def _file(self) -> None:
        # Needed when a word is unknown; only the words that are new since the last time.
        with self._filing:
            counts = self._counts
            if self._filed_of is counts:
                return
            new = [word for word in counts if word not in self._filed and word.isalpha()]
            self._near.add(new)
            for word in new:
                self._sounds[sound(word)].append(word)
                self._bones[bones(word)].append(word)
            self._filed.update(new)
            self._filed_of = counts
