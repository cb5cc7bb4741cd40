"""Behind proxies: whose address counts, and who may read the counts of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import Connection

from web.access import own_transactions, public
from web.app import create_app
from web.config import Settings

VISITOR = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https",
           "X-Forwarded-Host": "relais.example.org"}  # fmt: skip
TOKEN = "a long word"


def an_app(folder: Path, **given: object) -> Flask:
    settings = Settings(_env_file=None, data_dir=folder, secret_key="x", **given)  # type: ignore[call-arg]
    app = create_app(settings, configure=False)

    @own_transactions
    @public
    def seen() -> str:
        return f"{request.remote_addr} {request.scheme} {request.host}"

    app.add_url_rule("/seen", view_func=seen)
    return app


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, "127.0.0.1 http localhost"),
        (1, "198.51.100.7 https relais.example.org"),
        (2, "203.0.113.9 http localhost"),  # one value only of the other two: not believed
    ],
)
def test_the_visitor_is_whom_the_trusted_proxies_name(
    doors_db: Connection, tmp_path: Path, proxies: int, seen: str
) -> None:
    client = an_app(tmp_path, trusted_proxies=proxies).test_client()
    assert client.get("/seen", headers=VISITOR).text == seen


@pytest.mark.parametrize(
    ("address", "headers", "token", "status"),
    [
        pytest.param("127.0.0.1", {}, "", 200, id="this machine"),
        pytest.param("::1", {}, "", 200, id="this machine, the newer way"),
        pytest.param("192.0.2.1", {}, "", 404, id="elsewhere"),
        pytest.param("", {}, "", 404, id="nowhere"),
        pytest.param("127.0.0.1", VISITOR, "", 404, id="through a proxy of this machine"),
        pytest.param("192.0.2.1", {"Authorization": f"Bearer {TOKEN}"}, TOKEN, 200, id="token"),
        pytest.param("192.0.2.1", {"Authorization": "Bearer éé"}, TOKEN, 404, id="another token"),
        pytest.param("192.0.2.1", {"Authorization": "Bearer "}, "", 404, id="no token set"),
        pytest.param("192.0.2.1", {"Authorization": f"Basic {TOKEN}"}, TOKEN, 404, id="not bearer"),
    ],
)
def test_metrics_are_for_this_machine_and_bearers(
    doors_db: Connection, tmp_path: Path, address: str, headers: dict, token: str, status: int
) -> None:
    client = an_app(tmp_path, metrics_token=token).test_client()
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    assert ("relais_outbox_waiting" in answer.text) is (status == 200)


def test_behind_a_trusted_proxy_the_proxy_is_not_the_reader(
    doors_db: Connection, tmp_path: Path
) -> None:
    client = an_app(tmp_path, trusted_proxies=1).test_client()
    assert client.get("/metrics", headers=VISITOR).status_code == 404
    assert client.get("/metrics").status_code == 200  # straight from this machine
