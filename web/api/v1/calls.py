"""What the telephone exchange says: ``POST /api/v1/calls``."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from channels.phone import events, understanding
from support.kernel import db
from support.people.permissions import Permission
from web.access import by_token, own_transactions
from web.api import bearing
from web.api.bodies import once, read_object

bp = Blueprint("api_calls", __name__, url_prefix="/api/v1")
log = logging.getLogger(__name__)


@bp.post("/calls")
@own_transactions
@by_token(Permission.FEED_CALLS)
def report() -> ResponseReturnValue:
    return _take_in()


@bp.post("/calls/<secret>")
@own_transactions
@by_token(Permission.FEED_CALLS)
def report_without_header() -> ResponseReturnValue:
    """For an exchange that can set no header: a telephony token in the address."""
    return _take_in()


def _take_in() -> ResponseReturnValue:
    """Kept and committed, then understood at once: somebody's telephone rings meanwhile."""
    sent = read_object(forms=True)
    for name, value in request.args.items():
        sent.setdefault(name, value)  # some write a part of it into the address
    events.check_event(sent)
    kept: list[int] = []

    def make() -> tuple[int, Mapping[str, Any]]:
        token = bearing.current()
        assert token is not None
        found = understanding.keep(events.as_json(sent), sender=token.id)
        kept.append(found.received.id)
        return 202, {"received": found.received.id, "duplicate": found.again}

    answer = once(sent, make)
    for received_id in kept:
        _understand(received_id)
    return answer


def _understand(received_id: int) -> None:
    try:
        with db.transaction():
            understanding.understand(received_id)
    except Exception:  # it is kept: the worker tries again, and the exchange must not repeat it
        log.exception("telephone event %s not understood yet", received_id)
