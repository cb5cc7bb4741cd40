"""The application in tests: its pages over the test's database, and people signed in to it.

``site`` is the cast with the application on a connection that is rolled back; pages open their
own transactions, and so do tests, with ``db.transaction()``. ``real_site`` commits for real, for
tests with several clients at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from knowledge.search import index
from support.kernel import db
from support.people import tokens
from support.people.tokens import TokenKind
from tests.cast import PASSWORD, Cast, again, make_cast
from web.app import create_app
from web.config import Settings

Post = Callable[..., TestResponse]


class Browser(FlaskClient):
    """A client that sends the page's token along with its forms, as a browser does."""

    _token: str | None = None

    def send(self, path: str, fields: Mapping[str, Any] | None = None, **more: Any) -> TestResponse:
        """POST a form."""
        return self.post(path, data={"csrf_token": self.token(), **(fields or {})}, **more)

    def token(self) -> str:
        if self._token is None:
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/contact").text)
            assert found, "no token on the page"
            self._token = found[1]
        return self._token

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        answer = self.send("/connexion", {"email": email, "password": password})
        self._token = None  # a fresh session has a fresh one
        return answer


@dataclass(frozen=True)
class Site:
    """The application and its people: ``site.cast.teleadviser``, ``site.as_("dp")``."""

    app: Flask
    cast: Cast

    def anyone(self) -> Browser:
        """Somebody of the public, or not signed in yet."""
        client = self.app.test_client()
        assert isinstance(client, Browser)
        return client

    def as_(self, name: str) -> Browser:
        """The agent of that name in the cast, signed in."""
        browser = self.anyone()
        answer = browser.sign_in(getattr(self.cast, name).email)
        assert answer.status_code == 302, answer.text
        return browser


@pytest.fixture(scope="session")
def made_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application a session: its templates are compiled once."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path_factory.mktemp("data"),
        secret_key="test secret",
        mail_from="Relais <relais@demo.relais>",
        public_url="http://localhost",
        form_least_seconds=0,  # tests write faster than people
        undo_seconds=0,
    )
    made = create_app(settings, configure=False)
    made.config["TESTING"] = True
    made.test_client_class = Browser
    return made


@pytest.fixture
def app(made_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application, on whatever database the test's fixtures have configured."""
    index.configure(tmp_path / "index")
    settings = made_app.config["SETTINGS"]
    monkeypatch.setitem(made_app.config, "SETTINGS", settings.model_copy())
    return made_app


@pytest.fixture
def site(doors_db: Connection, app: Flask) -> Site:
    with db.transaction() as session:
        cast = make_cast(session)
    return Site(app, cast)


@pytest.fixture
def real_site(real_cast: Cast, app: Flask) -> Site:
    return Site(app, real_cast)


# ---- programmes


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
