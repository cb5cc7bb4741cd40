"""Choosing when to call: what is proposed, what was typed, and how it is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import format_date, get_timezone, ngettext
from flask_babel import gettext as _

from support.clocks import slots
from support.clocks.calendars import hours_of
from support.clocks.slots import Part, Slot
from support.kernel.errors import Invalid
from support.kernel.time import now
from support.people.models import Agent
from support.tickets.call_backs import CallBack, Origin
from web.filters import day, instant, moment

OTHER = "autre"
SEPARATOR = "/"


def proposals(agent: Agent) -> list[tuple[str, str]]:
    """What a list of choices offers: within the opening hours of the agent's team."""
    found = slots.proposals(now(), hours_of(agent.team.calendar_code))
    return [(_written(slot), slot_words(slot).capitalize()) for slot in found]


def read_slot(typed: Mapping[str, str], agent: Agent) -> Slot | None:
    """The slot chosen, proposed or typed; None when none was. Raises Invalid."""
    chosen, hours = typed.get("quand", ""), hours_of(agent.team.calendar_code)
    if not chosen:
        return None
    if chosen != OTHER:
        return _read(chosen)
    try:
        on = date.fromisoformat(typed.get("jour", "").strip())
    except ValueError as error:
        raise Invalid.of("handover.bad_date", "day") from error
    part = Part(typed["partie"]) if typed.get("partie") in set(Part) else Part.DAY
    return slots.slot_on(on, part, now(), hours, _hour(typed.get("heure", "")))


def slot_words(slot: Slot) -> str:
    """« aujourd’hui à 15:30 », « demain matin », « lundi 30 nov., l’après-midi »."""
    zone = get_timezone()
    on, today = slot.start.astimezone(zone).date(), now().astimezone(zone).date()
    at = slot.start.astimezone(zone).strftime("%H:%M")
    near = {0: _("aujourd’hui"), 1: _("demain")}.get((on - today).days)
    named = near or format_date(on, "EEEE d MMM")
    if slot.part is Part.HOUR:
        return _("%(day)s à %(time)s", day=named, time=at)
    if slot.part is Part.MORNING:
        return _("ce matin") if on == today else _("%(day)s matin", day=named)
    if slot.part is Part.AFTERNOON:
        return _("cet après-midi") if on == today else _("%(day)s après-midi", day=named)
    return _("%(day)s, dans la journée", day=named)


def due_words(row: CallBack) -> dict[str, Any]:
    """When a call is due and how it stands: ``text``, ``state``, ``tone``, ``iso``, ``exact``."""
    at = now()
    if row.origin is Origin.MISSED and not row.attempts:
        text = _("a appelé à %(time)s", time=moment(row.last_missed_at or row.due_at))
    else:
        text = slot_words(Slot(row.due_at, row.due_until, _part(row)))
    if row.due_until < at:
        state, tone = _late(at - row.due_until), "broken"
    elif row.due_at <= at:
        state, tone = _("à appeler maintenant"), "at_risk"
    else:
        state, tone = "", "none"
    return {"text": text, "state": state, "tone": tone, "iso": row.due_at.isoformat(),
            "exact": instant(row.due_at)}  # fmt: skip


def event_slot(start: str, end: str) -> str:
    """The same words for a line of a timeline, where « demain » would soon be wrong."""
    begins = datetime.fromisoformat(start)
    length = datetime.fromisoformat(end) - begins
    if length <= slots.LEEWAY:
        return moment(begins)
    zone = get_timezone()
    part = _("matin") if begins.astimezone(zone).time() < slots.NOON else _("après-midi")
    return _("%(day)s, dans la journée", day=day(begins)) if length > timedelta(hours=6) else (
        f"{day(begins)}, {part}")  # fmt: skip


def _late(by: timedelta) -> str:
    minutes = int(by.total_seconds() // 60)
    if minutes < 60:
        return ngettext("en retard de %(num)s min", "en retard de %(num)s min", minutes)
    if minutes < 48 * 60:
        return ngettext("en retard de %(num)s h", "en retard de %(num)s h", minutes // 60)
    return ngettext("en retard de %(num)s jour", "en retard de %(num)s jours", minutes // 1440)


def _part(row: CallBack) -> Part:
    length, zone = row.due_until - row.due_at, get_timezone()
    if length <= slots.LEEWAY:
        return Part.HOUR
    if length > timedelta(hours=6):
        return Part.DAY
    return Part.MORNING if row.due_at.astimezone(zone).time() < slots.NOON else Part.AFTERNOON


def _written(slot: Slot) -> str:
    return SEPARATOR.join((slot.start.isoformat(), slot.end.isoformat(), slot.part.value))


def _read(text: str) -> Slot:
    """A proposal sent back. Whoever makes one up gets what anybody may type."""
    try:
        start, end, part = text.split(SEPARATOR)
        slot = Slot(datetime.fromisoformat(start), datetime.fromisoformat(end), Part(part))
        well = slot.start < slot.end <= slot.start + timedelta(days=1)
    except (ValueError, TypeError) as error:
        raise Invalid.of("slot.missing", "slot") from error
    if not well or slot.start > now() + slots.FARTHEST:
        raise Invalid.of("slot.missing", "slot")
    if slot.end <= now():
        raise Invalid.of("slot.past", "slot")
    return slot


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text.strip().replace("h", ":"))
    except ValueError:
        return None
