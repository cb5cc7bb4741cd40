"""The first page of the administration, the teams and the chain."""

from __future__ import annotations

import re
from datetime import timedelta

from escalation.models import ChainStep
from support.clocks.models import Calendar
from support.intake.models import Channel, Outcome, Received
from support.kernel import db
from support.kernel.time import as_of, now
from support.people.models import SignaturePolicy, Team, TeamKind
from support.tickets.following import public_name
from tests.cast import again
from tests.factories import a_received, counted
from tests.web.conftest import Site
from web.admin.arrows import draw
from web.admin.structure import closure_words, hours_words

PATH = "/agent/administration"


def test_mail_that_waits_is_counted_and_never_shown(site: Site) -> None:
    with db.transaction():
        with as_of(now() - timedelta(hours=3)):
            a_received(b"Subject: Bonjour Awa\n\nsecret")
        tried = a_received(b"second")
        tried.attempts = 2
        sorted_ = a_received(b"third", Channel.EMAIL)
        sorted_.outcome = Outcome.QUARANTINED
    page = site.as_("admin").get(PATH).text
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    assert facts["À comprendre"] == "2"
    assert facts["Le plus ancien"] == "reçu il y a 3 h"
    assert facts["Déjà essayés"] == "1"
    assert facts["À trier à la main"] == "1"
    assert "Awa" not in page


def test_the_index_says_how_it_stands(site: Site) -> None:
    page = site.as_("admin").get(PATH).text
    facts = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page))
    assert facts["État"].startswith("absent")
    assert facts["Fiches"] == "0"


def test_an_index_that_fails_does_not_take_the_page_with_it(site: Site, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    def broken() -> None:
        raise OSError("disk away")

    monkeypatch.setattr("web.admin.overview.index.node", broken)
    answer = site.as_("admin").get(PATH)
    assert answer.status_code == 200
    assert "L’index ne répond pas" in answer.text


def test_the_page_costs_a_fixed_number_of_queries(site: Site) -> None:
    browser = site.as_("admin")
    sizes = []
    for number in range(2):
        with db.transaction() as session:
            session.add_all(
                Received(channel=Channel.EMAIL, dedupe_key=f"{number}{n:063d}") for n in range(20)
            )
        with counted() as sql:
            browser.get(PATH)
        sizes.append(len(sql))
    assert sizes[0] == sizes[1] <= 16


def test_teams_stand_with_their_hours_and_members(site: Site) -> None:
    page = site.as_("admin").get(f"{PATH}/equipes").text
    assert "CCC, équipe A" in page
    assert "du lundi au vendredi : 08:00-18:00" in page
    assert "du lundi au vendredi : 09:00-12:30, 13:30-17:00" in page
    row = re.search(r"CCC, équipe A.*?</tr>", page, re.S)
    assert row
    assert re.search(r'data-label="Comptes ouverts">3<', row[0])


def test_hours_that_differ_stand_apart(app) -> None:  # type: ignore[no-untyped-def]
    odd = Calendar(
        weekly={"0": [["09:00", "12:00"]], "1": [["09:00", "12:00"]], "3": [["14:00", "16:00"]]},
        closures=["2026-12-24"],
    )
    with app.test_request_context("/agent/"):
        assert hours_words(odd) == ["du lundi au mardi : 09:00-12:00", "jeudi : 14:00-16:00"]
        assert closure_words(odd) == ["24 déc. 2026"]
        assert hours_words(Calendar(weekly={})) == []


def test_the_chain_is_a_drawing_and_the_table_says_the_same(site: Site) -> None:
    page = site.as_("admin").get(f"{PATH}/chaine").text
    assert page.count('class="drawing-box"') == 6  # two that hand over, four that receive
    assert page.count('class="drawing-arrow"') == 6  # SDST is drawn once for two fields
    table = re.sub(r"<[^>]+>", " ", page[page.index("<table") :])
    words = ("Centre de contact", "nationalité", "toutes les questions", "tous", "SDANF")
    assert re.search(r"\s+".join(words), table)
    assert re.search(r"Direction de projet\s+asile", table)
    assert "style=" not in page[page.index("<svg") : page.index("</svg>")]


def test_the_drawing_stays_within_its_frame() -> None:
    project = Team(id=1, label="DP", kind=TeamKind.PROJECT_DIRECTORATE)
    label = "Direction très longue dont le nom ne finit jamais"
    business = [Team(id=n, label=label, kind=TeamKind.BUSINESS_DIRECTORATE) for n in range(2, 9)]
    steps = [ChainStep(from_kind=TeamKind.CONTACT_CENTRE, to_team=project, to_team_id=1)]
    steps += [
        ChainStep(from_kind=TeamKind.PROJECT_DIRECTORATE, to_team=team, to_team_id=team.id)
        for team in business
    ]
    drawing = draw(steps)
    assert len(drawing.boxes) == 9
    assert len(drawing.arrows) == 8
    for box in drawing.boxes:
        assert 0 <= box.x <= drawing.width - drawing.box_width
        assert 0 <= box.y <= drawing.height - drawing.box_height
        assert len(box.lines) <= 2
    assert draw([]).boxes == []


def test_a_team_signs_as_the_administrator_says(site: Site) -> None:
    admin, team = site.as_("admin"), site.cast.teams["ccc_a"]
    path = f"/agent/administration/equipes/{team.id}/signatures"
    assert admin.send(path, {"signature": "service_only"}).status_code == 302
    with db.transaction():
        assert again(team).signature_policy is SignaturePolicy.SERVICE_ONLY
        assert public_name(again(site.cast.teleadviser), "le service") == "le service"
    page = admin.get("/agent/administration/equipes").text
    assert '<option value="service_only" selected>' in page
    assert admin.send(path, {"signature": "rien"}).status_code == 422
    admin.send(path, {"signature": ""})
    with db.transaction():
        assert again(team).signature_policy is None
