"""The left rail of the staff's pages: what this role may open, and how much waits there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import exists, select

from channels.mail import sorting
from escalation.announcements.publishing import KIND
from support.kernel import db
from support.people import notices
from support.people.models import Agent, Role
from support.people.permissions import Permission, Scope, may, scope_of
from support.people.tokens import ApiToken, TokenKind
from support.tickets.call_lists import waiting_count
from support.tickets.pressing import pressing_count
from support.tickets.queue import COUNT_LIMIT, View, view_counts

CALL_BACKS = "/agent/appels"
TO_SORT = "/agent/courriels"
ANNOUNCEMENTS = "/agent/annonces"
VIEWS = {
    Role.TELEADVISER: (
        View.MINE, View.TEAM, View.UNOWNED, View.AT_RISK, View.RETURNED, View.WAITING,
        View.HIGHER_UP, View.UNHEARD,
    ),
    Role.SUPERVISOR: (
        View.TEAM, View.UNOWNED, View.AT_RISK, View.RETURNED, View.WAITING, View.HIGHER_UP,
        View.UNHEARD,
    ),
    Role.PROJECT_AGENT: (
        View.MINE, View.TEAM, View.UNOWNED, View.AT_RISK, View.RETURNED, View.HIGHER_UP,
        View.UNHEARD,
    ),
    Role.BUSINESS_AGENT: (View.MINE, View.TEAM, View.UNOWNED, View.AT_RISK),
    Role.SITE_REFERENT: (View.ALL, View.CLOSED),
    Role.HELP_POINT_AGENT: (View.ALL, View.CLOSED),
    Role.ADMINISTRATOR: (View.ALL, View.CLOSED),
}  # fmt: skip


def view_label(view: View) -> str:
    return {
        View.MINE: _("Mes tickets"),
        View.TEAM: _("À l’équipe"),
        View.UNOWNED: _("Sans responsable"),
        View.AT_RISK: _("À risque"),
        View.WAITING: _("Attente"),
        View.RETURNED: _("Revenus"),
        View.HIGHER_UP: _("Chez un autre niveau"),
        View.UNHEARD: _("Réponses non remises"),
        View.CLOSED: _("Clos"),
        View.ALL: _("Tous les ouverts"),
    }[view]


def init(app: Flask) -> None:
    app.context_processor(lambda: _staff_names() if request.path.startswith("/agent") else {})


def _staff_names() -> dict[str, Any]:
    if not current_user.is_authenticated or not db.in_transaction():
        return {}
    agent: Agent = current_user.agent
    whole = not request.headers.get("HX-Request")
    # A part of a page, asked for as one types, has no rail to count for.
    counts = _counts(agent) if whole else Counts({})
    return {
        "me": agent,
        "may": lambda name: may(agent, Permission(name)),
        "user": {"name": agent.full_name, "role": role_label(agent.role)},
        "rail": _rail(counts.views),
        "sections": sections(
            agent,
            {
                CALL_BACKS: counts.to_call,
                TO_SORT: counts.to_sort,
                ANNOUNCEMENTS: counts.to_read,
            },
        ),
        "can_call": may(agent, Permission.TAKE_CALLS),
        "rings_here": counts.rings,
        "call_count": counts.to_call,
        "bar_notices": _bar_notices(counts),
    }


@dataclass(frozen=True)
class Counts:
    """``to_call``: how many must be called back now. ``to_sort``: how many mails wait for a
    person. ``rings``: pages ask what rings. ``pressing``: promises that are about to break.
    ``to_read``: announcements.
    """

    views: Mapping[View, int]
    to_call: int = 0
    to_sort: int = 0
    rings: bool = False
    pressing: int = 0
    to_read: int = 0


def _counts(agent: Agent) -> Counts:
    """Everything that every page counts: one query."""
    views = views_of(agent)
    columns: list[Any] = [notices.unread_count(agent, KIND), *view_counts(agent, views)]
    told = may(agent, Permission.REPLY)
    if told:
        columns.append(pressing_count(agent))
    if may(agent, Permission.TAKE_CALLS):
        fed = exists().where(ApiToken.kind == TokenKind.TELEPHONY, ApiToken.revoked_at.is_(None))
        columns += [waiting_count(agent), fed]
    if may(agent, Permission.SORT_MAIL):
        columns.append(sorting.waiting_count(COUNT_LIMIT))
    row = list(db.session().execute(select(*columns)).one())
    to_read = row.pop(0)
    counted = {view: row.pop(0) for view in views}
    pressing = row.pop(0) if told else 0
    to_sort = row.pop() if may(agent, Permission.SORT_MAIL) else 0
    to_call, rings = row or (0, False)
    on = current_app.config["SETTINGS"].telephony != "off"
    return Counts(counted, to_call, to_sort, bool(rings) and on, pressing, to_read)


def _bar_notices(counts: Counts) -> list[dict[str, str]]:
    """What cannot wait for the next visit of a list."""
    found = []
    if counts.pressing:
        said = ngettext("%(num)s promesse presse", "%(num)s promesses pressent", counts.pressing)
        href = url_for("queue.queue", vue=View.AT_RISK.value)
        found.append({"text": said, "href": href, "tone": "pressing"})
    if counts.to_call:
        said = ngettext("%(num)s appel à rappeler", "%(num)s appels à rappeler", counts.to_call)
        found.append({"text": said, "href": url_for("call_backs.listing")})
    return found


def views_of(agent: Agent) -> tuple[View, ...]:
    if scope_of(agent) is Scope.NONE:
        return ()
    return VIEWS.get(agent.role, (View.ALL,))


def _rail(counts: Mapping[View, int]) -> list[dict[str, Any]]:
    views = tuple(counts)
    here = _view_here(views)
    return [
        {
            "label": view_label(view),
            "href": url_for("queue.queue", vue=view.value),
            "count": _said(counts[view]),
            "active": here == view.value,
            "tone": "at_risk" if view in (View.AT_RISK, View.UNHEARD) and counts[view] else None,
        }
        for view in views
    ]


def _said(count: int) -> int | str:
    return f"{COUNT_LIMIT}+" if count >= COUNT_LIMIT else count


def _view_here(views: tuple[View, ...]) -> str | None:
    """The view on screen: the queue opens on the first one."""
    if request.path != "/agent/tickets":
        return None
    return request.args.get("vue") or next((view.value for view in views), None)


def sections(agent: Agent, waiting: Mapping[str, int]) -> list[dict[str, Any]]:
    """What this role may open, in the order of the day. ``waiting``: how much, by address."""
    every = [
        (None, _("Accueil"), "/agent/", "house"),
        (Permission.READ_TICKETS, _("Tickets"), "/agent/tickets", "inboxes"),
        (Permission.TAKE_CALLS, _("Nouvel appel"), "/agent/appels/nouveau", "telephone-plus"),
        (Permission.TAKE_CALLS, _("Appels à rappeler"), CALL_BACKS, "telephone-outbound"),
        (Permission.BOOK, _("Rendez-vous"), "/agent/rendez-vous", "calendar-event"),
        (Permission.REPORT_ISSUES, _("Signaler"), "/agent/signalements/nouveau", "flag"),
        (Permission.OPEN_TICKETS, _("Ouvrir un ticket"), "/agent/tickets/nouveau", "plus-circle"),
        (Permission.ESCALATE, _("Escalades"), "/agent/escalades", "arrow-up-right-circle"),
        (Permission.SORT_MAIL, _("Courriels à trier"), TO_SORT, "envelope"),
        (Permission.READ_STAFF_ARTICLES, _("Connaissances"), "/agent/connaissances", "book"),
        (Permission.READ_STAFF_ARTICLES, _("Anomalies connues"), "/agent/anomalies", "bug"),
        (None, _("Annonces"), ANNOUNCEMENTS, "megaphone"),
        (
            Permission.READ_STAFF_ARTICLES,
            _("Mises en production"),
            "/agent/mises-en-production",
            "layers",
        ),
        (Permission.REVIEW, _("Réunion"), "/agent/reunions", "calendar-check"),
        (Permission.READ_FIGURES, _("Pilotage"), "/agent/pilotage", "bar-chart"),
        (Permission.ADMINISTER, _("Administration"), "/agent/administration", "gear"),
    ]
    mine = [section for section in every if section[0] is None or may(agent, section[0])]
    # A page below a section belongs to it, unless a section of its own is nearer.
    here = max((href for _p, _l, href, _i in mine if _is_below(href)), key=len, default=None)
    if here == "/agent/tickets" == request.path:
        here = None  # the view above is where one is
    return [
        {"label": label, "href": href, "icon": icon, "active": href == here}
        | ({"count": _said(waiting[href])} if waiting.get(href) else {})
        for _permission, label, href, icon in mine
    ]


def _is_below(href: str) -> bool:
    # A form that is shown again because it was refused is still the page it was sent from.
    if request.method == "POST" and href == f"{request.path}/nouveau":
        return True
    return request.path == href or (href != "/agent/" and request.path.startswith(href + "/"))


def role_label(role: Role) -> str:
    return {
        Role.TELEADVISER: _("Téléconseil, niveau 1"),
        Role.SUPERVISOR: _("Supervision du centre de contact"),
        Role.PROJECT_AGENT: _("DP ANEF, niveau 2"),
        Role.BUSINESS_AGENT: _("Direction métier, niveau 3"),
        Role.SITE_REFERENT: _("Référent fonctionnel"),
        Role.HELP_POINT_AGENT: _("Point d’accès numérique"),
        Role.KNOWLEDGE_EDITOR: _("Rédaction des fiches"),
        Role.STEERING_READER: _("Pilotage"),
        Role.ADMINISTRATOR: _("Administration"),
    }[role]
