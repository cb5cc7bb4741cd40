"""What leaves for GLPI of a ticket: worked out before anything is sent, so that a dry run shows
exactly what would go.

To a level that works in GLPI goes what is said between levels, as private follow-ups, and what
the person adds meanwhile: without who they are, unless its readers may know. Of a ticket begun in
GLPI the answers go back, as public ones. Notes within a team never leave.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from escalation.glpi import linking
from escalation.glpi.markup import to_html
from escalation.glpi.masking import mask
from escalation.glpi.models import Direction, GlpiTicket
from escalation.glpi.port import TicketToMake
from escalation.glpi.settings import ASSIGNED, CLOSED, PENDING, SOLVED, Settings
from escalation.models import Escalation, EscalationState
from support.kernel import db
from support.kernel.time import now
from support.tickets.handing import at_home
from support.tickets.models import State, Ticket
from support.tickets.references import shown
from support.tickets.timeline import Attachment, DeliveryState, Entry, EntryKind

# What the technical support needs to reproduce it; who the person is is no part of it.
NEEDED = ("exact_message", "step_reached", "browser", "dates", "document_read", "tried",
          "expected", "dossier_number", "screenshot")  # fmt: skip
IDENTIFYING = ("account_email", "visa_number", "expiry_date", "consent")
MOST = 100  # entries of one ticket in one go


@dataclass(frozen=True)
class Leaving:
    """One entry as it leaves. ``text``: with its mark, by which it is known again. ``sent``: it
    has gone already, all its files perhaps not.
    """

    entry_id: int
    text: str
    private: bool
    files: Sequence[Attachment] = ()
    masked: int = 0
    sent: bool = False

    @property
    def html(self) -> str:
        return to_html(self.text)


@dataclass(frozen=True)
class Plan:
    """``make``: the ticket to make there, when there is none yet: ``first`` is then its text.
    ``status``: to put it in, when that differs. ``upto``: the entry up to which it is complete;
    ``later``: when the rest may go, for what its author may still take back.
    """

    make: TicketToMake | None = None
    first: Leaving | None = None
    items: Sequence[str] = ()
    followups: Sequence[Leaving] = field(default_factory=tuple)
    status: int | None = None
    upto: int = 0
    later: datetime | None = None

    @property
    def empty(self) -> bool:
        return self.make is None and not self.followups and self.status is None


def external_id(ticket: Ticket) -> str:
    return f"Relais {shown(ticket.reference)}"


def mark(ticket: Ticket, entry_id: int) -> str:
    return f"{external_id(ticket)} / {entry_id}"


OURS = re.compile(r"\[Relais \d{4}-\d{4}-\d{4}\]")  # in the title of what we made there
_MARK = re.compile(r"Relais \d{4}-\d{4}-\d{4} / (\d+)\s*$")


def marked(text: str) -> int | None:
    """The entry that a text of GLPI stands for, when it ends with a mark of ours."""
    found = _MARK.search(text)
    return int(found.group(1)) if found else None


def plan(link: GlpiTicket, ticket: Ticket, settings: Settings) -> Plan:
    """What of ``ticket`` GLPI has not had yet."""
    upto, later, ready = link.pushed_entry_id, None, []
    for entry in _entries(link):
        delivery = entry.delivery
        leaves_at = delivery.leaves_at if delivery is not None else None
        if entry.kind is EntryKind.REPLY and leaves_at and leaves_at > now():
            later = leaves_at
            break
        upto = entry.id
        if _goes(entry, link, ticket):
            ready.append(_leaving(entry, link, ticket, settings))
    status = _status(link, ticket)
    if link.direction is Direction.RAISED and link.remote_id is None:
        if not ready:
            return Plan(upto=upto, later=later)
        made = _to_make(ticket, ready[0], settings)
        items = tuple(_handed(ticket, ready[0].entry_id))
        return Plan(made, ready[0], items, ready[1:], None, upto, later)
    return Plan(followups=ready, status=status, upto=upto, later=later)


def _entries(link: GlpiTicket) -> Sequence[Entry]:
    return (
        db.session()
        .scalars(
            select(Entry)
            .where(Entry.ticket_id == link.ticket_id, Entry.id > link.pushed_entry_id)
            .options(
                joinedload(Entry.author_agent),
                joinedload(Entry.delivery),
                selectinload(Entry.attachments),
            )
            .order_by(Entry.id)
            .limit(MOST)
        )
        .unique()
        .all()
    )


def _goes(entry: Entry, link: GlpiTicket, ticket: Ticket) -> bool:
    if link.direction is Direction.ADOPTED:
        withdrawn = entry.delivery is not None and entry.delivery.state is DeliveryState.WITHDRAWN
        return entry.kind is EntryKind.REPLY and not withdrawn
    if entry.kind is EntryKind.EXCHANGE:
        return entry.data.get("to_team_id") == link.team_id
    return entry.kind is EntryKind.MESSAGE and _was_there(entry, link)


def _was_there(entry: Entry, link: GlpiTicket) -> bool:
    """Whether that level had the ticket when the person wrote."""
    asked = db.session().execute(
        select(Escalation.raised_at, Escalation.ended_at).where(
            Escalation.ticket_id == link.ticket_id, Escalation.to_team_id == link.team_id
        )
    )
    return any(
        raised <= entry.created_at and (ended is None or entry.created_at <= ended)
        for raised, ended in asked
    )


def _leaving(entry: Entry, link: GlpiTicket, ticket: Ticket, settings: Settings) -> Leaving:
    raised = link.direction is Direction.RAISED
    said = _words(entry, ticket, entitled=settings.entitled)
    masked = 0
    if raised and not settings.entitled:
        person = ticket.person
        names = (person.given_name, person.family_name) if person else ()
        found = mask(said, names)
        said, masked = found.text, found.count
    # The files of the person show who they are; those that an agent adds were chosen for it.
    mine = entry.kind is not EntryKind.MESSAGE or settings.entitled
    files = tuple(entry.attachments) if mine else ()
    text = f"{said}\n\n{mark(ticket, entry.id)}".strip()
    sent = linking.remote_of("entry", entry.id) is not None
    return Leaving(entry.id, text, private=raised, files=files, masked=masked, sent=sent)


def _words(entry: Entry, ticket: Ticket, *, entitled: bool) -> str:
    parts = []
    if entry.kind is EntryKind.MESSAGE:
        parts.append("La personne ajoute :")
    if entry.data.get("move") == "called_back":
        parts.append("Plus de réponse attendue : le ticket a été rappelé.")
    parts.append(entry.text)
    handed = entry.data.get("handover") or {}
    for code in (*NEEDED, *(IDENTIFYING if entitled else ())):
        if value := str(handed.get(code) or "").strip():
            parts.append(f"{LABELS[code]} : {value}")
    if entry.data.get("missing"):
        wanted = ", ".join(LABELS.get(code, code) for code in entry.data["missing"])
        parts.append(f"Il manque : {wanted}")
    if entitled and handed and ticket.person and ticket.person.foreigner_number:
        parts.append(f"Numéro étranger : {ticket.person.foreigner_number}")
    return "\n\n".join(part for part in parts if part.strip())


# In the language of those who read there: this is no page of ours.
LABELS = {
    "exact_message": "Message exact",
    "step_reached": "Étape atteinte",
    "browser": "Navigateur et appareil",
    "dates": "Dates et heures",
    "document_read": "Document ou page lue",
    "tried": "Déjà essayé",
    "expected": "Attendu",
    "account_email": "Adresse du compte",
    "visa_number": "Numéro de visa",
    "dossier_number": "Numéro de dossier",
    "expiry_date": "Fin de validité du titre",
    "consent": "Accord de la personne",
    "screenshot": "Copie d’écran",
}


def _handed(ticket: Ticket, entry_id: int) -> Sequence[str]:
    entry = db.session().get(Entry, entry_id)
    handed = (entry.data.get("handover") or {}) if entry is not None else {}
    return [code for code in handed if code in LABELS]


def _to_make(ticket: Ticket, first: Leaving, settings: Settings) -> TicketToMake:
    maps, procedure = settings.maps, ticket.procedure
    about = [f"Motif : {ticket.reason.label}"]
    if procedure is not None:
        about.append(f"Démarche : {procedure.label}")
    if ticket.department:
        about.append(f"Département : {ticket.department}")
    subject = ticket.reason.label
    if procedure is not None:
        subject = f"{subject} ({procedure.label})"
    return TicketToMake(
        external_id=external_id(ticket),
        # Never the person's own subject: it may name them.
        title=subject,
        html=to_html("\n".join(about) + "\n\n" + first.text),
        urgency=maps.urgencies[ticket.priority],
        kind=maps.kind(ticket.reason.nature),
        category_id=maps.categories.get(ticket.reason.code),
        entity_id=maps.entity,
        group_id=maps.groups.get(ticket.team.code),
    )


def _status(link: GlpiTicket, ticket: Ticket) -> int | None:
    """The state is theirs while they have it; ours are only: asked again, called back, closed."""
    wanted = None
    if link.direction is Direction.ADOPTED:
        wanted = SOLVED if ticket.state is State.CLOSED else None
        if wanted is None and link.remote_status in (SOLVED, CLOSED):
            wanted = ASSIGNED
    elif ticket.team_id == link.team_id and not at_home(ticket):
        # It always leaves that level when GLPI asks or answers: so it has been asked again.
        wanted = ASSIGNED if link.remote_status in (PENDING, SOLVED, CLOSED) else None
    elif link.remote_status is not None and link.remote_status < SOLVED:
        wanted = SOLVED if ticket.state is State.CLOSED or _called_back(link) else None
    return wanted if wanted != link.remote_status else None


def _called_back(link: GlpiTicket) -> bool:
    last = db.session().scalar(
        select(Escalation.state)
        .where(Escalation.ticket_id == link.ticket_id, Escalation.to_team_id == link.team_id)
        .order_by(Escalation.id.desc())
        .limit(1)
    )
    return last is EscalationState.WITHDRAWN
