"""What the hand-overs say of the wiki: reasons that go up for want of an article, or of knowing of
one, or without what the next level needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from escalation.models import Escalation, EscalationState
from support.kernel import db
from support.kernel.time import now
from support.tickets.models import Ticket

WINDOW = timedelta(days=90)
MOST = 5000  # hand-overs looked at, the latest first
NAMED = 5  # tickets named for each reason


@dataclass
class Gap:
    """Of one reason: ``ended`` hand-overs came back; ``pointless`` of them an article answers
    (``articles``: which, by their name in the wiki, and how often); ``returned`` lacked something
    (``missing``: which items, and how often); ``answered`` were answered above. ``references``
    name the latest tickets.
    """

    reason_id: int
    ended: int = 0
    answered: int = 0
    returned: int = 0
    pointless: int = 0
    articles: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    references: list[str] = field(default_factory=list)

    @property
    def avoidable(self) -> int:
        """Climbs that a better wiki or a better file would have spared."""
        return self.returned + self.pointless


def gaps() -> Sequence[Gap]:
    """By reason, those with the most to spare first: one query."""
    rows = db.session().execute(
        select(
            Ticket.reason_id,
            Ticket.reference,
            Escalation.state,
            Escalation.missing,
            Escalation.article_slug,
        )
        .join(Ticket, Ticket.id == Escalation.ticket_id)
        .where(
            Escalation.ended_at >= now() - WINDOW,
            Escalation.state != EscalationState.WITHDRAWN,
        )
        .order_by(Escalation.id.desc())
        .limit(MOST)
    )
    found: dict[int, Gap] = {}
    for reason_id, reference, state, missing, slug in rows:
        gap = found.setdefault(reason_id, Gap(reason_id))
        gap.ended += 1
        if len(gap.references) < NAMED and reference not in gap.references:
            gap.references.append(reference)
        gap.answered += state is EscalationState.ANSWERED
        if state is EscalationState.RETURNED:
            gap.returned += 1
            gap.missing.update(str(code) for code in missing or ())
        elif state is EscalationState.POINTLESS:
            gap.pointless += 1
            gap.articles.update([slug] if slug else [])
    return sorted(found.values(), key=lambda gap: (-gap.avoidable, -gap.ended, gap.reason_id))
