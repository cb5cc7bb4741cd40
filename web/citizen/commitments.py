"""Whether we keep the dates that we promise: for everybody to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from support.catalogue.models import ContactReason
from support.kernel import db
from support.kernel.time import now
from support.tickets import figures
from support.tickets.small_cells import Counted, share
from web.access import public

bp = Blueprint("commitments", __name__)

WINDOW = timedelta(days=28)
# The same figures for everybody: a page that anybody may ask for counts them once in a while.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Published:
    """Whole percents of the promises that ended lately; reasons of too few persons are left out."""

    kept: int | None
    reasons: list[tuple[str, int]]


@bp.get("/engagements")
@public
def page() -> ResponseReturnValue:
    return render_template("citizen/commitments.html", published=_published(), days=WINDOW.days)


def _published() -> Published:
    kept = current_app.extensions.setdefault("commitments", {})
    if "at" not in kept or not kept["at"] <= now() < kept["at"] + FRESH:
        kept |= {"figures": _read(), "at": now()}
    found: Published = kept["figures"]
    return found


def _read() -> Published:
    labels = dict(
        db.session()
        .execute(select(ContactReason.id, ContactReason.plain_label).where(ContactReason.public))
        .tuples()
        .all()
    )
    promises = figures.promises_by_reason(now() - WINDOW, now())
    every = list(promises.values())
    whole = share(_sum([p.kept for p in every]), _sum([p.settled for p in every]))
    rates = [
        (labels[reason], rate)
        for reason, p in promises.items()
        if reason in labels and (rate := share(p.kept, p.settled)) is not None
    ]
    return Published(whole, sorted(rates))


def _sum(parts: list[Counted]) -> Counted:
    return Counted(sum(p.count for p in parts), max((p.persons for p in parts), default=0))
