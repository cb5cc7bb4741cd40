"""``relais user``: staff accounts."""

from __future__ import annotations

import json
import sys
from typing import NoReturn

import click
from sqlalchemy import select

from support.kernel import db
from support.kernel.errors import DomainError
from support.people import accounts
from support.people.models import Agent, Role, Team
from web.cli.settings import ready


@click.group()
def user() -> None:
    """Staff accounts."""


@user.command()
@click.argument("email")
@click.option("--role", type=click.Choice([r.value for r in Role]), required=True)
@click.option(
    "--team", "team_code", required=True, help="Code of the team (see `relais user list`)."
)
@click.option("--given-name", default="", help="[default: from the address]")
@click.option("--family-name", default="", help="[default: from the address]")
@click.option("--title", default="", help="Function, as shown in the signature.")
@click.password_option(help="Asked for when not given.")
def create(
    email: str, role: str, team_code: str, given_name: str, family_name: str, title: str,
    password: str,
) -> None:  # fmt: skip
    """Create an account."""
    ready()
    first, last = _names(email)
    with _refusals(), db.transaction() as session:
        team = session.scalar(select(Team).where(Team.code == team_code))
        if team is None or team.kind is not accounts.KINDS[Role(role)]:
            _fail(f"no team {team_code!r} for a {role}; there are: {_teams_for(Role(role))}")
        draft = accounts.AccountDraft(
            email, given_name or first, family_name or last, Role(role), team, title
        )
        made = accounts.create(draft, by=None, password=password)
    click.echo(f"created {made.agent.email}")


def _names(email: str) -> tuple[str, str]:
    """claire.petit@example.org is Claire Petit; accueil@example.org, Accueil twice over."""
    first, _, last = email.strip().partition("@")[0].partition(".")
    most = accounts.LONGEST_NAME
    return first.capitalize()[:most], (last or first).capitalize()[:most]


def _teams_for(role: Role) -> str:
    right = select(Team.code).where(Team.kind == accounts.KINDS[role]).order_by(Team.code)
    return ", ".join(db.session().scalars(right))


@user.command("list")
def list_accounts() -> None:
    """One JSON object a line."""
    ready()
    with db.transaction(write=False) as session:
        for agent in session.scalars(select(Agent).order_by(Agent.email)):
            line = {
                "email": agent.email,
                "name": agent.full_name,
                "role": agent.role.value,
                "team": agent.team.code,
                "active": agent.active,
            }
            click.echo(json.dumps(line, ensure_ascii=False))


@user.command()
@click.argument("email")
def disable(email: str) -> None:
    """Close an account at once: open sessions end."""
    ready()
    with db.transaction():
        agent = _one(email)
        accounts.disable(agent, by=None)
    click.echo(f"disabled {agent.email}")


@user.command()
@click.argument("email")
@click.password_option(help="Asked for when not given.")
def reset(email: str, password: str) -> None:
    """Give a new password, and open the account again if it was closed."""
    ready()
    with _refusals(), db.transaction():
        agent = _one(email)
        accounts.give_new_password(agent, by=None, password=password)
    click.echo(f"new password for {agent.email}")


def _one(email: str) -> Agent:
    agent = db.session().scalar(select(Agent).where(Agent.email == email.strip().lower()))
    if agent is None:
        _fail(f"no account {email!r}")
    return agent


def _fail(words: str) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(1)


class _refusals:
    """A refusal of the domain becomes a line on stderr and exit 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DomainError):
            _fail(str(error))
