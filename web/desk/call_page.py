"""What the call screen shows, and what was typed on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from channels.phone.calls import PhoneCall
from channels.phone.ringing import open_call
from channels.phone.sheet import Sheet, Then
from channels.phone.taking import Noted
from support.kernel import db
from support.kernel.errors import NotVisible
from support.kernel.time import now
from support.people.languages import LANGUAGES
from support.people.normalising import shown_phone
from support.tickets.calling import WRAP_UPS
from support.tickets.calling_back import one_call_back
from support.tickets.persons import one_person
from web.desk import callers, catalogue
from web.desk.call_extras import (
    FURTHER,
    HELPER,
    NEW_TICKET,
    add_block,
    blocks,
    choices,
    drop_block,
    further,
    helper_of,
)
from web.desk.call_starts import Start, begin, seal, unseal
from web.desk.facts import masked
from web.desk.labels import wrap_up_label
from web.desk.who_calls import behind
from web.filters import day
from web.http import me
from web.library.inserting import read_marks
from web.reading_args import number

SOON = 60  # days before the end of a document from which it presses
SOMEBODY_NEW = "nouvelle"  # as the caller
NEW_PERSON = (
    "given_name", "family_name", "phone", "email", "foreigner_number", "language",
)  # fmt: skip
TYPED = (
    "appelant", "personne", "ticket", *NEW_PERSON, "motif", "demarche", "note", "conclusion",
    "numero", "q", "telephone", "rappel", "autres", *FURTHER, *HELPER,
)  # fmt: skip


@dataclass
class Page:
    """What is on screen. ``elsewhere``: what had been noted from this page before."""

    start: Start
    typed: dict[str, str]
    articles: list[str] = field(default_factory=list)
    errors: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Noted | None = None


def read_address() -> dict[str, str]:
    typed = {name: request.args.get(name, "") for name in TYPED}
    typed["appelant"] = typed["appelant"] or shown_phone(typed["numero"])
    return typed


def read_form() -> Page:
    typed = {name: request.form.get(name, "") for name in TYPED}
    if request.form.get("suite") == "changer":
        typed["personne"] = typed["ticket"] = ""
    elif request.form.get("suite") == "ajouter":
        add_block(typed)
    elif request.form.get("suite") == "retirer":
        drop_block(typed)
    start = unseal(request.form.get("appel", ""), me()) or begin()
    return Page(start, typed, request.form.getlist("articles"))


def sheet_of(page: Page) -> Sheet:
    t = page.typed
    known = number(t["personne"])
    with db.transaction(write=False):
        articles = tuple(read_marks(page.articles))
        told, promised = _told(t["telephone"]), _promised(t["rappel"])
    new_person = {name: t[name] for name in NEW_PERSON} if known is None else {}
    fields: dict[str, Any] = new_person | helper_of(t)
    return Sheet(
        key=page.start.key,
        agent_id=me().id,
        started_at=page.start.at.isoformat(),
        then=Then(request.form["suite"]),
        note=t["note"],
        wrap_up=t["conclusion"] if t["conclusion"] in WRAP_UPS else "",
        number=callers.calling_number(t["numero"] or t["appelant"]),
        person_id=known,
        ticket="" if t["ticket"] == NEW_TICKET else t["ticket"],
        other_subject=t["ticket"] == NEW_TICKET,
        reason=t["motif"],
        procedure=t["demarche"],
        articles=articles,
        further=further(t) if Then(request.form["suite"]) is not Then.NOTHING else (),
        phone_call_id=told.id if told else None,
        call_back_id=promised,
        **fields,
    )


def _told(typed: str) -> PhoneCall | None:
    """The call as the exchange tells it, when the agent may open it."""
    known = number(typed)
    try:
        return open_call(known, by=me()) if known is not None else None
    except NotVisible:
        return None


def _promised(typed: str) -> int | None:
    known = number(typed)
    try:
        return one_call_back(known, by=me()).id if known is not None else None
    except NotVisible:
        return None


def start_of(typed: dict[str, str]) -> Start:
    """The call begins when the exchange says it was answered; otherwise now.

    Who calls is chosen when there is but one, surely.
    """
    told = _told(typed["telephone"])
    matches = behind([told.number], me()).get(told.number or "", []) if told else []
    if len(matches) == 1 and matches[0].sure and not typed["personne"]:
        typed["personne"] = str(matches[0].person.id)
    return begin(told.answered_at if told else None)


def show(page: Page) -> str:
    try:
        chosen = caller(page.typed) if page.typed["personne"] else None
    except NotVisible:
        page.typed["personne"], chosen = "", None
    return render_template(
        "desk/call.html",
        page_=page,
        t=page.typed,
        errors=page.errors,
        token=seal(page.start, me()),
        reasons=catalogue.choices(catalogue.reasons()),
        procedures=catalogue.choices(catalogue.procedures()),
        blocks=blocks(page.typed),
        **choices(),
        endings=[("", _("selon le bouton")), *((code, wrap_up_label(code)) for code in WRAP_UPS)],
        **(chosen or candidates(page.typed["appelant"])),
    )


def candidates(typed: str) -> dict[str, Any]:
    """Who may be calling; nobody is chosen."""
    typed = typed.strip()
    found = callers.find_callers(typed, by=me())
    return {"typed": typed, "found": found, "masked": masked, "somebody_new": SOMEBODY_NEW}


def caller(typed: dict[str, str]) -> dict[str, Any]:
    """The chosen caller: a known person with their tickets, or the fields of a new one.

    Raises NotVisible.
    """
    known = number(typed["personne"])
    if known is None:
        if not any(typed[name] for name in NEW_PERSON):
            typed |= callers.guess_identity(typed["appelant"])
        return {"person": None, "somebody_new": SOMEBODY_NEW, "spoken": LANGUAGES}
    person = one_person(known, by=me())
    return {
        "person": person,
        "open_tickets": callers.open_tickets(person, by=me()),
        "closed_tickets": callers.closed_tickets(person, by=me()),
        "masked": masked,
        "new_ticket": NEW_TICKET,
        "expiry": expiry,
    }


def expiry(at: datetime) -> dict[str, str]:
    """When a document ends, and how much that presses: ``text``, ``tone``."""
    days = (at - now()).days
    if at < now():
        return {"text": _("document expiré le %(day)s", day=day(at)), "tone": "broken"}
    if days > SOON:
        return {"text": _("document valable jusqu’au %(day)s", day=day(at)), "tone": "neutral"}
    left = ngettext("dans %(num)s jour", "dans %(num)s jours", days)
    text = _("document : fin le %(day)s, %(left)s", day=day(at), left=left)
    return {"text": text, "tone": "risk"}
