"""``relais user``: staff accounts."""

from __future__ import annotations

import json
import sys
from typing import NoReturn

import click
from sqlalchemy import select

from support.kernel import db
from support.kernel.errors import DomainError
from support.people.models import Agent, Role, Team
from support.people.normalising import email_address
from support.people.passwords import set_password
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
@click.option("--given-name", default="")
@click.option("--family-name", default="")
@click.option("--title", default="", help="Function, as shown in the signature.")
@click.password_option(help="Asked for when not given.")
def create(
    email: str, role: str, team_code: str, given_name: str, family_name: str, title: str,
    password: str,
) -> None:  # fmt: skip
    """Create an account."""
    ready()
    with _refusals(), db.transaction() as session:
        team = session.scalar(select(Team).where(Team.code == team_code))
        if team is None:
            codes = ", ".join(session.scalars(select(Team.code).order_by(Team.code)))
            _fail(f"no team {team_code!r}; there are: {codes}")
        address = email_address(email)
        if session.scalar(select(Agent.id).where(Agent.email == address)) is not None:
            _fail(f"{address} has an account already")
        agent = Agent(
            email=address, given_name=given_name, family_name=family_name, title=title,
            role=Role(role), team_id=team.id, session_epoch=0,
        )  # fmt: skip
        set_password(agent, password)
        session.add(agent)
    click.echo(f"created {address}")


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
        agent.active = False
        agent.session_epoch += 1
    click.echo(f"disabled {agent.email}")


@user.command()
@click.argument("email")
@click.password_option(help="Asked for when not given.")
def reset(email: str, password: str) -> None:
    """Give a new password, and open the account again if it was closed."""
    ready()
    with _refusals(), db.transaction():
        agent = _one(email)
        set_password(agent, password)
        agent.active = True
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
