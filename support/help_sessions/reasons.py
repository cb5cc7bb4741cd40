"""What people come for: the list that agents and the public choose from, kept by administrators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from support.help_sessions import first_places
from support.help_sessions.models import AppointmentReason
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible, Problem
from support.people.models import Agent
from support.people.normalising import fold
from support.people.permissions import Permission, require

LONGEST_LABEL, LONGEST_BRING = 160, 2000
LONGEST = 240  # minutes


@dataclass(frozen=True)
class ReasonDraft:
    """``group``: reasons of one share its quotas, and its rule of one live appointment a person."""

    label: str
    public_label: str
    group: str
    minutes: int | None
    bring: str = ""
    public: bool = True
    active: bool = True


def every(*, by: Agent) -> Sequence[AppointmentReason]:
    """Those out of use as well, in their order. Raises Forbidden."""
    require(by, Permission.ADMINISTER)
    query = select(AppointmentReason)
    return db.session().scalars(
        query.order_by(AppointmentReason.position, AppointmentReason.id)
    ).all()  # fmt: skip


def one(reason_id: int, *, by: Agent) -> AppointmentReason:
    """Raises NotVisible, Forbidden."""
    require(by, Permission.ADMINISTER)
    found = db.session().get(AppointmentReason, reason_id)
    if found is None:
        raise NotVisible.of("help_point.unknown")
    return found


def save(reason: AppointmentReason | None, draft: ReasonDraft, *, by: Agent) -> AppointmentReason:
    """Change one, or add one at the end. Appointments that were given keep their length.

    Raises Invalid ``field.required`` (``label``, ``public_label``, ``group``),
    ``reason.minutes``, ``words.long`` (``bring``); Forbidden.
    """
    require(by, Permission.ADMINISTER)
    _check(draft)
    session = db.session()
    if reason is None:
        last = session.scalar(select(func.max(AppointmentReason.position))) or 0
        reason = AppointmentReason(code=_new_code(draft.label), position=last + 1)
        session.add(reason)
    else:
        first_places.forget_reason(reason.id)
    reason.label, reason.public_label = draft.label.strip(), draft.public_label.strip()
    reason.group = fold(draft.group).replace(" ", "_")[:40]
    reason.minutes = draft.minutes or 0
    reason.bring = "\n".join(line.strip() for line in draft.bring.splitlines() if line.strip())
    reason.public, reason.active = draft.public, draft.active
    session.flush()
    return reason


def _check(draft: ReasonDraft) -> None:
    wrong = []
    for name in ("label", "public_label", "group"):
        said = getattr(draft, name).strip()
        if not said or not fold(said):
            wrong.append(Problem("field.required", name))
        elif len(said) > LONGEST_LABEL:
            wrong.append(Problem("words.long", name, {"most": LONGEST_LABEL}))
    if draft.minutes is None or not 5 <= draft.minutes <= LONGEST or draft.minutes % 5:
        wrong.append(Problem("reason.minutes", "minutes", {"most": LONGEST}))
    if len(draft.bring) > LONGEST_BRING:
        wrong.append(Problem("words.long", "bring", {"most": LONGEST_BRING}))
    if wrong:
        raise Invalid(*wrong)


def _new_code(label: str) -> str:
    """« Envoyer un complément » is envoyer_un_complement; a number after it when it is taken."""
    base = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:34] or "motif"
    known = set(db.session().scalars(select(AppointmentReason.code)))
    number, code = 1, base
    while code in known:
        number += 1
        code = f"{base}_{number}"
    return code
