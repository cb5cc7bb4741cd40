"""Reading the files of reference data: YAML in, plain values out. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent / "data"
CALENDARS = HERE / "calendars.yaml"
ORGANISATION = HERE / "organisation.yaml"
CATALOGUE = HERE / "catalogue.yaml"
RELEASES = HERE / "releases.yaml"
OUTSIDE = HERE / "outside.yaml"
APPOINTMENTS = HERE / "appointments.yaml"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Catalogue:
    procedures: Sequence[Row]
    reasons: Sequence[Row]
    situations: Sequence[Row]


@dataclass(frozen=True)
class Organisation:
    """``chain`` rows: from (a kind of team), to (a team's code), field, nature, position."""

    sites: Sequence[Row]
    teams: Sequence[Row]
    chain: Sequence[Row]
    agents: Sequence[Row] = field(default_factory=tuple)


def read_yaml(path: Path) -> Any:
    """The content of a YAML file. The C reader is ten times as fast, where it is built."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=loader)


def read_calendars(path: Path = CALENDARS) -> Sequence[Row]:
    return list(read_yaml(path)["calendars"])


def read_catalogue(path: Path = CATALOGUE) -> Catalogue:
    content = read_yaml(path)
    return Catalogue(content["procedures"], content["reasons"], content["situations"])


def read_releases(path: Path = RELEASES) -> Sequence[Row]:
    return list(read_yaml(path)["releases"])


def read_appointments(path: Path = APPOINTMENTS) -> Sequence[Row]:
    return list(read_yaml(path)["reasons"])


def read_outside(path: Path = OUTSIDE) -> Sequence[Row]:
    return list(read_yaml(path)["services"])


def read_organisation(path: Path = ORGANISATION) -> Organisation:
    content = read_yaml(path)
    return Organisation(
        sites=content["sites"],
        teams=content["teams"],
        chain=content["chain"],
        agents=content.get("agents") or (),
    )
