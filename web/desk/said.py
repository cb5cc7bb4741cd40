"""What the requester answered on the form, in the words of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import ngettext

from channels.contact_form.questions import QUESTIONS, ZONE
from support.kernel.time import now
from support.tickets.facts import AccountStatus, SaidBy, TicketFact, facts_of
from support.tickets.models import Ticket
from support.tickets.prioritising import DOCUMENT, SILENCE
from support.tickets.timeline import Entry
from web.citizen.asking import status_label
from web.desk.labels import item_label
from web.filters import moment

DATES = ("deposit_date", "entry_date", "appointment_date")


def answers(ticket: Ticket) -> tuple[list[dict[str, Any]], str]:
    """For the facts column, in the order of the form, with who said so and when: one query."""
    known = facts_of(ticket)
    rows = [
        {"term": label(code), "value": value(known[code])} for code in QUESTIONS if code in known
    ]
    latest = max(known.values(), key=lambda fact: fact.said_at, default=None)
    if latest is None:
        return [], ""
    when = moment(latest.said_at)
    if latest.said_by is SaidBy.PERSON:
        return rows, _("dit par la personne, %(when)s", when=when)
    return rows, _("noté par un agent, %(when)s", when=when)


def came_at(entry: Entry) -> datetime | None:
    """When a message came in that was put on its ticket later; None: when it was written there."""
    came = entry.data.get("received_at")
    return datetime.fromisoformat(came) if came else None


def as_items(ticket: Ticket) -> Mapping[str, str]:
    """Items of a hand-over that several facts make together."""
    known = facts_of(ticket)
    dates = [f"{label(code)} {value(known[code])}" for code in DATES if code in known]
    items = {"dates": " ; ".join(dates)}
    if "account_status" in known:
        read = known["account_status"]
        items["document_read"] = _(
            "%(status)s (lu par la personne sur son compte, %(when)s)",
            status=value(read),
            when=moment(read.said_at),
        )
    return {code: words for code, words in items.items() if words}


def label(code: str) -> str:
    return {
        "account_status": _("Statut lu sur le compte"),
        "deposit_date": _("Demande déposée le"),
        "entry_date": _("Entrée en France le"),
        "appointment_date": _("Rendez-vous le"),
        "ephoto_code": _("Code e-photo"),
        "department": _("Département"),
    }.get(code) or item_label(code)


def value(fact: TicketFact) -> str:
    if fact.code == "account_status" and fact.value in set(AccountStatus):
        return status_label(AccountStatus(fact.value))
    return format_date(fact.day, "d MMM y", "fr") if fact.day else fact.value


def expiry(at: date | datetime) -> dict[str, str]:
    """« Titre expire dans 19 jours »: ``text``, and ``tone`` as it presses."""
    end = at.astimezone(ZONE).date() if isinstance(at, datetime) else at
    days = (end - now().astimezone(ZONE).date()).days
    if days < 0:
        return {
            "text": ngettext(
                "Titre expiré depuis %(num)s jour", "Titre expiré depuis %(num)s jours", -days
            ),
            "tone": "broken",
        }
    if days == 0:
        return {"text": _("Titre expire aujourd’hui"), "tone": "broken"}
    tone = "broken" if days <= 7 else "risk" if days <= 30 else "neutral"
    text = ngettext("Titre expire dans %(num)s jour", "Titre expire dans %(num)s jours", days)
    return {"text": text, "tone": tone}


def why_urgent(ticket: Ticket) -> str:
    """The reasons for which the priority was raised, in words; empty when it was not."""
    return ", ".join(filter(None, map(raised_because, ticket.priority_reasons or ())))


def raised_because(reason: Mapping[str, Any]) -> str:
    """One of them; empty for one that nobody has words for."""
    if reason.get("code") == DOCUMENT:
        return expiry(date.fromisoformat(reason["on"]))["text"]
    if reason.get("code") == SILENCE:
        filed = format_date(date.fromisoformat(reason["filed"]), "d MMM y", "fr")
        return _("Demande déposée le %(day)s : le silence de quatre mois approche", day=filed)
    return ""
