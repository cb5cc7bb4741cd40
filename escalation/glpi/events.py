"""What GLPI (from version 11) tells us by itself: proven, kept as it came, understood later.

The signature is the hexadecimal HMAC-SHA256, under the shared secret, of the body followed by the
timestamp beside it. A challenge proves that we know the secret before anything is sent to us.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from escalation.glpi import linking
from escalation.glpi.models import GlpiEvent
from escalation.glpi.settings import Settings
from support.kernel import db
from support.kernel.errors import Forbidden
from support.kernel.time import now
from support.outbox.publishing import publish

CHALLENGE = "validate_cra_challenge"
LARGEST = 1024 * 1024
KEPT_DAYS = 30
_CHILDREN = ("tickets_id", "items_id")


def sign(settings: Settings, said: str | bytes) -> str:
    content = said if isinstance(said, bytes) else said.encode()
    return hmac.new(settings.webhook_secret.encode(), content, hashlib.sha256).hexdigest()


def answer_challenge(settings: Settings, crc_token: str) -> str:
    """Raises Forbidden ``glpi.signature`` when whoever asks does not know the secret."""
    _require(settings, hmac.compare_digest(crc_token.encode(), sign(settings, CHALLENGE).encode()))
    return sign(settings, crc_token)


def take_in(settings: Settings, body: bytes, timestamp: str, signature: str) -> bool:
    """Keep what came; returns whether it was new. The caller commits.

    There is no window of time: GLPI sends what waited in its queue with its first timestamp, and
    what comes twice is known by its words. Raises Forbidden ``glpi.signature``.
    """
    expected = sign(settings, body + timestamp.encode())
    given = signature.strip().lower().encode("utf-8", "replace")
    _require(settings, hmac.compare_digest(given, expected.encode()))
    digest = hashlib.sha256(body).hexdigest()
    session = db.session()
    remote_id = ticket_of(_read(body))
    try:
        with session.begin_nested():
            text = body.decode("utf-8", "replace")
            session.add(GlpiEvent(digest=digest, body=text, remote_id=remote_id))
    except IntegrityError:
        return False
    if remote_id is not None:
        event = session.scalar(select(GlpiEvent).where(GlpiEvent.digest == digest))
        assert event is not None
        publish(linking.PULL, remote_id=remote_id, event_id=event.id)
    return True


def done(event_id: int) -> None:
    event = db.session().get(GlpiEvent, event_id)
    if event is not None:
        event.done_at = now()


def ticket_of(said: Mapping[str, Any]) -> int | None:
    """The number of the ticket that an event is about: its own, or its parent's."""
    item, parent = said.get("item"), said.get("parent_item")
    for one in (parent, item):
        if isinstance(one, Mapping) and _is_ticket(one, child=one is item):
            return _number(one.get("id"))
    if isinstance(item, Mapping):
        if item.get("itemtype") == "Ticket":
            return _number(item.get("items_id"))
        return _number(item.get("tickets_id"))
    return None


def _is_ticket(one: Mapping[str, Any], *, child: bool) -> bool:
    if not child:
        return True
    # A follow-up has a content too, but names the ticket that it belongs to.
    return "status" in one and not any(name in one for name in _CHILDREN)


def _number(given: Any) -> int | None:
    return int(given) if str(given or "").isdigit() else None


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, UnicodeDecodeError):
        return {}
    return said if isinstance(said, Mapping) else {}


def _require(settings: Settings, proven: bool) -> None:
    if not settings.webhook_secret or not proven:
        raise Forbidden.of("glpi.signature")


def forget_old(limit: int) -> int:
    """Delete up to ``limit`` events of long ago; returns how many."""
    before = now() - timedelta(days=KEPT_DAYS)
    old = (
        select(GlpiEvent.id)
        .where(GlpiEvent.received_at < before)
        .order_by(GlpiEvent.received_at, GlpiEvent.id)
        .limit(limit)
    )
    gone = db.session().execute(
        delete(GlpiEvent).where(GlpiEvent.id.in_(old)).execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
