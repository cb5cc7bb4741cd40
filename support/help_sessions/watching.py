"""The week of each place for the head of its service: every Monday, and when one fills up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from support.help_sessions import figures, places
from support.help_sessions.figures import Week
from support.help_sessions.models import HelpPoint
from support.kernel import db
from support.kernel.time import now
from support.outbox.models import OutboxRow
from support.outbox.publishing import publish_all

TOPIC = "help_point.figures"
WEEK, FULL, NONE_LEFT = "week", "full", "none_left"
WEEKS_AHEAD = 4


def watched() -> Sequence[int]:
    """The places whose figures somebody reads."""
    query = select(HelpPoint.id).where(HelpPoint.active, HelpPoint.weekly_to != "")
    return db.session().scalars(query.order_by(HelpPoint.id)).all()


def watch(help_point_id: int) -> int:
    """Have told what is to be told of one place today, once; how much.

    The week that is over, on a Monday or as soon after as this runs; a week to come that is nearly
    full; that nothing at all is free any more, once a week.
    """
    point = places.one_of(help_point_id)
    monday = places.monday_of(places.local_day(point, now()))
    wanted = {_key(point, WEEK, monday - timedelta(days=7)): (WEEK, monday - timedelta(days=7))}
    weeks = [figures.of_week(point, monday + timedelta(days=7 * n)) for n in range(WEEKS_AHEAD)]
    for week in weeks:
        if week.saturated:
            wanted[_key(point, FULL, week.monday)] = (FULL, week.monday)
    if weeks[0].minutes and weeks[0].first_free is None:
        wanted[_key(point, NONE_LEFT, monday)] = (NONE_LEFT, monday)
    known = select(OutboxRow.key).where(OutboxRow.key.in_(wanted))
    done = set(db.session().scalars(known))
    left = [
        (key, {"help_point_id": point.id, "what": what, "monday": day.isoformat(),
               "dated": now().isoformat()})
        for key, (what, day) in wanted.items() if key not in done
    ]  # fmt: skip
    publish_all(TOPIC, left)
    return len(left)


def to_tell(help_point_id: int, monday: date) -> tuple[HelpPoint, Week, Sequence[str]]:
    """The place, its week and who reads of it."""
    point = places.one_of(help_point_id)
    return point, figures.of_week(point, monday), point.weekly_to.split()


def _key(point: HelpPoint, what: str, monday: date) -> str:
    return f"{TOPIC}:{point.id}:{what}:{monday.isoformat()}"
