"""When a call began: sealed into its page, so that it survives a reload and cannot be invented."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from support.kernel.time import now
from support.people.models import Agent
from support.tickets.calling import LONGEST


@dataclass(frozen=True)
class Start:
    """``key`` tells this call from any other: sent twice, it is one call."""

    key: str
    at: datetime


def begin(at: datetime | None = None) -> Start:
    """``at``: when it is not now, within what a call may last."""
    usable = at is not None and timedelta() <= now() - at < LONGEST
    return Start(_fresh_key(), at if at is not None and usable else now())


def again(start: Start) -> Start:
    """The same call under another key, when the first one is spent."""
    return replace(start, key=_fresh_key())


def seal(start: Start, agent: Agent) -> str:
    return str(_sealer().dumps([start.key, start.at.timestamp(), agent.id]))


def unseal(token: str, agent: Agent) -> Start | None:
    """The start of a call of this agent; None for anything else, and for yesterday's."""
    try:
        key, at, owner = _sealer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    start = Start(str(key), datetime.fromtimestamp(float(at), UTC))
    return start if owner == agent.id and now() - start.at < LONGEST else None


def _fresh_key() -> str:
    return secrets.token_urlsafe(12)


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="relais.call-start")
