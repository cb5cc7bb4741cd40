"""The tables, made as an installation makes them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, Table

from web.migrations import upgrade
from web.models import metadata


def make_schema(engine: Engine) -> None:
    upgrade(engine)


def tables() -> Sequence[Table]:
    """Those that point at others first, so that they can be emptied in this order."""
    return list(reversed(metadata.sorted_tables))
