"""One thing that a telephone exchange says of a call, read from what it sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from channels.phone.calls import Direction
from channels.phone.numbers import Dialled, read_number
from support.kernel.errors import Invalid, Problem
from support.people.normalising import fold

LONGEST_ID = 160
MOST_USERS = 50


class Happened(StrEnum):
    RINGS = "rings"
    ANSWERED = "answered"
    PASSED_ON = "passed_on"
    HUNG_UP = "hung_up"


# What exchanges call it, without capitals and signs.
_WORDS = {
    Happened.RINGS: ("newcall", "new", "ring", "ringing", "incoming", "incomingcall", "start"),
    Happened.ANSWERED: ("answer", "answered", "accept", "accepted", "callaccepted", "pickup",
                        "connected", "established"),
    Happened.PASSED_ON: ("transfer", "transferred", "forward", "forwarded", "redirect"),
    Happened.HUNG_UP: ("hangup", "hungup", "hangupcall", "end", "ended", "terminated", "bye",
                       "completed", "missed", "noanswer", "cancel", "cancelled", "busy"),
}  # fmt: skip
EVENTS = {name: what for what, names in _WORDS.items() for name in names}
# Events that say by themselves how it ended.
_IMPLIED_CAUSE = {
    "missed": "noanswer",
    "noanswer": "noanswer",
    "cancel": "cancel",
    "cancelled": "cancel",
    "busy": "busy",
}
_OUT = frozenset({"out", "outgoing", "outbound"})


@dataclass(frozen=True)
class Event:
    """``what`` is None for an event that means nothing to us. ``users``: the agents it names."""

    call_id: str
    what: Happened | None
    direction: Direction
    caller: Dialled
    called: Dialled
    users: tuple[str, ...] = ()
    answering: str = ""
    queue: str = ""
    cause: str = ""
    original_call_id: str = ""
    said_direction: bool = True

    @property
    def other_party(self) -> Dialled:
        return self.caller if self.direction is Direction.IN else self.called


def check_event(sent: Mapping[str, Any]) -> None:
    """Raises Invalid with a problem for each field without which nothing can be understood."""
    problems = [
        Problem("field.required", name) for name in ("event", "callId") if not _one(sent, name)
    ]
    if len(_one(sent, "callId")) > LONGEST_ID:
        problems.append(Problem("field.too_long", "callId", {"most": LONGEST_ID}))
    if problems:
        raise Invalid(*problems)


def read_event(raw: bytes) -> Event:
    """The event in what was kept (a JSON object)."""
    sent = json.loads(raw)
    name = _name(_one(sent, "event"))
    direction = _name(_one(sent, "direction"))
    cause = _name(_one(sent, "cause")) or _IMPLIED_CAUSE.get(name, "")
    return Event(
        call_id=_one(sent, "callId"),
        what=EVENTS.get(name),
        direction=Direction.OUT if direction in _OUT else Direction.IN,
        caller=read_number(_one(sent, "from")),
        called=read_number(_one(sent, "to")),
        users=_users(sent),
        answering=_one(sent, "answeringNumber")[:120],
        queue=_one(sent, "queue")[:80],
        cause=cause[:40],
        original_call_id=_one(sent, "originalCallId")[:LONGEST_ID],
        said_direction=bool(direction),
    )


def as_json(sent: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(sent), ensure_ascii=False, sort_keys=True).encode()


def _users(sent: Mapping[str, Any]) -> tuple[str, ...]:
    """One or several, whichever way they are written; a transfer's target among them."""
    found: list[str] = []
    for name in ("user", "user[]", "users", "userId", "transferTo", "target"):
        value = sent.get(name)
        many = value if isinstance(value, list) else [] if value is None else [value]
        found += [str(one).strip()[:254] for one in many if str(one).strip()]
    return tuple(dict.fromkeys(found))[:MOST_USERS]


def _one(sent: Mapping[str, Any], name: str) -> str:
    """The text under ``name``, however its letters are cased: callId, call_id, callid."""
    value = sent.get(name)
    if value is None:
        wanted = _name(name)
        value = next((v for key, v in sent.items() if _name(str(key)) == wanted), "")
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = value[0] if value else ""
    return "" if isinstance(value, (dict, bool)) or value is None else str(value).strip()


def _name(text: str) -> str:
    return fold(text).replace(" ", "")
