"""One more way to reach a person, taken down from them by an agent."""

from __future__ import annotations

from support.kernel import db
from support.kernel.errors import Invalid
from support.people.models import Agent, ContactKind, Person, PersonContact
from support.people.normalising import email_address, phone_number
from support.people.permissions import Permission, require
from support.people.vouching import contact_of, vouch

LONGEST = 254


def add_contact(person: Person, typed: str, *, by: Agent) -> PersonContact:
    """An address (it has an @) or a telephone number; known already, it is vouched for, and an
    address that had failed is tried again.

    The caller holds the person. Raises Invalid ``person_contact.missing``, ``email.invalid``,
    ``phone.invalid``.
    """
    require(by, Permission.OPEN_TICKETS)
    typed = typed.strip()
    if not typed:
        raise Invalid.of("person_contact.missing", "contact")
    kind, value = _read(typed)
    contact = contact_of(person, kind, value)
    if contact is None:
        contact = PersonContact(kind=kind, value=value)
        person.contacts.append(contact)
    contact.failed_at = None
    vouch(person, kind, value)
    db.session().flush()
    return contact


def _read(typed: str) -> tuple[ContactKind, str]:
    try:
        if "@" in typed:
            return ContactKind.EMAIL, email_address(typed)
        return ContactKind.PHONE, phone_number(typed)
    except Invalid as refusal:
        raise Invalid.of(refusal.code, "contact") from refusal
