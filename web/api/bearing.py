"""Who a programme is: the bearer token that it shows, and how often it may."""

from __future__ import annotations

from flask import current_app, g, request

from support.kernel import db
from support.people import tokens
from support.people.tokens import ApiToken, TokenKind
from web.access import Access
from web.api.problems import Refused

# Where a telephone exchange that can set no header puts its token.
IN_ADDRESS = "secret"


def recognise(access: Access) -> None:
    """Let the token's account do what the view is for. Raises Refused 401, 403, 429.

    In a transaction of its own: a use counts whatever becomes of the request.
    """
    with db.transaction():
        token = _shown()
        if token is None:
            raise Refused(401, "api.token_wrong", headers={"WWW-Authenticate": "Bearer"})
        if token.minute_uses > current_app.config["SETTINGS"].api_rate:
            raise Refused(429, "api.too_many", headers={"Retry-After": "60"})
        if not all(token.may(permission) for permission in access.permissions):
            raise Refused(403, "permission.missing")
    g.api_token = token


def current() -> ApiToken | None:
    token: ApiToken | None = g.get("api_token")
    return token


def _shown() -> ApiToken | None:
    given = (request.view_args or {}).pop(IN_ADDRESS, None)
    if given is not None:
        token = tokens.recognise(given)
        # An address is written down in many places: only a token of little worth may be in one.
        return token if token is not None and token.kind is TokenKind.TELEPHONY else None
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return None
    return tokens.recognise(secret.strip())
