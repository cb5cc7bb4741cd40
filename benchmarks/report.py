"""Figures, and the table that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measure. ``unit`` is « ms » (p50 and p95 of one request) or « /s » (p50 only)."""

    suite: str
    database: str
    what: str
    unit: str
    p50: float
    p95: float | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the sorted values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def timing(suite: str, database: str, what: str, seconds: Sequence[float]) -> Figure:
    in_ms = [1000 * s for s in seconds]
    return Figure(
        suite,
        database,
        what,
        "ms",
        round(percentile(in_ms, 0.5), 2),
        round(percentile(in_ms, 0.95), 2),
    )


def table(figures: Sequence[Figure]) -> str:
    lines = [f"{'suite':<8} {'database':<11} {'what':<46} {'p50':>10} {'p95':>10}"]
    for f in figures:
        p95 = "" if f.p95 is None else f"{f.p95:.1f} {f.unit}"
        lines.append(
            f"{f.suite:<8} {f.database:<11} {f.what:<46} {f.p50:>7.1f} {f.unit:<2} {p95:>10}"
        )
    return "\n".join(lines)
