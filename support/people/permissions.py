"""The rule book: who may do what, on one page.

Two questions are asked of it. *May this agent do this kind of thing?* — :func:`require`.
*Which tickets does this agent see?* — :func:`scope_of`, which ``tickets.visibility.visible_to``
turns into a condition inside every query. What one may not see is a 404, what one may see but
not do a 403.
"""

from __future__ import annotations

from enum import StrEnum

from support.kernel.errors import Forbidden
from support.people.models import Agent, Role


class Permission(StrEnum):
    """What an agent may do. The comment says to whom it matters."""

    READ_TICKETS = "tickets.read"  # the queue and the ticket page, within one's scope
    OPEN_TICKETS = "tickets.open"  # for a person, by telephone or at a counter
    REPORT_ISSUES = "tickets.report"  # as a referent, for one's own site
    REPLY = "tickets.reply"  # write to the requester
    NOTE = "tickets.note"  # write for colleagues
    ASSIGN = "tickets.assign"  # take, give to a colleague of the team
    ASSIGN_OTHERS = "tickets.assign_others"  # take away from a colleague
    CLOSE = "tickets.close"
    ESCALATE = "tickets.escalate"  # hand over to the next level
    ANSWER_BELOW = "tickets.answer_below"  # answer or return a hand-over
    TAKE_CALLS = "calls.take"
    FEED_CALLS = "calls.feed"  # say what the telephone exchange does: its token, by machine
    SORT_MAIL = "mail.sort"  # the mails that a person must sort
    READ_PERSONS = "persons.read"  # look a person up, read their page
    READ_STAFF_ARTICLES = "knowledge.read_staff"
    READ_PROGRAMME_ARTICLES = "knowledge.read_programme"
    READ_DIRECTORATE_ARTICLES = "knowledge.read_directorate"
    WRITE_ARTICLES = "knowledge.write"
    REVIEW_ARTICLES = "knowledge.review"  # read what somebody else wrote, before it is published
    TRACK_ISSUES = "issues.track"  # say what is known of a bug, and when it is mended
    ANNOUNCE = "announcements.write"  # releases, incidents and news, to those they concern
    PREPARE_RELEASES = "releases.prepare"  # dates, documents and training of a release
    REVIEW = "review.lead"  # the fortnightly meeting of the levels
    BOOK = "appointments.book"  # give people a place at a help point
    RECEIVE = "appointments.receive"  # the day of one's own help point
    SET_UP_SITE = "appointments.set_up"  # its desks, hours, closures and quotas
    PROVE_STEPS = "fallback.keep"  # what a person has tried, before another way of filing
    READ_FIGURES = "figures.read"  # counts only, never a person
    ADMINISTER = "administration"  # accounts, teams, what was given up


class Scope(StrEnum):
    """How far an agent's sight of tickets goes."""

    ALL = "all"
    CONTACT_CENTRE = "contact_centre"  # every ticket that any team of the centre has had
    TEAM = "team"  # every ticket that one's own team has had
    OWN = "own"  # the tickets one opened oneself
    NONE = "none"


P = Permission
_FRONT_LINE = {
    P.READ_TICKETS, P.OPEN_TICKETS, P.REPLY, P.NOTE, P.ASSIGN, P.CLOSE, P.ESCALATE,
    P.TAKE_CALLS, P.SORT_MAIL, P.READ_PERSONS, P.READ_STAFF_ARTICLES, P.BOOK,
    P.PROVE_STEPS,
}  # fmt: skip
_NEXT_LEVELS = {
    P.READ_TICKETS, P.NOTE, P.ASSIGN, P.ESCALATE, P.ANSWER_BELOW, P.READ_PERSONS,
    P.READ_STAFF_ARTICLES,
}  # fmt: skip

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.TELEADVISER: frozenset(_FRONT_LINE),
    Role.SUPERVISOR: frozenset(
        _FRONT_LINE | {P.ASSIGN_OTHERS, P.READ_FIGURES, P.REVIEW, P.REVIEW_ARTICLES}
    ),
    # The project directorate answers the referents itself: it replies and closes for them.
    Role.PROJECT_AGENT: frozenset(
        _NEXT_LEVELS
        | {P.REPLY, P.CLOSE, P.READ_FIGURES, P.REVIEW}
        | {P.TRACK_ISSUES, P.ANNOUNCE, P.PREPARE_RELEASES}
        | {P.READ_PROGRAMME_ARTICLES, P.REVIEW_ARTICLES}
    ),
    Role.BUSINESS_AGENT: frozenset(
        _NEXT_LEVELS
        | {P.REVIEW, P.REVIEW_ARTICLES, P.READ_PROGRAMME_ARTICLES, P.READ_DIRECTORATE_ARTICLES}
    ),
    Role.SITE_REFERENT: frozenset(
        {P.READ_TICKETS, P.REPORT_ISSUES, P.READ_STAFF_ARTICLES}
    ),
    Role.HELP_POINT_AGENT: frozenset(
        {
            P.READ_TICKETS, P.OPEN_TICKETS, P.READ_PERSONS, P.READ_STAFF_ARTICLES,
            P.BOOK, P.RECEIVE, P.SET_UP_SITE, P.PROVE_STEPS,
        }
    ),
    # Editors write for every level, and so read what every level reads.
    Role.KNOWLEDGE_EDITOR: frozenset(
        {
            P.READ_STAFF_ARTICLES, P.READ_PROGRAMME_ARTICLES, P.READ_DIRECTORATE_ARTICLES,
            P.WRITE_ARTICLES, P.REVIEW_ARTICLES,
        }
    ),
    Role.STEERING_READER: frozenset({P.READ_FIGURES}),
    Role.ADMINISTRATOR: frozenset(
        {
            P.READ_TICKETS, P.NOTE, P.ASSIGN, P.ASSIGN_OTHERS, P.SORT_MAIL, P.READ_PERSONS,
            P.READ_STAFF_ARTICLES, P.READ_FIGURES, P.ADMINISTER, P.FEED_CALLS, P.SET_UP_SITE,
        }
    ),
}  # fmt: skip

SCOPES: dict[Role, Scope] = {
    Role.TELEADVISER: Scope.CONTACT_CENTRE,
    Role.SUPERVISOR: Scope.CONTACT_CENTRE,
    Role.PROJECT_AGENT: Scope.TEAM,
    Role.BUSINESS_AGENT: Scope.TEAM,
    Role.SITE_REFERENT: Scope.TEAM,  # a team of referents per site: their prefecture's tickets
    Role.HELP_POINT_AGENT: Scope.OWN,
    Role.KNOWLEDGE_EDITOR: Scope.NONE,
    Role.STEERING_READER: Scope.NONE,
    Role.ADMINISTRATOR: Scope.ALL,
}


def may(agent: Agent, permission: Permission) -> bool:
    return agent.active and permission in PERMISSIONS[agent.role]


def require(agent: Agent, permission: Permission) -> None:
    """Raises Forbidden when ``agent`` may not."""
    if not may(agent, permission):
        raise Forbidden.of("permission.missing", permission=permission.value)


def scope_of(agent: Agent) -> Scope:
    return SCOPES[agent.role] if agent.active else Scope.NONE
