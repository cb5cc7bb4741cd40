"""Finding persons as one types: by telephone, name, foreigner number or address."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from support.kernel import db
from support.kernel.errors import DomainError, NotVisible
from support.people.models import Agent, ContactKind, Person, PersonContact, PersonNameWord
from support.people.normalising import fold_name, phone_number
from support.people.permissions import Permission, require

MOST_SHARING = 50  # persons shown of those who share one number
LEAST = 2  # fewer characters would list half the country


def find_persons(
    typed: str, *, by: Agent, limit: int = 8, among: ColumnElement[bool] | None = None
) -> Sequence[Person]:
    """Persons that ``typed`` may mean, best guesses first; nothing for fewer than two signs.

    ``among``: a condition on Person that narrows the choice.
    """
    require(by, Permission.READ_PERSONS)
    typed = typed.strip()
    if len(typed) < LEAST:
        return []
    query = _meant(typed)
    return _all(query if among is None else query.where(among), limit)


def _meant(typed: str) -> Select[tuple[Person]]:
    if "@" in typed:
        return _by_contact(ContactKind.EMAIL, typed.lower())
    digits = re.sub(r"\D", "", typed)
    if len(digits) >= 4 and not re.search(r"[^\W\d_]", typed):
        return _by_digits(typed, digits)
    return _by_name(typed)


def one_person(person_id: int, *, by: Agent) -> Person:
    """The person, or NotVisible."""
    require(by, Permission.READ_PERSONS)
    found = db.session().get(Person, person_id)
    if found is None:
        raise NotVisible.of("person.unknown")
    return found


def persons_with(kind: ContactKind, value: str) -> Sequence[Person]:
    """Every person reachable at exactly this normalised address or number, oldest first."""
    return persons_reached_at([(kind, value)]).get((kind, value), [])


def persons_reached_at(
    addresses: Iterable[tuple[ContactKind, str]],
) -> dict[tuple[ContactKind, str], list[Person]]:
    """Every person reachable at exactly each of these, oldest first, in one query."""
    by_kind: dict[ContactKind, set[str]] = {}
    for kind, value in addresses:
        by_kind.setdefault(kind, set()).add(value)
    if not by_kind:
        return {}
    wanted = (
        and_(PersonContact.kind == kind, PersonContact.value.in_(sorted(values)))
        for kind, values in by_kind.items()
    )
    query = select(Person, PersonContact.kind, PersonContact.value).join(Person.contacts)
    found: dict[tuple[ContactKind, str], list[Person]] = {}
    for person, kind, value in db.session().execute(query.where(or_(*wanted)).order_by(Person.id)):
        found.setdefault((kind, value), []).append(person)
    return found


def persons_numbered(numbers: Collection[str]) -> dict[str, list[Person]]:
    """Every person with each of these foreigner numbers, oldest first."""
    found: dict[str, list[Person]] = {}
    if numbers:
        query = select(Person).where(Person.foreigner_number.in_(sorted(numbers)))
        for person in db.session().scalars(query.order_by(Person.id)):
            found.setdefault(person.foreigner_number or "", []).append(person)
    return found


def _all(query: Select[tuple[Person]], limit: int) -> Sequence[Person]:
    return db.session().scalars(query.limit(limit)).unique().all()


def _by_contact(kind: ContactKind, start: str) -> Select[tuple[Person]]:
    near = _starts(PersonContact.value, start)
    found = select(Person).join(Person.contacts).where(PersonContact.kind == kind, near)
    return found.order_by(PersonContact.value, Person.id)


def _by_digits(typed: str, digits: str) -> Select[tuple[Person]]:
    # What is typed may be the start of a telephone number or of a foreigner number.
    phone = select(PersonContact.person_id).where(
        PersonContact.kind == ContactKind.PHONE,
        _starts(PersonContact.value, _e164_start(typed, digits)),
    )
    number = _starts(Person.foreigner_number, digits)
    return select(Person).where(or_(number, Person.id.in_(phone))).order_by(Person.id)


def _e164_start(typed: str, digits: str) -> str:
    try:
        return phone_number(typed)
    except DomainError:
        pass  # not a whole number yet
    abroad = typed.startswith("+") or digits.startswith("00")
    if not abroad:
        return "+33" + digits.removeprefix("0")
    begun = digits.removeprefix("00")
    return "+" + re.sub("^330", "33", begun)  # « +33 (0)6 »


def _by_name(typed: str) -> Select[tuple[Person]]:
    # The longest word leads, read in the index's order so that the limit stops it early; the
    # other words narrow. Names come in any order: « awa tra » finds Traoré Awa.
    words = sorted(fold_name(typed).split(), key=len, reverse=True) or [typed]
    query = select(Person).join(PersonNameWord, PersonNameWord.person_id == Person.id)
    query = query.where(_starts(PersonNameWord.word, words[0]))
    for word in words[1:6]:
        other = aliased(PersonNameWord)
        query = query.where(exists().where(other.person_id == Person.id, _starts(other.word, word)))
    return query.order_by(PersonNameWord.word, Person.id)


def _starts(column: Any, start: str) -> ColumnElement[bool]:
    return and_(column >= start, column < start + "\uffff")
