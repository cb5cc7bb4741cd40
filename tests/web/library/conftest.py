"""A small shelf: two articles for everybody, one for agents, one that nobody reads yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from knowledge.articles import publishing, writing
from knowledge.articles.models import Article, Audience
from knowledge.articles.writing import About, Words
from knowledge.search import index
from support.kernel import db
from tests.cast import again
from tests.web.conftest import Site

PHOTO = "photo-refusee"
ADDRESS = "changer-d-adresse"
SECRET = "conduite-a-tenir"
DRAFT = "encore-un-brouillon"
# Written nowhere else: wherever it shows, the article shows.
SECRET_WORD = "Zorglubine"

Write = Callable[..., Article]


@pytest.fixture
def write(site: Site) -> Write:
    """Writes an article as the editor, published unless told otherwise, and indexed."""

    def one(slug: str, title: str, body: str, *, published: bool = True, **about) -> Article:
        about.setdefault("audience", Audience.PUBLIC)
        with db.transaction():
            editor = again(site.cast.editor)
            words = Words(title, about.pop("summary", ""), body)
            article = writing.draft(slug, words, About(**about), by=editor)
            if published:
                publishing.publish(article, by=editor)
        index.follow()
        return article

    return one


@pytest.fixture
def shelf(site: Site, write: Write) -> dict[str, Article]:
    return {
        PHOTO: write(
            PHOTO, "Photo refusée",
            "Le **code** ne sert qu'une fois.\n\n## Étapes\n\n1. Recommencer\n",
            summary="Que faire quand la photo est refusée.", procedures=["student"],
            reasons=["account.blocked"], checked_on=date(2026, 6, 18), source_note="Le centre",
        ),
        ADDRESS: write(
            ADDRESS, "Changer d'adresse",
            "Voir [la photo](/aide/photo-refusee) et <script>alert(1)</script>\n",
        ),
        SECRET: write(
            SECRET, f"{SECRET_WORD} : conduite à tenir", "Photo : ne dites rien.\n",
            audience=Audience.STAFF, procedures=["student"],
        ),
        DRAFT: write(DRAFT, "Brouillon de photo", "Pas encore.\n", published=False),
    }  # fmt: skip
