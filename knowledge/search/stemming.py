"""A light French stemmer that works on folded words.

Accents are folded before stemming, on both sides, so the endings here have none. It takes off
plurals, feminines, infinitives and participles, then the few endings that make a noun of a
verb, so that *renouveler*, *renouvelée* and *renouvellement* meet. Words whose forms do not
share a beginning (perdre, perte) are families of the vocabulary.
"""

from __future__ import annotations

import re
from functools import lru_cache

SHORTEST = 3  # letters that always stay

# Noun endings made on verbs, longest first, with how many letters must stay before them.
_NOUN_ENDINGS = (
    ("issement", 4),
    ("ement", 3),
    ("ation", 3),
    ("ateur", 4),
    ("atric", 4),
    ("eur", 4),
    ("eus", 4),
    ("anc", 5),
    ("ag", 4),
)
_DOUBLED = re.compile(r"([bcdfglmnprst])\1$")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a folded word. Words with digits and short words come back unchanged."""
    if len(word) <= SHORTEST or not word.isalpha() or not word.isascii():
        return word
    stemmed = _without_ending(_without_plural(word))
    return _tidy(stemmed)


def _without_plural(word: str) -> str:
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux") and len(word) > 4:
        return word[:-2] + "l"
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    word = _without_vowels(word)
    for ending, left in _NOUN_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= left:
            return word[: -len(ending)]
    for ending in ("er", "ez"):
        if word.endswith(ending) and len(word) - 2 >= SHORTEST:
            return word[:-2]
    return word


def _without_vowels(word: str) -> str:
    """Off with the final e of a feminine or a participle; *aise* joins *ais*."""
    while word.endswith("e") and len(word) > SHORTEST:
        word = word[:-1]
    return word[:-1] if word.endswith("ais") and len(word) > 5 else word


def _tidy(word: str) -> str:
    """One spelling for what changes before an ending: renouvell-, bloqu-, pay-, activ-."""
    if len(word) > SHORTEST:
        word = _DOUBLED.sub(r"\1", word)
        if word.endswith("qu"):
            word = word[:-2] + "c"
    if word.endswith("y"):
        word = word[:-1] + "i"
    elif word.endswith("v") and len(word) > SHORTEST:
        word = word[:-1] + "f"
    return word
