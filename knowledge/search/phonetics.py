"""How a French word sounds, roughly: for spelling by ear and telephone spelling."""

from __future__ import annotations

import re

# Applied in order on a folded word. Capital letters stand for sounds already settled.
_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"sch|ch", "C"),
        (r"qu|q|ck|c(?![eiy])", "k"),
        (r"sc(?=[eiy])|c", "s"),
        (r"gu(?=[eiy])", "G"),
        (r"g(?=[eiy])", "j"),
        (r"G", "g"),
        (r"gn", "N"),
        (r"h", ""),
        (r"tion|ssion|sion", "siO"),
        (r"([^s])\1", r"\1"),
        (r"eau|au", "o"),
        (r"oi|oy", "wa"),
        (r"ou", "U"),
        (r"(?:[ae][mn])(?![aeiouyU])", "A"),
        (r"(?:ain|ein|in|im|un|um|yn)(?![aeiouyU])", "I"),
        (r"o[mn](?![aeiouyU])", "O"),
        (r"ai|ei|ay|ey", "e"),
        (r"(?:er|ez|ees|ee|es|et|ed)$", "e"),
        (r"(?<=.{3})e$", ""),
        (r"(?<=.{2})[tdsxpz]+$", ""),
        (r"z", "s"),
        (r"y", "i"),
        (r"(.)\1", r"\1"),
    )
)
_VOWELS = re.compile(r"[aeiouyUAIOw]")


def sound(word: str) -> str:
    """What a folded word sounds like: ``sejour`` and ``cejour``, ``carte`` and ``kart``."""
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word


def bones(word: str) -> str:
    """The first letter and the consonants heard after it: ``renouvellement`` is ``rnvlm``."""
    heard = sound(word)
    return heard[:1] + _VOWELS.sub("", heard[1:])
