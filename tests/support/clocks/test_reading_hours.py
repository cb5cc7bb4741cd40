"""Hours as people write them, and what is wrong beside its day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clocks.reading_hours import DAYS, read_hours, written
from support.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "ranges"),
    [
        ("09:00-12:30, 13:30-17:00", [["09:00", "12:30"], ["13:30", "17:00"]]),
        ("9h-12h30 / 13h30-17h", [["09:00", "12:30"], ["13:30", "17:00"]]),
        ("9 à 17", [["09:00", "17:00"]]),
        ("13:30–17 et 9-12", [["09:00", "12:00"], ["13:30", "17:00"]]),
        ("0:00-23:59", [["00:00", "23:59"]]),
        ("9-12;12-17", [["09:00", "12:00"], ["12:00", "17:00"]]),
    ],
)
def test_they_are_read(typed, ranges):
    assert read_hours({0: typed}, "metropole", "").weekly == {"0": ranges}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("neuf heures", "hours.unreadable"),
        ("9", "hours.unreadable"),
        ("25-26", "hours.unreadable"),
        ("9:75-12", "hours.unreadable"),
        ("17-9", "hours.backwards"),
        ("9-9", "hours.backwards"),
        ("22-6", "hours.backwards"),
        ("9-13, 12-17", "hours.overlap"),
        ("9-17, 10-11", "hours.overlap"),
    ],
)
def test_what_is_wrong_is_said_beside_its_day(typed, code):
    with pytest.raises(Invalid) as refused:
        read_hours({1: "9-17", 3: typed}, "metropole", "")
    assert [(p.code, p.field) for p in refused.value.problems] == [(code, "day_3")]


def test_every_fault_is_said_at_once():
    with pytest.raises(Invalid) as refused:
        read_hours({0: "x", 1: "y"}, "mars", "24/12/2026\ndemain\n2026-02-30")
    assert [(p.code, p.field) for p in refused.value.problems] == [
        ("hours.unreadable", "day_0"), ("hours.unreadable", "day_1"), ("field.choice", "zone"),
        ("hours.closure", "closures"), ("hours.closure", "closures"),
    ]  # fmt: skip


def test_somebody_who_never_opens_promises_nothing():
    with pytest.raises(Invalid, match=r"hours\.never"):
        read_hours({}, "metropole", "")


def test_closures_are_in_order_and_once():
    read = read_hours({0: "9-17"}, "reunion", "31/12/2026\n2026-12-24\n\n24/12/2026")
    assert read.closures == ["2026-12-24", "2026-12-31"]


CLOCK = st.tuples(st.integers(0, 23), st.integers(0, 59))


@given(st.lists(CLOCK, min_size=2, max_size=8, unique=True).filter(lambda t: len(t) % 2 == 0))
def test_what_is_written_reads_the_same(times):
    ordered = sorted(times)
    ranges = [
        [f"{a[0]:02}:{a[1]:02}", f"{b[0]:02}:{b[1]:02}"]
        for a, b in zip(ordered[::2], ordered[1::2], strict=True)
    ]
    typed = {day: written(ranges) for day in DAYS}
    assert read_hours(typed, "metropole", "").weekly == {str(day): ranges for day in DAYS}
