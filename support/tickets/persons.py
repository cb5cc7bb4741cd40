"""Whom an agent may look up: everybody for the centre, for others those whose tickets they see.

Somebody who stands at a counter gives a telephone number, an address or a foreigner number:
given whole, it finds them whoever asks. A name alone, typed to see who is there, does not.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select

from support.kernel import db
from support.kernel.errors import DomainError, NotVisible
from support.people import finding
from support.people.finding import persons_with
from support.people.models import Agent, ContactKind, Person
from support.people.normalising import email_address, foreigner_number, phone_number
from support.people.permissions import Permission, Scope, require, scope_of
from support.tickets.models import Ticket
from support.tickets.visibility import visible_to

EVERYBODY = frozenset({Scope.ALL, Scope.CONTACT_CENTRE})


def sees_everybody(agent: Agent) -> bool:
    return scope_of(agent) in EVERYBODY


def find_persons(typed: str, *, by: Agent, limit: int = 8) -> Sequence[Person]:
    """Persons that ``typed`` may mean, best guesses first; nothing for fewer than two signs."""
    if sees_everybody(by):
        return finding.find_persons(typed, by=by, limit=limit)
    exact = _exactly(typed, by)[:limit]
    near = finding.find_persons(typed, by=by, limit=limit, among=_theirs(by))
    return list({person.id: person for person in (*exact, *near)}.values())[:limit]


def one_person(person_id: int, *, by: Agent, given: str = "") -> Person:
    """The person, or NotVisible ``person.unknown``.

    ``given``: what the person has said of themselves; a whole number or address that is theirs
    lets anybody who may look persons up take them.
    """
    person = finding.one_person(person_id, by=by)
    if sees_everybody(by) or _seen(person, by):
        return person
    if person.id not in {found.id for found in _exactly(given, by)}:
        raise NotVisible.of("person.unknown")
    return person


def _exactly(typed: str, by: Agent) -> list[Person]:
    """Whose whole telephone number, address or foreigner number was typed."""
    require(by, Permission.READ_PERSONS)
    found: list[Person] = []
    for kind, read in ((ContactKind.EMAIL, email_address), (ContactKind.PHONE, phone_number)):
        try:
            found += persons_with(kind, read(typed))
        except DomainError:
            continue
    try:
        number = foreigner_number(typed)
    except DomainError:
        number = None
    if number:
        query = select(Person).where(Person.foreigner_number == number).order_by(Person.id)
        found += db.session().scalars(query.limit(finding.MOST_SHARING))
    return found


def _theirs(by: Agent) -> ColumnElement[bool]:
    """A condition on Person: they have a ticket that ``by`` sees."""
    return exists().where(Ticket.person_id == Person.id, visible_to(by))


def _seen(person: Person, by: Agent) -> bool:
    theirs = select(Ticket.id).where(Ticket.person_id == person.id, visible_to(by))
    return db.session().scalar(theirs.limit(1)) is not None
