"""How long a level gives itself to answer the level below: agreed between us, told to no person.

The person's date runs all the while: we wait for each other on our own time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from escalation.models import Escalation
from escalation.reading import open_escalations
from support.clocks import running
from support.clocks.models import ClockKind
from support.kernel import db
from support.people.models import Team, TeamKind
from support.tickets.models import Ticket

# Working hours of the team, where nobody has set others for it.
_USUAL = {TeamKind.PROJECT_DIRECTORATE: 16, TeamKind.BUSINESS_DIRECTORATE: 40}
_OTHERWISE = 24


def usual_hours(team: Team) -> int:
    """Working hours, where nobody has set others for the team."""
    return _USUAL.get(team.kind, _OTHERWISE)


def agreed_minutes(team: Team) -> int:
    return 60 * (team.agreed_hours or usual_hours(team))


def begin(ticket: Ticket, raised: Escalation) -> None:
    """The team that has it now is given its time; what the one before had left is over."""
    end(ticket)
    team = raised.to_team
    clock = running.start(ticket.id, ClockKind.LEVEL, agreed_minutes(team), team.calendar_code)
    raised.agreed_until = clock.deadline
    db.session().flush()


def follow(payload: Mapping[str, Any]) -> None:
    """Hours have changed, and with them when the level's time is over. Safe to run twice."""
    ticket = db.session().get(Ticket, int(payload["ticket_id"]))
    if ticket is None:
        return
    for one in open_escalations(ticket):
        if one.to_team_id == payload["team_id"] == ticket.team_id:
            one.agreed_until = datetime.fromisoformat(payload["until"])
    db.session().flush()


def end(ticket: Ticket) -> None:
    """It has left the level that had it: nothing more is expected of it, news neither."""
    for kind in (ClockKind.LEVEL, ClockKind.NEXT_NEWS):
        clock = running.live(ticket.id, kind)
        if clock is not None:
            running.stop(clock)
    db.session().flush()


def pass_back(ticket: Ticket) -> None:
    """It has come down to a level that was asked itself: that one's time begins anew."""
    here = [e for e in open_escalations(ticket) if e.to_team_id == ticket.team_id]
    if here:
        begin(ticket, here[-1])
    else:
        end(ticket)
