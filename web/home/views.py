"""The agent's home: one list of what to do now, and the figures of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, get_timezone
from flask_babel import gettext as _

from channels.phone import ringing
from escalation.listing import handed_to
from escalation.models import Escalation
from support.kernel.time import now
from support.people.models import Agent, Role
from support.people.permissions import Permission, may
from support.tickets.call_lists import of_the_day
from support.tickets.models import State, Ticket
from support.tickets.queue import COUNT_LIMIT, Filters, View, count_views, read_queue
from web.access import staff
from web.desk.call_slots import due_words
from web.desk.ringing import shown
from web.http import me
from web.rail import view_label, views_of

bp = Blueprint("home", __name__)

WRITING = "/agent/connaissances/redaction"
NEXT = 8  # enough to choose from, few enough to read at a glance

# The views whose count says what to do; the others are in the rail.
TELLING = (View.MINE, View.AT_RISK, View.UNOWNED, View.RETURNED, View.ALL)

# Where each role's day begins.
FIRST_VIEW = {
    Role.TELEADVISER: View.MINE,
    Role.SUPERVISOR: View.AT_RISK,
    Role.PROJECT_AGENT: View.TEAM,
    Role.BUSINESS_AGENT: View.TEAM,
    Role.SITE_REFERENT: View.ALL,
    Role.HELP_POINT_AGENT: View.ALL,
    Role.ADMINISTRATOR: View.ALL,
}


# Those who follow what they asked, and whose next act is to ask again.
ASKERS = (Role.SITE_REFERENT, Role.HELP_POINT_AGENT)


@bp.get("/agent/")
@staff()
def home() -> ResponseReturnValue:
    agent = me()
    doors = _doors(agent)
    if not views_of(agent) and len(doors) == 1:
        return redirect(doors[0]["home"])  # one thing to do: that is home
    todo = _todo(agent)
    return render_template(
        "home/home.html",
        agent=agent,
        today=format_datetime(now(), "EEEE d MMMM, HH:mm"),
        tiles=_tiles(agent),
        todo=todo,
        why=_why,
        work=_work(agent, todo),
        asked=lambda row: row.escalation.question,
        doors=doors,
        asks=agent.role in ASKERS,
        **_calls(agent),
    )


def _calls(agent: Agent) -> dict[str, Any]:
    """What rings, and whom to call in one's day: also without a script that asks."""
    if not may(agent, Permission.TAKE_CALLS):
        return {"call_backs": []}
    rings = ringing.ringing_for(agent)
    tomorrow = now().astimezone(get_timezone()).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), get_timezone())
    return {
        "call_backs": of_the_day(agent, midnight),
        "due": due_words,
        "ringing": shown(rings) if rings else None,
    }


def _tiles(agent: Agent) -> list[dict[str, Any]]:
    views = [v for v in views_of(agent) if v in TELLING]
    if not views:
        return []
    counts = count_views(agent, views)
    return [
        {
            "value": f"{COUNT_LIMIT}+" if counts[v] >= COUNT_LIMIT else counts[v],
            "label": view_label(v),
            "href": url_for("queue.queue", vue=v.value),
            "tone": "risk" if v is View.AT_RISK and counts[v] else None,
        }
        for v in views
    ]


def _todo(agent: Agent) -> list[Ticket]:
    """What is most urgent: one's own tickets first, then what nobody has taken."""
    if not may(agent, Permission.READ_TICKETS):
        return []
    first = FIRST_VIEW.get(agent.role, View.ALL)
    # Who asks must answer what we asked them; for the others a pause is nothing to do.
    ours = agent.role not in ASKERS
    found = list(read_queue(agent, Filters(view=first, ours_to_act=ours), size=NEXT).tickets)
    if first is View.MINE and len(found) < NEXT:
        unowned = Filters(view=View.UNOWNED, ours_to_act=ours)
        more = read_queue(agent, unowned, size=NEXT - len(found))
        found += [t for t in more.tickets if t not in found]
    if not ours:
        found.sort(key=lambda ticket: ticket.state is not State.WAITING_PERSON)
    return found


@dataclass(frozen=True)
class Work:
    """A ticket of a higher level, with the hand-over that brought it, if one did."""

    ticket: Ticket
    escalation: Escalation | None
    went_on: bool = False


def _work(agent: Agent, todo: Sequence[Ticket]) -> list[Work]:
    """For those who answer the level below: what was asked stands beside each ticket."""
    if not todo or not may(agent, Permission.ANSWER_BELOW):
        return []
    asked = handed_to(agent, todo)
    return [Work(ticket, asked.get(ticket.id)) for ticket in todo]


def _why(ticket: Ticket) -> str:
    """In two words, why this one now."""
    if ticket.state is State.RETURNED:
        return _("revenu d’un autre niveau")
    if ticket.state is State.REOPENED:
        return _("rouvert par la personne")
    if ticket.state is State.WAITING_PERSON:
        asked_here = ticket.requester_agent is not None
        return _("on attend votre réponse") if asked_here else _("nous attendons une réponse")
    if ticket.chasers:
        return _("la personne relance")
    if ticket.promised_at is not None and ticket.promised_at < now():
        return _("promesse dépassée")
    if ticket.owner_id is None:
        return _("sans responsable")
    return _("promesse la plus proche")


def _doors(agent: Agent) -> list[dict[str, Any]]:
    """For roles without a queue: where their work is."""
    doors = [
        (Permission.TAKE_CALLS, _("Prendre un appel"), "/agent/appels/nouveau", "telephone-plus"),
        (Permission.REPORT_ISSUES, _("Signaler une anomalie"), "/agent/signalements/nouveau",
         "flag"),
        (Permission.OPEN_TICKETS, _("Ouvrir un ticket"), "/agent/tickets/nouveau", "plus-circle"),
        (Permission.WRITE_ARTICLES, _("Écrire une fiche"), WRITING + "/nouvelle",
         "pencil-square"),
        (Permission.READ_FIGURES, _("Lire les chiffres"), "/agent/pilotage", "bar-chart"),
    ]  # fmt: skip
    return [
        {"label": label, "href": href, "icon": icon, "home": href.removesuffix("/nouvelle")}
        for permission, label, href, icon in doors
        if may(agent, permission)
    ]
