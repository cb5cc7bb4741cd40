"""The sign-in page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from support.kernel import db
from support.kernel.errors import Conflict, Problem
from support.people import signing_in
from support.people.models import Agent
from support.people.passwords import verify
from web.access import own_transactions, public
from web.auth.sessions import SignedIn
from web.messages import sentence

bp = Blueprint("auth", __name__)


@bp.get("/connexion")
@public
def sign_in_page() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(_wanted())
    return render_template("auth/sign_in.html", email="", problem=None, suite=_asked())


@bp.post("/connexion")
@own_transactions
@public
def sign_in_now() -> ResponseReturnValue:
    email = request.form.get("email", "")
    try:
        agent = _sign_in(email, request.form.get("password", ""))
    except Conflict as refusal:
        return _again(email, sentence(refusal.problems[0]), 429)
    if agent is None:
        return _again(email, sentence(Problem("sign_in.wrong")), 422)
    wanted = _wanted()
    session.clear()  # a fresh session: nothing planted before sign-in survives it
    session.permanent = True
    login_user(SignedIn(agent))
    return redirect(wanted)


def _sign_in(email: str, password: str) -> Agent | None:
    with db.transaction():
        attempt = signing_in.begin(email, address=request.remote_addr or "")
    # Nothing is held meanwhile: a public form must not wait for somebody's password.
    if not verify(attempt.stored, password):
        return None
    with db.transaction():
        return signing_in.finish(attempt)


@bp.post("/deconnexion")
@public
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    flash(_("Vous êtes déconnecté."), "success")
    return redirect(url_for("auth.sign_in_page"))


def _again(email: str, problem: str, status: int) -> ResponseReturnValue:
    page = render_template("auth/sign_in.html", email=email, problem=problem, suite=_asked())
    return page, status


def _asked() -> str:
    return request.values.get("suite", "")


def _wanted() -> str:
    """Where to go next: a path of ours, never another site."""
    asked = _asked()
    parts = urlsplit(asked)
    ours = asked.startswith("/") and not asked.startswith(("//", "/\\")) and not parts.netloc
    return asked.rstrip("?") if ours else url_for("home.home")
