"""The fortnightly meeting, from the agenda that builds itself to the minutes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.browser.conftest import Visitor, running
from tests.browser.product import Web
from tests.browser.test_pages import problems_of

DECISION = "Relancer l’éditeur et prévenir le centre."


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def test_from_the_agenda_to_the_minutes(visit: Callable[..., Visitor]) -> None:
    with running(Web(plant="demonstration"), worker=False) as web:
        dp = visit(web).sign_in("dp@demo.relais")
        dp.get_by_role("link", name="Réunion", exact=True).click()
        assert problems_of(dp) == []
        dp.get_by_label("Le", exact=True).fill(in_days(2))
        dp.get_by_role("button", name="Préparer").click()
        expect(dp.get_by_role("status").first).to_contain_text("L’ordre du jour est prêt")
        points = dp.locator("ol > li[id^=point-]")
        assert points.count() >= 3
        expect(points.first).to_contain_text("Promesses dépassées")
        assert problems_of(dp) == []

        second = points.nth(1).locator("a").first.inner_text()
        points.nth(1).get_by_role("button", name=re.compile("^Monter")).click()
        expect(points.first).to_contain_text(second)
        dp.get_by_label("De quoi parler").fill("Vacances de fin d’année : qui est là ?")
        dp.get_by_role("button", name="Ajouter").click()
        expect(points.last).to_contain_text("Vacances")

        dp.get_by_role("button", name="Projeter").click()
        expect(dp.get_by_role("heading", level=1)).to_contain_text(second)
        assert problems_of(dp) == []
        dp.get_by_label("Décision").fill(DECISION)
        dp.get_by_label("Qui", exact=True).select_option(label="Claire Montaigu")
        dp.get_by_label("Pour le").fill(in_days(9))
        dp.get_by_role("button", name="Noter et passer au suivant").click()
        expect(dp.get_by_text(re.compile(r"point 2 sur \d+"))).to_be_visible()
        dp.keyboard.press("Escape")
        expect(points.first).to_contain_text(DECISION)

        sdst = visit(web).sign_in("sdst@demo.relais")
        sdst.goto("/agent/reunions")
        expect(sdst.get_by_role("main")).to_contain_text(DECISION)

        dp.get_by_label("Participants").fill("DP ANEF, SDST, centre de contact")
        dp.get_by_role("button", name="Clore et faire le compte rendu").click()
        with dp.expect_download() as got:
            dp.get_by_role("link", name="Compte rendu (PDF)").click()
        assert got.value.suggested_filename.endswith(".pdf")
        assert got.value.path().read_bytes().startswith(b"%PDF-")

        # What was not done comes first in the next one.
        dp.goto("/agent/reunions")
        dp.get_by_role("button", name="Préparer").click()
        expect(points.first).to_contain_text("De la dernière fois")
        expect(points.first).to_contain_text("décidé, pour le")
