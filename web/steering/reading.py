"""The figures of the last four weeks, as they may be shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from escalation.figures import by_reason, by_team, handed_over
from support.catalogue.models import ContactReason
from support.kernel import db
from support.kernel.time import now
from support.people.models import Agent, Team
from support.people.permissions import Permission, require
from support.tickets import figures
from support.tickets.models import ClosedHow
from support.tickets.small_cells import Cell, Counted, hide, hide_row, share

DAYS = 28
ZONE = ZoneInfo("Europe/Paris")
LEVELS = (1, 2, 3)


@dataclass(frozen=True)
class Day:
    day: date
    opened: Cell
    closed: Cell


@dataclass(frozen=True)
class Line:
    """``rate``: whole percents of ``cell``; None when not shown or not meant."""

    label: str
    cell: Cell
    rate: int | None = None


@dataclass(frozen=True)
class Figures:
    """Shares are whole percents, None when too few persons stand behind them."""

    first: date
    last: date
    opened: Cell
    closed: Cell
    open_now: Cell
    kept: int | None
    escalated: int | None
    first_contact: int | None
    answered: int | None  # of what was written: answered for the first time in the time aimed at
    days: Sequence[Day]
    levels: Sequence[Line]
    reasons: Sequence[Line]
    promises: Sequence[Line]
    agreements: Sequence[Line]  # by team: hand-overs that came back, those in the time agreed
    returned: Sequence[Line]  # by reason: hand-overs that came back, those for want of something
    pointless: Sequence[Line]  # the same, those that an article answers


def read_figures(*, by: Agent) -> Figures:
    """Thirteen queries, each bounded by its dates or by what is open."""
    require(by, Permission.READ_FIGURES)
    today = now().astimezone(ZONE).date()
    bounds = [_midnight(today + timedelta(days=n + 1 - DAYS)) for n in range(DAYS + 1)]
    since, until = bounds[0], bounds[-1]
    opened, closed = figures.opened_between(since, until), figures.closed_between(since, until)
    first = figures.closed_between(since, until, ClosedHow.FIRST_CONTACT)
    labels = _labels()
    promises = figures.promises_by_reason(since, until)
    answers = figures.first_answers(since, until)
    back = by_reason(since, until)
    ended = {n: k.ended for n, k in back.items()}
    levels, reasons = figures.open_by_level(), figures.open_by_reason()
    return Figures(
        first=today - timedelta(days=DAYS - 1),
        last=today,
        opened=hide(opened),
        closed=hide(closed),
        open_now=hide(_sum(levels.values())),
        kept=share(
            _sum(p.kept for p in promises.values()), _sum(p.settled for p in promises.values())
        ),
        escalated=share(handed_over(since, until), opened),
        first_contact=share(first, closed),
        answered=share(answers.kept, answers.settled),
        days=_days(bounds, today),
        levels=_lines({str(n): levels.get(n, figures.NOTHING) for n in LEVELS}),
        reasons=_by_size(_lines(_named(reasons, labels))),
        promises=_kept(promises, labels),
        agreements=_agreements(since, until),
        returned=_rated(ended, {n: k.returned for n, k in back.items()}, labels),
        pointless=_rated(ended, {n: k.pointless for n, k in back.items()}, labels),
    )


def _days(bounds: Sequence[datetime], today: date) -> list[Day]:
    opened = hide_row(figures.arrivals(bounds))
    closed = hide_row(figures.closings(bounds))
    return [Day(today - timedelta(days=DAYS - 1 - n), opened[n], closed[n]) for n in range(DAYS)]


def _lines(counted: Mapping[str, Counted]) -> list[Line]:
    cells = hide_row(list(counted.values()))
    return [Line(label, cell) for label, cell in zip(counted, cells, strict=True)]


def _by_size(lines: Sequence[Line]) -> list[Line]:
    """The largest first; those that are hidden last, in the order of the alphabet."""
    return sorted(lines, key=lambda line: (-(line.cell.count or 0), line.label))


def _kept(promises: Mapping[int, figures.Promises], labels: Mapping[int, str]) -> list[Line]:
    return _rated(
        {n: p.settled for n, p in promises.items()},
        {n: p.kept for n, p in promises.items()},
        labels,
    )


def _agreements(since: datetime, until: datetime) -> list[Line]:
    rows = db.session().execute(select(Team.id, Team.label).where(Team.level > 1))
    labels = {row.id: row.label for row in rows}
    kept = by_team(since, until)
    return _rated(
        {n: k.ended for n, k in kept.items()}, {n: k.kept for n, k in kept.items()}, labels
    )


def _rated(
    whole: Mapping[int, Counted], part: Mapping[int, Counted], labels: Mapping[int, str]
) -> list[Line]:
    rates = {labels.get(n, str(n)): share(part[n], whole[n]) for n in whole}
    return _by_size(
        [
            Line(line.label, line.cell, None if line.cell.hidden else rates[line.label])
            for line in _lines(_named(whole, labels))
        ]
    )


def _named(counted: Mapping[int, Counted], labels: Mapping[int, str]) -> dict[str, Counted]:
    return {labels.get(number, str(number)): c for number, c in counted.items()}


def _labels() -> dict[int, str]:
    rows = db.session().execute(select(ContactReason.id, ContactReason.label))
    return {row.id: row.label for row in rows}


def _sum(parts: Iterable[Counted]) -> Counted:
    every = list(parts)
    # The persons of several cells may be the same ones: at least as many as in the largest.
    return Counted(sum(p.count for p in every), max((p.persons for p in every), default=0))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)
