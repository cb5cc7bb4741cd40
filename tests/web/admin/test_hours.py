"""An administrator changes hours: what it means is read first; wrong hours stay as typed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from support.clocks.models import Calendar
from support.kernel import db
from support.outbox.models import OutboxRow
from tests.web.conftest import Site

DAYS = {f"jour_{n}": "09:00-12:30, 13:30-17:00" for n in range(5)}
TYPED = {**DAYS, "jour_5": "", "jour_6": "", "zone": "metropole", "fermetures": ""}


@pytest.fixture
def path(site: Site) -> str:
    with db.transaction() as session:
        weekly = {str(day): [["09:00", "17:00"]] for day in range(5)}
        session.add(Calendar(code="essai", label="Essai", weekly=weekly, closures=["2026-12-24"]))
    return "/agent/administration/horaires/essai"


def kept() -> tuple[object, ...]:
    with db.transaction(write=False) as session:
        found = session.scalars(select(Calendar).where(Calendar.code == "essai")).one()
        asked = session.scalars(select(OutboxRow).where(OutboxRow.topic == "calendar.edited"))
        return found.weekly["0"], found.zone, found.closures, len(asked.all())


def test_it_is_seen_first_and_then_done(site: Site, path: str) -> None:
    admin = site.as_("admin")
    teams = admin.get("/agent/administration/equipes").text
    assert f'href="{path}"' in teams
    shown = admin.get(path).text
    assert 'value="09:00-17:00"' in shown
    assert "24/12/2026" in shown
    before = kept()
    typed = {**TYPED, "zone": "alsace_moselle", "fermetures": "24/12/2026\n31/12/2026"}
    seen = admin.send(path, typed)
    assert seen.status_code == 200
    assert "Ce que cela change" in seen.text
    assert kept() == before
    assert admin.send(path, {**typed, "suite": "enregistrer"}).status_code == 303
    assert kept() == (
        [["09:00", "12:30"], ["13:30", "17:00"]],
        "alsace_moselle",
        ["2026-12-24", "2026-12-31"],
        1,
    )


def test_wrong_hours_stay_as_they_were_typed(site: Site, path: str) -> None:
    wrong = {**TYPED, "jour_2": "17-9", "fermetures": "Noël", "suite": "enregistrer"}
    refused = site.as_("admin").send(path, wrong)
    assert refused.status_code == 422
    for words in ('href="#jour_2"', 'href="#fermetures"', 'value="17-9"', "Noël</textarea>"):
        assert words in refused.text
    assert kept()[3] == 0


def test_unknown_hours_are_404(site: Site, path: str) -> None:
    assert site.as_("admin").get(path.replace("essai", "autre")).status_code == 404
    assert site.as_("supervisor").get(path).status_code in (403, 404)
