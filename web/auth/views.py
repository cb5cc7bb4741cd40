"""The sign-in page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from support.kernel.errors import Conflict, Problem
from support.people.signing_in import sign_in
from web.access import public
from web.auth.sessions import SignedIn
from web.http import keep
from web.messages import sentence

bp = Blueprint("auth", __name__)


@bp.get("/connexion")
@public
def sign_in_page() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(_wanted())
    return render_template("auth/sign_in.html", email="", problem=None, suite=_asked())


@bp.post("/connexion")
@public
def sign_in_now() -> ResponseReturnValue:
    email = request.form.get("email", "")
    try:
        agent = sign_in(email, request.form.get("password", ""), address=request.remote_addr or "")
    except Conflict as refusal:
        return _again(email, sentence(refusal.problems[0]), 429)
    if agent is None:
        keep()
        return _again(email, sentence(Problem("sign_in.wrong")), 422)
    wanted = _wanted()
    session.clear()  # a fresh session: nothing planted before sign-in survives it
    session.permanent = True
    login_user(SignedIn(agent))
    return redirect(wanted)


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
