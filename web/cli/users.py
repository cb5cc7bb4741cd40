"""``relais user``: staff accounts."""

from __future__ import annotations

import json
import sys
from typing import NoReturn

import click
from sqlalchemy import select

from support.kernel import db
from support.kernel.errors import DomainError
from support.people import accounts, tokens
from support.people.models import Agent, Role, Team
from support.people.tokens import TokenKind
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
@click.option("--extension", default="", help="Place on the telephone exchange.")
@click.password_option(help="Asked for when not given.")
def create(
    email: str, role: str, team_code: str, given_name: str, family_name: str, title: str,
    extension: str, password: str,
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
        accounts.set_extension(made.agent, extension, by=None)
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
                "extension": agent.extension,
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


@user.command()
@click.argument("email")
@click.argument("extension", default="")
def extension(email: str, extension: str) -> None:
    """Say which place on the telephone exchange is an agent's; none to take it away."""
    ready()
    with _refusals(), db.transaction():
        agent = _one(email)
        accounts.set_extension(agent, extension, by=None)
    click.echo(f"{agent.email}: {agent.extension or 'no extension'}")


@user.command()
@click.argument("email")
@click.option("--telephony", is_flag=True, help="Good for telling of calls, and nothing else.")
@click.option("--label", default="", help="What it is for.")
@click.option("--list", "listing", is_flag=True, help="The account's tokens, one JSON a line.")
@click.option("--revoke", "revoked", type=int, metavar="ID", help="End the token of that number.")
def token(email: str, telephony: bool, label: str, listing: bool, revoked: int | None) -> None:
    """Print a new bearer token for the API. It is seen this once."""
    ready()
    with _refusals(), db.transaction():
        agent = _one(email)
        if listing:
            for known in tokens.tokens_of(agent, by=None):
                click.echo(_token_line(known))
        elif revoked is not None:
            ended = tokens.one_token(revoked, by=None)
            if ended.agent_id != agent.id:
                _fail(f"token {revoked} is not of {agent.email}")
            tokens.revoke(ended, by=None)
            click.echo(f"revoked {revoked}")
        else:
            kind = TokenKind.TELEPHONY if telephony else TokenKind.ACCOUNT
            click.echo(tokens.issue(agent, by=None, kind=kind, label=label).secret)


def _token_line(known: tokens.ApiToken) -> str:
    return json.dumps(
        {
            "id": known.id,
            "kind": known.kind.value,
            "label": known.label,
            "ends_with": known.hint,
            "created_at": known.created_at.isoformat(),
            "last_used_at": known.last_used_at.isoformat() if known.last_used_at else None,
            "revoked_at": known.revoked_at.isoformat() if known.revoked_at else None,
        },
        ensure_ascii=False,
    )


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
