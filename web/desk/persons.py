"""Persons: found as one types, and everything about one on a page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from support.kernel import db
from support.kernel.errors import Invalid
from support.people import contacting
from support.people.models import Person
from support.people.permissions import Permission
from support.tickets.models import Ticket
from support.tickets.persons import find_persons, one_person, sees_everybody
from support.tickets.visibility import visible_to
from web.access import staff
from web.desk.facts import masked
from web.http import me
from web.messages import sentence

bp = Blueprint("persons", __name__)
SHOWN = 50


@bp.get("/agent/personnes")
@staff(Permission.READ_PERSONS)
def search() -> ResponseReturnValue:
    typed = request.args.get("q", "").strip()
    found = find_persons(typed, by=me(), limit=SHOWN)
    return render_template(
        "desk/persons.html",
        typed=typed,
        persons=found,
        search_query=typed,
        masked=masked,
        # What was given opens the page of somebody who is found by it alone.
        given=None if sees_everybody(me()) else typed,
    )


@bp.get("/agent/personnes/<int:person_id>")
@staff(Permission.READ_PERSONS)
def person(person_id: int) -> ResponseReturnValue:
    return _page(one_person(person_id, by=me(), given=request.args.get("q", "")))


@bp.post("/agent/personnes/<int:person_id>/coordonnees")
@staff(Permission.READ_PERSONS, Permission.OPEN_TICKETS)
def add_contact(person_id: int) -> ResponseReturnValue:
    """One more address or telephone number, as the person says it."""
    found = one_person(person_id, by=me(), given=request.args.get("q", ""))
    db.session().refresh(found, with_for_update={"of": Person})
    try:
        contacting.add_contact(found, request.form.get("contact", ""), by=me())
    except Invalid as refusal:
        return _page(found, sentence(refusal.problems[0])), 422
    flash(_("C’est noté sur sa fiche."), "success")
    given = request.args.get("q") or None
    return redirect(url_for("persons.person", person_id=found.id, q=given), 303)


def _page(found: Person, problem: str | None = None) -> str:
    tickets = db.session().scalars(
        select(Ticket)
        .where(Ticket.person_id == found.id, visible_to(me()))
        .options(
            joinedload(Ticket.reason, innerjoin=True),
            joinedload(Ticket.team, innerjoin=True),
            joinedload(Ticket.owner),
            joinedload(Ticket.person),
        )
        .order_by(Ticket.is_open.desc(), Ticket.id.desc())
        .limit(SHOWN)
    )
    return render_template(
        "desk/person.html",
        person=found,
        tickets=tickets.unique().all(),
        typed=request.form.get("contact", ""),
        given=request.args.get("q") or None,
        problem=problem,
    )
