"""Most mails ask something new: they are filed together, in a few statements for all of them.

What else a mail may be (an answer, a report, a robot, one of us) is for ``understanding``, one by
one. A mail is plain only when none of its rules could say anything of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from channels.mail.reading import OpenedMail, describe, incoming
from support.intake.models import Outcome
from support.intake.settling import hold_all_unsettled, settle
from support.kernel import db
from support.kernel.taking_turns import take_turns
from support.people.models import Agent
from support.tickets.filing import Incoming, open_all
from support.tickets.looping import circling
from support.tickets.timeline import Entry


def settle_plain(opened: Mapping[int, OpenedMail]) -> set[int]:
    """Open a request for each plain mail among these, by the number under which it was kept.

    :returns: the numbers of those settled; the others are as they were. Flushes.
    """
    candidates = {number: mail for number, mail in opened.items() if _looks_plain(mail)}
    kept = hold_all_unsettled(sorted(candidates))
    messages = _plain({n: incoming(candidates[n], kept[n]) for n in kept})
    if not messages:
        return set()
    take_turns(f"sender:{message.sender}" for message in messages)
    for message, ticket in zip(messages, open_all(messages), strict=True):
        describe(message.received, candidates[message.received.id])
        settle(
            message.received,
            Outcome.CREATED,
            ticket_id=ticket.id,
            entry_id=ticket.last_entry_id,
        )
    return {message.received.id for message in messages}


def _looks_plain(opened: OpenedMail) -> bool:
    mail = opened.mail
    return (
        mail.verdict.may_be_answered
        and not mail.verdict.reason
        and bool(opened.sender)
        and bool(opened.text or opened.files)
        and not opened.threads
        and not any(defect.startswith("unreadable") for defect in mail.defects)
    )


def _plain(messages: Mapping[int, Incoming]) -> list[Incoming]:
    """Without those that name a ticket, come from one of us or a circle, or repeat a Message-ID."""
    untagged = [messages[n] for n in sorted(messages) if messages[n].reference is None]
    ids = Counter(message.words.message_id for message in untagged)
    known = _known(Entry.message_id, (one for one in ids if one))
    senders = {message.sender for message in untagged}
    others = _known(Agent.email, senders) | circling(senders)
    return [
        message
        for message in untagged
        if message.sender not in others
        and message.words.message_id not in known
        and (message.words.message_id is None or ids[message.words.message_id] == 1)
    ]


def _known(column: object, values: Iterable[str]) -> set[str]:
    wanted = sorted(values)
    if not wanted:
        return set()
    query = select(column).where(column.in_(wanted))  # type: ignore[call-overload, attr-defined]
    return set(db.session().scalars(query))
