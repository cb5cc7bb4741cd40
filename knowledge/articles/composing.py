"""What one reader sees of an article on one day: a text written once for several readers.

An article holds passages for some readers, some days, some départements or nationalities::

    ::: agents
    Only agents read this.
    :::

    ::: à partir du 2027-01-01
    From the first of January on.
    :::

    ::: département 75, 92 ; jusqu'au 2026-12-31
    …
    :::

and the blocks that several articles share, by their names: ``{{timbre-fiscal}}``. Pure: what is
needed from the database is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from knowledge.articles.models import Audience
from knowledge.folding import fold

BLOCK_NAME = re.compile(r"\{\{\s*([a-z0-9]+(?:-[a-z0-9]+)*)\s*\}\}")
_OPENING = re.compile(r"^:::[ \t]*(\S.*?)[ \t]*$")
_CLOSING = re.compile(r"^:::[ \t]*$")
_FENCE = re.compile(r"^(```|~~~)")
READERS = {
    "agents": Audience.STAFF,
    "dp anef": Audience.PROGRAMME,
    "directions": Audience.DIRECTORATE,
}
_FROM = re.compile(r"^(?:a partir du|depuis le|des le)\s+(.+)$")
_UNTIL = re.compile(r"^jusqu.?\s*au\s+(.+)$")
_DEPARTEMENTS = re.compile(r"^departements?\s+(.+)$")
_NATIONALITIES = re.compile(r"^nationalites?\s+(.+)$")
_CODE = re.compile(r"^(?:\d{2,3}|2[ab])$")
_FRENCH_DAY = re.compile(r"^(\d{1,2})(?:er)?[/ ](\d{1,2})[/ ](\d{4})$")


@dataclass(frozen=True)
class Condition:
    """When a passage is read. ``begins`` and ``ends`` are its first and last day, included."""

    audience: Audience = Audience.PUBLIC
    begins: date | None = None
    ends: date | None = None
    departements: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Who reads, and when. What is not known of a person leaves every case in, each announced."""

    audience: Audience
    on: date
    departement: str | None = None
    nationality: str | None = None


@dataclass(frozen=True)
class Cases:
    """Départements and nationalities, as the text names them."""

    departements: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.departements or self.nationalities)


NO_CASES = Cases()


@dataclass(frozen=True)
class Passage:
    """Lines that stand under one condition, or under none. ``line``: where they begin, from 1."""

    condition: Condition | None
    lines: list[str] = field(default_factory=list)
    line: int = 1


@dataclass(frozen=True)
class Wrong:
    """What cannot be understood, for whoever writes: a code of ``passage.*`` and its line."""

    code: str
    line: int
    said: str


def compose(markdown: str, reading: Reading, blocks: Mapping[str, str]) -> str:
    """The Markdown that ``reading`` sees. A block that is not there leaves nothing."""
    parts = []
    for passage in passages(markdown):
        if passage.condition is None:
            parts.append("\n".join(passage.lines))
        elif _holds(passage.condition, reading):
            parts.append(_announced(passage, reading))
    text = "\n".join(parts) if parts else ""
    return BLOCK_NAME.sub(lambda found: blocks.get(found[1], "").strip(), text)


def passages(markdown: str) -> list[Passage]:
    """The text in its passages. What is under a condition that cannot be understood is kept from
    all but the directorates: rather hidden than shown to those it was not meant for.
    """
    return _Reader(markdown).passages


def problems(markdown: str) -> list[Wrong]:
    """Everything that :func:`passages` could not understand."""
    return _Reader(markdown).wrong


def block_names(markdowns: Iterable[str]) -> set[str]:
    """The names of the shared blocks that these texts show."""
    return {found[1] for text in markdowns for found in BLOCK_NAME.finditer(text)}


def audiences(markdown: str) -> set[Audience]:
    """Those for whom a passage of the text is meant alone."""
    return {p.condition.audience for p in passages(markdown) if p.condition is not None}


def next_change(markdown: str, after: date) -> date | None:
    """The first day later than ``after`` on which a passage begins, or is over."""
    days = [day for day in _turning_days(markdown) if day > after]
    return min(days, default=None)


def cases(markdown: str, reading: Reading) -> Cases:
    """The cases between which the text distinguishes for who reads it, whichever they are in."""
    anyone = replace(reading, departement=None, nationality=None)
    held = [
        passage.condition
        for passage in passages(markdown)
        if passage.condition is not None and _holds(passage.condition, anyone)
    ]
    departements = {code for one in held for code in one.departements}
    nationalities = {name for one in held for name in one.nationalities}
    return Cases(tuple(sorted(departements)), tuple(sorted(nationalities)))


def _turning_days(markdown: str) -> Iterator[date]:
    for passage in passages(markdown):
        if passage.condition is not None:
            if passage.condition.begins is not None:
                yield passage.condition.begins
            if passage.condition.ends is not None:
                yield date.fromordinal(passage.condition.ends.toordinal() + 1)


def _holds(condition: Condition, reading: Reading) -> bool:
    order = list(Audience)
    if order.index(condition.audience) > order.index(reading.audience):
        return False
    if condition.begins is not None and reading.on < condition.begins:
        return False
    if condition.ends is not None and reading.on > condition.ends:
        return False
    return _among(reading.departement, condition.departements) and _among(
        reading.nationality, condition.nationalities
    )


def _among(known: str | None, wanted: tuple[str, ...]) -> bool:
    return not wanted or known is None or fold(known) in {fold(one) for one in wanted}


def _announced(passage: Passage, reading: Reading) -> str:
    """The passage, as a note that says whom it concerns where that is not known."""
    assert passage.condition is not None
    said = []
    if passage.condition.departements and reading.departement is None:
        said.append("Département " + ", ".join(passage.condition.departements))
    if passage.condition.nationalities and reading.nationality is None:
        said.append("Nationalité " + ", ".join(passage.condition.nationalities))
    text = "\n".join(passage.lines).strip("\n")
    if passage.condition.audience is not Audience.PUBLIC:
        names = {audience: name for name, audience in READERS.items()}
        said.insert(0, f"Pour : {names[passage.condition.audience]}")
    if not said:
        return text
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    return f"\n> **{' ; '.join(said)}**\n>\n{quoted}\n"


class _Reader:
    """Goes through the lines once, noting what is wrong and going on."""

    def __init__(self, markdown: str) -> None:
        self.passages = [Passage(None)]
        self.wrong: list[Wrong] = []
        self._opened: tuple[int, str] | None = None
        self._fenced = False
        for number, line in enumerate(markdown.split("\n"), 1):
            self._take(number, line)
        self._close()

    def _take(self, number: int, line: str) -> None:
        if _FENCE.match(line):
            self._fenced = not self._fenced
        opening = None if self._fenced else _OPENING.match(line)
        if opening:
            if self._opened is not None:
                self.wrong.append(Wrong("passage.inside_another", number, opening[1]))
            self._opened = (number, opening[1])
            self.passages.append(Passage(self._condition(number, opening[1]), [], number))
        elif not self._fenced and _CLOSING.match(line):
            if self._opened is None:
                self.wrong.append(Wrong("passage.nothing_to_close", number, ":::"))
            self._opened = None
            self.passages.append(Passage(None, [], number + 1))
        else:
            self.passages[-1].lines.append(line)

    def _close(self) -> None:
        if self._opened is not None:
            self.wrong.append(Wrong("passage.unclosed", *self._opened))

    def _condition(self, number: int, said: str) -> Condition:
        condition = Condition()
        for part in said.split(";"):
            try:
                condition = _with(condition, part)
            except ValueError:
                self.wrong.append(Wrong("passage.unknown", number, part.strip()))
                condition = replace(condition, audience=Audience.DIRECTORATE)
        return condition


def _with(condition: Condition, part: str) -> Condition:
    """``condition`` and what ``part`` asks besides. Raises ValueError."""
    said = " ".join(fold(part).replace("’", "'").split())
    if said in READERS:
        return replace(condition, audience=READERS[said])
    if begins := _FROM.match(said):
        return replace(condition, begins=_day(begins[1]))
    if ends := _UNTIL.match(said):
        return replace(condition, ends=_day(ends[1]))
    if places := _DEPARTEMENTS.match(said):
        codes = tuple(code.strip().upper() for code in places[1].split(","))
        if all(_CODE.match(code.lower()) for code in codes):
            return replace(condition, departements=codes)
    elif _NATIONALITIES.match(said):
        names = re.sub(r"^\s*\S+\s+", "", part.strip(), count=1)
        named = tuple(n.strip() for n in names.split(",") if n.strip())
        return replace(condition, nationalities=named)
    raise ValueError(part)


def _day(said: str) -> date:
    french = _FRENCH_DAY.match(said)
    if french:
        return date(int(french[3]), int(french[2]), int(french[1]))
    return date.fromisoformat(said)
