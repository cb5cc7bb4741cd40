"""The queue page: the address holds the view, the filters, the order and the place."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from support.catalogue.models import ContactReason, Priority, Procedure
from support.intake.models import Channel
from support.kernel import db
from support.people.models import Agent
from support.people.permissions import Permission
from support.tickets.models import State
from support.tickets.queue import COUNT_LIMIT, Cursor, Filters, Order, Page, View, read_queue
from support.tickets.references import read_reference, shown
from web.access import staff
from web.desk.labels import channel_label, priority_label, state_label
from web.http import me
from web.i18n import NAMES
from web.rail import view_label, views_of
from web.reading_args import place_in_list

bp = Blueprint("queue", __name__)

Word = TypeVar("Word", bound=StrEnum)


@bp.get("/agent/tickets")
@staff(Permission.READ_TICKETS)
def queue() -> ResponseReturnValue:
    typed = request.args.get("q", "").strip()
    if typed:
        return _search(typed)
    filters = read_filters(me())
    page = read_queue(me(), filters, _cursor())
    choices = _choices()
    return render_template(
        "desk/queue.html",
        title=view_label(filters.view),
        page=page,
        filters=filters,
        count_words=count_words(page, filters),
        chips_=_chips(filters, choices),
        choices=choices,
        sort_address=lambda order: address(tri=order),
        next=_page_address(page.next),
        previous=_page_address(page.previous),
    )


def _search(typed: str) -> ResponseReturnValue:
    """A reference goes straight to its ticket; anything else looks for persons."""
    reference = read_reference(typed)
    if reference:
        return redirect(url_for("ticket.ticket", reference=shown(reference)))
    return redirect(url_for("persons.search", q=typed))


def read_filters(agent: Agent) -> Filters:
    """Filters from the address; a value that means nothing is left out, never an error."""
    views = (*views_of(agent), View.ALL, View.CLOSED)
    level = request.args.get("niveau", "")
    view = _word(View, "vue") or views[0]
    # Nothing is promised any more in what is closed.
    usual = Order.NEWEST if view is View.CLOSED else Order.PROMISE
    return Filters(
        view=view,
        order=_word(Order, "tri") or usual,
        state=_word(State, "etat"),
        reason=request.args.get("motif") or None,
        procedure=request.args.get("demarche") or None,
        level=int(level) if level in ("1", "2", "3") else None,
        language=request.args.get("langue") or None,
        channel=_word(Channel, "canal"),
        priority=_word(Priority, "priorite"),
        department=request.args.get("departement") or None,
    )


def address(**changes: Any) -> str:
    """This page's address with ``changes``; None takes a part away. Starts at the first page."""
    kept = {k: v for k, v in request.args.items() if k not in ("apres", "avant", "q") and v}
    kept.update(changes)
    wanted: dict[str, Any] = {k: v for k, v in kept.items() if v}
    return url_for("queue.queue", **wanted)


def count_words(page: Page, filters: Filters) -> str:
    order = (
        _("les plus récents d’abord")
        if filters.order is Order.NEWEST
        else _("promesse la plus proche d’abord")
    )
    if page.count_is_bounded:
        return _("plus de %(n)s tickets, %(order)s", n=COUNT_LIMIT, order=order)
    count = ngettext("%(num)s ticket", "%(num)s tickets", page.count)
    return f"{count}, {order}"


def _word(kind: type[Word], name: str) -> Word | None:
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return None


def _cursor() -> Cursor | None:
    place = place_in_list()
    return Cursor(place.at, place.id, place.backwards) if place else None


def _page_address(cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    name = "avant" if cursor.backwards else "apres"
    return address(**{name: f"{cursor.due.isoformat()}_{cursor.id}"})


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: two small tables are read, the rest is known."""
    session = db.session()
    reasons = session.execute(
        select(ContactReason.code, ContactReason.label).order_by(ContactReason.position)
    )
    procedures = session.execute(
        select(Procedure.code, Procedure.label).order_by(Procedure.position)
    )
    anything = ("", _("Tous"))
    return {
        "motif": [anything, *((r.code, r.label) for r in reasons)],
        "demarche": [anything, *((p.code, p.label) for p in procedures)],
        "etat": [anything, *((s.value, state_label(s)) for s in State)],
        "niveau": [anything, ("1", "1"), ("2", "2"), ("3", "3")],
        "canal": [anything, *((c.value, channel_label(c)) for c in Channel)],
        "priorite": [anything, *((p.value, priority_label(p)) for p in Priority)],
        "langue": [anything, *LANGUAGES],
    }


LANGUAGES = [
    *NAMES.items(),
    ("pt", "Português"),
    ("zh", "中文"),
    ("ru", "Русский"),
    ("uk", "Українська"),
    ("tr", "Türkçe"),
    ("bn", "বাংলা"),
    ("fa", "فارسی"),
]


def _chips(filters: Filters, choices: dict[str, list[tuple[str, str]]]) -> list[dict[str, str]]:
    names: list[tuple[str, str, Callable[[Filters], Any]]] = [
        ("motif", _("motif"), lambda f: f.reason),
        ("demarche", _("démarche"), lambda f: f.procedure),
        ("etat", _("état"), lambda f: f.state),
        ("niveau", _("niveau"), lambda f: f.level),
        ("canal", _("canal"), lambda f: f.channel),
        ("priorite", _("priorité"), lambda f: f.priority),
        ("langue", _("langue"), lambda f: f.language),
    ]
    chips = []
    for name, label, read in names:
        value = read(filters)
        if value:
            words = dict(choices[name]).get(str(value), str(value))
            chips.append({"label": label, "value": words, "remove": address(**{name: None})})
    if filters.department:
        chips.append(
            {
                "label": _("département"),
                "value": filters.department,
                "remove": address(departement=None),
            }
        )
    return chips
