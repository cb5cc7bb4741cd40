"""The demonstration goes on when one of its processes dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

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
