"""The contact form: three short steps, nothing lost, sent once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from channels.contact_form import taking
from channels.contact_form.sheet import Sheet, check
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.people.guessing import note_sending, refuse_flood
from support.people.languages import LANGUAGES
from support.tickets.following import by_token, follow_token, public_view
from support.tickets.journal import FileDraft
from web import uploads
from web.access import own_transactions, public
from web.desk import catalogue
from web.filters import promise_at
from web.messages import sentence
from web.reading_args import number, row_number

bp = Blueprint("contact", __name__)

# The fields of each step, in the order of the page.
STEPS: tuple[tuple[str, ...], ...] = (
    ("reason", "procedure"),
    ("text", "files"),
    ("given_name", "family_name", "email", "phone", "foreigner_number", "dossier_number",
     "language"),
)  # fmt: skip
LAST = len(STEPS)
TYPED = tuple(name for step in STEPS for name in step if name != "files")


@dataclass
class Page:
    """What is on screen: the step, what was typed everywhere, the files kept, what is wrong."""

    step: int
    typed: dict[str, str]
    files: list[FileDraft]
    errors: Mapping[str, str]
    key: str


@bp.get("/contact")
@public
def form() -> ResponseReturnValue:
    asked = request.args
    typed = {
        "language": str(get_locale()).split("_")[0],
        "reason": asked.get("motif", ""),
        "procedure": asked.get("demarche", ""),
        "text": asked.get("texte", ""),
    }
    return _show(Page(1, typed, [], {}, secrets.token_urlsafe(16)))


@bp.post("/contact")
@own_transactions
@public
def send() -> ResponseReturnValue:
    """Move between steps, or send. A form posted whole, without a step, is sent."""
    page = _read()
    problems = _take_files(page)
    wanted = request.form.get("aller", "envoyer")
    if wanted.startswith("etape-"):
        target = min(max(number(wanted[6:]) or 1, 1), LAST)
        checked = LAST if target > LAST else page.step
        return _move(page, target, problems, checked)
    problems |= _problems(page)
    if problems:
        return _again(page, problems)
    address = request.remote_addr or ""
    try:
        with db.transaction():
            refuse_flood("contact", address)
            note_sending("contact", address)
            received = taking.keep(_sheet(page))
    except Conflict as refusal:
        page.errors = {"": sentence(refusal.problems[0])}
        return _show(page), 429
    with db.transaction():
        ticket = taking.understand(received.id)
        token = follow_token(ticket)
    return redirect(url_for("contact.thanks", token=token), 303)


@bp.get("/contact/merci/<token>")
@public
def thanks(token: str) -> ResponseReturnValue:
    ticket = by_token(token)
    view = public_view(ticket)
    # Never the host that the request names: anybody may write that line of a request.
    settings = current_app.config["SETTINGS"]
    return render_template(
        "citizen/thanks.html",
        view=view,
        promise_=promise_at(view.promised_at) if view.promised_at else None,
        # Not which address: whoever fills the form in with somebody's number must not learn it.
        by_mail=bool(ticket.person and ticket.person.email),
        link=settings.public_url.rstrip("/") + url_for("follow.follow", token=token),
    )


def _read() -> Page:
    typed = {name: request.form.get(name, "") for name in TYPED}
    step = row_number(request.form, "etape") or LAST
    removed = set(request.form.getlist("retirer"))
    kept = uploads.unseal(t for t in request.form.getlist("kept") if t not in removed)
    key = request.form.get("cle") or secrets.token_urlsafe(16)
    return Page(min(max(step, 1), LAST), typed, kept, {}, key[:64])


def _take_files(page: Page) -> dict[str, str]:
    """Files are kept at once, even when the rest of the form is not right yet."""
    try:
        uploads.take_files(request.files.getlist("files"), page.files)
    except Invalid as refusal:
        return {"files": " ".join(sentence(problem) for problem in refusal.problems)}
    return {}


def _move(page: Page, target: int, problems: dict[str, str], checked: int) -> ResponseReturnValue:
    if target > page.step:
        here = {n for step in STEPS[:checked] for n in step}
        problems |= {n: words for n, words in _problems(page).items() if n in here}
    if problems:
        return _again(page, problems)
    page.step = target
    return _show(page)


def _problems(page: Page) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        check(_sheet(page))
    except Invalid as refusal:
        found = {p.field or "text": sentence(p) for p in refusal.problems}
    with_reason = page.typed["reason"]
    if with_reason:
        with db.transaction(write=False):
            if catalogue.reason_with(with_reason) is None:
                found["reason"] = _("Choisissez dans la liste.")
    return found


def _again(page: Page, problems: dict[str, str]) -> ResponseReturnValue:
    """Back to the first step that has something wrong, with everything typed."""
    page.errors = problems
    wrong = [n for n, step in enumerate(STEPS, 1) if any(name in problems for name in step)]
    page.step = wrong[0] if wrong else page.step
    return _show(page), 422


def _sheet(page: Page) -> Sheet:
    return Sheet(key=page.key, files=tuple(page.files), **page.typed)


def _show(page: Page) -> str:
    if db.in_transaction():
        return _render(page)
    with db.transaction(write=False):
        return _render(page)


def _render(page: Page) -> str:
    titles = (_("Votre question"), _("Ce qui se passe"), _("Vous joindre"))
    choices: dict[str, Any] = {}
    if page.step == 1:
        choices["reasons"] = catalogue.public_choices(catalogue.reasons(public_only=True))
        choices["procedures"] = catalogue.public_choices(catalogue.procedures())
    return render_template(
        "citizen/contact.html",
        page_=page,
        titles=titles,
        last=LAST,
        here=set(STEPS[page.step - 1]),
        kept=uploads.kept_files(page.files),
        language_codes=LANGUAGES,
        **choices,
    )
