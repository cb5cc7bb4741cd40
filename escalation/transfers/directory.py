"""The directory of the services outside, kept by an administrator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from escalation.transfers.models import OutsideService
from support.kernel import db
from support.kernel.errors import Invalid, NotVisible, Problem
from support.people.models import Agent
from support.people.normalising import email_address, fold
from support.people.permissions import Permission, require


@dataclass(frozen=True)
class ServiceDraft:
    label: str
    contact: str = ""
    email: str = ""
    active: bool = True


def every_service(*, by: Agent) -> Sequence[OutsideService]:
    require(by, Permission.ADMINISTER)
    query = select(OutsideService).order_by(OutsideService.position, OutsideService.id)
    return db.session().scalars(query).all()


def one_service(service_id: int, *, by: Agent) -> OutsideService:
    """Raises NotVisible ``service.unknown``."""
    require(by, Permission.ADMINISTER)
    found = db.session().get(OutsideService, service_id)
    if found is None:
        raise NotVisible.of("service.unknown")
    return found


def keep(service: OutsideService | None, draft: ServiceDraft, *, by: Agent) -> OutsideService:
    """Change ``service``, or add one. Raises Invalid: ``service.unnamed`` (``label``),
    ``email.invalid`` (``email``).
    """
    require(by, Permission.ADMINISTER)
    problems: list[Problem] = []
    label, email = draft.label.strip()[:160], ""
    if not label:
        problems.append(Problem("service.unnamed", "label"))
    try:
        email = email_address(draft.email) if draft.email.strip() else ""
    except Invalid:
        problems.append(Problem("email.invalid", "email"))
    if problems:
        raise Invalid(*problems)
    session = db.session()
    if service is None:
        last = session.scalar(select(func.max(OutsideService.position))) or 0
        service = OutsideService(code=_code(label, last + 1), position=last + 1)
        session.add(service)
    service.label, service.email, service.active = label, email, draft.active
    service.contact = draft.contact.strip()[:300]
    session.flush()
    return service


def _code(label: str, number: int) -> str:
    """Unique by its number; readable by its words."""
    return f"{re.sub(r'[^a-z0-9]+', '-', fold(label)).strip('-')[:50]}-{number}"
