"""Programmes: clients that show a token."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from support.kernel import db
from support.people import tokens
from support.people.tokens import TokenKind
from tests.cast import again
from tests.web.conftest import Site

Post = Callable[..., TestResponse]


def a_token(site: Site, name: str = "admin", kind: TokenKind = TokenKind.ACCOUNT) -> str:
    with db.transaction():
        return tokens.issue(again(getattr(site.cast, name)), by=None, kind=kind).secret


def shown(secret: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", **more}


@pytest.fixture
def exchange(site: Site) -> Post:
    """What a telephone exchange sends: ``exchange("newCall", callId="7", user="2204")``."""
    secret = a_token(site, kind=TokenKind.TELEPHONY)

    def send(event: str, **fields: object) -> TestResponse:
        headers = shown(secret)
        if key := fields.pop("key", None):
            headers["Idempotency-Key"] = str(key)
        sent = {"event": event, "direction": "in", "from": "0639980001", **fields}
        return site.anyone().post("/api/v1/calls", json=sent, headers=headers)

    return send
