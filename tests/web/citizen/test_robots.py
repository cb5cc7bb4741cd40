"""Robots are set aside without a captcha, and nobody's words are thrown away."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import time_machine
from sqlalchemy import select

from support.intake.models import Outcome, Received
from support.kernel import db
from support.tickets.models import Ticket
from tests.web.citizen.test_contact import GOOD, count, post
from tests.web.conftest import Site
from web.citizen.robots import TRAP
from web.wiring import handlers

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_the_hidden_field_sets_a_form_aside_for_somebody_to_look_at(site: Site) -> None:
    robot = site.anyone()
    answer = post(robot, **{TRAP: "http://spam.example"})
    assert answer.headers["Location"] == "/contact/recu"
    assert "rien n’est perdu" in robot.get("/contact/recu").text
    assert count(Ticket) == 0
    with db.transaction() as session:
        received = session.scalars(select(Received)).one()
        assert (received.outcome, received.reason) == (Outcome.QUARANTINED, "form.trap")
    handlers()["intake.received"]({"received_id": received.id, "channel": "form"})
    assert post(robot).headers["Location"] == "/contact/recu"  # the very same form, sent again
    assert count(Ticket) == 0

    agent = site.as_("teleadviser")
    assert "1 formulaire" in agent.get("/agent/courriels").text
    page = agent.get("/agent/formulaires").text
    assert "Je ne peux plus me connecter." in page
    assert "Awa Sow" in page
    assert agent.send(f"/agent/formulaires/{received.id}/tickets").status_code == 303
    assert count(Ticket) == 1
    assert agent.send(f"/agent/formulaires/{received.id}/mises-a-part").status_code == 409


def test_a_robot_s_form_may_be_left_where_it_is(site: Site) -> None:
    post(site.anyone(), **{TRAP: "x"})
    agent = site.as_("supervisor")
    number = re.findall(r"/agent/formulaires/(\d+)/", agent.get("/agent/formulaires").text)[0]
    assert agent.send(f"/agent/formulaires/{number}/mises-a-part").status_code == 303
    with db.transaction() as session:
        received = session.scalars(select(Received)).one()
        assert received.outcome is Outcome.SET_ASIDE
        assert received.digest is not None
        assert received.digest["sorted_by"]


def test_a_form_sent_at_once_is_asked_for_again_and_then_taken(site: Site) -> None:
    site.app.config["SETTINGS"].form_least_seconds = 3
    browser = site.anyone()
    with time_machine.travel(MONDAY, tick=False) as clock:
        quick = post(browser)
        assert quick.status_code == 422
        assert "rempli très vite" in quick.text
        assert 'value="Awa.Sow@Example.org"' in quick.text
        token = re.findall(r'name="ouvert" value="([^"]+)"', quick.text)[0]
        clock.shift(4)
        assert post(browser, ouvert=token).status_code == 303
        assert post(browser, ouvert=token + "x", cle="two").status_code == 422  # not ours


def test_one_address_is_given_so_often_an_hour(site: Site) -> None:
    browser = site.anyone()
    with time_machine.travel(MONDAY, tick=False) as clock:
        for number in range(10):
            assert post(browser, cle=str(number)).status_code == 303
        refused = post(browser, cle="last")
        assert refused.status_code == 429
        assert "dans 61 minutes" in refused.text
        assert GOOD["text"] in refused.text
        assert post(browser, cle="other", email="autre@example.org").status_code == 303
        clock.shift(61 * 60)
        assert post(browser, cle="last").status_code == 303
