"""What the bridge asks of a GLPI, whichever of its two interfaces is spoken to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Failure(Exception):
    """GLPI could not be asked, or did not do it."""


class Unreachable(Failure):
    """Not now: no answer in time, a server's error, too many calls. ``after``: as it asked."""

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.after = after


class NotLetIn(Failure):
    """Our identifiers are refused: until an administrator has mended that, nothing goes."""


class Refused(Failure):
    """It will not do this, however often it is asked."""


class Gone(Failure):
    """There is no such thing there any more."""


class ItemKind(StrEnum):
    FOLLOWUP = "ITILFollowup"
    SOLUTION = "ITILSolution"
    TASK = "TicketTask"
    DOCUMENT = "Document"


@dataclass(frozen=True)
class RemoteItem:
    """One thing of a ticket's timeline. ``author_id``: None where the interface does not say."""

    kind: ItemKind
    id: int
    html: str
    at: datetime
    private: bool = False
    author_id: int | None = None
    filename: str = ""


@dataclass(frozen=True)
class RemoteUser:
    id: int
    name: str
    email: str = ""


@dataclass(frozen=True)
class Changed:
    """A ticket that has changed: which, when, and its title."""

    id: int
    at: datetime
    title: str = ""


@dataclass(frozen=True)
class RemoteTicket:
    """``status``: GLPI's own number (1 new … 6 closed). ``category``: as it names it."""

    id: int
    title: str
    html: str
    status: int
    changed_at: datetime
    created_at: datetime
    solved_at: datetime | None = None
    category_id: int | None = None
    category: str = ""
    priority: int = 3
    external_id: str = ""
    entity_id: int | None = None
    deleted: bool = False


@dataclass(frozen=True)
class TicketToMake:
    """``external_id``: our identifier, by which it is found again before it is made twice."""

    external_id: str
    title: str
    html: str
    urgency: int
    kind: int  # 1 incident, 2 request
    category_id: int | None = None
    entity_id: int | None = None
    group_id: int | None = None


class Glpi(Protocol):
    """Raises Unreachable, NotLetIn, Refused or Gone. Times are aware instants."""

    def check(self) -> str:
        """Sign in; who we are there."""

    def find(self, external_id: str) -> int | None: ...
    def create(self, made: TicketToMake) -> int: ...
    def ticket(self, remote_id: int) -> RemoteTicket: ...
    def changed_since(self, since: datetime) -> Iterator[Changed]:
        """From the longest unchanged on."""

    def timeline(self, remote_id: int) -> Sequence[RemoteItem]: ...
    def requester(self, remote_id: int) -> RemoteUser | None: ...
    def user(self, user_id: int) -> RemoteUser | None: ...
    def add_followup(self, remote_id: int, html: str, *, private: bool) -> int: ...
    def set_status(self, remote_id: int, status: int) -> None: ...
    def takes_files(self) -> bool: ...
    def add_file(self, remote_id: int, filename: str, content_type: str, content: bytes) -> int: ...
    def file(self, document_id: int, most: int) -> bytes | None:
        """None when it is larger than ``most``."""

    def url_of(self, remote_id: int) -> str: ...
    def close(self) -> None: ...
