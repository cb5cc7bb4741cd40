"""What the exchange sends: kept, understood, answered; the same twice; what cannot be read."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from openapi_spec_validator import validate
from sqlalchemy import func, select

from channels.phone.calls import CallState, PhoneCall
from support.intake.models import Received
from support.kernel import db
from tests.web.conftest import Post, Site, a_token, shown
from tests.web.test_access import TOKENS

PROBLEM = "application/problem+json"


def count(model) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def only_call() -> PhoneCall:
    with db.transaction() as session:
        return session.scalars(select(PhoneCall)).one()


def test_a_form_and_json_say_the_same(site: Site) -> None:
    secret, client = a_token(site), site.anyone()
    form = {"event": "newCall", "callId": "1", "from": "0639980001", "user[]": ["2204", "2205"]}
    answer = client.post("/api/v1/calls", data=form, headers=shown(secret))
    assert (answer.status_code, answer.json["duplicate"]) == (202, False)
    client.post("/api/v1/calls", json={"event": "answer", "callId": "1"}, headers=shown(secret))
    call = only_call()
    assert (call.state, call.number) == (CallState.ANSWERED, "+33639980001")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "api.not_json"),
        (b"[" * 100_000, "application/json", 413, None),
        (b"[1]", "application/json", 400, "api.not_object"),
        (b'{"event": "newCall"}', "application/json", 422, "field.required"),
        (b"{}", "application/json", 422, "field.required"),
        (b"event=newCall&callId=1", "text/plain", 415, "api.form_or_json"),
        (b"<call/>", "application/xml", 415, "api.form_or_json"),
        (b"", "application/x-www-form-urlencoded", 422, "field.required"),
        (b"\xff\xfe", "application/json", 400, "api.not_json"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    site: Site, body: bytes, content_type: str, status: int, code: str | None
) -> None:
    headers = shown(a_token(site))
    answer = site.anyone().post(
        "/api/v1/calls", data=body, content_type=content_type, headers=headers
    )
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)
    assert answer.json["status"] == status
    assert answer.json["title"]
    assert answer.json["detail"]
    assert answer.json.get("code") == code
    if status == 422:
        assert "callId" in [error["field"] for error in answer.json["errors"]]
    assert count(Received) == 0


@pytest.mark.parametrize(("path", "status"), [("/api/v1/calls", 405), ("/api/v1/nothing", 404)])
def test_other_refusals_are_problems_too(site: Site, path: str, status: int) -> None:
    answer = site.anyone().get(path)
    assert (answer.status_code, answer.content_type) == (status, PROBLEM)


def test_one_key_gives_one_answer(exchange: Post) -> None:
    first = exchange("newCall", callId="1", key="k")
    again = exchange("newCall", callId="1", key="k")
    assert (again.status_code, again.json) == (first.status_code, first.json)
    other = exchange("answer", callId="1", key="k")
    assert (other.status_code, other.json["code"]) == (422, "api.key_reused")
    assert other.json["errors"][0]["field"] == "Idempotency-Key"
    assert only_call().state is CallState.RINGING
    assert exchange("newCall", callId="1", key="k" * 256).json["code"] == "api.key_long"
    without = exchange("newCall", callId="1")
    assert (without.status_code, without.json["duplicate"]) == (202, True)


def test_a_key_is_its_own_senders(site: Site) -> None:
    ids = set()
    for _token in range(2):
        sent = {"event": "newCall", "callId": "1"}
        headers = shown(a_token(site), **{"Idempotency-Key": "k"})
        ids.add(site.anyone().post("/api/v1/calls", json=sent, headers=headers).json["received"])
    assert len(ids) == 2


def test_the_description_is_openapi_and_names_every_door(site: Site) -> None:
    described = site.anyone().get("/api/v1/openapi.json").json
    validate(described)
    assert described["openapi"].startswith("3.1")
    told = {
        f"{method.upper()} /api/v1{path}"
        for path, methods in described["paths"].items()
        for method in methods
    }
    there = {re.sub(r"<(?:int:person_)?(\w+)>", r"{\1}", rule) for rule in TOKENS}
    assert told == {*there, "GET /api/v1/openapi.json"}


@pytest.mark.parametrize("key", [None, "k"])
def test_many_events_at_once_are_one_call(real_site: Site, key: str | None) -> None:
    """The same event and its neighbours, from several connections at the same instant."""
    headers = shown(a_token(real_site), **({"Idempotency-Key": key} if key else {}))
    together = Barrier(4)

    def send(number: int) -> int:
        event = "newCall" if key or number % 2 else "hangup"
        sent = {"event": event, "callId": "1", "from": "0639980001", "direction": "in"}
        client = real_site.anyone()
        together.wait()
        return client.post("/api/v1/calls", json=sent, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) == {202}
    assert count(Received) == (1 if key else 2)
    assert only_call().state is (CallState.RINGING if key else CallState.MISSED)
