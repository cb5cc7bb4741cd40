"""Letters about an appointment: given, reminded of, given up. One mail each, run twice or not."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from channels.mail import post
from channels.mail.composing import CannotCompose, OutgoingMail, compose
from channels.mail.directions import by_itself, direction, left_to_right
from channels.mail.rendering import language_of, plain_letter
from channels.mail.sending import PermanentFailure, TemporaryFailure
from support.help_sessions import telling
from support.help_sessions.booking import shown
from support.help_sessions.models import Appointment, AppointmentState
from support.help_sessions.telling import Way
from support.kernel import db
from support.outbox.draining import TryLater
from support.people.normalising import shown_phone

log = logging.getLogger(__name__)


def tell(payload: Mapping[str, Any]) -> None:
    """Send the letter ``payload["letter"]`` about ``payload["appointment_id"]``.

    Nothing is sent to who has no address (channels.sms), or of what is true no more. Raises
    TryLater while the server cannot take it.
    """
    letter = str(payload["letter"])
    with db.transaction(write=False):
        appointment = telling.to_be_told(int(payload["appointment_id"]), letter)
        if appointment is None or telling.way_to(appointment.person) is not Way.MAIL:
            return
        address = appointment.person.email or ""
        mail = _mail(appointment, letter, address, datetime.fromisoformat(payload["dated"]))
    way: Way | None = Way.MAIL
    try:
        # No return path: should it not arrive, nothing comes back.
        post.current().transport.send(compose(mail), "", [address])
    except TemporaryFailure as failure:
        raise TryLater(str(failure)) from failure
    except (PermanentFailure, CannotCompose) as failure:
        log.warning("appointment %s could not be told: %s", payload["appointment_id"], failure)
        way = None
    with db.transaction():
        found = telling.to_be_told(int(payload["appointment_id"]), letter)
        if found is not None:
            telling.note_told(found, letter, way)


def _mail(appointment: Appointment, letter: str, address: str, dated: datetime) -> OutgoingMail:
    here = post.current()
    code = language_of(letter, appointment.person.language)
    subject, text, html = plain_letter(letter, code, facts_of(appointment, code))
    name, sender = here.sender
    return OutgoingMail(
        message_id=f"<{letter}.{appointment.id}.{appointment.code}@{sender.rpartition('@')[2]}>",
        date=dated,
        sender_name=name or here.service_name,
        sender_address=sender,
        to=((appointment.person.full_name, address),),
        subject=subject,
        text=text,
        html=html,
        automatic=True,
        language=code,
    )


def facts_of(appointment: Appointment, language: str) -> dict[str, Any]:
    """What the letters say, in words of that language and on the clock of the place."""
    site = appointment.help_point.site
    local = appointment.starts_at.astimezone(ZoneInfo(appointment.help_point.timezone))
    facts = {
        "name": appointment.person.full_name,
        "day": format_date(local.date(), "full", locale=language),
        "hour": local.strftime("%H:%M"),
        "place": site.name,
        "address": site.address,
        "phone": shown_phone(site.phone),
        "code": shown(appointment.code),
    }
    if direction(language) == "rtl":
        facts |= {name: left_to_right(facts[name]) for name in ("hour", "phone", "code")}
        facts |= {name: by_itself(facts[name]) for name in ("name", "place", "address")}
    return facts | {
        "bring": [line.strip() for line in appointment.reason.bring.splitlines() if line.strip()],
        "by_service": appointment.state is AppointmentState.CANCELLED_BY_SERVICE,
    }
