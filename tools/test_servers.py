"""Checks for the real servers that the tests start, and installs the missing ones if it may."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import debian


def _program(*names: str) -> Callable[[], bool]:
    # Servers live in /usr/sbin, which a plain user's PATH leaves out.
    path = ":".join(["/usr/local/bin", "/usr/bin", "/usr/sbin", "/usr/local/sbin"])
    return lambda: any(shutil.which(name) or shutil.which(name, path=path) for name in names)


def _postgresql() -> bool:
    debian_places = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return any(True for _ in debian_places) or shutil.which("initdb") is not None


def _dovecot_imap() -> bool:
    places = ["/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap"]
    return _program("dovecot")() and any(Path(place).exists() for place in places)


def _font(language: str) -> Callable[[], bool]:
    def present() -> bool:
        if shutil.which("fc-list") is None:
            return False
        listed = subprocess.run(["fc-list", f":lang={language}"], capture_output=True, text=True)
        return bool(listed.stdout.strip())

    return present


# Debian's package -> is it there already, under whatever name this system gives it?
NEEDED: dict[str, Callable[[], bool]] = {
    "postgresql": _postgresql,
    "redis-server": _program("redis-server"),
    "dovecot-imapd": _dovecot_imap,
    "chromium": _program("chromium", "chromium-browser", "google-chrome"),
    "fontconfig": _program("fc-list"),
    "fonts-dejavu-core": _font("fr"),
    "fonts-noto-core": _font("bn"),
}


def main() -> None:
    missing = [package for package, present in NEEDED.items() if not present()]
    if missing:
        debian.install(missing, "The tests need real servers and a browser that are missing")


if __name__ == "__main__":
    main()
