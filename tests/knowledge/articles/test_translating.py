"""Translations: begun from the French, found in their language, behind when the French goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from knowledge.articles import checking, publishing, queries, reviewing, translating, writing
from knowledge.articles.models import Audience
from knowledge.articles.writing import Words
from knowledge.search import finding
from knowledge.search.index import NodeIndex
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.kernel.time import now, today
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


def test_a_translation_is_read_by_whom_the_french_is(cast: Cast, write: Write) -> None:
    """Neither more people, nor longer."""
    article = write("carte", title="Carte perdue", checked_on=today(), check_every_days=30,
                    critical=True)  # fmt: skip
    made = translated(cast, article)

    def read() -> bool:
        return any(one.article_id == made.id for one in translating.siblings(article.id, PUBLIC))

    assert read()
    about = writing.About(audience=Audience.STAFF, reasons=["other"], checked_on=today(),
                          check_every_days=30, critical=True)  # fmt: skip
    writing.describe(article, about, by=cast.editor)
    assert not read()
    assert [r.code for r in made.reasons] == ["other"]
    with pytest.raises(Invalid, match=r"translation\.audience"):
        writing.describe(
            made, writing.About(Audience.PUBLIC, language="en"), by=cast.editor, said="x"
        )
    writing.describe(article, replace(about, audience=PUBLIC), by=cast.editor, said="Loi")
    assert read()
    with time_machine.travel(now() + timedelta(days=90)):
        assert checking.withdraw_late(30) == 1
        assert not read()
        checking.mark_checked(article, by=cast.editor)
        assert read()
    publishing.archive(article, by=cast.editor)
    assert not read()


def test_what_the_french_lost_is_not_found_in_another_language(
    cast: Cast, write: Write, node: NodeIndex
) -> None:
    article = write("carte", title="Carte perdue")
    translated(cast, article)
    node.follow()
    publishing.archive(article, by=cast.editor)
    node.follow()
    assert finding.find("lost card", audience=PUBLIC) == []


def test_a_translation_waits_for_the_french(cast: Cast, write: Write) -> None:
    article = write("carte", title="Carte perdue")
    made = translating.begin(article, "es", by=cast.editor)
    other = writing.draft("autre", Words("Autre", "", "x"), writing.About(PUBLIC), by=cast.editor)
    for one in (made, other):
        reviewing.submit(one, by=cast.editor, publish_at=now() + timedelta(hours=1))
        reviewing.approve(one, one.latest_number, by=cast.sdst)
    publishing.archive(article, by=cast.editor)
    with pytest.raises(Conflict, match=r"translation\.french_unread"):
        publishing.publish(made, by=cast.editor)
    with time_machine.travel(now() + timedelta(hours=2)):
        assert publishing.publish_due() == 1
        assert publishing.publish_due() == 0
    assert (other.published_number, made.published_number) == (1, None)


@pytest.mark.parametrize(
    "question",
    [
        "¿Cómo declaro la pérdida de mi tarjeta?",
        "perdida tarjeta",  # without accents
        "tarjetas perdidas",  # plural
        "PERDIDA DE LA TARJETTA",  # capitals and a typing error
        "tarjeta perd",  # being typed
        "me robaron la tarjeta",
    ],
)
def test_a_question_in_spanish_finds_the_spanish_text(
    cast: Cast, write: Write, node: NodeIndex, question: str
) -> None:
    others = {"photo": "Photo refusée", "adresse": "Changer d'adresse", "mot": "Mot de passe"}
    for slug, title in others.items():
        write(slug, title=title)
    made = translating.begin(write("carte", title="Carte perdue"), "es", by=cast.editor)
    body = "Declare en línea la pérdida o el robo: la tarjeta robada ya no sirve."
    writing.revise(made, Words("Tarjeta perdida", "", body), based_on=1, by=cast.editor)
    publishing.publish(made, by=cast.editor)
    (first, *_others) = finding.find(question, audience=PUBLIC)
    assert (first.slug, first.language) == ("carte-es", "es")
