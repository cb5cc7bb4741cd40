"""One loaded ticket as rows: pure, and the same for the same seed and number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from stdnum import damm

from support.kernel.time import FAR_FUTURE
from web.load import words

Row = dict[str, Any]
OPEN_SHARE = 0.03  # of all tickets; the rest is archive
ESCALATED_SHARE = 0.12
YEARS = 4


@dataclass(frozen=True)
class Ground:
    """What exists already: identifiers of teams, agents and the catalogue."""

    front: Sequence[tuple[int, Sequence[int]]]  # (team, its agents)
    second: tuple[int, Sequence[int]]
    reasons: Sequence[tuple[int, str, int]]  # (id, field, answer hours)
    procedures: Sequence[int]
    persons: int  # how many persons there will be
    first_person: int
    loaded: int  # the greatest ticket number before
    until: datetime


@dataclass
class Rows:
    """The rows of some tickets, by table."""

    ticket: list[Row] = field(default_factory=list)
    ticket_access: list[Row] = field(default_factory=list)
    entry: list[Row] = field(default_factory=list)
    delivery: list[Row] = field(default_factory=list)
    clock: list[Row] = field(default_factory=list)


def reference(number: int, at: datetime) -> str:
    """Distinct for distinct numbers below ten million: a walk through all seven digits."""
    body = f"{at:%y%m}{(number * 7_654_321 + 1_234_567) % 10**7:07d}"
    return body + str(damm.calc_check_digit(body))


def shape(numbers: Iterator[int], ids: dict[str, Iterator[int]], ground: Ground, seed: int) -> Rows:
    rows = Rows()
    for number in numbers:
        _ticket(rows, number, ids, ground, Random(f"{seed}:{number}"))
    return rows


@dataclass(frozen=True)
class _Fate:
    """What becomes of one ticket."""

    created: datetime
    closed: datetime | None
    climbs: bool
    waiting: bool
    team: int
    owner: int | None
    reason: tuple[int, str, int]


def _ticket(
    rows: Rows, number: int, ids: dict[str, Iterator[int]], ground: Ground, rng: Random
) -> None:
    fate = _fate(ground, rng)
    ticket = _row(next(ids["ticket"]), number, fate, ground, rng)
    rows.ticket.append(ticket)
    rows.ticket_access.append({"ticket_id": ticket["id"], "team_id": fate.team})
    if fate.climbs:
        rows.ticket_access.append({"ticket_id": ticket["id"], "team_id": ground.second[0]})
    _clock(rows, ids, ticket, fate.reason[2])
    _entries(rows, ids, ticket, rng)


def _fate(ground: Ground, rng: Random) -> _Fate:
    # The newest tickets are the open ones, as in a centre that keeps up.
    is_open = rng.random() < OPEN_SHARE
    age = timedelta(days=rng.random() * (20 if is_open else 365 * YEARS), seconds=rng.random())
    created = ground.until - age
    team, agents = rng.choice(ground.front)
    taken = bool(agents) and (not is_open or rng.random() < 0.7)
    reason = rng.choice(ground.reasons)
    climbs = rng.random() < ESCALATED_SHARE
    return _Fate(
        created=created,
        closed=None if is_open else created + timedelta(hours=rng.random() * reason[2] * 3.5),
        climbs=climbs,
        waiting=is_open and not climbs and rng.random() < 0.2,
        team=team,
        owner=rng.choice(agents) if taken else None,
        reason=reason,
    )


def _row(number_id: int, number: int, fate: _Fate, ground: Ground, rng: Random) -> Row:
    is_open = fate.closed is None
    away = is_open and fate.climbs
    promised = fate.created + timedelta(hours=fate.reason[2] * 3)
    return {
        "id": number_id,
        "reference": reference(number, fate.created),
        "subject": rng.choice(words.SUBJECTS),
        "state": _state(is_open, away, fate.waiting, fate.owner),
        "is_open": is_open,
        "channel": rng.choice(("form", "form", "email", "email", "phone")),
        "language": rng.choice(words.LANGUAGES),
        "person_id": ground.first_person + rng.randrange(ground.persons),
        "procedure_id": rng.choice(ground.procedures),
        "reason_id": fate.reason[0],
        "field": fate.reason[1],
        "priority": rng.choice(("low", "normal", "normal", "normal", "high")),
        "department": rng.choice(words.DEPARTMENTS),
        "level": 2 if away else 1,
        "team_id": ground.second[0] if away else fate.team,
        "team_since": fate.created,
        "owner_id": None if away else fate.owner,
        "home_team_id": fate.team,
        "home_owner_id": fate.owner,
        "created_at": fate.created,
        "first_received_at": fate.created,
        "updated_at": fate.closed or fate.created,
        "promised_at": promised,
        "sort_due": promised if is_open and not fate.waiting else FAR_FUTURE,
        "closed_at": fate.closed,
        "closed_how": None if is_open else "answered",
        "chasers": rng.choice((0, 0, 0, 1, 2)),
        "reopenings": 0,
        "follow_salt": f"{rng.getrandbits(64):016x}",
    }


def _state(is_open: bool, away: bool, waiting: bool, owner: int | None) -> str:
    if not is_open:
        return "closed"
    if away:
        return "escalated"
    if waiting:
        return "waiting_person"
    return "in_progress" if owner else "new"


def _clock(rows: Rows, ids: dict[str, Iterator[int]], ticket: Row, hours: int) -> None:
    ended, due = ticket["closed_at"], ticket["promised_at"]
    paused = ticket["state"] == "waiting_person"
    rows.clock.append(
        {
            "id": next(ids["clock"]),
            "ticket_id": ticket["id"],
            "kind": "answer",
            "calendar_code": "contact_centre",
            "budget_minutes": hours * 60,
            "started_at": ticket["created_at"],
            "deadline": None if paused else due,
            "paused_at": ticket["created_at"] if paused else None,
            "left_minutes": hours * 30 if paused else None,
            "stopped_at": ended,
            "kept": None if ended is None else ended <= due,
            # Told already: a freshly loaded archive must not set off ten thousand sweeps.
            "breached_at": due if due < (ended or ticket["updated_at"]) else None,
        }
    )


def _entries(rows: Rows, ids: dict[str, Iterator[int]], ticket: Row, rng: Random) -> None:
    at = ticket["created_at"]
    count = rng.choice((2, 3, 4, 4, 5, 6, 8))
    for position in range(count):
        kind = "message" if position == 0 else rng.choice(("reply", "reply", "message", "note"))
        entry_id = next(ids["entry"])
        at += timedelta(hours=rng.random() * 6)
        mine = kind in ("reply", "note")
        said = rng.choice(words.REPLIES) if mine else " ".join(rng.sample(words.SENTENCES, 4))
        rows.entry.append(
            {
                "id": entry_id,
                "ticket_id": ticket["id"],
                "kind": kind,
                "channel": None if kind == "note" else "email",
                "author_person_id": None if mine else ticket["person_id"],
                "author_agent_id": ticket["home_owner_id"] if mine else None,
                "text": said,
                "full_text": None,
                "html": None,
                "event": None,
                "data": {},
                "message_id": None if kind == "note" else f"<load.{entry_id}@example.org>",
                "received_id": None,
                "once_key": None,
                "created_at": at,
            }
        )
        if kind == "reply":
            rows.delivery.append(
                {
                    "id": next(ids["delivery"]),
                    "entry_id": entry_id,
                    "address": "archive@example.org",
                    "state": "sent",
                    "attempts": 1,
                    "last_words": None,
                    "sent_at": at,
                }
            )
    ticket["last_entry_id"] = rows.entry[-1]["id"]
