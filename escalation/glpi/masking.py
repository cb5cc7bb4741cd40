"""The least personal data that the technical support needs. Pure.

Data minimisation: GDPR article 5(1)(c). What is taken out is counted, so that it can be said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\d)(?:\+\d{1,3}|0)[\s.-]?[1-9](?:[\s.-]?\d{2}){4}(?!\d)")
# The foreigner's number of AGDREF has ten digits.
_FOREIGNER = re.compile(r"(?<![\d-])\d{10}(?![\d-])")
_LEAST = 3  # letters of a name that may be looked for in a text


@dataclass(frozen=True)
class Masked:
    text: str
    count: int


def mask(said: str, names: Iterable[str] = ()) -> Masked:
    """``said`` without e-mail addresses, telephone and foreigner's numbers, and without the
    words of ``names``.
    """
    count = 0
    for pattern, instead in ((_EMAIL, "[courriel]"), (_PHONE, "[téléphone]"),
                             (_FOREIGNER, "[numéro étranger]")):  # fmt: skip
        said, found = pattern.subn(instead, said)
        count += found
    for name in sorted(_words(names), key=len, reverse=True):
        said, found = re.subn(rf"(?<!\w){re.escape(name)}(?!\w)", "[nom]", said, flags=re.I)
        count += found
    return Masked(said, count)


def _words(names: Iterable[str]) -> set[str]:
    return {word for name in names for word in re.split(r"\s+", name) if len(word) >= _LEAST}
