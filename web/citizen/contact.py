"""The contact form: a few questions, the articles that may answer, then only what is needed."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from channels.contact_form import caught, taking
from channels.contact_form.questions import asked_for
from channels.contact_form.sheet import check
from knowledge.articles import helping
from support.intake.models import Outcome
from support.kernel import db
from support.kernel.errors import Conflict, Invalid
from support.people.guessing import (
    note_sending,
    note_sending_from,
    refuse_flood,
    refuse_many_from,
)
from support.tickets.following import by_token, follow_token, public_view
from web import uploads
from web.access import own_transactions, public
from web.citizen import leading, robots, steps
from web.citizen.steps import FIELDS, Page, Step
from web.desk import catalogue
from web.filters import promise_at
from web.messages import sentence
from web.reading_args import number

bp = Blueprint("contact", __name__)

SOLVED = "regle-"


@bp.get("/contact")
@public
def form() -> ResponseReturnValue:
    page = steps.fresh()
    if page.typed["reason"] and catalogue.reason_with(page.typed["reason"]) is not None:
        page.way = "court"
    return _show(page)


@bp.post("/contact")
@own_transactions
@public
def send() -> ResponseReturnValue:
    """Move between pages, say that an article was enough, or send."""
    page = steps.read()
    problems = _take_files(page)
    wanted = request.form.get("aller", "envoyer")
    if request.form.get("lang"):
        steps.answer_in(page, request.form["lang"])
        return _show(page)  # the same page in another language, with everything typed
    if wanted.startswith(SOLVED):
        return _solved(page, wanted)
    if wanted.startswith("etape-"):
        return _move(page, min(max(number(wanted[6:]) or 1, 1), page.last), problems)
    problems |= _problems(page)
    if problems:
        return _again(page, problems)
    if robots.caught(request.form):
        return _set_aside(page)
    if robots.too_quick(page.opened):
        page.again = True
        return _show(page), 422
    return _send(page)


def _send(page: Page) -> ResponseReturnValue:
    address, email = request.remote_addr or "", page.typed["email"]
    try:
        with db.transaction():
            refuse_flood("contact", address)
            note_sending("contact", address)
            if email.strip():
                refuse_many_from("contact", email)
                note_sending_from("contact", email)
            received = taking.keep(replace(_sheet(page), seen=leading.seen(page)))
    except Conflict as refusal:
        page.errors = {"": sentence(refusal.problems[0])}
        return _show(page), 429
    if received.outcome in (Outcome.QUARANTINED, Outcome.SET_ASIDE):
        return redirect(url_for("contact.kept"), 303)  # the same form, caught the first time
    with db.transaction():
        token = follow_token(taking.understand(received.id))
    return redirect(url_for("contact.thanks", token=token), 303)


def _set_aside(page: Page) -> ResponseReturnValue:
    """Kept for somebody to look at; whoever sent it reads that it has arrived, and no more."""
    with db.transaction():
        note_sending("contact", request.remote_addr or "")
        caught.set_aside(_sheet(page), caught.Why.TRAP)
    return redirect(url_for("contact.kept"), 303)


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


@bp.get("/contact/recu")
@public
def kept() -> ResponseReturnValue:
    return render_template("citizen/kept.html")


@bp.get("/contact/regle")
@public
def solved() -> ResponseReturnValue:
    return render_template("citizen/solved.html")


def _take_files(page: Page) -> dict[str, str]:
    """Files are kept at once, even when the rest of the form is not right yet."""
    try:
        uploads.take_files(request.files.getlist("files"), page.files, readable=True)
    except Invalid as refusal:
        return {"files": " ".join(sentence(problem) for problem in refusal.problems)}
    return {}


def _solved(page: Page, wanted: str) -> ResponseReturnValue:
    with db.transaction():
        helping.note_solved(page.key, number(wanted[len(SOLVED) :]) or 0)
    return redirect(url_for("contact.solved"), 303)


def _move(page: Page, target: int, problems: dict[str, str]) -> ResponseReturnValue:
    forward = target > page.number
    if forward:
        left = page.steps[: page.number]
        with db.transaction(write=False):
            problems |= leading.lead(page)
        asked = {name for step in left for name in FIELDS[step]}
        problems |= {n: words for n, words in _problems(page).items() if n in asked}
    if problems:
        return _again(page, problems)
    if forward and page.step is Step.ARTICLES:
        with db.transaction():
            helping.note_continued(page.key)
    page.number = target
    _with_articles(page)
    return _show(page)


def _with_articles(page: Page) -> None:
    """The page of articles is there only when some may answer; those shown are counted."""
    if page.step is not Step.ARTICLES:
        return
    with db.transaction():
        reason, found = leading.articles_for(page)
        if reason is not None and found:
            helping.note_shown(page.key, reason.id, [one.article.id for one in found])
            return
    backwards = (row := request.form.get("etape", "")).isdigit() and int(row) > page.number
    page.way = "sans-fiches"
    page.go(Step.REASON if backwards else Step.DETAILS)


def _problems(page: Page) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        check(_sheet(page))
    except Invalid as refusal:
        found = {p.field or "text": sentence(p) for p in refusal.problems}
    if page.typed["reason"]:
        with db.transaction(write=False):
            if catalogue.reason_with(page.typed["reason"]) is None:
                found["reason"] = _("Choisissez dans la liste.")
    return found


def _again(page: Page, problems: dict[str, str]) -> ResponseReturnValue:
    steps.place(page, problems)
    return _show(page), 422


def _sheet(page: Page):  # type: ignore[no-untyped-def]
    if db.in_transaction():
        return page.sheet(asked_for(catalogue.reason_with(page.typed["reason"])))
    with db.transaction(write=False):
        return page.sheet(asked_for(catalogue.reason_with(page.typed["reason"])))


def _show(page: Page) -> str:
    if db.in_transaction():
        return leading.render(page)
    with db.transaction(write=False):
        return leading.render(page)
