"""What was kept of a page and is not understood yet: a message, or a request."""

from __future__ import annotations

import json

from channels.pages import adding, requesting
from support.intake.models import Channel, Received
from support.intake.receiving import raw_of
from support.kernel import db

CHANNELS = frozenset({Channel.FOLLOW, Channel.STAFF, Channel.COUNTER, Channel.LETTER})


def understand(received_id: int) -> None:
    """Put it on its ticket, unless that is done. Safe to run twice."""
    received = db.session().get(Received, received_id)
    if received is None or received.outcome is not None:
        return
    if json.loads(raw_of(received)).get("what") == adding.WHAT:
        adding.understand(received_id)
    else:
        requesting.understand(received_id)
