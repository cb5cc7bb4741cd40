"""Every setting is written down where an operator looks for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.config import Settings

ROOT = Path(__file__).resolve().parents[2]
NAMES = {f"RELAIS_{field.upper()}" for field in Settings.model_fields}


@pytest.mark.parametrize("place", ["docs/operating.md", ".env.example"])
def test_every_setting_is_named_and_no_other(place: str) -> None:
    named = set(re.findall(r"\bRELAIS_[A-Z_]+\b", (ROOT / place).read_text()))
    assert named == NAMES


def test_compose_gives_every_setting_on() -> None:
    """Where the files are is the image's matter."""
    given = set(
        re.findall(r"^ +(RELAIS_[A-Z_]+):", (ROOT / "docker-compose.yml").read_text(), re.M)
    )
    assert given == NAMES - {"RELAIS_DATA_DIR"}
