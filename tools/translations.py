"""Compiles each catalogue of translations whose source is newer than its compiled form.

Run by the virtual environment's Python.
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from stamps import ROOT

FOLDER = ROOT / "web" / "translations"


def compile_newer() -> None:
    for source in sorted(FOLDER.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime <= source.stat().st_mtime:
            _compile(source, target)


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=source.parent.parent.name)
    # Written aside first: a page that loads meanwhile must never meet half a catalogue.
    aside = target.with_suffix(".mo.new")
    with aside.open("wb") as compiled:
        write_mo(compiled, catalogue)
    aside.replace(target)


if __name__ == "__main__":
    compile_newer()
