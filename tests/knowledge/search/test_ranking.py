from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pytest

from knowledge.articles.models import Audience
from knowledge.search.document import Document, Part
from knowledge.search.expansion import Query, Slot, Way
from knowledge.search.ranking import Context, rank
from tests.knowledge.small_base import document


@dataclass
class Counted:
    """Statistics of a fixed base, so that the arithmetic can be followed."""

    frequencies: Mapping[str, int]
    documents: int = 100

    def count(self) -> int:
        return self.documents

    def average_length(self, part: Part) -> float:
        return 40.0 if part is Part.BODY else 5.0

    def frequency(self, part: Part, term: str) -> int:
        return self.frequencies.get(term, 0)


COMMON = Counted({"cart": 50, "sejour": 50, "perdre": 5, "visa": 10, "timbr": 8})
FILLER = "texte " * 30


def query(*slots: str | tuple[Way, ...]) -> Query:
    return Query(
        tuple(
            Slot(s, (Way((s,)),)) if isinstance(s, str) else Slot(" ".join(s[0].terms), s)
            for s in slots
        )
    )


def order(asked: Query, *documents: Document, context: Context | None = None) -> list[str]:
    return [one.document.slug for one in rank(asked, documents, COMMON, context)]


DAY = "2026-11-25"
TABLE_OF_CONTEXTS = {
    "what has solved this reason comes first": (
        [document(1, "Visa", FILLER), document(2, "Visa", FILLER, solved={"lost": 1})],
        Context(reason="lost"),
        ["a2", "a1"],
    ),
    "what has solved another reason is worth no more": (
        [document(1, "Visa", FILLER), document(2, "Visa", FILLER, solved={"lost": 4})],
        Context(reason="other"),
        ["a1", "a2"],
    ),
    "proof is worth less than the right words": (
        [
            document(1, "Visa", f"visa {FILLER}"),
            document(2, "A", f"visa {FILLER}", solved={"lost": 4}),
        ],
        Context(reason="lost"),
        ["a1", "a2"],
    ),
    "what should have been checked comes later": (
        [
            document(1, "Visa", FILLER, check_due_on=date(2026, 11, 24)),
            document(2, "Visa", FILLER, check_due_on=date(2026, 11, 25)),
        ],
        Context(day=DAY),
        ["a2", "a1"],
    ),
    "what is written for the asker's level comes first": (
        [
            document(1, "Visa", FILLER, audience=Audience.STAFF),
            document(2, "Visa", FILLER, audience=Audience.PROGRAMME),
        ],
        Context(level=Audience.PROGRAMME),
        ["a2", "a1"],
    ),
}


@pytest.mark.parametrize("name", TABLE_OF_CONTEXTS)
def test_beside_the_words(name: str) -> None:
    documents, context, wanted = TABLE_OF_CONTEXTS[name]
    assert order(query("visa"), *documents, context=context) == wanted


TABLE = {
    "a title is worth more than the body": (
        query("visa"),
        [document(1, "Autre", f"Le visa. {FILLER}"), document(2, "Le visa", FILLER)],
        ["a2", "a1"],
    ),
    "a keyword is worth more than the body": (
        query("visa"),
        [document(1, "Un", f"visa {FILLER}"), document(2, "Deux", FILLER, keywords=("visa",))],
        ["a2", "a1"],
    ),
    "a rare word is worth more than a common one": (
        query("cart", "visa"),
        [document(1, "La carte", FILLER), document(2, "Le visa", FILLER)],
        ["a2", "a1"],
    ),
    "both words are worth more than one many times": (
        query("timbr", "visa"),
        [
            document(1, "Un", f"visa visa visa visa visa visa {FILLER}"),
            document(2, "Deux", f"Le timbre pour le visa. {FILLER}"),
        ],
        ["a2", "a1"],
    ),
    "words together are worth more than words apart": (
        query("timbr", "visa"),
        [
            document(1, "Un", f"Le visa. {FILLER} Le timbre."),
            document(2, "Deux", f"Le timbre du visa. {FILLER}"),
        ],
        ["a2", "a1"],
    ),
    "a short text is worth more than a long one": (
        query("visa"),
        [document(1, "Un", f"visa {FILLER * 8}"), document(2, "Deux", f"visa {FILLER}")],
        ["a2", "a1"],
    ),
    "a title that is all the query is worth more than a longer one": (
        query("visa"),
        [document(1, "Visa perdu sans carte de séjour"), document(2, "Visa")],
        ["a2", "a1"],
    ),
    "what has nothing of the query is not there": (
        query("visa"),
        [document(1, "La carte", FILLER), document(2, "Le visa", FILLER)],
        ["a2"],
    ),
    "a synonym is worth less than the word": (
        query((Way(("visa",)), Way(("timbr",), 0.7))),
        [document(1, "Le timbre"), document(2, "Le visa")],
        ["a2", "a1"],
    ),
    "a rare synonym does not beat the common phrase": (
        query((Way(("cart", "sejour")), Way(("tds",), 0.9))),
        [document(1, "Le TDS"), document(2, "La carte de séjour")],
        ["a2", "a1"],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_order(name: str) -> None:
    asked, documents, expected = TABLE[name]
    assert order(asked, *documents) == expected
    assert order(asked, *reversed(documents)) == expected


def test_the_askers_reason_decides_between_equals() -> None:
    one = document(1, "Le visa", reasons=("other",))
    two = document(2, "Le visa", reasons=("vlsts",), procedures=("student",))
    assert order(query("visa"), one, two) == ["a1", "a2"]
    assert order(query("visa"), one, two, context=Context(reason="vlsts")) == ["a2", "a1"]
    assert order(query("visa"), one, two, context=Context(procedure="student")) == ["a2", "a1"]


def test_the_askers_reason_does_not_beat_the_words() -> None:
    wanted = document(1, "Le timbre du visa")
    other = document(2, "La carte", "Le visa est cité.", reasons=("vlsts",))
    assert order(query("timbr", "visa"), wanted, other, context=Context(reason="vlsts"))[0] == "a1"


def test_a_score_can_be_taken_apart() -> None:
    (one,) = rank(query("timbr", "visa"), [document(1, "Timbre, visa")], COMMON)
    score = one.score
    assert score.covered == pytest.approx(1.0)
    assert score.nearness == pytest.approx(1.0)
    assert score.title_fit == pytest.approx(1.0)
    assert score.total == pytest.approx(score.words * 1.3 * 1.6)


def test_coverage_counts_rare_words_for_more() -> None:
    has_common = rank(query("cart", "perdre"), [document(1, "Carte")], COMMON)[0].score
    has_rare = rank(query("cart", "perdre"), [document(1, "Perdu")], COMMON)[0].score
    assert has_common.covered < 0.5 < has_rare.covered
    assert has_common.covered + has_rare.covered == pytest.approx(1.0)


def test_an_empty_base_and_an_empty_query() -> None:
    assert rank(query("visa"), [], Counted({}, 0)) == []
    assert rank(Query(()), [document(1, "Visa")], COMMON) == []


def test_a_score_says_what_was_met_and_where() -> None:
    near = (Way(("visa",), 0.85),)
    asked = query("cart", near, "perdre")
    (one,) = rank(asked, [document(1, "Le visa", "La carte, le visa.")], COMMON)
    assert [(m.typed, m.share, m.parts) for m in one.score.met] == [
        ("cart", 1, (Part.BODY,)),
        ("visa", 0.85, (Part.TITLE, Part.BODY)),
        ("perdre", 0, ()),
    ]
