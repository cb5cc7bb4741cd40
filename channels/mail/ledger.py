"""The ledger: every mail ever received, what became of it and why. Reading only.

What a mail says is for those who may see its ticket; others read when it came, how large it was
and what became of it. A search by words or senders finds nothing that one may not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload, undefer

from channels.mail.models import MailReconciliation
from support.intake.models import Channel, Outcome, Received
from support.kernel import db
from support.kernel.errors import NotVisible
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.models import Ticket
from support.tickets.visibility import visible_to

# Words are looked for in the subjects of this long, unless dates are given: an archive of years
# is not read through for one word.
WORDS_REACH = timedelta(days=90)
_MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Search:
    """``outcome``: None for all; ``pending``: only what is not understood yet. ``sender`` is an
    address or its beginning; ``words`` must all stand in the subject.
    """

    outcome: Outcome | None = None
    pending: bool = False
    since: datetime | None = None
    until: datetime | None = None
    sender: str = ""
    words: str = ""
    message_id: str = ""

    @property
    def reads(self) -> bool:
        """Whether it asks for what a mail says."""
        return bool(self.sender or self.words or self.message_id)


@dataclass(frozen=True, slots=True)
class Line:
    """``ticket``: the one it is on, when the reader sees it. ``readable``: whether they may read
    what the mail says.
    """

    received: Received
    ticket: Ticket | None

    @property
    def readable(self) -> bool:
        return self.received.ticket_id is None or self.ticket is not None


Place = tuple[datetime, int]


def lines(
    search: Search,
    *,
    by: Agent,
    limit: int,
    after: Place | None = None,
    before: Place | None = None,
) -> Sequence[Line]:
    """The newest first; one query. ``after``: the last line of the page before (older ones
    follow), ``before``: the first one of the page after.
    """
    require(by, Permission.SORT_MAIL)
    query = _mails(by).where(*_wanted(search))
    if before is not None:
        query = query.where(_newer(before)).order_by(Received.received_at, Received.id)
        return [Line(*row) for row in db.session().execute(query.limit(limit))][::-1]
    if after is not None:
        query = query.where(_older(after))
    query = query.order_by(Received.received_at.desc(), Received.id.desc())
    return [Line(*row) for row in db.session().execute(query.limit(limit))]


def one_line(received_id: int, *, by: Agent) -> Line:
    """One mail, to be opened. Raises NotVisible ``mail.unknown`` for those who may not read it."""
    require(by, Permission.SORT_MAIL)
    row = db.session().execute(
        _mails(by).where(Received.id == received_id).options(undefer(Received.raw))
    )
    found = row.one_or_none()
    line = Line(*found) if found is not None else None
    if line is None or not line.readable:
        raise NotVisible.of("mail.unknown")
    return line


def last_night(*, by: Agent) -> Sequence[MailReconciliation]:
    """The newest comparison of each mailbox of the last two days; one query."""
    require(by, Permission.SORT_MAIL)
    query = select(MailReconciliation).where(MailReconciliation.ran_at > now() - timedelta(days=2))
    newest = query.order_by(MailReconciliation.ran_at.desc(), MailReconciliation.id.desc())
    found: dict[str, MailReconciliation] = {}
    for one in db.session().scalars(newest.limit(100)):
        found.setdefault(one.mailbox, one)
    return [found[name] for name in sorted(found)]


def _mails(by: Agent):  # type: ignore[no-untyped-def]
    seen = and_(Received.ticket_id == Ticket.id, visible_to(by))
    return (
        select(Received, Ticket)
        .outerjoin(Ticket, seen)
        .options(joinedload(Ticket.person), joinedload(Ticket.requester_agent))
        .where(Received.channel == Channel.EMAIL)
    )


def _wanted(search: Search) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if search.pending:
        wanted.append(Received.outcome.is_(None))
    elif search.outcome is not None:
        wanted.append(Received.outcome == search.outcome)
    since = search.since
    if search.words and since is None and not (search.sender or search.message_id):
        since = (search.until or now()) - WORDS_REACH
    if since is not None:
        wanted.append(Received.received_at >= since)
    if search.until is not None:
        wanted.append(Received.received_at < search.until)
    if search.reads:
        wanted.append(or_(Received.ticket_id.is_(None), Ticket.id.is_not(None)))
        wanted += _reads(search)
    return wanted


def _reads(search: Search) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if search.sender:
        start = search.sender.strip().lower()
        wanted.append(and_(Received.sender >= start, Received.sender < start + "\uffff"))
    for word in search.words.split()[:_MOST_WORDS]:
        wanted.append(Received.subject.icontains(word, autoescape=True))
    if search.message_id:
        bare = search.message_id.strip().strip("<>")
        wanted.append(Received.message_id.in_([f"<{bare}>", bare]))
    return wanted


def _older(place: Place) -> ColumnElement[bool]:
    at, row = place
    return or_(Received.received_at < at, and_(Received.received_at == at, Received.id < row))


def _newer(place: Place) -> ColumnElement[bool]:
    at, row = place
    return or_(Received.received_at > at, and_(Received.received_at == at, Received.id > row))
