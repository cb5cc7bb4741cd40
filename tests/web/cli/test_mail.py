"""``relais mail`` as a gateway and a script call it: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers.fixtures import Mailbox
from tests.servers.process import free_port

pytestmark = pytest.mark.mail

ROOT = Path(__file__).resolve().parents[3]
MAIL = (
    b"Message-ID: <un@example.org>\r\nFrom: Awa <awa@example.org>\r\nSubject: Titre\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nD\xc3\xa9j\xc3\xa0 pay\xc3\xa9.\r\n"
)
KEYS = {
    "message_id", "in_reply_to", "references", "date", "subject", "from", "to", "cc", "reply_to",
    "text", "reply_text", "html", "language", "attachments", "auto_reply", "bounce", "list",
    "encrypted", "signed", "defects", "may_be_answered", "failed_recipients", "bounced_message_id",
}  # fmt: skip


class Relais:
    """The command in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("RELAIS_")},
            "PYTHONPATH": str(ROOT),
            "RELAIS_DATA_DIR": str(folder / "var"),
            "LC_ALL": "C",
        }

    def __call__(
        self, *words: str, given: bytes = b"", **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "web.cli", *words], input=given, cwd=self.folder, check=False,
            env={**self.environment, **environment}, capture_output=True, timeout=120,
        )  # fmt: skip

    def file(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)


@pytest.fixture
def relais(tmp_path: Path) -> Relais:
    return Relais(tmp_path)


@pytest.fixture
def installed(relais: Relais) -> Relais:
    done = relais("db", "upgrade")
    assert done.returncode == 0, done.stderr
    return relais


def lines(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def test_parse_prints_one_object_for_each_file(relais: Relais) -> None:
    broken = relais.file("broken.eml", b"\x00\xff nothing")
    found = lines(relais("mail", "parse", relais.file("a.eml", MAIL), broken))
    assert [set(one) for one in found] == [KEYS, KEYS]
    assert (found[0]["message_id"], found[0]["text"]) == ("<un@example.org>", "Déjà payé.")
    assert found[1]["defects"]


def test_parse_needs_neither_settings_nor_database(relais: Relais) -> None:
    wrong = {"RELAIS_DATABASE_URL": "nonsense", "RELAIS_SMTP_URL": "nonsense"}
    (found,) = lines(relais("mail", "parse", "-", given=MAIL, **wrong))
    assert found["subject"] == "Titre"
    assert not (relais.folder / "var").exists()


def test_parse_imports_nothing_of_the_database() -> None:
    asked = "import sys, web.cli.mail_parse as _; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == b"False"


def test_ingest_tells_what_became_of_each(installed: Relais) -> None:
    one = installed.file("one.eml", MAIL)
    answer = MAIL.replace(b"<un@", b"<deux@").replace(b"pay", b"re\xc3\xa7u")
    two = installed.file("two.eml", b"In-Reply-To: <un@example.org>\r\n" + answer)
    empty = installed.file("empty.eml", b"")
    found = lines(installed("mail", "ingest", one, two, one, empty))
    assert [line["outcome"] for line in found] == [
        "created", "appended", "duplicate", "quarantined",
    ]  # fmt: skip
    assert [line["file"] for line in found] == [one, two, one, empty]
    assert [line["message_id"] for line in found[:2]] == ["<un@example.org>", "<deux@example.org>"]
    assert found[0]["ticket"] == found[1]["ticket"] == found[2]["ticket"]
    assert len(found[0]["ticket"].replace("-", "")) == 12
    assert found[0]["entry"] == found[2]["entry"] != found[1]["entry"]
    assert (found[3]["ticket"], found[3]["entry"]) == (None, None)
    (again,) = lines(installed("mail", "ingest", "-", given=MAIL))
    assert (again["outcome"], again["ticket"]) == ("duplicate", found[0]["ticket"])


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"RELAIS_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, id="no database"),
        pytest.param({"RELAIS_SMTP_URL": "nonsense"}, id="a wrong setting"),
        pytest.param({}, id="no tables"),
    ],
)
def test_ingest_asks_to_come_again_when_it_cannot_store(
    relais: Relais, wrong: dict[str, str]
) -> None:
    done = relais("mail", "ingest", "-", given=MAIL, **wrong)
    assert (done.returncode, done.stdout) == (75, b"")
    assert done.stderr
    assert b"Traceback" not in done.stderr


def test_a_file_that_does_not_exist_is_wrong_usage(relais: Relais) -> None:
    assert relais("mail", "parse", "/nowhere.eml").returncode == 2
    assert relais("mail", "ingest").returncode == 2


def test_fetch_once_empties_the_mailboxes(installed: Relais, mailbox: Mailbox) -> None:
    mailbox.deliver(MAIL, MAIL.replace(b"<un@", b"<deux@"))
    environment = {"RELAIS_IMAP_URLS": mailbox.url}
    (found,) = lines(installed("mail", "fetch", "--once", **environment))
    assert (found["taken"], found["new"], found["not_understood"]) == (2, 2, 0)
    assert "secret" not in found["mailbox"]
    assert mailbox.count() == 0
    (again,) = lines(installed("mail", "ingest", "-", given=MAIL))
    assert again["outcome"] == "duplicate"
    assert again["ticket"]


def test_fetch_says_which_mailbox_cannot_be_read(installed: Relais, mailbox: Mailbox) -> None:
    away = f"imap://box:geheim@127.0.0.1:{free_port()}/INBOX"
    nothing = installed("mail", "fetch", "--once", RELAIS_IMAP_URLS=away)
    some = installed("mail", "fetch", "--once", RELAIS_IMAP_URLS=f"{away} {mailbox.url}")
    assert (nothing.returncode, some.returncode) == (75, 1)
    assert b"box@127.0.0.1" in nothing.stderr
    assert b"geheim" not in nothing.stderr + some.stderr
    assert installed("mail", "fetch", "--once").returncode == 1
