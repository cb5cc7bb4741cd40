"""A ticket for a person who came, wrote a letter or was sent by a colleague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from channels.pages import requesting
from support.intake.models import Channel
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible, Problem
from support.people.languages import LANGUAGES
from support.people.models import Agent, Person, TeamKind
from support.people.permissions import Permission
from support.tickets.models import Ticket
from support.tickets.persons import find_persons, one_person
from support.tickets.references import shown
from support.tickets.visibility import visible_to
from web.access import own_transactions, staff
from web.chain import visitors
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
NAMES = (*WHAT, *visitors.NAMES, "q", "person", "channel", "visite")
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
@own_transactions
@staff(Permission.OPEN_TICKETS, Permission.READ_PERSONS)
def send() -> ResponseReturnValue:
    """The request is kept first, then its ticket is opened."""
    typed = sent(NAMES)
    with db.transaction(write=False):
        if request.form.get("aller") == "chercher":
            typed.errors.clear()
            return _show(typed)
        asked = _read(typed)
        if asked is None:
            return _show(typed), 422
    with db.transaction():
        received = requesting.keep(asked, key=typed.key, by=me())
    with db.transaction():
        ticket = requesting.understand(received.id)
        flash(_opened(ticket), "success")
        return redirect(url_for("ticket.ticket", reference=shown(ticket.reference)), 303)


def _read(typed: Typed) -> requesting.Request | None:
    """The request, or None with what is wrong written beside what was typed."""
    sheet = Sheet(key=typed.key, files=tuple(typed.files), **{n: typed.values[n] for n in WHAT})
    for part in (lambda: check(sheet), lambda: _check_person(typed)):
        try:
            part()
        except Invalid as refusal:
            typed.add(refusal)
    if sheet.reason and catalogue.reason_with(sheet.reason) is None:
        typed.errors["reason"] = sentence(Problem("field.choice", "reason"))
    return None if typed.errors else _request(sheet, typed)


def _request(sheet: Sheet, typed: Typed) -> requesting.Request:
    numbers, site = dossier_numbers(sheet), me().team.site
    department = site.department if site else None
    new = typed.values["person"] == visitors.NEW
    return requesting.Request(
        channel=_channel(typed),
        agent_id=me().id,
        subject=subject_of(sheet.text),
        text=readable(sheet),
        reason=sheet.reason,
        procedure=sheet.procedure,
        dossier_number=numbers[0] if len(numbers) == 1 else None,
        department=department,
        person_id=None if new else _chosen(typed).id,
        newcomer=visitors.identity(typed.values, department) if new else None,
        given=known_items(sheet),
        typed=typed.values,
        files=sheet.files,
        visit_id=number(typed.values["visite"]),
    )


def _check_person(typed: Typed) -> None:
    if not typed.values["person"]:
        raise Invalid.of("person.unchosen", "person")
    if typed.values["person"] == visitors.NEW:
        visitors.identity(typed.values)
        return
    try:
        _chosen(typed)
    except NotVisible as error:
        raise Invalid.of("person.unchosen", "person") from error


def _chosen(typed: Typed) -> Person:
    known = number(typed.values["person"]) or 0
    return one_person(known, by=me(), given=typed.values["q"])


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
        try:
            people.insert(0, one_person(known, by=me(), given=words))
        except NotVisible:
            chosen = ""  # other words were typed since: to be chosen again
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
