"""Which translations of the letters may be used: those that somebody has read and answers for.

Beside each translation, ``reviewed.toml`` says who read it, when, and of which French version: the
digests of the French files and of its own. A change of either ends the review, and the letter goes
out in French until somebody has read it again.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "letters"
ORIGINAL = "fr"
MARK = "reviewed.toml"


class Review(StrEnum):
    REVIEWED = "reviewed"
    OUTDATED = "outdated"  # the French, or the translation, has changed since
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Translation:
    letter: str
    language: str
    review: Review
    by: str = ""
    on: str = ""


def usable(letter: str, language: str) -> bool:
    """Whether the letter may go out in ``language``: always in French, else when reviewed."""
    return language == ORIGINAL or _review(FOLDER / letter / language).review is Review.REVIEWED


def translations(folder: Path = FOLDER) -> Iterator[Translation]:
    """Every translation of every letter, and how its review stands."""
    for place in sorted(folder.glob("*/*/")):
        if place.name != ORIGINAL:
            yield _review(place)


def approve(letter: str, language: str, *, by: str, on: date, folder: Path = FOLDER) -> Translation:
    """``by`` answers for the translation as it is. Raises LookupError when there is none."""
    place = folder / letter / language
    if language == ORIGINAL or not place.is_dir():
        raise LookupError(f"{letter}/{language}")
    name = " ".join(by.replace("\\", " ").replace('"', " ").split())
    (place / MARK).write_text(
        f'by = "{name}"\non = {on.isoformat()}\n'
        f'french = "{digest(place.parent / ORIGINAL)}"\ntranslation = "{digest(place)}"\n',
        encoding="utf-8",
    )
    _review.cache_clear()
    return _review(place)


def digest(place: Path) -> str:
    """What the files of a letter in one language say, as a short number."""
    sum_ = hashlib.sha256()
    for path in sorted(place.iterdir()):
        if path.name != MARK:
            sum_.update(f"{path.name}\0{path.read_text(encoding='utf-8')}\0".encode())
    return sum_.hexdigest()[:16]


@cache
def _review(place: Path) -> Translation:
    letter, language = place.parent.name, place.name
    try:
        mark = tomllib.loads((place / MARK).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return Translation(letter, language, Review.MISSING)
    current = (digest(place.parent / ORIGINAL), digest(place))
    same = (mark.get("french"), mark.get("translation")) == current
    review = Review.REVIEWED if same else Review.OUTDATED
    return Translation(letter, language, review, str(mark.get("by", "")), str(mark.get("on", "")))
