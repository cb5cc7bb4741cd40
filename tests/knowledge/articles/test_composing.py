"""One text for several readers: who sees what, on which day, and what cannot be understood."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.articles.composing import (
    Cases,
    Reading,
    audiences,
    block_names,
    cases,
    compose,
    next_change,
    problems,
)
from knowledge.articles.models import Audience

DAY = date(2026, 12, 31)


def seen(text: str, audience: Audience = Audience.PUBLIC, on: date = DAY, **more: str) -> str:
    return compose(text, Reading(audience, on, **more), {"tarif": "225 €", "adresse": "Rue X"})


def passage(condition: str, words: str = "dedans") -> str:
    return f"avant\n\n::: {condition}\n{words}\n:::\n\naprès"


@pytest.mark.parametrize(
    ("condition", "readers"),
    [
        ("agents", {Audience.STAFF, Audience.PROGRAMME, Audience.DIRECTORATE}),
        ("Agents", {Audience.STAFF, Audience.PROGRAMME, Audience.DIRECTORATE}),
        ("dp anef", {Audience.PROGRAMME, Audience.DIRECTORATE}),
        ("DP ANEF", {Audience.PROGRAMME, Audience.DIRECTORATE}),
        ("directions", {Audience.DIRECTORATE}),
        ("on ne sait quoi", {Audience.DIRECTORATE}),
    ],
)
def test_who_reads_a_passage(condition: str, readers: set[Audience]) -> None:
    for audience in Audience:
        text = seen(passage(condition), audience)
        assert ("dedans" in text) == (audience in readers), (condition, audience)
        assert text.startswith("avant")
        assert text.endswith("après")


@pytest.mark.parametrize(
    ("condition", "day", "there"),
    [
        ("à partir du 2027-01-01", date(2026, 12, 31), False),
        ("à partir du 2027-01-01", date(2027, 1, 1), True),
        ("à partir du 01/01/2027", date(2027, 1, 1), True),
        ("à partir du 1er/1/2027", date(2027, 1, 1), True),
        ("jusqu'au 2026-12-31", date(2026, 12, 31), True),
        ("jusqu’au 31/12/2026", date(2027, 1, 1), False),
        ("jusqu'au 2026-12-31 ; agents", date(2026, 12, 31), False),
        ("à partir du 2026-01-01 ; jusqu'au 2026-12-31", date(2026, 6, 1), True),
        ("à partir du 2026-01-01 ; jusqu'au 2026-12-31", date(2025, 6, 1), False),
    ],
)
def test_when_a_passage_is_read(condition: str, day: date, there: bool) -> None:
    assert problems(passage(condition)) == []
    assert ("dedans" in seen(passage(condition), on=day)) is there


def test_a_case_is_announced_until_it_is_known() -> None:
    text = passage("département 75, 2a")
    assert "> **Département 75, 2A**" in seen(text)
    assert seen(text, departement="75") == "avant\n\ndedans\n\naprès"
    assert "dedans" not in seen(text, departement="92")
    mine = passage("nationalité algérienne, tunisienne")
    assert "Nationalité algérienne, tunisienne" in seen(mine)
    assert "dedans" in seen(mine, nationality="Algerienne")
    assert "dedans" not in seen(mine, nationality="malienne")
    found = cases(text + "\n" + mine, Reading(Audience.PUBLIC, DAY, "92"))
    assert found == Cases(("2A", "75"), ("algérienne", "tunisienne"))
    # Of what one may not read, or not yet, not even the cases are told.
    hidden = passage("département 13 ; agents") + passage("à partir du 2030-01-01 ; département 14")
    assert not cases(hidden, Reading(Audience.PUBLIC, DAY))


def test_agents_are_told_what_not_to_read_out() -> None:
    assert "> **Pour : agents**" in seen(passage("agents"), Audience.STAFF)


def test_shared_blocks() -> None:
    text = "Il coûte {{tarif}}, à {{ adresse }} ({{inconnu}})."
    assert seen(text) == "Il coûte 225 €, à Rue X ()."
    assert block_names([text]) == {"tarif", "adresse", "inconnu"}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a\n::: agent\nb\n:::", "passage.unknown", 2),
        ("::: à partir du 2027-02-30\nb\n:::", "passage.unknown", 1),
        ("::: département Paris\nb\n:::", "passage.unknown", 1),
        ("a\n\n::: agents\nb", "passage.unclosed", 3),
        ("::: agents\nb\n::: directions\nc\n:::", "passage.inside_another", 3),
        ("a\n:::", "passage.nothing_to_close", 2),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_line(text: str, code: str, line: int) -> None:
    assert [(wrong.code, wrong.line) for wrong in problems(text)] == [(code, line)]


def test_an_example_in_a_code_block_is_no_passage() -> None:
    text = "```\n::: agents\nb\n:::\n```"
    assert problems(text) == []
    assert seen(text) == text
    assert audiences(text) == set()


def test_the_next_day_on_which_it_changes_by_itself() -> None:
    text = passage("à partir du 2027-01-01") + passage("jusqu'au 2026-12-30")
    assert next_change(text, date(2026, 12, 1)) == date(2026, 12, 31)
    assert next_change(text, date(2026, 12, 31)) == date(2027, 1, 1)
    assert next_change(text, date(2027, 1, 1)) is None


LINES = st.lists(
    st.sampled_from(
        ["mot", "", "::: agents", "::: directions", ":::", "::: n'importe", "```", "{{tarif}}"]
    ),
    max_size=14,
)


@given(LINES)
def test_what_is_for_agents_never_reaches_the_public_in_what_may_be_saved(lines: list[str]) -> None:
    marked, inside = [], False
    fenced = False
    for line in lines:
        if line == "```":
            fenced = not fenced
        elif not fenced and line in ("::: agents", "::: directions"):
            inside = True
        elif not fenced and line == ":::":
            inside = False
        marked.append("SECRET" if inside and line == "mot" else line)
    text = "\n".join(marked)
    if not problems(text):
        assert "SECRET" not in seen(text)
        assert seen(text, Audience.DIRECTORATE).count("SECRET") == text.count("SECRET")
