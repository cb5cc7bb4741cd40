"""Each night: what the mail servers say they delivered, against what we have.

A server numbers the messages of a mailbox one by one (UID) and says which number comes next
(UIDNEXT). Every number given out since the last time must be a message that we took or that
still waits. What is neither was removed by another program before we read it: that can only be
reported, IMAP keeps no trace of who or what it was. What we took but do not have any more is
taken again from the archive folder, when there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from imapclient import IMAPClient
from sqlalchemy import and_, delete, exists, select

from channels.mail import limits
from channels.mail.fetching import FetchedMessage, MailboxAddress, MailboxFailure, opened, stream
from channels.mail.keys import mail_id, stored_key
from channels.mail.models import MailboxMessage, MailboxPlace, MailReconciliation
from support.intake.models import Channel, Received
from support.intake.receiving import Kept, receive_stored
from support.kernel import db
from support.kernel.time import now

KEPT = timedelta(days=90)  # how long what was taken is remembered one by one
_LOOK_BACK = timedelta(days=3)  # into the archive, before the last comparison
_MOST_GAPS = 500
_CHUNK = 500
_HEADER = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"


class Gap(StrEnum):
    """A difference. Words for each are given by the pages."""

    VANISHED = "vanished"  # numbered by the server, never seen by us, gone
    LOST = "lost"  # taken once, not in the database, nor in the archive
    RETAKEN = "retaken"  # was missing, taken again from the archive
    RENUMBERED = "renumbered"  # the server has numbered the whole mailbox anew


def note_taken(group: Sequence[FetchedMessage], kept: Sequence[Kept]) -> None:
    """Remember which numbers of a mailbox became which rows: two statements for a group."""
    if not group:
        return
    place = group[0].source
    mailbox = f"{place.account}/{place.folder}"
    with db.transaction() as session:
        known = set(
            session.scalars(
                select(MailboxMessage.uid).where(
                    MailboxMessage.mailbox == mailbox,
                    MailboxMessage.uid_validity == place.uid_validity,
                    MailboxMessage.uid.in_([one.source.uid for one in group]),
                )
            )
        )
        session.add_all(
            MailboxMessage(
                mailbox=mailbox,
                uid_validity=one.source.uid_validity,
                uid=one.source.uid,
                message_id=_short(mail_id(one.raw)),
                size=one.size,
                received_id=row.received.id,
            )
            for one, row in zip(group, kept, strict=True)
            if one.source.uid not in known
        )


def reconcile(url: str) -> MailReconciliation:
    """Compare one mailbox, take again what can be, and write down the result.

    A mailbox that cannot be read gives a result with ``failure``.
    """
    address = MailboxAddress.from_url(url)
    mailbox = f"{address.account}/{address.folder}"
    result = MailReconciliation(
        mailbox=mailbox, announced=0, taken=0, retaken=0, gaps=[], ran_at=now()
    )
    try:
        with opened(address) as client:
            since = _compare_numbers(client, address.folder, result)
            _compare_rows(client, address, result, since)
    except MailboxFailure as failure:
        result.failure = str(failure)[:500]
    result.gaps = result.gaps[:_MOST_GAPS]
    with db.transaction() as session:
        session.add(result)
    return result


def forget_old(limit: int) -> int:
    """Delete what was taken long ago and the results of as long ago; how many rows."""
    gone = 0
    for model, at in ((MailboxMessage, MailboxMessage.seen_at),
                      (MailReconciliation, MailReconciliation.ran_at)):  # fmt: skip
        old = select(model.id).where(at < now() - KEPT).limit(limit)
        session = db.session()
        ids = session.scalars(old).all()
        session.execute(delete(model).where(model.id.in_(ids)))
        gone += len(ids)
    return gone


def _compare_numbers(client: IMAPClient, folder: str, result: MailReconciliation) -> datetime:
    """What the server has numbered since the last time; when that was."""
    said = client.select_folder(folder, readonly=True)
    validity, following = int(said[b"UIDVALIDITY"]), int(said.get(b"UIDNEXT", 0))
    waiting = set(client.search("ALL"))
    with db.transaction() as session:
        query = select(MailboxPlace).where(MailboxPlace.mailbox == result.mailbox)
        place = session.scalar(query.with_for_update())
        since = place.checked_at if place else now()
        if place is None:
            place = MailboxPlace(mailbox=result.mailbox, uid_validity=validity, uid_next=following)
            session.add(place)
        elif place.uid_validity != validity:
            result.gaps.append(_gap(Gap.RENUMBERED))
        else:
            numbered = range(place.uid_next, following)
            ours = _taken(result.mailbox, validity, place.uid_next)
            gone = [uid for uid in numbered if uid not in ours and uid not in waiting]
            result.announced, result.taken = len(numbered), len(numbered) - len(gone)
            result.gaps += [_gap(Gap.VANISHED, uid=uid) for uid in gone[:_MOST_GAPS]]
        place.uid_validity, place.uid_next, place.checked_at = validity, following, now()
    return since


def _taken(mailbox: str, validity: int, first: int) -> set[int]:
    query = select(MailboxMessage.uid).where(
        MailboxMessage.mailbox == mailbox,
        MailboxMessage.uid_validity == validity,
        MailboxMessage.uid >= first,
    )
    return set(db.session().scalars(query))


def _compare_rows(
    client: IMAPClient, address: MailboxAddress, result: MailReconciliation, since: datetime
) -> None:
    """What we took must still be there; what the archive holds must be ours."""
    archive = limits.current().archive
    has_archive = bool(archive) and client.folder_exists(archive)
    validity = 0
    if has_archive:
        validity = int(client.select_folder(archive, readonly=True)[b"UIDVALIDITY"])
    for one in _missing(result.mailbox):
        uids = _find_archived(client, one) if has_archive else []
        kept = _take_again(client, address, archive, validity, uids[0]) if uids else None
        what = Gap.LOST if kept is None else Gap.RETAKEN
        result.gaps.append(_gap(what, uid=one.uid, message_id=one.message_id, size=one.size))
        if kept is not None:
            result.retaken += 1
            with db.transaction() as session:
                found = session.get_one(MailboxMessage, one.id)
                found.received_id, found.seen_at = kept.received.id, now()
    if has_archive:
        _scan_archive(client, address, archive, validity, result, since)


def _missing(mailbox: str) -> Sequence[MailboxMessage]:
    """Taken once, and gone. A row that came later may bear the number of one that is gone."""
    there = exists().where(
        and_(
            Received.id == MailboxMessage.received_id,
            Received.received_at <= MailboxMessage.seen_at,
        )
    )
    query = select(MailboxMessage).where(MailboxMessage.mailbox == mailbox, ~there)
    with db.transaction(write=False) as session:
        return session.scalars(query.order_by(MailboxMessage.id).limit(_MOST_GAPS)).all()


def _find_archived(client: IMAPClient, one: MailboxMessage) -> list[int]:
    """The messages of the archive that this one may be: of its identifier, or of its size."""
    around = ["LARGER", one.size - 1, "SMALLER", one.size + 1]
    if one.message_id:
        return list(client.search(["HEADER", "Message-ID", one.message_id, *around]))
    return list(client.search(around))


def _scan_archive(
    client: IMAPClient,
    address: MailboxAddress,
    archive: str,
    validity: int,
    result: MailReconciliation,
    since: datetime,
) -> None:
    """What lies in the archive since then and is not ours: a database put back from a copy."""
    for uids, identifiers in _archived(client, (since - _LOOK_BACK).date()):
        with db.transaction(write=False) as session:
            wanted = [one for one in identifiers if one]
            query = select(Received.message_id).where(Received.message_id.in_(wanted))
            known = set(session.scalars(query))
        for uid, identifier in zip(uids, identifiers, strict=True):
            if identifier in known:
                continue
            kept = _take_again(client, address, archive, validity, uid)
            if kept is not None and not kept.again:
                result.retaken += 1
                result.gaps.append(_gap(Gap.RETAKEN, uid=uid, message_id=identifier))


def _archived(client: IMAPClient, since: Any) -> Iterator[tuple[list[int], list[str | None]]]:
    """Numbers and identifiers of what came into the archive since then, in small groups."""
    uids = sorted(client.search(["SINCE", since]))
    for start in range(0, len(uids), _CHUNK):
        group = uids[start : start + _CHUNK]
        found = client.fetch(group, [_HEADER])
        headers = [
            found.get(uid, {}).get(b"BODY[HEADER.FIELDS (MESSAGE-ID)]", b"") for uid in group
        ]
        yield group, [_short(mail_id(header)) for header in headers]


def _take_again(
    client: IMAPClient, address: MailboxAddress, archive: str, validity: int, uid: int
) -> Kept | None:
    """Keep a message of the archive as if it came now; None when it is not there any more."""
    source = MailboxAddress(address.scheme, address.host, address.port, address.user, "", archive)
    fetched = stream(client, source, validity, [uid])
    if not fetched or fetched[0].stored is None:
        return None
    one, stored = fetched[0], fetched[0].stored
    key = stored_key(stored.key)
    with db.transaction():
        return receive_stored(Channel.EMAIL, stored, source=one.source.key, dedupe_key=key)


def _gap(
    what: Gap, *, uid: int | None = None, message_id: str | None = None, size: int | None = None
) -> dict[str, Any]:
    return {"what": what.value, "uid": uid, "message_id": message_id, "size": size}


def _short(identifier: str | None) -> str | None:
    return identifier if identifier and len(identifier) <= 500 else None
