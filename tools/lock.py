"""Compiles what we ask for (requirements/*.in, package.json) into what is installed, exactly.

The locks hold versions and hashes and no address: any mirror of the usual registries serves.
Run by the virtual environment's Python, which has pip-compile; its words are given on to it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import environment
import frontend
from stamps import ROOT

# Private indexes and caps of the machine at hand must not leak into what everybody installs.
PRIVATE = ["PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONSTRAINT"]
OLDEST = "3.11.2"  # Debian 12
LEVELS = ["base", "test", "node"]


def lock_python(extra: list[str]) -> None:
    for level in LEVELS:
        print(f"requirements/{level}.txt", flush=True)
        command = [
            str(environment.VENV / "bin" / "pip-compile"), "--quiet", "--no-config",
            "--generate-hashes", "--strip-extras", "--allow-unsafe",
            "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host",
            *extra, f"--output-file={level}.txt", f"{level}.in",
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT / "requirements", env=_plain(), check=True)


def lock_frontend() -> None:
    print("package-lock.json", flush=True)
    flags = ["--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved"]
    subprocess.run([*frontend.npm(), "install", *flags], cwd=ROOT, check=True)


def check_no_address() -> None:
    """A lock that names a host would bind every user to it."""
    locks = [ROOT / "requirements" / f"{level}.txt" for level in LEVELS]
    for lock in locks:
        _refuse(lock, ["://", "--index-url", "--find-links", "--extra-index-url"])
    _refuse(ROOT / "package-lock.json", ['"resolved"'])


def check_oldest() -> None:
    """Every pin must install on the oldest Python we promise, and without a compiler."""
    for level in LEVELS:
        print(f"requirements/{level}.txt on Python {OLDEST}", flush=True)
        as_oldest = ["--python-version", OLDEST, "--only-binary=:all:", "--no-deps", "--dry-run"]
        with tempfile.TemporaryDirectory() as nowhere:
            where = ["--target", nowhere, "--require-hashes", "--requirement", f"{level}.txt"]
            command = [str(environment.PYTHON), "-m", "pip", "install", "--quiet"]
            everything = [*command, *as_oldest, *where]
            subprocess.run(everything, cwd=ROOT / "requirements", env=_plain(), check=True)


def _plain() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in PRIVATE}
    return kept | {"PIP_CONFIG_FILE": os.devnull, "CUSTOM_COMPILE_COMMAND": "make lock"}


def _refuse(lock: Path, words: list[str]) -> None:
    text = lock.read_text()
    for word in words:
        if word in text:
            raise SystemExit(f"{lock.relative_to(ROOT)} holds {word}: no address belongs there")


if __name__ == "__main__":
    lock_python(sys.argv[1:])
    lock_frontend()
    check_no_address()
    check_oldest()
