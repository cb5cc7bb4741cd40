from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.analysis import term_of
from knowledge.search.document import Part
from knowledge.search.expansion import Query, Slot, Way
from knowledge.search.extracts import extract
from tests.knowledge.small_base import document


def query(*terms: str) -> Query:
    return Query(tuple(Slot(t, (Way((t,)),)) for t in terms))


def marked(pieces: list[tuple[str, bool]]) -> str:
    return "".join(f"[{text}]" if match else text for text, match in pieces)


def test_the_passage_with_the_words_is_shown_and_they_are_marked() -> None:
    body = "Autre chose. " * 40 + "La carte perdue se déclare. " + "La fin. " * 40
    shown = marked(extract(query("cart", "perdre"), document(1, "Titre", body)))
    assert "La [carte] [perdue] se déclare." in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown.split()) < 45


def test_the_passage_with_more_of_the_query_wins() -> None:
    body = "carte " * 10 + "\n\n" + "texte " * 60 + "\n\nUne carte est perdue."
    assert "[perdue]" in marked(extract(query("cart", "perdre"), document(1, "T", body)))


def test_without_a_match_the_summary() -> None:
    one = document(1, "T", "Le texte.", summary="Le résumé.")
    assert extract(query("visa"), one) == [("Le résumé.", False)]
    assert extract(Query(()), document(1, "T", "Le texte.")) == [("Le texte.", False)]


def test_one_word_of_a_phrase_alone_is_not_marked() -> None:
    asked = Query((Slot("carte de séjour", (Way(("cart", "sejour")),)),))
    body = "Le séjour est long. " + "texte " * 20 + "La carte de séjour."
    assert marked(extract(asked, document(1, "T", body))).count("[") == 2


def test_a_compound_is_marked_whole() -> None:
    shown = marked(extract(query(term_of("vlsts")), document(1, "T", "Le VLS-TS se valide.")))
    assert shown == "Le [VLS-TS] se valide."


def test_a_heading_is_parted_from_what_follows() -> None:
    shown = marked(
        extract(query("visa"), document(1, "T", "## Étapes\n\nLe visa.\n\n- Un\n- Deux"))
    )
    assert shown == "Étapes – Le [visa]. Un Deux"


@given(st.text(max_size=300), st.text("abcde éàVLS-'’\n#|", max_size=300))
def test_the_pieces_are_the_words_of_the_text(wild: str, tame: str) -> None:
    for body in (wild, tame):
        one = document(1, "T", body)
        terms = [term for part in Part for term in one.terms.as_said(part)][:3]
        pieces = extract(query(*terms), one) if terms else []
        shown = "".join(text for text, _match in pieces)
        for word in shown.replace("…", " ").replace("–", " ").split():
            assert word.strip("-") in one.text or word in one.text
