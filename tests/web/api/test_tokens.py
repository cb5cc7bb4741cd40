"""Who a programme is: its token, what its account may, and nothing by a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.kernel import db
from support.people import accounts, tokens
from support.people.permissions import PERMISSIONS
from support.people.tokens import ApiToken, TokenKind
from tests.cast import AGENTS, again
from tests.web.conftest import Site, a_token, shown
from tests.web.test_access import ROLES, TOKENS, address

CALL = {"event": "newCall", "callId": "1"}


def open_with(site: Site, method: str, rule: str, secret: str):
    client, path = site.anyone(), address(rule)
    if method == "POST":
        return client.post(path, json=CALL, headers=shown(secret))
    return client.get(path, headers=shown(secret))


@pytest.mark.parametrize("name", ROLES)
def test_a_token_opens_what_its_account_may(site: Site, name: str) -> None:
    secret, has = a_token(site, name), PERMISSIONS[AGENTS[name][2]]
    for what, wanted in TOKENS.items():
        method, _, rule = what.partition(" ")
        if "<secret>" in rule:
            continue  # reads the token in the address alone
        answer = open_with(site, method, rule, secret)
        allowed = set(wanted) <= has
        # Nothing has these numbers and names; a search without words is told so, and that the
        # event of a call is no appointment.
        takes_calls = method == "POST" and rule.endswith("/calls")
        there = 202 if takes_calls else 404 if "<" in rule else 422
        assert answer.status_code == (there if allowed else 403), what
        if not allowed:
            assert answer.content_type == "application/problem+json"
            assert answer.json["code"] == "permission.missing"


def test_a_telephony_token_tells_of_calls_and_nothing_else(site: Site) -> None:
    secret = a_token(site, "admin", TokenKind.TELEPHONY)
    client = site.anyone()
    assert client.post("/api/v1/calls", json=CALL, headers=shown(secret)).status_code == 202
    assert client.post(f"/api/v1/calls/{secret}", data=CALL).status_code == 202
    assert client.get("/api/v1/persons/1", headers=shown(secret)).status_code == 403


def test_an_address_takes_no_token_of_more_worth(site: Site) -> None:
    secret = a_token(site)
    assert site.anyone().post(f"/api/v1/calls/{secret}", json=CALL).status_code == 401
    wrong = site.anyone().post("/api/v1/calls/nothing", json=CALL, headers=shown(secret))
    assert wrong.status_code == 401


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic abc", "wrong"])
def test_without_a_token_nothing_opens(site: Site, given: str) -> None:
    answer = site.anyone().post("/api/v1/calls", json=CALL, headers={"Authorization": given})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "set-cookie" not in {name.lower() for name in dict(answer.headers)}


def test_a_token_ends_with_its_revocation_and_with_its_account(site: Site) -> None:
    for end in ("revoke", "close"):
        secret = a_token(site, "teleadviser")
        path = f"/api/v1/persons/{site.cast.awa.id}"
        assert site.anyone().get(path, headers=shown(secret)).json["family_name"] == "Traoré"
        with db.transaction() as session:
            if end == "revoke":
                tokens.revoke(session.scalars(select(ApiToken)).one(), by=None)
            else:
                accounts.disable(again(site.cast.teleadviser), by=None)
        assert site.anyone().get(path, headers=shown(secret)).status_code == 401


def test_a_token_is_kept_as_a_digest_and_its_use_is_seen(site: Site) -> None:
    secret = a_token(site)
    site.anyone().post("/api/v1/calls", json=CALL, headers=shown(secret))
    with db.transaction() as session:
        kept = session.scalars(select(ApiToken)).one()
    assert secret not in str(vars(kept))
    assert secret.endswith(kept.hint)
    assert (kept.minute_uses, kept.last_used_at is not None) == (1, True)


def test_so_many_a_minute_and_no_more(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.app.config["SETTINGS"], "api_rate", 2)
    secret = a_token(site)
    with time_machine.travel(datetime(2026, 11, 16, 11, tzinfo=UTC), tick=False) as clock:
        seen = [
            site.anyone().post("/api/v1/calls", json=CALL, headers=shown(secret))
            for _request in range(3)
        ]
        assert [answer.status_code for answer in seen] == [202, 202, 429]
        assert seen[-1].headers["Retry-After"] == "60"
        clock.shift(timedelta(seconds=61))
        later = site.anyone().post("/api/v1/calls", json=CALL, headers=shown(secret))
        assert later.status_code == 202
