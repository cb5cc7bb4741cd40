"""The demonstration's proofs of steps: two people whom the tool blocks, at two ends of the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from escalation.fallback import keeping
from escalation.fallback.keeping import StepDraft
from escalation.fallback.models import CaseState, StepKind
from support.catalogue.models import Procedure
from support.help_sessions.models import Appointment, AppointmentState, HelpPoint
from support.kernel import db
from support.kernel.time import PARIS, now
from support.people.models import Agent

TRIED = (
    (StepKind.ATTEMPT, 16, "« Une erreur est survenue, veuillez réessayer plus tard », étape 3"),
    (StepKind.ATTEMPT, 12, "Même message, avec un autre navigateur"),
    (StepKind.LETTER, 9, "Lettre au service des étrangers"),
)


def prove(agents: Mapping[str, Agent]) -> None:
    """For the first two who came to a help point and were received."""
    came = db.session().execute(
        select(Appointment, HelpPoint.site_id)
        .join(HelpPoint, HelpPoint.id == Appointment.help_point_id)
        .where(Appointment.state == AppointmentState.COMPLETED)
        .order_by(Appointment.id)
        .limit(2)
    )
    query = select(Procedure).where(Procedure.online).order_by(Procedure.position)
    procedure = db.session().scalar(query.limit(1))
    for number, (visit, site_id) in enumerate(came.all()):
        agent = next((a for a in agents.values() if a.team.site_id == site_id), None)
        if agent is None or procedure is None:
            continue
        case = keeping.open_case(visit.person, procedure, by=agent)
        today = now().astimezone(PARIS).date()
        for kind, ago, words in TRIED:
            on = today - timedelta(days=ago)
            key = f"demo-{case.id}-{kind}-{ago}"
            keeping.add_step(case, StepDraft(key, kind, on, words=words), by=agent)
        if number:
            asked = StepDraft(f"demo-{case.id}-asked", "", today, "Courriel au guichet")
            keeping.move(case, CaseState.ASKED, asked, by=agent)
