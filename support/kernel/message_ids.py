"""The identifier of a mail, given before its first try by whoever writes what it says."""

from __future__ import annotations

from collections.abc import Callable

_fresh: Callable[[], str] | None = None


def configure(fresh: Callable[[], str]) -> None:
    """``fresh``: makes a new identifier, ``<…@our.domain>``."""
    global _fresh
    _fresh = fresh


def fresh_message_id() -> str:
    if _fresh is None:
        raise RuntimeError("no post: call support.kernel.message_ids.configure first")
    return _fresh()
