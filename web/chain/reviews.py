"""The fortnightly meeting on its pages: prepared, arranged, projected, decided, minuted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone, ngettext
from flask_babel import gettext as _

from escalation.reviews import holding
from escalation.reviews.minutes import minutes as as_pdf
from escalation.reviews.models import MeetingState, ReviewItem, ReviewMeeting, Why
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid
from support.kernel.time import now
from support.people.permissions import Permission
from web.access import staff
from web.errors import STATUS
from web.http import me
from web.messages import sentences
from web.reading_args import row_number

bp = Blueprint("reviews", __name__, url_prefix="/agent/reunions")


@bp.get("")
@staff(Permission.REVIEW)
def listing() -> ResponseReturnValue:
    return _list({})


@bp.post("")
@staff(Permission.REVIEW)
def prepare() -> ResponseReturnValue:
    typed = {"held_on": request.form.get("held_on", "")}
    try:
        meeting = holding.prepare(_day(typed["held_on"]), by=me())
    except (Invalid, Conflict) as refusal:
        return _list(typed, refusal), STATUS[type(refusal)]
    flash(_("L’ordre du jour est prêt : arrangez-le à votre guise."), "success")
    return redirect(url_for(".meeting", meeting_id=meeting.id), 303)


@bp.get("/<int:meeting_id>")
@staff(Permission.REVIEW)
def meeting(meeting_id: int) -> ResponseReturnValue:
    return _page(holding.one_meeting(meeting_id, by=me()))


@bp.post("/<int:meeting_id>/actualisations")
@staff(Permission.REVIEW)
def refresh(meeting_id: int) -> ResponseReturnValue:
    added = holding.refresh(holding.one_meeting(meeting_id, by=me(), lock=True), by=me())
    said = ngettext("%(num)s point de plus.", "%(num)s points de plus.", added)
    flash(said if added else _("Rien de nouveau depuis."), "success")
    return redirect(url_for(".meeting", meeting_id=meeting_id), 303)


@bp.post("/<int:meeting_id>/points")
@staff(Permission.REVIEW)
def add(meeting_id: int) -> ResponseReturnValue:
    found = holding.one_meeting(meeting_id, by=me(), lock=True)
    title = request.form.get("title", "")
    try:
        item = holding.add_point(found, title, by=me())
    except (Invalid, Conflict) as refusal:
        return _page(found, {"title": title}, refusal), STATUS[type(refusal)]
    return _back(meeting_id, item.id)


@bp.post("/<int:meeting_id>/points/<int:item_id>/deplacements")
@staff(Permission.REVIEW)
def move(meeting_id: int, item_id: int) -> ResponseReturnValue:
    found = holding.one_meeting(meeting_id, by=me(), lock=True)
    item = holding.one_item(found, item_id)
    holding.move(found, item, up=request.form.get("sens") == "haut", by=me())
    return _back(meeting_id, item_id)


@bp.post("/<int:meeting_id>/points/<int:item_id>/retraits")
@staff(Permission.REVIEW)
def drop(meeting_id: int, item_id: int) -> ResponseReturnValue:
    found = holding.one_meeting(meeting_id, by=me(), lock=True)
    holding.drop(found, holding.one_item(found, item_id), by=me())
    return _back(meeting_id, item_id)


@bp.post("/<int:meeting_id>/points/<int:item_id>/decisions")
@staff(Permission.REVIEW)
def decide(meeting_id: int, item_id: int) -> ResponseReturnValue:
    found = holding.one_meeting(meeting_id, by=me(), lock=True)
    item = holding.one_item(found, item_id)
    typed: dict[str, Any] = {n: request.form.get(n, "") for n in ("decision", "owner", "due_on")}
    projected = bool(request.form.get("projection"))
    try:
        owner = row_number(request.form, "owner")
        holding.decide(item, typed["decision"], owner, _day(typed["due_on"]), by=me())
    except (Invalid, Conflict) as refusal:
        db.session().rollback()
        typed["item"] = item_id
        found = holding.one_meeting(meeting_id, by=me())
        page = _projected(found, item_id, typed, refusal) if projected else None
        return page or _page(found, typed, refusal), STATUS[type(refusal)]
    if projected:
        return redirect(url_for(".projection", meeting_id=meeting_id, point=_next(item)), 303)
    flash(_("Décision notée."), "success")
    return _back(meeting_id, item_id)


@bp.post("/<int:meeting_id>/points/<int:item_id>/fins")
@staff(Permission.REVIEW)
def done(meeting_id: int, item_id: int) -> ResponseReturnValue:
    found = holding.one_meeting(meeting_id, by=me(), lock=True)
    item = holding.one_item(found, item_id)
    holding.done(item, by=me())
    flash(_("C’est noté : fait.") if item.done_at else _("De nouveau à faire."), "success")
    if request.form.get("liste"):
        return redirect(url_for(".listing"), 303)
    return _back(meeting_id, item_id)


@bp.get("/<int:meeting_id>/projection")
@staff(Permission.REVIEW)
def projection(meeting_id: int) -> ResponseReturnValue:
    """One point at a time, in letters that the whole room reads."""
    found = holding.one_meeting(meeting_id, by=me())
    return _projected(found, row_number(request.args, "point"), {})


@bp.post("/<int:meeting_id>/ouvertures")
@staff(Permission.REVIEW)
def begin(meeting_id: int) -> ResponseReturnValue:
    holding.begin(holding.one_meeting(meeting_id, by=me(), lock=True), by=me())
    return redirect(url_for(".projection", meeting_id=meeting_id), 303)


@bp.post("/<int:meeting_id>/clotures")
@staff(Permission.REVIEW)
def close(meeting_id: int) -> ResponseReturnValue:
    found = holding.one_meeting(meeting_id, by=me(), lock=True)
    typed = {"participants": request.form.get("participants", "")}
    try:
        holding.close(found, typed["participants"], by=me())
    except (Invalid, Conflict) as refusal:
        db.session().rollback()
        page = _page(holding.one_meeting(meeting_id, by=me()), typed, refusal)
        return page, STATUS[type(refusal)]
    flash(
        _("Réunion close. Ce qui n’est pas fait viendra en premier la prochaine fois."), "success"
    )
    return redirect(url_for(".meeting", meeting_id=meeting_id), 303)


@bp.get("/<int:meeting_id>/pieces/compte-rendu.pdf")
@staff(Permission.REVIEW)
def minutes(meeting_id: int) -> ResponseReturnValue:
    found = holding.one_meeting(meeting_id, by=me())
    content = as_pdf(found, holding.items_of(found), why_words)
    name = f"compte-rendu-{found.held_on.isoformat()}.pdf"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, mimetype="application/pdf", headers=headers)


def why_words(why: Why) -> str:
    return {
        Why.CARRIED: _("De la dernière fois"),
        Why.BROKEN: _("Promesses dépassées"),
        Why.OLDEST: _("Chez un autre niveau depuis longtemps"),
        Why.RETURNED: _("Rendus deux fois ou plus"),
        Why.GROWING: _("Anomalies qui grandissent"),
        Why.ARTICLE: _("Articles qu’on ne trouve pas"),
        Why.ADDED: _("Ajoutés à l’ordre du jour"),
    }[why]


def _list(typed: Mapping[str, str], refusal: DomainError | None = None) -> str:
    found = holding.past_meetings(by=me(), before=row_number(request.args, "avant"))
    past = found[: holding.PAGE_SIZE]
    last = past[0].held_on if past and not request.args.get("avant") else None
    proposed = (last + holding.EVERY).isoformat() if last else ""
    return render_template(
        "chain/reviews.html",
        next_one=holding.next_meeting(by=me()),
        past=past,
        tasks=holding.tasks_of(me()),
        today=_today(),
        typed=typed or {"held_on": proposed},
        errors=sentences(refusal) if refusal else {},
        older=url_for(".listing", avant=past[-1].id) if len(found) > holding.PAGE_SIZE else None,
    )


def _page(
    found: ReviewMeeting, typed: Mapping[str, Any] | None = None, refusal: DomainError | None = None
) -> str:
    return render_template(
        "chain/review.html",
        meeting=found,
        over=found.state is MeetingState.CLOSED,
        items=holding.items_of(found),
        owners=_owners(),
        why_words=why_words,
        today=_today(),
        typed=typed or {},
        errors=sentences(refusal) if refusal else {},
    )


def _projected(
    found: ReviewMeeting,
    item_id: int | None,
    typed: Mapping[str, Any],
    refusal: DomainError | None = None,
) -> str:
    items = [item for item in holding.items_of(found) if item.dropped_at is None]
    here = next((n for n, item in enumerate(items) if item.id == item_id), 0)
    return render_template(
        "chain/review_projected.html",
        meeting=found,
        over=found.state is MeetingState.CLOSED,
        items=items,
        number=here,
        item=items[here] if items else None,
        owners=_owners(),
        why_words=why_words,
        typed=typed,
        errors=sentences(refusal) if refusal else {},
    )


def _next(item: ReviewItem) -> int:
    """The point after this one, or this one when it is the last."""
    items = [one for one in holding.items_of(item.meeting) if one.dropped_at is None]
    after = [one.id for one in items[items.index(item) + 1 :]] if item in items else []
    return after[0] if after else item.id


def _owners() -> list[tuple[str, str]]:
    people = holding.possible_owners()
    return [("", _("Choisir"))] + [(str(one.id), one.full_name) for one in people]


def _back(meeting_id: int, item_id: int) -> ResponseReturnValue:
    return redirect(url_for(".meeting", meeting_id=meeting_id) + f"#point-{item_id}", 303)


def _today() -> date:
    return now().astimezone(get_timezone()).date()


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
