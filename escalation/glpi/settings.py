"""What the operator has set of the bridge, and the tables that translate between the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from support.catalogue.models import Nature, Priority


class Mode(StrEnum):
    OFF = "off"
    DRY = "dry"  # everything is read and reckoned, nothing is written, there or here
    ON = "on"


class Meaning(StrEnum):
    """What a status of GLPI says of a ticket that we have handed over."""

    WORKING = "working"
    ASKS = "asks"  # it waits for an answer of ours
    ANSWERED = "answered"


# Numbers of CommonITILObject: new, assigned, planned, pending, solved, closed.
STATUSES = {
    1: Meaning.WORKING,
    2: Meaning.WORKING,
    3: Meaning.WORKING,
    4: Meaning.ASKS,
    5: Meaning.ANSWERED,
    6: Meaning.ANSWERED,
}
ASSIGNED, PENDING, SOLVED, CLOSED = 2, 4, 5, 6
URGENCIES = {Priority.LOW: 2, Priority.NORMAL: 3, Priority.HIGH: 4, Priority.URGENT: 5}
INCIDENT, REQUEST = 1, 2


@dataclass(frozen=True)
class Maps:
    """Unknown values are kept as they are and fail nothing.

    ``categories``: reason code → number of a GLPI category; ``groups``: team code → number of a
    GLPI group.
    """

    statuses: Mapping[int, Meaning] = field(default_factory=lambda: dict(STATUSES))
    urgencies: Mapping[Priority, int] = field(default_factory=lambda: dict(URGENCIES))
    categories: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)
    entity: int | None = None

    def meaning(self, status: int) -> Meaning:
        return self.statuses.get(status, Meaning.WORKING)

    def reason_code(self, category_id: int | None) -> str | None:
        return next((code for code, one in self.categories.items() if one == category_id), None)

    def kind(self, nature: Nature) -> int:
        return INCIDENT if nature is Nature.TECHNICAL_ANOMALY else REQUEST


@dataclass(frozen=True)
class Settings:
    """``url``: where GLPI is, without a final slash. ``version``: the interface, "v1" or "v2".
    ``entitled``: whether those who read there may know who the person is. ``adopt``: whether
    tickets begun in GLPI become tickets here.
    """

    url: str
    version: str = "v1"
    mode: Mode = Mode.ON
    app_token: str = ""
    user_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    username: str = ""
    password: str = ""
    webhook_secret: str = ""
    entitled: bool = False
    adopt: bool = False
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    timeout: float = 20.0
    largest_file: int = 10 * 1024 * 1024
    maps: Maps = field(default_factory=Maps)


_current: Settings | None = None


def configure(settings: Settings | None) -> None:
    global _current
    _current = settings


def current() -> Settings | None:
    """None when no GLPI is set, or it is switched off."""
    return _current if _current is not None and _current.mode is not Mode.OFF else None


def read_maps(path: Path | None) -> Maps:
    """The tables of a YAML file, over ours. Raises ValueError naming what is wrong in it."""
    if path is None:
        return Maps()
    try:
        written = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        return _maps(written)
    except (OSError, yaml.YAMLError, TypeError, AttributeError, ValueError, KeyError) as error:
        raise ValueError(f"{path}: {error}") from error


def _maps(written: Mapping[str, Any]) -> Maps:
    unknown = set(written) - {"statuses", "urgencies", "categories", "groups", "entity"}
    if unknown:
        raise ValueError(f"unknown tables: {', '.join(sorted(unknown))}")
    statuses = {int(k): Meaning(v) for k, v in (written.get("statuses") or {}).items()}
    urgencies = {Priority(k): int(v) for k, v in (written.get("urgencies") or {}).items()}
    entity = written.get("entity")
    return Maps(
        STATUSES | statuses,
        URGENCIES | urgencies,
        {str(k): int(v) for k, v in (written.get("categories") or {}).items()},
        {str(k): int(v) for k, v in (written.get("groups") or {}).items()},
        None if entity is None else int(entity),
    )
