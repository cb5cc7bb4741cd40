"""Staff accounts: listed, opened, closed, given a new password shown once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from support.kernel import db
from support.kernel.errors import Invalid
from support.people import accounts
from support.people.accounts import AccountDraft, Issued
from support.people.models import Agent, Role, Team
from support.people.permissions import Permission
from web.access import staff
from web.http import me
from web.messages import sentence
from web.rail import role_label

bp = Blueprint("accounts", __name__, url_prefix="/agent/administration/comptes")

PAGE_SIZE = 50
NAMES = ("email", "given_name", "family_name", "title", "role", "team")


@bp.get("")
@staff(Permission.ADMINISTER)
def listing() -> ResponseReturnValue:
    typed = request.args.get("q", "").strip()
    closed = request.args.get("fermes") == "oui"
    found = _accounts(typed, closed, request.args.get("apres", ""))
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    kept: dict[str, Any] = {"q": typed or None, "fermes": "oui" if closed else None}
    return render_template(
        "admin/accounts.html",
        accounts=found,
        typed=typed,
        closed=closed,
        role_label=role_label,
        next=url_for("accounts.listing", **kept, apres=found[-1].email) if more else None,
        first=url_for("accounts.listing", **kept) if request.args.get("apres") else None,
    )


@bp.get("/nouveau")
@staff(Permission.ADMINISTER)
def form() -> ResponseReturnValue:
    return _form({}, {})


@bp.post("")
@staff(Permission.ADMINISTER)
def create() -> ResponseReturnValue:
    typed = {name: request.form.get(name, "") for name in NAMES}
    draft = AccountDraft(
        email=typed["email"],
        given_name=typed["given_name"],
        family_name=typed["family_name"],
        title=typed["title"],
        role=Role(typed["role"]) if typed["role"] in set(Role) else None,
        team=db.session().scalar(select(Team).where(Team.code == typed["team"])),
    )
    try:
        issued = accounts.create(draft, by=me())
    except Invalid as refusal:
        return _form(typed, {p.field or "email": sentence(p) for p in refusal.problems}), 422
    return _issued(issued, new=True)


@bp.post("/<int:agent_id>/fermetures")
@staff(Permission.ADMINISTER)
def disable(agent_id: int) -> ResponseReturnValue:
    agent = accounts.one_account(agent_id, by=me())
    accounts.disable(agent, by=me())
    flash(
        _("Le compte de %(name)s est fermé. Ses sessions sont terminées.", name=agent.full_name),
        "success",
    )
    return redirect(url_for("accounts.listing"), 303)


@bp.post("/<int:agent_id>/mots-de-passe")
@staff(Permission.ADMINISTER)
def new_password(agent_id: int) -> ResponseReturnValue:
    agent = accounts.one_account(agent_id, by=me())
    return _issued(accounts.give_new_password(agent, by=me()), new=False)


def _issued(issued: Issued, *, new: bool) -> Response:
    """The only time the password is seen: on the answer itself, which no cache may keep."""
    page = render_template("admin/issued.html", agent=issued.agent, password=issued.password,
                           new=new, role_label=role_label)  # fmt: skip
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _accounts(typed: str, closed: bool, after: str) -> Sequence[Agent]:
    query = select(Agent).order_by(Agent.email).limit(PAGE_SIZE + 1)
    # A shared mailbox is set on the page of its team, and nobody signs in with it.
    query = query.where(Agent.active.is_(not closed), Agent.by_mail.is_(False))
    if typed:
        like = f"%{typed.lower().replace('%', '').replace('_', '')}%"
        name = func.lower(Agent.given_name + " " + Agent.family_name)
        query = query.where(or_(Agent.email.like(like), name.like(like)))
    if after:
        query = query.where(Agent.email > after)
    return db.session().scalars(query).unique().all()


def _form(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    teams = db.session().scalars(select(Team).order_by(Team.level, Team.label))
    choices: list[Any] = [{"value": team.code, "label": team.label} for team in teams.unique()]
    return render_template(
        "admin/account.html",
        typed=typed,
        errors=errors,
        roles=[("", _("Choisir…")), *((role.value, role_label(role)) for role in Role)],
        teams=choices,
    )
