"""What a person wrote on the public form, as it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from channels.contact_form.questions import read_answers
from support.kernel.errors import Invalid, Problem
from support.people.identifying import Identity
from support.people.languages import offered_language
from support.people.normalising import email_address, foreigner_number, phone_number
from support.tickets.journal import FileDraft

LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Sheet:
    """The form as typed. ``key`` is drawn once per form shown: sent twice, it is one request.

    ``reason`` and ``procedure`` are codes of the catalogue. ``answers``: by question.
    ``seen``: the titles of the articles that the person had before them and wrote all the same.
    """

    key: str
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    phone: str = ""
    foreigner_number: str = ""
    language: str = "fr"
    reason: str = ""
    procedure: str = ""
    dossier_number: str = ""
    text: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[FileDraft] = field(default_factory=tuple)
    seen: Sequence[str] = ()

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> Sheet:
        read = json.loads(raw)
        read["files"] = tuple(FileDraft(**f) for f in read["files"])
        return cls(**read)


def check(sheet: Sheet) -> Identity:
    """Who the sheet says it is from. Raises Invalid with a problem for each wrong field."""
    problems: list[Problem] = []
    for name in ("family_name", "reason", "text"):
        if not getattr(sheet, name).strip():
            problems.append(Problem("field.required", name))
    if not sheet.email.strip() and not sheet.phone.strip():
        problems.append(Problem("contact.none", "email"))
    if len(sheet.text) > LONGEST_TEXT:
        problems.append(Problem("field.too_long", "text", {"most": LONGEST_TEXT}))
    read = {
        "email": _read(email_address, sheet.email, problems),
        "phone": _read(phone_number, sheet.phone, problems),
        "foreigner_number": _read(foreigner_number, sheet.foreigner_number, problems),
    }
    try:
        read_answers(sheet.answers)
    except Invalid as refusal:
        problems.extend(refusal.problems)
    language = _read(offered_language, sheet.language, problems) or "fr"
    if problems:
        raise Invalid(*problems)
    return Identity(
        given_name=sheet.given_name.strip(),
        family_name=sheet.family_name.strip(),
        language=language,
        **read,
    )


def _read(reader: Callable[[str], str | None], typed: str, problems: list[Problem]) -> str | None:
    if not typed.strip():
        return None
    try:
        return reader(typed)
    except Invalid as refusal:
        problems.extend(refusal.problems)
        return None
