"""Calls that ring: asked for by every agent's open page, taken with one key."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels.phone import ringing
from channels.phone.ringing import Ringing
from support.kernel.errors import Conflict
from support.people.permissions import Permission
from web.access import staff
from web.desk.who_calls import behind
from web.http import me
from web.messages import sentence

bp = Blueprint("ringing", __name__, url_prefix="/agent/appels/entrants")


@bp.get("")
@staff(Permission.TAKE_CALLS)
def now_ringing() -> ResponseReturnValue:
    """Nothing (204), nothing new (304), or what rings: who it is, what is open for them."""
    rings = ringing.ringing_for(me())
    if not rings:
        return "", 204
    mark = _mark(rings)
    if mark in request.if_none_match:
        return "", 304
    answer = make_response(render_template("desk/ringing.html", **shown(rings)))
    answer.set_etag(mark)
    return answer


@bp.post("/<int:call_id>/prises")
@staff(Permission.TAKE_CALLS)
def take(call_id: int) -> ResponseReturnValue:
    """The call screen, with who calls; or who was quicker."""
    call = ringing.open_call(call_id, by=me())
    try:
        ringing.take(call, by=me())
    except Conflict as error:
        flash(sentence(error.problems[0]), "info")
        return redirect(url_for("home.home"), 303)
    return redirect(url_for("calls.new", telephone=call.id, numero=call.number or ""), 303)


def shown(rings: list[Ringing]) -> dict[str, Any]:
    """What the template of the calls that ring reads."""
    return {"rings": rings, "behind": behind([r.call.number for r in rings], me())}


def _mark(rings: list[Ringing]) -> str:
    said = [(r.call.id, r.call.state.value, r.mine, r.call.number) for r in rings]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:24]
