"""Staff accounts: opened, closed, given a new password. Open sessions end with the last two.

``by`` is an agent who may administer; None is whoever holds the machine, at its command line.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible, Problem, broken_constraint
from support.people.models import Agent, Role, Team, TeamKind
from support.people.normalising import email_address
from support.people.passwords import set_password
from support.people.permissions import Permission, require

log = logging.getLogger(__name__)

LONGEST_NAME = 80
LONGEST_TITLE = 120
LONGEST_EXTENSION = 40
# No letter or digit that is taken for another when a password is read out.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"

# Where each role works: a role in the wrong kind of team would see the wrong tickets.
KINDS: dict[Role, TeamKind] = {
    Role.TELEADVISER: TeamKind.CONTACT_CENTRE,
    Role.SUPERVISOR: TeamKind.CONTACT_CENTRE,
    Role.PROJECT_AGENT: TeamKind.PROJECT_DIRECTORATE,
    Role.BUSINESS_AGENT: TeamKind.BUSINESS_DIRECTORATE,
    Role.SITE_REFERENT: TeamKind.SITE_REFERENTS,
    Role.HELP_POINT_AGENT: TeamKind.HELP_POINT,
    Role.KNOWLEDGE_EDITOR: TeamKind.EDITORIAL,
    Role.STEERING_READER: TeamKind.STEERING,
    Role.ADMINISTRATOR: TeamKind.ADMINISTRATION,
}


@dataclass(frozen=True)
class AccountDraft:
    email: str
    given_name: str
    family_name: str
    role: Role | None
    team: Team | None
    title: str = ""


@dataclass(frozen=True)
class Issued:
    """An account with its new password in clear: shown once, kept nowhere."""

    agent: Agent
    password: str


def create(draft: AccountDraft, *, by: Agent | None, password: str | None = None) -> Issued:
    """Open an account, with ``password`` or one made for it.

    Raises Invalid with a problem for each wrong field.
    """
    _require(by)
    problems = _problems(draft)
    try:
        address = email_address(draft.email)
    except Invalid as refusal:
        problems += [Problem(p.code, "email", p.params) for p in refusal.problems]
        address = ""
    if problems or draft.role is None or draft.team is None:
        raise Invalid(*problems)
    agent = Agent(
        email=address,
        given_name=draft.given_name.strip(),
        family_name=draft.family_name.strip(),
        title=draft.title.strip(),
        role=draft.role,
        team=draft.team,
        session_epoch=0,
    )
    password = password or new_password()
    set_password(agent, password)
    _insert(agent)
    log.info("account %s opened by %s", agent.id, _name(by))
    return Issued(agent, password)


def disable(agent: Agent, *, by: Agent | None) -> None:
    """Close an account at once. Raises Conflict for one's own: so there is always one left."""
    _require(by)
    if by is not None and agent.id == by.id:
        raise Conflict.of("account.own")
    if not agent.active:
        return
    if agent.role is Role.ADMINISTRATOR:
        # Of two administrators who close each other at once, the second finds itself closed.
        _hold_administrators()
        _require(by)
    agent.active = False
    agent.session_epoch += 1
    log.info("account %s closed by %s", agent.id, _name(by))


def give_new_password(agent: Agent, *, by: Agent | None, password: str | None = None) -> Issued:
    """A new password, given or made, and the account open again if it was closed."""
    _require(by)
    password = password or new_password()
    set_password(agent, password)
    agent.active = True
    log.info("account %s given a new password by %s", agent.id, _name(by))
    return Issued(agent, password)


def set_extension(agent: Agent, extension: str, *, by: Agent | None) -> None:
    """Their place on the telephone exchange; "" for none.

    Raises Invalid ``field.too_long``, ``account.extension_taken``.
    """
    _require(by)
    extension = extension.strip()
    if len(extension) > LONGEST_EXTENSION:
        raise Invalid.of("field.too_long", "extension", most=LONGEST_EXTENSION)
    session = db.session()
    try:
        with session.begin_nested():
            agent.extension = extension or None
    except IntegrityError as error:
        names = ("uq_agent_extension", "agent.extension")
        code = broken_constraint(error, dict.fromkeys(names, "account.extension_taken"))
        if code is None:
            raise
        raise Invalid.of(code, "extension") from error


def one_account(agent_id: int, *, by: Agent) -> Agent:
    """Raises NotVisible ``account.unknown``."""
    require(by, Permission.ADMINISTER)
    found = db.session().get(Agent, agent_id)
    if found is None or found.by_mail:
        raise NotVisible.of("account.unknown")
    return found


def new_password() -> str:
    """Four groups of four signs, to be read out or copied: 79 bits."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def _require(by: Agent | None) -> None:
    if by is not None:
        require(by, Permission.ADMINISTER)


def _name(by: Agent | None) -> str:
    return str(by.id) if by is not None else "the command line"


def _problems(draft: AccountDraft) -> list[Problem]:
    found = []
    for name, most in (
        ("given_name", LONGEST_NAME),
        ("family_name", LONGEST_NAME),
        ("title", LONGEST_TITLE),
    ):
        typed = getattr(draft, name).strip()
        if not typed and name != "title":
            found.append(Problem("field.required", name))
        if len(typed) > most:
            found.append(Problem("field.too_long", name, {"most": most}))
    if draft.role is None:
        found.append(Problem("field.choice", "role"))
    if draft.team is None:
        found.append(Problem("field.choice", "team"))
    elif draft.role is not None and draft.team.kind is not KINDS[draft.role]:
        found.append(Problem("account.wrong_team", "team", {"team": draft.team.label}))
    return found


def _insert(agent: Agent) -> None:
    session = db.session()
    try:
        with session.begin_nested():
            session.add(agent)
    except IntegrityError as error:
        code = broken_constraint(error, {"uq_agent_email": "account.exists",
                                         "agent.email": "account.exists"})  # fmt: skip
        if code is None:
            raise
        raise Invalid.of(code, "email") from error


def _hold_administrators() -> None:
    """Lock their rows, in one order for everybody, and read them afresh."""
    query = select(Agent).where(Agent.role == Role.ADMINISTRATOR).order_by(Agent.id)
    held = query.with_for_update(of=Agent).execution_options(populate_existing=True)
    db.session().scalars(held).unique().all()
