"""Weekly quotas: so many appointments a week of a group of reasons, some reserved to a channel.

A guarded update takes from them, so that two bookings at once never share the last one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from support.help_sessions.models import BookingChannel, HelpPoint, QuotaRule, WeeklyQuota
from support.kernel import db
from support.kernel.errors import Conflict

ALL = ""  # every group of reasons; every channel


def take(
    point: HelpPoint, group: str, channel: BookingChannel, monday: date, *, beyond: bool = False
) -> list[int]:
    """One appointment more of that week; returns the rows that it was counted in.

    The share of the channel goes first, then what all draw from. ``beyond``: counted although
    nothing is left. Raises Conflict ``appointment.quota_full`` with the ``monday``.
    """
    rows = _of_week(point, (group, ALL), monday)
    by_group: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        if row.channel in (channel.value, ALL):
            by_group[row.group][row.channel] = row.id
    taken = []
    for name in sorted(by_group):  # always in this order, so that nobody waits in a ring
        shares = by_group[name]
        row_id = _take_one(shares.get(channel.value)) or _take_one(shares.get(ALL))
        if row_id is None and beyond:
            row_id = _take_beyond(shares.get(ALL) or shares[channel.value])
        if row_id is None:
            raise Conflict.of("appointment.quota_full", monday=monday)
        taken.append(row_id)
    return taken


def give_back(row_ids: Iterable[int]) -> None:
    """One appointment less in each of these rows."""
    wanted = sorted(row_ids)
    if wanted:
        db.session().execute(
            update(WeeklyQuota)
            .where(WeeklyQuota.id.in_(wanted), WeeklyQuota.used > 0)
            .values(used=WeeklyQuota.used - 1)
            .execution_options(synchronize_session=False)
        )


def left(
    point: HelpPoint, group: str, channel: BookingChannel, mondays: Collection[date]
) -> Mapping[date, int | None]:
    """By week, how many that channel may still give; None where nothing limits it."""
    rules = _rules(point, (group, ALL))
    known = db.session().scalars(
        select(WeeklyQuota).where(
            WeeklyQuota.help_point_id == point.id, WeeklyQuota.monday.in_(mondays)
        )
    )
    used = {(row.monday, row.group, row.channel): row for row in known}
    found: dict[date, int | None] = {}
    for monday in mondays:
        lefts: dict[str, int] = {}
        for rule in rules:
            if rule.channel in (channel.value, ALL):
                row = used.get((monday, rule.group, rule.channel))
                free = max(0, row.capacity - row.used) if row else rule.capacity
                lefts[rule.group] = lefts.get(rule.group, 0) + free
        found[monday] = min(lefts.values(), default=None)
    return found


def gauges(point: HelpPoint, monday: date) -> list[WeeklyQuota]:
    """The quotas of a week with what has been given, those not begun yet too; only to be read."""
    rows = {
        (row.group, row.channel): row
        for row in db.session().scalars(
            select(WeeklyQuota).where(
                WeeklyQuota.help_point_id == point.id, WeeklyQuota.monday == monday
            )
        )
    }
    return [
        rows.get((rule.group, rule.channel))
        or WeeklyQuota(
            monday=monday, group=rule.group, channel=rule.channel, capacity=rule.capacity, used=0
        )
        for rule in _rules(point)
    ]


def rules_changed(point: HelpPoint, monday: date) -> None:
    """The weeks from ``monday`` on follow the rules as they are now."""
    session = db.session()
    rules = {(rule.group, rule.channel): rule for rule in _rules(point)}
    rows = session.scalars(
        select(WeeklyQuota).where(
            WeeklyQuota.help_point_id == point.id, WeeklyQuota.monday >= monday
        )
    )
    for row in rows:
        rule = rules.get((row.group, row.channel))
        if rule is None:
            session.delete(row)
        else:
            row.capacity = rule.capacity
    session.flush()


def _rules(point: HelpPoint, groups: Collection[str] | None = None) -> list[QuotaRule]:
    query = select(QuotaRule).where(QuotaRule.help_point_id == point.id)
    if groups is not None:
        query = query.where(QuotaRule.group.in_(groups))
    return list(db.session().scalars(query.order_by(QuotaRule.group, QuotaRule.channel)))


def _of_week(point: HelpPoint, groups: Collection[str], monday: date) -> list[WeeklyQuota]:
    rules = _rules(point, groups)
    if not rules:
        return []
    values = [
        {
            "help_point_id": point.id, "monday": monday, "group": rule.group,
            "channel": rule.channel, "capacity": rule.capacity, "used": 0,
        }
        for rule in rules
    ]  # fmt: skip
    session = db.session()
    sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite_insert if sqlite else postgresql_insert
    session.execute(insert(WeeklyQuota).values(values).on_conflict_do_nothing())
    query = select(WeeklyQuota).where(
        WeeklyQuota.help_point_id == point.id,
        WeeklyQuota.monday == monday,
        WeeklyQuota.group.in_(groups),
    )
    return list(session.scalars(query))


def _take_one(row_id: int | None) -> int | None:
    if row_id is None:
        return None
    return db.session().scalar(
        update(WeeklyQuota)
        .where(WeeklyQuota.id == row_id, WeeklyQuota.used < WeeklyQuota.capacity)
        .values(used=WeeklyQuota.used + 1)
        .returning(WeeklyQuota.id)
        .execution_options(synchronize_session=False)
    )


def _take_beyond(row_id: int) -> int:
    db.session().execute(
        update(WeeklyQuota)
        .where(WeeklyQuota.id == row_id)
        .values(used=WeeklyQuota.used + 1)
        .execution_options(synchronize_session=False)
    )
    return row_id
