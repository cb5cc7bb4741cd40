"""Databases planted once for a whole run and copied from then on: planting takes a minute."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def _owner() -> int:
    """The process that lives as long as the run: with several workers, the one above them."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


def copy_of(kind: str, to: Path, plant: Callable[[Path], None]) -> None:
    """Fills the folder ``to``, which is not there yet, as ``plant`` fills an empty one.

    Workers of the same run wait for the first; ``tests.servers.process`` sweeps the folder of
    a run that is over.
    """
    folder = Path(tempfile.gettempdir()) / f"relais-test-{_owner()}-seedlings"
    folder.mkdir(exist_ok=True)
    with (folder / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder / kind
        if not kept.exists():
            growing = folder / f"{kind}.growing"
            shutil.rmtree(growing, ignore_errors=True)
            growing.mkdir()
            plant(growing)
            growing.rename(kept)
    shutil.copytree(kept, to)


def forget() -> None:
    """At the end of the run."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(
            Path(tempfile.gettempdir()) / f"relais-test-{_owner()}-seedlings", ignore_errors=True
        )
