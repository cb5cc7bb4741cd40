"""An index of this test's own, and articles in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.articles import publishing, writing
from knowledge.articles.models import Article, Audience
from knowledge.articles.writing import About, Words
from knowledge.search import index
from knowledge.search.index import NodeIndex
from tests.cast import Cast

Write = Callable[..., Article]


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NodeIndex]:
    """The index of this node, which looks at the database before each search."""
    monkeypatch.setattr(index, "LOOK_EVERY", 0.0)
    index.configure(tmp_path / "index")
    yield index.node()
    index.node().close()


@pytest.fixture
def write(cast: Cast) -> Write:
    """``write("slug", title=…, body=…, audience=…)``: a published article."""

    def publish(slug: str, title: str = "", body: str = "", **about: Any) -> Article:
        about.setdefault("audience", Audience.PUBLIC)
        words = Words(title or slug, about.pop("summary", ""), body or "Un texte.")
        article = writing.draft(slug, words, About(**about), by=cast.editor)
        return publishing.publish(article, by=cast.editor)

    return publish
