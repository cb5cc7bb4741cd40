"""Reading the demonstration's files: plain values out, nothing written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.intake.models import Channel
from web.seeds.reading import Organisation, read_organisation, read_yaml

DATA = Path(__file__).parent / "data"
ARTICLES = DATA / "articles"
FRANCE_SERVICES = DATA / "france_services.csv"

# What a step of a thread may be: the first of these keys that it has.
STEP_KINDS = (
    "person", "call_note", "note", "reply", "escalate", "level_reply", "ask_missing",
    "level_return", "pass_up", "chaser", "wait", "close", "reopen",
)  # fmt: skip


class BadThread(ValueError):
    """A thread of the demonstration cannot be played: the message names it."""


@dataclass(frozen=True)
class Step:
    """One thing that happens. ``what`` is one of STEP_KINDS, ``value`` what the file says of it.

    ``after_hours``: since the step before, working hours for staff and plain ones for persons.
    """

    what: str
    value: Any
    after_hours: float
    more: Mapping[str, Any]

    @property
    def text(self) -> str:
        return self.value.strip() if isinstance(self.value, str) else ""


@dataclass(frozen=True)
class Thread:
    """One story, told many times with other people.

    ``requester``: person (an employer is one too) or referent, of ``requester_team`` if named.
    """

    id: str
    reason: str
    procedures: Sequence[str]
    channels: Sequence[Channel]
    language: str
    subjects: Sequence[str]
    weight: int
    requester: str
    requester_team: str | None
    ends: str
    steps: Sequence[Step]


def read_people() -> Sequence[Mapping[str, Any]]:
    return list(read_yaml(DATA / "people.yaml")["people"])


def read_mails() -> Sequence[Mapping[str, Any]]:
    """Those that wait for a person, then those that only the ledger shows."""
    read = read_yaml(DATA / "mails_to_sort.yaml")
    return [*read["mails"], *read["ledger"]]


def read_news() -> Mapping[str, Any]:
    """Known issues and announcements."""
    found: Mapping[str, Any] = read_yaml(DATA / "news.yaml")
    return found


def read_demo_organisation() -> Organisation:
    return read_organisation(DATA / "organisation.yaml")


def read_threads(folder: Path = DATA / "threads") -> Sequence[Thread]:
    """Every thread, in the order of their files. Raises BadThread."""
    found = [_thread(row) for path in sorted(folder.glob("*.yaml")) for row in read_yaml(path)]
    if not found:
        raise BadThread(f"no thread in {folder}")
    return found


def _thread(row: Mapping[str, Any]) -> Thread:
    requester = "referent" if row.get("requester") == "referent" else "person"
    usual = ["staff"] if requester == "referent" else ["form", "email"]
    return Thread(
        id=row["id"],
        reason=row["reason"],
        procedures=many(row.get("procedure")),
        channels=[_CHANNELS[name] for name in many(row.get("channels")) or usual],
        language=row.get("language", "fr"),
        subjects=many(row["subject"]),
        weight=int(row.get("weight", 1)),
        requester=requester,
        requester_team=row.get("requester_team"),
        ends=row.get("ends", "closed"),
        steps=[_step(row["id"], step) for step in row["steps"]],
    )


def _step(thread: str, row: Mapping[str, Any]) -> Step:
    what = next((kind for kind in STEP_KINDS if kind in row), None)
    if what is None:
        raise BadThread(f"{thread}: a step is none of {', '.join(STEP_KINDS)}")
    more = {key: value for key, value in row.items() if key not in (what, "after_hours")}
    return Step(what, row[what], float(row.get("after_hours", 1)), more)


def many(value: Any) -> list[Any]:
    """What the files write as one value, a list of them, or nothing."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


_CHANNELS = {channel.value: channel for channel in Channel}
