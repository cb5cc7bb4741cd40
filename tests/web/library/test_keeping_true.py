"""Pages by which articles are kept true: a second reader, shared blocks, links, cases, errors."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from knowledge.articles import editors, reviewing, sharing, writing
from knowledge.articles.models import Article, Audience, SharedBlock
from knowledge.articles.writing import Words
from support.kernel import db, message_ids
from support.kernel.time import now, today
from support.people.notices import StaffNotice
from support.tickets.given import Given
from support.tickets.replying import ReplyDraft, agent_replies
from tests.cast import again
from tests.factories import a_ticket, counted
from tests.web.conftest import Site
from tests.web.library.conftest import ADDRESS, PHOTO, SECRET

SHELF = "/agent/connaissances"
WRITING = f"{SHELF}/redaction"
REVIEWS = f"{SHELF}/relectures"


def asked(site: Site, article: Article, body: str = "Le nouveau texte.") -> None:
    with db.transaction():
        found, editor = again(article), again(site.cast.editor)
        words = Words("Photo refusée", "", body)
        writing.revise(found, words, based_on=found.latest_number, by=editor, comment="Décret")
        reviewing.submit(found, by=editor)


def test_from_writing_to_reading(site: Site, shelf) -> None:
    """Written by one, read by another, then by everybody."""
    editor, reader = site.as_("editor"), site.as_("dp")
    page = editor.get(f"{WRITING}/{shelf[PHOTO].id}/modifier").text
    assert "demander une relecture" in page
    asked(site, shelf[PHOTO])
    assert "À relire (1)" in reader.get(SHELF).text
    assert "Photo refusée" in reader.get(REVIEWS).text
    page = reader.get(f"{REVIEWS}/{shelf[PHOTO].id}").text
    assert "<ins>" in page
    assert "Décret" in page
    assert "nouveau texte" not in site.anyone().get(f"/aide/{PHOTO}").text
    answer = reader.send(f"{REVIEWS}/{shelf[PHOTO].id}/approbations", {"number": "2"})
    assert answer.status_code == 303
    assert "nouveau texte" in site.anyone().get(f"/aide/{PHOTO}").text
    history = editor.get(f"{WRITING}/{shelf[PHOTO].id}/revisions").text
    assert "Relue et approuvée" in history
    assert "Relecture demandée" in history


def test_the_author_is_told_that_another_must_read(site: Site, shelf) -> None:
    asked(site, shelf[PHOTO])
    page = site.as_("editor").get(f"{REVIEWS}/{shelf[PHOTO].id}").text
    assert "quelqu’un d’autre" in page
    assert "Approuver" not in page
    own = site.as_("editor").send(f"{REVIEWS}/{shelf[PHOTO].id}/approbations", {"number": "2"})
    assert own.status_code == 409


def test_a_remark_that_is_missing_is_asked_for(site: Site, shelf) -> None:
    asked(site, shelf[PHOTO])
    path = f"{REVIEWS}/{shelf[PHOTO].id}/renvois"
    empty = site.as_("sdst").send(path, {"number": "2", "said": " "})
    assert (empty.status_code, "Dites pourquoi" in empty.text) == (422, True)
    assert site.as_("sdst").send(path, {"number": "2", "said": "Le délai"}).status_code == 303
    assert site.as_("sdst").get(f"{REVIEWS}/{shelf[PHOTO].id}").location == REVIEWS


def test_saved_and_handed_to_a_reader_in_one_go(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{WRITING}/{shelf[PHOTO].id}/modifier"
    sent = {
        "title": "Photo refusée", "summary": "", "body": "Autre.", "audience": "public",
        "language": "fr", "based_on": "1", "aller": "relecture",
    }  # fmt: skip
    page = editor.get(path).text
    sent["about_seen"] = page.partition('name="about_seen" value="')[2].partition('"')[0]
    sent["publish_at"] = "hier"
    assert "Cette date" in editor.send(path, sent).text
    sent["publish_at"] = f"{now() + timedelta(days=2):%Y-%m-%dT09:00}"
    assert editor.send(path, sent).status_code == 303
    assert "attend une relecture" in editor.get(path).text
    reader = site.as_("dp").send(f"{REVIEWS}/{shelf[PHOTO].id}/approbations", {"number": "2"})
    assert reader.status_code == 303
    assert "paraîtra le" in editor.get(path).text
    assert editor.send(f"{WRITING}/{shelf[PHOTO].id}/annulations").status_code == 303
    assert "paraîtra le" not in editor.get(path).text


def test_a_wrong_passage_is_named_beside_the_text(site: Site, shelf) -> None:
    answer = site.as_("editor").send(
        f"{WRITING}/nouvelle",
        {"title": "Essai", "body": "Un\n\n::: tout le monde\nx\n:::", "audience": "public"},
    )
    assert answer.status_code == 422
    assert "Ligne 3 : « tout le monde »" in answer.text.replace("\xa0", " ").replace("\u202f", " ")


def test_the_preview_is_what_a_reader_sees_and_names_what_is_missing(site: Site, shelf) -> None:
    body = "Pour tous.\n\n::: agents\nEntre nous.\n:::\n\n[[photo-refusee]] [[rien]] {{tarif}}"
    editor = site.as_("editor")
    page = editor.send(f"{WRITING}/apercu", {"body": body, "lecteur": "public"}).text
    assert "Entre nous" not in page
    assert ">Photo refusée</a>" in page
    assert "rien" in page
    assert "tarif" in page
    assert "Entre nous" in editor.send(f"{WRITING}/apercu", {"body": body}).text
    dated = {"body": "::: à partir du 2031-01-01\nDemain.\n:::", "jour": "2031-01-01"}
    assert "Demain" in editor.send(f"{WRITING}/apercu", dated).text


def test_blocks_are_changed_once(site: Site, shelf, write) -> None:
    editor = site.as_("editor")
    wrong = editor.send(f"{WRITING}/blocs", {"name": "Prix !", "body": "200 €"})
    assert wrong.status_code == 422
    assert 'value="Prix !"' in wrong.text
    assert editor.send(f"{WRITING}/blocs", {"name": "prix", "body": "200 €"}).status_code == 303
    write("cout", "Le coût", "Il coûte {{prix}}.")
    assert "Il coûte 200" in site.anyone().get("/aide/cout").text
    page = editor.get(f"{WRITING}/blocs/prix").text
    assert "Le coût" in page
    saved = editor.send(
        f"{WRITING}/blocs/prix", {"body": "225 €", "based_on": "1"}, follow_redirects=True
    )
    assert "Changé dans 1 fiche" in saved.text
    assert "demande répondue" not in saved.text
    assert "Il coûte 225" in site.anyone().get("/aide/cout").text
    late = editor.send(f"{WRITING}/blocs/prix", {"body": "1 €", "based_on": "1"})
    assert (late.status_code, "225" in late.text, "1 €" in late.text) == (409, True, True)
    with db.transaction():
        assert db.session().query(SharedBlock).one().body_markdown == "225 €"


def test_dead_links_are_listed(site: Site, shelf, write) -> None:
    write("a", "Une fiche", "Voir [[nulle-part]].")
    page = site.as_("editor").get(f"{WRITING}/liens").text
    assert "/aide/nulle-part" in page
    assert "ne mène nulle part" in page


def test_an_address_that_changed_leads_on(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{WRITING}/{shelf[PHOTO].id}/adresses"
    assert editor.send(path, {"slug": ADDRESS}).status_code == 422
    assert editor.send(path, {"slug": "relectures"}).status_code == 422
    assert editor.send(path, {"slug": "photo-nouvelle"}).status_code == 303
    moved = site.anyone().get(f"/aide/{PHOTO}")
    assert (moved.status_code, moved.location) == (301, "/aide/photo-nouvelle")
    assert site.as_("teleadviser").get(f"{SHELF}/{PHOTO}").location == f"{SHELF}/photo-nouvelle"


def test_an_address_that_led_to_staff_says_nothing_to_the_public(site: Site, shelf) -> None:
    site.as_("editor").send(f"{WRITING}/{shelf[SECRET].id}/adresses", {"slug": "ailleurs"})
    assert site.anyone().get(f"/aide/{SECRET}").status_code == 404


def test_archived_for_another(site: Site, shelf) -> None:
    path = f"{WRITING}/{shelf[PHOTO].id}/archives"
    editor = site.as_("editor")
    assert editor.send(path, {"replaced_by": "nulle-part"}).status_code == 422
    assert editor.send(path, {"replaced_by": f"/aide/{ADDRESS}"}).status_code == 303
    assert site.anyone().get(f"/aide/{PHOTO}").location == f"/aide/{ADDRESS}"


def test_late_articles_say_so_until_they_are_checked(site: Site, shelf, write) -> None:
    article = write("a", "Une fiche", "Un texte.", checked_on=today(), check_every_days=30)
    assert "devait être vérifiée" not in site.anyone().get("/aide/a").text
    with time_machine.travel(now() + timedelta(days=31)):
        assert "devait être vérifiée" in site.anyone().get("/aide/a").text
        assert "ne la lisez pas au téléphone" in site.as_("teleadviser").get(f"{SHELF}/a").text
        editor = site.as_("editor")
        assert "Une fiche" in editor.get(f"{WRITING}?etat=a-verifier").text
        editor.send(f"{WRITING}/{article.id}/verifications")
        assert "devait être vérifiée" not in site.anyone().get("/aide/a").text


def test_the_readers_case(site: Site, shelf, write) -> None:
    write("cas", "Selon le cas", "Tous.\n\n::: département 75\nÀ Paris.\n:::\n")
    page = site.anyone().get("/aide/cas").text
    assert "Département 75" in page
    assert "Votre département" in page
    mine = site.anyone().get("/aide/cas?departement=75").text
    assert "À Paris" in mine
    assert "<strong>Département 75" not in mine
    assert "À Paris" not in site.anyone().get("/aide/cas?departement=00").text
    assert "Votre département" not in site.anyone().get(f"/aide/{PHOTO}").text


def test_an_error_reaches_the_owner(site: Site, shelf) -> None:
    message_ids.configure(lambda: "<un@example.org>")
    path = f"{SHELF}/{PHOTO}/signalements"
    agent = site.as_("teleadviser")
    empty = agent.send(path, {"said": " "})
    assert "Dites ce qui n’est pas juste" in empty.text
    agent.send(path, {"said": "Le code sert deux fois", "passage": "ne sert qu'une fois"})
    with db.transaction():
        notice = db.session().query(StaffNotice).one()
        assert "Le code sert deux fois" in notice.text


def test_queries_of_the_pages_do_not_grow(site: Site, shelf, write) -> None:
    reader, editor = site.as_("dp"), site.as_("editor")
    asked(site, shelf[PHOTO])
    pages = ((reader, REVIEWS), (editor, f"{WRITING}/liens"), (editor, f"{WRITING}/blocs"))
    before = {}
    for who, address in pages:
        with counted() as queries:
            who.get(address)
        before[address] = len(queries)
    for number in range(4):
        asked(site, write(f"x{number}", f"X {number}", f"[[rien-{number}]] {{{{b{number}}}}}"))
    for who, address in pages:
        with counted() as queries:
            who.get(address)
        assert len(queries) <= before[address], queries


def sent_as_it_is(editor, article: Article) -> dict[str, object]:
    """The form of an article as a browser would send it back, with nothing changed."""
    page = editor.get(f"{WRITING}/{article.id}/modifier").text
    seen = page.partition('name="about_seen" value="')[2].partition('"')[0]
    with db.transaction():
        found = again(article)
        revision = editors.one_for_editor(found.id, by=found.owner)[1]
        return {
            "title": revision.title, "summary": revision.summary, "body": revision.body_markdown,
            "audience": found.audience.value, "language": "fr", "about_seen": seen,
            "based_on": str(revision.number), "keywords": ", ".join(found.keywords),
        }  # fmt: skip


def test_what_readers_see_already_needs_no_reader(site: Site, shelf) -> None:
    """Other words to find it by, and the first button of the form."""
    editor, path = site.as_("editor"), f"{WRITING}/{shelf[ADDRESS].id}/modifier"
    for button in ("relecture", "publier"):
        sent = sent_as_it_is(editor, shelf[ADDRESS])
        sent |= {"keywords": f"domicile, {button}", "aller": button}
        answer = editor.send(path, sent, follow_redirects=True)
        assert answer.status_code == 200
        assert "Enregistré. Le texte est déjà celui que les lecteurs voient." in answer.text
        assert f"domicile, {button}" in answer.text


def test_showing_an_article_to_more_people_asks_why(site: Site, shelf) -> None:
    editor, path = site.as_("editor"), f"{WRITING}/{shelf[SECRET].id}/modifier"
    sent = sent_as_it_is(editor, shelf[SECRET]) | {"audience": "public", "aller": "enregistrer"}
    refused = editor.send(path, sent)
    assert (refused.status_code, "Dites pourquoi" in refused.text) == (422, True)
    assert site.anyone().get(f"/aide/{SECRET}").status_code == 404
    assert editor.send(path, sent | {"comment": "La loi le publie"}).status_code == 303
    assert site.anyone().get(f"/aide/{SECRET}").status_code == 200
    history = editor.get(f"{WRITING}/{shelf[SECRET].id}/revisions").text
    assert "La loi le publie" in history


def test_who_comes_second_is_told_that_it_was_answered(site: Site, shelf) -> None:
    asked(site, shelf[PHOTO])
    page = f"{REVIEWS}/{shelf[PHOTO].id}"
    assert site.as_("sdst").send(f"{page}/approbations", {"number": "2"}).status_code == 303
    late = site.as_("dp")
    for answer in (
        late.send(f"{page}/approbations", {"number": "2"}, follow_redirects=True),
        late.send(f"{page}/renvois", {"number": "2", "said": "Non"}, follow_redirects=True),
        late.get(page, follow_redirects=True),
    ):
        assert "n’attend plus de relecture" in answer.text
        assert "Fiches à relire" in answer.text
    # What one may not see stays unknown.
    with db.transaction():
        again(shelf[SECRET]).audience = Audience.DIRECTORATE
    assert late.get(f"{REVIEWS}/{shelf[SECRET].id}").status_code == 404


def test_an_error_that_is_not_said_keeps_what_was_typed(site: Site, shelf) -> None:
    path = f"{SHELF}/{PHOTO}/signalements"
    sent = {"said": " ", "passage": "ne sert qu'une fois", "ticket": "2611-2004-8317"}
    answer = site.as_("teleadviser").send(path, sent)
    assert answer.status_code == 422
    for kept in ("ne sert qu&#39;une fois", "2611-2004-8317", "Dites ce qui n’est pas juste"):
        assert kept in answer.text


def test_the_page_of_a_block_leads_to_the_answers_from_before(site: Site, shelf, write) -> None:
    editor = site.as_("editor")
    editor.send(f"{WRITING}/blocs", {"name": "prix", "body": "200 €"})
    article = write("cout", "Le coût", "Il coûte {{prix}}.")
    with db.transaction():
        ticket = a_ticket(site.cast, again(site.cast.awa))
        given = Given(article.id, 1, sharing.last_change())
        draft = ReplyDraft("Voici.", message_id="<b@x>", articles=[given])
        agent_replies(ticket, draft, by=again(site.cast.teleadviser))
    saved = editor.send(
        f"{WRITING}/blocs/prix", {"body": "225 €", "based_on": "1"}, follow_redirects=True
    )
    assert "1 demande répondue avec elle avant ce changement" in saved.text
    recall = f"{WRITING}/{article.id}/rappels"
    assert recall in saved.text
    assert "1 demande a reçu un texte différent, dont 1 ouverte" in editor.get(recall).text
