"""The chain's page: seen first, then changed; absences and new teams beside it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from escalation import absences
from escalation.charting import arrows
from escalation.models import Absence
from support.kernel import db
from support.kernel.time import now
from support.people.models import Team
from tests.factories import a_ticket
from tests.web.conftest import Site

PATH = "/agent/administration/chaine"
TEAMS = "/agent/administration/equipes"


def typed(site: Site, team: str = "asylum", **more: str) -> dict[str, str]:
    return {
        "from": "contact_centre", "field": "residence", "nature": "", "requester": "person",
        "to": str(site.cast.teams[team].id), "position": "0", **more,
    }  # fmt: skip


def count() -> int:
    with db.transaction(write=False):
        return len(arrows())


def test_a_step_is_tried_before_it_is_added(site: Site) -> None:
    with db.transaction():
        a_ticket(site.cast, reason="renewal.business")
    admin, before = site.as_("admin"), count()
    tried = admin.send(f"{PATH}/etapes", typed(site))
    assert tried.status_code == 200
    assert "1 aurait pris un autre chemin." in tried.text
    assert "DP ANEF → SDST" in tried.text
    assert count() == before
    assert admin.send(f"{PATH}/etapes", typed(site, suite="enregistrer")).status_code == 303
    assert count() == before + 1
    assert "une personne" in admin.get(PATH).text
    twice = admin.send(f"{PATH}/etapes", typed(site))
    assert twice.status_code == 422
    assert "Cette étape existe déjà." in twice.text


def test_a_step_is_changed_and_taken_out(site: Site) -> None:
    admin, before = site.as_("admin"), count()
    admin.send(f"{PATH}/etapes", typed(site, suite="enregistrer"))
    with db.transaction(write=False):
        number = max(one.id or 0 for one in arrows())
    page = admin.get(f"{PATH}/etapes/{number}").text
    assert '<option value="person" selected>' in page
    change = typed(site, team="sdst", suite="enregistrer")
    assert admin.send(f"{PATH}/etapes/{number}", change).status_code == 303
    with db.transaction(write=False):
        assert [a.to_team_id for a in arrows() if a.id == number] == [site.cast.teams["sdst"].id]
    asked = admin.send(f"{PATH}/etapes/{number}/retraits")
    assert "Retirer cette étape" in asked.text
    assert count() == before + 1
    admin.send(f"{PATH}/etapes/{number}/retraits", {"suite": "enregistrer"})
    assert count() == before
    assert admin.get(f"{PATH}/etapes/{number}").status_code == 404


def test_what_is_wrong_is_said_and_kept(site: Site) -> None:
    admin = site.as_("admin")
    for wrong, words in (
        ({"from": ""}, "Choisissez qui transmet."),
        ({"to": ""}, "Choisissez une équipe de niveau 2 ou 3."),
        ({"position": "x"}, "999"),
        ({"from": "business_directorate", "to": str(site.cast.teams["dp"].id),
          "field": "", "requester": ""}, "tournerait en rond"),
    ):  # fmt: skip
        answer = admin.send(f"{PATH}/etapes", typed(site, **wrong))
        assert answer.status_code == 422
        assert words in answer.text


def test_an_absence_is_noted_seen_by_who_hands_over_and_taken_out(site: Site) -> None:
    admin, team_id = site.as_("admin"), site.cast.teams["sdanf"].id
    with db.transaction():
        ticket = a_ticket(site.cast, reason="nationality.decree")
        reference = ticket.reference
    begins = now().astimezone(absences.PARIS).date()
    given = {
        "starts_on": begins.isoformat(),
        "ends_on": (begins + timedelta(days=5)).isoformat(),
        "deputy": str(site.cast.teams["sdst"].id),
        "note": "Déménagement",
    }
    wrong = admin.send(f"{TEAMS}/{team_id}/absences", {**given, "ends_on": "2020-01-01"})
    assert wrong.status_code == 422
    assert "Déménagement" in wrong.text
    assert admin.send(f"{TEAMS}/{team_id}/absences", given).status_code == 303
    assert "suppléée par SDST" in admin.get(f"{TEAMS}/{team_id}").text
    form = site.as_("teleadviser").get(f"/agent/tickets/{reference}/escalades/nouvelle").text
    assert "SDST supplée SDANF." in form
    with db.transaction(write=False):
        number = db.session().scalars(select(Absence.id)).one()
    admin.send(f"{TEAMS}/{team_id}/absences/{number}/retraits")
    assert "Aucune prévue." in admin.get(f"{TEAMS}/{team_id}").text


def test_a_new_team_has_its_level_and_a_code_of_its_own(site: Site) -> None:
    admin = site.as_("admin")
    assert "Direction métier" in admin.get(f"{TEAMS}/nouvelle").text
    given = {"label": "Support technique", "kind": "business_directorate"}
    assert admin.send(TEAMS, given).status_code == 303
    twice = admin.send(TEAMS, given)
    assert twice.status_code == 422
    assert "Une équipe porte déjà ce nom." in twice.text
    assert admin.send(TEAMS, {"label": " ", "kind": "steering"}).status_code == 422
    admin.send(TEAMS, {**given, "label": "Support, technique !", "public_label": "le support"})
    with db.transaction(write=False):
        made = db.session().scalars(select(Team).where(Team.code.startswith("support"))).all()
        assert sorted((t.code, t.level, t.public_label) for t in made) == [
            ("support-technique", 3, "Support technique"),
            ("support-technique-2", 3, "le support"),
        ]
