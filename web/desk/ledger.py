"""The ledger of mail: every message that ever came, what became of it, and putting it right."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from channels.mail import ledger, refiling
from channels.mail.headers import read_block
from channels.mail.ledger import Line, Search
from channels.mail.reading import OpenedMail, open_mail
from support.intake.models import Outcome, Received
from support.intake.receiving import raw_of
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible
from support.people.permissions import Permission
from support.tickets.filing import Filed, belongs
from support.tickets.references import shown
from support.tickets.timeline import Attachment
from support.tickets.visibility import one_visible
from web import uploads
from web.access import staff
from web.desk.files import hand_out
from web.desk.mail_words import OUTCOMES, auth_words, outcome_words, reason_words
from web.http import me
from web.messages import sentence
from web.reading_args import place_in_list

bp = Blueprint("ledger", __name__, url_prefix="/agent/courriels/registre")

SHOWN = 50
PARIS = ZoneInfo("Europe/Paris")
PENDING = "en_attente"
# A page opens no message larger than this: it shows its headers, and hands it out whole.
OPENED = 8 * 1024 * 1024
_HEADERS = 64 * 1024


@bp.get("")
@staff(Permission.SORT_MAIL)
def messages() -> ResponseReturnValue:
    search, place = _search(request.args), place_in_list()
    at = (place.at, place.id) if place else None
    backwards = bool(place and place.backwards)
    read = ledger.lines(
        search,
        by=me(),
        limit=SHOWN + 1,
        after=None if backwards else at,
        before=at if backwards else None,
    )
    more = len(read) > SHOWN
    lines = list(read[-SHOWN:] if backwards else read[:SHOWN])
    return render_template(
        "desk/ledger.html",
        lines=lines,
        search=search,
        typed=request.args,
        chips_=_chips(request.args),
        outcomes=_outcomes(),
        outcome_words=outcome_words,
        reason_words=reason_words,
        nights=ledger.last_night(by=me()),
        previous=_address("avant", lines) if (more if backwards else place) else None,
        next=_address("apres", lines) if backwards or more else None,
        filtered=any(request.args.get(name) for name in FIELDS),
    )


@bp.get("/<int:received_id>")
@staff(Permission.SORT_MAIL)
def message(received_id: int) -> ResponseReturnValue:
    return _show(ledger.one_line(received_id, by=me()))


@bp.get("/<int:received_id>/brut")
@staff(Permission.SORT_MAIL)
def raw(received_id: int) -> ResponseReturnValue:
    """The message as it came, to be saved."""
    line = ledger.one_line(received_id, by=me())
    response = send_file(
        io.BytesIO(raw_of(line.received)),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=f"courriel-{received_id}.eml",
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/<int:received_id>/pieces/<int:number>")
@staff(Permission.SORT_MAIL)
def file(received_id: int, number: int) -> ResponseReturnValue:
    """The ``number``-th file of a message, counted from 0."""
    opened = _opened(ledger.one_line(received_id, by=me()).received)
    if opened is None or number >= len(opened.files):
        raise NotVisible.of("attachment.unknown")
    draft = opened.files[number]
    return hand_out(
        Attachment(filename=draft.filename, content_type=draft.content_type, file_key=draft.key)
    )


@bp.post("/<int:received_id>/rattachements")
@staff(Permission.SORT_MAIL)
def put_on(received_id: int) -> ResponseReturnValue:
    ledger.one_line(received_id, by=me())
    try:
        ticket = one_visible(request.form.get("reference", ""), me())
        follow = bool(request.form.get("suivre"))
        filed = refiling.put_on(
            received_id, ticket, by=me(), add_follower=follow, seen=request.form.get("vu")
        )
    except NotVisible as error:
        if error.code != "ticket.unknown":
            raise
        return _again(received_id, {"reference": sentence(error.problems[0])})
    except Invalid as error:
        return _again(received_id, {"reference": sentence(error.problems[0])})
    except Conflict as error:
        return _changed(received_id, error)
    return _done(received_id, filed, _("Courriel classé sur le ticket"))


@bp.post("/<int:received_id>/tickets")
@staff(Permission.SORT_MAIL, Permission.OPEN_TICKETS)
def open_anew(received_id: int) -> ResponseReturnValue:
    ledger.one_line(received_id, by=me())
    try:
        filed = refiling.open_anew(received_id, by=me(), seen=request.form.get("vu"))
    except Invalid as error:
        return _again(received_id, {"ouvrir": sentence(error.problems[0])})
    except Conflict as error:
        return _changed(received_id, error)
    return _done(received_id, filed, _("Ouvert, motif à préciser : ticket"))


@bp.post("/<int:received_id>/relectures")
@staff(Permission.SORT_MAIL)
def judge_again(received_id: int) -> ResponseReturnValue:
    ledger.one_line(received_id, by=me())
    try:
        filed = refiling.judge_again(received_id, by=me(), seen=request.form.get("vu"))
    except Conflict as error:
        return _changed(received_id, error)
    return _done(received_id, filed, _("Règles appliquées à nouveau"))


FIELDS = ("sort", "du", "au", "de", "objet", "identifiant")


def _search(args: Mapping[str, str]) -> Search:
    wanted = args.get("sort", "")
    until = _day(args.get("au", ""))
    return Search(
        outcome=Outcome(wanted) if wanted in set(Outcome) else None,
        pending=wanted == PENDING,
        since=_day(args.get("du", "")),
        until=until + timedelta(days=1) if until else None,
        sender=args.get("de", "").strip()[:254],
        words=args.get("objet", "").strip()[:200],
        message_id=args.get("identifiant", "").strip()[:500],
    )


def _outcomes() -> list[tuple[str, str]]:
    return [("", _("Tout")), *((str(code), words()) for code, words in OUTCOMES.items())]


def _chips(args: Mapping[str, str]) -> list[dict[str, str]]:
    """What filters the list, each with the address that takes it away."""
    labels = {
        "sort": _("Devenu"), "de": _("De"), "objet": _("Objet"), "identifiant": _("Identifiant"),
        "du": _("Du"), "au": _("Au"),
    }  # fmt: skip
    given: dict[str, Any] = {n: args[n].strip() for n in FIELDS if args.get(n, "").strip()}
    words = dict(_outcomes())
    return [
        {
            "label": labels[name],
            "value": words.get(value, value) if name == "sort" else value,
            "remove": url_for(".messages", **{n: v for n, v in given.items() if n != name}),
        }
        for name, value in given.items()
    ]


def _day(typed: str) -> datetime | None:
    try:
        day = datetime.fromisoformat(typed[:10])
        return day.replace(tzinfo=PARIS) if 1970 <= day.year <= 2200 else None
    except ValueError:
        return None


def _address(way: str, lines: list[Line]) -> str | None:
    """The page on this side of the lines shown, with what filters them."""
    if not lines:
        return None
    edge = lines[0 if way == "avant" else -1].received
    kept: dict[str, Any] = {name: request.args[name] for name in FIELDS if request.args.get(name)}
    kept[way] = f"{edge.received_at.isoformat()}_{edge.id}"
    return url_for(".messages", **kept)


def _show(line: Line, errors: Mapping[str, str] | None = None) -> str:
    received = line.received
    opened = _opened(received)
    return render_template(
        "desk/ledger_message.html",
        received=received,
        ticket=line.ticket,
        opened=opened,
        mail=opened.mail if opened else None,
        headers=_headers(received),
        outcome=outcome_words(received.outcome),
        reason=reason_words(received),
        auth=auth_words(received.auth),
        seen=refiling.state_of(received),
        filed=received.outcome in refiling.FILED,
        known=bool(line.ticket and received.sender and belongs(received.sender, line.ticket)),
        typed=request.form,
        errors=errors or {},
        file_kind=uploads.kind,
    )


def _opened(received: Received) -> OpenedMail | None:
    return open_mail(raw_of(received)) if received.size <= OPENED else None


def _headers(received: Received) -> str:
    """The header block as it came, without what no page can hold."""
    begin = raw_of(received)[:_HEADERS]
    _, end = read_block(begin, 0, len(begin), top=True)
    text = begin[:end].decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c in "\n\t" else "·" for c in text).strip()


def _again(received_id: int, errors: Mapping[str, str]) -> ResponseReturnValue:
    return _show(ledger.one_line(received_id, by=me()), errors), 422


def _changed(received_id: int, error: Conflict) -> ResponseReturnValue:
    """Somebody was quicker: what became of it, when one may still read that."""
    db.session().rollback()
    said = {"etat": sentence(error.problems[0])}
    return _show(ledger.one_line(received_id, by=me()), said), 409


def _done(received_id: int, filed: Filed, said: str) -> ResponseReturnValue:
    if filed.ticket is not None and filed.why is None:
        reference = shown(filed.ticket.reference)
        href = url_for("ticket.ticket", reference=reference)
        flash(Markup('{} <a href="{}">{}</a>').format(said, href, reference), "success")
    else:
        flash(f"{said} : {outcome_words(filed.outcome)}.", "success")
    return redirect(url_for(".message", received_id=received_id), 303)
