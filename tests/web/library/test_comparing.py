"""Differences between two texts: complete, readable, and bounded in time."""

from __future__ import annotations

import time
from random import Random

import pytest

from web.library.comparing import MOST_WORDS, Passage, compare


def side(passages: list[Passage], kind: str) -> str:
    return "".join(p.text for passage in passages for p in passage.pieces if p.kind == kind)


def test_the_same_text_has_no_difference() -> None:
    assert compare("a\nb\n", "a\nb") == []


def test_one_word_changed_is_one_word() -> None:
    found = compare("Le code sert une fois.", "Le code sert deux fois.")
    assert (side(found, "removed"), side(found, "added")) == ("une", "deux")


def test_far_lines_are_counted_not_shown() -> None:
    lines = [f"ligne {n}" for n in range(30)]
    found = compare("\n".join(lines), "\n".join([*lines[:15], "nouvelle", *lines[15:]]))
    assert [p.left_out for p in found if p.left_out] == [13, 13]
    assert side(found, "added") == "nouvelle"


def test_texts_with_nothing_in_common_stand_one_after_the_other() -> None:
    found = compare("Bonjour à tous.", "Rien de cela ; autre phrase 12.")
    assert [p.kind for passage in found for p in passage.pieces] == ["removed", "added"]


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_invented_or_lost(seed: int) -> None:
    rng = Random(seed)
    old = "\n".join(" ".join(rng.choices("abcdefg", k=5)) for _ in range(4))
    new = "\n".join(" ".join(rng.choices("abcdefg", k=5)) for _ in range(4))
    shown = compare(old, new)
    assert not any(p.left_out for p in shown)
    for text, kinds in ((old, ("same", "removed")), (new, ("same", "added"))):
        rebuilt = "\n".join(
            part
            for passage in shown
            if (part := "".join(p.text for p in passage.pieces if p.kind in kinds))
            or any(p.kind in kinds for p in passage.pieces)
        )
        assert rebuilt == text


def test_long_texts_take_no_longer_than_a_page_may() -> None:
    words = " mot" * MOST_WORDS * 10
    started = time.perf_counter()
    compare(f"un{words}", f"deux{words} fin")
    assert time.perf_counter() - started < 2
