"""Reaching known words from what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.search.lexicon import Lexicon
from knowledge.search.phonetics import bones, sound
from knowledge.search.spelling import Neighbours, distance


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("carte", "carte", 0),
        ("carte", "cart", 1),
        ("carte", "catre", 1),
        ("carte", "cartte", 1),
        ("carte", "karte", 1),
        ("carte", "krate", 2),
        ("fiscal", "ficsal", 1),
        ("visa", "naturalisation", 3),
    ],
)
def test_distance(one: str, other: str, slips: int) -> None:
    assert distance(one, other, 2) == slips
    assert distance(other, one, 2) == slips


@given(st.text("abcde", min_size=1, max_size=8), st.text("abcde", min_size=1, max_size=8))
def test_every_word_one_slip_away_is_found(known: str, typed: str) -> None:
    near = Neighbours()
    near.add([known])
    found = near.near(typed, 1)
    assert (known in found) == (distance(typed, known, 1) <= 1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kart", "carte"),
        ("foto", "photo"),
        ("cejour", "sejour"),
        ("resepice", "recepisse"),
        ("atestasion", "attestation"),
        ("nasionalite", "nationalite"),
        ("adress", "adresse"),
        ("prefectur", "prefecture"),
        ("koncour", "concours"),
    ],
)
def test_words_written_by_ear(typed: str, meant: str) -> None:
    assert sound(typed) == sound(meant)


@pytest.mark.parametrize(
    ("one", "other"), [("carte", "cote"), ("visa", "viser"), ("titre", "timbre"), ("mois", "mais")]
)
def test_words_that_sound_different(one: str, other: str) -> None:
    assert sound(one) != sound(other)


def test_words_without_their_vowels() -> None:
    assert bones("rnvlmnt")[:3] == bones("renouvellement")[:3]
    assert bones("renouvelman") == bones("renouvellement")
    assert bones("prfctr") == bones("prefecture")


@given(st.text(max_size=30))
def test_sounding_never_fails(text: str) -> None:
    assert isinstance(bones(text), str)


COUNTS = {"carte": 40, "cartes": 12, "cadre": 2, "naturalisation": 9, "nationalite": 30}


class TestLexicon:
    def lexicon(self) -> Lexicon:
        lexicon = Lexicon()
        lexicon.refresh(COUNTS)
        return lexicon

    def test_near_words_the_likeliest_first(self) -> None:
        assert list(self.lexicon().near("catre"))[:2] == ["carte", "cadre"]

    def test_two_slips_only_in_long_words(self) -> None:
        assert "naturalisation" in self.lexicon().near("naturlisatoin")
        assert "carte" not in self.lexicon().near("crtse")

    def test_completions_the_commonest_first(self) -> None:
        assert self.lexicon().completions("nat") == ["nationalite", "naturalisation"]
        assert self.lexicon().completions("carte") == ["cartes"]
        assert self.lexicon().completions("zzz") == []

    def test_a_word_that_went_is_not_offered(self) -> None:
        lexicon = self.lexicon()
        assert lexicon.near("naturalisatio")
        lexicon.refresh({"carte": 1})
        assert lexicon.near("naturalisatio") == {}
        assert lexicon.sounding("naturalizasion") == []

    def test_a_word_that_came_is(self) -> None:
        lexicon = self.lexicon()
        lexicon.near("xyz")
        lexicon.refresh({**COUNTS, "recepisse": 1})
        assert list(lexicon.near("recepise")) == ["recepisse"]
        assert lexicon.knows("recepis")
