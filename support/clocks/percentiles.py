"""A percentile, by the nearest rank: a value that was seen, never one between two. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(values: Sequence[int], percent: int) -> int:
    """The smallest of ``values`` that ``percent`` (1 to 100) of them do not exceed.

    Raises ValueError when there is none.
    """
    if not values or not 1 <= percent <= 100:
        raise ValueError("a percentile of nothing, or none")
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[rank - 1]
