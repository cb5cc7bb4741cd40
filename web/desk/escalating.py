"""Handing over, answering the level below, asking for what is missing, calling back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from escalation import asking, chain, handover, keeping, raising, returning
from escalation.reading import last_return
from knowledge.articles.queries import audience_of, by_slug
from support.kernel import db
from support.kernel.errors import Conflict, Forbidden, Invalid, NotVisible
from support.people.models import Team
from support.people.permissions import Permission
from support.tickets.handing import at_home
from support.tickets.journal import FileDraft
from support.tickets.models import Ticket
from support.tickets.references import shown
from support.tickets.replying import fronts
from support.tickets.visibility import one_visible
from web.access import staff
from web.citizen.asking import label
from web.desk.said import as_items
from web.desk.ticket import Typed, refused
from web.errors import STATUS
from web.http import me
from web.messages import sentence, sentences
from web.reading_args import row_number
from web.uploads import kept_files, take_files, unseal

bp = Blueprint("escalating", __name__, url_prefix="/agent/tickets/<reference>")


@bp.get("/escalades/nouvelle")
@staff(Permission.ESCALATE)
def form(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me())
    return _form(ticket, "", handover.prefilled(ticket, as_items(ticket)), None, {})


@bp.post("/escalades")
@staff(Permission.ESCALATE)
def escalate(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    question = request.form.get("question", "")
    given = {code: request.form.get(code, "") for code in handover.ITEMS}
    files = unseal(request.form.getlist("kept"))
    to = _chosen(ticket, row_number(request.form, "to"))
    try:
        if to is None:
            raise Conflict.of("escalate.not_next", "to", team="")
        take_files(request.files.getlist("files"), files, "screenshot")
        if files and not given["screenshot"].strip():
            given["screenshot"] = _("jointe ici")
        raising.escalate(ticket, to, raising.HandoverDraft(question, given, files), by=me())
    except (Invalid, Conflict, Forbidden) as error:
        db.session().rollback()
        fresh = one_visible(reference, me())
        return _form(fresh, question, given, to, sentences(error), files), STATUS[type(error)]
    flash(
        _("Transmis à %(team)s. Vous verrez ici qui l’a et depuis quand.", team=to.label),
        "success",
    )
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)))


@bp.post("/demandes")
@staff(Permission.REPLY)
def ask(reference: str) -> ResponseReturnValue:
    """Ask the person for just what is missing."""
    ticket = one_visible(reference, me(), lock=True)
    codes = request.form.getlist("items")
    said = {code: label(code) for code in codes if code in asking.ASKABLE}
    try:
        asking.ask_person(ticket, codes, said, by=me())
    except (Invalid, Conflict, Forbidden) as error:
        db.session().rollback()
        flash(sentence(error.problems[0]), "error")
        return redirect(url_for("escalating.form", reference=reference), 303)
    flash(
        _("La personne reçoit ces seules questions. La date promise attend sa réponse."), "success"
    )
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


@bp.post("/retours")
@staff(Permission.ANSWER_BELOW)
def answer(reference: str) -> ResponseReturnValue:
    """Answer the level below, name what is missing, or keep it and say when there will be news."""
    ticket = one_visible(reference, me(), lock=True)
    text, missing = request.form.get("text", ""), request.form.getlist("missing")
    kind = request.form.get("kind")
    try:
        if kind == "missing":
            below = returning.ask_missing(ticket, missing, text, by=me())
        elif kind == "article":
            below = returning.point_out(ticket, _article(), text, by=me())
        elif kind == "keep":
            below = keeping.keep(ticket, text, _day(request.form.get("news_on", "")), by=me())
        else:
            below = returning.answer(ticket, text, by=me())
    except (Invalid, Conflict, Forbidden) as error:
        # A colleague may have answered first: what was typed is shown beside what they wrote.
        db.session().rollback()
        news_on = request.form.get("news_on", "") or (" " if kind == "keep" else "")
        typed = Typed("back", text, missing=missing, news_on=news_on)
        return refused(one_visible(reference, me()), typed, error, STATUS[type(error)])
    if kind == "keep":
        flash(_("Gardé : %(team)s lit vos nouvelles.", team=below.from_team.label), "success")
    else:
        flash(_("Rendu à %(team)s.", team=below.from_team.label), "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)))


@bp.post("/rappels")
@staff(Permission.ESCALATE)
def withdraw(reference: str) -> ResponseReturnValue:
    ticket = one_visible(reference, me(), lock=True)
    raising.withdraw(ticket, by=me())
    flash(_("Le ticket est revenu à votre équipe."), "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)))


def _article() -> returning.Answered | None:
    """The one chosen, if the agent may read it."""
    try:
        found = by_slug(request.form.get("article", ""), audience_of(me()))
    except NotVisible:
        return None
    return returning.Answered(found.slug, found.title)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _chosen(ticket: Ticket, team_id: int | None) -> Team | None:
    """The team that the form names, even if the chain no longer leads there; else the next."""
    named = db.session().get(Team, team_id) if team_id is not None else None
    return named or next(iter(chain.next_teams(ticket)), None)


def _form(
    ticket: Ticket,
    question: str,
    given: Mapping[str, str],
    to: Team | None,
    errors: Mapping[str | None, str],
    files: Sequence[FileDraft] = (),
) -> str:
    returned = last_return(ticket)
    missing = returned.missing if returned else []
    end = handover.read_date(given.get("expiry_date", ""))
    asks = fronts(me(), ticket) and at_home(ticket)
    # Gone higher meanwhile: the form stays readable, with everything typed into it.
    ways = chain.ways(ticket)
    teams = [way.team for way in ways] or ([to] if to else [])
    return render_template(
        "desk/escalate.html",
        ticket=ticket,
        teams=teams,
        away=[way for way in ways if way.absent is not None],
        to=to or (teams[0] if teams else None),
        question=question,
        given={**given, "expiry_date": end.isoformat() if end else ""},
        items=handover.items_for(ticket.reason, missing),
        to_ask=[(code, label(code)) for code in asking.to_ask(ticket, given)] if asks else [],
        pending=asking.pending(ticket) if asks else [],
        missing=missing,
        asked_by=returned.to_team.label if returned else "",
        kept=kept_files(files),
        errors=errors,
    )
