"""Where a thread leaves its ticket after each step, told without playing it.

So that stories can be cut short and give a centre with work in every state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from support.tickets.models import State
from web.demo.reading import BadThread, Step, Thread

CENTRE, PROJECT, BUSINESS = 1, 2, 3
# A step that follows within this many hours belongs to the one before: no cut between them.
APART_HOURS = 1.0


class Lands(StrEnum):
    """How a ticket of the demonstration stands today."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RETURNED = "returned"  # to the team that answers the requester
    RETURNED_BETWEEN = "returned_between"  # from the business directorate to the project's
    ESCALATED_2 = "escalated_2"
    ESCALATED_3 = "escalated_3"
    REOPENED = "reopened"
    CLOSED = "closed"


@dataclass(frozen=True)
class Standing:
    """``path``: the levels that have it, the one that answers first and the holder last."""

    state: State
    path: tuple[int, ...]

    @property
    def lands(self) -> Lands:
        if self.state is State.ESCALATED:
            return Lands.ESCALATED_3 if self.path[-1] == BUSINESS else Lands.ESCALATED_2
        if self.state is State.RETURNED:
            return Lands.RETURNED if len(self.path) == 1 else Lands.RETURNED_BETWEEN
        return _PLAIN[self.state]


@dataclass(frozen=True)
class Cut:
    """The first ``length`` steps of a thread; ``whole`` when that is all of it."""

    thread: Thread
    length: int
    lands: Lands

    @property
    def steps(self) -> Sequence[Step]:
        return self.thread.steps[: self.length]

    @property
    def handed_to(self) -> str | None:
        """The team to which it was last handed over."""
        found = [s.value["to"] for s in self.steps if s.what in ("escalate", "pass_up")]
        return found[-1] if found else None

    @property
    def whole(self) -> bool:
        return self.length == len(self.thread.steps)


def cuts(thread: Thread) -> Iterator[Cut]:
    """Every place where a story may stand today. Raises BadThread for an impossible step."""
    for length, standing in enumerate(standings(thread), start=1):
        following = thread.steps[length : length + 1]
        if not following or following[0].after_hours >= APART_HOURS:
            yield Cut(thread, length, standing.lands)


def standings(thread: Thread) -> list[Standing]:
    """How the ticket stands after each step."""
    home = PROJECT if thread.requester == "referent" else CENTRE
    now = Standing(State.NEW, (home,))
    found = []
    for number, step in enumerate(thread.steps):
        now = _first(step, now, thread) if number == 0 else _after(step, now, thread)
        found.append(now)
    return found


def _first(step: Step, now: Standing, thread: Thread) -> Standing:
    if step.what not in ("person", "call_note"):
        raise BadThread(f"{thread.id}: it begins with {step.what}")
    return replace(now, state=State.IN_PROGRESS) if step.what == "call_note" else now


def _after(step: Step, now: Standing, thread: Thread) -> Standing:
    if step.what in ("person", "chaser", "reopen", "call_note"):
        return _heard(now)
    if step.what in ("escalate", "pass_up"):
        level = BUSINESS if step.value["to"] != "dp" else PROJECT
        return Standing(State.ESCALATED, (*now.path, level))
    if step.what in ("level_reply", "ask_missing", "level_return"):
        if len(now.path) < 2:
            raise BadThread(f"{thread.id}: {step.what} of a ticket that nobody handed over")
        return Standing(State.RETURNED, now.path[:-1])
    return _worked_on(step, now, thread)


def _heard(now: Standing) -> Standing:
    moves = {State.CLOSED: State.REOPENED, State.WAITING_PERSON: State.IN_PROGRESS}
    return replace(now, state=moves.get(now.state, now.state))


def _worked_on(step: Step, now: Standing, thread: Thread) -> Standing:
    away = len(now.path) > 1
    if step.what == "close":
        if away:
            raise BadThread(f"{thread.id}: closed while a higher level has it")
        return replace(now, state=State.CLOSED)
    if away:
        return now
    if step.what == "wait" or step.more.get("wait"):
        return replace(now, state=State.WAITING_PERSON)
    if step.what == "note":
        return replace(now, state=State.IN_PROGRESS) if now.state is State.NEW else now
    answered = (State.NEW, State.REOPENED, State.RETURNED)
    return replace(now, state=State.IN_PROGRESS) if now.state in answered else now


_PLAIN = {
    State.NEW: Lands.NEW,
    State.IN_PROGRESS: Lands.IN_PROGRESS,
    State.WAITING_PERSON: Lands.WAITING,
    State.REOPENED: Lands.REOPENED,
    State.CLOSED: Lands.CLOSED,
}
