"""Questions counted without keeping who asked, votes, and words that editors add."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from knowledge.articles import voting
from knowledge.articles.models import Audience
from knowledge.articles.voting import WhyNot
from knowledge.search import asked, entries, finding
from knowledge.search.asked import Happened, SearchAsked
from knowledge.search.entries import EntryKind
from knowledge.search.index import NodeIndex
from support.kernel import db
from support.kernel.errors import Forbidden, Invalid
from support.kernel.time import now, today
from tests.cast import Cast
from tests.knowledge.conftest import Write

PUBLIC = Audience.PUBLIC


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Photo   Refusée ", "photo refusee"),
        ("mon numéro 9912345678 svp", "mon numero … svp"),
        ("écrire à awa@example.org", "ecrire a …"),
        ("06 12 34 56 78", "…"),
        ("carte 10 ans", "carte 10 ans"),
        ("x" * 200, "x" * 80),
    ],
)
def test_what_is_kept_of_a_question(typed: str, kept: str) -> None:
    assert asked.kept(typed) == kept


def test_questions_that_led_nowhere_come_first(cast: Cast) -> None:
    for _ in range(3):
        asked.note("Regroupement familial", PUBLIC, Happened.EMPTY)
    for _ in range(5):
        asked.note("photo", PUBLIC, Happened.FOUND)
        asked.note("photo", PUBLIC, Happened.OPENED)
    for _ in range(2):
        asked.note("timbre", PUBLIC, Happened.FOUND)
    asked.note("0612345678", PUBLIC, Happened.EMPTY)
    asked.note("inventé", PUBLIC, Happened.OPENED)
    assert db.session().query(SearchAsked).filter_by(words="invente").count() == 0
    found = asked.unanswered(today())
    assert [(one.words, one.asked, one.empty, one.unopened) for one in found] == [
        ("regroupement familial", 3, 3, 0),
        ("timbre", 2, 0, 2),
    ]
    assert asked.asked_between("timbre", today(), today()) == 2


def test_old_counts_are_forgotten(cast: Cast) -> None:
    asked.note("photo", PUBLIC, Happened.EMPTY)
    assert asked.forget_old(10) == 0
    with time_machine.travel(now() + asked.KEPT + timedelta(days=2)):
        assert asked.forget_old(10) == 1


def test_a_visit_has_one_word(cast: Cast, write: Write) -> None:
    article = write("a")
    voting.vote(article.id, 1, "v1", helpful=True)
    voting.vote(article.id, 1, "v1", helpful=False, why=WhyNot.WRONG, said=" Le prix ")
    voting.vote(article.id, 1, "v2", helpful=False, why=WhyNot.WRONG)
    voting.vote(article.id, 1, "v3", helpful=True, why=WhyNot.WRONG, said="non")
    votes = voting.votes_of(article.id)
    assert (votes.helpful, votes.not_helpful) == (1, 2)
    assert list(votes.why) == [(WhyNot.WRONG, 2)]
    assert list(votes.said) == ["Le prix"]
    assert voting.found_unhelpful(now() - timedelta(days=1)) == [(article.id, "a", 2)]


def test_words_that_editors_add_are_searched_with(
    cast: Cast, write: Write, node: NodeIndex
) -> None:
    write("a", title="Le timbre fiscal")
    node.follow()

    def found(words: str) -> list[str]:
        return [hit.slug for hit in finding.find(words, audience=PUBLIC, unfinished=False)]

    assert found("gabelle") == []
    with pytest.raises(Forbidden):
        entries.add(EntryKind.SYNONYMS, ["gabelle", "timbre"], by=cast.teleadviser)
    entries.add(EntryKind.SYNONYMS, ["gabelle", "timbre fiscal"], by=cast.editor)
    entries.add(EntryKind.SHORTHAND, ["tbf", "timbre fiscal"], by=cast.editor)
    assert found("gabelle") == ["a"]
    assert found("tbf") == ["a"]
    for entry in entries.listing(by=cast.editor):
        entries.remove(entry.id, by=cast.editor)
    assert found("gabelle") == []


@pytest.mark.parametrize(
    ("kind", "phrases", "code"),
    [
        (EntryKind.SYNONYMS, ["seul", " "], "vocabulary.two"),
        (EntryKind.SYNONYMS, ["a", "!!"], "vocabulary.no_word"),
        (EntryKind.SYNONYMS, ["a", "b" * 81], "vocabulary.too_long"),
        (EntryKind.SHORTHAND, ["deux mots", "x"], "vocabulary.one_word"),
    ],
)
def test_words_that_cannot_be_added(cast: Cast, kind: EntryKind, phrases, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        entries.add(kind, phrases, by=cast.editor)
    assert refusal.value.code == code
