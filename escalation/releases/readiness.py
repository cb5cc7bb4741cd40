"""How ready a release is: dates, training, wiki, kit; what is late. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from escalation.releases.models import DocumentKind, ReleaseBlock, ReleaseOpening

# The contact centre is trained a month before people come to it; texts are ready two weeks before.
TRAINED_BEFORE = timedelta(days=30)
READY_BEFORE = timedelta(days=15)
KIT = (
    DocumentKind.AGENT_GUIDE,
    DocumentKind.PUBLIC_GUIDE,
    DocumentKind.PRESS_RELEASE,
    DocumentKind.FLYER,
    DocumentKind.POSTER,
    DocumentKind.MESSAGE,
)


class What(StrEnum):
    OPENING = "opening"
    TRAINING = "training"
    WIKI = "wiki"
    KIT = "kit"


@dataclass(frozen=True)
class Check:
    """``due``: when it had, or has, to be done. ``missing``: codes of what lacks; for openings,
    the départements that should have opened.
    """

    what: What
    done: bool
    late: bool
    due: date | None
    missing: Sequence[str] = ()


def opening_day(block: ReleaseBlock, openings: Sequence[ReleaseOpening]) -> date | None:
    """The first day on which somebody can use it: what has to be ready is ready by then."""
    days = [o.opened_on or o.planned_on for o in openings]
    days.append(block.opened_on or block.planned_on)
    return min((day for day in days if day is not None), default=None)


def assess(
    block: ReleaseBlock,
    openings: Sequence[ReleaseOpening],
    kinds: Collection[DocumentKind],
    uncovered: Sequence[str],
    today: date,
) -> list[Check]:
    """``kinds``: of the documents that have a version; ``uncovered``: reasons that no published
    article answers.
    """
    # Open everywhere, nothing is waited for any more: what lacks is still named, in no hurry.
    first = opening_day(block, openings) if block.opened_on is None else None
    trained_by = first - TRAINED_BEFORE if first else None
    ready_by = first - READY_BEFORE if first else None
    lacking = [kind.value for kind in KIT if kind not in kinds]
    return [
        _opening(block, openings, today),
        _check(What.TRAINING, block.trained_on is not None, trained_by, today),
        _check(What.WIKI, not uncovered, ready_by, today, uncovered),
        _check(What.KIT, not lacking, ready_by, today, lacking),
    ]


def _opening(block: ReleaseBlock, openings: Sequence[ReleaseOpening], today: date) -> Check:
    if block.opened_on is not None:
        return Check(What.OPENING, True, False, block.opened_on)
    overdue = [
        o.department for o in openings
        if o.opened_on is None and o.planned_on is not None and o.planned_on < today
    ]  # fmt: skip
    late = bool(overdue) or (block.planned_on is not None and block.planned_on < today)
    return Check(What.OPENING, False, late, block.planned_on, overdue)


def _check(
    what: What, done: bool, due: date | None, today: date, missing: Sequence[str] = ()
) -> Check:
    return Check(what, done, not done and due is not None and due < today, due, missing)
