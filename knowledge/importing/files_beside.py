"""The pictures and documents that come with a folder of Markdown, below ``files`` or elsewhere.

What an export wrote is named ``fichier:name`` and lies in ``files/name``. A text from elsewhere
says ``![words](pictures/one.png)``: that file is taken too, under a name made of its path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from knowledge.articles import kept_files
from knowledge.folding import fold
from support.kernel.errors import Invalid, Problem
from support.people.models import Agent

FILES = "files"
LARGEST = 25 * 1024 * 1024  # bytes
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|/|#)([^)\s#?]+)(?=[\s)])")


def named(body: str, path: Path, folder: Path) -> tuple[str, dict[str, Path]]:
    """``body`` with the files beside it called by their names, and where each of them lies.

    A link to what is no file below ``folder`` stays as it is.
    """
    found = {name: folder / FILES / name for name in kept_files.named_in([body])}

    def renamed(link: re.Match[str]) -> str:
        target = (path.parent / unquote(link[1])).resolve()
        inside = target.is_relative_to(folder.resolve())
        if not inside or target.suffix == ".md" or not target.is_file():
            return link[0]
        name = _name(target.relative_to(folder.resolve()))
        found[name] = target
        return f"fichier:{name}"

    return _LINK.sub(renamed, body), {name: at for name, at in found.items() if at.is_file()}


def problems(wanted: dict[str, Path]) -> list[Problem]:
    """What is wrong with these files, each said by its name."""
    return [problem for name, path in sorted(wanted.items()) for problem in _problems(name, path)]


def take(wanted: dict[str, Path], by: Agent) -> None:
    """Store them. Raises Invalid for a name that stands for other bytes."""
    for name, path in sorted(wanted.items()):
        kept_files.take(name, path.read_bytes(), by=by)


def every_file(folder: Path) -> Iterator[Path]:
    """What an export left under ``files/``, shown by a text or not."""
    if (folder / FILES).is_dir():
        yield from sorted(one for one in (folder / FILES).iterdir() if one.is_file())


def _problems(name: str, path: Path) -> list[Problem]:
    if path.stat().st_size > LARGEST:
        return [Problem("file.too_large", "files", {"name": name, "limit": "25 Mo"})]
    try:
        kept_files.check(name, path.read_bytes())
    except Invalid as refusal:
        return list(refusal.problems)
    return []


def _name(path: Path) -> str:
    stem = "-".join(re.findall(r"[a-z0-9]+", fold(str(path.with_suffix("")))))
    return f"{stem[-kept_files.LONGEST_STEM :].strip('-') or 'fichier'}{path.suffix.lower()}"
