"""The way back: the next level answers, or says exactly what is missing.

It goes back through the same people: to the team that handed over, and to its agent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from escalation import agreements, handover
from escalation.models import Escalation, EscalationState
from escalation.reading import open_escalations
from escalation.shared_mailbox import posting
from support.kernel.errors import Conflict, Forbidden, Invalid
from support.kernel.time import now
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.assigning import serves
from support.tickets.authors import Author
from support.tickets.handing import at_home, belongs_to, hand_to
from support.tickets.journal import Words, as_words
from support.tickets.models import State, Ticket
from support.tickets.states import move


def answer(ticket: Ticket, said: str | Words, *, by: Agent) -> Escalation:
    """Answer the level below. Raises Invalid ``answer.empty``, Conflict ``return.not_here``."""
    words = as_words(said)
    if not words.text:
        raise Invalid.of("answer.empty", "text")
    here = active(ticket, by)
    here.answer = words.text
    return _back(ticket, here, EscalationState.ANSWERED, words, by)


def ask_missing(
    ticket: Ticket, missing: Sequence[str], said: str | Words, *, by: Agent
) -> Escalation:
    """Return it for want of named items. Raises Invalid ``missing.none`` when none is named."""
    named = [code for code in dict.fromkeys(missing) if code in handover.ITEMS]
    if not named:
        raise Invalid.of("missing.none", "missing")
    here = active(ticket, by)
    here.missing = named
    return _back(ticket, here, EscalationState.RETURNED, as_words(said), by)


@dataclass(frozen=True)
class Answered:
    """An article of the wiki that answers the question, as the pages know it."""

    slug: str
    title: str


def point_out(ticket: Ticket, article: Answered | None, text: str, *, by: Agent) -> Escalation:
    """An article answers it: the level below can, and needed not ask. Counted, for the wiki to be
    found better. Raises Invalid ``article.none`` without one.
    """
    if article is None:
        raise Invalid.of("article.none", "article")
    here = active(ticket, by)
    here.article_slug = article.slug
    words = Words(text.strip(), data={"article": {"slug": article.slug, "title": article.title}})
    return _back(ticket, here, EscalationState.POINTLESS, words, by)


def active(ticket: Ticket, by: Agent) -> Escalation:
    """The hand-over that ``by``'s team has in hand."""
    require(by, Permission.ANSWER_BELOW)
    if not serves(by, ticket):
        raise Forbidden.of("return.not_yours", team=ticket.team.label)
    here = [e for e in open_escalations(ticket) if e.to_team_id == ticket.team_id]
    if not here:
        raise Conflict.of("return.not_here")
    return here[-1]


def _back(
    ticket: Ticket, here: Escalation, state: EscalationState, words: Words, by: Agent
) -> Escalation:
    here.state, here.ended_at, here.ended_by_id = state, now(), by.id
    facts = {
        "escalation_id": here.id,
        "move": state.value,
        "from": here.to_team.label,
        "to": here.from_team.label,
        "missing": here.missing,
        **(words.data or {}),
    }
    posting.exchange(ticket, replace(words, data=facts), here.from_team, by=by)
    hand_back(ticket, here, by=by)
    return here


def hand_back(ticket: Ticket, here: Escalation, *, by: Author) -> None:
    """To the team that handed it over, and to its agent if they still work there."""
    move(ticket, State.RETURNED, by=by, team=here.from_team.label)
    owner = here.from_agent if belongs_to(here.from_agent, here.from_team) else None
    hand_to(ticket, here.from_team, owner)
    agreements.pass_back(ticket)
    if at_home(ticket):
        ticket.home_owner, ticket.home_owner_id = ticket.owner, ticket.owner_id
