"""Installs missing Debian packages when it may, and says the exact command when it may not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

CLUSTER_CONF = Path("/etc/postgresql-common/createcluster.conf")
SERVICES = {"redis-server": "redis-server", "dovecot-imapd": "dovecot"}


def install(packages: list[str], why: str) -> None:
    """Installs `packages` by apt-get as root or by `sudo -n`; else exits 1 with the remedy."""
    prefix = _privilege()
    if prefix is None:
        sys.exit(_remedy(packages, why))
    print(f"{why}: installing {' '.join(packages)}", file=sys.stderr, flush=True)
    _apt(prefix, ["update"])
    if "postgresql" in packages:
        _apt(prefix, ["install", "postgresql-common"])
        _forbid_main_cluster(prefix)
    _apt(prefix, ["install", *packages])
    _stop_services(prefix, packages)


def _privilege() -> list[str] | None:
    """The words to put before a command to run it as root; None when that is not allowed."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def _remedy(packages: list[str], why: str) -> str:
    names = " ".join(packages)
    if shutil.which("apt-get"):
        command = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends {names}"
        return f"{why}. Run this, then start again:\n  {command}"
    return f"{why}. Install what your system calls (Debian names): {names}; then start again."


def _apt(prefix: list[str], words: list[str]) -> None:
    flags = (
        ["-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"]
        if words[0] == "install"
        else ["-qq"]
    )
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    command = [*prefix, *environment, "apt-get", words[0], *flags, *words[1:]]
    # stdout is kept for what the caller was asked; progress is a message.
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if done.returncode:
        sys.exit(f"This failed with code {done.returncode}:\n  {' '.join(command)}")


def _forbid_main_cluster(prefix: list[str]) -> None:
    """Debian would create and start a database nobody asked for; the tests make their own."""
    line = r"s/^#?\s*create_main_cluster\s*=.*/create_main_cluster = false/"
    subprocess.run([*prefix, "sed", "-r", "-i", line, str(CLUSTER_CONF)], check=True)


def _stop_services(prefix: list[str], packages: list[str]) -> None:
    """Leaves nothing running that we brought: the tests start their own, on their own ports."""
    if not Path("/run/systemd/system").exists():
        return
    for service in (SERVICES[name] for name in packages if name in SERVICES):
        subprocess.run([*prefix, "systemctl", "disable", "--now", service], check=False)


def venv_package(version: tuple[int, int]) -> str:
    """Debian's package with `ensurepip` for this Python, e.g. `python3.11-venv`."""
    return f"python{version[0]}.{version[1]}-venv"
