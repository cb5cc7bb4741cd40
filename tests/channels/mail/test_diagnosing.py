"""What servers say, as reasons that people can act on."""

import pytest

from channels.mail.diagnosing import Why, diagnose


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("550 5.1.1 <a@example.org>: Recipient address rejected: User unknown", Why.NO_MAILBOX),
        ("5.1.1 550 5.1.1 no such user here", Why.NO_MAILBOX),
        ("550 Requested action not taken: mailbox unavailable", Why.OTHER),
        ("550 No such person at this address", Why.NO_MAILBOX),
        ("550 sorry, address does not exist (192.0.2.5.1.1)", Why.NO_MAILBOX),
        ("501 5.1.3 Bad recipient address syntax", Why.BAD_ADDRESS),
        ("550 5.1.2 Host unknown", Why.NO_DOMAIN),
        ("5.4.4 Unable to route: no mail hosts for domain", Why.NO_DOMAIN),
        ("550 5.2.1 The email account is disabled", Why.MAILBOX_CLOSED),
        ("554 delivery error: This account has been suspended", Why.MAILBOX_CLOSED),
        ("452 4.2.2 The email account is over quota", Why.MAILBOX_FULL),
        ("552 La boîte de ce destinataire est pleine", Why.MAILBOX_FULL),
        ("552 5.3.4 Message size exceeds fixed limit", Why.TOO_BIG),
        ("552 5.2.3 message too long for recipient", Why.TOO_BIG),
        ("554 5.7.1 Message rejected", Why.UNWANTED),
        ("550 SPF check failed", Why.UNWANTED),
        ("451 4.7.1 Greylisting in action, please come back later", Why.LATER),
        ("421 4.3.2 closed for repairs", Why.LATER),
        ("421 Too many connections from your host", Why.LATER),
        ("timed out", Why.UNREACHABLE),
        ("[Errno 111] Connection refused", Why.UNREACHABLE),
        ("Connection unexpectedly closed", Why.UNREACHABLE),
        ("4.4.1 connection timed out", Why.UNREACHABLE),
        ("550 5.0.0 rejected", Why.OTHER),
        ("", Why.OTHER),
        (None, Why.OTHER),
    ],
)
def test_the_reason_in_what_a_server_said(words: str | None, why: Why) -> None:
    assert diagnose(words) is why
