"""How a mail is signed: who writes, in what function, for which service, where it is.

The public has the right to know who handles a request, unless safety justifies a pseudonym or
the service alone: each agent's policy says which.
"""

from __future__ import annotations

from support.people.models import Agent, SignaturePolicy, Team
from support.people.normalising import shown_phone
from support.tickets.following import policy_of, public_name


def signature(agent: Agent | None, home: Team, service_name: str) -> str:
    """Lines without blanks. ``agent`` is None for what no person wrote: the service signs."""
    team = agent.team if agent else home
    lines = [_sentence_case(team.public_label or service_name), *_where(team, home)]
    if agent is not None and policy_of(agent) is not SignaturePolicy.SERVICE_ONLY:
        lines = [public_name(agent, ""), agent.title, *lines]
    return "\n".join(line for line in map(_one_line, lines) if line)


def _where(team: Team, home: Team) -> list[str]:
    """Post, telephone and mail of the service: the site's where the team has none of its own."""
    site = team.site or home.site
    address = team.address or (f"{site.name}, {site.address}" if site and site.address else "")
    phone = team.phone or (site.phone if site else "")
    email = team.email or (site.email if site else "")
    return [address, " · ".join(part for part in (shown_phone(phone), email) if part)]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
