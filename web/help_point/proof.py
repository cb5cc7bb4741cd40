"""The proof of steps: what a person has tried, the request for another way, and its end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from escalation.fallback import keeping
from escalation.fallback.keeping import StepDraft
from escalation.fallback.known import record_of
from escalation.fallback.models import LIVE, WRITTEN, CaseState
from escalation.fallback.statement import statement
from support.help_sessions import attendance
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid, NotVisible, Problem
from support.kernel.file_kinds import readable_type
from support.kernel.time import PARIS, now
from support.people.models import Person
from support.people.permissions import Permission
from web import uploads
from web.access import staff
from web.chain.typed import Typed, blank, sent
from web.desk import catalogue
from web.desk.files import hand_out
from web.help_point import proof_labels
from web.help_point.page_of_booking import chosen_person
from web.http import me
from web.messages import sentence
from web.reading_args import a_day, row_number

bp = Blueprint("proof", __name__, url_prefix="/agent/rendez-vous/preuves")

SHOWN = 50
_MOVE = "move_"  # before the names of the second form of the page
STEP = ("kind", "on", "reference", "words", "browser")
MOVE = ("state", "move_on", "move_reference", "move_words")
OPENING = ("person", "visite", "q", "procedure")
_PROVES = (Permission.PROVE_STEPS, Permission.READ_PERSONS)


@bp.get("")
@staff(*_PROVES)
def listing() -> str:
    live = not request.args.get("clos")
    before = row_number(request.args, "avant")
    found = keeping.listed(by=me(), live=live, before=before, limit=SHOWN + 1)
    return render_template(
        "help_point/proofs.html",
        cases=found[:SHOWN], live=live, words=proof_labels,
        older=found[SHOWN - 1].id if len(found) > SHOWN else None,
    )  # fmt: skip


@bp.get("/nouveau")
@staff(*_PROVES)
def form() -> ResponseReturnValue:
    if not request.args.get("person") and not request.args.get("visite"):
        return listing()
    return _opening(blank(OPENING))


@bp.post("")
@staff(*_PROVES)
def begin() -> ResponseReturnValue:
    """Open the record; what Relais knows of the person is in it at once."""
    typed = sent(OPENING)
    if not typed.values["person"] and not typed.values["visite"]:
        flash(sentence(Problem("person.unchosen")), "error")
        return listing(), 422
    try:
        procedure = catalogue.procedure_with(typed.values["procedure"])
        case = keeping.open_case(_person(typed), procedure, by=me())
    except (Invalid, Conflict) as refusal:
        db.session().rollback()
        typed.errors = {p.field or "procedure": sentence(p) for p in refusal.problems}
        return _opening(typed), _status(refusal)
    return redirect(url_for(".case", case_id=case.id), 303)


@bp.get("/<int:case_id>")
@staff(*_PROVES)
def case(case_id: int) -> ResponseReturnValue:
    return _page(case_id, blank((*STEP, *MOVE)))


@bp.post("/<int:case_id>/etapes")
@staff(*_PROVES)
def add(case_id: int) -> ResponseReturnValue:
    """One more step, with its screenshot."""
    typed, found = _sent(STEP), keeping.one_case(case_id, by=me(), lock=True)
    try:
        uploads.take_files(request.files.getlist("files"), typed.files, kind_of=readable_type)
        keeping.add_step(found, _draft(typed, ""), by=me())
    except (Invalid, Conflict) as refusal:
        return _again(case_id, typed, refusal, "")
    flash(_("Noté : l’étape est au relevé."), "success")
    return redirect(url_for(".case", case_id=case_id), 303)


@bp.post("/<int:case_id>/etats")
@staff(*_PROVES)
def move(case_id: int) -> ResponseReturnValue:
    """Asked, invited, refused, registered, solved, dropped."""
    typed, found = _sent(MOVE), keeping.one_case(case_id, by=me(), lock=True)
    try:
        to = typed.values["state"]
        if to not in set(CaseState):
            raise Invalid.of("field.choice", "state")
        keeping.move(found, CaseState(to), _draft(typed, _MOVE), by=me())
    except (Invalid, Conflict) as refusal:
        return _again(case_id, typed, refusal, _MOVE)
    flash(_("C’est noté."), "success")
    return redirect(url_for(".case", case_id=case_id), 303)


@bp.post("/<int:case_id>/etapes/<int:step_id>/retraits")
@staff(*_PROVES)
def strike(case_id: int, step_id: int) -> ResponseReturnValue:
    found = keeping.one_case(case_id, by=me())
    try:
        keeping.strike(found, step_id, request.form.get("why", ""), by=me())
    except Invalid as refusal:
        db.session().rollback()
        flash(sentence(refusal.problems[0]), "error")
    else:
        flash(_("L’étape est rayée du relevé ; elle reste lisible ici."), "success")
    return redirect(url_for(".case", case_id=case_id), 303)


@bp.get("/<int:case_id>/pieces/releve.pdf")
@staff(*_PROVES)
def as_pdf(case_id: int) -> ResponseReturnValue:
    """For the person: dates and references only."""
    found = keeping.one_case(case_id, by=me())
    content = statement(found, record_of(found), proof_labels.kind_label, _today())
    headers = {
        "Content-Disposition": f'inline; filename="releve-{found.id}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, mimetype="application/pdf", headers=headers)


@bp.get("/<int:case_id>/pieces/<int:file_id>")
@staff(*_PROVES)
def file(case_id: int, file_id: int) -> ResponseReturnValue:
    return hand_out(keeping.file_of(keeping.one_case(case_id, by=me()), file_id))


def _sent(names: Sequence[str]) -> Typed:
    removed = set(request.form.getlist("retirer"))
    return Typed(
        values=dict.fromkeys((*STEP, *MOVE), "")
        | {name: request.form.get(name, "") for name in names},
        key=(request.form.get("cle") or secrets.token_urlsafe(16))[:64],
        files=uploads.unseal(t for t in request.form.getlist("kept") if t not in removed),
    )


def _again(case_id: int, typed: Typed, refusal: DomainError, prefix: str) -> ResponseReturnValue:
    """The page with what was typed, what is wrong beside it."""
    db.session().rollback()
    for problem in refusal.problems:
        name = problem.field or "state"
        typed.errors[name if name == "state" else prefix + name] = sentence(problem)
    return _page(case_id, typed), _status(refusal)


def _draft(typed: Typed, prefix: str) -> StepDraft:
    t = typed.values
    return StepDraft(
        key=typed.key, kind=t["kind"], on=a_day(t[f"{prefix}on"]),
        reference=t[f"{prefix}reference"], words=t[f"{prefix}words"], browser=t["browser"],
        files=tuple(typed.files),
    )  # fmt: skip


def _person(typed: Typed) -> Person:
    """Whom the agent may take: looked up, or received here. Raises NotVisible."""
    visit = row_number(typed.values, "visite")
    if visit is not None:
        return attendance.one(visit, by=me()).person
    found = chosen_person(typed.values["person"], typed.values["q"])
    if found is None:
        raise NotVisible.of("person.unknown")
    return found


def _opening(typed: Typed) -> str:
    person = _person(typed)
    return render_template(
        "help_point/proof_new.html",
        person=person, typed=typed, cases=keeping.of_person(person, by=me()), words=proof_labels,
        procedures=catalogue.choices(catalogue.procedures()),
    )  # fmt: skip


def _page(case_id: int, typed: Typed) -> str:
    found = keeping.one_case(case_id, by=me())
    return render_template(
        "help_point/proof.html",
        case=found, proofs=record_of(found), typed=typed, words=proof_labels,
        struck=[step for step in found.steps if step.struck_at is not None],
        moves=[s for s in CaseState if s in keeping.MOVES[found.state]], live=found.state in LIVE,
        may_strike=lambda step: step is not None and step.kind in WRITTEN and found.state in LIVE,
        today=_today().isoformat(), limit=uploads.limit(),
    )  # fmt: skip


def _today() -> date:
    return now().astimezone(PARIS).date()


def _status(refusal: DomainError) -> int:
    return 409 if isinstance(refusal, Conflict) else 422
