"""Taking a published directory."""

from __future__ import annotations

from io import BytesIO

from tests.support.help_sessions.directory.test_directory import a_file, fs
from tests.web.conftest import Site

HERE = "/agent/administration/annuaires"


def test_seen_then_taken(site: Site) -> None:
    admin = site.as_("admin")
    assert "jamais importé" in admin.get(HERE).text
    sent = {"source": "france_services", "file": (BytesIO(a_file(fs(1), fs(1), fs(2))), "fs.csv")}
    seen = admin.send(HERE, sent)
    assert seen.status_code == 200
    assert "2 lieux dans le fichier" in seen.text
    assert "ligne 3" in seen.text
    assert "jamais importé" in admin.get(HERE).text
    kept = seen.text.split('name="kept" value="')[1].split('"')[0]
    again = {"source": "france_services", "kept": kept, "suite": "prendre"}
    refused = admin.send(HERE, again)
    assert refused.status_code == 422
    assert "Donnez la date des données" in refused.text
    assert kept[:20] in refused.text  # the file need not be sent again
    taken = admin.send(HERE, {**again, "file_day": "2020-01-01"}, follow_redirects=True).text
    assert "2 lieux sont à jour" in taken
    assert "plus de 90 jours" in taken


def test_what_is_wrong_is_said(site: Site) -> None:
    admin = site.as_("admin")
    for sent, said in (
        ({}, "Choisissez"),
        ({"source": "france_services"}, "Choisissez un fichier"),
        ({"source": "france_services", "file": (BytesIO(b"x"), "a.csv")}, "la forme publiée"),
        ({"source": "administration", "file": (BytesIO(b"[]"), "a.json")}, "aucun lieu"),
    ):
        answer = admin.send(HERE, sent)
        assert answer.status_code == 422
        assert said in answer.text
