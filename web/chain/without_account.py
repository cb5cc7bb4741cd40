"""The page behind the link in a mail between levels: read everything, act, without an account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from escalation import handover
from escalation.chain import next_teams
from escalation.shared_mailbox import answering
from escalation.shared_mailbox.answering import Door, Signed
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid
from support.tickets.references import shown
from web import uploads
from web.access import public
from web.desk.files import hand_out
from web.desk.labels import item_label
from web.errors import STATUS
from web.messages import sentence, sentences
from web.reading_args import row_number

bp = Blueprint("levels", __name__, url_prefix="/niveaux/<token>")

NAMES = ("text", "name", "news_on", "to", "question")


@bp.get("")
@public
def read(token: str) -> ResponseReturnValue:
    return _private(_page(token, answering.open_door(token), {}))


@bp.post("")
@public
def act(token: str) -> ResponseReturnValue:
    """Answer, say what is missing, keep with news, or pass on: once, whoever is first."""
    door = answering.open_door(token, lock=True)
    typed: dict[str, Any] = {name: request.form.get(name, "") for name in NAMES}
    typed |= {"missing": request.form.getlist("missing"), "kind": request.form.get("kind", "")}
    files = uploads.unseal(request.form.getlist("kept"))
    try:
        uploads.take_files(request.files.getlist("files"), files)
        done = _do(door, typed, Signed(typed["name"], tuple(files)))
    except (Invalid, Conflict) as refusal:
        typed["kept"] = uploads.kept_files(files)
        db.session().rollback()
        page = _page(token, answering.open_door(token), typed, refusal)
        return _private(page, STATUS[type(refusal)])
    page = render_template("chain/level_done.html", door=door, done=done, token=token)
    return _private(page)


@bp.get("/pieces/<int:attachment_id>")
@public
def attachment(token: str, attachment_id: int) -> ResponseReturnValue:
    found = answering.attachment_of(answering.open_door(token), attachment_id)
    return _private(hand_out(found))


def _do(door: Door, typed: Mapping[str, Any], signed: Signed) -> str:
    """What was done, in words for who did it."""
    below = door.last.from_team.label
    kind = typed["kind"]
    if kind == "missing":
        answering.ask_missing(door, typed["missing"], typed["text"], signed)
        return _("Rendu à %(team)s avec ce qui manque.", team=below)
    if kind == "keep":
        answering.keep(door, typed["text"], _day(typed["news_on"]), signed)
        return _("%(team)s lit vos nouvelles. La demande reste chez vous.", team=below)
    if kind == "pass":
        to = answering.pass_on(door, row_number(request.form, "to"), typed["question"], signed)
        return _("Transmis à %(team)s.", team=to.label)
    answering.answer(door, typed["text"], signed)
    return _("Votre réponse est chez %(team)s, qui écrit à la personne.", team=below)


def _page(
    token: str, door: Door, typed: Mapping[str, Any], refusal: DomainError | None = None
) -> str:
    errors = sentences(refusal) if refusal else {}
    return render_template(
        "chain/level.html",
        door=door,
        token=token,
        typed=typed,
        errors=errors,
        problem=sentence(refusal.problems[0]) if refusal else None,
        known=answering.known(door) if door.waiting else [],
        handover=_handover(door),
        items=[(code, item_label(code)) for code in handover.ITEMS],
        teams=[(str(team.id), team.label) for team in next_teams(door.ticket)],
        reference=shown(door.ticket.reference),
        file_kind=uploads.kind,
        action=url_for("levels.act", token=token),
    )


def _handover(door: Door) -> list[dict[str, str]]:
    given = door.last.handover if door.waiting else {}
    return [{"term": item_label(code), "value": value} for code, value in given.items()]


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _private(page: str | Response, status: int = 200) -> Response:
    """The address is a secret: it goes to no other site, and into no index."""
    response = make_response(page)
    if status != 200:
        response.status_code = status
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
