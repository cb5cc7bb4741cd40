"""The published files: read with their faults, previewed, taken, gone, old; and what is near."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import time_machine

from support.help_sessions.directory import importing
from support.help_sessions.directory.models import DirectoryPlace, Source
from support.help_sessions.directory.nearest import kilometres, near
from support.help_sessions.directory.reading import (
    department_of,
    ranges_of,
    read_administration,
    read_france_services,
)
from support.kernel import db
from support.kernel.errors import Forbidden, Invalid
from tests.cast import Cast
from tests.support.help_sessions.conftest import FRIDAY_BEFORE

HEAD = (
    "id_fs,insee_dep,lib_fs,adresse,complement_adresse,insee_com,code_postal,lib_com,latitude,"
    "longitude,mail,telephone,h_lundi,h_mardi,h_mercredi,h_jeudi,h_vendredi,h_samedi,prise_rdv,"
    "commentaire,type_fs,format_fs,groupe_fs,labellisation_fs"
)
DAY = date(2026, 11, 1)


def fs(number: int, town: str = "Firminy", where: str = "45.38,4.28", **more: str) -> str:
    cells = {
        "id": f"{number}", "dep": "42", "name": f"France services {town}", "monday": "", **more,
    }  # fmt: skip
    return (
        f'"{cells["id"]}","{cells["dep"]}","{cells["name"]}","1 rue de la Paix","","42095","42700",'
        f'"{town}",{where},"a@example.org","04 77 00 00 01","{cells["monday"]}","","","","","",'
        '"Oui","","Principal","Fixe","",""'
    )


def a_file(*lines: str) -> bytes:
    return "\r\n".join([HEAD, *lines, ""]).encode("utf-8-sig")


def test_the_list_of_france_services() -> None:
    read = read_france_services(
        a_file(
            fs(1, monday="09:00 - 12:00 / 13:30 - 17:00"),
            fs(2, dep="1"),
            fs(2),
            fs(3, name=""),
            fs(4, dep="974", where="-21.1,55.5"),
            fs(5, where="north,east", monday="09:00 - 12:00 / 11:00 - 13:00 / 25:00 - 26:00"),
        )
    )
    assert list(read.rows) == ["1", "2", "4", "5"]
    assert read.left_out == [(4, "directory.twice"), (5, "directory.row")]
    assert read.rows["1"].hours == [
        {"day": 0, "from": "09:00", "to": "12:00"},
        {"day": 0, "from": "13:30", "to": "17:00"},
    ]
    assert read.rows["2"].department == "01"
    assert read.rows["4"].department == "974"
    assert read.rows["5"].latitude is None
    assert [h["from"] for h in read.rows["5"].hours] == ["09:00"]


def test_semicolons_do_too() -> None:
    swapped = a_file(fs(1)).replace(b",", b";")
    assert list(read_france_services(swapped).rows) == ["1"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"a,b\n1,2", "é".encode("latin-1"), b"\xff\xfe", b'{"a": 1}', b"PK\x03\x04"],
    ids=["empty", "other_heads", "latin", "utf16", "json", "zip"],
)
def test_what_is_no_such_list(raw: bytes) -> None:
    with pytest.raises(Invalid, match=r"directory\.format"):
        read_france_services(raw)


def record(number: int, kind: str = "point_accueil_numerique", **more: object) -> dict[str, object]:
    """As the API gives it: parts as text."""
    return {
        "id": f"svc-{number}",
        "nom": "Point d’accès numérique",
        "pivot": json.dumps([{"type_service_local": kind, "code_insee_commune": ["42218"]}]),
        "adresse": json.dumps(
            [
                {"type_adresse": "Adresse postale", "numero_voie": "BP 1"},
                {"type_adresse": "Adresse", "numero_voie": "2 rue Charles de Gaulle",
                 "code_postal": "42000", "nom_commune": "Saint-Étienne",
                 "longitude": "4.39", "latitude": "45.44"},
            ]
        ),
        "telephone": json.dumps([{"valeur": "04 77 48 48 48", "description": ""}]),
        "plage_ouverture": json.dumps(
            [{"nom_jour_debut": "Lundi", "nom_jour_fin": "Mercredi",
              "valeur_heure_debut_1": "09:00:00", "valeur_heure_fin_1": "12:00:00",
              "valeur_heure_debut_2": "", "valeur_heure_fin_2": ""}]
        ),
        **more,
    }  # fmt: skip


@pytest.mark.parametrize("wrap", [lambda r: r, lambda r: {"results": r}, lambda r: {"service": r}],
                         ids=["list", "api", "archive"])  # fmt: skip
def test_the_directory_of_the_administration(wrap) -> None:
    other = record(2, "tresorerie")
    raw = json.dumps(wrap([record(1), other, "text", record(3, nom="")])).encode()
    read = read_administration(raw)
    (row,) = read.rows.values()
    assert (row.kind, row.department) == ("point_accueil_numerique", "42")
    assert row.town == "Saint-Étienne"
    assert row.address == "2 rue Charles de Gaulle"
    assert [h["day"] for h in row.hours] == [0, 1, 2]
    assert [number for number, _why in read.left_out] == [3, 4]


@pytest.mark.parametrize("raw", [b"", b"[", b"1", b'{"a": []}', b"[" * 5000],
                         ids=["empty", "cut", "number", "other", "deep"])  # fmt: skip
def test_what_is_no_such_directory(raw: bytes) -> None:
    with pytest.raises(Invalid, match=r"directory\.format"):
        read_administration(raw)


def test_departments_and_hours() -> None:
    assert [department_of(c) for c in ("42218", "97411", "2A004", "01004")] == [
        "42", "974", "2A", "01",
    ]  # fmt: skip
    assert list(ranges_of("9h00-12h00")) == [("09:00", "12:00")]
    assert list(ranges_of("sur rendez-vous")) == []


def test_seen_first_then_taken_and_what_is_missing_is_gone(cast: Cast) -> None:
    take = importing.take
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        first = a_file(fs(1), fs(2), fs(3))
        seen = importing.preview(Source.FRANCE_SERVICES, first, by=cast.admin)
        assert (len(seen.added), seen.changed, seen.gone) == (3, [], [])
        assert importing.count_of(Source.FRANCE_SERVICES) == 0
        take(Source.FRANCE_SERVICES, first, "fs.csv", DAY, by=cast.admin)
        again = importing.preview(Source.FRANCE_SERVICES, first, by=cast.admin)
        assert (again.added, again.changed, again.gone) == ([], [], [])
        second = a_file(fs(1), fs(2, "Roanne"))
        seen = importing.preview(Source.FRANCE_SERVICES, second, by=cast.admin)
        assert (seen.added, seen.changed, [p.external_id for p in seen.gone]) == ([], ["2"], ["3"])
        taken = take(Source.FRANCE_SERVICES, second, "fs2.csv", DAY, by=cast.admin)
        assert (taken.places, taken.changed, taken.gone) == (2, 1, 1)
        assert importing.count_of(Source.FRANCE_SERVICES) == 2
        # It comes back as itself.
        seen = importing.preview(Source.FRANCE_SERVICES, first, by=cast.admin)
        assert seen.added == ["3"]
        take(Source.FRANCE_SERVICES, first, "fs.csv", DAY, by=cast.admin)
        assert db.session().query(DirectoryPlace).count() == 3
        assert not importing.is_stale(importing.last_of(Source.FRANCE_SERVICES))
    with time_machine.travel(FRIDAY_BEFORE + timedelta(days=70), tick=False):
        assert importing.is_stale(importing.last_of(Source.FRANCE_SERVICES))


def test_refused_nothing_changes(cast: Cast) -> None:
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        for day in (None, date(2027, 1, 1)):
            with pytest.raises(Invalid, match=r"directory\.day"):
                importing.take(Source.FRANCE_SERVICES, a_file(fs(1)), "a", day, by=cast.admin)
        with pytest.raises(Invalid, match=r"directory\.none"):
            importing.take(Source.FRANCE_SERVICES, a_file(), "a", DAY, by=cast.admin)
        with pytest.raises(Forbidden):
            importing.preview(Source.FRANCE_SERVICES, a_file(fs(1)), by=cast.pan)
        many = a_file(*(fs(n) for n in range(1, 30)))
        importing.take(Source.FRANCE_SERVICES, many, "a", DAY, by=cast.admin)
        cut = importing.preview(Source.FRANCE_SERVICES, a_file(fs(1), fs(2)), by=cast.admin)
        assert cut.loses_much


def test_the_nearest_of_the_departement(cast: Cast, point) -> None:
    point.latitude, point.longitude = 45.44, 4.39
    raw = a_file(
        fs(1, "Roanne", "46.03,4.07"), fs(2, "Firminy", "45.39,4.29"), fs(3, "Nulle part", ","),
        fs(4, "Lyon", "45.44,4.40", dep="69"),
    )  # fmt: skip
    with time_machine.travel(FRIDAY_BEFORE, tick=False):
        importing.take(Source.FRANCE_SERVICES, raw, "a", DAY, by=cast.admin)
    found = near(point, "france_services")
    assert [place.town for place, _km in found] == ["Firminy", "Roanne", "Nulle part"]
    assert found[0][1] == pytest.approx(9.6, abs=0.3)
    assert found[2][1] is None


def test_kilometres_as_the_crow_flies() -> None:
    paris, marseille = (48.8566, 2.3522), (43.2965, 5.3698)
    assert kilometres(paris, marseille) == pytest.approx(660.5, abs=1.5)
    assert kilometres(paris, paris) == 0
