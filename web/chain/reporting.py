"""A referent reports, once: straight to the project directorate, followed by the whole site."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels.pages import requesting
from escalation.known_issues import finding
from escalation.known_issues.models import KnownIssue
from support.catalogue.models import ContactReason, Field, Nature, Procedure
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Invalid, Problem
from support.people.models import Agent, SiteKind
from support.people.permissions import Permission
from support.tickets.asking import open_reports
from support.tickets.models import Ticket
from support.tickets.references import shown
from web.access import own_transactions, staff
from web.chain.sheets import Sheet, check, dossier_numbers, known_items, readable, subject_of
from web.chain.typed import Typed, blank, sent
from web.desk import catalogue
from web.filters import day
from web.http import me
from web.messages import sentence

bp = Blueprint("reporting", __name__, url_prefix="/agent/signalements")

NAMES = (
    "reason", "procedure", "text", "exact_message", "step_reached", "browser", "affected",
    "dossiers",
)  # fmt: skip
# What a site asks of the project directorate; a person's own affairs are the centre's.
NATURES = (Nature.TECHNICAL_ANOMALY, Nature.FUNCTIONAL, Nature.BUSINESS)


@bp.get("/nouveau")
@staff(Permission.REPORT_ISSUES)
def form() -> ResponseReturnValue:
    return _show(blank(NAMES))


@bp.get("/semblables")
@staff(Permission.REPORT_ISSUES)
def similar() -> ResponseReturnValue:
    """The site's open tickets on the same reason, put into the form as one chooses it."""
    reason = _reason(request.args.get("reason", ""))
    tickets = open_reports(me(), reason)
    issues = finding.likely(reason, None) if reason else []
    return render_template("chain/_already.html", already=tickets, reason=reason, issues=issues)


@bp.post("/nouveau")
@own_transactions
@staff(Permission.REPORT_ISSUES)
def send() -> ResponseReturnValue:
    """The report is kept first, then its ticket is opened."""
    typed = sent(NAMES)
    with db.transaction(write=False):
        report, reason = _read(typed)
        if report is None or reason is None:
            return _show(typed), 422
        # In this order: the ticket that a double click has just opened is no reason to stop.
        if _not_seen_yet(reason) and not requesting.sent_before(report, key=typed.key):
            return _show(typed, stopped=True), 422
    with db.transaction():
        received = requesting.keep(report, key=typed.key, by=me())
    with db.transaction():
        ticket = requesting.understand(received.id)
        flash(_opened(ticket), "success")
        return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def _read(typed: Typed) -> tuple[requesting.Request | None, ContactReason | None]:
    """The report, or None with what is wrong written beside what was typed."""
    sheet = Sheet(key=typed.key, files=tuple(typed.files), **typed.values)
    reason = _reason(sheet.reason)
    try:
        check(sheet)
    except Invalid as refusal:
        typed.add(refusal)
    if sheet.reason and reason is None:
        typed.errors["reason"] = sentence(Problem("field.choice", "reason"))
    if typed.errors or reason is None:
        return None, None
    return _report(sheet, typed), reason


def _report(sheet: Sheet, typed: Typed) -> requesting.Request:
    site, numbers = me().team.site, dossier_numbers(sheet)
    return requesting.Request(
        channel=Channel.STAFF,
        agent_id=me().id,
        subject=subject_of(sheet.text),
        text=readable(sheet),
        reason=sheet.reason,
        procedure=sheet.procedure,
        dossier_number=numbers[0] if len(numbers) == 1 else None,
        department=site.department if site else None,
        given=known_items(sheet),
        typed=typed.values,
        files=sheet.files,
    )


def _not_seen_yet(reason: ContactReason) -> bool:
    """Whether known issues, or colleagues' open tickets, on this reason exist that the form has
    not shown."""
    if request.form.get("vu") == reason.code:
        return False
    return bool(_issues_on(reason) or open_reports(me(), reason))


def _issues_on(reason: ContactReason) -> Sequence[KnownIssue]:
    """Those of this very reason; what may be anything stops nobody."""
    return [one for one in finding.likely(reason, None) if one.reason_id == reason.id]


def _opened(ticket: Ticket) -> str:
    if ticket.promised_at is None:
        return _("Signalement envoyé à %(team)s.", team=ticket.team.label)
    return _(
        "Signalement envoyé à %(team)s (réponse promise le %(day)s). Vos collègues du site le "
        "voient aussi.",
        team=ticket.team.label,
        day=day(ticket.promised_at),
    )


def _show(typed: Typed, *, stopped: bool = False) -> str:
    reason = _reason(typed.values["reason"])
    return render_template(
        "chain/report.html",
        typed=typed,
        reasons=catalogue.choices(_reasons()),
        procedures=catalogue.choices(_procedures(me())),
        already=open_reports(me(), reason),
        issues=finding.likely(reason, None) if reason else [],
        reason=reason,
        stopped=stopped,
        site=me().team.site,
    )


def _reasons() -> Sequence[ContactReason]:
    return [reason for reason in catalogue.reasons() if reason.nature in NATURES]


def _reason(code: str) -> ContactReason | None:
    found = catalogue.reason_with(code) if code else None
    return found if found is not None and found.nature in NATURES else None


def _procedures(agent: Agent) -> Sequence[Procedure]:
    """Those of the site's own field first: a naturalisation platform has only a few."""
    site = agent.team.site
    platform = site is not None and site.kind is SiteKind.NATURALISATION_PLATFORM
    return sorted(
        catalogue.procedures(), key=lambda p: (p.field is Field.NATIONALITY) is not platform
    )
