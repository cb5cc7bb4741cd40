"""What the page of the week does not say: quotas by group of reasons and by channel, and when the
public and the contact centre may book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from sqlalchemy import delete, not_, select

from support.help_sessions import first_places, places, quotas
from support.help_sessions.models import (
    AppointmentReason,
    BookingChannel,
    BookingWindow,
    HelpPoint,
    QuotaRule,
)
from support.help_sessions.setting_up import MOST_A_WEEK, in_fives, of_the_page
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible, Problem
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, require

C = BookingChannel
SHARES = (C.PHONE, C.COUNTER, C.PUBLIC, C.CONTACT_CENTRE)  # that a quota may be reserved to
OTHERS = (C.PUBLIC, C.CONTACT_CENTRE)  # whose hours are not those of calls


def groups() -> Mapping[str, Sequence[str]]:
    """The groups of reasons in use, with the labels of their reasons."""
    query = select(AppointmentReason).where(AppointmentReason.active)
    found: dict[str, list[str]] = {}
    for reason in db.session().scalars(query.order_by(AppointmentReason.position)):
        found.setdefault(reason.group, []).append(reason.label)
    return found


def quotas_of(point: HelpPoint) -> Sequence[QuotaRule]:
    """Those that the page of the week does not have."""
    query = select(QuotaRule).where(QuotaRule.help_point_id == point.id, not_(of_the_page()))
    return db.session().scalars(query.order_by(QuotaRule.group, QuotaRule.channel)).all()


def set_quota(
    point: HelpPoint, group: str, channel: str, capacity: int | None, *, by: Agent
) -> None:
    """So many a week of a group ("": of all), given by a channel ("": by any).

    Raises Invalid ``field.choice`` (``group``, ``share``), ``quota.number`` (``capacity``),
    ``quota.page`` for what the page of the week says; Forbidden.
    """
    require(by, Permission.SET_UP_SITE)
    wrong = []
    if group != quotas.ALL and group not in groups():
        wrong.append(Problem("field.choice", "group"))
    if channel and channel not in {share.value for share in SHARES}:
        wrong.append(Problem("field.choice", "share"))
    if capacity is None or capacity > MOST_A_WEEK:
        wrong.append(Problem("quota.number", "capacity"))
    if group == quotas.ALL and channel in (quotas.ALL, C.PHONE.value):
        wrong.append(Problem("quota.page", "group"))
    if wrong:
        raise Invalid(*wrong)
    first_places.forget(point.id)
    session = db.session()
    rule = session.scalar(
        select(QuotaRule).where(
            QuotaRule.help_point_id == point.id,
            QuotaRule.group == group,
            QuotaRule.channel == channel,
        )
    )
    if rule is None:
        rule = QuotaRule(help_point_id=point.id, group=group, channel=channel)
        session.add(rule)
    rule.capacity = capacity or 0
    _follow(point)


def drop_quota(point: HelpPoint, rule_id: int, *, by: Agent) -> None:
    """Raises NotVisible, Forbidden."""
    require(by, Permission.SET_UP_SITE)
    rule = next((one for one in quotas_of(point) if one.id == rule_id), None)
    if rule is None:
        raise NotVisible.of("help_point.unknown")
    first_places.forget(point.id)
    db.session().delete(rule)
    _follow(point)


def windows_of(point: HelpPoint) -> Sequence[BookingWindow]:
    """When the public and the contact centre book; a channel without any books always."""
    query = select(BookingWindow).where(
        BookingWindow.help_point_id == point.id, BookingWindow.channel.in_(OTHERS)
    )
    query = query.order_by(BookingWindow.channel, BookingWindow.weekday, BookingWindow.starts)
    return db.session().scalars(query).all()


def add_window(
    point: HelpPoint, channel: str, weekday: int | None, ranges: Sequence[tuple[time, time]], *,
    by: Agent,
) -> None:  # fmt: skip
    """Raises Invalid ``field.choice`` (``channel``, ``weekday``), ``hours.unreadable`` or
    ``hours.five`` (``hours``); Forbidden.
    """
    require(by, Permission.SET_UP_SITE)
    wrong = []
    if channel not in {other.value for other in OTHERS}:
        wrong.append(Problem("field.choice", "channel"))
    if weekday is None or weekday > 6:
        wrong.append(Problem("field.choice", "weekday"))
    if not ranges:
        wrong.append(Problem("hours.unreadable", "hours"))
    elif not in_fives(ranges):
        wrong.append(Problem("hours.five", "hours"))
    if wrong:
        raise Invalid(*wrong)
    db.session().add_all(
        BookingWindow(
            help_point_id=point.id, channel=C(channel), weekday=weekday, starts=starts, ends=ends
        )
        for starts, ends in ranges
    )
    db.session().flush()


def drop_window(point: HelpPoint, window_id: int, *, by: Agent) -> None:
    """Raises Forbidden."""
    require(by, Permission.SET_UP_SITE)
    db.session().execute(
        delete(BookingWindow).where(
            BookingWindow.id == window_id,
            BookingWindow.help_point_id == point.id,
            BookingWindow.channel.in_(OTHERS),
        )
    )


def _follow(point: HelpPoint) -> None:
    db.session().flush()
    quotas.rules_changed(point, places.monday_of(places.local_day(point, now())))
