"""Known issues: what is known of each, who is touched, and word to all when it is mended."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from escalation.known_issues import finding, recording
from escalation.known_issues.models import IssueKind, IssueState, KnownIssue
from escalation.known_issues.recording import IssueDraft
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid
from support.people import notices
from support.people.permissions import Permission
from support.tickets.references import shown
from support.tickets.visibility import one_visible
from web.access import staff
from web.desk import catalogue
from web.desk.ticket import can_tie
from web.errors import STATUS
from web.http import me
from web.messages import sentences
from web.reading_args import number, row_number

bp = Blueprint("issues", __name__, url_prefix="/agent")

TEXTS = ("title", "details", "workaround", "public_words")
NAMES = (*TEXTS, "kind", "state", "reason", "procedure", "news", "ticket", "shown_publicly")
MOST_DOSSIERS = 100_000


@bp.get("/anomalies")
@staff(Permission.READ_STAFF_ARTICLES)
def listing() -> ResponseReturnValue:
    live = request.args.get("etat") != "terminees"
    found = finding.read_issues(live=live, before=row_number(request.args, "avant"))
    rows = found[: finding.PAGE]
    here: dict[str, Any] = {} if live else {"etat": "terminees"}
    more = len(found) > finding.PAGE
    return render_template(
        "chain/issues.html",
        rows=rows,
        live=live,
        state_words=state_words,
        next=url_for("issues.listing", **here, avant=rows[-1].issue.id) if more else None,
        first=url_for("issues.listing", **here) if request.args.get("avant") else None,
    )


@bp.get("/anomalies/nouvelle")
@staff(Permission.TRACK_ISSUES)
def new() -> ResponseReturnValue:
    """Begun from a ticket, it has what the ticket says."""
    typed = {name: request.args.get(name, "") for name in NAMES}
    if typed["ticket"]:
        ticket = one_visible(typed["ticket"], me())
        typed |= {"title": ticket.subject, "reason": ticket.reason.code}
        typed["procedure"] = ticket.procedure.code if ticket.procedure else ""
    return _form(None, typed)


@bp.post("/anomalies")
@staff(Permission.TRACK_ISSUES)
def create() -> ResponseReturnValue:
    typed = _typed()
    ticket = one_visible(typed["ticket"], me(), lock=True) if typed["ticket"] else None
    try:
        issue = recording.record(_draft(typed), by=me())
    except Invalid as refusal:
        return _form(None, typed, refusal), 422
    if ticket is not None:
        recording.link(issue, ticket, by=me())
    flash(_("Anomalie enregistrée. Les équipes et les référents la voient."), "success")
    return redirect(url_for("issues.issue", issue_id=issue.id), 303)


@bp.get("/anomalies/<int:issue_id>")
@staff(Permission.READ_STAFF_ARTICLES)
def issue(issue_id: int) -> ResponseReturnValue:
    return _page(recording.one_issue(issue_id, by=me()))


@bp.get("/anomalies/<int:issue_id>/modifier")
@staff(Permission.TRACK_ISSUES)
def edit(issue_id: int) -> ResponseReturnValue:
    found = recording.one_issue(issue_id, by=me())
    typed = {name: str(getattr(found, name)) for name in TEXTS}
    typed |= {"kind": found.kind.value, "state": found.state.value, "news": ""}
    typed["shown_publicly"] = "1" if found.shown_publicly else ""
    typed["reason"] = found.reason.code if found.reason else ""
    typed["procedure"] = found.procedure.code if found.procedure else ""
    return _form(found, typed)


@bp.post("/anomalies/<int:issue_id>/modifier")
@staff(Permission.TRACK_ISSUES)
def revise(issue_id: int) -> ResponseReturnValue:
    found, typed = recording.one_issue(issue_id, by=me(), lock=True), _typed()
    state = IssueState(typed["state"]) if typed["state"] in set(IssueState) else found.state
    try:
        recording.revise(found, _draft(typed), state, typed["news"], by=me())
    except (Invalid, Conflict) as refusal:
        db.session().rollback()
        again = recording.one_issue(issue_id, by=me())
        return _form(again, typed, refusal), STATUS[type(refusal)]
    flash(_("Enregistré."), "success")
    return redirect(url_for("issues.issue", issue_id=issue_id), 303)


@bp.post("/anomalies/<int:issue_id>/fins")
@staff(Permission.TRACK_ISSUES)
def end(issue_id: int) -> ResponseReturnValue:
    """It is mended, or stays as it is: everybody is told in the same words."""
    found = recording.one_issue(issue_id, by=me(), lock=True)
    typed = {name: request.form.get(name, "") for name in ("words", "how", "close")}
    how = IssueState(typed["how"]) if typed["how"] in set(IssueState) else IssueState.OPEN
    try:
        told = recording.end(found, how, typed["words"], close=bool(typed["close"]), by=me())
    except (Invalid, Conflict) as refusal:
        db.session().rollback()
        page = _page(recording.one_issue(issue_id, by=me()), typed, refusal)
        return page, STATUS[type(refusal)]
    flash(
        ngettext(
            "C’est dit : %(num)s ticket reçoit la nouvelle.",
            "C’est dit : %(num)s tickets reçoivent la nouvelle.",
            told,
        ),
        "success",
    )
    return redirect(url_for("issues.issue", issue_id=issue_id), 303)


@bp.post("/anomalies/<int:issue_id>/reouvertures")
@staff(Permission.TRACK_ISSUES)
def reopen(issue_id: int) -> ResponseReturnValue:
    recording.reopen(recording.one_issue(issue_id, by=me(), lock=True), by=me())
    flash(_("L’anomalie est de nouveau ouverte."), "success")
    return redirect(url_for("issues.issue", issue_id=issue_id), 303)


@bp.post("/anomalies/<int:issue_id>/suivis")
@staff(Permission.READ_STAFF_ARTICLES)
def follow(issue_id: int) -> ResponseReturnValue:
    found = recording.one_issue(issue_id, by=me(), lock=True)
    if request.form.get("arreter"):
        recording.unfollow(found, by=me())
        flash(_("Vous ne suivez plus cette anomalie."), "success")
    else:
        typed = request.form.get("affected", "").strip()
        affected = number(typed, MOST_DOSSIERS) if typed else 0
        if affected is None:
            wrong = Invalid.of("field.number", "affected", most=MOST_DOSSIERS)
            return _page(found, {"affected": typed, "close": "1"}, wrong), 422
        recording.follow(found, affected, by=me())
        flash(_("Vous serez prévenu ici et par courriel. Rien d’autre à faire."), "success")
    return redirect(url_for("issues.issue", issue_id=issue_id), 303)


@bp.post("/tickets/<reference>/anomalies")
@staff(Permission.NOTE)
def tie(reference: str) -> ResponseReturnValue:
    """The ticket is about this issue, or is not after all."""
    ticket = one_visible(reference, me(), lock=True)
    found = recording.one_issue(row_number(request.form, "anomalie") or 0, by=me())
    if can_tie(ticket, me()):
        if request.form.get("retirer"):
            recording.unlink(found, ticket, by=me())
            flash(_("Détaché de l’anomalie."), "success")
        else:
            recording.link(found, ticket, by=me())
            flash(_("Rattaché : la personne sera prévenue quand ce sera corrigé."), "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def state_words(issue: KnownIssue) -> tuple[str, str]:
    """(« en cours de correction », tone of its badge)."""
    return {
        IssueState.OPEN: (_("ouverte"), "risk"),
        IssueState.BEING_FIXED: (_("en cours de correction"), "action"),
        IssueState.FIXED: (_("corrigée"), "done"),
        IssueState.KEPT: (_("restera ainsi"), "neutral"),
    }[issue.state]


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in NAMES}


def _draft(typed: dict[str, str]) -> IssueDraft:
    return IssueDraft(
        **{name: typed[name] for name in TEXTS},
        kind=IssueKind(typed["kind"]) if typed["kind"] in set(IssueKind) else IssueKind.BUG,
        reason=catalogue.reason_with(typed["reason"]) if typed["reason"] else None,
        procedure=catalogue.procedure_with(typed["procedure"]) if typed["procedure"] else None,
        shown_publicly=bool(typed["shown_publicly"]),
    )


def _form(
    found: KnownIssue | None, typed: dict[str, str], refusal: DomainError | None = None
) -> str:
    return render_template(
        "chain/issue_edit.html",
        issue=found,
        typed=typed,
        errors=sentences(refusal) if refusal else {},
        reasons=catalogue.choices(catalogue.reasons()),
        procedures=catalogue.choices(catalogue.procedures()),
    )


def _page(
    found: KnownIssue, typed: dict[str, Any] | None = None, refusal: DomainError | None = None
) -> str:
    followers = finding.followers_of(found)
    mine = next((one for one in followers if one.agent_id == me().id), None)
    notices.read(me(), recording.NOTICE, found.id)
    return render_template(
        "chain/issue.html",
        issue=found,
        counts=finding.counts_of(found),
        tickets=finding.tickets_of(found, me()),
        followers=followers,
        mine=mine,
        state_words=state_words,
        typed=typed or {"close": "1"},
        errors=sentences(refusal) if refusal else {},
    )
