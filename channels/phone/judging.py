"""The state of a call, from what is known of it: pure, whatever the order it became known in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.phone.calls import CallState, Direction

# The caller gave up; with any other cause it is our side that did not answer.
CALLER_GAVE_UP = frozenset({"cancel", "cancelled", "canceled", "normalclearing", "originatorcancel",
                            "abandoned", "lost"})  # fmt: skip
WENT_ELSEWHERE = frozenset({"forwarded", "transferred", "redirected", "pickedup",
                            "answeredelsewhere", "completedelsewhere"})  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """``passed_on_to_answer``: one to whom it was passed on has answered."""

    direction: Direction
    answered: bool
    passed_on: bool
    passed_on_to_answer: bool
    ended: bool
    cause: str = ""


def state_of(facts: Facts) -> CallState:
    if facts.ended:
        return _ended(facts)
    if facts.passed_on and not facts.passed_on_to_answer:
        return CallState.TRANSFERRED
    return CallState.ANSWERED if facts.answered else CallState.RINGING


def _ended(facts: Facts) -> CallState:
    if facts.answered or facts.direction is Direction.OUT:
        return CallState.ENDED
    if facts.cause in WENT_ELSEWHERE:
        return CallState.TRANSFERRED
    return CallState.ABANDONED if facts.cause in CALLER_GAVE_UP else CallState.MISSED


def worse_cause(before: str, now: str) -> str:
    """Of two causes that were told for one end, one of them, whichever came first."""
    told: Sequence[str] = sorted(cause for cause in (before, now) if cause)
    elsewhere = [cause for cause in told if cause in WENT_ELSEWHERE]
    return next(iter([*elsewhere, *told]), "")
