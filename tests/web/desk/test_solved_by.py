"""« C’était la réponse » : from the articles beside a ticket to what is worth more tomorrow."""

from __future__ import annotations

from knowledge.articles import publishing, writing
from knowledge.articles.models import Audience
from knowledge.articles.writing import About, Words
from support.kernel import db
from support.tickets.references import shown
from tests.cast import again
from tests.factories import a_ticket
from tests.web.conftest import Site


def test_one_click_says_it_on_the_ticket(site: Site) -> None:
    with db.transaction():
        editor = again(site.cast.editor)
        about = About(audience=Audience.STAFF, reasons=["other"])
        article = writing.draft("timbre", Words("Le timbre", "", "Son prix."), about, by=editor)
        publishing.publish(article, by=editor)
    with db.transaction():
        ticket = a_ticket(site.cast, again(site.cast.awa), reason="other")
        reference = shown(ticket.reference)
    agent, here = site.as_("teleadviser"), f"/agent/tickets/{reference}"
    page = agent.get(here).text
    assert f'action="{here}/fiches-utiles"' in page
    assert "C’était la réponse" in page
    for _ in range(2):
        assert agent.send(f"{here}/fiches-utiles", {"fiche": "timbre"}).status_code == 302
    page = agent.get(here).text
    assert page.count("réglé par la fiche « Le timbre »") == 1
    assert agent.send(f"{here}/fiches-utiles", {"fiche": "inconnue"}).status_code == 404
