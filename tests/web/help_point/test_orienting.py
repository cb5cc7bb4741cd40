"""The questions before an appointment, the slip, and the count."""

from __future__ import annotations

from datetime import date

from support.help_sessions.directory import importing
from support.help_sessions.directory.models import Source
from support.kernel import db
from tests.cast import again
from tests.support.help_sessions.directory.test_directory import a_file, fs
from tests.web.conftest import Site
from tests.web.help_point.test_booking import HOME

ASK = f"{HOME}/orienter"


def test_three_answers_and_it_is_here(site: Site, point) -> None:
    pan = site.as_("pan")
    assert "Est-ce le bon lieu" in pan.get(f"{HOME}/nouveau").text
    assert "site ANEF" not in pan.get(ASK).text
    assert "site ANEF" in pan.get(f"{ASK}?besoin=file").text
    page = pan.get(f"{ASK}?besoin=file&en_ligne=yes").text
    assert "documents sous la main" in page
    assert "C’est ici" not in page
    assert "C’est ici" in pan.get(f"{ASK}?besoin=file&en_ligne=yes&papiers=yes").text
    assert "réunir les documents" in pan.get(f"{ASK}?besoin=file&en_ligne=yes&papiers=no").text


def test_another_door_is_counted_once_and_printed(site: Site, point) -> None:
    with db.transaction():
        importing.take(
            Source.FRANCE_SERVICES, a_file(fs(1, "Firminy")), "fs.csv", date(2026, 6, 1),
            by=again(site.cast.admin),
        )  # fmt: skip
    pan = site.as_("pan")
    assert "Orienter, et imprimer" in pan.get(f"{ASK}?besoin=other").text
    sent = {"besoin": "other", "cle": "a"}
    for _n in range(2):
        answer = pan.send(ASK, sent)
    slip = pan.get(answer.location).text
    assert "France services Firminy" in slip
    assert "a plus de 90 jours" in slip
    figures = pan.get(f"{HOME}/chiffres").text
    assert "Orientées avant rendez-vous" in figures
    assert '<td class="cell-num">1' in figures or ">1<" in figures
    assert pan.get(f"{ASK}/made_up/bon").status_code == 404


def test_each_door_has_its_slip(site: Site, point) -> None:
    pan = site.as_("pan")
    for door, said in (
        ("examination", "Préfecture de la Loire"),
        ("fallback", "preuve de chaque essai"),
        ("contact_centre", "entre de contact"),
        ("france_services", "n’est pas dans Relais"),
    ):
        assert said in pan.get(f"{ASK}/{door}/bon").text
