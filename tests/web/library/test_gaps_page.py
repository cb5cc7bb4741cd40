"""What editors read of the chain: where an article is missing, unfound, or says too little."""

from __future__ import annotations

from datetime import timedelta

from escalation import returning
from escalation.returning import Answered
from support.kernel import db
from support.kernel.time import as_of, now
from tests.cast import again
from tests.factories import a_ticket, an_article, climb, counted
from tests.web.conftest import Site

PATH = "/agent/connaissances/manques"


def come_back(site: Site, reason: str, how: str) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast, again(site.cast.awa), reason=reason)
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
        by = again(site.cast.dp)
        if how == "missing":
            returning.ask_missing(ticket, ["browser", "dates"], "", by=by)
        elif how == "article":
            returning.point_out(ticket, Answered("compte-bloque", "Compte bloqué"), "", by=by)
        else:
            returning.answer(ticket, "Voilà.", by=by)


def test_each_reason_says_what_is_to_be_done(site: Site) -> None:
    with db.transaction():
        an_article(site.cast, "compte-bloque")
    for _ in range(2):
        come_back(site, "account.blocked", "missing")
    come_back(site, "account.blocked", "article")
    come_back(site, "renewal.business", "answer")
    page = site.as_("editor").get(PATH).text
    first, second = page.index("Motif account.blocked"), page.index("Motif renewal.business")
    assert first < second
    line = page[first:second]
    assert "mieux faire trouver" in line
    assert "Photo refusée" in line
    assert "dire de demander" in line
    assert "motif sans fiche" in page[:second]
    assert "manque=reason:renewal.business" in page[second:]


def test_what_is_long_past_is_left_out(site: Site) -> None:
    with as_of(now() - timedelta(days=120)):
        come_back(site, "account.blocked", "missing")
    assert "Rien ne manque" in site.as_("editor").get(PATH).text


def test_it_costs_the_same_however_much_came_back(site: Site) -> None:
    editor, sizes = site.as_("editor"), []
    for _ in range(2):
        for how in ("missing", "answer", "article"):
            come_back(site, "account.blocked", how)
        with counted() as sql:
            editor.get(PATH)
        sizes.append(len(sql))
    assert sizes[0] == sizes[1] <= 13
