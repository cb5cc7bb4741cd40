"""The tests' own servers: each really starts, answers, misbehaves on demand, and is gone."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import imapclient
import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.servers.dovecot import PASSWORD, DovecotServer
from tests.servers.fixtures import Mailbox
from tests.servers.postgres import PostgresServer
from tests.servers.process import Server, ServerFailed, wait_until
from tests.servers.redis import RedisServer
from tests.servers.smtp import SmtpServer
from tests.servers.smtp_process import SmtpProcess

ROOT = Path(__file__).resolve().parents[2]


def message(subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "lina@example.org", "aide@example.org", subject
    mail.set_content("Bonjour, où en est ma demande ?\n")
    return mail


def send(server: SmtpServer | SmtpProcess, subject: str = "Bonjour") -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
        client.send_message(message(subject))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("kind", [PostgresServer, RedisServer, DovecotServer, SmtpProcess])
def test_starts_answers_and_leaves_nothing(kind: type[Server]) -> None:
    with kind() as server:
        pid, port, folder = server.pid, server.port, server.folder
        assert server.answers()
    assert not listens(port)
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("kind", [PostgresServer, RedisServer, SmtpProcess])
def test_comes_back_on_the_same_port_after_a_crash(kind: type[Server]) -> None:
    with kind() as server:
        port = server.port
        server.kill()
        assert not server.answers()
        server.start()
        assert server.port == port
        assert server.answers()


def test_dies_with_a_killed_test_run() -> None:
    script = (
        "from tests.servers.redis import RedisServer\n"
        "server = RedisServer().start()\n"
        "print(server.pid, server.port, server.folder, flush=True)\n"
        "input()\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    _pid, port, folder = run.stdout.readline().split()
    run.kill()
    run.communicate()
    wait_until(lambda: not listens(int(port)), "the orphan is gone")
    with RedisServer():
        assert not Path(folder).exists(), "the next server sweeps what the killed run left"


def test_a_server_that_cannot_start_says_why() -> None:
    class Broken(RedisServer):
        def command(self) -> list[str]:
            return [*super().command(), "--no-such-setting", "1"]

    with pytest.raises(ServerFailed, match="no-such-setting"), Broken():
        pass


def test_postgres_databases(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database("first")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE fact (word text)"))
        connection.execute(text("INSERT INTO fact VALUES ('été')"))
    engine.dispose()
    copy = create_engine(postgres_server.create_database("second", template="first"))
    with copy.connect() as connection:
        assert connection.scalar(text("SELECT word FROM fact")) == "été"
    copy.dispose()
    postgres_server.drop_database("second")
    postgres_server.drop_database("first")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("+psycopg", ""))


def test_postgres_cuts_connections(postgres_server: PostgresServer) -> None:
    url = postgres_server.url().replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        postgres_server.disconnect_all()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_postgres_keeps_what_it_promised_through_a_crash() -> None:
    with PostgresServer(fsync=True) as server:
        url = server.url().replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        os.kill(server.pid, signal.SIGKILL)
        server.kill()
        server.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (42,)


def test_redis_is_empty_for_each_test(redis_server: RedisServer, redis_url: str) -> None:
    with redis_server.client() as client:
        client.set("word", "bonjour")
        assert client.get("word") == b"bonjour"
    redis_server.clear()
    with redis_server.client() as client:
        assert client.dbsize() == 0
    assert redis_url == f"redis://127.0.0.1:{redis_server.port}/0"


@pytest.mark.mail
def test_dovecot_gives_what_was_delivered(mailbox: Mailbox) -> None:
    assert mailbox.count() == 0
    mailbox.deliver(message("un").as_bytes(), b"no header at all \xff\n", folder="INBOX")
    mailbox.deliver(message("trois").as_bytes(), folder="Archives/2026")
    assert mailbox.count() == 2
    assert mailbox.count("Archives/2026") == 1
    assert mailbox.count("Nowhere") == 0
    first, second = mailbox.messages()
    assert b"Subject: un\r\n" in first
    assert b"\xff" in second


@pytest.mark.mail
def test_dovecot_lets_a_client_remove(mailbox: Mailbox, dovecot_server: DovecotServer) -> None:
    mailbox.deliver(message("un").as_bytes(), message("deux").as_bytes())
    context = dovecot_server.certificates.client_context
    with imapclient.IMAPClient(
        "127.0.0.1", port=dovecot_server.tls_port, ssl_context=context
    ) as client:
        client.login(mailbox.user, PASSWORD)
        client.select_folder("INBOX")
        first, _second = client.search()
        client.delete_messages([first])
        client.expunge([first])
    assert mailbox.count() == 1
    assert b"Subject: deux" in mailbox.messages()[0]
    assert mailbox.url == f"imap://{mailbox.user}:secret@127.0.0.1:{dovecot_server.port}/INBOX"


@pytest.mark.mail
def test_dovecot_refuses_a_wrong_password(dovecot_server: DovecotServer) -> None:
    with (
        imapclient.IMAPClient("127.0.0.1", port=dovecot_server.port, ssl=False) as client,
        pytest.raises(imapclient.exceptions.LoginError),
    ):
        client.login("lina", "wrong")


@pytest.mark.mail
def test_smtp_keeps_envelope_and_bytes(smtp_server: SmtpServer) -> None:
    send(smtp_server, "Réponse")
    (mail,) = smtp_server.messages
    assert mail.envelope_from == "lina@example.org"
    assert mail.rcpts == ["aide@example.org"]
    assert b"Subject: =?utf-8?" in mail.data


@pytest.mark.mail
def test_smtp_refuses_once_then_accepts(smtp_server: SmtpServer) -> None:
    smtp_server.set_reply("rcpt", 450, "4.2.1 later", times=1)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(smtp_server)
    send(smtp_server)
    assert len(smtp_server.messages) == 1


@pytest.mark.mail
def test_smtp_refuses_after_data(smtp_server: SmtpServer) -> None:
    smtp_server.set_reply("data", 552, "5.3.4 too big")
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(smtp_server)
    assert refused.value.smtp_code == 552
    assert smtp_server.messages == []


@pytest.mark.mail
def test_smtp_hangs_until_the_sender_gives_up(smtp_server: SmtpServer) -> None:
    smtp_server.hang()
    with smtplib.SMTP("127.0.0.1", smtp_server.port, timeout=0.5) as client:
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            client.send_message(message("Silence"))
        client.close()
    assert smtp_server.messages == []


@pytest.mark.mail
def test_smtp_drops_the_line_after_taking_the_mail(smtp_server: SmtpServer) -> None:
    smtp_server.drop_after_data()
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(smtp_server)
    assert len(smtp_server.messages) == 1


@pytest.mark.mail
def test_smtp_down_and_up_again() -> None:
    with SmtpServer() as server:
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            send(server)
        server.start()
        send(server)
        assert len(server.messages) == 1


@pytest.mark.mail
def test_smtp_wants_encryption_and_a_password(smtp_tls_server: SmtpServer) -> None:
    assert smtp_tls_server.url.startswith("smtp+starttls://relais:secret@127.0.0.1:")
    with pytest.raises(smtplib.SMTPException):
        send(smtp_tls_server)
    assert smtp_tls_server.certificates is not None
    with smtplib.SMTP("127.0.0.1", smtp_tls_server.port, timeout=10) as client:
        client.starttls(context=smtp_tls_server.certificates.client_context)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("relais", "wrong")
        client.login("relais", "secret")
        client.send_message(message("Chiffré"))
    assert len(smtp_tls_server.messages) == 1


@pytest.mark.mail
def test_smtp_encrypted_from_the_first_byte(tmp_path: Path) -> None:
    with SmtpServer(tmp_path, tls="implicit") as server:
        assert server.certificates is not None
        with pytest.raises(ssl.SSLCertVerificationError):
            smtplib.SMTP_SSL("127.0.0.1", server.port, context=ssl.create_default_context())
        context = server.certificates.client_context
        with smtplib.SMTP_SSL("127.0.0.1", server.port, context=context, timeout=10) as client:
            client.send_message(message("Chiffré"))
        assert len(server.messages) == 1


@pytest.mark.mail
def test_smtp_process_keeps_mails_through_its_own_death(smtp_process: SmtpProcess) -> None:
    send(smtp_process, "un")
    send(smtp_process, "deux")
    smtp_process.kill()
    assert [b"Subject: un" in mail.data for mail in smtp_process.messages] == [True, False]
    assert smtp_process.messages[1].rcpts == ["aide@example.org"]
