"""What is with another level: who has it, since when, what was asked. Oldest first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from escalation.listing import (
    COUNT_LIMIT,
    Cursor,
    Filters,
    Page,
    Side,
    count_sides,
    read_hand_overs,
    sides_of,
)
from support.kernel import db
from support.people.models import Agent, Team, TeamKind
from support.people.permissions import Permission
from support.tickets.thread import reads_internal
from web.access import staff
from web.desk import catalogue
from web.http import me
from web.reading_args import place_in_list

bp = Blueprint("escalations", __name__)

# The teams at either end of an arrow of the chain.
ENDS = (
    TeamKind.CONTACT_CENTRE,
    TeamKind.PROJECT_DIRECTORATE,
    TeamKind.BUSINESS_DIRECTORATE,
)


@bp.get("/agent/escalades")
@staff(Permission.READ_TICKETS)
def escalations() -> ResponseReturnValue:
    agent = me()
    filters = read_filters(agent)
    page = read_hand_overs(agent, filters, _cursor())
    choices = _choices()
    return render_template(
        "chain/escalations.html",
        title=side_title(filters.side),
        page=page,
        filters=filters,
        tabs=_tabs(agent, filters.side),
        count_words=count_words(page),
        choices=choices,
        chips_=_chips(filters, choices),
        clear=url_for("escalations.escalations", sens=filters.side.value),
        previous=_page_address(page.previous),
        next=_page_address(page.next),
        # A requester on the staff sees where it is, not what the levels ask each other.
        asked=lambda row: row.escalation.question if reads_internal(row.ticket, agent) else None,
    )


def read_filters(agent: Agent) -> Filters:
    """Filters from the address; a value that means nothing is left out, never an error."""
    sides = sides_of(agent)
    wanted = request.args.get("sens", "")
    side = next((s for s in sides if s.value == wanted), sides[0])
    return Filters(side, request.args.get("equipe") or None, request.args.get("motif") or None)


def side_title(side: Side) -> str:
    return {
        Side.HERE: _("Reçu du niveau précédent"),
        Side.AWAY: _("Chez un autre niveau"),
        Side.SEEN: _("Chez un autre niveau"),
    }[side]


def count_words(page: Page) -> str:
    order = _("la plus ancienne transmission d’abord")
    if page.count_is_bounded:
        return _("plus de %(n)s tickets, %(order)s", n=COUNT_LIMIT, order=order)
    return f"{ngettext('%(num)s ticket', '%(num)s tickets', page.count)}, {order}"


def address(**changes: Any) -> str:
    """This page's address with ``changes``; None takes a part away. Starts at the first page."""
    kept = {k: v for k, v in request.args.items() if k in ("sens", "equipe", "motif") and v}
    kept.update(changes)
    wanted: dict[str, Any] = {k: v for k, v in kept.items() if v}
    return url_for("escalations.escalations", **wanted)


def _tabs(agent: Agent, here: Side) -> list[dict[str, Any]]:
    sides = sides_of(agent)
    if len(sides) < 2:
        return []
    counts = count_sides(agent, sides)
    return [
        {
            "label": side_title(side),
            "href": url_for("escalations.escalations", sens=side.value),
            "count": f"{COUNT_LIMIT}+" if counts[side] >= COUNT_LIMIT else counts[side],
            "current": side is here,
        }
        for side in sides
    ]


def _choices() -> dict[str, list[tuple[str, str]]]:
    teams = db.session().execute(
        select(Team.code, Team.label).where(Team.kind.in_(ENDS)).order_by(Team.level, Team.id)
    )
    anything = ("", _("Tous"))
    return {
        "equipe": [("", _("Toutes")), *((team.code, team.label) for team in teams)],
        "motif": [anything, *((r.code, r.label) for r in catalogue.reasons())],
    }


def _chips(filters: Filters, choices: dict[str, list[tuple[str, str]]]) -> list[dict[str, str]]:
    given = [("equipe", _("équipe"), filters.team), ("motif", _("motif"), filters.reason)]
    return [
        {
            "label": label,
            "value": dict(choices[name]).get(value, value),
            "remove": address(**{name: None}),
        }
        for name, label, value in given
        if value
    ]


def _cursor() -> Cursor | None:
    place = place_in_list()
    return Cursor(place.at, place.id, place.backwards) if place else None


def _page_address(cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    name = "avant" if cursor.backwards else "apres"
    return address(**{name: f"{cursor.raised_at.isoformat()}_{cursor.id}"})
