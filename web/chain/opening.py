"""A ticket for a person who came, wrote a letter or was sent by a colleague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from support.catalogue.models import ContactReason
from support.intake.models import Channel, Received
from support.kernel import db
from support.kernel.errors import Invalid, Problem
from support.people.finding import find_persons, one_person
from support.people.languages import LANGUAGES
from support.people.models import Agent, Person, TeamKind
from support.people.permissions import Permission
from support.tickets.journal import Words
from support.tickets.models import Ticket
from support.tickets.opening import TicketDraft, open_ticket
from support.tickets.references import shown
from support.tickets.visibility import visible_to
from web.access import staff
from web.chain import visitors
from web.chain.once import open_once
from web.chain.sheets import Sheet, check, dossier_numbers, known_items, readable, subject_of
from web.chain.typed import Typed, blank, sent
from web.desk import catalogue
from web.desk.facts import masked
from web.filters import day
from web.http import me
from web.messages import sentence
from web.reading_args import number

bp = Blueprint("opening", __name__, url_prefix="/agent/tickets/nouveau")

WHAT = ("reason", "procedure", "text", "exact_message", "step_reached", "browser", "dossiers")
NAMES = (*WHAT, *visitors.NAMES, "q", "person", "channel")
FOUND = 6


@bp.get("")
@staff(Permission.OPEN_TICKETS, Permission.READ_PERSONS)
def form() -> ResponseReturnValue:
    typed = blank(NAMES)
    typed.values["language"] = typed.values["language"] or "fr"
    return _show(typed)


@bp.get("/personnes")
@staff(Permission.OPEN_TICKETS, Permission.READ_PERSONS)
def persons() -> ResponseReturnValue:
    """Whom the words may mean, as one types."""
    words, chosen = request.args.get("q", ""), request.args.get("person", "")
    return render_template("chain/_found.html", **_found(words, chosen))


@bp.post("")
@staff(Permission.OPEN_TICKETS, Permission.READ_PERSONS)
def send() -> ResponseReturnValue:
    typed = sent(NAMES)
    if request.form.get("aller") == "chercher":
        typed.errors.clear()
        return _show(typed)
    sheet = Sheet(key=typed.key, files=tuple(typed.files), **{n: typed.values[n] for n in WHAT})
    reason = catalogue.reason_with(sheet.reason)
    for part in (lambda: check(sheet), lambda: _check_person(typed)):
        try:
            part()
        except Invalid as refusal:
            typed.add(refusal)
    if sheet.reason and reason is None:
        typed.errors["reason"] = sentence(Problem("field.choice", "reason"))
    if typed.errors or reason is None:
        return _show(typed), 422
    channel = _channel(typed)
    ticket = open_once(
        channel,
        sheet.as_json(person=typed.values["person"], channel=channel.value),
        typed.key,
        me(),
        lambda received: _open(sheet, reason, _person(typed), received),
    )
    flash(_opened(ticket), "success")
    return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def _open(sheet: Sheet, reason: ContactReason, person: Person, received: Received) -> Ticket:
    agent, numbers = me(), dossier_numbers(sheet)
    site = agent.team.site
    words = Words(
        readable(sheet),
        channel=received.channel,
        received=received,
        files=sheet.files,
        data={"given": known_items(sheet)},
    )
    draft = TicketDraft(
        subject=subject_of(sheet.text),
        words=words,
        reason=reason,
        procedure=catalogue.procedure_with(sheet.procedure),
        channel=received.channel,
        person=person,
        # The centre answers whoever a help point received; its own agents keep what they open.
        team=agent.team if agent.team.kind is TeamKind.CONTACT_CENTRE else None,
        language=person.language,
        department=person.department or (site.department if site else None),
        dossier_number=numbers[0] if len(numbers) == 1 else None,
        first_received_at=received.received_at,
    )
    return open_ticket(draft, by=agent)


def _check_person(typed: Typed) -> None:
    if not typed.values["person"]:
        raise Invalid.of("person.unchosen", "person")
    if typed.values["person"] == visitors.NEW:
        visitors.identity(typed.values)


def _person(typed: Typed) -> Person:
    chosen = typed.values["person"]
    if chosen == visitors.NEW:
        return visitors.welcome(typed.values, site=me().team.site)
    return one_person(number(chosen) or 0, by=me())


def _channel(typed: Typed) -> Channel:
    if me().team.kind is TeamKind.HELP_POINT:
        return Channel.COUNTER
    offered = {c.value: c for c in (Channel.LETTER, Channel.COUNTER)}
    return offered.get(typed.values["channel"], Channel.STAFF)


def _opened(ticket: Ticket) -> str:
    facts = {"ref": shown(ticket.reference), "team": ticket.team.label}
    if ticket.promised_at is None:
        return _("Ticket %(ref)s ouvert chez %(team)s.", **facts)
    return _(
        "Ticket %(ref)s ouvert chez %(team)s (réponse promise le %(day)s).",
        **facts,
        day=day(ticket.promised_at),
    )


def _found(words: str, chosen: str) -> Mapping[str, object]:
    people = list(find_persons(words, by=me(), limit=FOUND))
    known = number(chosen)
    if known is not None and known not in {p.id for p in people}:
        people.insert(0, one_person(known, by=me()))
    return {
        "people": people,
        "chosen": chosen,
        "open_of": _open_tickets(people, me()),
        "typed_words": words.strip(),
        "masked": masked,
        "NEW": visitors.NEW,
    }


def _open_tickets(people: Sequence[Person], agent: Agent) -> Mapping[int, Sequence[Ticket]]:
    """By person, their open tickets that ``agent`` may see: one may be about the same thing."""
    tickets = db.session().scalars(
        select(Ticket)
        .where(
            Ticket.person_id.in_([person.id for person in people]),
            Ticket.is_open.is_(True),
            visible_to(agent),
        )
        .order_by(Ticket.id.desc())
        .limit(FOUND * 5)
    )
    by_person: dict[int, list[Ticket]] = {}
    for ticket in tickets:
        by_person.setdefault(ticket.person_id or 0, []).append(ticket)
    return by_person


def _show(typed: Typed) -> str:
    return render_template(
        "chain/open.html",
        typed=typed,
        reasons=catalogue.choices(catalogue.reasons()),
        procedures=catalogue.choices(catalogue.procedures()),
        language_codes=LANGUAGES,
        at_counter=me().team.kind is TeamKind.HELP_POINT,
        **_found(typed.values["q"], typed.values["person"]),
    )
