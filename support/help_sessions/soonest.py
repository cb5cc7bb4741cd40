"""The soonest free places among all that a channel may give, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, or_, select, true

from support.help_sessions import offering, places
from support.help_sessions.first_places import FirstPlace, hold
from support.help_sessions.models import AppointmentReason, BookingChannel, HelpPoint
from support.help_sessions.offering import NEAREST, Asked
from support.help_sessions.slots import Slot
from support.kernel import db

CHANNELS = (BookingChannel.PUBLIC, BookingChannel.CONTACT_CENTRE)  # those that choose a place
BATCH = 200


class Found(NamedTuple):
    point: HelpPoint
    slot: Slot


def soonest(
    reason: AppointmentReason,
    channel: BookingChannel,
    *,
    count: int = NEAREST,
    apart_from: int | None = None,
) -> list[Found]:
    """At most one place a site, the soonest first.

    Sites are looked at in the order of their bounds, and no more of them once what was found is
    sooner than any that is left could offer.
    """
    rows = db.session().execute(
        select(HelpPoint.id, FirstPlace.at)
        .outerjoin(
            FirstPlace,
            and_(
                FirstPlace.help_point_id == HelpPoint.id,
                FirstPlace.reason_id == reason.id,
                FirstPlace.channel == channel,
            ),
        )
        .where(HelpPoint.active, _allowed(channel), HelpPoint.id != (apart_from or 0))
    )
    found: list[Found] = []
    nobody = datetime.min.replace(tzinfo=UTC)  # no bound yet: anything may be free there
    for bound, point_id in sorted((row[1] or nobody, row[0]) for row in rows):
        if len(found) >= count and found[count - 1].slot.start <= bound:
            break
        point = places.one_of(point_id)
        slot = _first(Asked(point, reason, channel), bound)
        if slot is not None:
            found.append(Found(point, slot))
            found.sort(key=lambda one: (one.slot.start, one.point.id))
    return found[:count]


def refresh_one(help_point_id: int) -> int:
    """Say anew what is first at a place; for how many reasons and channels."""
    hold(help_point_id)
    point = places.one_of(help_point_id)
    session = db.session()
    session.execute(delete(FirstPlace).where(FirstPlace.help_point_id == help_point_id))
    reasons = session.scalars(select(AppointmentReason).where(AppointmentReason.active)).all()
    rows = [
        FirstPlace(
            help_point_id=point.id, reason_id=reason.id, channel=channel,
            at=_bound(Asked(point, reason, channel, everything=True)),
        )
        for channel in _channels(point)
        for reason in reasons
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return len(rows)


def to_refresh(limit: int = BATCH) -> Sequence[int]:
    """The places whose bounds are missing, or behind what has been given since."""
    missing = (
        select(FirstPlace.help_point_id)
        .where(
            FirstPlace.help_point_id == HelpPoint.id,
            FirstPlace.reason_id == AppointmentReason.id,
        )
        .exists()
    )
    stale = select(FirstPlace.help_point_id).where(FirstPlace.stale)
    behind = or_(
        HelpPoint.id.in_(stale),
        select(AppointmentReason.id).where(AppointmentReason.active, ~missing).exists(),
    )
    open_to_some = or_(*(_allowed(channel) for channel in CHANNELS))
    query = select(HelpPoint.id).where(HelpPoint.active, open_to_some, behind)
    return db.session().scalars(query.order_by(HelpPoint.id).limit(limit)).all()


def _allowed(channel: BookingChannel) -> ColumnElement[bool]:
    return {
        BookingChannel.PUBLIC: HelpPoint.public_booking.is_(True),
        BookingChannel.CONTACT_CENTRE: HelpPoint.centre_booking.is_(True),
    }.get(channel, true())


def _channels(point: HelpPoint) -> Iterable[BookingChannel]:
    if point.public_booking:
        yield BookingChannel.PUBLIC
    if point.centre_booking:
        yield BookingChannel.CONTACT_CENTRE


def _first(asked: Asked, bound: datetime) -> Slot | None:
    first = places.local_day(asked.point, max(asked.earliest, bound))
    return next(iter(offering.from_day(asked, first, 1)), None)


def _bound(asked: Asked) -> datetime:
    """The first place; without any, the end of the days that places are given for."""
    found = _first(asked, asked.earliest)
    if found is not None:
        return found.start
    end = asked.last_day + timedelta(days=1)
    return datetime.combine(end, time(), ZoneInfo(asked.point.timezone)).astimezone(UTC)
