"""The catalogue as choices for forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from support.catalogue.models import ContactReason, Procedure, Situation
from support.kernel import db
from web.i18n import translated


def reasons(*, public_only: bool = False) -> Sequence[ContactReason]:
    query = select(ContactReason).order_by(ContactReason.position, ContactReason.id)
    if public_only:
        query = query.where(ContactReason.public.is_(True))
    return db.session().scalars(query).all()


def procedures() -> Sequence[Procedure]:
    return db.session().scalars(select(Procedure).order_by(Procedure.position, Procedure.id)).all()


def situations() -> Sequence[Situation]:
    return db.session().scalars(select(Situation).order_by(Situation.position, Situation.id)).all()


def reason_with(code: str) -> ContactReason | None:
    return db.session().scalar(select(ContactReason).where(ContactReason.code == code))


def procedure_with(code: str) -> Procedure | None:
    if not code:
        return None
    return db.session().scalar(select(Procedure).where(Procedure.code == code))


def choices(found: Sequence[ContactReason] | Sequence[Procedure]) -> list[dict[str, Any]]:
    """For searchable_choice: found by what people call it, grouped as they would look."""
    return [
        {
            "value": one.code,
            "label": one.label,
            "group": one.group if isinstance(one, ContactReason) else None,
            "keywords": " ".join(
                [one.plain_label, *(one.keywords if isinstance(one, ContactReason) else ())]
            ),
        }
        for one in found
    ]


def public_choices(found: Sequence[ContactReason] | Sequence[Procedure]) -> list[dict[str, Any]]:
    """The same in the public's own words and language, found by the French ones as well."""
    return [
        {
            "value": one.code,
            "label": translated(one.plain_label),
            "group": translated(one.group) if isinstance(one, ContactReason) else None,
            "keywords": " ".join(
                [
                    one.label,
                    one.plain_label,
                    *(one.keywords if isinstance(one, ContactReason) else ()),
                ]
            ),
        }
        for one in found
    ]
