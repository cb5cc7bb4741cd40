"""The wiki for programmes: found, read, and never more than the account may."""

from __future__ import annotations

import pytest

from knowledge.articles import publishing, writing
from knowledge.articles.models import Audience
from knowledge.articles.writing import About, Words
from knowledge.search import index
from support.kernel import db
from tests.cast import again
from tests.web.conftest import Site, a_token, shown

SEARCH = "/api/v1/knowledge/search"


@pytest.fixture(autouse=True)
def articles(site: Site) -> None:
    with db.transaction():
        editor = again(site.cast.editor)
        for slug, audience in (
            ("recepisse", Audience.PUBLIC),
            ("recepisse-agents", Audience.STAFF),
        ):
            words = Words(f"Le récépissé {slug}", "Ce que c’est.", "## Durée\n\nTrois mois.")
            about = About(audience=audience, reasons=["other"])
            publishing.publish(writing.draft(slug, words, about, by=editor), by=editor)
    index.follow()


def test_it_finds_what_the_account_may_read(site: Site) -> None:
    secret = a_token(site, "teleadviser")
    answer = site.anyone().get(f"{SEARCH}?q=recepise&limit=5", headers=shown(secret))
    assert answer.status_code == 200
    hits = answer.json["hits"]
    assert {one["slug"] for one in hits} == {"recepisse", "recepisse-agents"}
    assert [one["rank"] for one in hits] == [1, 2]
    assert {"title", "summary", "extract", "score", "revision", "audience"} <= set(hits[0])
    by_reason = site.anyone().get(f"{SEARCH}?reason=other", headers=shown(secret))
    assert len(by_reason.json["hits"]) == 2


def test_an_article_is_read_whole(site: Site) -> None:
    secret, client = a_token(site, "teleadviser"), site.anyone()
    answer = client.get("/api/v1/knowledge/articles/recepisse", headers=shown(secret))
    assert answer.status_code == 200
    assert answer.json["body_markdown"].startswith("## Durée")
    assert "<h2" in answer.json["body_html"]
    assert answer.json["url"].endswith("/aide/recepisse")
    missing = client.get("/api/v1/knowledge/articles/rien", headers=shown(secret))
    assert missing.status_code == 404


@pytest.mark.parametrize("asked", ["", "?q=%20", "?q=titre&limit=0", "?q=titre&limit=x"])
def test_what_is_wrong_is_said(site: Site, asked: str) -> None:
    secret = a_token(site, "teleadviser")
    answer = site.anyone().get(SEARCH + asked, headers=shown(secret))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
