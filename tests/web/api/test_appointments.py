"""Appointments for programmes: given once, listed by pages, and never more than the account may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from support.help_sessions.models import HelpPoint
from support.kernel import db
from tests.cast import again
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, a_point, at, reasons
from tests.web.conftest import Site, a_token, shown

DOOR = "/api/v1/appointments"


@pytest.fixture
def point(site: Site) -> Iterator[HelpPoint]:
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        with db.transaction():
            made = a_point(site.cast)
            reasons()
        yield made


def asked(**more: Any) -> dict[str, Any]:
    person = {"given_name": "Inès", "family_name": "Moreau", "phone": "06 39 98 01 90"}
    return {"reason": "deposit", "starts_at": at("09:00").isoformat(), "person": person, **more}


def test_given_once_and_listed(site: Site, point) -> None:
    secret = a_token(site, "pan")
    client = site.anyone()
    headers = shown(secret) | {"Idempotency-Key": "one"}
    first = client.post(DOOR, json=asked(), headers=headers)
    assert first.status_code == 201
    assert first.json["state"] == "scheduled"
    assert client.post(DOOR, json=asked(), headers=headers).json == first.json
    again_ = client.post(DOOR, json=asked(), headers=shown(secret))
    assert again_.status_code == 409
    assert again_.json["code"] == "appointment.already"
    listed = client.get(DOOR, headers=shown(secret)).json
    assert [one["id"] for one in listed["appointments"]] == [first.json["id"]]
    assert listed["next_cursor"] is None
    later = client.get(f"{DOOR}?from=2026-12-01", headers=shown(secret)).json
    assert later["appointments"] == []


def test_pages_follow_each_other(site: Site, point, monkeypatch) -> None:
    monkeypatch.setattr("web.api.v1.appointments.PAGE", 2)
    secret, client = a_token(site, "pan"), site.anyone()
    for n, hour in enumerate(("09:00", "09:00", "09:30")):
        person = {"family_name": f"Nom{n}", "phone": f"06 39 98 04 0{n}"}
        sent = asked(person=person, starts_at=at(hour).isoformat())
        assert client.post(DOOR, json=sent, headers=shown(secret)).status_code == 201
    page = client.get(DOOR, headers=shown(secret)).json
    assert len(page["appointments"]) == 2
    rest = client.get(DOOR, query_string={"cursor": page["next_cursor"]}, headers=shown(secret))
    ids = [one["id"] for one in (*page["appointments"], *rest.json["appointments"])]
    assert len(set(ids)) == 3
    assert rest.json["next_cursor"] is None


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reason": "x"}, "field.choice"),
        ({"starts_at": "demain"}, "appointment.place"),
        ({"starts_at": "2026-11-30T09:00:00"}, "appointment.place"),
        ({"person": None}, "person.unchosen"),
        ({"person_id": 999_999}, "person.unchosen"),
        ({"person": {"family_name": "X"}}, "appointment.reach"),
        ({"help_point": "x"}, "field.choice"),
    ],
    ids=["reason", "day", "naive", "nobody", "unknown", "unreachable", "place"],
)
def test_what_is_wrong_is_said(site: Site, point, wrong: dict, code: str) -> None:
    answer = site.anyone().post(DOOR, json=asked(**wrong), headers=shown(a_token(site, "pan")))
    assert answer.status_code == 422
    assert answer.json["code"] == code


def test_the_centre_reads_what_it_gave(site: Site, point) -> None:
    pan, centre, client = a_token(site, "pan"), a_token(site, "teleadviser"), site.anyone()
    client.post(DOOR, json=asked(), headers=shown(pan))
    assert client.get(DOOR, headers=shown(centre)).status_code == 422
    with db.transaction():
        again(point).centre_booking = True
    assert client.get(DOOR, headers=shown(centre)).json["appointments"] == []
    other = asked(person={"family_name": "Autre", "phone": "06 39 98 04 09"})
    assert client.post(DOOR, json=other, headers=shown(centre)).status_code == 201
    (mine,) = client.get(DOOR, headers=shown(centre)).json["appointments"]
    assert mine["channel"] == "contact_centre"
    assert client.get(DOOR, headers=shown(a_token(site, "referent"))).status_code == 403
