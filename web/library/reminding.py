"""The words in which an owner is told, once a week, which articles are to be checked.

In French, as every mail to our own people: a worker has no reader's language at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date

from knowledge.articles.checking import KIND, Due
from support.kernel.time import today
from support.people.models import Agent
from support.people.notices import Told

NAMED = 30


def worded(owner: Agent, due: Sequence[Due]) -> Told:
    """``due`` is in the order of its dates, what is overdue longest first."""
    year, week, _day = today().isocalendar()
    lines = [_line(one) for one in due[:NAMED]]
    if len(due) > NAMED:
        lines.append(f"- et {len(due) - NAMED} de plus")
    intro = "Relisez chacune, puis dites qu’elle est toujours vraie ou corrigez-la :"
    return Told(
        kind=KIND,
        about_id=owner.id,
        once=f"articles-due:{year}-{week:02d}",
        subject=f"{len(due)} fiches à vérifier" if len(due) > 1 else "Une fiche à vérifier",
        text=intro + "\n\n" + "\n".join(lines),
        path="/agent/connaissances/redaction?etat=a-verifier",
    )


def _line(due: Due) -> str:
    said = f"en retard depuis le {_day(due.due_on)}" if due.late else f"avant le {_day(due.due_on)}"
    if due.withdrawn_on is not None:
        said += f" ; critique : retirée aux lecteurs après le {_day(due.withdrawn_on)}"
    return f"- {due.title} ({said})"


def _day(day: date) -> str:
    return format_date(day, "long", locale="fr")
