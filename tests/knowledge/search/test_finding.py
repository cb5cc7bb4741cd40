from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.articles.models import Audience
from knowledge.search import index
from knowledge.search.finding import find
from knowledge.search.index import NodeIndex
from knowledge.search.suggesting import suggest
from support.kernel import db
from tests.knowledge.conftest import Write

NASTY = [
    "",
    " ",
    "\x00",
    "'",
    '"',
    "*",
    "title:x AND (",
    "[a TO b]",
    "~" * 500,
    "a" * 100_000,
    "-- ' OR 1=1",
    "%s %d {}",
    "\ud800",
    "مرحبا",
    "👩‍👩‍👧",
    "e\u0301" * 50,
    "^abc",
    "\n",
    "0",
]


def slugs(query: str, audience: Audience = Audience.PUBLIC, **more: str) -> list[str]:
    return [hit.slug for hit in find(query, audience=audience, **more)]  # type: ignore[arg-type]


def test_a_hit_says_what_a_page_needs(node: NodeIndex, write: Write) -> None:
    article = write(
        "timbre",
        "Le timbre fiscal",
        "Achetez le timbre en ligne.",
        summary="Où l'acheter.",
        checked_on=date(2026, 11, 3),
    )
    (hit,) = find("timbre", audience=Audience.PUBLIC)
    assert (hit.article_id, hit.slug, hit.title) == (article.id, "timbre", "Le timbre fiscal")
    assert (hit.summary, hit.revision, hit.source_id) == ("Où l'acheter.", 1, None)
    assert (hit.checked_on, hit.audience) == ("2026-11-03", Audience.PUBLIC)
    assert hit.extract == [("Achetez le ", False), ("timbre", True), (" en ligne.", False)]
    assert hit.score == hit.why.total > 0


@pytest.mark.parametrize(
    "query", ["consigne", "consign", "consinge", "cons", "CONSIGNE secrète", "", "kit", "ciic"]
)
def test_the_public_never_gets_a_staff_article(node: NodeIndex, write: Write, query: str) -> None:
    write(
        "consigne",
        "Consigne interne importante confidentielle",
        "Secrète, carte perdue.",
        audience=Audience.STAFF,
        reasons=["other"],
        procedures=["student"],
        keywords=["kit"],
    )
    write("public", "Carte perdue", "Une autre chose.", reasons=["other"])
    assert "consigne" in slugs("consigne", Audience.STAFF)
    context = {"reason": "other", "procedure": "student"}
    for found in (
        find(query, audience=Audience.PUBLIC),
        find(query, audience=Audience.PUBLIC, **context),  # type: ignore[arg-type]
        suggest(query, "student", "other", Audience.PUBLIC),
        suggest("consigne secrète : carte perdue", "student", "other", Audience.PUBLIC),
    ):
        assert "consigne" not in {hit.slug for hit in found}
        assert not any("ecrète" in text for hit in found for text, _match in hit.extract)


def test_nothing_typed_shows_what_is_on_the_reason(node: NodeIndex, write: Write) -> None:
    write("general", checked_on=date(2026, 1, 1))
    write("procedure", procedures=["student"], checked_on=date(2026, 1, 1))
    write("reason", reasons=["other"], checked_on=date(2026, 1, 1))
    write("both", procedures=["student"], reasons=["other"], checked_on=date(2025, 1, 1))
    assert slugs("", procedure="student", reason="other") == ["both", "reason", "procedure"]
    assert slugs("", reason="other")[0] in ("both", "reason")
    assert len(slugs("  ")) == 4


def test_the_context_favours_and_does_not_decide(node: NodeIndex, write: Write) -> None:
    write("un", "Renouveler sa carte", reasons=["other"])
    write("deux", "Renouveler sa carte", reasons=["asylum.redirect"])
    write("trois", "Demander l'asile", reasons=["asylum.redirect"])
    assert slugs("renouveler carte", reason="asylum.redirect") == ["deux", "un"]
    assert slugs("renouveler carte", reason="other") == ["un", "deux"]


def test_as_many_as_asked(node: NodeIndex, write: Write) -> None:
    for number in range(12):
        write(f"carte-{number}", "La carte")
    assert len(find("carte", audience=Audience.PUBLIC)) == 10
    assert len(find("carte", audience=Audience.PUBLIC, limit=3)) == 3
    assert find("carte", audience=Audience.PUBLIC, limit=0) == []
    assert find("carte", audience=Audience.PUBLIC, limit=-1) == []


def test_no_text_makes_it_fail(
    node: NodeIndex, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    write("carte", "La carte de séjour")
    for text in NASTY:
        find(text, audience=Audience.PUBLIC)
        suggest(text, None, None, Audience.STAFF)
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_no_text_whatever(node: NodeIndex, caplog: pytest.LogCaptureFixture, text: str) -> None:
    assert isinstance(find(text, audience=Audience.PUBLIC), list)


def test_without_a_database_the_index_still_answers(
    node: NodeIndex, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("carte", "La carte")
    assert slugs("carte") == ["carte"]

    def down() -> None:
        raise ConnectionError("the database is away")

    monkeypatch.setattr(db, "bind", down)
    assert slugs("carte") == ["carte"]


def test_a_search_that_fails_does_not_build_an_index_each_time(
    node: NodeIndex, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("carte", "La carte")
    assert slugs("carte") == ["carte"]
    built: list[float] = []
    real = NodeIndex.reindex

    def reindex(self: NodeIndex, wait: float = 0.0) -> int:
        built.append(wait)
        return real(self, wait)

    def fails(*_given: object, **_named: object) -> None:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr(NodeIndex, "reindex", reindex)
    monkeypatch.setattr("knowledge.search.finding.understand", fails)
    assert [slugs("carte") for _ in range(5)] == [[]] * 5
    assert len(built) == 1


def test_not_configured_is_a_mistake_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_node", None)
    with pytest.raises(RuntimeError, match="not configured"):
        find("carte", audience=Audience.PUBLIC)


class TestSuggesting:
    def test_by_words_by_reason_by_procedure(self, node: NodeIndex, write: Write) -> None:
        write("asile", "Demander l'asile", "À qui s'adresser.", reasons=["asylum.redirect"])
        write("etudes", "Pour les étudiants", "Le calendrier.", procedures=["student"])
        write("photo", "Photo refusée", "Le code est déjà utilisé.")
        found = suggest("Bonjour, ma photo est refusée.", None, None, Audience.PUBLIC)
        assert [hit.slug for hit in found] == ["photo"]
        found = suggest("Bonjour", "student", "asylum.redirect", Audience.PUBLIC)
        assert [hit.slug for hit in found] == ["asile", "etudes"]

    def test_words_and_reason_together_come_first(self, node: NodeIndex, write: Write) -> None:
        write("une", "Photo refusée", reasons=["other"])
        write("deux", "Photo refusée")
        write("trois", "Autre", reasons=["other"])
        found = suggest("photo refusée", None, "other", Audience.PUBLIC)
        assert found[0].slug == "une"
        assert {hit.slug for hit in found} == {"une", "deux", "trois"}

    def test_the_reason_weighs_more_than_a_title_with_the_words(
        self, node: NodeIndex, write: Write
    ) -> None:
        write("connexion", "Se connecter", "Le mot de passe oublié.", reasons=["asylum.redirect"])
        write("visa", "Mot de passe oublié et visa", "Le mot de passe oublié du visa.")
        found = suggest("Mot de passe oublié", None, "asylum.redirect", Audience.PUBLIC)
        assert [hit.slug for hit in found] == ["connexion", "visa"]

    def test_a_long_mail_finds_what_it_is_about(self, node: NodeIndex, write: Write) -> None:
        write("timbre", "Le timbre fiscal", "Acheter et se faire rembourser un timbre.")
        for number in range(6):
            write(f"autre-{number}", "La préfecture et votre dossier", "Votre demande en ligne.")
        mail = (
            "Bonjour Madame, Monsieur, je me permets de vous écrire au sujet de ma demande. "
            "J'ai acheté deux fois le même timbre et je voudrais être remboursé. "
            "Je vous remercie par avance de votre réponse. Cordialement, " * 3
        )
        assert suggest(mail, None, None, Audience.PUBLIC)[0].slug == "timbre"

    def test_as_many_as_asked(self, node: NodeIndex, write: Write) -> None:
        for number in range(9):
            write(f"photo-{number}", "Photo refusée")
        assert len(suggest("photo", None, None, Audience.PUBLIC)) == 5
        assert len(suggest("photo", None, None, Audience.PUBLIC, limit=2)) == 2
