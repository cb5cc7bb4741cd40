"""For machines: does the process answer, is it ready, and what does it count?"""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from support.intake.models import Received
from support.kernel import db
from support.outbox.models import OutboxRow, OutboxState
from web.access import own_transactions, public
from web.config import Settings
from web.migrations import pending

bp = Blueprint("health", __name__)


def init(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get("/healthz")
@own_transactions
@public
def alive() -> ResponseReturnValue:
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@own_transactions
@public
def ready() -> ResponseReturnValue:
    try:
        with db.transaction(write=False) as session:
            session.execute(text("SELECT 1"))
            late = pending(session.connection())
    except SQLAlchemyError:
        return Response("database unreachable\n", 503, mimetype="text/plain")
    if late:
        return Response("migrations pending\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")


@bp.get("/metrics")
@own_transactions
@public
def metrics() -> ResponseReturnValue:
    settings: Settings = current_app.config["SETTINGS"]
    if not (_from_this_machine(settings) or _bears(settings.metrics_token)):
        abort(404)
    registry = CollectorRegistry()
    with db.transaction(write=False) as session:
        for state in (OutboxState.WAITING, OutboxState.GIVEN_UP):
            count = session.scalar(_bounded(OutboxRow.id, OutboxRow.state == state))
            name = f"relais_outbox_{state.value}"
            Gauge(name, "Rows of the outbox, up to 10000", registry=registry).set(count or 0)
        waiting = session.scalar(_bounded(Received.id, Received.outcome.is_(None)))
        Gauge("relais_intake_waiting", "Kept, not understood", registry=registry).set(waiting or 0)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _from_this_machine(settings: Settings) -> bool:
    # A proxy on this machine that nobody told us of would make every visitor look local.
    if not settings.trusted_proxies and "X-Forwarded-For" in request.headers:
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _bears(token: str) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    return bool(token) and kind.lower() == "bearer" and same


def _bounded(column, condition):  # type: ignore[no-untyped-def]
    some = select(column).where(condition).limit(10_000).subquery()
    return select(func.count()).select_from(some)
