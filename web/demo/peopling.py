"""The persons of the demonstration, with the ways to reach them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from support.kernel import db
from support.people.identifying import index_name
from support.people.models import ContactKind, Person, PersonContact
from support.people.normalising import email_address, foreigner_number, phone_number
from web.seeds.reading import Row


def people(rows: Sequence[Row], today: datetime) -> Sequence[Person]:
    """Add every person of ``rows``. The end of each document is counted from ``today``."""
    persons = [_person(row, today) for row in rows]
    db.session().add_all(persons)
    db.session().flush()
    return persons


def _person(row: Row, today: datetime) -> Person:
    person = Person(
        given_name=row["given_name"],
        family_name=row["family_name"],
        nationality=row["nationality"],
        language=row["language"],
        department=row["department"],
        foreigner_number=foreigner_number(row["foreigner_number"] or ""),
        document_expires_on=_in_days(row["expires_in_days"], today),
        number_vouched_at=today,
        contacts=_contacts(row, today),
    )
    index_name(person)
    return person


def _contacts(row: Row, today: datetime) -> list[PersonContact]:
    """Each has written or called before: what we know of them is vouched for."""
    said = (
        (ContactKind.EMAIL, row["email"], email_address),
        (ContactKind.PHONE, row["phone"], phone_number),
    )
    return [
        PersonContact(kind=kind, value=normal(value), vouched_at=today)
        for kind, value, normal in said
        if value
    ]


def _in_days(days: int | None, today: datetime) -> datetime | None:
    if days is None:
        return None
    day = (today + timedelta(days=days)).date()
    return datetime.combine(day, time(12), UTC)
