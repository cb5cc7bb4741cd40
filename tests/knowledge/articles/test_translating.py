"""Translations: begun from the French, found in their language, behind when the French goes on."""

from __future__ import annotations

import pytest

from knowledge.articles import publishing, queries, translating, writing
from knowledge.articles.models import Audience
from knowledge.articles.writing import Words
from knowledge.search import finding
from knowledge.search.index import NodeIndex
from support.kernel.errors import Conflict, Forbidden, Invalid
from tests.cast import Cast
from tests.knowledge.conftest import Write

PUBLIC = Audience.PUBLIC


def translated(cast: Cast, article, language: str = "en", title: str = "Lost card"):
    made = translating.begin(article, language, by=cast.editor)
    words = Words(title, "", "The card that was lost is declared online.")
    writing.revise(made, words, based_on=1, by=cast.editor)
    publishing.publish(made, by=cast.editor)
    return made


def test_begun_with_the_french_words_and_what_is_said_of_it(cast: Cast, write: Write) -> None:
    article = write("carte", title="Carte perdue", reasons=["other"])
    made = translating.begin(article, "ar", by=cast.editor)
    assert (made.slug, made.language, made.translated_number) == ("carte-ar", "ar", 1)
    assert [r.code for r in made.reasons] == ["other"]
    assert translating.of_article(article)[0].title == "Carte perdue"
    with pytest.raises((Conflict, Invalid)):
        translating.begin(article, "ar", by=cast.editor)
    with pytest.raises(Invalid, match=r"translation\.of_translation"):
        translating.begin(made, "en", by=cast.editor)
    with pytest.raises(Invalid, match=r"translation\.language"):
        translating.begin(article, "fr", by=cast.editor)
    with pytest.raises(Forbidden):
        translating.begin(article, "es", by=cast.teleadviser)
    simple = translating.begin(article, "fr", by=cast.editor, plain=True)
    assert (simple.slug, simple.plain) == ("carte-simple", True)


def test_behind_by_as_many_revisions_until_it_follows(cast: Cast, write: Write) -> None:
    article = write("carte", title="Carte perdue")
    made = translated(cast, article)
    assert translating.behind(by=cast.editor) == []
    for number in (1, 2):
        words = Words("Carte perdue", "", f"Nouveau {number}.")
        writing.revise(article, words, based_on=number, by=cast.editor)
        publishing.publish(article, by=cast.editor)
    (late,) = translating.behind(by=cast.editor)
    assert (late.behind, late.follows, late.original_title) == (2, 1, "Carte perdue")
    translating.follow(made, by=cast.editor)
    assert translating.behind(by=cast.editor) == []
    with pytest.raises(Invalid, match=r"translation\.none"):
        translating.follow(article, by=cast.editor)


def test_lists_name_an_article_once(cast: Cast, write: Write) -> None:
    article = write("carte", title="Carte perdue")
    translated(cast, article)
    assert [one.slug for one in queries.published(PUBLIC)] == ["carte"]
    assert translating.variants([article.id], "en", PUBLIC)[article.id].title == "Lost card"
    assert translating.variants([article.id], "es", PUBLIC) == {}
    family = translating.siblings(article.id, PUBLIC)
    assert [one.language for one in family] == ["fr", "en"]


def test_each_language_is_searched_and_an_article_found_once(
    cast: Cast, write: Write, node: NodeIndex
) -> None:
    article = write("carte", title="Carte perdue", body="La carte.")
    translated(cast, article)
    translated(cast, article, "ar", "بطاقة مفقودة")
    node.follow()
    for question in ("carte perdue", "lost card", "بطاقة مفقودة", "carte lost"):
        hits = finding.find(question, audience=PUBLIC, unfinished=False)
        assert [hit.family for hit in hits] == [article.id], question
