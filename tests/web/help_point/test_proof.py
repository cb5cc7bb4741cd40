"""The proof of steps on its pages: from a visit to the statement, and to the answer."""

from __future__ import annotations

from io import BytesIO

from sqlalchemy import select

from escalation.fallback.models import FallbackCase, FallbackStep
from support.catalogue.models import Procedure
from support.kernel import db
from tests.web.conftest import Browser, Site
from tests.web.help_point.test_booking import HOME, give

PROOFS = f"{HOME}/preuves"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def begun(pan: Browser, visit: str) -> str:
    with db.transaction(write=False):
        code = db.session().scalar(select(Procedure.code).order_by(Procedure.id).limit(1))
    answer = pan.send(PROOFS, {"visite": visit, "procedure": code})
    assert answer.status_code == 303
    return answer.location


def number_of(address: str) -> str:
    return address.split("?")[0].rsplit("/", 1)[1]


def test_from_a_visit_to_the_statement(site: Site, point) -> None:
    pan = site.as_("pan")
    visit = number_of(give(pan))
    assert f"preuves/nouveau?visite={visit}" in pan.get(f"{HOME}/{visit}").text
    assert "Nouvelle" in pan.get(f"{PROOFS}/nouveau?visite={visit}").text
    refused = pan.send(PROOFS, {"visite": visit, "procedure": ""})
    assert refused.status_code == 422
    case = begun(pan, visit)
    step = {"kind": "attempt", "on": "2026-11-20", "words": "Erreur 500", "reference": "DEM-1"}
    picture = {"files": (BytesIO(PNG), "ecran.png")}
    page = pan.send(f"{case}/etapes", {**step, **picture, "cle": "a"}, follow_redirects=True).text
    assert "Erreur 500" in page
    assert "ecran.png" in page
    pan.send(f"{case}/etapes", {**step, "cle": "a"})
    assert pan.get(case).text.count("Erreur 500") == 1
    pdf = pan.get(f"{case}/pieces/releve.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.headers["Cache-Control"] == "private, no-store"
    with db.transaction(write=False):
        file_id = db.session().scalar(select(FallbackStep)).files[0].id
    assert pan.get(f"{case}/pieces/{file_id}").data == PNG
    assert pan.get(f"{case}/pieces/{file_id + 1}").status_code == 404
    assert "Nouvelle" in pan.get(PROOFS).text


def test_refused_it_keeps_what_was_typed(site: Site, point) -> None:
    pan = site.as_("pan")
    case = begun(pan, number_of(give(pan)))
    words = "Le bouton ne répond pas"
    answer = pan.send(
        f"{case}/etapes",
        {"kind": "attempt", "on": "2030-01-01", "words": words, "files": (BytesIO(PNG), "e.png")},
    )
    assert answer.status_code == 422
    assert words in answer.text
    assert "pas un jour à venir" in answer.text
    assert 'name="kept"' in answer.text
    program = {"files": (BytesIO(b"MZ\x90"), "virus.exe"), "kind": "attempt", "on": "2026-11-20"}
    assert "ni une image ni un PDF" in pan.send(f"{case}/etapes", program).text
    answer = pan.send(f"{case}/etats", {"state": "dropped", "move_words": ""})
    assert answer.status_code == 422
    assert "Dites pourquoi" in answer.text
    assert pan.send(f"{case}/etats", {"state": "registered"}).status_code == 409
    assert pan.send(f"{case}/etats", {"state": "x"}).status_code == 422


def test_asked_and_answered(site: Site, point) -> None:
    pan = site.as_("pan")
    case = begun(pan, number_of(give(pan)))
    for state, said in (
        ("asked", "Demandé à la préfecture"),
        ("invited", "Invitée par la préfecture"),
        ("registered", "Demande enregistrée"),
    ):
        fields = {"state": state, "move_on": "2026-11-26", "cle": state}
        assert said in pan.send(f"{case}/etats", fields, follow_redirects=True).text
    assert "Plus rien à faire" in pan.get(case).text
    assert "Nouvelle" not in pan.get(PROOFS).text
    assert "Nouvelle" in pan.get(f"{PROOFS}?clos=1").text


def test_a_step_is_struck(site: Site, point) -> None:
    pan = site.as_("pan")
    case = begun(pan, number_of(give(pan)))
    pan.send(f"{case}/etapes", {"kind": "call", "on": "2026-11-20", "words": "Sans réponse"})
    with db.transaction(write=False):
        step = db.session().scalar(select(FallbackStep.id))
    assert (
        "Dites pourquoi"
        in pan.send(f"{case}/etapes/{step}/retraits", {"why": ""}, follow_redirects=True).text
    )
    page = pan.send(
        f"{case}/etapes/{step}/retraits", {"why": "Autre jour"}, follow_redirects=True
    ).text
    assert "Autre jour" in page
    assert "Sans réponse" not in page


def test_the_centre_opens_one_from_a_person_s_page(site: Site, point) -> None:
    give(site.as_("pan"))
    centre = site.as_("teleadviser")
    with db.transaction(write=False):
        known = db.session().scalar(select(FallbackCase.id))
        code = db.session().scalar(select(Procedure.code).limit(1))
    assert known is None
    page = centre.get("/agent/personnes?q=Nouvelle").text
    person = page.split("/agent/personnes/")[1].split('"')[0].split("?")[0]
    assert f"preuves/nouveau?person={person}" in centre.get(f"/agent/personnes/{person}").text
    answer = centre.send(PROOFS, {"person": person, "procedure": code})
    assert answer.status_code == 303
    assert "centre de contact" in centre.get(answer.location).text
    assert site.as_("pan").get(answer.location).status_code == 404
    assert centre.send(PROOFS, {"person": "999999", "procedure": code}).status_code == 404
