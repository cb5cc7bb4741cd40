"""The telephone of the demonstration: places, calls in vain, calls promised, and a token.

The token is known to all, as the password is: the demonstration is served on the loopback alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice

from channels.phone import understanding
from channels.phone.events import as_json
from support.clocks import slots
from support.clocks.calendars import hours_of
from support.kernel.time import as_of, now
from support.people import accounts, tokens
from support.people.models import Agent, Person
from support.people.tokens import TokenKind
from support.tickets import calling_back
from support.tickets.calling_back import Plan
from support.tickets.models import State, Ticket

TOKEN = "relais_tel_demonstration"
PLACES = {
    "conseiller@demo.relais": "2204",
    "conseillere@demo.relais": "2205",
    "superviseur@demo.relais": "2200",
}
STRANGER = "+33639989999"
# Who is told why they are called, in the order of the tickets found.
WHYS = (
    "Dire si la photo envoyée convient",
    "Refaire ensemble la dernière étape",
    "Dire ce que la préfecture a répondu",
)


def let_telephone_ring(agents: Mapping[str, Agent], tickets: Sequence[Ticket]) -> None:
    """Give the places out, and let a morning's calls be missed and promised."""
    for email, place in PLACES.items():
        accounts.set_extension(agents[email], place, by=None)
    admin = agents["admin@demo.relais"]
    issued = tokens.issue(
        admin, by=None, kind=TokenKind.TELEPHONY, label="Démonstration", secret=TOKEN
    )
    at_home = [t for t in reversed(tickets) if _can_be_called(t)]
    callers = [t.person for t in at_home[:2] if t.person is not None]
    _miss(callers, issued.token.id)
    _promise(at_home[2:], agents)


def _can_be_called(ticket: Ticket) -> bool:
    person = ticket.person
    ours = ticket.is_open and ticket.level == 1 and ticket.state is not State.WAITING_PERSON
    return ours and person is not None and person.phone is not None


def _miss(persons: Sequence[Person], sender: int) -> None:
    calls = [
        (person.phone or "", minutes)
        for person, times in zip(persons, ((95, 40), (22,)), strict=False)
        for minutes in times
    ]
    for number, minutes in [*calls, (STRANGER, 12)]:
        call_id = f"demo-{number}-{minutes}"
        place = "2205" if number == persons[0].phone or number == STRANGER else "2204"
        told = {"callId": call_id, "from": number, "direction": "in", "user": place}
        _tell({**told, "event": "newCall"}, minutes, sender)
        _tell({**told, "event": "hangup", "cause": "noAnswer"}, minutes, sender)


def _tell(told: Mapping[str, str], minutes: int, sender: int) -> None:
    with as_of(now() - timedelta(minutes=minutes)):
        kept = understanding.keep(as_json(told), sender=sender)
        understanding.understand(kept.received.id)


def _promise(tickets: Sequence[Ticket], agents: Mapping[str, Agent]) -> None:
    by = agents["conseillere@demo.relais"]
    yesterday = now() - timedelta(days=1)
    hours = hours_of(by.team.calendar_code)
    # The first was promised yesterday: on a ticket on which nothing happened since.
    tickets = sorted(tickets, key=lambda ticket: ticket.updated_at >= yesterday)
    proposed = [slots.proposals(yesterday, hours)[0], *slots.proposals(now(), hours)]
    for number, ticket in enumerate(islice(tickets, len(WHYS))):
        assert ticket.person is not None
        with as_of(yesterday if number == 0 else now()):
            draft = Plan(
                number=ticket.person.phone or "",
                slot=proposed[number],
                why=WHYS[number],
                mine=number != 1,
                ticket=ticket,
            )
            calling_back.plan(draft, by=by)
