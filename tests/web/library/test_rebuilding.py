"""While an index is built anew: said on every page that searches, and counted by none."""

from __future__ import annotations

import pytest

from knowledge.search import asked, index
from knowledge.search.index import NodeIndex
from support.kernel import db
from support.kernel.time import today
from support.people.tokens import TokenKind
from tests.web.conftest import Site, a_token, shown

SAID = "La recherche se remet en route"


@pytest.fixture
def lost(site: Site, shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NodeIndex, "rebuilding", property(lambda _node: True))
    assert index.rebuilding()


def test_it_is_said_instead_of_nothing_found(site: Site, lost: None) -> None:
    page = site.anyone().get("/aide?q=photo").text
    assert SAID in page
    assert "Rien trouvé" not in page
    agent = site.as_("teleadviser")
    for path in ("?q=photo", "/resultats?q=photo", "/resultats?q=photo&appel=1"):
        assert SAID in agent.get(f"/agent/connaissances{path}").text
    with db.transaction():
        assert asked.unanswered(today(), least=1) == []


def test_programmes_are_asked_to_come_back(site: Site, lost: None) -> None:
    bearer = shown(a_token(site, "teleadviser", TokenKind.ACCOUNT))
    answer = site.anyone().get("/api/v1/knowledge/search?q=photo", headers=bearer)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert SAID in answer.json["detail"]
