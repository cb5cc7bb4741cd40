"""Remembers what was already prepared, so that a second start takes seconds.

A stamp is an empty file named after what was done and the hash of everything it was done from:
when an input changes, the name changes, the stamp is missing and the work is done again.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Stamp:
    """Says whether `name` was done in `folder` with exactly these input files."""

    def __init__(self, folder: Path, name: str, inputs: list[Path], *more: str) -> None:
        digest = hashlib.sha256("\0".join(more).encode())
        for path in inputs:
            digest.update(path.read_bytes())
        self.folder, self.name = folder, name
        self.path = folder / f"{name}-{digest.hexdigest()[:16]}"

    def present(self) -> bool:
        return self.path.exists()

    def write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob(f"{self.name}-*"):
            old.unlink()
        self.path.touch()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two `make` started together must not write the same virtual environment."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with (build / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
