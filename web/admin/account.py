"""One staff account: its place on the telephone exchange and its tokens, each shown once."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.kernel.errors import Invalid, NotVisible
from support.people import accounts, tokens
from support.people.models import Agent
from support.people.permissions import Permission
from support.people.tokens import TokenKind
from web.access import staff
from web.http import me
from web.messages import sentence
from web.rail import role_label

bp = Blueprint("account", __name__, url_prefix="/agent/administration/comptes/<int:agent_id>")


@bp.get("")
@staff(Permission.ADMINISTER)
def account(agent_id: int) -> ResponseReturnValue:
    return _page(accounts.one_account(agent_id, by=me()), {})


@bp.post("/postes")
@staff(Permission.ADMINISTER)
def set_extension(agent_id: int) -> ResponseReturnValue:
    agent = accounts.one_account(agent_id, by=me())
    try:
        accounts.set_extension(agent, request.form.get("poste", ""), by=me())
    except Invalid as refusal:
        return _page(agent, {"poste": sentence(refusal.problems[0])}), 422
    flash(_("Poste enregistré."), "success")
    return redirect(url_for("account.account", agent_id=agent.id), 303)


@bp.post("/jetons")
@staff(Permission.ADMINISTER)
def issue(agent_id: int) -> ResponseReturnValue:
    """The only time the token is seen: on the answer itself, which no cache may keep."""
    agent = accounts.one_account(agent_id, by=me())
    kind = request.form.get("sorte", "")
    try:
        issued = tokens.issue(
            agent,
            by=me(),
            kind=TokenKind(kind) if kind in set(TokenKind) else TokenKind.ACCOUNT,
            label=request.form.get("libelle", ""),
        )
    except Invalid as refusal:
        return _page(agent, {"libelle": sentence(refusal.problems[0])}), 422
    answer = make_response(_page(agent, {}, secret=issued.secret))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/jetons/<int:token_id>/revocations")
@staff(Permission.ADMINISTER)
def revoke(agent_id: int, token_id: int) -> ResponseReturnValue:
    token = tokens.one_token(token_id, by=me())
    if token.agent_id != agent_id:
        raise NotVisible.of("token.unknown")
    tokens.revoke(token, by=me())
    flash(_("Jeton révoqué : il n’ouvre plus rien."), "success")
    return redirect(url_for("account.account", agent_id=agent_id), 303)


def _page(agent: Agent, errors: Mapping[str, str], secret: str = "") -> str:
    return render_template(
        "admin/one_account.html",
        agent=agent,
        tokens=tokens.tokens_of(agent, by=me()),
        errors=errors,
        secret=secret,
        role_label=role_label,
        kinds=[
            (TokenKind.ACCOUNT.value, _("Tout ce que peut ce compte")),
            (TokenKind.TELEPHONY.value, _("Téléphonie : dire ce qui arrive aux appels seulement")),
        ],
    )
