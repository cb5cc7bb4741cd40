"""Who acts: an agent, a person of the public, or the system itself."""

from __future__ import annotations

from typing import Final

from support.people.models import Agent, Person


class System:
    """Relais acting by itself: acknowledgements, sweeps."""

    def __repr__(self) -> str:
        return "SYSTEM"


SYSTEM: Final = System()
Author = Agent | Person | System


def agent_of(author: Author) -> Agent | None:
    return author if isinstance(author, Agent) else None


def person_of(author: Author) -> Person | None:
    return author if isinstance(author, Person) else None
