"""A message handed to a real SMTP server that says yes, no, not now, or nothing at all."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from channels.mail.composing import OutgoingMail, compose
from channels.mail.sending import (
    FileTransport,
    PermanentFailure,
    SmtpTransport,
    TemporaryFailure,
    transport_for,
)
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.mail
MAIL = OutgoingMail(
    message_id="<1.abc@relais.example.org>",
    date=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    sender_name="Le centre",
    sender_address="aide@example.org",
    to=(("", "jean@example.net"),),
    subject="Votre demande",
    text="Bonjour\n.\n..fin",
)
RAW = compose(MAIL)


def test_the_server_gets_the_bytes_and_the_envelope(smtp_server: SmtpServer) -> None:
    assert SmtpTransport(smtp_server.url).send(RAW, "", ["jean@example.net", "x@example.net"]) == {}
    [mail] = smtp_server.messages
    assert mail.data.rstrip(b"\r\n") == RAW.rstrip(b"\r\n")
    assert mail.envelope_from in ("", "<>")
    assert mail.rcpts == ["jean@example.net", "x@example.net"]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    ("code", "words", "failure"),
    [
        (421, "closing", TemporaryFailure),
        (451, "greylisted, try again", TemporaryFailure),
        (452, "mailbox full", TemporaryFailure),
        (550, "no such user here", PermanentFailure),
        (552, "too large", PermanentFailure),
    ],
)
def test_refusals_are_told_apart(
    smtp_server: SmtpServer, stage: str, code: int, words: str, failure: type[Exception]
) -> None:
    smtp_server.set_reply(stage, code, words)
    with pytest.raises(failure) as told:
        SmtpTransport(smtp_server.url).send(RAW, "aide@example.org", ["jean@example.net"])
    assert (told.value.code, told.value.words) == (code, words)  # type: ignore[attr-defined]
    assert smtp_server.messages == []
    smtp_server.clear()
    SmtpTransport(smtp_server.url).send(RAW, "aide@example.org", ["jean@example.net"])
    assert len(smtp_server.messages) == 1


def test_one_refused_recipient_does_not_stop_the_others(smtp_server: SmtpServer) -> None:
    smtp_server.set_reply("rcpt:bad@example.net", 550, "unknown")
    refused = SmtpTransport(smtp_server.url).send(
        RAW, "a@example.org", ["bad@example.net", "ok@example.net"]
    )
    assert isinstance(refused["bad@example.net"], PermanentFailure)
    assert [mail.rcpts for mail in smtp_server.messages] == [["ok@example.net"]]


def test_a_line_cut_after_the_message_is_temporary_and_the_next_try_is_the_same(
    smtp_server: SmtpServer,
) -> None:
    smtp_server.drop_after_data()
    with pytest.raises(TemporaryFailure):
        SmtpTransport(smtp_server.url).send(compose(MAIL), "a@example.org", ["jean@example.net"])
    smtp_server.drop_after_data(False)
    SmtpTransport(smtp_server.url).send(compose(MAIL), "a@example.org", ["jean@example.net"])
    assert len({mail.data for mail in smtp_server.messages}) == 1


def test_a_server_that_hangs_is_left(smtp_server: SmtpServer) -> None:
    smtp_server.hang()
    with pytest.raises(TemporaryFailure):
        SmtpTransport(smtp_server.url, timeout=0.3).send(RAW, "a@example.org", ["jean@example.net"])


def test_a_server_that_is_down_is_temporary(smtp_server: SmtpServer) -> None:
    smtp_server.stop()
    try:
        with pytest.raises(TemporaryFailure) as told:
            SmtpTransport(smtp_server.url, timeout=2).send(
                RAW, "a@example.org", ["jean@example.net"]
            )
        assert told.value.code == 0
        with pytest.raises(TemporaryFailure):
            SmtpTransport(smtp_server.url, timeout=2).check()
    finally:
        smtp_server.start()


def test_an_encrypted_connection_and_a_password_with_odd_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "p@ss/w:rd%"
    with SmtpServer(tmp_path, tls="starttls", login=("user@example.org", password)) as server:
        assert server.certificates is not None
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificates.ca))
        where = f"localhost:{server.port}"
        url = f"smtp+starttls://user%40example.org:{quote(password, safe='')}@{where}"
        SmtpTransport(url).send(RAW, "a@example.org", ["jean@example.net"])
        assert len(server.messages) == 1
        wrong = f"smtp+starttls://user%40example.org:wrong@{where}"
        with pytest.raises(TemporaryFailure) as told:
            SmtpTransport(wrong).send(RAW, "a@example.org", ["jean@example.net"])
        assert told.value.code == 535


def test_a_connection_encrypted_from_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmtpServer(tmp_path, tls="implicit") as server:
        assert server.certificates is not None
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificates.ca))
        SmtpTransport(f"smtps://localhost:{server.port}").send(RAW, "", ["jean@example.net"])
        assert len(server.messages) == 1


def test_an_unknown_certificate_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with (
        SmtpServer(tmp_path, tls="starttls") as server,
        pytest.raises(TemporaryFailure, match="certificate"),
    ):
        SmtpTransport(server.url).send(RAW, "a@example.org", ["jean@example.net"])


@pytest.mark.parametrize("url", ["http://example.org", "smtp://", "smtp://host:notaport"])
def test_wrong_addresses_are_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match=r"SMTP|Port"):
        SmtpTransport(url)


def test_without_server_messages_are_files_and_a_second_try_makes_no_second(tmp_path: Path) -> None:
    transport = transport_for(None, tmp_path / "outbox")
    assert isinstance(transport, FileTransport)
    for raw in (RAW, RAW, compose(replace(MAIL, message_id="<2/../x@relais.example.org>"))):
        assert transport.send(raw, "a@example.org", ["jean@example.net"]) == {}
    files = sorted((tmp_path / "outbox").iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert RAW in {file.read_bytes() for file in files}


def test_a_folder_that_cannot_be_written_is_temporary(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((TemporaryFailure, OSError)):
        FileTransport(tmp_path / "file" / "outbox").send(RAW, "", ["jean@example.net"])
