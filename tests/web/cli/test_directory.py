"""``relais directory``: a published file taken from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.help_sessions.directory.test_directory import a_file, fs
from web.cli import main

ADMIN = "thomas.wagner@example.org"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("RELAIS_DATABASE_URL", "")
    monkeypatch.chdir(tmp_path)
    assert run("db", "upgrade").exit_code == 0
    words = ("--role", "administrator", "--team", "administration", "--password", "a long password")
    created = run("user", "create", ADMIN, *words)
    assert created.exit_code == 0, created.output
    path = tmp_path / "fs.csv"
    path.write_bytes(a_file(fs(1), fs(1), fs(2)))
    return str(path)


def test_seen_then_taken(file: str) -> None:
    command = ("directory", "import", "france_services", file, "--day", "2026-01-31")
    said = run(*command, "--by", ADMIN, "--dry-run")
    assert said.stdout == "2 places: 2 new, 0 changed, 0 gone, 1 rows left out\n", said.output
    for new in (2, 0):
        assert f" {new} new" in run(*command, "--by", ADMIN).stdout
    assert run(*command, "--by", "nobody@example.org").exit_code == 1
    assert run("directory", "import", "administration", file, "--day", "2026-01-31", "--by",
               ADMIN).exit_code == 1  # fmt: skip
