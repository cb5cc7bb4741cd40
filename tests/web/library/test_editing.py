"""Writing articles: nobody's words are lost, readers see what was published and nothing else."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import func, select

from knowledge.articles import writing
from knowledge.articles.models import Article, ArticleState, Audience, Revision
from knowledge.articles.plain_text import to_text, to_words
from knowledge.articles.writing import Words
from knowledge.search import index
from support.kernel import db
from tests.cast import again
from tests.factories import counted
from tests.web.conftest import Browser, Site
from tests.web.library.conftest import DRAFT, PHOTO, SECRET

HERE = "/agent/connaissances/redaction"


def fields_of(page: str) -> dict[str, object]:
    """The form as a browser would send it back."""
    form = page[
        page.index('name="based_on"') - 400 : page.index("Enregistrer", page.index("comment"))
    ]
    sent: dict[str, object] = {}
    for name, value in re.findall(
        r'<input type="(?:hidden|text|date)"[^>]*name="(\w+)"[^>]*value="([^"]*)"', form
    ):
        sent[name] = unescape(value)
    for name, value in re.findall(
        r'<textarea[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        sent[name] = unescape(value)
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"[^>]* checked', form):
        if name in ("procedures", "reasons"):
            sent.setdefault(name, []).append(value)  # type: ignore[attr-defined]
        else:
            sent[name] = value
    return sent


def opened(editor: Browser, article: Article) -> dict[str, object]:
    page = editor.get(f"{HERE}/{article.id}/modifier")
    assert page.status_code == 200
    return fields_of(page.text)


def fresh(article: Article) -> Article:
    with db.transaction():
        return again(article)


def test_the_form_comes_back_as_it_was(site: Site, shelf) -> None:
    sent = opened(site.as_("editor"), shelf[PHOTO])
    assert sent["title"] == "Photo refusée"
    assert sent["body"].startswith("Le **code**")
    assert sent["procedures"] == ["student"]
    assert sent["reasons"] == ["account.blocked"]
    assert sent["checked_on"] == "2026-06-18"
    assert sent["audience"] == "public"
    assert sent["based_on"] == "1"


def test_saving_without_a_change_changes_nothing(site: Site, shelf) -> None:
    editor = site.as_("editor")
    before = fresh(shelf[PHOTO])
    sent = opened(editor, shelf[PHOTO])
    sent["body"] = sent["body"].replace("\n", "\r\n")  # as browsers send it
    answer = editor.send(f"{HERE}/{before.id}/modifier", sent, follow_redirects=True)
    assert "Rien n’a changé" in answer.text
    after = fresh(shelf[PHOTO])
    assert (after.latest_number, after.change_number) == (1, before.change_number)


def test_publish_and_found(site: Site, shelf) -> None:
    editor = site.as_("editor")
    answer = editor.send(
        f"{HERE}/nouvelle",
        {"title": "Le timbre fiscal", "body": "Le timbre s'achète en ligne.", "audience": "public"},
    )
    assert answer.status_code == 303
    assert "timbre-fiscal" not in site.anyone().get("/aide?q=timbre").text
    path = answer.location.removesuffix("/modifier")
    unread = editor.send(f"{path}/publications", {"number": "1"})
    assert (unread.status_code, "Dites pourquoi" in unread.text) == (422, True)
    sent = {"number": "1", "said": "Le prix change ce soir"}
    assert editor.send(f"{path}/publications", sent).status_code == 303
    index.follow()
    assert "/aide/le-timbre-fiscal" in site.anyone().get("/aide?q=timbre").text


def test_readers_see_the_published_revision(site: Site, shelf) -> None:
    editor = site.as_("editor")
    sent = opened(editor, shelf[PHOTO]) | {"body": "Le nouveau texte.", "comment": "Plus clair"}
    saved = editor.send(f"{HERE}/{shelf[PHOTO].id}/modifier", sent, follow_redirects=True)
    assert "Les lecteurs voient encore la révision 1" in saved.text
    assert "nouveau texte" not in site.anyone().get(f"/aide/{PHOTO}").text
    sent = opened(editor, shelf[PHOTO]) | {"aller": "publier", "comment": "Panne en cours"}
    editor.send(f"{HERE}/{shelf[PHOTO].id}/modifier", sent)
    assert "nouveau texte" in site.anyone().get(f"/aide/{PHOTO}").text


def test_archived_and_back(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{HERE}/{shelf[PHOTO].id}"
    editor.send(f"{path}/archives")
    assert site.anyone().get(f"/aide/{PHOTO}").status_code == 404
    assert editor.send(f"{path}/archives").status_code == 409
    editor.send(f"{path}/publications", {"number": "1"})
    assert site.anyone().get(f"/aide/{PHOTO}").status_code == 200


def test_conflict_keeps_what_was_typed(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{HERE}/{shelf[PHOTO].id}/modifier"
    mine = opened(editor, shelf[PHOTO]) | {
        "title": "Mon titre", "body": "Mes mots à moi.", "comment": "Ma raison", "aller": "publier",
    }  # fmt: skip
    with db.transaction():
        theirs = Words("Photo refusée", "", "Les mots d'un autre.")
        writing.revise(again(shelf[PHOTO]), theirs, based_on=1, by=again(site.cast.editor))
    answer = editor.send(path, mine)
    assert answer.status_code == 409
    kept = fields_of(answer.text)
    assert kept["body"].strip() == "Mes mots à moi."
    assert (kept["title"], kept["comment"], kept["based_on"]) == ("Mon titre", "Ma raison", "2")
    assert "Les mots d&#39;un autre." in answer.text
    assert fresh(shelf[PHOTO]).latest_number == 2
    # Sent again, now that the newer one was shown, it becomes the third.
    assert editor.send(path, kept | {"aller": "publier"}).status_code == 303
    after = fresh(shelf[PHOTO])
    assert (after.latest_number, after.published_number) == (3, 3)


def test_an_old_page_does_not_make_an_article_public_again(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{HERE}/{shelf[PHOTO].id}/modifier"
    old_page = opened(editor, shelf[PHOTO])
    editor.send(path, opened(editor, shelf[PHOTO]) | {"audience": "staff"})
    assert fresh(shelf[PHOTO]).audience is Audience.STAFF
    answer = editor.send(path, old_page | {"body": "Autre chose."})
    assert answer.status_code == 409
    assert "ont aussi changé" in answer.text
    assert fresh(shelf[PHOTO]).audience is Audience.STAFF
    assert site.anyone().get(f"/aide/{PHOTO}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": "  "}, "Titre\u00a0: À remplir."),
        ({"body": ""}, "Texte\u00a0: À remplir."),
        ({"title": "t" * 201}, "Au plus 200 caractères."),
        ({"slug": "Photo refusée"}, "L’adresse ne contient que"),
        ({"slug": PHOTO}, "Une autre fiche a déjà cette adresse"),
        ({"slug": "redaction"}, "Une autre fiche a déjà cette adresse"),
        ({"checked_on": "2026-02-30"}, "Cette date n’existe pas"),
        ({"reasons": ["no.such"]}, "n’est pas dans le catalogue"),
        ({"audience": "world"}, "Choisissez dans la liste"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_lost(site: Site, shelf, wrong, said: str) -> None:
    typed = {
        "title": "Un titre", "summary": "Un résumé", "body": "Un corps <b>gardé</b>",
        "audience": "staff", "keywords": "mot un, mot deux", "comment": "Pourquoi pas",
    } | wrong  # fmt: skip
    answer = site.as_("editor").send(f"{HERE}/nouvelle", typed)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    for name in ("summary", "keywords", "comment", "body"):
        assert typed[name] in unescape(answer.text)
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Article)) == len(shelf)


def test_all_that_is_wrong_in_an_edit_is_said_at_once(site: Site, shelf) -> None:
    editor = site.as_("editor")
    sent = opened(editor, shelf[PHOTO]) | {"title": "", "body": "", "source_note": "s" * 601}
    answer = editor.send(f"{HERE}/{shelf[PHOTO].id}/modifier", sent)
    assert answer.status_code == 422
    assert "3 points sont à corriger" in answer.text
    assert fresh(shelf[PHOTO]).latest_number == 1


def test_preview_is_safe_and_writes_nothing(site: Site, shelf) -> None:
    editor = site.as_("editor")
    body = "## Titre\n\n<script>alert(1)</script> [x](javascript:alert(1))"
    part = editor.send(f"{HERE}/apercu", {"title": "<b>T</b>", "body": body}).text
    assert "Titre</h" in part
    assert "<script" not in part
    assert "javascript:" not in part
    assert "<b>T" not in part
    whole = editor.send(f"{HERE}/nouvelle", {"title": "T", "body": body, "aller": "apercu"})
    assert whole.status_code == 200
    assert "<script>alert" not in whole.text
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Revision)) == len(shelf)


def test_differences_are_read_word_by_word(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{HERE}/{shelf[PHOTO].id}"
    body = "Le **code** ne sert que deux fois.\n\n## Étapes\n\n1. Recommencer\n"
    editor.send(
        f"{path}/modifier", opened(editor, shelf[PHOTO]) | {"body": body, "comment": "Juste"}
    )
    page = editor.get(f"{path}/revisions/2").text
    assert re.search(r"<ins>.*?deux.*?</ins>", page)
    assert re.search(r"<del>.*?une.*?</del>", page)
    assert "Juste" in page
    assert "lignes inchangées" in page
    history = editor.get(f"{path}/revisions").text
    assert history.index("Juste") < history.index("Première version")
    assert editor.get(f"{path}/revisions/9").status_code == 404
    assert editor.get(f"{path}/revisions/2?avec=77").status_code == 200


@pytest.mark.parametrize("who", ["supervisor", "teleadviser", "dp", "referent", "pan", "admin"])
def test_others_only_read(site: Site, shelf, who: str) -> None:
    agent, path = site.as_(who), f"{HERE}/{shelf[PHOTO].id}"
    assert agent.get(f"/agent/connaissances/{SECRET}").status_code == 200
    assert "Modifier" not in agent.get(f"/agent/connaissances/{SECRET}").text
    for address in (HERE, f"{HERE}/nouvelle", f"{path}/modifier", f"{path}/revisions"):
        assert agent.get(address).status_code == 403
    for address in (f"{path}/modifier", f"{path}/publications", f"{path}/archives",
                    f"{HERE}/nouvelle", f"{HERE}/apercu"):  # fmt: skip
        assert agent.send(address, {"title": "T", "body": "B"}).status_code == 403
    assert fresh(shelf[PHOTO]).state is ArticleState.PUBLISHED


def test_the_list_filters_and_pages(site: Site, shelf, write, monkeypatch) -> None:
    monkeypatch.setattr("web.library.editing.PAGE", 3)
    editor = site.as_("editor")
    assert f"/{shelf[DRAFT].id}/modifier" in editor.get(f"{HERE}?etat=draft").text
    assert f"/{shelf[PHOTO].id}/modifier" not in editor.get(f"{HERE}?etat=draft").text
    assert f"/{shelf[SECRET].id}/modifier" not in editor.get(f"{HERE}?public=public").text
    seen: list[str] = []
    address: str | None = HERE
    while address:
        page = editor.get(address).text
        seen += re.findall(r"redaction/(\d+)/modifier", page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = unescape(found[1]) if found else None
    assert sorted(seen) == sorted(str(a.id) for a in shelf.values())


@pytest.mark.parametrize(
    "asked", ["apres=x", "apres=2026_", "apres=2026-01-01_1", "etat=zzz", "public=", "q=%25"]
)
def test_absurd_filters_give_a_list(site: Site, shelf, asked: str) -> None:
    assert site.as_("editor").get(f"{HERE}?{asked}").status_code == 200


def test_queries_do_not_grow(site: Site, shelf, write) -> None:
    editor, path = site.as_("editor"), f"{HERE}/{shelf[PHOTO].id}"
    for address in (HERE, f"{path}/modifier", f"{path}/revisions", f"{path}/revisions/1"):
        with counted() as before:
            editor.get(address)
        for n in range(6):
            write(f"f{n}-{len(address)}-{date.today():%j}", f"Fiche {n}", "x\n")
            with db.transaction():
                article = again(shelf[PHOTO])
                words = Words("Photo refusée", "", f"Texte {n} {address}")
                writing.revise(
                    article, words, based_on=article.latest_number, by=again(site.cast.editor)
                )
        with counted() as after:
            editor.get(address)
        assert len(after) == len(before)
        assert len(after) <= 10, after


@pytest.mark.parametrize("kind", ["procedure", "failure", "question"])
def test_a_new_article_begins_with_the_headings_of_its_kind(site: Site, kind: str) -> None:
    editor = site.as_("editor")
    page = editor.send(f"{HERE}/nouvelle", {"title": "Déjà un titre", "aller": kind})
    assert page.status_code == 200
    sent = fields_of(page.text)
    assert sent["title"] == "Déjà un titre"
    assert str(sent["body"]).count("## ") >= 2
    shown = page.text[page.text.index('id="apercu"') :]
    assert "<h3" in shown or "<h2" in shown
    saved = editor.send(f"{HERE}/nouvelle", {**sent, "aller": "enregistrer"})
    assert saved.status_code == 303
    with db.transaction(write=False) as session:
        (kept,) = session.scalars(select(Revision.body_markdown).where(
            Revision.title == "Déjà un titre")).all()  # fmt: skip
    # What was left unfilled is read by nobody.
    assert "<!--" in kept
    assert "<!--" not in to_text(kept) + "".join(to_words(kept).headings)
    assert "La " not in to_words(kept).text


def test_a_skeleton_never_covers_words(site: Site) -> None:
    editor = site.as_("editor")
    page = editor.send(f"{HERE}/nouvelle", {"body": "Mes mots.", "aller": "procedure"})
    assert fields_of(page.text)["body"] == "Mes mots."


def test_an_imported_article_says_where_notes_go(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{HERE}/{shelf[PHOTO].id}/modifier"
    assert "Fiche importée" not in editor.get(path).text
    with db.transaction():
        again(shelf[PHOTO]).source_id = "F2231"
    page = editor.get(path).text
    assert "Fiche importée (F2231)" in page
    sent = {**opened(editor, shelf[PHOTO]), "aller": "notes"}
    page = editor.send(path, sent).text
    assert "&lt;!-- notes locales --&gt;" in page.partition('id="body"')[2]
    assert "Ajouter cette ligne" not in page
