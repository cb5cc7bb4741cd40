"""References: unique, unguessable, and safe against a slip of the tongue."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import damm

from support.tickets.references import new_reference, read_reference, shown

references = st.builds(
    lambda body: body + damm.calc_check_digit(body),
    st.from_regex(r"[0-9]{2}(0[1-9]|1[0-2])[0-9]{7}", fullmatch=True),
)


@given(references)
def test_every_single_wrong_digit_is_caught(reference):
    for place, digit in enumerate(reference):
        for wrong in "0123456789":
            said = reference[:place] + wrong + reference[place + 1 :]
            assert (read_reference(said) is not None) == (wrong == digit)


@given(references)
def test_every_swap_of_two_neighbours_is_caught(reference):
    for place in range(len(reference) - 1):
        one, other = reference[place : place + 2]
        said = reference[:place] + other + one + reference[place + 2 :]
        assert (read_reference(said) is not None) == (one == other)


@given(references)
def test_what_is_shown_is_read_again(reference):
    assert re.fullmatch(r"\d{4}-\d{4}-\d{4}", shown(reference))
    assert read_reference(shown(reference)) == reference


def test_a_reference_begins_with_its_month_and_cannot_be_counted_through():
    drawn = {new_reference(datetime(2026, 11, 30, 22, tzinfo=UTC)) for _ in range(300)}
    assert len(drawn) > 290
    assert {reference[:4] for reference in drawn} == {"2611"}
    assert all(read_reference(reference) for reference in drawn)
    middles = sorted(int(reference[4:11]) for reference in drawn)
    assert middles[-1] - middles[0] > 5_000_000


GOOD = "26112004831" + damm.calc_check_digit("26112004831")


@pytest.mark.parametrize(
    "typed",
    [
        GOOD,
        shown(GOOD),
        f"[#{shown(GOOD)}]",
        GOOD.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        shown(GOOD).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
        f"\u2066{shown(GOOD)}\u2069",
        f" {GOOD[:4]} {GOOD[4:8]} {GOOD[8:]}\n",
        "\u00a0".join((GOOD[:4], GOOD[4:8], GOOD[8:])),
        "\u2011".join((GOOD[:4], GOOD[4:8], GOOD[8:])),
        "–".join((GOOD[:4], GOOD[4:8], GOOD[8:])),
        ".".join((GOOD[:4], GOOD[4:8], GOOD[8:])),
    ],
)
def test_a_reference_is_read_as_people_type_it(typed):
    assert read_reference(typed) == GOOD


@pytest.mark.parametrize(
    "typed", ["", "2611", GOOD + "0", GOOD[:-1], "abcd-efgh-ijkl", "٢٦١١٢٠٠٤٨٣١٢", "0" * 13, "-"]
)
def test_anything_else_is_none(typed):
    assert read_reference(typed) is None


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 11, 30, 23, 30, tzinfo=UTC), "2612"),  # half past midnight in Paris
        (datetime(2026, 11, 30, 22, 30, tzinfo=UTC), "2611"),
        (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "2607"),
    ],
)
def test_the_month_is_the_one_on_the_calendar_in_paris(at, month):
    assert new_reference(at).startswith(month)
