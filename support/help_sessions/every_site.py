"""The help points side by side, for whoever steers: numbers of several weeks, never a person.

The weeks are those of Paris for all places: half a day more or less does not change four weeks.
A fixed number of queries, however many places there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Select, distinct, func, select

from support.help_sessions import places, quotas
from support.help_sessions.models import (
    Appointment,
    AppointmentState,
    BookingChannel,
    HelpPoint,
    QuotaRule,
    UnmetSearch,
)
from support.help_sessions.orienting import Redirection
from support.kernel import db
from support.kernel.time import PARIS, now
from support.people.models import Agent, Site
from support.people.permissions import Permission, require

WEEKS = 4
S = AppointmentState


@dataclass(frozen=True)
class SitePeriod:
    """``states``: (how many, how many different persons). ``capacity``: what its quotas allow in
    the period, None without any. ``unmet`` and ``redirected`` name nobody.
    """

    name: str
    department: str
    states: Mapping[AppointmentState, tuple[int, int]] = field(default_factory=dict)
    besides: int = 0
    capacity: int | None = None
    unmet: int = 0
    redirected: int = 0

    @property
    def given(self) -> int:
        """Of the capacity: neither what was given back nor who came without appointment."""
        kept = sum(n for state, (n, _p) in self.states.items() if state not in _LEFT)
        return kept - self.besides


_LEFT = (S.CANCELLED_BY_USER, S.CANCELLED_BY_SERVICE, S.RESCHEDULED)


def period() -> tuple[date, date]:
    """The last whole weeks: the first Monday, and the last Sunday."""
    monday = places.monday_of(now().astimezone(PARIS).date())
    return monday - timedelta(weeks=WEEKS), monday - timedelta(days=1)


def side_by_side(*, by: Agent) -> Sequence[SitePeriod]:
    """Every place in use, by département and name. Raises Forbidden."""
    require(by, Permission.READ_FIGURES)
    first, last = period()
    start, end = _instant(first), _instant(last + timedelta(days=1))
    states, besides = _states(start, end)
    unmet = _by_point(
        select(UnmetSearch.help_point_id, func.sum(UnmetSearch.times))
        .where(UnmetSearch.day >= first, UnmetSearch.day <= last)
        .group_by(UnmetSearch.help_point_id)
    )
    redirected = _by_point(
        select(Redirection.help_point_id, func.count())
        .where(Redirection.at >= start, Redirection.at < end)
        .group_by(Redirection.help_point_id)
    )
    capacities = _by_point(
        select(QuotaRule.help_point_id, func.sum(QuotaRule.capacity))
        .where(QuotaRule.group == quotas.ALL)
        .group_by(QuotaRule.help_point_id)
    )
    sites = db.session().execute(
        select(HelpPoint.id, Site.name, Site.department)
        .join(Site, Site.id == HelpPoint.site_id)
        .where(HelpPoint.active)
        .order_by(Site.department, Site.name, HelpPoint.id)
    )
    return [
        SitePeriod(
            name, department, states.get(number, {}), besides.get(number, 0),
            WEEKS * capacities[number] if number in capacities else None,
            unmet.get(number, 0), redirected.get(number, 0),
        )
        for number, name, department in sites
    ]  # fmt: skip


def _states(
    start: datetime, end: datetime
) -> tuple[dict[int, dict[AppointmentState, tuple[int, int]]], dict[int, int]]:
    within = (
        Appointment.starts_at >= start,
        Appointment.starts_at < end,
        Appointment.session_id.is_(None),
    )
    rows = db.session().execute(
        select(
            Appointment.help_point_id,
            Appointment.state,
            func.count(),
            func.count(distinct(Appointment.person_id)),
        )
        .where(*within)
        .group_by(Appointment.help_point_id, Appointment.state)
    )
    found: dict[int, dict[AppointmentState, tuple[int, int]]] = {}
    for number, state, count, persons in rows:
        found.setdefault(number, {})[state] = (count, persons)
    besides = _by_point(
        select(Appointment.help_point_id, func.count())
        .where(*within, Appointment.channel == BookingChannel.WALK_IN)
        .group_by(Appointment.help_point_id)
    )
    return found, besides


def _by_point(query: Select[tuple[int, int]]) -> dict[int, int]:
    return {number: int(count) for number, count in db.session().execute(query)}


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS).astimezone(UTC)
