"""The ticket page: thread, facts beside, reply box at hand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from escalation import chain, handover
from escalation.known_issues import finding, recording
from escalation.models import Escalation
from escalation.reading import all_escalations
from escalation.transfers.transferring import can_transfer
from knowledge.articles.queries import audience_of
from knowledge.search import suggesting
from support.help_sessions import ticketed
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import DomainError
from support.people.models import Agent, ContactKind, Team
from support.people.permissions import Permission, may
from support.people.vouching import is_vouched
from support.tickets.announcing import can_announce
from support.tickets.asking import speaks_for_requester
from support.tickets.assigning import can_assign, colleagues_for, serves
from support.tickets.filing import UNSORTED_REASON
from support.tickets.given import given_with
from support.tickets.journal import FileDraft
from support.tickets.models import State, Ticket
from support.tickets.qualifying import can_qualify
from support.tickets.reopening import can_reopen
from support.tickets.replying import Then, can_close, can_reply, fronts, requester_address
from support.tickets.thread import read_thread, reads_internal, shared_calls
from support.tickets.timeline import DeliveryState, Entry, EntryKind
from support.tickets.visibility import one_visible
from support.tickets.withdrawing import may_withdraw
from web import uploads
from web.access import staff
from web.desk import catalogue, deliveries, events, facts, said
from web.desk.catalogue import choices
from web.desk.labels import item_label
from web.help_point import labels as booked
from web.http import me
from web.library.inserting import mark_of, passage
from web.messages import sentences
from web.reading_args import row_number

bp = Blueprint("ticket", __name__)


@dataclass(frozen=True)
class Typed:
    """What was typed into a form that was refused: shown again, nothing lost."""

    form: str = ""  # reply | note | back | message
    text: str = ""
    articles: Sequence[str] = ()
    missing: Sequence[str] = ()
    news_on: str = ""
    files: Sequence[Any] = ()
    then: Then | None = None
    errors: Mapping[str | None, str] = field(default_factory=dict)


@bp.get("/agent/tickets/<reference>")
@staff(Permission.READ_TICKETS)
def ticket(reference: str) -> ResponseReturnValue:
    found = one_visible(reference, me())
    typed = Typed()
    if (number := row_number(request.args, "reprendre")) is not None:
        typed = _passed_on(found, number) or typed
    if request.args.get("fiche"):
        inserted = passage(request.args["fiche"], found.language or "fr")
        typed = Typed("reply", inserted.text, [inserted.mark]) if inserted else typed
    if (issue_id := row_number(request.args, "anomalie")) is not None:
        typed = _words_of_issue(issue_id) or typed
    return show(found, me(), typed, taken_back=row_number(request.args, "reprise"))


def _passed_on(ticket: Ticket, entry_id: int) -> Typed | None:
    """What another level wrote, ready to be reworded for the person."""
    if not (reads_internal(ticket, me()) and can_reply(ticket, me())):
        return None
    entry = db.session().get(Entry, entry_id)
    if entry is None or entry.ticket_id != ticket.id or entry.kind is not EntryKind.EXCHANGE:
        return None
    return Typed("reply", entry.text)


def _words_of_issue(issue_id: int) -> Typed | None:
    """What may be told of a known issue, ready for the person."""
    try:
        issue = recording.one_issue(issue_id, by=me())
    except DomainError:
        return None
    return Typed("reply", issue.public_words) if issue.public_words else None


def can_tie(ticket: Ticket, agent: Agent) -> bool:
    """Whether the agent may say that the ticket is about a known issue."""
    return ticket.is_open and may(agent, Permission.NOTE) and reads_internal(ticket, agent)


def refused(ticket: Ticket, typed: Typed, error: DomainError, status: int) -> ResponseReturnValue:
    """The page again, with what was typed and what is wrong."""
    return show(ticket, me(), replace(typed, errors=sentences(error))), status


def show(ticket: Ticket, agent: Agent, typed: Typed, taken_back: int | None = None) -> str:
    before = row_number(request.args, "avant")
    thread = read_thread(ticket, by=agent, before=before)
    typed = _taken_back(thread, taken_back, agent) or typed
    raised, following = all_escalations(ticket), chain.next_teams(ticket)
    climbed = [e for e in raised if e.ended_at is None]
    can = allowed(ticket, agent, climbed, following)
    typed = _where_it_fits(typed, can)
    others = facts.other_tickets(ticket, agent)
    return render_template(
        "desk/ticket.html",
        ticket=ticket,
        thread=thread,
        before=before,
        typed=typed,
        kept=uploads.kept_files(typed.files),
        can=can,
        colleagues=colleagues_for(ticket) if can["assign"] else [],
        asked=before is None and _asked(thread),
        leaving=deliveries.leaving(thread, agent),
        told=deliveries.told,
        simple=_simple(ticket),
        internal=reads_internal(ticket, agent),
        path=facts.level_path(ticket, raised, following),
        others=others,
        **_issues(ticket, agent),
        appointments=ticketed.of_ticket(ticket.id) if can["book"] else [],
        **facts.belonging(ticket, thread, agent, others),
        masked=facts.masked,
        said=said,
        booked=booked,
        came_at=said.came_at,
        vouched=_vouched(ticket),
        address=requester_address(ticket),
        articles=_suggestions(ticket, thread, agent),
        item_choices=[(code, item_label(code)) for code in handover.ITEMS],
        email_channel=Channel.EMAIL,
        call_links=shared_calls(thread, by=agent),
        event_words=events.event_words,
        event_icon=events.event_icon,
        file_kind=uploads.kind,
        reasons=choices(catalogue.reasons()),
        procedures=choices(catalogue.procedures()),
        unsorted=ticket.reason.code == UNSORTED_REASON,
        message_key=secrets.token_urlsafe(16),
    )


def _issues(ticket: Ticket, agent: Agent) -> dict[str, Any]:
    """Known issues that it is about, and those that it may be about: one query."""
    if not may(agent, Permission.NOTE):
        return {"tied": [], "likely_issues": []}
    tied, fits = finding.beside(ticket)
    return {"tied": tied, "likely_issues": fits}


def _vouched(ticket: Ticket) -> bool:
    """Whether the address that we write to is surely the person's."""
    person = ticket.person
    if person is None or person.email is None:
        return True
    return is_vouched(person, ContactKind.EMAIL, person.email)


def _where_it_fits(typed: Typed, can: Mapping[str, bool]) -> Typed:
    """Words whose box has gone meanwhile stand in the note's, rather than nowhere."""
    gone = typed.form == "back" and not can["answer_below"]
    return replace(typed, form="note") if gone else typed


def _taken_back(thread: Sequence[Entry], entry_id: int | None, agent: Agent) -> Typed | None:
    """A reply that was taken back, as it was in its box."""
    entry = next((e for e in thread if entry_id is not None and e.id == entry_id), None)
    sent = entry.delivery if entry else None
    if entry is None or sent is None or sent.state is not DeliveryState.WITHDRAWN:
        return None
    if not may_withdraw(entry, agent):
        return None
    marks = [mark_of(one) for one in given_with(entry)]
    files = [FileDraft(a.filename, a.content_type, a.file_key, a.size) for a in entry.attachments]
    then = Then(sent.before["then"]) if sent.before else None
    return Typed("reply", entry.text, marks, files=files, then=then)


def allowed(
    ticket: Ticket, agent: Agent, climbed: Sequence[Escalation], following: Sequence[Team]
) -> dict[str, bool]:
    """Which actions the page offers. The verbs check again: this only hides what is useless."""
    here = serves(agent, ticket)
    away = ticket.team_id != ticket.home_team_id
    answers = away and here and may(agent, Permission.ANSWER_BELOW)
    active = any(e.to_team_id == ticket.team_id for e in climbed)
    return {
        "reply": may(agent, Permission.REPLY) and can_reply(ticket, agent),
        "note": may(agent, Permission.NOTE),
        "take": may(agent, Permission.ASSIGN)
        and here
        and ticket.is_open
        and ticket.owner_id != agent.id
        and (ticket.owner_id is None or may(agent, Permission.ASSIGN_OTHERS)),
        "release": may(agent, Permission.ASSIGN) and ticket.owner_id == agent.id,
        "transfer": may(agent, Permission.CLOSE)
        and can_close(ticket, agent)
        and not away
        and can_transfer(ticket, agent),
        "close": may(agent, Permission.CLOSE) and can_close(ticket, agent) and not away,
        "wait": may(agent, Permission.REPLY)
        and can_reply(ticket, agent)
        and not away
        and ticket.state is not State.WAITING_PERSON,
        "assign": can_assign(ticket, agent),
        "announce": can_announce(ticket, agent),
        "reopen": can_reopen(ticket, agent),
        "resume": may(agent, Permission.REPLY) and ticket.state is State.WAITING_PERSON,
        "escalate": may(agent, Permission.ESCALATE) and here and ticket.is_open and bool(following),
        "answer_below": answers and active,
        "withdraw": away and may(agent, Permission.ESCALATE) and fronts(agent, ticket),
        "qualify": may(agent, Permission.NOTE) and can_qualify(ticket, agent),
        "call": may(agent, Permission.TAKE_CALLS),
        "reached": ticket.unheard_since is not None
        and may(agent, Permission.REPLY)
        and fronts(agent, ticket),
        "message": speaks_for_requester(agent, ticket),
        "tie": can_tie(ticket, agent),
        "book": may(agent, Permission.BOOK) and ticket.person_id is not None,
    }


def _asked(thread: Sequence[Entry]) -> bool:
    """Whether the last word is ours: only then is there an answer to wait for."""
    spoken = (
        e.kind
        for e in reversed(thread)
        if e.kind in (EntryKind.MESSAGE, EntryKind.REPLY)
        and not (e.delivery and e.delivery.state is DeliveryState.WITHDRAWN)
    )
    return next(spoken, None) is EntryKind.REPLY


def _simple(ticket: Ticket) -> bool:
    """Whether one answer usually ends it: nothing has gone up, come back or been chased."""
    fresh = ticket.state in (State.NEW, State.IN_PROGRESS) and ticket.level == 1
    return fresh and not ticket.reopenings and not ticket.chasers


def _suggestions(ticket: Ticket, thread: Sequence[Entry], agent: Agent) -> Sequence[Any]:
    if not may(agent, Permission.READ_STAFF_ARTICLES):
        return []
    said = next((e.text for e in thread if e.text and e.is_public), "")
    return suggesting.suggest(
        f"{ticket.subject} {said}"[:600],
        procedure_code=ticket.procedure.code if ticket.procedure else None,
        reason_code=ticket.reason.code,
        audience=audience_of(agent),
        limit=4,
    )
