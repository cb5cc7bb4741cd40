"""What an agent fills in about somebody's problem, and the readable message it becomes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from flask_babel import gettext as _

from support.kernel.errors import Invalid, Problem
from support.tickets.journal import FileDraft
from web.desk.labels import item_label
from web.reading_args import number

LONGEST_TEXT = 20_000
LONGEST_LINE = 500
MOST_DOSSIERS = 100_000
SUBJECT = 90  # characters: what a row of the queue shows at once


@dataclass(frozen=True)
class Sheet:
    """Everything as typed. ``key`` is drawn once per form shown: sent twice, it is one request.

    ``reason`` and ``procedure`` are codes of the catalogue; ``affected`` a number, as text.
    """

    key: str
    reason: str = ""
    procedure: str = ""
    text: str = ""
    exact_message: str = ""
    step_reached: str = ""
    browser: str = ""
    affected: str = ""
    dossiers: str = ""
    files: Sequence[FileDraft] = field(default_factory=tuple)

    def as_json(self, **more: object) -> bytes:
        return json.dumps({**asdict(self), **more}, ensure_ascii=False, sort_keys=True).encode()


def problems(sheet: Sheet) -> list[Problem]:
    """What is missing or too long, with the field of each."""
    found = [
        Problem("field.required", name)
        for name in ("reason", "text")
        if not getattr(sheet, name).strip()
    ]
    for name, most in (
        ("text", LONGEST_TEXT),
        ("exact_message", LONGEST_TEXT),
        ("dossiers", LONGEST_TEXT),
        ("step_reached", LONGEST_LINE),
        ("browser", LONGEST_LINE),
    ):
        if len(getattr(sheet, name)) > most:
            found.append(Problem("field.too_long", name, {"most": most}))
    if sheet.affected.strip() and _number(sheet.affected) is None:
        found.append(Problem("field.number", "affected", {"most": MOST_DOSSIERS}))
    return found


def check(sheet: Sheet) -> None:
    """Raises Invalid with a problem for each wrong field."""
    found = problems(sheet)
    if found:
        raise Invalid(*found)


def readable(sheet: Sheet) -> str:
    """The first message of the ticket: what happens, then each fact on a line of its own."""
    lines = [f"{label} : {value}" for label, value in _facts(sheet).items()]
    return "\n\n".join(part for part in (sheet.text.strip(), "\n".join(lines)) if part)


def known_items(sheet: Sheet) -> dict[str, str]:
    """The facts under the names that a hand-over asks for, so that nobody types them again."""
    given = {
        "exact_message": sheet.exact_message,
        "step_reached": sheet.step_reached,
        "browser": sheet.browser,
        "dossier_number": ", ".join(dossier_numbers(sheet)),
    }
    return {code: value.strip() for code, value in given.items() if value.strip()}


def subject_of(text: str) -> str:
    """The first sentence, so that a list of tickets says what each is about."""
    first = re.split(r"(?<=[.!?])\s|\n", text.strip(), maxsplit=1)[0].strip().rstrip(".")
    if len(first) <= SUBJECT:
        return first
    return first[:SUBJECT].rsplit(" ", 1)[0] + "…"


def dossier_numbers(sheet: Sheet) -> list[str]:
    """The numbers as typed, one by one: they come separated by commas, spaces or lines."""
    return [word for word in re.split(r"[\s,;]+", sheet.dossiers) if word]


def _facts(sheet: Sheet) -> Mapping[str, str]:
    affected = _number(sheet.affected)
    facts = {
        item_label("exact_message"): sheet.exact_message.strip(),
        item_label("step_reached"): sheet.step_reached.strip(),
        item_label("browser"): sheet.browser.strip(),
        _("Dossiers concernés"): str(affected) if affected is not None else "",
        _("Numéros"): ", ".join(dossier_numbers(sheet)),
    }
    return {label: value for label, value in facts.items() if value}


def _number(typed: str) -> int | None:
    digits = re.sub(r"[\s.]", "", typed)
    return number(digits, MOST_DOSSIERS) or None
