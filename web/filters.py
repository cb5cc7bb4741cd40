"""How dates, delays, references and sizes read on screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, get_timezone, ngettext
from flask_babel import gettext as _
from markupsafe import Markup, escape

from support.clocks.calendar import WorkingHours, working_days_between
from support.clocks.calendars import OFFICE, working_hours
from support.clocks.models import Calendar
from support.kernel.time import now
from support.people.normalising import shown_phone
from support.tickets.models import State, Ticket
from support.tickets.references import shown

AT_RISK = timedelta(hours=24)
_OFFICE: WorkingHours = working_hours(Calendar(code="office", weekly=OFFICE, closures=[]))


def init(app: Flask) -> None:
    app.jinja_env.filters.update(
        reference=shown,
        phone=shown_phone,
        day=day,
        moment=moment,
        instant=instant,
        ago=ago,
        size=size,
        paragraphs=paragraphs,
        duration=duration,
        clock=clock,
        from_iso=datetime.fromisoformat,
    )
    app.jinja_env.globals.update(promise_of=promise_of)


def day(value: datetime) -> str:
    """« 4 déc. », with the year when it is another one."""
    same = value.astimezone(get_timezone()).year == now().astimezone(get_timezone()).year
    return format_date(value.astimezone(get_timezone()), "d MMM" if same else "d MMM y")


def moment(value: datetime) -> str:
    """« 09:12 » today, otherwise « 21 nov. 09:12 »."""
    local = value.astimezone(get_timezone())
    if local.date() == now().astimezone(get_timezone()).date():
        return format_datetime(value, "HH:mm")
    return f"{day(value)} {format_datetime(value, 'HH:mm')}"


def clock(value: datetime) -> str:
    """« 14:05 »."""
    return format_datetime(value, "HH:mm")


def instant(value: datetime) -> str:
    """The exact instant, for those who hover or listen."""
    return format_datetime(value, _("EEEE d MMMM y 'à' HH:mm"))


def ago(value: datetime) -> str:
    """« depuis 3 j », « depuis 2 h »: how long something has lasted."""
    seconds = max(0, int((now() - value).total_seconds()))
    if seconds < 3600:
        return _("%(n)s min", n=seconds // 60)
    if seconds < 48 * 3600:
        return _("%(n)s h", n=seconds // 3600)
    return _("%(n)s j", n=seconds // 86400)


def duration(seconds: int) -> str:
    return f"{seconds // 60} min {seconds % 60:02d} s"


def size(count: int) -> str:
    if count < 1024:
        return _("%(n)s octets", n=count)
    if count < 1024 * 1024:
        return _("%(n)s Ko", n=round(count / 1024))
    return _("%(n)s Mo", n=format_decimal(round(count / 1024 / 1024, 1), "0.#"))


def paragraphs(text: str) -> Markup:
    """Plain words as paragraphs, line breaks kept."""
    blocks = [b for b in text.replace("\r\n", "\n").split("\n\n") if b.strip()]
    lines = (Markup("<br>").join(escape(line) for line in b.split("\n")) for b in blocks)
    return Markup("").join(Markup("<p>{}</p>").format(block) for block in lines)


def promise_of(ticket: Ticket) -> dict[str, Any]:
    """What the promise macro shows: ``text``, ``iso``, ``exact``, ``tone``, ``short``."""
    if ticket.state is State.CLOSED:
        return {"text": _("clos"), "tone": "none"}
    if ticket.state is State.WAITING_PERSON:
        words = _("en pause : nous attendons la personne")
        return {"text": words, "short": _("en pause"), "exact": words, "tone": "paused"}
    if ticket.promised_at is None:
        return {"text": _("aucune date promise"), "tone": "none"}
    return promise_at(ticket.promised_at)


def promise_at(at: datetime) -> dict[str, Any]:
    """« promis le 4 déc. (dans 2 jours ouvrés) » and its tone."""
    left = at - now()
    tone = "broken" if left < timedelta() else "at_risk" if left < AT_RISK else "none"
    return {
        "text": _("promis le %(day)s (%(left)s)", day=day(at), left=delay(at)),
        "short": moment(at) if abs(left) < AT_RISK else day(at),
        "left": delay(at),
        "iso": at.isoformat(),
        "exact": instant(at),
        "tone": tone,
    }


def delay(at: datetime) -> str:
    """« dans 2 jours ouvrés », « aujourd’hui », « en retard de 1 jour ouvré »."""
    days = working_days_between(now(), at, _OFFICE)
    if at < now():
        if days == 0:
            return _late_since(at)
        return ngettext(
            "en retard de %(num)s jour ouvré", "en retard de %(num)s jours ouvrés", -days
        )
    if days == 0:
        return _("aujourd’hui")
    return ngettext("dans %(num)s jour ouvré", "dans %(num)s jours ouvrés", days)


def _late_since(at: datetime) -> str:
    local = at.astimezone(get_timezone())
    if local.date() == now().astimezone(get_timezone()).date():
        return _("en retard depuis %(time)s", time=format_datetime(at, "HH:mm"))
    return _("en retard depuis le %(moment)s", moment=moment(at))


def so_many_minutes(number: int) -> str:
    return ngettext("%(num)s minute", "%(num)s minutes", number)
