"""Mailboxes read over IMAP: a message leaves its mailbox only once it is ours.

For each group of messages: fetched without being marked as read, handed to ``take_in`` which
stores and commits them, then deleted and expunged (or moved to the archive), only those. A large
one goes piece by piece into the file store and is never whole in memory. A crash at any instant
leaves a message in the mailbox, in our store, or in both, and the store knows it by its source.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from urllib.parse import unquote, urlsplit

from imapclient import DELETED, IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from support.kernel import files
from support.kernel.files import StoredFile

_log = logging.getLogger(__name__)
_PORTS = {"imap": 143, "imaps": 993, "imap+starttls": 143}
_GROUP_MESSAGES = 50
_GROUP_BYTES = 8_000_000
# A larger message goes into the file store in pieces.
_STREAMED = 2_000_000
_PIECE = 1_000_000


class MailboxFailure(Exception):
    """A mailbox could not be read; ``str()`` says why, without any password."""


class WrongPassword(MailboxFailure):
    """The server refused the user name or the password."""


class NoSuchFolder(MailboxFailure):
    """The folder does not exist or cannot be opened."""


class Unreachable(MailboxFailure):
    """No server there, no secure connection, or the connection was lost."""


@dataclass(frozen=True, slots=True)
class MailboxSource:
    """Where a message was: never twice the same for two messages of one account."""

    account: str
    folder: str
    uid_validity: int
    uid: int

    @property
    def key(self) -> str:
        return f"imap:{self.account}/{self.folder};{self.uid_validity};{self.uid}"


@dataclass(frozen=True, slots=True)
class FetchedMessage:
    """A raw message as the server gave it, and when it received it.

    A large one is in the file store already (``stored``), and ``raw`` is only its beginning.
    """

    raw: bytes
    source: MailboxSource
    received_at: datetime | None
    stored: StoredFile | None = None

    @property
    def size(self) -> int:
        return self.stored.size if self.stored else len(self.raw)


@dataclass(slots=True)
class FetchReport:
    """What one reading did; ``left`` counts messages not looked at because of the limit."""

    found: int = 0
    taken: int = 0
    left: int = 0
    failed: list[MailboxSource] = field(default_factory=list)


TakeIn = Callable[[Sequence[FetchedMessage]], None]


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """``imap(s)://user:password@host:port/FOLDER``, taken apart."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @classmethod
    def from_url(cls, url: str) -> "MailboxAddress":
        """:raises ValueError: not such an address; the message holds no password."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname or not parts.username:
            raise ValueError(f"not a mailbox address: {parts.scheme}://{parts.hostname or ''}")
        return cls(
            parts.scheme,
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            unquote(parts.username),
            unquote(parts.password or ""),
            unquote(parts.path.strip("/")) or "INBOX",
        )

    @property
    def account(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"


def fetch_mailbox(
    url: str, take_in: TakeIn, *, limit: int = 1000, timeout: float = 60.0, archive: str = ""
) -> FetchReport:
    """Take every message of the folder, oldest first, at most ``limit``.

    :param archive: the folder where what was taken goes; without one it is deleted.
    :param take_in: stores AND commits a group; when it raises, the group is given again one by
        one, and a message for which it still raises stays in the mailbox.
    :raises MailboxFailure: the mailbox cannot be read (see its subclasses).
    """
    address = MailboxAddress.from_url(url)
    with opened(address, timeout=timeout) as client:
        return _read(client, address, take_in, limit, archive)


@contextmanager
def opened(address: MailboxAddress, *, timeout: float = 60.0) -> Iterator[IMAPClient]:
    """A signed-in client; what goes wrong is a MailboxFailure."""
    client = _connect(address, timeout)
    try:
        yield client
    except (IMAPClientAbortError, OSError) as error:
        raise Unreachable(f"{address.host}: connection lost ({error})") from error
    except IMAPClientError as error:
        raise MailboxFailure(f"{address.host}: {error}") from error
    finally:
        _leave(client)


def check_mailbox(url: str, *, timeout: float = 15.0) -> int:
    """Sign in and open the folder; how many messages it holds.

    :raises MailboxFailure: it cannot be read.
    """
    address = MailboxAddress.from_url(url)
    client = _connect(address, timeout)
    try:
        return _select(client, address, readonly=True)[1]
    finally:
        _leave(client)


def _connect(address: MailboxAddress, timeout: float) -> IMAPClient:
    try:
        client = IMAPClient(
            address.host, address.port, ssl=address.scheme == "imaps", timeout=timeout
        )
    except (OSError, IMAPClientError) as error:
        raise Unreachable(f"{address.host}:{address.port}: {error}") from error
    try:
        if address.scheme == "imap+starttls":
            client.starttls()
        client.login(address.user, address.password)
    except LoginError as error:
        _leave(client)
        raise WrongPassword(f"{address.account}: {error}") from error
    except (OSError, IMAPClientError) as error:
        _leave(client)
        raise Unreachable(f"{address.host}:{address.port}: {error}") from error
    return client


def _select(client: IMAPClient, address: MailboxAddress, *, readonly: bool) -> tuple[int, int]:
    """UIDVALIDITY of the folder and the number of its messages."""
    try:
        opened = client.select_folder(address.folder, readonly=readonly)
    except IMAPClientAbortError as error:
        raise Unreachable(f"{address.host}: {error}") from error
    except IMAPClientError as error:
        raise NoSuchFolder(f"{address.account}/{address.folder}: {error}") from error
    return int(opened.get(b"UIDVALIDITY", 0)), int(opened.get(b"EXISTS", 0))


def _read(
    client: IMAPClient, address: MailboxAddress, take_in: TakeIn, limit: int, archive: str
) -> FetchReport:
    validity, _ = _select(client, address, readonly=False)
    uids = sorted(client.search("UNDELETED"))
    report = FetchReport(found=len(uids), left=max(0, len(uids) - limit))
    for group, weight in _groups(client, uids[:limit]):
        get = stream if weight > _STREAMED and len(group) == 1 else _fetch
        messages = get(client, address, validity, group)
        taken = _hand_over(messages, take_in, report)
        if archive and archive != address.folder:
            put_away(client, taken, archive)
        else:
            _remove(client, taken)
        report.taken += len(taken)
    return report


def _groups(client: IMAPClient, uids: list[int]) -> Iterator[tuple[list[int], int]]:
    """Messages that are fetched and stored together, bounded in number and in bytes, and these.

    A large one is alone.
    """
    for start in range(0, len(uids), 500):
        window = uids[start : start + 500]
        sizes = client.fetch(window, ["RFC822.SIZE"])
        group: list[int] = []
        weight = last = 0
        for uid in window:
            size = int(sizes.get(uid, {}).get(b"RFC822.SIZE", 0))
            full = len(group) >= _GROUP_MESSAGES or weight + size > _GROUP_BYTES
            if group and (full or size > _STREAMED or last > _STREAMED):
                yield group, weight
                group, weight = [], 0
            last = size
            group.append(uid)
            weight += size
        if group:
            yield group, weight


def _fetch(
    client: IMAPClient, address: MailboxAddress, validity: int, uids: list[int]
) -> list[FetchedMessage]:
    """The messages still there, whole, without marking them as read."""
    found = client.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE"])
    return [
        FetchedMessage(
            bytes(found[uid][b"BODY[]"]),
            MailboxSource(address.account, address.folder, validity, uid),
            found[uid].get(b"INTERNALDATE"),
        )
        for uid in uids
        if found.get(uid, {}).get(b"BODY[]") is not None
    ]


def stream(
    client: IMAPClient, address: MailboxAddress, validity: int, uids: list[int]
) -> list[FetchedMessage]:
    """One large message, put into the file store piece by piece."""
    (uid,) = uids
    pieces = _pieces(client, uid)
    first = next(pieces, None)
    if first is None:
        return []
    stored = files.store().put_stream(chain([first], pieces))
    when = client.fetch(uids, ["INTERNALDATE"]).get(uid, {}).get(b"INTERNALDATE")
    source = MailboxSource(address.account, address.folder, validity, uid)
    return [FetchedMessage(first, source, when, stored)]


def _pieces(client: IMAPClient, uid: int) -> Iterator[bytes]:
    at = 0
    while True:
        found = client.fetch([uid], [f"BODY.PEEK[]<{at}.{_PIECE}>"]).get(uid, {})
        piece = found.get(f"BODY[]<{at}>".encode())
        if not piece:
            return
        yield bytes(piece)
        at += len(piece)
        if len(piece) < _PIECE:
            return


def _hand_over(messages: list[FetchedMessage], take_in: TakeIn, report: FetchReport) -> list[int]:
    """The UIDs of those that are ours now."""
    if not messages:
        return []
    try:
        take_in(messages)
        return [message.source.uid for message in messages]
    except Exception:
        if len(messages) > 1:
            _log.warning("a group of %d messages was not taken: one by one", len(messages))
            return [uid for one in messages for uid in _hand_over([one], take_in, report)]
        _log.exception("message not taken, left in its mailbox: %s", messages[0].source.key)
        report.failed.append(messages[0].source)
        return []


def put_away(client: IMAPClient, uids: list[int], archive: str) -> None:
    """Move these messages, and no other, to the folder ``archive``, which is made when needed."""
    if not uids:
        return
    if not client.folder_exists(archive):
        client.create_folder(archive)
    if client.has_capability("MOVE"):
        client.move(uids, archive)
    else:
        client.copy(uids, archive)
        _remove(client, uids)


def _remove(client: IMAPClient, uids: list[int]) -> None:
    """Delete and expunge these messages and no other.

    Without UIDPLUS an expunge would take every deleted message with it: it is then done only
    when no other is marked.
    """
    if not uids:
        return
    client.add_flags(uids, [DELETED], silent=True)
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)
    elif set(client.search("DELETED")) <= set(uids):
        client.expunge()


def _leave(client: IMAPClient) -> None:
    try:
        client.logout()
    except (IMAPClientError, OSError):
        try:
            client.shutdown()
        except (IMAPClientError, OSError):
            _log.debug("the connection was already closed")
