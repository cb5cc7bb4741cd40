"""The help centre in the person's language, and the pages that keep translations up to date."""

from __future__ import annotations

from knowledge.articles import publishing, translating, writing
from knowledge.articles.models import Article
from knowledge.articles.writing import Words
from knowledge.search import index
from support.kernel import db
from tests.cast import again
from tests.factories import a_ticket
from tests.web.conftest import Site
from tests.web.library.conftest import PHOTO

WRITING = "/agent/connaissances/redaction"
ARABIC = "الصورة مرفوضة"


def in_arabic(site: Site, article: Article) -> Article:
    with db.transaction():
        editor = again(site.cast.editor)
        made = translating.begin(again(article), "ar", by=editor)
        writing.revise(made, Words(ARABIC, "", "الرمز يستعمل مرة واحدة."), based_on=1, by=editor)
        publishing.publish(made, by=editor)
    index.follow()
    return made


def test_the_help_centre_speaks_arabic_where_somebody_translated_it(site: Site, shelf) -> None:
    in_arabic(site, shelf[PHOTO])
    reader = site.anyone()
    home = reader.get("/aide?lang=ar").text
    assert ARABIC in home
    assert "Changer d" in home
    led = reader.get(f"/aide/{PHOTO}?lang=ar")
    assert (led.status_code, led.location) == (302, f"/aide/{PHOTO}-ar")
    page = reader.get(led.location).text
    assert 'lang="ar" dir="rtl"' in page
    assert f"/aide/{PHOTO}?langue=fr" in page
    assert "Photo refus" in reader.get(f"/aide/{PHOTO}?langue=fr").text
    assert ARABIC in reader.get("/aide?q=الصورة&lang=ar").text
    found = reader.get("/aide?q=photo&lang=ar").text
    assert ARABIC in found
    # A reader of French is led to the French.
    assert site.anyone().get(f"/aide/{PHOTO}-ar?lang=fr").location == f"/aide/{PHOTO}"
    assert "Photo refus" in site.anyone().get("/aide?q=الصورة&lang=fr").text


def test_a_translation_left_behind_says_so(site: Site, shelf) -> None:
    made = in_arabic(site, shelf[PHOTO])
    reader, editor = site.anyone(), site.as_("editor")
    assert "المعتمد" not in reader.get(f"/aide/{PHOTO}-ar?lang=ar").text
    with db.transaction():
        french = again(shelf[PHOTO])
        writing.revise(french, Words("Photo", "", "Autre."), based_on=1, by=again(site.cast.editor))
        publishing.publish(french, by=again(site.cast.editor))
    assert "المعتمد" in reader.get(f"/aide/{PHOTO}-ar").text
    assert "Photo" in editor.get(f"{WRITING}/traductions").text
    page = editor.get(f"{WRITING}/{made.id}/modifier").text
    assert "1 révision de retard" in page
    assert editor.send(f"{WRITING}/{made.id}/suivis").status_code == 303
    assert "المعتمد" not in reader.get(f"/aide/{PHOTO}-ar").text


def test_begun_from_the_page_of_the_french(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{WRITING}/{shelf[PHOTO].id}/traductions"
    assert "Traduire" in editor.get(f"{WRITING}/{shelf[PHOTO].id}/modifier").text
    answer = editor.send(path, {"language": "en"}, follow_redirects=True)
    assert "écrivez par-dessus" in answer.text
    assert "Traduction de" in answer.text
    assert editor.send(path, {"language": "en"}).status_code in (409, 422)
    assert editor.send(path, {"language": "fr"}, follow_redirects=True).status_code == 200


def test_the_reply_takes_the_person_s_language(site: Site, shelf) -> None:
    in_arabic(site, shelf[PHOTO])
    with db.transaction():
        ticket = a_ticket(site.cast)
        ticket.language = "ar"
        reference = ticket.reference
    agent = site.as_("teleadviser")
    address = f"/agent/connaissances/{PHOTO}/passage"
    assert agent.get(f"{address}?langue=ar").json["title"] == ARABIC
    assert agent.get(f"{address}?langue=es").json["title"] == "Photo refusée"
    assert ARABIC in agent.get(f"/agent/tickets/{reference}?fiche={PHOTO}").text
