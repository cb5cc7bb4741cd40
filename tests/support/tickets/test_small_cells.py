"""What may be shown of figures about few people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.tickets.small_cells import LEAST, Cell, Counted, hide, hide_row, share


def counted(*numbers: int) -> list[Counted]:
    return [Counted(n, n) for n in numbers]


@pytest.mark.parametrize(
    ("count", "persons", "shown"),
    [(0, 0, 0), (1, 1, None), (10, 10, None), (11, 11, 11), (40, 10, None), (40, 11, 40)],
)
def test_a_figure_is_shown_from_eleven_persons_on(count, persons, shown):
    assert hide(Counted(count, persons)).count == shown


def test_a_single_hidden_figure_takes_its_smallest_neighbour_with_it():
    """Otherwise the sum, shown above, would give it away."""
    assert hide_row(counted(50, 3, 12, 0)) == [Cell(50), Cell(None), Cell(None), Cell(0)]


def test_two_hidden_figures_protect_each_other():
    assert hide_row(counted(50, 3, 12, 4)) == [Cell(50), Cell(None), Cell(12), Cell(None)]


def test_nothing_to_hide_hides_nothing():
    assert hide_row(counted(50, 0, 12)) == [Cell(50), Cell(0), Cell(12)]


def test_a_single_hidden_figure_alone_stays_hidden():
    assert hide_row(counted(3, 0)) == [Cell(None), Cell(0)]


@given(st.lists(st.integers(0, 60), max_size=12))
def test_no_small_figure_can_be_found_again_from_the_sum(numbers):
    cells = hide_row(counted(*numbers))
    hidden = [n for n, cell in zip(numbers, cells, strict=True) if cell.hidden]
    assert not any(0 < n < LEAST for n, c in zip(numbers, cells, strict=True) if not c.hidden)
    others = [n for n, cell in zip(numbers, cells, strict=True) if not cell.hidden and n]
    assert len(hidden) != 1 or not others


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(5, 10, None), (0, 0, None), (11, 22, 50), (0, 11, 0), (11, 11, 100), (1, 30, 3)],
)
def test_a_share_needs_enough_people_behind_it(part, whole, percent):
    assert share(Counted(part, part), Counted(whole, whole)) == percent
