"""What the public form asks besides the words: the questions there are, and reading answers.

Which reason asks which is data (``ContactReason.questions``). Pages give each its words. None is
required: a person who does not know must be able to send.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from support.catalogue.models import ContactReason
from support.kernel.errors import Invalid, Problem
from support.kernel.time import now
from support.people.normalising import email_address, western_digits
from support.tickets.facts import AccountStatus

ZONE = ZoneInfo("Europe/Paris")
PREFIX = "q-"  # of the field's name on the page


class Kind(StrEnum):
    SHORT = "short"
    LONG = "long"
    CODE = "code"  # letters and digits of an official number
    EMAIL = "email"
    DATE = "date"
    PAST = "past"  # a date that has come
    STATUS = "status"
    DEPARTMENT = "department"


QUESTIONS: Mapping[str, Kind] = {
    "step_reached": Kind.SHORT,
    "exact_message": Kind.LONG,
    "browser": Kind.SHORT,
    "tried": Kind.LONG,
    "account_status": Kind.STATUS,
    "account_email": Kind.EMAIL,
    "deposit_date": Kind.PAST,
    "expiry_date": Kind.DATE,
    "entry_date": Kind.PAST,
    "appointment_date": Kind.DATE,
    "visa_number": Kind.CODE,
    "ephoto_code": Kind.CODE,
    "department": Kind.DEPARTMENT,
}
LONGEST = {Kind.SHORT: 200, Kind.LONG: 2000, Kind.CODE: 40}


def asked_for(reason: ContactReason | None) -> Sequence[str]:
    """The questions of a reason, in its order; a code that we do not know is left out."""
    return [code for code in (reason.questions or ()) if code in QUESTIONS] if reason else []


def read_answers(typed: Mapping[str, str]) -> dict[str, str]:
    """What was answered, normalised: dates as ISO, digits of any keyboard as ours.

    Raises Invalid with a problem for each wrong one, at the field ``q-<code>``.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for code, kind in QUESTIONS.items():
        words = typed.get(code, "").strip()
        if not words:
            continue
        try:
            found[code] = _READERS.get(kind, _text(kind))(words)
        except Invalid as refusal:
            problems += [Problem(p.code, PREFIX + code, p.params) for p in refusal.problems]
    if problems:
        raise Invalid(*problems)
    return found


def read_day(words: str) -> date:
    """« 2026-12-31 », « 31/12/2026 », « 31.12.26 ». Raises Invalid ``date.invalid``."""
    plain = re.sub(r"[\s./-]+", "-", western_digits(words).strip())
    for form in ("%Y-%m-%d", "%d-%m-%Y", "%d-%m-%y"):
        try:
            day = datetime.strptime(plain, form).date()
        except ValueError:
            continue
        if 1950 <= day.year <= 2100:
            return day
    raise Invalid.of("date.invalid")


def _date(words: str) -> str:
    return read_day(words).isoformat()


def _past(words: str) -> str:
    day = read_day(words)
    if day > now().astimezone(ZONE).date():
        raise Invalid.of("date.future")
    return day.isoformat()


def _status(words: str) -> str:
    if words not in set(AccountStatus):
        raise Invalid.of("field.choice")
    return words


def _department(words: str) -> str:
    """« 69 », « 2A », « 974 », or the beginning of a postal code. Raises Invalid."""
    plain = re.sub(r"\s", "", western_digits(words)).upper()
    if re.fullmatch(r"\d", plain):
        plain = f"0{plain}"
    found = re.match(r"(97[1-8]|98[678]|2[AB]|(?!00|20|96|97|98|99)\d\d)(\d\d\d?)?$", plain)
    if found is None and re.fullmatch(r"20\d{3}", plain):
        return "2A" if plain < "20200" else "2B"  # the postal codes of Corsica
    if found is None or (found[2] and len(plain) != 5):
        raise Invalid.of("department.invalid")
    return found[1]


def _text(kind: Kind) -> Callable[[str], str]:
    most = LONGEST.get(kind, LONGEST[Kind.LONG])

    def read(words: str) -> str:
        if len(words) > most:
            raise Invalid.of("field.too_long", most=most)
        return re.sub(r"\s", "", western_digits(words)).upper() if kind is Kind.CODE else words

    return read


_READERS: Mapping[Kind, Callable[[str], str]] = {
    Kind.EMAIL: email_address,
    Kind.DATE: _date,
    Kind.PAST: _past,
    Kind.STATUS: _status,
    Kind.DEPARTMENT: _department,
}
