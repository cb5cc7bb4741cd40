"""Telling the demonstration's database from one that somebody works with."""

from __future__ import annotations

from sqlalchemy import Engine, func, inspect, select

from knowledge.articles.models import Article
from support.intake.models import Received
from support.kernel import db
from support.people.models import Agent, Person
from support.tickets.models import Ticket
from web.demo.accounts import ACCOUNTS

# What people make; the catalogue, the teams and the calendars come with the product.
_MADE = (Agent, Person, Ticket, Received, Article)


def is_demonstration(engine: Engine) -> bool:
    """Whether every account of the demonstration is there: their password is known to all.

    Accounts are closed and never deleted, so that this stays true.
    """
    if not inspect(engine).has_table(Agent.__tablename__):
        return False
    emails = [account.email for account in ACCOUNTS]
    known = select(func.count(Agent.id)).where(Agent.email.in_(emails))
    with db.transaction(write=False) as session:
        return session.scalar(known) == len(emails)


def is_somebodys(engine: Engine) -> bool:
    """Whether it holds anything, and is not the demonstration."""
    return _holds_anything(engine) and not is_demonstration(engine)


def _holds_anything(engine: Engine) -> bool:
    there = inspect(engine).get_table_names()
    # Keys alone: the tables may be those of an older version.
    keys = [model.id for model in _MADE if model.__tablename__ in there]
    with db.transaction(write=False) as session:
        return any(session.scalar(select(key).limit(1)) is not None for key in keys)
