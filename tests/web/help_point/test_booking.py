"""The page that gives an appointment: found, refused with all kept, given, printed, given up."""

from __future__ import annotations

import re

from sqlalchemy import select

from support.help_sessions.models import (
    Appointment,
    AppointmentState,
    BookingChannel,
    QuotaRule,
    UnmetSearch,
)
from support.kernel import db
from tests.cast import again
from tests.factories import counted
from tests.support.help_sessions.conftest import MONDAY, at
from tests.web.conftest import Browser, Site

HOME = "/agent/rendez-vous"
NEW = f"{HOME}/nouveau"


def wanted(**more: str) -> dict[str, str]:
    return {
        "q": "Nouvelle Personne", "person": "nouvelle", "family_name": "Nouvelle",
        "given_name": "Personne", "phone": "06 39 98 01 77", "language": "fr",
        "motif": "deposit", "place": at("09:00").isoformat(), "suite": "reserver",
        "cle": "form-1", **more,
    }  # fmt: skip


def all_given() -> list[Appointment]:
    return list(db.session().scalars(select(Appointment).order_by(Appointment.id)))


def give(browser: Browser, **more: str) -> str:
    answer = browser.send(NEW, wanted(**more))
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_name_and_a_telephone_are_enough(site: Site, point) -> None:
    pan = site.as_("pan")
    page = pan.get(f"{NEW}?motif=deposit").text
    assert page.index("Lundi 30 novembre à 09:00") < page.index("Lundi 30 novembre à 09:30")
    assert "Justificatif de domicile" in page
    given = pan.get(give(pan)).text
    assert "À lire à la personne" in given
    code = re.search(r"\d{4}-\d{4}", given)
    assert code
    with db.transaction():
        (one,) = all_given()
        assert (one.starts_at, one.channel) == (at("09:00"), BookingChannel.PHONE)
        assert one.person.phone == "+33639980177"
        slip = f"{HOME}/{one.id}/bon"
    printed = pan.get(slip).text
    assert code[0] in printed
    assert "Déposer une demande" not in printed  # why one comes is nobody's business


def test_sent_twice_is_one(site: Site, point) -> None:
    pan = site.as_("pan")
    assert give(pan) == give(pan)
    with db.transaction():
        assert len(all_given()) == 1


def test_who_comes_second_is_shown_fresh_places_with_all_they_typed(site: Site, point) -> None:
    with db.transaction() as session:
        for desk in again(point).desks[1:]:
            desk.active = False
        session.flush()
    give(site.as_("pan_colleague"))
    late = site.as_("pan").send(
        NEW, wanted(cle="form-2", family_name="Tardive", phone="06 39 98 01 78", note="Vient tôt")
    )
    assert late.status_code == 409
    assert "vient d’être prise" in late.text
    for kept in ('value="Tardive"', 'value="06 39 98 01 78"', 'value="Vient tôt"'):
        assert kept in late.text
    assert f'value="{at("09:00").isoformat()}"' not in late.text
    assert f'value="{at("09:30").isoformat()}" checked' in late.text
    with db.transaction():
        assert len(all_given()) == 1


def test_what_is_missing_is_said_beside_it(site: Site, point) -> None:
    pan = site.as_("pan")
    answer = pan.send(NEW, wanted(motif=""))
    assert (answer.status_code, "06 39 98 01 77" in answer.text) == (422, True)
    assert "Donnez un téléphone" in pan.send(NEW, wanted(phone="")).text
    assert "Choisissez une place" in pan.send(NEW, wanted(place="demain")).text
    assert pan.send(NEW, wanted(person="", q="")).status_code == 422
    assert pan.send(NEW, wanted(phone="12")).status_code == 422
    with db.transaction():
        assert all_given() == []


def test_a_full_week_and_why_it_is_passed(site: Site, point) -> None:
    with db.transaction() as session:
        session.add(QuotaRule(help_point_id=point.id, group="", channel="", capacity=1))
    pan = site.as_("pan")
    give(pan)
    more = {"cle": "form-2", "phone": "06 39 98 01 78", "place": at("09:30").isoformat()}
    full = pan.send(NEW, wanted(**more))
    assert full.status_code == 409
    assert "semaine du lundi 30 novembre sont données" in full.text
    assert "Places de la semaine" in pan.get(f"{HOME}?jour={MONDAY}").text
    given = pan.get(give(pan, **more, beyond="Femme enceinte")).text
    assert "Femme enceinte" in given


def test_somebody_who_has_one_already(site: Site, point) -> None:
    pan = site.as_("pan")
    give(pan)
    again_ = pan.send(NEW, wanted(cle="form-2", place=at("10:00").isoformat()))
    assert again_.status_code == 409
    assert "déjà un rendez-vous : lundi 30 novembre à 09:00" in again_.text


def test_moved_and_given_up(site: Site, point) -> None:
    pan = site.as_("pan")
    first = give(pan).split("?")[0]
    number = first.rsplit("/", 1)[1]
    page = pan.get(f"{NEW}?a_la_place_de={number}&motif=deposit").text
    assert "Déplacer un rendez-vous" in page
    moved = give(pan, cle="form-2", place=at("10:00").isoformat(), a_la_place_de=number)
    assert "Déplacé" in pan.get(first).text
    number = moved.split("?")[0].rsplit("/", 1)[1]
    empty = pan.send(f"{HOME}/{number}/annulations", {"par": "personne", "reason": " "})
    assert empty.status_code == 422
    pan.send(f"{HOME}/{number}/annulations", {"par": "personne", "reason": "Guérie"})
    service = give(pan, cle="form-3").split("?")[0].rsplit("/", 1)[1]
    answer = pan.send(f"{HOME}/{service}/annulations", {"par": "service", "reason": "Panne"})
    assert answer.location.startswith(NEW)  # another date is proposed
    with db.transaction():
        assert [one.state for one in all_given()] == [
            AppointmentState.RESCHEDULED,
            AppointmentState.CANCELLED_BY_USER,
            AppointmentState.CANCELLED_BY_SERVICE,
        ]


def test_nobody_could_have_a_place(site: Site, point) -> None:
    with db.transaction():
        again(point).horizon_days = 1
    pan = site.as_("pan")
    assert "Aucune place d’ici 1 jour" in pan.get(f"{NEW}?motif=deposit").text
    pan.send(f"{NEW}/manques", {"lieu": str(point.id), "motif": "deposit"})
    with db.transaction() as session:
        assert session.scalars(select(UnmetSearch.times)).one() == 1


def test_the_centre_where_the_place_lets_it(site: Site, point) -> None:
    centre = site.as_("teleadviser")
    assert "Aucun lieu d’accueil" in centre.get(HOME).text
    assert centre.get(f"{NEW}?lieu={point.id}").status_code == 404
    with db.transaction():
        again(point).centre_booking = True
    assert "Point d&#39;accès numérique" in centre.get(HOME).text
    given = give(centre, lieu=str(point.id)).split("?")[0]
    assert "par le centre de contact" in centre.get(given).text
    with db.transaction():
        (one,) = all_given()
        assert one.channel is BookingChannel.CONTACT_CENTRE
        one.channel = BookingChannel.PHONE
    assert centre.get(given).status_code == 404  # what the place gave itself is its own
    assert site.as_("referent").get(given).status_code == 403


def test_who_has_come_is_found_by_name_and_nobody_else(site: Site, point) -> None:
    pan = site.as_("pan")
    assert "Traoré" not in pan.get(f"{NEW}/personnes?q=traore").text
    assert "Traoré" in pan.get(f"{NEW}/personnes?q=7503012345").text
    with db.transaction():
        person_id = str(site.cast.awa.id)
    give(pan, person=person_id, q="7503012345")
    assert "Traoré" in pan.get(f"{NEW}/personnes?q=traore").text
    refused = pan.send(NEW, wanted(cle="x", person=str(int(person_id) + 1), q="bin"))
    assert refused.status_code == 422


def test_queries_do_not_grow_with_the_week(site: Site, point) -> None:
    pan = site.as_("pan")
    with counted() as few:
        pan.get(f"{NEW}?motif=deposit")
    for n, starts in enumerate(("09:00", "09:30", "10:00", "10:30")):
        give(pan, cle=f"f{n}", phone=f"06 39 98 02 0{n}", family_name=f"Nom{n}",
             place=at(starts).isoformat())  # fmt: skip
    with counted() as many:
        pan.get(f"{NEW}?motif=deposit")
    assert len(many) == len(few)


def test_everything_that_is_missing_is_said_at_once(site: Site, point) -> None:
    answer = site.as_("pan").send(NEW, wanted(person="", q="", motif="", place=""))
    assert answer.status_code == 422
    summary = answer.text.split('class="error-summary')[1].split("</ul>")[0]
    assert summary.count("<li>") == 2
    assert "Personne :" in summary
    assert "Motif :" in summary
