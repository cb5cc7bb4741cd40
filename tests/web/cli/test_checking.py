"""``relais check``: a sound installation is ok before its first search, and quick when asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from channels.mail import reviews
from web.cli import checking, main


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("RELAIS_DATABASE_URL", "")
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0


def test_an_index_that_nobody_has_needed_yet_is_no_failure() -> None:
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "settings", "database", "migrations", "broker", "languages", "mail out", "mail in",
        "index", "letters",
    ]  # fmt: skip
    assert all(line.endswith(" ok") for line in lines)


def test_an_index_that_cannot_be_built_is_one(tmp_path: Path) -> None:
    (tmp_path / "var" / "index").write_text("in the way")
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("index")]
    assert not line.endswith(" ok")


def test_a_translation_that_nobody_has_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    stale = reviews.Translation("reopened", "es", reviews.Review.OUTDATED)
    monkeypatch.setattr(reviews, "translations", lambda: iter([stale]))
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 1
    assert "reopened/es" in done.stdout.splitlines()[-1]
    assert "reopened" in CliRunner().invoke(main, ["letters"]).stdout


def test_quick_looks_at_neither_mail_nor_index(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_mail_out", "_mail_in", "_index"):
        monkeypatch.setattr(checking, name, lambda settings: 1 / 0)
    assert CliRunner().invoke(main, ["check"]).exit_code == 1
    done = CliRunner().invoke(main, ["check", "--quick"])
    assert done.exit_code == 0, done.output
    assert len(done.stdout.splitlines()) == 4


def test_a_wrong_setting_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_DATABASE_URL", "postgresql+psycopg://localhost/relais")
    monkeypatch.setenv("RELAIS_SECRET_KEY", "")
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 1
    assert "RELAIS_SECRET_KEY is required" in done.stdout
