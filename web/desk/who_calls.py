"""Who may be behind a number: every match, how sure, and what is open for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from support.people.models import Agent, Person
from support.tickets.call_lists import open_tickets_of, persons_at
from support.tickets.models import Ticket

SHOWN = 6  # persons named for one number


@dataclass(frozen=True)
class Match:
    """``sure``: the number proved to be theirs; otherwise somebody only typed it."""

    person: Person
    sure: bool
    tickets: Sequence[Ticket]


def behind(numbers: Sequence[str | None], by: Agent) -> Mapping[str, list[Match]]:
    """By number, who may be calling: the sure ones first. Three queries, however many numbers."""
    contacts = persons_at(sorted({n for n in numbers if n}), by)
    persons = [c.person for found in contacts.values() for c in found[:SHOWN]]
    tickets = open_tickets_of(persons, by)
    return {
        number: [
            Match(c.person, c.vouched_at is not None, tickets.get(c.person_id, []))
            for c in sorted(found[:SHOWN], key=lambda c: (c.vouched_at is None, c.id))
        ]
        for number, found in contacts.items()
    }
