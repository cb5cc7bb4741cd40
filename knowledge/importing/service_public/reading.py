"""The files of an import: a folder, or an archive as it was downloaded; XML or JSON."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST = 5 * 1024 * 1024  # bytes of one article
_NAME = re.compile(r"(?:^|/)([FN]\d+)\.(xml|json)$")


class Unreadable(ValueError):
    """The path holds nothing that can be opened."""


@dataclass(frozen=True)
class Source:
    """``number``: of the article, as its file is named."""

    number: str
    name: str
    content: bytes


def sources(path: Path) -> Iterator[Source]:
    """Each article below ``path``, in the order of the numbers; what else lies there is passed
    over. Raises Unreadable.
    """
    if path.is_dir():
        found = {one.relative_to(path).as_posix(): one for one in path.rglob("*") if one.is_file()}
        for name in _wanted(found):
            yield Source(_number(name), name, found[name].read_bytes())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            sizes = {one.filename: one.file_size for one in archive.infolist()}
            for name in _wanted(sizes):
                if sizes[name] <= LARGEST:
                    yield Source(_number(name), name, archive.read(name))
    elif path.is_file() and tarfile.is_tarfile(path):
        yield from _from_tar(path)
    elif path.is_file() and _NAME.search(path.name):
        yield Source(_number(path.name), path.name, path.read_bytes())
    else:
        raise Unreadable(f"{path}: neither a folder, nor a zip, nor a tar, nor an article")


def _from_tar(path: Path) -> Iterator[Source]:
    with tarfile.open(path) as archive:
        members = {one.name: one for one in archive if one.isfile() and one.size <= LARGEST}
        for name in _wanted(members):
            content = archive.extractfile(members[name])
            if content is not None:
                yield Source(_number(name), name, content.read())


def _wanted(names: Iterable[str]) -> list[str]:
    """One file for each number: what is published for several publics is the persons' first."""
    found: dict[str, str] = {}
    for name in sorted((name for name in names if _NAME.search(name)), key=_key):
        found.setdefault(_number(name), name)
    return list(found.values())


def _key(name: str) -> tuple[str, int, bool, str]:
    number = _number(name)
    return number[0], int(number[1:]), "part" not in name, name


def _number(name: str) -> str:
    found = _NAME.search(name)
    assert found is not None
    return found[1]
