"""``relais user``: the same way in as the page, for whoever holds the machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from support.kernel import db
from support.people.models import Agent
from support.people.passwords import matches
from web.cli import main

EMAIL = "claire.petit@example.org"


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("RELAIS_DATABASE_URL", "")
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0


def user(*words: str) -> Result:
    return CliRunner().invoke(main, ["user", *words])


def create(email: str = EMAIL, **changes: str) -> Result:
    options = {"role": "teleadviser", "team": "ccc", "password": "a long password", **changes}
    return user("create", email, *(word for k, v in options.items() for word in (f"--{k}", v)))


def listed() -> list[dict[str, object]]:
    return [json.loads(line) for line in user("list").stdout.splitlines()]


def stored(email: str = EMAIL) -> Agent:
    with db.transaction(write=False) as session:
        return session.scalars(select(Agent).where(Agent.email == email)).one()


def test_an_account_is_created_with_the_password_given() -> None:
    done = create("  Claire.Petit@Example.org ")
    assert (done.exit_code, done.stdout) == (0, f"created {EMAIL}\n"), done.output
    (line,) = listed()
    assert (line["name"], line["role"], line["team"]) == ("Claire Petit", "teleadviser", "ccc")
    assert matches(stored(), "a long password")
    assert stored().session_epoch == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"team": "nowhere"}, "no team 'nowhere' for a teleadviser; there are: ccc"),
        ({"team": "dp"}, "no team 'dp' for a teleadviser"),
        ({"password": "short"}, "password.short"),
        ({"title": "x" * 121}, "field.too_long"),
        ({"email": "claire"}, "email.invalid"),
    ],
)
def test_what_the_page_refuses_is_refused_here(changes: dict[str, str], said: str) -> None:
    refused = create(**changes)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert listed() == []


def test_an_address_has_one_account() -> None:
    assert create().exit_code == 0
    assert "account.exists" in create(EMAIL.upper()).stderr
    assert len(listed()) == 1


def test_an_account_is_closed_and_opened_again() -> None:
    assert create("admin@example.org", role="administrator", team="administration").exit_code == 0
    assert user("disable", "admin@example.org").exit_code == 0  # the machine may, even the last
    closed = stored("admin@example.org")
    assert not closed.active
    assert user("reset", "admin@example.org", "--password", "short").exit_code == 1
    assert not stored("admin@example.org").active
    done = user("reset", "admin@example.org", "--password", "another long one")
    assert done.exit_code == 0, done.output
    opened = stored("admin@example.org")
    assert opened.active
    assert matches(opened, "another long one")
    assert opened.session_epoch > closed.session_epoch
    assert user("disable", "nobody@example.org").exit_code == 1


def test_a_token_is_printed_once_listed_and_ended() -> None:
    create()
    secret = user("token", EMAIL, "--telephony", "--label", "exchange").stdout.strip()
    assert secret.startswith("relais_tel_")
    (line,) = (json.loads(line) for line in user("token", EMAIL, "--list").stdout.splitlines())
    assert (line["kind"], line["label"], line["revoked_at"]) == ("telephony", "exchange", None)
    assert secret not in json.dumps(line)
    assert secret.endswith(line["ends_with"])
    assert user("token", EMAIL, "--revoke", str(line["id"])).exit_code == 0
    assert user("token", EMAIL, "--revoke", "999").exit_code == 1
    ended = json.loads(user("token", EMAIL, "--list").stdout)
    assert ended["revoked_at"] is not None
    user("disable", EMAIL)
    assert user("token", EMAIL).exit_code == 1


def test_a_place_on_the_exchange_is_one_persons() -> None:
    create()
    create("nour.haddad@example.org", extension="2204")
    taken = user("extension", EMAIL, "2204")
    assert (taken.exit_code, "account.extension_taken" in taken.stderr) == (1, True)
    assert user("extension", EMAIL, "2205").exit_code == 0
    assert {line["extension"] for line in listed()} == {"2204", "2205"}
