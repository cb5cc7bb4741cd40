"""What is read of appointments: states, channels, and hours on the clock of the place."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_datetime
from flask_babel import gettext as _

from support.help_sessions.models import AppointmentState, BookingChannel, HelpPoint

S = AppointmentState


def state_label(state: AppointmentState) -> str:
    return {
        S.SCHEDULED: _("Attendu"),
        S.CHECKED_IN: _("Arrivé"),
        S.IN_PROGRESS: _("En cours"),
        S.COMPLETED: _("Reçu"),
        S.NOT_SERVED: _("Venu, non reçu"),
        S.NO_SHOW: _("Non venu"),
        S.UNRECORDED: _("À renseigner"),
        S.CANCELLED_BY_USER: _("Annulé par la personne"),
        S.CANCELLED_BY_SERVICE: _("Annulé par le service"),
        S.RESCHEDULED: _("Déplacé"),
    }[state]


def state_tone(state: AppointmentState) -> str:
    return {
        S.CHECKED_IN: "action", S.IN_PROGRESS: "action", S.COMPLETED: "kept",
        S.NO_SHOW: "broken", S.NOT_SERVED: "risk", S.UNRECORDED: "risk",
    }.get(state, "neutral")  # fmt: skip


def event_label(event: str) -> str:
    if event == "booked":
        return _("Donné")
    if event == "told":
        return _("Courriel envoyé")
    if event == "texted":
        return _("SMS envoyé")
    if event == "untold":
        return _("Ni courriel ni SMS n’a pu partir")
    if event == "called":
        return _("Prévenu par téléphone")
    if event == "not_reached":
        return _("Appelé, pas joint")
    if event == "walk_in":
        return _("Venu sans rendez-vous")
    return state_label(AppointmentState(event))


def channel_label(channel: BookingChannel) -> str:
    return {
        BookingChannel.PHONE: _("au téléphone"),
        BookingChannel.COUNTER: _("sur place"),
        BookingChannel.PUBLIC: _("en ligne"),
        BookingChannel.CONTACT_CENTRE: _("par le centre de contact"),
        BookingChannel.WALK_IN: _("sans rendez-vous"),
    }[channel]


def why_label(code: str) -> str:
    return {
        "wrong_place": _("Ce n’est pas le bon lieu"),
        "papers_missing": _("Il manque des documents"),
        "late": _("Arrivé trop tard"),
        "no_time": _("Nous n’avons pas eu le temps"),
        "other": _("Autre raison"),
        "appointment_given": _("confirmation"),
        "appointment_reminder": _("rappel"),
        "appointment_cancelled": _("annulation"),
    }.get(code, code)


def hour(point: HelpPoint, at: datetime) -> str:
    """« 09:30 » where the place is."""
    return at.astimezone(ZoneInfo(point.timezone)).strftime("%H:%M")


def day_words(day: date) -> str:
    """« mardi 1 décembre »."""
    return format_date(day, "EEEE d MMMM")


def when(point: HelpPoint, at: datetime) -> str:
    """« mardi 1 décembre à 09:30 », where the place is."""
    local = at.astimezone(ZoneInfo(point.timezone))
    said = format_datetime(local.replace(tzinfo=None), "EEEE d MMMM", rebase=False)
    return _("%(day)s à %(hour)s", day=said, hour=hour(point, at))
