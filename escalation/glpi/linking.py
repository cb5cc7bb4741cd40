"""Which tickets are kept in step with GLPI, and which of them have something to send.

The timeline is the memory: a ticket has something to send as long as its newest entry is beyond
``noticed_entry_id``. A sweep asks for it, so that no verb has to know of GLPI.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select, update

from escalation.glpi.models import (
    ONLY,
    SYSTEM,
    Direction,
    ExternalRef,
    GlpiBridge,
    GlpiTicket,
)
from escalation.glpi.settings import Mode, current
from support.kernel import db
from support.kernel.time import now
from support.outbox.publishing import publish
from support.people.models import Team
from support.tickets.models import Ticket

PUSH, PULL = "glpi.push", "glpi.pull"
KEPT_IN_STEP = timedelta(days=60)  # after it was closed: a requester may still write again
BRIDGE = "glpi"  # of a team that works there


def begin(ticket: Ticket, team: Team, entry_id: int) -> GlpiTicket:
    """The ticket is handed over to ``team``, which works in GLPI: from ``entry_id`` on it goes."""
    session = db.session()
    link = session.get(GlpiTicket, ticket.id)
    if link is None:
        link = GlpiTicket(ticket_id=ticket.id, direction=Direction.RAISED, team_id=team.id)
        link.pushed_entry_id = entry_id - 1
        session.add(link)
    link.live, link.noticed_entry_id = True, entry_id
    session.flush()
    ask(ticket.id, entry_id)
    return link


def ask(ticket_id: int, entry_id: int) -> None:
    publish(PUSH, ticket_id=ticket_id, key=f"{PUSH}:{ticket_id}:{entry_id}")


def notice(limit: int = 200) -> int:
    """Ask for sending, for each ticket that has something new; returns how many. While the bridge
    is paused, or only tried, it waits. Run by two workers at once, each ticket is asked for once.
    """
    settings = current()
    if settings is None or settings.mode is not Mode.ON or bridge().paused:
        return 0
    session = db.session()
    found = session.execute(
        select(GlpiTicket.ticket_id, GlpiTicket.noticed_entry_id, Ticket.last_entry_id)
        .join(Ticket, Ticket.id == GlpiTicket.ticket_id)
        .where(
            GlpiTicket.live.is_(True),
            Ticket.last_entry_id > GlpiTicket.noticed_entry_id,
        )
        .order_by(GlpiTicket.ticket_id)
        .limit(limit)
    ).all()
    asked = 0
    for ticket_id, before, last in found:
        changed = session.execute(
            update(GlpiTicket)
            .where(GlpiTicket.ticket_id == ticket_id, GlpiTicket.noticed_entry_id == before)
            .values(noticed_entry_id=last)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount:  # type: ignore[attr-defined]
            publish(PUSH, ticket_id=ticket_id)
            asked += 1
    return asked


def leave(ticket_id: int) -> None:
    """Nothing may be sent now: the ticket is noticed again once it may."""
    db.session().execute(
        update(GlpiTicket)
        .where(GlpiTicket.ticket_id == ticket_id)
        .values(noticed_entry_id=GlpiTicket.pushed_entry_id)
        .execution_options(synchronize_session=False)
    )


def let_rest(limit: int = 1000) -> int:
    """Tickets closed long ago are watched no more; returns how many."""
    old = (
        select(GlpiTicket.ticket_id)
        .join(Ticket, Ticket.id == GlpiTicket.ticket_id)
        .where(
            GlpiTicket.live.is_(True),
            Ticket.is_open.is_(False),
            Ticket.closed_at < now() - KEPT_IN_STEP,
        )
        .limit(limit)
    )
    done = db.session().execute(
        update(GlpiTicket)
        .where(GlpiTicket.ticket_id.in_(old))
        .values(live=False)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def bridge() -> GlpiBridge:
    """The bridge's own row."""
    session = db.session()
    found = session.get(GlpiBridge, ONLY)
    if found is None:
        found = GlpiBridge(id=ONLY, paused=False)
        session.add(found)
        session.flush()
    return found


def by_remote(remote_id: int) -> GlpiTicket | None:
    return db.session().scalar(select(GlpiTicket).where(GlpiTicket.remote_id == remote_id))


def remote_of(local_type: str, local_id: int) -> int | None:
    return db.session().scalar(
        select(ExternalRef.remote_id).where(
            ExternalRef.system == SYSTEM,
            ExternalRef.local_type == local_type,
            ExternalRef.local_id == local_id,
        )
    )


def known_here(remote_type: str, remote_id: int) -> bool:
    """Whether a thing of GLPI has one of ours that stands for it."""
    found = select(ExternalRef.id).where(
        ExternalRef.system == SYSTEM,
        ExternalRef.remote_type == remote_type,
        ExternalRef.remote_id == remote_id,
    )
    return db.session().scalar(found) is not None


def tie(local: tuple[str, int], remote: tuple[str, int], *, url: str = "", said: str = "") -> None:
    """Note which of ours stands for which of theirs; ``said``: what was exchanged."""
    db.session().add(
        ExternalRef(
            system=SYSTEM,
            local_type=local[0],
            local_id=local[1],
            remote_type=remote[0],
            remote_id=remote[1],
            remote_url=url,
            last_hash=digest(said) if said else "",
        )
    )
    db.session().flush()


def digest(said: str) -> str:
    """Of the words, whatever their blanks: GLPI keeps them its own way."""
    return hashlib.sha256(" ".join(said.split()).encode()).hexdigest()
