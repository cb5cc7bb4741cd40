"""Pictures and documents in texts: brought in by editors, seen by whom the text shows them to."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from knowledge.articles import kept_files
from knowledge.articles.models import Article, Audience
from tests.web.conftest import Site
from tests.web.library.conftest import Write

HERE = "/agent/connaissances/redaction/fichiers"
ODT = "application/vnd.oasis.opendocument.text"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def office(*names: str, mimetype: str = "") -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def brought(site: Site, content: bytes, name: str = "Écran d’accueil.PNG") -> dict[str, object]:
    answer = site.as_("editor").send(HERE, {"files": (BytesIO(content), name)})
    return {"status": answer.status_code, **answer.json}


def test_a_file_is_named_by_its_words_and_its_bytes(site: Site) -> None:
    told = brought(site, PNG)
    assert told["marks"] == ["![ecran d accueil](fichier:ecran-d-accueil.png)"]
    # The same bytes are the same file; others never take its name.
    assert brought(site, PNG, "autre.png")["marks"] == told["marks"]
    assert brought(site, PNG + b"2")["marks"] == [
        "![ecran d accueil 2](fichier:ecran-d-accueil-2.png)"
    ]
    pdf = brought(site, b"%PDF-1.7", "Modèle (1).html")
    assert pdf["marks"] == ["[modele 1](fichier:modele-1.pdf)"]


# By name: the bytes of an archive hold the moment at which it was made.
OFFERED = {
    "word": (office("[Content_Types].xml", "word/document.xml"), "docx"),
    "excel": (office("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
    "macro": (office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
    "text": (office("content.xml", mimetype=ODT), "odt"),
    "basic": (office("content.xml", "Basic/script.xml", mimetype=ODT), None),
    "archive": (office("a.txt"), None),
    "broken": (b"PK\x03\x04 not really", None),
    "photo of a telephone": (b"\0\0\0\x18ftypheic" + bytes(20), None),
    "drawing": (b"<svg onload='alert(1)'/>", None),
    "page": (b"<html>", None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize("name", OFFERED)
def test_what_is_taken(site: Site, name: str) -> None:
    content, taken = OFFERED[name]
    told = brought(site, content, "lettre.png")
    if taken:
        assert told["marks"] == [f"[lettre](fichier:lettre.{taken})"]
    else:
        assert told["status"] == 422
        assert told["marks"] == []
        assert "lettre.png" in str(told["said"])


def test_a_good_file_beside_a_bad_one_is_kept(site: Site) -> None:
    sent = {"files": [(BytesIO(b"<html>"), "page.html"), (BytesIO(PNG), "vue.png")]}
    answer = site.as_("editor").send(HERE, sent)
    assert answer.status_code == 422
    assert answer.json["marks"] == ["![vue](fichier:vue.png)"]


def test_without_scripts_the_text_names_it_and_keeps_every_word(site: Site) -> None:
    editor = site.as_("editor")
    typed = {"title": "Déposer", "body": "Cliquez.", "audience": "public", "aller": "joindre"}
    page = editor.send(
        "/agent/connaissances/redaction/nouvelle", {**typed, "files": (BytesIO(PNG), "bouton.png")}
    )
    assert page.status_code == 200
    assert "Cliquez.\n\n![bouton](fichier:bouton.png)</textarea>" in page.text
    assert 'value="Déposer"' in page.text
    assert f'src="{HERE}/bouton.png"' in page.text  # the preview shows it
    refused = editor.send("/agent/connaissances/redaction/nouvelle", typed)
    assert refused.status_code == 422
    assert "Choisissez d’abord un fichier." in refused.text
    assert ">Cliquez.</textarea>" in refused.text.replace("\n", "")


@pytest.fixture
def pictured(site: Site, write: Write) -> Article:
    for name in ("bouton.png", "interne.png"):
        brought(site, PNG + name.encode(), name)
    body = "![Le bouton](fichier:bouton.png)\n\n::: agents\n![Chez nous](fichier:interne.png)\n:::"
    return write("deposer", "Déposer", body, audience=Audience.PUBLIC)


def test_each_reader_sees_the_pictures_of_what_they_read(site: Site, pictured: Article) -> None:
    public = site.anyone()
    assert 'src="/aide/deposer/fichiers/bouton.png"' in public.get("/aide/deposer").text
    shown = public.get("/aide/deposer/fichiers/bouton.png")
    assert shown.data == PNG + b"bouton.png"
    assert shown.content_type == "image/png"
    assert shown.headers["Cache-Control"] == "public, max-age=3600"
    assert public.get("/aide/deposer/fichiers/interne.png").status_code == 404
    assert public.get("/aide/autre/fichiers/bouton.png").status_code == 404
    agent = site.as_("teleadviser")
    page = agent.get("/agent/connaissances/deposer").text
    assert 'src="/agent/connaissances/deposer/fichiers/interne.png"' in page
    assert agent.get("/agent/connaissances/deposer/fichiers/interne.png").status_code == 200
    assert agent.get(f"{HERE}/interne.png").status_code == 403


def test_who_reads_before_the_readers_sees_the_pictures(site: Site, write: Write) -> None:
    brought(site, PNG, "bouton.png")
    draft = write("deposer", "Déposer", "![Le bouton](fichier:bouton.png)", published=False)
    site.as_("editor").send(f"/agent/connaissances/redaction/{draft.id}/relectures")
    reviewer = site.as_("supervisor")
    at = f"/agent/connaissances/relectures/{draft.id}"
    assert f'src="{at}/fichiers/bouton.png"' in reviewer.get(at).text
    assert reviewer.get(f"{at}/fichiers/bouton.png").data == PNG
    assert reviewer.get(f"{at}/fichiers/autre.png").status_code == 404


def test_a_name_without_a_file_is_said_while_writing(site: Site) -> None:
    sent = {"title": "t", "body": "![Le bouton](fichier:perdu.png)", "audience": "public"}
    page = site.as_("editor").send("/agent/connaissances/redaction/apercu", sent)
    assert "Fichiers nommés qui n’existent pas : perdu.png" in page.text


def test_every_file_is_listed_with_its_line(site: Site) -> None:
    editor = site.as_("editor")
    assert "Aucun fichier pour l’instant" in editor.get(HERE).text
    brought(site, PNG, "bouton.png")
    page = editor.get(HERE).text
    assert 'value="![bouton](fichier:bouton.png)"' in page
    assert "16" in page


def test_what_is_shown_stays_and_the_rest_may_go(site: Site, pictured: Article) -> None:
    editor = site.as_("editor")
    refused = editor.send(f"{HERE}/bouton.png/retraits", follow_redirects=True)
    assert "Encore montré dans : deposer" in refused.text
    brought(site, PNG + b"wrong", "passeport.png")
    done = editor.send(f"{HERE}/passeport.png/retraits", follow_redirects=True)
    assert "« passeport.png » est retiré" in done.text
    assert editor.get(f"{HERE}/passeport.png").status_code == 404
    assert editor.send(f"{HERE}/passeport.png/retraits").status_code == 404


def test_two_files_of_one_name_at_the_same_moment(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(site, PNG, "vue.png")
    free, given = kept_files._free_name, iter(["vue.png"])  # as if it had looked too early
    monkeypatch.setattr(kept_files, "_free_name", lambda *known: next(given, free(*known)))
    assert brought(site, PNG + b"2", "vue.png")["marks"] == ["![vue 2](fichier:vue-2.png)"]
