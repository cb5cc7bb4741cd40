"""The demonstration's neighbours: the other doors near its help points, and a workshop to fill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta

from sqlalchemy import select

from support.help_sessions import group_sessions, places
from support.help_sessions.directory import importing
from support.help_sessions.directory.models import Source
from support.help_sessions.group_sessions import Plan
from support.help_sessions.models import AppointmentReason, HelpPoint
from support.kernel import db
from support.kernel.time import PARIS, now
from support.people.models import Agent, Role
from web.demo import reading

WHERE = {"pan-42": (45.4397, 4.3872), "pan-86": (46.5802, 0.3404)}  # latitude, longitude


def neighbour(agents: Mapping[str, Agent]) -> None:
    """Where each help point is, the list of France services, a workshop in nine days."""
    points = db.session().scalars(select(HelpPoint)).all()
    for point in points:
        point.latitude, point.longitude = WHERE.get(point.site.code, (None, None))
    admin = next((a for a in agents.values() if a.role is Role.ADMINISTRATOR), None)
    today = now().astimezone(PARIS).date()
    if admin is not None:
        importing.take(
            Source.FRANCE_SERVICES, reading.FRANCE_SERVICES.read_bytes(),
            reading.FRANCE_SERVICES.name, today - timedelta(days=20), by=admin,
        )  # fmt: skip
    query = select(AppointmentReason).where(AppointmentReason.active)
    reason = db.session().scalar(query.order_by(AppointmentReason.position).limit(1))
    for point in points[:1]:
        agent = next((a for a in agents.values() if a.team.site_id == point.site_id), None)
        if agent is None or reason is None:
            continue
        day = places.local_day(point, now()) + timedelta(days=9)
        wanted = Plan(
            "Créer son compte, ensemble", reason, day, time(17), time(18, 30), 8,
            about="Salle du rez-de-chaussée, huit ordinateurs",
        )  # fmt: skip
        group_sessions.plan(point, wanted, by=agent)
