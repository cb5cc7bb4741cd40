"""The first page: what is left to do, said to the one who reads it."""

from __future__ import annotations

from support.kernel import db
from support.tickets.assigning import take
from support.tickets.waiting import wait_for_person
from tests.cast import again
from tests.factories import a_person, a_report, a_ticket
from tests.web.conftest import Site


def test_a_pause_is_nothing_to_do(site: Site) -> None:
    with db.transaction():
        me = again(site.cast.teleadviser)
        busy = a_ticket(site.cast, a_person("Lin"), subject="À faire")
        paused = a_ticket(site.cast, a_person("Omar"), subject="En pause chez moi")
        for ticket in (busy, paused):
            take(ticket, by=me)
        wait_for_person(paused, by=me)
    page = site.as_("teleadviser").get("/agent/").text
    assert "À faire</a>" in page
    assert "En pause chez moi" not in page


def test_a_referent_reads_that_the_answer_is_theirs(site: Site) -> None:
    with db.transaction():
        report = a_report(site.cast, again(site.cast.referent))
        take(report, by=again(site.cast.dp))
        wait_for_person(report, by=again(site.cast.dp))
    browser = site.as_("referent")
    home, queue = browser.get("/agent/").text, browser.get("/agent/tickets").text
    assert "on attend votre réponse" in home
    for page in (home, queue):
        assert "à vous de répondre" in page
        assert ">moi</td>" in page
        assert "en attente" not in page
    other = site.as_("dp").get("/agent/tickets?vue=mine").text
    assert "Sandrine Peyrard" in other
    assert "en attente" in other


def test_writing_begins_with_the_list_and_an_empty_form_has_no_more_faults_than_it_has(
    site: Site,
) -> None:
    editor = site.as_("editor")
    assert editor.get("/agent/").location == "/agent/connaissances/redaction"
    answer = editor.send("/agent/connaissances/redaction/nouvelle", {"title": "", "body": ""})
    assert answer.status_code == 422
    assert "lettres sans accent" not in answer.text
    answer = editor.send(
        "/agent/connaissances/redaction/nouvelle", {"title": "", "body": "", "slug": "Été !"}
    )
    assert "lettres sans accent" in answer.text
