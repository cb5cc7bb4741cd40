"""Makes `.venv` with exactly the pinned packages, and this project in it.

Run by whatever Python 3 the machine has: `python3 tools/environment.py base|test`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import debian
from stamps import ROOT, Stamp, one_at_a_time

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
OLDEST = (3, 11)


def prepare(level: str) -> None:
    """`level` is `base` (to run), `node` (an npm of our own) or `test` (base and the checks)."""
    _make_venv()
    lock = ROOT / "requirements" / f"{level}.txt"
    stamp = Stamp(STAMPS, f"packages-{level}", [lock])
    if not stamp.present():
        print(f"Python packages ({level}): installing from {lock.relative_to(ROOT)}", flush=True)
        _pip("install", "--require-hashes", "-r", str(lock))
        stamp.write()
    if level != "node":
        _install_project()


def _make_venv() -> None:
    if _usable():
        return
    _require_venv()
    print(f"Virtual environment: .venv with Python {sys.version.split()[0]}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)


def _usable() -> bool:
    """A `.venv` that somebody made is kept when its Python is recent enough and has pip."""
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-c", probe], capture_output=True).returncode == 0


def _require_venv() -> None:
    """Debian ships `venv` without `ensurepip`, whose absence only shows half-way through."""
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        debian.install(
            [debian.venv_package(sys.version_info[:2])],
            f"{sys.executable} cannot make virtual environments",
        )


def _pip(*words: str) -> None:
    # The hashes decide what is installed, so what pip has to say matters only when it fails.
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [str(PYTHON), "-m", "pip", *words, "--quiet"]
    done = subprocess.run(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{done.stderr}\nThis failed with code {done.returncode}:\n  {' '.join(command)}")


def _install_project() -> None:
    """Editable: a change of code is at once what runs. Offline: its needs are there already."""
    packages = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
    stamp = Stamp(STAMPS, "project", [ROOT / "pyproject.toml"], str(ROOT), *packages)
    if not stamp.present():
        _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", ".")
        stamp.write()


def main(level: str) -> None:
    if sys.version_info < OLDEST:
        found = sys.version.split()[0]
        sys.exit(f"Relais needs Python 3.11 or newer, found {found}: make PYTHON=python3.12 …")
    with one_at_a_time():
        prepare(level)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(ROOT, "requirements", f"{sys.argv[1]}.txt").exists():
        sys.exit("usage: python3 tools/environment.py base|test|node")
    main(sys.argv[1])
