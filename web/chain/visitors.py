"""Who is at the counter, when nobody knows them yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from support.kernel.errors import Invalid, Problem
from support.people.identifying import Identity
from support.people.languages import offered_language
from support.people.normalising import email_address, foreigner_number, phone_number

NEW = "nouvelle"  # what stands for « a new person » among those found
NAMES = ("given_name", "family_name", "email", "phone", "foreigner_number", "language")


def identity(values: Mapping[str, str], department: str | None = None) -> Identity:
    """Raises Invalid with a problem for each wrong field. Somebody may have no way to be
    reached: the help point then reads them the answer."""
    problems: list[Problem] = []
    if not values["family_name"].strip():
        problems.append(Problem("field.required", "family_name"))
    email = _read(email_address, values["email"], problems)
    phone = _read(phone_number, values["phone"], problems)
    number = _read(foreigner_number, values["foreigner_number"], problems)
    language = _read(offered_language, values["language"], problems) or "fr"
    if problems:
        raise Invalid(*problems)
    return Identity(
        given_name=values["given_name"].strip()[:120],
        family_name=values["family_name"].strip()[:120],
        email=email,
        phone=phone,
        foreigner_number=number,
        language=language,
        department=department,
    )


def _read(reader: Callable[[str], str | None], typed: str, problems: list[Problem]) -> str | None:
    if not typed.strip():
        return None
    try:
        return reader(typed)
    except Invalid as refusal:
        problems.extend(refusal.problems)
        return None
