"""The head of what we send, byte by byte: what is automatic says so, and nothing else does."""

from __future__ import annotations

import pytest

from channels.mail import notices
from channels.mail.guarding import nobody_reads
from support.kernel import db
from support.tickets.timeline import EntryKind
from tests.cast import Cast, again
from tests.channels.mail.conftest import MailRoom, a_bounce, a_raw_mail
from tests.channels.mail.test_notices import form_ticket

pytestmark = pytest.mark.mail


def head(raw: bytes) -> dict[bytes, bytes]:
    lines = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")
    return {name.lower(): value.strip() for name, _, value in (x.partition(b":") for x in lines)}


def test_automatic_mail_says_so_and_an_agents_does_not(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    ticket_id = form_ticket(real_cast)
    mail_room.drain()
    with db.transaction():
        ticket = mail_room.held(ticket_id)
    mail_room.reply(real_cast, ticket)
    mail_room.drain()
    notices.send({"ticket_id": ticket_id, "letter": "reopened", "about": 1})
    mail_room.drain()
    acknowledged, replied, reopened = [head(mail.data) for mail in mail_room.smtp.messages]
    for automatic in (acknowledged, reopened):
        assert automatic[b"auto-submitted"] in (b"auto-generated", b"auto-replied")
        assert automatic[b"x-auto-response-suppress"] == b"All"
    assert b"auto-submitted" not in replied
    assert b"x-auto-response-suppress" not in replied
    for one in (acknowledged, replied, reopened):
        assert not {b"precedence", b"list-unsubscribe", b"list-id", b"bcc"} & set(one)
        assert one[b"message-id"].startswith(b"<")


# What no one may answer: each opens no ticket or gets no letter.
ROBOTS = {
    "vacation": a_raw_mail(auto_submitted="auto-replied", subject="Absence du bureau"),
    "generated": a_raw_mail(auto_submitted="auto-generated"),
    "suppressed": a_raw_mail(x_auto_response_suppress="All"),
    "bulk": a_raw_mail(precedence="bulk"),
    "list": a_raw_mail(list_id="<liste.example.org>", precedence="list"),
    "newsletter": a_raw_mail(list_unsubscribe="<mailto:out@example.org>"),
    "bounce": a_bounce("<nobody-knows@example.org>"),
    "no reply": a_raw_mail(sender="noreply@example.org"),
    "daemon": a_raw_mail(sender="MAILER-DAEMON@example.org"),
    "ourselves": a_raw_mail(sender="aide@relais.example.org"),
}


@pytest.mark.parametrize("robot", ROBOTS)
def test_no_robot_is_answered(mail_room: MailRoom, real_cast: Cast, robot: str) -> None:
    received = mail_room.arrive(ROBOTS[robot])
    mail_room.drain()
    assert mail_room.sent == []
    assert [e for e in mail_room.entries(received.ticket_id) if e.kind is EntryKind.NOTICE] == []


def test_an_acknowledgement_leaves_once_per_ticket(mail_room: MailRoom, real_cast: Cast) -> None:
    ticket = mail_room.ticket(mail_room.arrive(a_raw_mail(message_id="<once@mail.example.org>")))
    mail_room.drain()
    mail_room.arrive(a_raw_mail("Encore", in_reply_to="<once@mail.example.org>"))
    for _ in range(2):
        notices.send({"ticket_id": ticket.id, "letter": "acknowledgement"})
    mail_room.drain()
    assert len(mail_room.sent) == 1
    assert not nobody_reads("awa@example.org")
    with db.transaction(write=False):
        assert again(real_cast.awa).email == "awa@example.org"
