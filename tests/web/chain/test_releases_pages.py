"""Releases on their pages: dates, départements, documents whose earlier versions stay."""

from __future__ import annotations

from io import BytesIO

from escalation.releases import preparing
from escalation.releases.preparing import BlockDraft
from support.kernel import db
from tests.cast import again
from tests.factories import counted
from tests.web.conftest import Browser, Site

ROOT = "/agent/mises-en-production"


def a_block(site: Site, title: str = "Étudiants") -> int:
    with db.transaction():
        draft = BlockDraft(title, ["student"])
        return preparing.save_block(None, draft, by=again(site.cast.dp)).id


def send_file(browser: Browser, block: int, content: bytes, **more: str):
    fields = {"csrf_token": browser.token(), "kind": "agent_guide", "doc_title": "Guide", **more}
    data = {**fields, "file": (BytesIO(content), "guide.pdf")}
    return browser.post(f"{ROOT}/{block}/documents", data=data)


def test_a_block_is_made_and_dated(site: Site) -> None:
    dp = site.as_("dp")
    bad = dp.send(ROOT, {"title": "Étudiants", "note": "Gardé."})
    assert bad.status_code == 422
    assert "Cochez une démarche" in bad.text
    assert "Gardé." in bad.text
    made = dp.send(
        ROOT, {"title": "Étudiants", "procedures": "student", "planned_on": "2020-01-01"}
    )
    page = dp.get(made.location).text
    assert "01/01/2020" in page
    assert "en retard" in page
    dp.send(f"{made.location}/ouvertures", {"department": "2a", "planned": "2026-12-01"})
    assert "2A" in dp.get(made.location).text
    dp.send(f"{made.location}/ouvertures", {"department": "2A"})
    assert "Le même jour partout." in dp.get(made.location).text
    refused = dp.send(f"{made.location}/ouvertures", {"department": "partout"})
    assert refused.status_code == 422
    assert 'value="partout"' in refused.text


def test_versions_follow_each_other_and_stay(site: Site) -> None:
    block, dp = a_block(site), site.as_("dp")
    assert send_file(dp, block, b"%PDF one").status_code == 303
    with db.transaction(write=False):
        (document,) = preparing.documents(preparing.one_block(block))
        number, first = str(document.id), document.versions[0].id
    more = {"document": number, "version_note": "Nouvel écran", "doc_title": ""}
    assert send_file(dp, block, b"%PDF two", **more).status_code == 303
    same = send_file(dp, block, b"%PDF two", **more)
    assert same.status_code == 409
    assert "exactement la version" in same.text
    referent = site.as_("referent")
    page = referent.get(f"{ROOT}/{block}").text
    assert "version 2" in page
    assert "Nouvel écran" in page
    assert "Ajouter un document" not in page
    assert referent.get(f"{ROOT}/documents/{first}/pieces/fichier").data == b"%PDF one"
    empty = dp.send(f"{ROOT}/{block}/documents", {"kind": "flyer", "doc_title": "Dépliant"})
    assert empty.status_code == 422
    assert "Choisissez le fichier." in empty.text
    assert 'value="Dépliant"' in empty.text


def test_the_list_costs_the_same_for_many(site: Site) -> None:
    referent, costs = site.as_("referent"), []
    for number in range(2):
        for n in range(4):
            a_block(site, f"Brique {number} {n}")
        with counted() as sql:
            assert referent.get(ROOT).status_code == 200
        costs.append(len(sql))
    assert costs[0] == costs[1]
