"""Following a request: by the secret link, or by its reference with where it came from."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels.contact_form.questions import PREFIX, read_answers
from channels.pages import adding
from escalation import asking as asking_person
from escalation import raising
from support.kernel import db
from support.kernel.errors import Conflict, DomainError, Invalid, NotVisible
from support.people.guessing import note_guess, refuse_guessers
from support.people.normalising import email_address, phone_number
from support.tickets import following
from support.tickets.closing import requester_closes
from support.tickets.following import PublicState
from support.tickets.following_up import long_closed
from support.tickets.journal import FileDraft
from support.tickets.models import Ticket
from web import uploads
from web.access import own_transactions, public
from web.citizen import asking
from web.desk.files import hand_out
from web.filters import promise_at
from web.http import keep
from web.messages import sentence
from web.reading_args import row_number

bp = Blueprint("follow", __name__)


def standing(state: PublicState) -> tuple[str, str]:
    """Where it stands and what happens next, in two plain sentences."""
    return {
        PublicState.RECEIVED: (
            _("Nous avons bien reçu votre demande."),
            _("Un conseiller va la lire. Vous n’avez rien à faire pour le moment."),
        ),
        PublicState.IN_HAND: (
            _("Un conseiller s’occupe de votre demande."),
            _("Vous n’avez rien à faire pour le moment. Nous vous écrirons."),
        ),
        PublicState.WITH_SPECIALISTS: (
            _("Votre demande est chez des spécialistes, qui cherchent la réponse."),
            _("Vous n’avez rien à refaire. Nous vous écrirons dès que nous aurons leur réponse."),
        ),
        PublicState.WAITING_FOR_YOU: (
            _("Nous vous avons posé une question : nous attendons votre réponse."),
            _("Répondez ci-dessous. Nous vous donnerons alors une nouvelle date."),
        ),
        PublicState.SOLVED: (
            _("C’est réglé : vous nous l’avez dit."),
            _("Si la difficulté revient, écrivez ci-dessous : votre demande sera rouverte."),
        ),
        PublicState.ANSWERED: (
            _("Nous vous avons répondu."),
            _("Si ce n’est pas réglé, écrivez ci-dessous : votre demande sera rouverte."),
        ),
    }[state]


@bp.get("/suivi")
@public
def ask() -> ResponseReturnValue:
    return render_template("citizen/follow_ask.html", reference="", contact="", problem=None)


@bp.post("/suivi")
@public
def look_up() -> ResponseReturnValue:
    reference = request.form.get("reference", "")
    contact = request.form.get("contact", "").strip()
    if not (reference.strip() and contact):
        typed = {"reference": reference, "contact": contact}
        return render_template("citizen/follow_ask.html", **typed, problem=None, empty=True), 422
    try:
        refuse_guessers("suivi", request.remote_addr or "")
        ticket = following.by_reference(reference, _normalised(contact))
    except NotVisible as refusal:
        note_guess("suivi", request.remote_addr or "")
        keep()
        return _ask_again(reference, contact, refusal, 422)
    except Conflict as refusal:
        return _ask_again(reference, contact, refusal, 429)
    return redirect(url_for("follow.follow", token=following.follow_token(ticket)), 303)


@bp.get("/suivi/<token>")
@public
def follow(token: str) -> ResponseReturnValue:
    before = row_number(request.args, "avant")
    return _show(following.by_token(token), token, "", [], None, before)


@bp.post("/suivi/<token>/messages")
@own_transactions
@public
def add(token: str) -> ResponseReturnValue:
    """One more message on the same request: kept first, then put on its ticket."""
    with db.transaction(write=False):
        ticket_id = following.by_token(token).id
    text, removed = request.form.get("text", ""), set(request.form.getlist("retirer"))
    files = uploads.unseal(t for t in request.form.getlist("kept") if t not in removed)
    unsolved = bool(request.form.get("manque"))
    key = request.form.get("cle") or secrets.token_hex(16)
    try:
        uploads.take_files(request.files.getlist("files"), files, readable=True)
        with db.transaction():
            if unsolved and not text.strip():
                raise Invalid.of("message.what_is_missing", "text")
            message = adding.Message(ticket_id, text, tuple(files), unsolved=unsolved)
            received = adding.keep(message, key=key, source="suivi")
            following.confirm(following.by_token(token), token)
    except (Invalid, Conflict) as refusal:
        problem = " ".join(sentence(one) for one in refusal.problems)
        with db.transaction(write=False):
            page = _show(following.by_token(token), token, text, files, problem, unsolved=unsolved)
        return page, 429 if isinstance(refusal, Conflict) else 422
    with db.transaction():
        ticket = adding.understand(received.id)
        if ticket.id != ticket_id:
            token = following.follow_token(ticket)
    if ticket.id == ticket_id:
        flash(_("Votre message est bien arrivé."), "success")
    else:
        words = _("Votre message est bien arrivé. Il a ouvert cette nouvelle demande, liée à la "
                  "première.")  # fmt: skip
        flash(words, "success")
    return redirect(url_for("follow.follow", token=token), 303)


@bp.post("/suivi/<token>/reponses")
@own_transactions
@public
def answer(token: str) -> ResponseReturnValue:
    """Just what we had asked: each answer is kept as a fact, and said as a message."""
    with db.transaction(write=False):
        ticket = following.by_token(token)
        ticket_id, codes = ticket.id, asking_person.pending(ticket)
    typed = {code: request.form.get(PREFIX + code, "") for code in codes}
    key = request.form.get("cle") or secrets.token_hex(16)
    try:
        given = read_answers(typed)
        if not given:
            raise Invalid.of("follow.nothing_answered", "")
        said = "\n".join(f"{asking.label(code)} {typed[code].strip()}" for code in given)
        with db.transaction():
            message = adding.Message(ticket_id, said, given=given)
            received = adding.keep(message, key=key, source="suivi")
            following.confirm(following.by_token(token), token)
    except (Invalid, Conflict) as refusal:
        wrong = {p.field or PREFIX: sentence(p) for p in refusal.problems}
        with db.transaction(write=False):
            page = _show(following.by_token(token), token, "", [], None, typed=typed, wrong=wrong)
        return page, 429 if isinstance(refusal, Conflict) else 422
    with db.transaction():
        adding.understand(received.id)
    flash(_("Merci : vos réponses sont bien arrivées."), "success")
    return redirect(url_for("follow.follow", token=token), 303)


@bp.get("/suivi/<token>/pas-regle")
@public
def unsolved(token: str) -> ResponseReturnValue:
    """One question: what is missing. Nothing is written until it is answered."""
    return _show(following.by_token(token), token, "", [], None, unsolved=True)


@bp.post("/suivi/<token>/regle")
@public
def solved(token: str) -> ResponseReturnValue:
    """The person says that it is solved. Twice is once; a level that still has it is told."""
    ticket = following.by_token(token, lock=True)
    author = ticket.person or ticket.requester_agent
    assert author is not None
    following.confirm(ticket, token)
    if ticket.is_open:
        raising.call_off(ticket, by=author)
        requester_closes(ticket, by=author)
    return redirect(url_for("follow.thanks", token=token), 303)


@bp.get("/suivi/<token>/merci")
@public
def thanks(token: str) -> ResponseReturnValue:
    ticket = following.by_token(token)
    return render_template("citizen/follow_thanks.html", reference=ticket.reference, token=token)


@bp.post("/suivi/<token>/adresse")
@public
def confirm(token: str) -> ResponseReturnValue:
    """A button, and not the opening of the page: programs that check mail open every link."""
    if following.confirm(following.by_token(token, lock=True), token):
        flash(_("Merci : votre adresse est confirmée."), "success")
    return redirect(url_for("follow.follow", token=token), 303)


@bp.get("/suivi/<token>/pieces/<int:attachment_id>")
@public
def attachment(token: str, attachment_id: int) -> ResponseReturnValue:
    return hand_out(following.attachment_of(following.by_token(token), attachment_id))


def _show(
    ticket: Ticket,
    token: str,
    text: str,
    files: list[FileDraft],
    problem: str | None,
    before: int | None = None,
    *,
    unsolved: bool = False,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> str:
    view = following.public_view(ticket, before=before)
    where, what_next = standing(view.state)
    asked = asking_person.pending(ticket) if view.state is PublicState.WAITING_FOR_YOU else []
    if long_closed(ticket):
        what_next = _("Cette demande est close depuis longtemps. Si vous écrivez ci-dessous, une "
                      "nouvelle demande sera ouverte, liée à celle-ci.")  # fmt: skip
    return render_template(
        "citizen/follow.html",
        view=view,
        where=where,
        what_next=what_next,
        promise_=promise_at(view.promised_at) if view.promised_at else None,
        token=token,
        unsolved=unsolved,
        asked=asking.fields(asked, typed or {}, request.user_agent.string),
        wrong=wrong or {},
        confirmable=following.confirmable(ticket, token),
        limit=uploads.limit(),
        before=before,
        text=text,
        kept=uploads.kept_files(files),
        problem=problem,
        key=secrets.token_urlsafe(16),
        file_kind=uploads.kind,
    )


def _ask_again(
    reference: str, contact: str, refusal: DomainError, status: int
) -> ResponseReturnValue:
    page = render_template(
        "citizen/follow_ask.html",
        reference=reference,
        contact=contact,
        problem=sentence(refusal.problems[0]),
    )
    return page, status


def _normalised(contact: str) -> str:
    for reader in (email_address, phone_number):
        try:
            return reader(contact)
        except Invalid:
            continue
    raise NotVisible.of("follow.no_match")
