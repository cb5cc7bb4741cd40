"""A request written by staff, for themselves or for somebody: kept, then turned into a ticket."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy import select

from support.catalogue.models import ContactReason, Procedure
from support.help_sessions import ticketed
from support.intake.models import Channel, Outcome, Received
from support.intake.receiving import kept_before, key_of, raw_of, receive_form
from support.intake.settling import settle, take_unsettled
from support.kernel import db
from support.people.identifying import Identity, recognise_or_create
from support.people.models import Agent, Person, TeamKind
from support.people.permissions import Permission, may
from support.tickets.journal import FileDraft, Words
from support.tickets.models import Ticket
from support.tickets.opening import TicketDraft, open_ticket


@dataclass(frozen=True)
class Request:
    """Everything that the ticket needs. ``typed`` is the form as it was filled in.

    It is for ``person_id``, for the ``newcomer`` (somebody nobody knew on the page), or for the
    agent's own site when both are None. ``reason`` and ``procedure`` are codes. ``visit_id``: the
    appointment at which the person was stuck.
    """

    channel: Channel
    agent_id: int
    subject: str
    text: str
    reason: str
    procedure: str = ""
    dossier_number: str | None = None
    department: str | None = None
    person_id: int | None = None
    newcomer: Identity | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[FileDraft] = ()
    visit_id: int | None = None

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> Request:
        read = json.loads(raw)
        read["channel"] = Channel(read["channel"])
        read["newcomer"] = Identity(**read["newcomer"]) if read["newcomer"] else None
        read["files"] = tuple(FileDraft(**f) for f in read["files"])
        return cls(**read)


def sent_before(request: Request, *, key: str) -> bool:
    """Whether this very form has been kept already."""
    return kept_before(request.channel, request.as_json(), dedupe_key=_key(request, key))


def keep(request: Request, *, key: str, by: Agent) -> Received:
    """Keep a correct form; sent twice it is kept once. The caller commits."""
    return receive_form(
        request.channel, request.as_json(), source=by.email, dedupe_key=_key(request, key)
    ).received


def understand(received_id: int) -> Ticket:
    """The ticket of a kept form: opened now, or the one opened before."""
    received = take_unsettled(received_id)
    if received is None:
        known = select(Ticket).join(Received, Received.ticket_id == Ticket.id)
        return db.session().scalars(known.where(Received.id == received_id)).one()
    ticket = _open(Request.from_json(raw_of(received)), received)
    settle(received, Outcome.CREATED, ticket_id=ticket.id, entry_id=ticket.last_entry_id)
    return ticket


def _open(request: Request, received: Received) -> Ticket:
    session = db.session()
    agent = session.get_one(Agent, request.agent_id)
    person = _person(request)
    reasons = select(ContactReason).where(ContactReason.code == request.reason)
    words = Words(
        request.text,
        channel=request.channel,
        received=received,
        files=request.files,
        data={"given": dict(request.given)},
    )
    # The centre answers whoever a help point received; its own agents keep what they open.
    keeps = person is not None and agent.team.kind is TeamKind.CONTACT_CENTRE
    draft = TicketDraft(
        subject=request.subject,
        words=words,
        reason=session.scalars(reasons).one(),
        procedure=session.scalar(select(Procedure).where(Procedure.code == request.procedure)),
        channel=request.channel,
        person=person,
        requester_agent=agent if person is None else None,
        team=agent.team if keeps else None,
        language=person.language if person else "fr",
        department=(person.department if person else None) or request.department,
        dossier_number=request.dossier_number,
        first_received_at=received.received_at,
    )
    ticket = open_ticket(draft, by=agent)
    if request.visit_id is not None and may(agent, Permission.RECEIVE):
        ticketed.tie(request.visit_id, ticket.id, ticket.person_id, by=agent)
    return ticket


def _person(request: Request) -> Person | None:
    if request.newcomer is not None:
        return recognise_or_create(request.newcomer)
    if request.person_id is None:
        return None
    return db.session().get_one(Person, request.person_id)


def _key(request: Request, key: str) -> str:
    return key_of(str(request.agent_id), key)
