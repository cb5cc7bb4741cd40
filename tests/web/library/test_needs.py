"""One list of what to write next, by what it costs; and what writing it has changed."""

from __future__ import annotations

import re
from datetime import timedelta

from knowledge.articles import voting
from knowledge.articles.models import Article, Audience
from knowledge.gaps import typed_again, written
from knowledge.gaps.written import GapWritten, Want
from knowledge.search import asked
from knowledge.search.asked import Happened
from support.kernel import db
from support.kernel.time import as_of, now
from support.tickets.replying import agent_replies
from tests.cast import again
from tests.factories import a_reply, a_ticket
from tests.knowledge.gaps.test_typed_again import LONG
from tests.web.conftest import Site
from web.library import needs

PATH = "/agent/connaissances/manques"
NEW = "/agent/connaissances/redaction/nouvelle"


def wanted(site: Site, shelf: dict[str, Article], photo: str) -> None:
    """A search 4 times (4), a text 3 times (6), an article that helped 2 readers not (2)."""
    with db.transaction():
        for _ in range(4):
            asked.note("tarif du sésame", Audience.PUBLIC, Happened.EMPTY)
        for visit in ("one", "two"):
            voting.vote(shelf[photo].id, 1, visit, helpful=False)
        for _ in range(3):
            ticket = a_ticket(site.cast, again(site.cast.awa), reason="account.blocked")
            agent_replies(ticket, a_reply(LONG.format(price=225)), by=again(site.cast.teleadviser))
        typed_again.collect(100)


def test_the_heaviest_comes_first(site: Site, shelf) -> None:
    photo = next(iter(shelf))
    wanted(site, shelf, photo)
    with db.transaction():
        found = [(need.kind.value, need.weight) for need in needs.needs()]
    assert found.index(("typed", 6)) < found.index(("searched", 4)) < found.index(("unhelpful", 2))
    page = site.as_("editor").get(PATH).text
    assert "retapé par les agents" in page
    assert "attendez le SMS" in page
    # An editor opens no ticket: they are named, not linked.
    assert re.search(r'<bdi class="ref">\d{4}-\d{4}-\d{4}</bdi>', page)


def test_an_article_begins_with_what_was_typed(site: Site, shelf) -> None:
    wanted(site, shelf, next(iter(shelf)))
    editor = site.as_("editor")
    key = re.search(r"manque=typed:([0-9a-f]{32})", editor.get(PATH).text)
    assert key
    page = editor.get(f"{NEW}?manque=typed:{key[1]}").text
    assert "attendez le SMS" in page
    assert f'name="manque" value="typed:{key[1]}"' in page
    reason = editor.get(f"{NEW}?manque=reason:account.blocked").text
    assert 'value="Motif account.blocked"' in reason
    assert 'value="account.blocked" checked' in reason
    for nonsense in ("typed:", "typed:nothing", "other:x", "x", "reason:none"):
        assert editor.get(NEW, query_string={"manque": nonsense}).status_code == 200


def test_the_effect_is_measured_once_it_is_read(site: Site, shelf) -> None:
    with db.transaction():
        for _ in range(6):
            asked.note("tarif du sésame", Audience.PUBLIC, Happened.EMPTY)
    editor = site.as_("editor")
    sent = {"title": "Le sésame", "body": "225 euros.", "audience": "public"}
    editor.send(NEW, {**sent, "manque": "searched:tarif du sesame"})
    needs.measure()
    assert "pas encore publiée" in editor.get(PATH).text
    with db.transaction():
        one = db.session().query(GapWritten).one()
        assert (one.kind, one.before, one.read_from) == (Want.SEARCHED, 6, None)
        number = one.article_id
    editor.send(
        f"/agent/connaissances/redaction/{number}/publications", {"number": 1, "said": "Urgent"}
    )
    needs.measure()
    assert "compté dès demain" in editor.get(PATH).text
    with as_of(now() + timedelta(days=3)):
        with db.transaction():
            asked.note("tarif du sésame", Audience.PUBLIC, Happened.EMPTY)
        needs.measure()
        assert "1 en 3 jours" in editor.get(PATH).text
    with as_of(now() + timedelta(days=45)):
        needs.measure()
        page = editor.get(PATH).text
        assert "1 en 30 jours" in page
        with db.transaction():
            assert written.measure(needs.COUNTERS) == 0


def test_each_want_can_be_counted(site: Site, shelf) -> None:
    wanted(site, shelf, next(iter(shelf)))
    with db.transaction():
        today = now().date()
        key = typed_again.typed_again(today - timedelta(days=1))[0].key
        assert needs.COUNTERS[Want.TYPED](key, today, today + timedelta(days=1)) == 3
        assert needs.COUNTERS[Want.REASON]("account.blocked", today, today + timedelta(days=1)) == 3
        assert set(needs.COUNTERS) == set(Want)
