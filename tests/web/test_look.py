"""The look keeps its promises: contrast, one dark palette, nothing inline, icons, weight."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
STATIC = WEB / "static"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
TOKENS = (STATIC / "tokens.css").read_text()

GROUNDS = ("surface", "canvas", "sunken")
TEXT_PAIRS = {
    "text": (*GROUNDS, "action-ground", "risk-ground", "broken-ground", "done-ground",
             "internal-ground"),
    "muted": (*GROUNDS, "action-ground", "internal-ground", "risk-ground"),
    "action": (*GROUNDS, "action-ground", "internal-ground"),
    "action-strong": GROUNDS,
    "on-action": ("action", "action-strong"),
    "risk": (*GROUNDS, "risk-ground"),
    "broken": (*GROUNDS, "broken-ground"),
    "done": (*GROUNDS, "done-ground"),
    "internal": (*GROUNDS, "internal-ground"),
    "on-broken": ("broken",),
    "on-internal": ("internal",),
}  # fmt: skip
CONTROL_PAIRS = {"edge": GROUNDS, "focus": (*GROUNDS, "action-ground", "internal-ground")}


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", css))


def blocks() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    light, rest = TOKENS.split("@media screen and (prefers-color-scheme: dark)")
    by_system, by_choice = rest.split(':root[data-theme="dark"]')
    return colours(light), colours(by_system), colours(by_choice)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("pairs", "least"), [(TEXT_PAIRS, 4.5), (CONTROL_PAIRS, 3.0)], ids=["text", "controls"]
)
def test_contrast(palette: int, pairs: dict[str, tuple[str, ...]], least: float) -> None:
    known = blocks()[palette]
    weak = {
        f"{front} on {ground}": round(contrast(known[front], known[ground]), 2)
        for front, grounds in pairs.items()
        for ground in grounds
        if contrast(known[front], known[ground]) < least
    }
    assert weak == {}


def test_contrast_knows_black_from_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < 4.5


def test_dark_is_the_same_by_system_and_by_choice() -> None:
    light, by_system, by_choice = blocks()
    assert by_system == by_choice
    assert set(by_system) == set(light)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(WEB / "templates")))
def test_nothing_inline(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S)
    assert not re.search(r"\sstyle\s*=", source), "inline style"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source), "inline handler"
    assert not re.search(r"<style\b", source), "style element"
    assert not re.search(r"<script(?![^>]*\bsrc=)", source), "inline script"
    assert "hx-on" not in source, "htmx would need eval"


def test_icons_exist() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "img/icons.svg").read_text()))
    asked = {
        (name, path.name)
        for path in TEMPLATES
        for name in re.findall(
            r"(?:\b(?:icon|svg)\(\s*|\bicon=\s*|'icon':\s*)'([a-z0-9-]+)'", path.read_text()
        )
    }
    assert len(asked) > 20
    assert {(name, where) for name, where in asked if name not in drawn} == set()


def test_public_assets_leave_room_for_the_page() -> None:
    """60 kB in all for a page of the public; its mark-up takes 3 to 12 of them."""
    names = [
        *(f"{sheet}.css" for sheet in
          ("tokens", "app", "pieces", "forms", "conversation", "public")),
        "js/once.js", "js/combobox.js", "img/icons.svg", "img/logo.svg", "img/favicon.svg",
    ]  # fmt: skip
    weight = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)
    assert weight < 40_000
