"""Brings the front-end packages that package-lock.json pins, and lays out what pages load.

Run by the virtual environment's Python. No script of any package is run.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import environment
from stamps import ROOT, Stamp, one_at_a_time

MODULES = ROOT / "node_modules"
VENDOR = ROOT / "web" / "static" / "vendor"
# what a page loads <- where its package keeps it
FILES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.rtl.min.css": "bootstrap/dist/css/bootstrap.rtl.min.css",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "bootstrap-icons.svg": "bootstrap-icons/bootstrap-icons.svg",
    "LICENSE-bootstrap": "bootstrap/LICENSE",
    "LICENSE-bootstrap-icons": "bootstrap-icons/LICENSE",
    "LICENSE-htmx": "htmx.org/LICENSE",
}
# The maps are not shipped; a line that names one makes every browser's tools ask for a 404.
SOURCE_MAP = re.compile(rb"\n?(?:/\*|//)# sourceMappingURL=[^\n*]+(?: ?\*/)?\n?$")


def prepare() -> None:
    inputs = [ROOT / "package.json", ROOT / "package-lock.json"]
    packages = Stamp(MODULES, ".stamp", inputs)
    if not packages.present():
        print("Front-end packages: installing from package-lock.json", flush=True)
        _npm_ci()
        packages.write()
    vendor = Stamp(VENDOR, ".stamp", [*inputs, Path(__file__)])
    if not vendor.present() or any(not (VENDOR / name).exists() for name in FILES):
        _lay_out()
        vendor.write()


def _npm_ci() -> None:
    command = [
        *npm(),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--loglevel=error",
    ]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"This failed with code {done.returncode}:\n  {' '.join(command)}")


def npm() -> list[str]:
    """The machine's npm when it can read our lock; otherwise one from a pinned Python package."""
    system = shutil.which("npm")
    if system and _reads_lock(system):
        return [system]
    environment.prepare("node")
    return [str(environment.VENV / "bin" / "npm")]


def _reads_lock(npm: str) -> bool:
    """Version 3 of the lock format needs npm 7; an npm without its node answers nothing."""
    answer = subprocess.run([npm, "--version"], capture_output=True, text=True)
    major = answer.stdout.strip().split(".")[0]
    return answer.returncode == 0 and major.isdigit() and int(major) >= 7


def _lay_out() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in FILES.items():
        content = (MODULES / source).read_bytes()
        (VENDOR / name).write_bytes(SOURCE_MAP.sub(b"\n", content))


if __name__ == "__main__":
    with one_at_a_time():
        prepare()
