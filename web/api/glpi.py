"""Where GLPI (from version 11) tells what has changed there: ``/api/glpi``.

Answered at once; what it means is looked up afterwards.
"""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from escalation.glpi import events
from escalation.glpi.settings import Settings, current
from support.kernel.errors import Forbidden
from web.access import peer

bp = Blueprint("api_glpi", __name__, url_prefix="/api/glpi")


@bp.get("")
@peer
def challenge() -> ResponseReturnValue:
    """It asks whether we know the secret, before it sends anything."""
    try:
        answer = events.answer_challenge(_settings(), request.args.get("crc_token", ""))
    except Forbidden:
        return "", 403
    return answer, 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.post("")
@peer
def take_in() -> ResponseReturnValue:
    if (request.content_length or 0) > events.LARGEST:
        return "", 413
    body = request.get_data(cache=False)
    given = (request.headers.get(f"X-GLPI-{name}", "") for name in ("timestamp", "signature"))
    try:
        new = events.take_in(_settings(), body, *given)
    except Forbidden:
        return "", 403
    return "", 202 if new else 200


def _settings() -> Settings:
    found = current()
    if found is None:
        raise Forbidden.of("glpi.signature")
    return found
