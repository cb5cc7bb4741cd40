"""The left rail of the staff's pages: what this role may open, and how much waits there."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from support.kernel import db
from support.people.models import Agent, Role
from support.people.permissions import Permission, Scope, may, scope_of
from support.tickets.queue import COUNT_LIMIT, View, count_views

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
    return {
        "me": agent,
        "may": lambda name: may(agent, Permission(name)),
        "user": {"name": agent.full_name, "role": role_label(agent.role)},
        # A part of a page, asked for as one types, has no rail to count for.
        "rail": [] if request.headers.get("HX-Request") else _rail(agent),
        "sections": sections(agent),
        "can_call": may(agent, Permission.TAKE_CALLS),
    }


def views_of(agent: Agent) -> tuple[View, ...]:
    if scope_of(agent) is Scope.NONE:
        return ()
    return VIEWS.get(agent.role, (View.ALL,))


def _rail(agent: Agent) -> list[dict[str, Any]]:
    views = views_of(agent)
    if not views:
        return []
    counts = count_views(agent, views)
    here = _view_here(views)
    return [
        {
            "label": view_label(view),
            "href": url_for("queue.queue", vue=view.value),
            "count": f"{COUNT_LIMIT}+" if counts[view] >= COUNT_LIMIT else counts[view],
            "active": here == view.value,
            "tone": "at_risk" if view in (View.AT_RISK, View.UNHEARD) and counts[view] else None,
        }
        for view in views
    ]


def _view_here(views: tuple[View, ...]) -> str | None:
    """The view on screen: the queue opens on the first one."""
    if request.path != "/agent/tickets":
        return None
    return request.args.get("vue") or views[0].value


def sections(agent: Agent) -> list[dict[str, Any]]:
    """What this role may open, in the order of the day."""
    every = [
        (None, _("Accueil"), "/agent/", "house"),
        (Permission.READ_TICKETS, _("Tickets"), "/agent/tickets", "inboxes"),
        (Permission.TAKE_CALLS, _("Nouvel appel"), "/agent/appels/nouveau", "telephone-plus"),
        (Permission.REPORT_ISSUES, _("Signaler"), "/agent/signalements/nouveau", "flag"),
        (Permission.OPEN_TICKETS, _("Ouvrir un ticket"), "/agent/tickets/nouveau", "plus-circle"),
        (Permission.ESCALATE, _("Escalades"), "/agent/escalades", "arrow-up-right-circle"),
        (Permission.SORT_MAIL, _("Courriels à trier"), "/agent/courriels", "envelope"),
        (Permission.READ_STAFF_ARTICLES, _("Connaissances"), "/agent/connaissances", "book"),
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
        for _permission, label, href, icon in mine
    ]


def _is_below(href: str) -> bool:
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
