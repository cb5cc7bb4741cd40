"""Folding: the same letters however they were typed."""

from __future__ import annotations

import unicodedata

# What Unicode does not take apart by itself.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


def fold(text: str) -> str:
    """Lower case, no accents, no ligatures: ``Œuvre Éphémère`` becomes ``oeuvre ephemere``."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
