"""``relais demo`` touches nobody's work, and the demonstration stays on its machine."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from support.kernel import db
from support.people.models import Agent, Role, Team
from tests.servers.process import free_port
from web.cli import main
from web.cli import running as running_module
from web.cli.settings import ready
from web.demo import loading
from web.demo.accounts import ACCOUNTS, PASSWORD
from web.demo.marking import is_demonstration, is_somebodys

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, value in {
        "RELAIS_DATA_DIR": str(tmp_path / "var"),
        "RELAIS_DATABASE_URL": "",
        # demo sets these: put back afterwards
        "RELAIS_PUBLIC_URL": "http://127.0.0.1:8000",
        "RELAIS_SMS_URL": "",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    demo = sys.modules.get("web.cli.demo") or __import__("web.cli.demo", fromlist=["demo"])
    monkeypatch.setattr(demo, "_run", lambda settings, port: None)
    monkeypatch.setattr(loading, "load_demo", partial(loading.load_demo, share=0.01))
    yield tmp_path
    db.bind().dispose()  # type: ignore[union-attr]


def relais(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def demo(*words: str) -> Result:
    return relais("demo", "--port", str(free_port()), *words)


def emails() -> list[str]:
    with db.transaction(write=False) as session:
        return list(session.scalars(select(Agent.email)))


def hire(email: str = "claire@example.org") -> None:
    with db.transaction() as session:
        team = session.scalars(select(Team)).first()
        assert team is not None
        session.add(Agent(email=email, given_name="Claire", family_name="Petit",
                          role=Role.TELEADVISER, team=team, password_hash="x"))  # fmt: skip


@pytest.mark.parametrize("words", [(), ("--reset",)], ids=["demo", "demo --reset"])
def test_somebodys_database_is_neither_deleted_nor_added_to(words: tuple[str, ...]) -> None:
    assert relais("db", "upgrade").exit_code == 0
    hire()
    refused = demo(*words)
    assert refused.exit_code == 1
    assert "not a demonstration" in refused.stderr
    assert emails() == ["claire@example.org"]


def test_an_archive_is_not_deleted_either() -> None:
    assert relais("load", "--tickets", "20").exit_code == 0
    assert demo("--reset").exit_code == 1
    assert is_somebodys(ready()[1])


def test_one_account_with_its_name_does_not_make_a_demonstration() -> None:
    assert relais("db", "upgrade").exit_code == 0
    hire(ACCOUNTS[0].email)
    assert demo("--reset").exit_code == 1
    assert emails() == [ACCOUNTS[0].email]


def test_an_installed_database_without_anything_in_it_may_take_the_demonstration() -> None:
    assert relais("db", "upgrade").exit_code == 0
    done = demo()
    assert done.exit_code == 0, done.output
    assert is_demonstration(ready()[1])


def test_the_demonstration_may_start_again_and_is_not_served_to_others() -> None:
    assert demo().exit_code == 0
    hire()
    assert demo().exit_code == 0  # a second start finds it there
    assert "claire@example.org" in emails()
    done = demo("--reset")
    assert done.exit_code == 0, done.output
    assert "claire@example.org" not in emails()
    assert is_demonstration(ready()[1])
    for host in ("0.0.0.0", "::", "", "192.0.2.1", "relais.example.org"):
        served = relais("serve", "--host", host, "--port", str(free_port()))
        assert served.exit_code == 1, host
        assert "127.0.0.1 only" in served.stderr
        assert PASSWORD not in served.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_this_machine_has_several_names(host: str) -> None:
    assert running_module._is_loopback(host)


def test_a_port_that_is_taken_is_said_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run([sys.executable, "-m", "web.cli", "demo", "--port", str(port)],
                              capture_output=True, text=True, timeout=60, check=False,
                              env={"PYTHONPATH": str(ROOT), "RELAIS_DATA_DIR": "var"})  # fmt: skip
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr
