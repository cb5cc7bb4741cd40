"""A place's week in figures, by mail to the head of its service: numbers only, nobody's name."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from channels.mail import post
from channels.mail.composing import CannotCompose, OutgoingMail, compose
from channels.mail.rendering import laid_out
from channels.mail.sending import PermanentFailure, TemporaryFailure
from support.help_sessions import watching
from support.help_sessions.figures import Week
from support.help_sessions.models import AppointmentState, BookingChannel, HelpPoint
from support.help_sessions.watching import FULL, NONE_LEFT, WEEK
from support.kernel import db
from support.outbox.draining import TryLater

log = logging.getLogger(__name__)
S = AppointmentState


def tell(payload: Mapping[str, Any]) -> None:
    """Send what ``payload`` names to each reader, under one Message-ID for all its tries.

    Raises TryLater while the server cannot take it.
    """
    monday, what = date.fromisoformat(payload["monday"]), str(payload["what"])
    with db.transaction(write=False):
        point, week, readers = watching.to_tell(int(payload["help_point_id"]), monday)
        if not readers:
            return
        mail = _mail(point, week, what, readers, datetime.fromisoformat(payload["dated"]))
    here = post.current()
    try:
        here.transport.send(compose(mail), here.sender[1], list(readers))
    except TemporaryFailure as failure:
        raise TryLater(str(failure)) from failure
    except (PermanentFailure, CannotCompose) as failure:
        log.warning("figures of place %s could not be sent: %s", payload["help_point_id"], failure)


def _mail(point: HelpPoint, week: Week, what: str, readers: Any, dated: datetime) -> OutgoingMail:
    here = post.current()
    subject = _subject(point, week, what)
    words = {
        "follow": "Voir les chiffres dans l’outil :",
        "follow_url": f"{here.public_url}/agent/rendez-vous/chiffres?semaine={week.monday}",
        "files": (),
    }
    text, html = laid_out("\n".join(_lines(point, week, what)), words, here.service_name, subject)
    domain = here.sender[1].rpartition("@")[2]
    return OutgoingMail(
        message_id=f"<figures.{point.id}.{what}.{week.monday}@{domain}>",
        date=dated,
        sender_name=here.sender[0] or here.service_name,
        sender_address=here.sender[1],
        to=tuple(("", reader) for reader in readers),
        subject=subject,
        text=text,
        html=html,
        automatic=True,
    )


def _subject(point: HelpPoint, week: Week, what: str) -> str:
    name = point.site.name
    return {
        WEEK: f"{name} : la semaine du {_day(week.monday)}",
        FULL: f"{name} : la semaine du {_day(week.monday)} est presque complète",
        NONE_LEFT: f"{name} : plus aucune place libre",
    }[what]


def _lines(point: HelpPoint, week: Week, what: str) -> list[str]:
    said = []
    if what == NONE_LEFT:
        said += [f"Aucune place n’est libre dans les {point.horizon_days} jours à venir.", ""]
    by_phone = sum(
        line.given for line in week.lines
        if line.channel in (BookingChannel.PHONE, BookingChannel.COUNTER)
    )  # fmt: skip
    free = week.first_free
    local = free.astimezone(ZoneInfo(point.timezone)) if free else None
    said += [
        f"Semaine du {_day(week.monday)} :",
        f"- places données : {week.taken} sur {week.capacity} ({by_phone} par les agents du lieu)",
        f"- personnes reçues : {week.count(S.COMPLETED, S.IN_PROGRESS, S.CHECKED_IN)}",
        f"- non venues : {week.count(S.NO_SHOW)} ; venues, non reçues : {week.count(S.NOT_SERVED)}",
        f"- annulations par la personne : {week.count(S.CANCELLED_BY_USER)} ; par le service : "
        f"{week.count(S.CANCELLED_BY_SERVICE)}",
        f"- demandes sans place : {week.unmet}",
        f"- orientées ailleurs avant rendez-vous : {sum(week.redirected.values())}",
        "",
        f"Première place libre : {_day(local.date()) if local else 'aucune'}.",
    ]
    return said


def _day(day: date) -> str:
    return format_date(day, "d MMMM y", locale="fr")
