"""A call as it was noted, as it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum

from support.kernel.errors import Invalid, Problem
from support.people.identifying import Identity
from support.people.languages import offered_language
from support.people.normalising import email_address, foreigner_number, phone_number
from support.tickets.calling import WITHOUT_TICKET, WRAP_UPS, SpokenWith
from support.tickets.given import Given
from support.tickets.timeline import SpokenThrough

LONGEST_NOTE = 20_000
LONGEST_HELPER = 120


class Then(StrEnum):
    """What becomes of the ticket when the call ends."""

    CLOSE = "close"  # answered on the spot
    KEEP = "keep"  # something is left to do
    PASS_ON = "pass_on"  # left open, to be handed over to the next level
    NOTHING = "nothing"  # it was about no request: a wrong number, a call cut off


# What the call came to when nothing else is said.
USUAL = {Then.CLOSE: "answered", Then.KEEP: "needs_research", Then.PASS_ON: "handed_over"}
MOST_FURTHER = 3


@dataclass(frozen=True)
class Further:
    """Something else that the same caller speaks of: a ticket's reference, or a reason."""

    ticket: str = ""
    reason: str = ""
    note: str = ""
    solved: bool = False
    new: bool = False  # a new ticket was chosen, although there are open ones


@dataclass(frozen=True)
class Sheet:
    """A call as noted. ``key`` is drawn once per screen: sent twice, it is one call.

    The caller is ``person_id`` when they were found, otherwise what they say of themselves.
    ``ticket`` is the reference of the request that they call about, "" for a new one
    (``other_subject``: although they have open ones); then ``reason`` and ``procedure`` are
    codes of the catalogue; ``further`` is what else the same call is about. ``started_at`` is
    ISO 8601; ``wrap_up`` one of WRAP_UPS, or "" for the usual one of ``then``. ``articles``:
    those read out.
    ``through``, ``helper_*``, ``consent``: who speaks for the person (``SpokenWith``);
    ``remember_need``: the next one who speaks with them should know.
    """

    key: str
    agent_id: int
    started_at: str
    then: Then
    note: str = ""
    wrap_up: str = ""
    number: str = ""
    person_id: int | None = None
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    phone: str = ""
    foreigner_number: str = ""
    language: str = "fr"
    ticket: str = ""
    other_subject: bool = False
    reason: str = ""
    procedure: str = ""
    articles: tuple[Given, ...] = ()
    further: tuple[Further, ...] = ()
    phone_call_id: int | None = None
    call_back_id: int | None = None
    through: str = ""
    helper_name: str = ""
    helper_organisation: str = ""
    helper_language: str = ""
    consent: bool | None = None
    remember_need: bool = False

    @property
    def came_to(self) -> str:
        return self.wrap_up or USUAL.get(self.then, "")

    @property
    def spoken_with(self) -> SpokenWith | None:
        if self.through not in set(SpokenThrough):
            return None
        return SpokenWith(
            SpokenThrough(self.through),
            self.helper_name.strip(),
            self.helper_organisation.strip(),
            self.helper_language,
            self.consent,
        )

    @property
    def solved(self) -> bool:
        return self.then is Then.CLOSE

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> Sheet:
        read = json.loads(raw)
        read["then"] = Then(read["then"])
        read["articles"] = tuple(Given(*one) for one in read["articles"])
        read["further"] = tuple(Further(**one) for one in read.get("further", ()))
        return cls(**read)


def check(sheet: Sheet, *, has_open: bool = False) -> Identity | None:
    """Who a caller nobody knows says they are; None for one who was found.

    ``has_open``: the caller has open tickets, so that one of them or something else must be
    chosen. Raises Invalid with a problem for each field that is wrong by itself.
    """
    problems: list[Problem] = _spoken_problems(sheet)
    if sheet.then is Then.NOTHING:
        if sheet.came_to not in WITHOUT_TICKET:
            problems.append(Problem("call.wrap_up_without_ticket", "wrap_up"))
        if problems:
            raise Invalid(*problems)
        return None
    who = None if sheet.person_id is not None else _identity(sheet, problems)
    if has_open and not sheet.ticket and not sheet.other_subject:
        problems.append(Problem("call.ticket_missing", "ticket"))
    elif not sheet.ticket and not sheet.reason.strip():
        problems.append(Problem("call.reason_missing", "reason"))
    if not sheet.note.strip():
        problems.append(Problem("call.note_missing", "note"))
    if len(sheet.note) > LONGEST_NOTE:
        problems.append(Problem("field.too_long", "note", {"most": LONGEST_NOTE}))
    if sheet.came_to not in WRAP_UPS:
        problems.append(Problem("call.wrap_up_missing", "wrap_up"))
    for number, other in enumerate(sheet.further, 1):
        problems += _further_problems(other, number, has_open)
    if problems:
        raise Invalid(*problems)
    return who


def _further_problems(other: Further, number: int, has_open: bool) -> list[Problem]:
    found = []
    if has_open and not other.ticket and not other.new and not other.reason.strip():
        found.append(Problem("call.ticket_missing", f"ticket_{number}"))
    elif not other.ticket and not other.reason.strip():
        found.append(Problem("call.reason_missing", f"reason_{number}"))
    if not other.note.strip():
        found.append(Problem("call.note_missing", f"note_{number}"))
    if len(other.note) > LONGEST_NOTE:
        found.append(Problem("field.too_long", f"note_{number}", {"most": LONGEST_NOTE}))
    return found


def _spoken_problems(sheet: Sheet) -> list[Problem]:
    found = []
    if sheet.through and sheet.through not in set(SpokenThrough):
        found.append(Problem("field.choice", "through"))
    if sheet.through == SpokenThrough.THIRD_PARTY and sheet.consent is None:
        found.append(Problem("call.consent_missing", "consent"))
    for name in ("helper_name", "helper_organisation"):
        if len(getattr(sheet, name)) > LONGEST_HELPER:
            found.append(Problem("field.too_long", name, {"most": LONGEST_HELPER}))
    return found


def _identity(sheet: Sheet, problems: list[Problem]) -> Identity:
    if not sheet.family_name.strip():
        problems.append(Problem("call.name_missing", "family_name"))
    if not sheet.solved and not sheet.phone.strip() and not sheet.email.strip():
        problems.append(Problem("call.unreachable", "phone"))
    return Identity(
        given_name=sheet.given_name.strip(),
        family_name=sheet.family_name.strip(),
        language=_read(offered_language, sheet.language, problems) or "fr",
        phone=_read(phone_number, sheet.phone, problems),
        email=_read(email_address, sheet.email, problems),
        foreigner_number=_read(foreigner_number, sheet.foreigner_number, problems),
    )


def _read(reader: Callable[[str], str | None], typed: str, problems: list[Problem]) -> str | None:
    if not typed.strip():
        return None
    try:
        return reader(typed)
    except Invalid as refusal:
        problems.extend(refusal.problems)
        return None
