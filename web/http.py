"""One request, one transaction: opened before the view, committed before the response leaves."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from support.kernel import db
from support.people.models import Agent
from support.people.permissions import require
from web.access import Access, access_of
from web.api import bearing

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Relais(Flask):
    """Flask, with the transaction and the access check around every view.

    An answer of 400 and above rolls back, unless the view said :func:`keep`.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        rule = request.url_rule
        if request.routing_exception is not None or rule is None or rule.endpoint == "static":
            return super().dispatch_request()
        access = access_of(self, rule.endpoint)
        if access.token:
            bearing.recognise(access)
        if access.own_transactions:
            with db.transaction(write=False):
                refused = _refusal(access)
            return refused or super().dispatch_request()
        return self._in_transaction(access)

    def _in_transaction(self, access: Access) -> ResponseReturnValue:
        try:
            with db.transaction(write=request.method not in SAFE):
                response = self.make_response(_refusal(access) or super().dispatch_request())
                if response.status_code >= 400 and not g.get("keep"):
                    raise _RolledBack(response)
                return response
        except _RolledBack as refusal:
            return cast(ResponseReturnValue, refusal.response)


class _RolledBack(Exception):
    def __init__(self, response: Any) -> None:
        self.response = response


def keep() -> None:
    """Commit although the answer is an error: an attempt to sign in counts."""
    g.keep = True


def me() -> Agent:
    """The signed-in agent of a staff page; for a programme, the one whose token it shows."""
    token = bearing.current()
    if token is not None:
        return token.agent
    return cast(Agent, current_user.agent)


def _refusal(access: Access) -> ResponseReturnValue | None:
    if not access.staff:
        return None
    if not current_user.is_authenticated:
        if request.headers.get("HX-Request"):
            return "", 401, {"HX-Redirect": url_for("auth.sign_in_page")}
        wanted = request.full_path if request.method == "GET" else None
        return redirect(url_for("auth.sign_in_page", suite=wanted))
    for permission in access.permissions:
        require(me(), permission)
    return None
