"""A level that needs more time keeps the ticket and says when there will be news.

The level below reads it at once, and may tell the person; nobody has to ask where it stands.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from escalation.models import Escalation
from escalation.returning import active
from escalation.shared_mailbox import posting
from support.clocks import running
from support.clocks.days_given import read_day
from support.clocks.models import ClockKind
from support.kernel import db
from support.kernel.errors import Invalid, Problem
from support.people.models import Agent
from support.tickets.journal import Words, as_words
from support.tickets.models import Ticket

MOVE = "kept"
LEAST = 10  # signs of news that say something
FARTHEST = timedelta(days=60)


def keep(ticket: Ticket, news: str | Words, news_on: date | None, *, by: Agent) -> Escalation:
    """``news``: where it stands, in words that the level below can pass on. The next ones come
    before the end of ``news_on``, an opening day of the team.

    The caller holds the ticket. Raises as ``returning.active``, and Invalid with a problem for
    each wrong field: ``keep.news_missing`` and those of ``days_given.read_day``.
    """
    here, words = active(ticket, by), as_words(news)
    until = _checked(here, words.text, news_on)
    before = running.live(ticket.id, ClockKind.NEXT_NEWS)
    if before is not None:
        running.stop(before)
        db.session().flush()
    calendar = here.to_team.calendar_code
    running.start_until(ticket.id, ClockKind.NEXT_NEWS, until, calendar)
    here.news_on = until
    facts = {
        **(words.data or {}),
        "escalation_id": here.id,
        "move": MOVE,
        "from": here.to_team.label,
        "to": here.from_team.label,
        "news_on": until.isoformat(),
    }
    posting.exchange(ticket, replace(words, data=facts), here.from_team, by=by)
    return here


def _checked(here: Escalation, news: str, news_on: date | None) -> datetime:
    calendar = here.to_team.calendar_code
    until, problems = read_day(news_on, calendar, field="news_on", farthest=FARTHEST)
    if len(news) < LEAST:
        problems.insert(0, Problem("keep.news_missing", "text"))
    if problems or until is None:
        raise Invalid(*problems)
    return until
