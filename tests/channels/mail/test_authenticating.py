"""Only what our own servers say of a sender counts; what the sender writes about it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.mail import authenticating
from support.intake.models import Outcome
from support.kernel import db
from support.tickets.filing import Why
from support.tickets.models import Ticket
from support.tickets.timeline import EntryKind
from tests.cast import Cast
from tests.channels.mail.conftest import MailRoom, a_raw_mail

REFERENT = "referent@demo.relais"


@pytest.fixture(autouse=True)
def trusted() -> Iterator[None]:
    authenticating.configure(["mx.example.net"])
    yield
    authenticating.configure([])


def headed(*lines: str, sender: str = "Awa <awa@example.org>", text: str = "Bonjour") -> bytes:
    """A mail below these header lines, as servers put theirs on top."""
    raw = a_raw_mail(text, sender=sender)
    return "".join(f"{line}\r\n" for line in lines).encode() + raw


def says(results: str, server: str = "mx.example.net") -> str:
    return f"Authentication-Results: {server}; {results}"


PASS = "dmarc=pass header.from=example.org"
# name: (header lines, what dmarc is, whether awa@example.org is vouched for)
SAID: dict[str, tuple[tuple[str, ...], str | None, bool]] = {
    "passed": ((says(PASS),), "pass", True),
    "with comments": (
        (says('spf=pass (it (really) did) smtp.mailfrom=x@example.org; dmarc = "pass" '
              "(p=reject; sp=none) header.from=Example.ORG"),), "pass", True),
    "with a version": ((says(PASS, "mx.example.net 1"),), "pass", True),
    "the name in capitals": ((says(PASS, "MX.Example.Net"),), "pass", True),
    "folded": (("Authentication-Results: mx.example.net;\r\n\tdkim=pass header.d=example.org;"
                "\r\n dmarc=pass header.from=example.org",), "pass", True),
    "several of one server": ((says("spf=pass"), says("dkim=pass"), says(PASS)), "pass", True),
    "failed": ((says("dmarc=fail header.from=example.org"),), "fail", False),
    "passed for another domain": ((says("dmarc=pass header.from=evil.example"),), "pass", False),
    "passed for a longer domain": (
        (says("dmarc=pass header.from=example.org.evil.example"),), "pass", False),
    "without saying for whom": ((says("dmarc=pass"),), "pass", False),
    "only a signature of the domain": ((says("dkim=pass header.d=example.org"),), "", False),
    "another server": ((says(PASS, "mx.evil.example"),), None, False),
    "a server that begins alike": ((says(PASS, "mx.example.net.evil.example"),), None, False),
    "the name in a comment": ((says(PASS, "(mx.example.net) evil.example"),), None, False),
    "below another server": ((says("dmarc=none", "relay.example"), says(PASS)), None, False),
    "further down": (
        (says("spf=fail"), "Received: from evil.example", says(PASS)), "", False),
    "right below, contradicting": (
        (says("dmarc=fail header.from=example.org"), says(PASS)), "unclear", False),
    "no result": ((says("none"),), "", False),
    "nothing": ((), None, False),
    "unreadable": (("Authentication-Results: ;;;=(((",), None, False),
    "two senders": ((says(PASS), "From: agent@example.org"), "pass", False),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_who_is_believed(name: str) -> None:
    lines, dmarc, vouched = SAID[name]
    auth = authenticating.read(headed(*lines))
    assert (auth.dmarc if auth else None) == dmarc
    assert bool(auth and auth.vouches_for("awa@example.org")) is vouched


def test_without_a_trusted_server_nothing_is_read() -> None:
    authenticating.configure([])
    assert authenticating.read(headed(says(PASS))) is None


def test_what_was_found_is_kept_with_the_mail_and_its_entry(
    mail_room: MailRoom, real_cast: Cast
) -> None:
    received = mail_room.arrive(headed(says(PASS + "; dkim=pass header.d=example.org")))
    (entry,) = (e for e in mail_room.entries(received.ticket_id) if e.kind is EntryKind.MESSAGE)
    assert received.auth is not None
    assert received.auth["dmarc"] == "pass"
    assert received.auth["dkim"] == ["example.org"]
    assert entry.data["auth"] == received.auth


OURS = says("dmarc=pass header.from=demo.relais")
# name: (header lines, whether the referent's report opens a ticket)
REPORTS: dict[str, tuple[tuple[str, ...], bool]] = {
    "vouched for": ((OURS,), True),
    "nothing said": ((), False),
    "failed": ((says("dmarc=fail header.from=demo.relais"),), False),
    "said by the sender": ((says("dmarc=pass header.from=demo.relais", "demo.relais"),), False),
    "passed for another": ((says(PASS),), False),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_referent_reports_by_mail_only_when_vouched_for(
    mail_room: MailRoom, real_cast: Cast, name: str
) -> None:
    lines, opens = REPORTS[name]
    received = mail_room.arrive(headed(*lines, sender=REFERENT, text="Le portail est en panne"))
    if opens:
        ticket = mail_room.ticket(received)
        assert ticket.requester_agent_id == real_cast.referent.id
        assert ticket.team.code == "dp"
    else:
        assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.STAFF_ADDRESS)


@pytest.mark.parametrize(("line", "joins"), [
    (OURS, True), ("X-Nothing: said", False), (says("dmarc=fail header.from=demo.relais"), False),
])  # fmt: skip
def test_an_answer_from_our_own_needs_the_same(
    mail_room: MailRoom, real_cast: Cast, line: str, joins: bool
) -> None:
    """Whoever read a mail of ours over a shoulder knows its Message-ID."""
    ticket = mail_room.ticket(mail_room.arrive(headed(OURS, sender=REFERENT)))
    mail_room.drain()
    known = mail_room.sent[-1]["Message-ID"]
    answer = line.encode() + b"\r\n" + a_raw_mail("Oui", sender=REFERENT, in_reply_to=known)
    received = mail_room.arrive(answer)
    expected = Outcome.APPENDED if joins else Outcome.QUARANTINED
    assert received.outcome is expected
    with db.transaction(write=False) as session:
        assert session.get_one(Ticket, ticket.id).chasers == int(joins)


@pytest.mark.parametrize("sender", ["teleadviser@demo.relais", "admin@demo.relais"])
def test_no_other_of_ours_opens_anything_by_mail(
    mail_room: MailRoom, real_cast: Cast, sender: str
) -> None:
    received = mail_room.arrive(headed(OURS, sender=sender))
    assert (received.outcome, received.reason) == (Outcome.QUARANTINED, Why.STAFF_ADDRESS)
