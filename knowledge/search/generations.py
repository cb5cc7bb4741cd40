"""The folders of the index: which one is current, who may write, what became of the old ones.

``state.json`` names the current generation and how far it has followed the database. It is
replaced in one stroke after each change, so a reader that finds it unchanged has nothing to
do, and a writer killed at any moment leaves a current generation in working order: at worst
behind, and then it follows again.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_STATE = "state.json"
_WORDS = "vocabulary.json"
_LOCK = "writer.lock"
_POLL = 0.02


class IndexBusy(Exception):
    """Another process of this node is writing the index."""


@dataclass(frozen=True)
class State:
    """``format`` changes with whatever makes an index unreadable for this program."""

    generation: str
    format: str
    lineage: str
    change_number: int


class Generations:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def state(self) -> State | None:
        """None when there is none, or none that can be read."""
        try:
            return State(**json.loads((self.folder / _STATE).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def mark(self) -> tuple[int, int, int] | None:
        """Something that differs after each change, cheap to look at."""
        return _mark(self.folder / _STATE)

    def path(self, generation: str) -> Path:
        return self.folder / generation

    def new(self) -> str:
        return f"gen-{secrets.token_hex(6)}"

    def make_current(self, state: State) -> None:
        """Name ``state`` the current one, for good."""
        self._write(_STATE, asdict(state))
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def keep_words(self, words: list[dict[str, Any]]) -> None:
        """Keep the words that editors added, for the other processes of this node."""
        if self.words_mark() is None or self.words() != words:
            self._write(_WORDS, words)

    def words(self) -> list[dict[str, Any]]:
        """Those last kept; none when they cannot be read."""
        try:
            kept: list[dict[str, Any]] = json.loads((self.folder / _WORDS).read_text("utf-8"))
        except (OSError, ValueError):
            return []
        return kept

    def words_mark(self) -> tuple[int, int, int] | None:
        """Something that differs after each change of them, cheap to look at."""
        return _mark(self.folder / _WORDS)

    def _write(self, name: str, content: Any) -> None:
        temporary = self.folder / f".{name}.{os.getpid()}"
        with temporary.open("w", encoding="utf-8") as out:
            json.dump(content, out)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(self.folder / name)

    def clear_but(self, *kept: str) -> None:
        """Remove generations that no process can be about to open."""
        for path in self.folder.glob("gen-*"):
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def writing(self, wait: float) -> Iterator[None]:
        """Be the only writer of this node. Raises IndexBusy after ``wait`` seconds.

        The system lets go of the lock when its process ends, however it ends.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle, wait)
            yield
        finally:
            os.close(handle)


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns, seen.st_size


def _lock(handle: int, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise IndexBusy from None
            time.sleep(_POLL)
