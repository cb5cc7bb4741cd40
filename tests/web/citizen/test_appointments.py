"""Booking by the public: given, kept, given back; and not for sale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from support.help_sessions.models import Appointment, AppointmentState, BookingChannel, HelpPoint
from support.help_sessions.orienting import Redirection
from support.kernel import db
from support.people import guessing
from tests.cast import again
from tests.factories import counted
from tests.support.help_sessions.conftest import FRIDAY_BEFORE, a_point, at, reasons
from tests.web.conftest import Browser, Site

HERE = "/rendez-vous"


@pytest.fixture
def point(site: Site) -> Iterator[HelpPoint]:
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        with db.transaction():
            made = a_point(site.cast, public_booking=True, release_least=60, release_most=60)
            reasons()
        yield made


def wanted(point: HelpPoint, **more: str) -> dict[str, str]:
    return {
        "lieu": str(point.id), "motif": "deposit", "place": at("09:00").isoformat(),
        "given_name": "Inès", "family_name": "Moreau", "phone": "06 39 98 01 90", "cle": "k1",
        **more,
    }  # fmt: skip


def take(browser: Browser, point: HelpPoint, **more: str) -> str:
    answer = browser.send(HERE, wanted(point, **more))
    assert answer.status_code == 303, answer.text
    return answer.location


def given() -> list[Appointment]:
    return list(db.session().scalars(select(Appointment).order_by(Appointment.id)))


def test_from_the_dates_to_one_s_own_page(site: Site, point) -> None:
    person = site.anyone()
    assert "Prendre rendez-vous" in person.get("/").text
    page = person.get(f"{HERE}?motif=deposit").text
    assert "lundi 30 novembre 2026" in page
    assert "Justificatif de domicile" in page
    mine = take(person, point)
    assert take(person, point) == mine  # sent twice
    page = person.get(mine).text
    assert "lundi 30 novembre 2026, 09:00" in page
    assert re.search(r"\d{4}-\d{4}", page)
    with db.transaction():
        (one,) = given()
        assert (one.channel, one.booked_by_id) == (BookingChannel.PUBLIC, None)
        assert one.person.contacts[0].vouched_at is None
    assert person.get(f"{mine}x").status_code == 404
    # The agent of the place sees it among the others.
    assert "Inès Moreau" in site.as_("pan").get("/agent/rendez-vous?jour=2026-11-30").text


def test_given_back_and_not_handed_over(site: Site, point) -> None:
    person = site.anyone()
    mine = take(person, point)
    page = person.send(f"{mine}/annulations", follow_redirects=True).text
    assert "Votre place est rendue" in page
    assert "plus cours" in page
    friend = {"given_name": "Ami", "phone": "06 39 98 01 91", "cle": "k2"}
    with db.transaction():
        again(point).desks[1].active = False  # one desk: that very place
    assert person.send(HERE, wanted(point, **friend)).status_code == 409
    with time_machine.travel(FRIDAY_BEFORE + timedelta(minutes=61), tick=False):
        take(person, point, **friend)
    with time_machine.travel(at("06:00"), tick=False):
        with db.transaction():
            token = given()[1]
        late = site.anyone()
        assert token.state is AppointmentState.SCHEDULED
        with db.transaction():
            from support.help_sessions.public_booking import token_of

            address = f"{HERE}/{token_of(given()[1])}"
        assert "Je ne peux pas venir" not in late.get(address).text
        said = late.send(f"{address}/annulations", follow_redirects=True).text
        assert "trop tard" in said


def test_one_for_one_name_whatever_is_given_beside_it(site: Site, point) -> None:
    person = site.anyone()
    take(person, point)
    for more in (
        {"email": "autre@example.org"},
        {"given_name": "MOREAU", "family_name": "ines", "phone": "+33 6 39 98 01 90"},
    ):
        second = wanted(point, cle="k2", place=at("10:00").isoformat(), **more)
        answer = person.send(HERE, second)
        assert answer.status_code == 409
        assert "déjà un rendez-vous" in answer.text
        assert "09:00" not in answer.text.split("déjà un rendez-vous")[1][:60]
    # Another matter, or another of the family, is not refused; a whole crowd is.
    take(person, point, cle="k3", motif="account", place=at("10:00").isoformat())
    for n, name in enumerate(("Léa", "Paul")):
        take(person, point, cle=f"f{n}", given_name=name, place=at("09:30").isoformat())
    many = wanted(point, cle="f9", given_name="Zoé", place=at("10:30").isoformat())
    refused = person.send(HERE, many)
    assert refused.status_code == 409
    assert "Il y a déjà 4 rendez-vous" in refused.text
    with db.transaction():
        assert len(given()) == 4


def test_refused_with_all_that_was_typed_and_fresh_dates(site: Site, point) -> None:
    with db.transaction():
        again(point).desks[1].active = False
    take(site.anyone(), point)
    late = site.anyone().send(
        HERE, wanted(point, cle="k2", given_name="Tardif", phone="06 39 98 01 99")
    )
    assert late.status_code == 409
    assert "vient d’être prise" in late.text
    assert 'value="Tardif"' in late.text
    assert at("09:00").isoformat() not in late.text
    for wrong, words in (
        ({"phone": "", "email": ""}, "Donnez un téléphone"),
        ({"phone": "12"}, "pas complet"),
        ({"family_name": " "}, "family_name"),
        ({"place": ""}, "Choisissez une place"),
        ({"motif": "nothing"}, "motif"),
    ):
        answer = site.anyone().send(HERE, wanted(point, cle="k3", **wrong))
        assert answer.status_code == 422, wrong
        assert words in answer.text


def test_a_robot_and_a_flood_get_nothing(site: Site, point) -> None:
    trapped = site.anyone().send(HERE, wanted(point, fonction="robot"))
    assert trapped.status_code == 422
    statuses = [
        site.anyone().send(HERE, wanted(point, cle=f"r{n}", place=at("23:00").isoformat()))
        for n in range(80)
    ]
    assert statuses[0].status_code == 409
    assert "Trop de demandes sont venues de votre connexion" in statuses[-1].text
    with db.transaction():
        assert given() == []


def test_only_where_a_place_opens_it(site: Site, point) -> None:
    with db.transaction():
        again(point).public_booking = False
    person = site.anyone()
    assert "Aucun lieu ne donne" in person.get(HERE).text
    assert "/rendez-vous" not in person.get("/").text
    assert person.send(HERE, wanted(point)).status_code == 422


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_in_other_languages(site: Site, point, language: str) -> None:
    page = site.anyone().get(f"{HERE}?motif=deposit&lang={language}").text
    assert f'lang="{language}"' in page
    for french in ("Choisissez une date", "Prendre rendez-vous", "Vos coordonnées"):
        assert french not in page


def test_queries_do_not_grow_with_what_is_taken(site: Site, point) -> None:
    person = site.anyone()
    person.get(f"{HERE}?motif=deposit")
    with counted() as few:
        person.get(f"{HERE}?motif=deposit")
    for n, hour in enumerate(("09:00", "09:30", "10:00")):
        take(person, point, cle=f"q{n}", given_name=f"Nom{n}", phone=f"06 39 98 03 0{n}",
             place=at(hour).isoformat())  # fmt: skip
    with counted() as many:
        person.get(f"{HERE}?motif=deposit")
    assert len(many) == len(few)


def test_who_loses_the_last_one_keeps_what_was_typed(site: Site, point) -> None:
    with db.transaction():
        again(point).horizon_days = 3  # Monday alone
        again(point).desks[1].active = False
    for n, hour in enumerate(("09:00", "09:30", "10:00", "10:30")):
        take(site.anyone(), point, cle=f"l{n}", given_name=f"Nom{n}",
             phone=f"06 39 98 05 0{n}", place=at(hour).isoformat())  # fmt: skip
    late = site.anyone()
    refused = late.send(HERE, wanted(point, cle="l9", given_name="Tardif"))
    assert refused.status_code == 409
    again_ = late.send(HERE, wanted(point, given_name="Tardif", aller="voir"))
    for text in (refused.text, again_.text):
        assert "Aucune date libre" in text
        assert 'value="Tardif"' in text
        assert 'name="place"' not in text


def test_another_need_is_led_to_its_door_and_counted(site: Site, point) -> None:
    person = site.anyone()
    page = person.get(HERE).text
    assert "Savoir où en est ma demande" in page
    sent = {"aller": "dates", "lieu": str(point.id), "motif": "autre-status", "cle": "d1"}
    for _n in range(2):
        answer = person.send(HERE, sent)
    assert answer.status_code == 303
    page = person.get(answer.location).text
    assert "Le centre de contact vous répond" in page
    assert "Choisissez une date" not in page
    with db.transaction(write=False) as session:
        assert [one.door for one in session.scalars(select(Redirection))] == ["contact_centre"]
    answer = person.send(HERE, {**sent, "motif": "deposit"})
    assert "Choisissez une date" in person.get(answer.location).text
    answer = person.send(HERE, {"aller": "dates"})
    assert person.get(answer.location).status_code == 200


def test_who_sends_door_after_door_is_shown_them_and_not_counted(site: Site, point) -> None:
    person = site.anyone()
    sent = {"aller": "dates", "lieu": str(point.id), "motif": "autre-other"}
    for n in range(guessing.MOST_SENT + 3):
        assert person.send(HERE, {**sent, "cle": f"d{n}"}).status_code == 303
    with db.transaction(write=False) as session:
        assert len(session.scalars(select(Redirection)).all()) == guessing.MOST_SENT
