"""The demonstration goes on when one of its processes dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.servers.process import wait_until
from web.cli import children
from web.cli.children import Child


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "PAUSE", 0.0)


def test_a_process_that_died_is_started_again(tmp_path: Path) -> None:
    died_once = tmp_path / "died"
    code = (
        f"import pathlib, sys; p = pathlib.Path({str(died_once)!r})\n"
        "if not p.exists(): p.touch(); sys.exit(1)\n"
        "import threading; threading.Event().wait()"
    )
    child = Child([sys.executable, "-c", code], os.environ)
    assert child.process.wait(30) == 1
    assert not child.is_alive()
    assert child.start_again()
    assert child.is_alive()
    child.terminate()
    child.wait()
    assert not child.is_alive()


def test_one_that_dies_each_time_is_given_up() -> None:
    child = Child([sys.executable, "-c", "raise SystemExit(3)"], os.environ)
    for _ in range(children.MOST):
        child.process.wait(30)
        assert child.start_again()
    assert child.process.wait(30) == 3
    assert not child.start_again()


def test_one_that_dies_now_and_then_is_never_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LATELY", 0.0)
    child = Child([sys.executable, "-c", ""], os.environ)
    for _ in range(children.MOST + 2):
        child.process.wait(30)
        assert child.start_again()
    child.wait()


def test_what_it_started_itself_ends_with_it(tmp_path: Path) -> None:
    """A server's own worker that hangs must not keep the port."""
    told = tmp_path / "told"
    code = (
        "import pathlib, subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-c', "
        "'import signal, threading; signal.signal(15, signal.SIG_IGN); print(1, flush=True); "
        "threading.Event().wait()'], stdout=subprocess.PIPE)\n"
        "p.stdout.readline()\n"
        f"pathlib.Path({str(told)!r}).write_text(str(p.pid))\n"
        "import threading; threading.Event().wait()"
    )
    child = Child([sys.executable, "-c", code], os.environ)
    wait_until(lambda: told.exists() and told.read_text() != "", "the grandchild", 30)
    child.terminate()
    child.wait()
    wait_until(lambda: not _runs(int(told.read_text())), "its end", 10)


def _runs(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    return "State:\tZ" not in status
