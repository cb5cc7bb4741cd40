"""The next level keeps a ticket with news; the level below takes them up in its answer."""

from __future__ import annotations

import re
from datetime import date, timedelta

from support.kernel import db
from support.kernel.time import now
from support.tickets import following
from support.tickets.models import Ticket
from support.tickets.references import shown
from tests.cast import again
from tests.factories import a_ticket, an_article, climb
from tests.web.conftest import Site

NEWS = "C’est chez l’éditeur : réponse attendue jeudi."


def a_day() -> date:
    day = (now() + timedelta(days=7)).date()
    return day + timedelta(days=(1 - day.weekday()) % 7)


def climbed(site: Site) -> tuple[Ticket, str]:
    with db.transaction():
        ticket = a_ticket(site.cast)
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
        return ticket, f"/agent/tickets/{shown(ticket.reference)}"


def test_news_reach_the_level_below_and_from_there_the_person(site: Site) -> None:
    ticket, path = climbed(site)
    dp = site.as_("dp")
    assert "Garder et donner ces nouvelles" in dp.get(path).text
    sent = dp.send(
        f"{path}/retours", {"kind": "keep", "text": NEWS, "news_on": a_day().isoformat()}
    )
    assert sent.status_code == 302
    below = site.as_("teleadviser")
    page = below.get(path).text
    assert NEWS in page
    assert "prochaines nouvelles avant la fin du" in page
    link = re.search(rf'href="({path}\?reprendre=\d+)#repondre"', page)
    assert link
    box = re.search(r'<textarea id="reponse"[^>]*>\s*([^<]*)</textarea>', below.get(link[1]).text)
    assert box
    assert box[1] == NEWS
    with db.transaction(write=False):
        public = f"/suivi/{following.follow_token(ticket)}"
    assert NEWS not in site.anyone().get(public).text


def test_what_is_wrong_is_said_and_what_was_typed_stays(site: Site) -> None:
    _ticket, path = climbed(site)
    refused = site.as_("dp").send(f"{path}/retours", {"kind": "keep", "text": NEWS, "news_on": ""})
    assert refused.status_code == 422
    assert "Choisissez le jour" in refused.text
    assert NEWS in refused.text
    assert re.search(r"<details[^>]* open", refused.text)


def test_nobody_takes_up_what_they_may_not_read(site: Site) -> None:
    ticket, path = climbed(site)
    with db.transaction(write=False):
        last = again(ticket).last_entry_id
    for wrong in ("abc", "999999999", str((last or 0) - 1)):
        assert site.as_("teleadviser").get(f"{path}?reprendre={wrong}").status_code == 200


def test_an_article_that_answers_is_pointed_at_and_inserted(site: Site) -> None:
    with db.transaction():
        article = an_article(site.cast)
    _ticket, path = climbed(site)
    dp = site.as_("dp")
    sent = dp.send(f"{path}/retours", {"kind": "article", "text": "", "article": article.slug})
    assert sent.status_code == 302
    below = site.as_("teleadviser")
    page = below.get(path).text
    assert "un article y répond" in page
    assert f"fiche={article.slug}#repondre" in page
    none = dp.send(f"{path}/retours", {"kind": "article", "article": "inconnu"})
    assert none.status_code in (403, 409, 422)
