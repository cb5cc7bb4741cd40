"""A percentile is a delay that somebody really waited."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clocks.percentiles import percentile

VALUES = st.lists(st.integers(0, 100_000), min_size=1, max_size=200)


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([5], 80, 5),
        ([1, 2, 3, 4, 5], 80, 4),
        ([5, 4, 3, 2, 1], 80, 4),
        ([1, 2, 3, 4, 5], 81, 5),
        (list(range(1, 101)), 80, 80),
        ([1, 1, 1, 9], 50, 1),
        ([1, 2], 100, 2),
        ([1, 2], 1, 1),
    ],
)
def test_the_nearest_rank(values, percent, found):
    assert percentile(values, percent) == found


@given(VALUES, st.integers(1, 100))
def test_so_many_do_not_exceed_it_and_it_was_seen(values, percent):
    found = percentile(values, percent)
    assert found in values
    assert sum(v <= found for v in values) * 100 >= percent * len(values)
    assert sum(v < found for v in values) * 100 < percent * len(values)


@pytest.mark.parametrize(("values", "percent"), [([], 80), ([1], 0), ([1], 101)])
def test_of_nothing_there_is_none(values, percent):
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, percent)
