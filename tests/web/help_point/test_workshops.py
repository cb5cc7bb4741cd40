"""Workshops on their pages: opened, filled, held, called off."""

from __future__ import annotations

import time_machine

from tests.support.help_sessions.conftest import at
from tests.web.conftest import Site
from tests.web.help_point.test_booking import HOME, NEW, wanted

WORKSHOPS = f"{HOME}/ateliers"
FORM = {
    "title": "Ouvrir un compte, ensemble", "reason": "account", "day": "2026-11-30",
    "starts": "09:00", "ends": "10:30", "capacity": "1",
}  # fmt: skip


def test_opened_filled_and_held(site: Site, point) -> None:
    pan = site.as_("pan")
    assert "Aucun atelier à venir" in pan.get(WORKSHOPS).text
    here = pan.send(WORKSHOPS, {**FORM, "desk": str(point.desks[0].id)}).location
    number = here.rsplit("/", 1)[1]
    page = pan.get(here).text
    assert "1 place libre" in page
    assert f"nouveau?atelier={number}" in page
    form = pan.get(f"{NEW}?atelier={number}").text
    assert f'name="atelier" value="{number}"' in form
    assert "Ouvrir un compte, ensemble" in form
    assert 'name="motif"' not in form
    answer = pan.send(NEW, wanted(atelier=number, motif="", place=""))
    assert answer.status_code == 303, answer.text
    assert "Nouvelle" in pan.get(here).text
    full = pan.send(NEW, wanted(atelier=number, cle="f2", phone="06 39 98 01 78", motif=""))
    assert full.status_code == 409
    assert "L’atelier est complet" in full.text
    assert "06 39 98 01 78" in full.text
    with time_machine.travel(at("09:05"), tick=False):
        pan = site.as_("pan")
        assert "Ouvrir un compte, ensemble" in pan.get(HOME).text
        one = answer.location.split("?")[0]
        done = pan.send(f"{one}/etats", {"etat": "checked_in", "atelier": number})
        assert done.location.endswith(here)
        assert "Arrivé" in pan.get(here).text
        assert "venues à 1 atelier" in pan.get(f"{HOME}/chiffres").text


def test_refused_it_keeps_what_was_typed(site: Site, point) -> None:
    pan = site.as_("pan")
    answer = pan.send(WORKSHOPS, {**FORM, "capacity": "", "starts": "tôt"})
    assert answer.status_code == 422
    assert 'value="Ouvrir un compte, ensemble"' in answer.text
    assert "nombre de personnes" in answer.text
    assert "Jour : Choisissez le jour" in pan.send(WORKSHOPS, {**FORM, "day": ""}).text


def test_called_off(site: Site, point) -> None:
    pan = site.as_("pan")
    here = pan.send(WORKSHOPS, FORM).location
    pan.send(NEW, wanted(atelier=here.rsplit("/", 1)[1], motif=""))
    assert "Dites pourquoi" in pan.send(f"{here}/annulations", {}, follow_redirects=True).text
    page = pan.send(f"{here}/annulations", {"reason": "Grève"}, follow_redirects=True).text
    assert "1 personne en est prévenue" in page
    assert "Cet atelier est annulé" in page
    assert "Inscrire une personne" not in page
    assert pan.get(f"{WORKSHOPS}/999").status_code == 404
