"""The other doors near a place: by distance where it is known, else by département."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import select

from support.help_sessions.directory.models import DirectoryPlace
from support.help_sessions.models import HelpPoint
from support.kernel import db

EARTH = 6371.0  # km, mean radius


def near(
    point: HelpPoint, kind: str, count: int = 3
) -> Sequence[tuple[DirectoryPlace, float | None]]:
    """Places of that kind in the département of ``point``, the nearest first, with the kilometres
    as the crow flies.
    """
    rows = db.session().scalars(
        select(DirectoryPlace)
        .where(
            DirectoryPlace.kind == kind,
            DirectoryPlace.department == point.site.department,
            DirectoryPlace.gone_at.is_(None),
        )
        .order_by(DirectoryPlace.town, DirectoryPlace.id)
    )
    found = [(place, _between(point, place)) for place in rows]
    return sorted(found, key=lambda one: float("inf") if one[1] is None else one[1])[:count]


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Between two (latitude, longitude) in degrees, on a sphere (haversine)."""
    (lat1, lon1), (lat2, lon2) = ([radians(x) for x in one] for one in (a, b))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))


def _between(point: HelpPoint, place: DirectoryPlace) -> float | None:
    if None in (point.latitude, point.longitude, place.latitude, place.longitude):
        return None
    return kilometres(
        (point.latitude or 0, point.longitude or 0), (place.latitude or 0, place.longitude or 0)
    )
