"""The day at the counter, and the week."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.help_sessions.models import Appointment, AppointmentState
from support.kernel import db
from tests.factories import counted
from tests.support.help_sessions.conftest import MONDAY, at
from tests.web.conftest import Browser, Site
from tests.web.help_point.test_booking import HOME, give, wanted

S = AppointmentState


def pressed(pan: Browser, number: str, state: str, **more: str) -> str:
    fields = {"etat": state, "jour": MONDAY.isoformat(), **more}
    return pan.send(f"{HOME}/{number}/etats", fields, follow_redirects=True).text


def test_from_arrival_to_the_end(site: Site, point) -> None:
    number = give(site.as_("pan")).split("?")[0].rsplit("/", 1)[1]
    with time_machine.travel(at("09:02"), tick=False):
        pan = site.as_("pan")
        page = pan.get(HOME).text
        assert "Lundi 30 novembre" in page
        assert "Nouvelle" in page
        assert "Personne Nouvelle : Arrivé" in pressed(pan, number, "checked_in")
        assert "Dites pourquoi" in pressed(pan, number, "not_served")
        assert "En cours" in pressed(pan, number, "in_progress")
        assert "Reçu" in pressed(pan, number, "completed")
        assert "a changé entre-temps" in pressed(pan, number, "no_show")
        history = pan.get(f"{HOME}/{number}").text
        assert history.count("Farida Benyahia") >= 4


def test_late_then_not_come_then_come_after_all(site: Site, point) -> None:
    number = give(site.as_("pan")).split("?")[0].rsplit("/", 1)[1]
    with time_machine.travel(at("08:50"), tick=False):
        pan = site.as_("pan")
        assert "pas encore venue" in pressed(pan, number, "no_show")
    with time_machine.travel(at("09:20"), tick=False):
        assert "en retard" in pan.get(HOME).text
        assert "Non venu" in pressed(pan, number, "no_show")
        assert "1 fois non venu" in pan.get(HOME).text
        assert "Arrivé" in pressed(pan, number, "checked_in")
        pressed(pan, number, "not_served", reason="papers_missing")
        assert "Il manque des documents" in pan.get(f"{HOME}/{number}").text


def test_nobody_s_name_for_the_next_in_line(site: Site, point) -> None:
    pan = site.as_("pan")
    give(pan)
    page = pan.get(f"{HOME}?jour={MONDAY}&discret=1").text
    assert "P. N." in page
    for secret in ("Nouvelle", "Déposer une demande"):
        assert secret not in page


def test_a_visit_without_appointment(site: Site, point) -> None:
    with time_machine.travel(at("09:10"), tick=False):
        pan = site.as_("pan")
        page = pan.get(give(pan, suite="recevoir", place="")).text
        assert "sans rendez-vous" in page
        assert "sans rendez-vous" in pan.get(HOME).text
        twice = pan.send("/agent/rendez-vous/nouveau", wanted(cle="y", suite="recevoir"))
        assert twice.status_code == 409
    with db.transaction() as session:
        came = session.scalars(select(Appointment)).one()
        assert (came.state, came.desk_id, came.quota_ids) == (S.CHECKED_IN, None, [])


def test_the_week_and_its_queries(site: Site, point) -> None:
    pan = site.as_("pan")
    with counted() as few:
        assert "Pas d’accueil" in pan.get(f"{HOME}/semaine?jour={MONDAY}").text
    for n, starts in enumerate(("09:00", "09:30", "10:00")):
        give(pan, cle=f"f{n}", phone=f"06 39 98 02 0{n}", family_name=f"Nom{n}",
             place=at(starts).isoformat())  # fmt: skip
    with counted() as many:
        page = pan.get(f"{HOME}/semaine?jour={MONDAY}").text
    assert page.count("week-item") == 3
    assert len(many) == len(few)
    with counted() as three:
        pan.get(f"{HOME}?jour={MONDAY}")
    give(pan, cle="f9", phone="06 39 98 02 09", place=at("10:30").isoformat())
    with counted() as four:
        pan.get(f"{HOME}?jour={MONDAY}")
    assert len(four) == len(three)


def test_other_places_see_nothing(site: Site, point) -> None:
    number = give(site.as_("pan")).split("?")[0].rsplit("/", 1)[1]
    for who in ("teleadviser", "supervisor"):
        assert site.as_(who).get(f"{HOME}/{number}").status_code == 404
    for who in ("dp", "sdst", "referent", "editor", "steering", "admin"):
        assert site.as_(who).get(f"{HOME}/{number}").status_code == 403


def test_called_back_when_a_place_is_given_up(site: Site, point) -> None:
    pan = site.as_("pan")
    number = give(pan).split("?")[0].rsplit("/", 1)[1]
    later = {"cle": "w", "suite": "attendre", "family_name": "Attend", "phone": "06 39 98 01 88"}
    for _twice in range(2):
        waits = pan.send(f"{HOME}/nouveau", wanted(**later, place=""), follow_redirects=True)
    assert "Attend" in waits.text
    assert "· 1 personne" in waits.text
    assert "Liste d’attente (1)" in pan.get(HOME).text
    freed = pan.send(
        f"{HOME}/{number}/annulations", {"par": "personne", "reason": "x"}, follow_redirects=True
    )
    assert "1 personne attend une place" in freed.text
    given = wanted(cle="g", family_name="Attend", phone="06 39 98 01 88")
    assert pan.send(f"{HOME}/nouveau", given).status_code == 303
    assert "Personne n’attend" in pan.get(f"{HOME}/attente").text
    pan.send(f"{HOME}/nouveau", wanted(**later | {"family_name": "Autre", "phone": "0639980189"}))
    page = pan.get(f"{HOME}/attente").text
    row = page.split('name="id" value="')[1].split('"')[0]
    pan.send(f"{HOME}/attente/retraits", {"id": row})
    assert "Personne n’attend" in pan.get(f"{HOME}/attente").text
    assert pan.send(f"{HOME}/attente/retraits", {"id": row}).status_code == 404


def test_what_nobody_closed_keeps_nobody_from_coming_again(site: Site, point) -> None:
    first = give(site.as_("pan")).split("?")[0].rsplit("/", 1)[1]
    with time_machine.travel(at("12:00"), tick=False):
        pan = site.as_("pan")
        came = pan.get(give(pan, cle="w", suite="recevoir", place="")).text
        assert "sans rendez-vous" in came
        assert "À renseigner" in pan.get(f"{HOME}/{first}").text
        assert "À renseigner" in pan.get(f"{HOME}?jour={MONDAY}").text
    wednesday = MONDAY + timedelta(days=2)
    with time_machine.travel(at("08:00", wednesday), tick=False):
        pan = site.as_("pan")  # the visit of Monday was left open too
        give(pan, cle="x", place=at("09:00", wednesday).isoformat())
        assert "Reçu" in pressed(pan, first, "completed")
    with db.transaction() as session:
        states = session.scalars(select(Appointment.state).order_by(Appointment.id)).all()
        assert list(states) == [S.COMPLETED, S.UNRECORDED, S.SCHEDULED]


@pytest.mark.parametrize("far", ["9999-12-31", "0001-01-01", "demain", "2026-02-30"])
def test_a_day_that_no_calendar_shows_is_today(site: Site, point, far: str) -> None:
    pan = site.as_("pan")
    for page in ("?jour", "/semaine?jour", "/journal?jour", "/chiffres?semaine",
                 "/nouveau?motif=deposit&semaine"):  # fmt: skip
        assert pan.get(f"{HOME}{page}={far}").status_code == 200, page
    assert site.anyone().get(f"/rendez-vous?motif=deposit&depuis={far}").status_code == 200
    for at_end in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        assert pan.send(f"{HOME}/nouveau", wanted(place=at_end)).status_code == 422
