"""Articles of service-public.fr: XML and JSON alike, again and again, and what was changed here."""

from __future__ import annotations

import json
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from knowledge.articles import publishing, queries, writing
from knowledge.articles.models import Article, ArticleState, Audience, Revision
from knowledge.articles.rendering import render
from knowledge.importing.applying import Outcome
from knowledge.importing.local_notes import parted, with_mark
from knowledge.importing.service_public.converting import convert
from knowledge.importing.service_public.importing import import_articles
from knowledge.importing.service_public.reading import Unreadable, sources
from knowledge.importing.service_public.tree import NotAnArticle, read
from support.kernel.errors import Forbidden

XML = """<?xml version="1.0" encoding="UTF-8"?>
<Publication xmlns:dc="http://purl.org/dc/elements/1.1/" ID="F90001" type="Fiche d'information">
 <dc:title>Carte de visiteur d'essai</dc:title>
 <dc:subject>Étranger</dc:subject>
 <dc:description>Qui peut la demander, et comment.</dc:description>
 <dc:date>modified 2026-03-02</dc:date>
 <FilDAriane><Niveau ID="Particuliers">Accueil</Niveau><Niveau ID="N1">Étranger</Niveau>
  <Niveau ID="N2">Titres</Niveau><Niveau ID="F90001">Carte</Niveau></FilDAriane>
 <Avertissement ID="R1"><Titre>Changement</Titre><Texte><Paragraphe>Depuis mars.</Paragraphe></Texte></Avertissement>
 <Introduction><Texte><Paragraphe>La <Expression>carte</Expression> dure <MiseEnEvidence>un an</MiseEnEvidence>.</Paragraphe></Texte></Introduction>
 <ListeSituations affichage="onglet">
  <Situation><Titre>Vous vivez seul</Titre><Texte><Chapitre><Titre><Paragraphe>Conditions</Paragraphe></Titre>
   <Paragraphe>Voir <LienInterne LienPublication="F90002" type="Fiche">l'autre carte</LienInterne>, ou
    <LienInterne LienPublication="F99999" type="Fiche">une fiche absente</LienInterne>.</Paragraphe>
   <Liste type="puce"><Item><Paragraphe>Un passeport</Paragraphe>
     <Liste type="puce"><Item><Paragraphe>valable six mois</Paragraphe></Item></Liste></Item>
    <Item><Paragraphe>Une photo</Paragraphe></Item></Liste>
   <BlocCas affichage="onglet"><Cas><Titre>À Paris</Titre><Paragraphe>À la préfecture de police.</Paragraphe></Cas></BlocCas>
   <ANoter><Paragraphe>Pensez au timbre.</Paragraphe></ANoter>
   <Tableau><Rangée type="header"><Cellule><Paragraphe>Durée</Paragraphe></Cellule><Cellule><Paragraphe>Prix | taxe</Paragraphe></Cellule></Rangée>
    <Rangée><Cellule><Paragraphe>1 an</Paragraphe></Cellule><Cellule><Paragraphe><Valeur>225 €</Valeur></Paragraphe></Cellule></Rangée></Tableau>
  </Chapitre></Texte></Situation>
 </ListeSituations>
 <OuSAdresser ID="R2" type="Local personnalisé"><Titre>Préfecture</Titre></OuSAdresser>
 <ServiceEnLigne ID="R3" type="Formulaire" numerocerfa="99999*01" URL="https://example.org/cerfa"><Titre>Demande d'essai</Titre></ServiceEnLigne>
 <Definition ID="R4"><Titre>Séjour</Titre><Texte><Paragraphe>Le fait de rester.</Paragraphe></Texte></Definition>
 <QuestionReponse ID="F90002" audience="Particuliers">Et l'autre carte ?</QuestionReponse>
 <Reference type="Texte de référence" URL="https://example.org/loi" ID="R5"><Titre>Code d'essai : article 1</Titre></Reference>
</Publication>"""  # noqa: E501
OTHER = (
    XML.replace("F90001", "F90003").replace("F90002", "F90001").replace("F90003", "F90002")
    .replace("Carte de visiteur d'essai", "L'autre carte d'essai")
)  # fmt: skip


def as_json(xml: str) -> dict[str, Any]:
    """As the npm package spells the same tree."""

    def spelled(element: Any) -> dict[str, Any]:
        name = element.tag.replace("{http://purl.org/dc/elements/1.1/}", "dc:")
        children = [{"type": "text", "text": element.text}] if element.text else []
        for child in element:
            children.append(spelled(child))
            if child.tail:
                children.append({"type": "text", "text": child.tail})
        return {
            "type": "element", "name": name, "attributes": dict(element.attrib),
            "children": children,
        }  # fmt: skip

    root = spelled(etree.fromstring(xml.encode()))
    return {"id": root["attributes"]["ID"], "children": [root]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "vosdroits"
    made.mkdir()
    (made / "F90001.xml").write_text(XML)
    (made / "F90002.json").write_text(json.dumps(as_json(OTHER)))
    (made / "R77.xml").write_text("<ServiceComplementaire ID='R77'/>")
    (made / "arborescence.xml").write_text("<Arborescence/>")
    return made


def outcomes(report) -> dict[str, Outcome]:
    return {one.slug: one.outcome for one in report.files}


def article(session, slug: str) -> tuple[Article, Revision]:
    return session.execute(
        select(Article, Revision)
        .join(Revision, Revision.article_id == Article.id)
        .where(Article.slug == slug, Revision.number == Article.latest_number)
        .execution_options(populate_existing=True)
    ).one()


def test_xml_and_json_give_the_same_article() -> None:
    def address(number: str) -> str:
        return f"/aide/{number.lower()}"

    of_xml = convert(read(XML.encode(), "F90001.xml"), address)
    of_json = convert(read(json.dumps(as_json(XML)).encode(), "F90001.json"), address)
    assert of_xml == of_json
    assert (of_xml.number, of_xml.modified) == ("F90001", "2026-03-02")
    assert list(of_xml.folders) == ["Étranger", "Titres"]
    assert of_xml.links == ("F90002", "F99999")


def test_everything_is_there_and_reads_well() -> None:
    body = convert(read(XML.encode(), "F90001.xml"), lambda n: f"/aide/{n.lower()}").body
    for expected in (
        "> **Changement**",
        "La *carte* dure **un an**.",
        "## Vous vivez seul",
        "### Conditions",
        "[l'autre carte](/aide/f90002)",
        "- Un passeport\n\n    - valable six mois",
        "#### À Paris",
        "> **À noter**\n>\n> Pensez au timbre.",
        "| 1 an | 225 € |",
        "Prix \\| taxe",
        "[Demande d'essai (cerfa n° 99999*01)](https://example.org/cerfa)",
        "## Où s’adresser ?\n\n- Préfecture",
        "- **Séjour** : Le fait de rester.",
        "[Et l'autre carte ?](/aide/f90002)",
        "[Code d'essai : article 1](https://example.org/loi)",
    ):
        assert expected in body, expected
    html = render(body)
    assert html.count("<table") == 1
    assert "<li>" in html
    assert "<h2" in html


def test_an_import_is_published_with_where_it_comes_from(cast, db_session, folder) -> None:
    report = import_articles(folder, by=cast.editor)
    assert report.applied
    assert outcomes(report) == {"f90001": Outcome.CREATED, "f90002": Outcome.CREATED}
    made, revision = article(db_session, "f90001")
    assert (made.source_id, made.audience, made.published_number) == ("F90001", Audience.PUBLIC, 1)
    assert made.checked_on is not None
    assert made.checked_on.isoformat() == "2026-03-02"
    assert "Licence Ouverte 2.0" in made.source_note
    assert "version du 02/03/2026" in made.source_note
    # What is not among the files is read where it is published.
    assert "https://www.service-public.fr/particuliers/vosdroits/F99999" in revision.body_markdown
    assert "/aide/f90002" in revision.body_markdown


def test_again_changes_nothing_and_a_change_is_a_revision(cast, db_session, folder) -> None:
    import_articles(folder, by=cast.editor)
    again = import_articles(folder, by=cast.editor)
    assert set(outcomes(again).values()) == {Outcome.UNCHANGED}
    (folder / "F90001.xml").write_text(XML.replace("Pensez au timbre.", "Deux timbres."))
    dry = import_articles(folder, by=cast.editor, dry_run=True)
    (changed,) = [one for one in dry.files if one.outcome is Outcome.CHANGED]
    assert (changed.slug, changed.changed, dry.applied) == ("f90001", ("body",), False)
    assert article(db_session, "f90001")[0].latest_number == 1
    import_articles(folder, by=cast.editor)
    made, revision = article(db_session, "f90001")
    assert (made.latest_number, made.published_number) == (2, 2)
    assert "Deux timbres." in revision.body_markdown


def noted(cast, made, revision, note: str) -> None:
    body = with_mark(revision.body_markdown) + note
    words = writing.Words(revision.title, revision.summary, body)
    writing.revise(made, words, based_on=revision.number, by=cast.editor, comment="Chez nous")


def test_what_editors_add_below_the_line_stays(cast, db_session, folder) -> None:
    import_articles(folder, by=cast.editor)
    made, revision = article(db_session, "f90001")
    about = writing.About(
        audience=Audience.STAFF, reasons=["other"], keywords=[*made.keywords, "visiteur"],
        checked_on=made.checked_on, check_every_days=90, source_note=made.source_note,
    )  # fmt: skip
    writing.describe(made, about, by=cast.editor)
    noted(cast, made, revision, "::: agents\nAppelez le 77.\n:::")
    publishing.publish(made, by=cast.editor)
    assert outcomes(import_articles(folder, by=cast.editor))["f90001"] is Outcome.UNCHANGED
    (folder / "F90001.xml").write_text(XML.replace("un an", "deux ans"))
    report = import_articles(folder, by=cast.editor)
    assert outcomes(report)["f90001"] is Outcome.CHANGED
    made, revision = article(db_session, "f90001")
    assert (made.latest_number, made.published_number) == (3, 3)
    assert "deux ans" in revision.body_markdown
    assert parted(revision.body_markdown)[1] == "::: agents\nAppelez le 77.\n:::"
    assert made.audience is Audience.STAFF
    assert [reason.code for reason in made.reasons] == ["other"]
    assert made.check_every_days == 90
    assert "visiteur" in made.keywords
    assert "notes locales" not in queries.by_slug("f90001", Audience.STAFF).title
    assert "notes locales" not in render(revision.body_markdown)
    assert outcomes(import_articles(folder, by=cast.editor))["f90001"] is Outcome.UNCHANGED


def test_a_note_that_nobody_has_read_is_not_published_by_an_import(
    cast, db_session, folder
) -> None:
    import_articles(folder, by=cast.editor)
    made, revision = article(db_session, "f90001")
    noted(cast, made, revision, "À relire.")
    (folder / "F90001.xml").write_text(XML.replace("un an", "deux ans"))
    report = import_articles(folder, by=cast.editor)
    assert outcomes(report)["f90001"] is Outcome.EDITED
    assert (made.latest_number, made.published_number) == (2, 1)


def test_what_was_archived_here_stays_so(cast, db_session, folder) -> None:
    import_articles(folder, by=cast.editor)
    made, _revision = article(db_session, "f90001")
    publishing.archive(made, by=cast.editor)
    report = import_articles(folder, by=cast.editor)
    assert outcomes(report)["f90001"] is Outcome.EDITED
    assert made.state is ArticleState.ARCHIVED


def test_what_somebody_revised_here_is_left_alone_and_named(cast, db_session, folder) -> None:
    import_articles(folder, by=cast.editor)
    made, revision = article(db_session, "f90001")
    words = writing.Words(revision.title, revision.summary, "Nos mots.")
    writing.revise(made, words, based_on=1, by=cast.editor, comment="Plus clair")
    (folder / "F90001.xml").write_text(XML.replace("un an", "deux ans"))
    report = import_articles(folder, by=cast.editor)
    assert outcomes(report)["f90001"] is Outcome.EDITED
    assert article(db_session, "f90001")[1].body_markdown == "Nos mots.\n"


def test_what_is_published_no_more_is_named(cast, db_session, folder) -> None:
    import_articles(folder, by=cast.editor)
    (folder / "F90002.json").unlink()
    (folder / "F90004.xml").write_text(XML.replace("F90001", "F90004"))
    report = import_articles(folder, by=cast.editor)
    assert outcomes(report)["f90002"] is Outcome.GONE
    assert article(db_session, "f90002")[0].published_number == 1  # a person decides


def test_one_that_cannot_be_read_keeps_no_other_out(cast, db_session, folder) -> None:
    (folder / "F90005.xml").write_text("<Publication ID='F90005'><dc:")
    (folder / "F90006.json").write_text('{"id": "F90006"}')
    report = import_articles(folder, by=cast.editor)
    found = outcomes(report)
    assert found["f90005"] is found["f90006"] is Outcome.WRONG
    assert found["f90001"] is Outcome.CREATED


@pytest.mark.parametrize("kind", ["zip", "tgz"])
def test_an_archive_as_it_was_downloaded(folder: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"vosdroits.{kind}"
    content = XML.encode()
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("F90001.xml", content)
    else:
        with tarfile.open(path, "w:gz") as archive:
            for where in ("professionnels", "particuliers"):
                member = tarfile.TarInfo(f"package/data/{where}/F90001.xml")
                member.size = len(content)
                archive.addfile(member, BytesIO(content))
    (one,) = sources(path)
    assert one.number == "F90001"
    assert "particuliers" in one.name or kind == "zip"


def test_what_is_no_import_is_said(tmp_path: Path, cast, db_session) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("rien")
    with pytest.raises(Unreadable):
        list(sources(other))
    with pytest.raises(Unreadable):
        import_articles(tmp_path, by=cast.editor)
    with pytest.raises(Forbidden):
        import_articles(tmp_path, by=cast.teleadviser)


def test_entities_of_elsewhere_are_not_followed() -> None:
    head = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    bomb = head + b'<Publication ID="F1">&a;</Publication>'
    try:
        root = read(bomb, "F1.xml")
    except NotAnArticle:
        return
    assert "root:" not in root.words()
