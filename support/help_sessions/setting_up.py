"""A place and its calendar, as its own agents set them up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, delete, exists, select
from sqlalchemy.orm import contains_eager, joinedload

from support.clocks.calendar import ZONES
from support.help_sessions import first_places, places, quotas
from support.help_sessions.models import (
    FREED,
    Appointment,
    AppointmentState,
    BookingChannel,
    BookingWindow,
    Closure,
    Desk,
    HelpPoint,
    HelpPointKind,
    OpeningWindow,
    QuotaRule,
)
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible, Problem
from support.kernel.time import now
from support.people.models import Agent, Site, SiteKind
from support.people.normalising import email_address
from support.people.permissions import Permission, may, require

Weekly = Mapping[int, Sequence[tuple[time, time]]]
MOST_DESKS = 40
LONGEST_DESK = 60
LONGEST_READERS = 600  # signs, all addresses together
MOST_A_WEEK = 5000
FARTHEST = 366  # days ahead that places may be given


@dataclass(frozen=True)
class Plan:
    """The week of a place. ``received``: when people are; ``called``: when appointments are given
    on the telephone (empty: always). ``weekly``: how many appointments a week, None for as many
    as fit; ``reserved`` of them to the telephone.
    """

    desks: Sequence[str]
    received: Weekly
    called: Weekly = field(default_factory=dict)
    weekly: int | None = None
    reserved: int = 0
    horizon_days: int = 60
    zone: str = "metropole"
    public_booking: bool = False
    centre_booking: bool = False
    said_before: str = ""
    weekly_to: Sequence[str] = ()


def open_point(site: Site, kind: HelpPointKind, *, by: Agent) -> HelpPoint:
    """Let a site receive people; as it is when it does already. Raises Forbidden."""
    require(by, Permission.SET_UP_SITE)
    session = db.session()
    known = session.scalar(select(HelpPoint).where(HelpPoint.site_id == site.id))
    if known is not None:
        return known
    point = HelpPoint(site_id=site.id, kind=kind)
    session.add(point)
    session.flush()
    return point


def every_point(*, by: Agent) -> Sequence[HelpPoint]:
    """Those whose calendar the agent may set up. Raises Forbidden."""
    require(by, Permission.SET_UP_SITE)
    query = select(HelpPoint).join(HelpPoint.site).options(contains_eager(HelpPoint.site))
    if not may(by, Permission.ADMINISTER):
        query = query.where(HelpPoint.site_id == by.team.site_id)
    return db.session().scalars(query.order_by(Site.department, Site.name)).all()


def sites_without(*, by: Agent) -> Sequence[Site]:
    """Sites that receive nobody yet, and that the agent may open. Raises Forbidden."""
    require(by, Permission.SET_UP_SITE)
    query = select(Site).where(~exists().where(HelpPoint.site_id == Site.id))
    if not may(by, Permission.ADMINISTER):
        query = query.where(Site.id == by.team.site_id)
    return db.session().scalars(query.order_by(Site.department, Site.name)).all()


def open_site(site_id: int, *, by: Agent) -> HelpPoint:
    """Let one of :func:`sites_without` receive people. Raises NotVisible, Forbidden."""
    require(by, Permission.SET_UP_SITE)
    site = db.session().get(Site, site_id)
    if site is None or not (may(by, Permission.ADMINISTER) or by.team.site_id == site.id):
        raise NotVisible.of("help_point.unknown")
    at_help_point = site.kind is SiteKind.HELP_POINT
    kind = HelpPointKind.PAN if at_help_point else HelpPointKind.COUNTER
    return open_point(site, kind, by=by)


def set_up(point: HelpPoint, plan: Plan, *, by: Agent) -> None:
    """Replace the week. Appointments that were given stay.

    Raises Invalid: ``desk.none``, ``desk.many``, ``desk.long``, ``desk.twice`` (``desks``),
    ``hours.five`` (``received``, ``called``), ``quota.number`` (``weekly``, ``reserved``),
    ``field.choice`` (``zone``), ``horizon.number`` (``horizon_days``), ``email.invalid``
    (``weekly_to``); Forbidden.
    """
    require(by, Permission.SET_UP_SITE)
    _check(plan)
    first_places.forget(point.id)
    point.horizon_days, point.zone = plan.horizon_days, plan.zone
    point.public_booking, point.centre_booking = plan.public_booking, plan.centre_booking
    point.said_before = plan.said_before.strip()[:600]
    point.weekly_to = " ".join(email_address(one) for one in plan.weekly_to)
    _set_desks(point, plan.desks)
    _set_windows(point, plan)
    _set_quota(point, plan)


def plan_of(point: HelpPoint) -> Plan:
    """The week as it is."""
    session = db.session()
    received = session.scalars(
        select(OpeningWindow)
        .where(OpeningWindow.help_point_id == point.id, _is_weekly())
        .order_by(OpeningWindow.starts)
    )
    called = session.scalars(
        select(BookingWindow)
        .where(
            BookingWindow.help_point_id == point.id,
            BookingWindow.channel == BookingChannel.PHONE,
        )
        .order_by(BookingWindow.starts)
    )
    rules = {rule.channel: rule.capacity for rule in session.scalars(_rules_of_all(point))}
    shared = rules.get(quotas.ALL)
    reserved = rules.get(BookingChannel.PHONE.value, 0)
    return Plan(
        desks=[desk.name for desk in point.desks if desk.active],
        received=_by_day(received),
        called=_by_day(called),
        weekly=None if shared is None else shared + reserved,
        reserved=reserved,
        horizon_days=point.horizon_days,
        zone=point.zone,
        public_booking=point.public_booking,
        centre_booking=point.centre_booking,
        said_before=point.said_before,
        weekly_to=point.weekly_to.split(),
    )


def open_once(point: HelpPoint, day: date, starts: time, ends: time, *, by: Agent) -> None:
    """Receive on one day besides, a holiday too. Raises Invalid ``hours.*``, ``day.past``."""
    require(by, Permission.SET_UP_SITE)
    if day < places.local_day(point, now()):
        raise Invalid.of("day.past", "day")
    if ends <= starts:
        raise Invalid.of("hours.backwards", "hours")
    if not in_fives([(starts, ends)]):
        raise Invalid.of("hours.five", "hours")
    first_places.forget(point.id)
    db.session().add(
        OpeningWindow(help_point_id=point.id, day=day, starts=starts, ends=ends, groups=[])
    )
    db.session().flush()


def close(
    point: HelpPoint, first: date, last: date, reason: str, *, by: Agent, desk_id: int | None = None
) -> Sequence[Appointment]:
    """Receive nobody from ``first`` to ``last``, both included; returns the appointments that
    were given there, for those people to be told.

    Raises Invalid ``absence.backwards``, NotVisible for a desk of another place.
    """
    require(by, Permission.SET_UP_SITE)
    if last < first or last < places.local_day(point, now()) or last > first + timedelta(days=366):
        raise Invalid.of("absence.backwards", "last")
    if desk_id is not None and desk_id not in {desk.id for desk in point.desks}:
        raise NotVisible.of("help_point.unknown")
    zone = ZoneInfo(point.timezone)
    start = datetime.combine(first, time(), zone).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    db.session().add(
        Closure(
            help_point_id=point.id, desk_id=desk_id, starts_at=start, ends_at=end,
            reason=reason.strip()[:200],
        )
    )  # fmt: skip
    db.session().flush()
    query = select(Appointment).where(
        Appointment.help_point_id == point.id,
        Appointment.starts_at >= max(start, now()),
        Appointment.starts_at < end,
        Appointment.state.not_in(FREED),
    )
    if desk_id is not None:
        query = query.where(Appointment.desk_id == desk_id)
    return db.session().scalars(query.order_by(Appointment.starts_at)).all()


def without_desk(point: HelpPoint) -> Sequence[Appointment]:
    """Those to come at a desk that was put away: to be moved, by somebody who knows."""
    query = (
        select(Appointment)
        .join(Desk, Desk.id == Appointment.desk_id)
        .where(
            Appointment.help_point_id == point.id,
            Appointment.state == AppointmentState.SCHEDULED,
            Appointment.starts_at > now(),
            Desk.active.is_(False),
        )
        .order_by(Appointment.starts_at)
        .options(joinedload(Appointment.person))
    )
    return db.session().scalars(query).all()


def once_opened(point: HelpPoint) -> Sequence[OpeningWindow]:
    """The days to come on which people are received besides."""
    query = select(OpeningWindow).where(
        OpeningWindow.help_point_id == point.id,
        OpeningWindow.day >= places.local_day(point, now()),
    )
    return db.session().scalars(query.order_by(OpeningWindow.day, OpeningWindow.starts)).all()


def closures_to_come(point: HelpPoint) -> Sequence[Closure]:
    query = select(Closure).where(Closure.help_point_id == point.id, Closure.ends_at > now())
    return db.session().scalars(query.order_by(Closure.starts_at)).all()


def take_away(point: HelpPoint, kind: str, row_id: int, *, by: Agent) -> None:
    """A closure (``fermeture``) or a day opened besides (``ouverture``). Raises Forbidden."""
    require(by, Permission.SET_UP_SITE)
    first_places.forget(point.id)
    model = Closure if kind == "fermeture" else OpeningWindow
    query = delete(model).where(model.id == row_id, model.help_point_id == point.id)
    if model is OpeningWindow:
        query = query.where(OpeningWindow.day.is_not(None))
    db.session().execute(query)


def _check(plan: Plan) -> None:
    wrong = []
    if not plan.desks:
        wrong.append(Problem("desk.none", "desks"))
    if len(plan.desks) > MOST_DESKS:
        wrong.append(Problem("desk.many", "desks", {"most": MOST_DESKS}))
    if any(len(name) > LONGEST_DESK for name in plan.desks):
        wrong.append(Problem("desk.long", "desks", {"most": LONGEST_DESK}))
    if len({name.casefold() for name in plan.desks}) < len(plan.desks):
        wrong.append(Problem("desk.twice", "desks"))
    for name, weekly in (("received", plan.received), ("called", plan.called)):
        wrong += [
            Problem("hours.five", f"{name}_{day}")
            for day, ranges in weekly.items()
            if not in_fives(ranges)
        ]
    if plan.weekly is not None and not 0 <= plan.weekly <= MOST_A_WEEK:
        wrong.append(Problem("quota.number", "weekly"))
    if not 0 <= plan.reserved <= (plan.weekly or 0):
        wrong.append(Problem("quota.number", "reserved"))
    if not _addresses(plan.weekly_to):
        wrong.append(Problem("email.invalid", "weekly_to"))
    if plan.zone not in ZONES:
        wrong.append(Problem("field.choice", "zone"))
    if not 1 <= plan.horizon_days <= FARTHEST:
        wrong.append(Problem("horizon.number", "horizon_days", {"most": FARTHEST}))
    if wrong:
        raise Invalid(*wrong)


def _addresses(said: Sequence[str]) -> bool:
    """Whether each is one, and they fit together."""
    try:
        return len(" ".join(email_address(one) for one in said)) <= LONGEST_READERS
    except Invalid:
        return False


def in_fives(ranges: Sequence[tuple[time, time]]) -> bool:
    """Whether every hour is a multiple of five minutes."""
    return all(at.minute % 5 == 0 for both in ranges for at in both)


def _set_desks(point: HelpPoint, names: Sequence[str]) -> None:
    """A desk that is not named any more is used no more; its appointments stay."""
    known = {desk.name: desk for desk in point.desks}
    for position, name in enumerate(names):
        desk = known.pop(name, None)
        if desk is None:
            desk = Desk(name=name)
            point.desks.append(desk)
        desk.position, desk.active = position, True
    for desk in known.values():
        desk.active = False
    db.session().flush()
    db.session().refresh(point, ["desks"])


def _set_windows(point: HelpPoint, plan: Plan) -> None:
    session = db.session()
    session.execute(
        delete(OpeningWindow).where(OpeningWindow.help_point_id == point.id, _is_weekly())
    )
    session.execute(
        delete(BookingWindow).where(
            BookingWindow.help_point_id == point.id,
            BookingWindow.channel == BookingChannel.PHONE,
        )
    )
    for day, starts, ends in _each(plan.received):
        session.add(
            OpeningWindow(help_point_id=point.id, weekday=day, starts=starts, ends=ends, groups=[])
        )
    for day, starts, ends in _each(plan.called):
        session.add(
            BookingWindow(
                help_point_id=point.id, channel=BookingChannel.PHONE, weekday=day,
                starts=starts, ends=ends,
            )
        )  # fmt: skip
    session.flush()


def _set_quota(point: HelpPoint, plan: Plan) -> None:
    session = db.session()
    for rule in session.scalars(_rules_of_all(point)):
        session.delete(rule)
    session.flush()
    if plan.weekly is not None:
        shares = {quotas.ALL: plan.weekly - plan.reserved}
        if plan.reserved:
            shares[BookingChannel.PHONE.value] = plan.reserved
        session.add_all(
            QuotaRule(help_point_id=point.id, group=quotas.ALL, channel=channel, capacity=capacity)
            for channel, capacity in shares.items()
        )
        session.flush()
    quotas.rules_changed(point, places.monday_of(places.local_day(point, now())))


def of_the_page() -> ColumnElement[bool]:
    """The quotas that the page of the week says: of all reasons, and their share by telephone."""
    channels = (quotas.ALL, BookingChannel.PHONE.value)
    return and_(QuotaRule.group == quotas.ALL, QuotaRule.channel.in_(channels))


def _rules_of_all(point: HelpPoint) -> Select[tuple[QuotaRule]]:
    return select(QuotaRule).where(QuotaRule.help_point_id == point.id, of_the_page())


def _is_weekly() -> ColumnElement[bool]:
    """What the page of the week holds: every week, at every desk, for every reason."""
    return OpeningWindow.day.is_(None) & OpeningWindow.desk_ids.is_(None)


def _by_day(
    rows: Iterable[OpeningWindow | BookingWindow],
) -> dict[int, list[tuple[time, time]]]:
    found: dict[int, list[tuple[time, time]]] = {}
    for row in rows:
        found.setdefault(row.weekday or 0, []).append((row.starts, row.ends))
    return found


def _each(weekly: Weekly) -> list[tuple[int, time, time]]:
    return [(day, starts, ends) for day, ranges in weekly.items() for starts, ends in ranges]
