"""A real Dovecot read to the last message, and what happens when something goes wrong."""

from collections.abc import Sequence
from itertools import count

import pytest

from channels.mail.fetching import (
    FetchedMessage,
    MailboxAddress,
    NoSuchFolder,
    Unreachable,
    WrongPassword,
    check_mailbox,
    fetch_mailbox,
)
from support.kernel.files import DiskStore
from tests.servers.dovecot import DovecotServer
from tests.servers.process import free_port

pytestmark = pytest.mark.mail
_USERS = count(1)


@pytest.fixture
def user() -> str:
    """A mailbox of its own for each test."""
    return f"fetching{next(_USERS)}"


def message(number: int, size: int = 0) -> bytes:
    return b"From: a@example.net\r\nSubject: %d\r\n\r\nBonjour \xe9\xff\r\n%s" % (
        number,
        b"x" * size,
    )


class Store:
    """Takes messages in as a database would; refuses what it is told to."""

    def __init__(self, poison: bytes | None = None) -> None:
        self.kept: list[FetchedMessage] = []
        self.poison = poison

    def take_in(self, messages: Sequence[FetchedMessage]) -> None:
        if self.poison is not None and any(self.poison in one.raw for one in messages):
            raise RuntimeError("not stored")
        self.kept.extend(messages)


def test_every_message_is_taken_whole_and_leaves_the_mailbox(
    dovecot_server: DovecotServer, user: str
) -> None:
    for number in range(120):
        dovecot_server.deliver(message(number), user)
    store = Store()
    report = fetch_mailbox(dovecot_server.imap_url(user), store.take_in)
    assert [one.raw for one in store.kept] == [message(number) for number in range(120)]
    assert (report.found, report.taken, report.left, report.failed) == (120, 120, 0, [])
    assert len({one.source.key for one in store.kept}) == 120
    assert all(one.received_at for one in store.kept)
    assert dovecot_server.count(user) == 0


def test_a_message_that_was_not_stored_stays_alone(
    dovecot_server: DovecotServer, user: str
) -> None:
    for number in range(5):
        dovecot_server.deliver(message(number), user)
    store = Store(poison=b"Subject: 3\r\n")
    report = fetch_mailbox(dovecot_server.imap_url(user), store.take_in)
    assert report.taken == 4
    assert [source.uid for source in report.failed] == [4]
    assert dovecot_server.messages(user) == [message(3)]
    store.poison = None
    assert fetch_mailbox(dovecot_server.imap_url(user), store.take_in).taken == 1
    assert dovecot_server.count(user) == 0


def test_what_others_deleted_is_left_to_them(dovecot_server: DovecotServer, user: str) -> None:
    dovecot_server.deliver(message(1), user)
    dovecot_server.deliver(message(2), user)
    with dovecot_server.imap(user) as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", "(\\Deleted)")
        store = Store()
        fetch_mailbox(dovecot_server.imap_url(user), store.take_in)
    assert [one.raw for one in store.kept] == [message(2)]
    assert dovecot_server.messages(user) == [message(1)]


def test_a_crash_before_removal_gives_the_same_source_again(
    dovecot_server: DovecotServer, user: str
) -> None:
    dovecot_server.deliver(message(1), user)
    first = Store()

    def store_and_die(messages: Sequence[FetchedMessage]) -> None:
        first.take_in(messages)
        raise SystemExit

    with pytest.raises(SystemExit):
        fetch_mailbox(dovecot_server.imap_url(user), store_and_die)
    second = Store()
    fetch_mailbox(dovecot_server.imap_url(user), second.take_in)
    assert [one.source for one in first.kept] == [one.source for one in second.kept]


def test_the_limit_leaves_the_rest_for_next_time(dovecot_server: DovecotServer, user: str) -> None:
    for number in range(7):
        dovecot_server.deliver(message(number), user)
    store = Store()
    report = fetch_mailbox(dovecot_server.imap_url(user), store.take_in, limit=5)
    assert (report.taken, report.left, dovecot_server.count(user)) == (5, 2, 2)


def test_large_messages_travel_alone(
    dovecot_server: DovecotServer, user: str, file_store: DiskStore
) -> None:
    sizes = (1_000, 9_000_000, 5_000_000, 5_000_000)
    for number, size in enumerate(sizes):
        dovecot_server.deliver(message(number, size), user)
    groups: list[int] = []
    fetch_mailbox(dovecot_server.imap_url(user), lambda group: groups.append(len(group)))
    assert groups == [1, 1, 1, 1]
    assert dovecot_server.count(user) == 0


def test_another_folder_than_the_inbox(dovecot_server: DovecotServer, user: str) -> None:
    dovecot_server.deliver(message(1), user, folder="Demandes")
    store = Store()
    assert check_mailbox(dovecot_server.imap_url(user, "Demandes")) == 1
    fetch_mailbox(dovecot_server.imap_url(user, "Demandes"), store.take_in)
    assert [one.source.folder for one in store.kept] == ["Demandes"]


def test_an_encrypted_connection(
    dovecot_server: DovecotServer, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dovecot_server.deliver(message(1), user)
    url = dovecot_server.imap_url(user, tls=True)
    with pytest.raises(Unreachable, match="certificate"):
        check_mailbox(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot_server.certificates.ca))
    assert check_mailbox(url) == 1


def test_what_is_wrong_is_said_without_the_password(
    dovecot_server: DovecotServer, user: str
) -> None:
    url = dovecot_server.imap_url(user)
    address = MailboxAddress.from_url(url)
    with pytest.raises(WrongPassword) as told:
        fetch_mailbox(url.replace(address.password, "WRONG-ONE"), Store().take_in)
    assert "WRONG-ONE" not in str(told.value)
    with pytest.raises(NoSuchFolder, match="Absent"):
        fetch_mailbox(dovecot_server.imap_url(user, "Absent"), Store().take_in)
    with pytest.raises(Unreachable):
        fetch_mailbox(url.replace(str(dovecot_server.port), str(free_port())), Store().take_in)


@pytest.mark.parametrize("url", ["pop://u:p@host/INBOX", "imap://host/INBOX", "imap:///INBOX"])
def test_wrong_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not a mailbox"):
        MailboxAddress.from_url(url)


def test_addresses_are_taken_apart_with_their_escapes() -> None:
    address = MailboxAddress.from_url(
        "imaps://aide%40example.org:p%40ss%2F@mx.example.org/Boîte%20A"
    )
    assert (address.user, address.password) == ("aide@example.org", "p@ss/")
    assert (address.port, address.folder) == (993, "Boîte A")
    assert "p@ss" not in address.account
