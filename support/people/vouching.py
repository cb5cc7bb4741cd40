"""Whether an address, a telephone number or a foreigner number is really the person's.

Anybody may type anything on a public page. What counts is what was shown: a mail came from the
address, a link sent there was opened, or an agent took it down from the person.
"""

from __future__ import annotations

from support.kernel.time import now
from support.people.models import ContactKind, Person, PersonContact


def vouch(person: Person, kind: ContactKind, value: str) -> bool:
    """From now on ``value`` (normalised) is surely the person's. Whether that is news."""
    contact = contact_of(person, kind, value)
    if contact is None or contact.vouched_at is not None:
        return False
    contact.vouched_at = now()
    return True


def reached(person: Person, kind: ContactKind, value: str) -> None:
    """Who answers a mail of ours has received it: what failed there before is over."""
    contact = contact_of(person, kind, value)
    if contact is not None:
        contact.failed_at = None


def is_vouched(person: Person, kind: ContactKind, value: str) -> bool:
    contact = contact_of(person, kind, value)
    return contact is not None and contact.vouched_at is not None


def contact_of(person: Person, kind: ContactKind, value: str) -> PersonContact | None:
    return next((c for c in person.contacts if c.kind is kind and c.value == value), None)
