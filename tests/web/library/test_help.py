"""The public's help: what is found and read without an account, and what never is."""

from __future__ import annotations

import gzip
import re

import pytest

from knowledge.articles import publishing, writing
from knowledge.articles.models import Audience
from knowledge.articles.writing import About
from knowledge.search import index
from support.kernel import db
from tests.cast import again
from tests.factories import counted
from tests.web.conftest import Site
from tests.web.library.conftest import ADDRESS, DRAFT, PHOTO, SECRET, SECRET_WORD


def test_home_shows_articles_by_subject(site: Site, shelf) -> None:
    page = site.anyone().get("/aide")
    assert page.status_code == 200
    assert page.text.index('name="q"') < page.text.index("/aide/photo-refusee")
    assert "/aide/changer-d-adresse" in page.text


def test_search_marks_the_words(site: Site, shelf) -> None:
    page = site.anyone().get("/aide", query_string={"q": "code"}).text
    assert "<mark>code</mark>" in page
    assert "Une fiche répond" in page


def test_nothing_found_leads_to_the_contact_form(site: Site, shelf) -> None:
    page = site.anyone().get("/aide", query_string={"q": "xyzzyque plugh"})
    assert page.status_code == 200
    assert "Rien trouvé" in page.text
    assert "/contact?texte=xyzzyque+plugh" in page.text


def test_the_words_arrive_in_the_contact_form(site: Site) -> None:
    page = site.anyone().get("/contact", query_string={"texte": "ma photo <b>"}).text
    assert 'name="text" value="ma photo &lt;b&gt;"' in page


def test_article_says_all_there_is_to_say(site: Site, shelf) -> None:
    page = site.anyone().get(f"/aide/{PHOTO}").text
    assert "<strong>code</strong>" in page
    assert "18 juin 2026" in page
    assert "Le centre" in page
    assert 'lang="fr" dir="ltr"' in page
    assert "/contact?fiche=photo-refusee&amp;motif=account.blocked&amp;demarche=student" in page


@pytest.mark.parametrize("slug", [SECRET, DRAFT, "jamais-ecrit"])
def test_what_is_not_public_does_not_exist(site: Site, shelf, slug: str) -> None:
    answer = site.anyone().get(f"/aide/{slug}")
    assert answer.status_code == 404
    assert "Cette fiche n’existe pas" in answer.text
    assert SECRET_WORD not in answer.text
    assert 'name="q"' in answer.text


@pytest.mark.parametrize(
    "address",
    ["/", "/aide", f"/aide?q={SECRET_WORD}", "/aide?q=photo", f"/aide/{PHOTO}", "/aide?sujet=test",
     "/aide/zorglubine-conduite"],
)  # fmt: skip
def test_staff_articles_never_reach_the_public(site: Site, shelf, address: str) -> None:
    page = site.anyone().get(address).text
    # What was asked comes back in the search field; the article's title would add its colon.
    assert f"{SECRET_WORD}\u00a0:" not in page
    assert f"{SECRET_WORD} :" not in page
    assert SECRET not in page


def test_even_an_agent_reads_only_the_public_part_here(site: Site, shelf) -> None:
    assert site.as_("teleadviser").get(f"/aide/{SECRET}").status_code == 404


def test_withdrawn_articles_vanish_before_the_index_follows(site: Site, shelf, monkeypatch) -> None:
    monkeypatch.setattr(index.NodeIndex, "keep_up", lambda self: None)
    assert PHOTO in site.anyone().get("/aide?q=photo").text
    with db.transaction():
        article, editor = again(shelf[PHOTO]), again(site.cast.editor)
        writing.describe(article, About(audience=Audience.STAFF), by=editor)
    assert PHOTO not in site.anyone().get("/aide?q=photo").text


def test_archived_articles_are_gone(site: Site, shelf) -> None:
    with db.transaction():
        publishing.archive(again(shelf[PHOTO]), by=again(site.cast.editor))
    assert site.anyone().get(f"/aide/{PHOTO}").status_code == 404


def test_scripts_in_an_article_are_inert(site: Site, write) -> None:
    write(
        "piege", "<img src=x onerror=alert(1)>",
        "[clic](javascript:alert(1)) <svg onload=alert(1)>\n\n<iframe src='//evil.example.org'>",
        summary="<script>alert(2)</script>",
    )  # fmt: skip
    for address in ("/aide", "/aide?q=clic", "/aide/piege"):
        page = site.anyone().get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "javascript:" not in page
        assert "<svg onload" not in page
        assert "<iframe" not in page


@pytest.mark.parametrize(
    "question",
    ["", "   ", "\x00\x01", "a" * 10_000, "« ' \" % _ * ? ( ) AND OR NOT", "🙂🙂", "\u202eteser",
     "photo " * 500, "title:photo", "<b>photo</b>", "photo\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_any_question_gets_a_page(site: Site, shelf, question: str) -> None:
    page = site.anyone().get("/aide", query_string={"q": question})
    assert page.status_code == 200
    assert "<b>photo" not in page.text
    assert len(page.data) < 60_000


def test_a_page_is_light(site: Site, shelf, write) -> None:
    for n in range(40):
        write(f"fiche-{n}", f"Une fiche numéro {n}", "photo " * 400, procedures=["student"])
    for address in ("/aide", "/aide?q=photo", f"/aide/{PHOTO}"):
        assert len(gzip.compress(site.anyone().get(address).data)) < 12_000


@pytest.mark.parametrize("address", ["/aide", "/aide?q=photo", f"/aide/{PHOTO}"])
def test_queries_do_not_grow_with_the_articles(site: Site, shelf, write, address: str) -> None:
    public = site.anyone()
    public.get(address)  # the index opens once
    with counted() as before:
        public.get(address)
    for n in range(12):
        write(f"fiche-{n}", f"Photo numéro {n}", "photo\n", procedures=["student"])
    public.get(address)
    with counted() as after:
        public.get(address)
    # The index looks at its counter once a second, whenever that falls.
    assert abs(len(after) - len(before)) <= 1
    assert len(after) <= 10, after


def test_the_help_needs_no_script(site: Site, shelf) -> None:
    for address in ("/aide", "/aide?q=photo", f"/aide/{PHOTO}", "/aide/absente"):
        scripts = re.findall(r'<script[^>]*src="([^"]+)"', site.anyone().get(address).text)
        assert [address.partition("?")[0] for address in scripts] == ["/static/js/once.js"]


def test_links_between_articles_stay_public(site: Site, shelf) -> None:
    assert 'href="/aide/photo-refusee"' in site.anyone().get(f"/aide/{ADDRESS}").text
