"""The tables, made as an installation makes them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

from sqlalchemy import Engine, Table

from support.kernel.db import Base

PACKAGES = ("support", "knowledge", "escalation", "channels")
HOLDS_TABLES = ("models", "timeline")


def load_models() -> None:
    """Import every module that declares tables."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if module.name.rpartition(".")[2] in HOLDS_TABLES:
                importlib.import_module(module.name)


def tables() -> Sequence[Table]:
    """Those that point at others first, so that they can be emptied in this order."""
    load_models()
    return list(reversed(Base.metadata.sorted_tables))


def make_schema(engine: Engine) -> None:
    load_models()
    Base.metadata.create_all(engine)
