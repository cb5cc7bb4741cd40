"""Taking a published file: what it would change is seen first; what it lacks is gone, not lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select

from support.help_sessions.directory.models import DirectoryImport, DirectoryPlace, Source
from support.help_sessions.directory.reading import (
    PlaceRow,
    Read,
    read_administration,
    read_france_services,
)
from support.kernel import db
from support.kernel.errors import Invalid, Problem
from support.kernel.time import PARIS, now
from support.people.models import Agent
from support.people.permissions import Permission, require

STALE_AFTER = timedelta(days=90)  # of the data, not of its import
READERS: Mapping[Source, Callable[[bytes], Read]] = {
    Source.FRANCE_SERVICES: read_france_services,
    Source.ADMINISTRATION: read_administration,
}
SHOWN = 20


@dataclass(frozen=True)
class Preview:
    """What taking the file would do. ``gone``: places that we have and it has not."""

    source: Source
    rows: Mapping[str, PlaceRow]
    added: Sequence[str]
    changed: Sequence[str]
    gone: Sequence[DirectoryPlace]
    left_out: Sequence[tuple[int, str]] = field(default_factory=list)

    @property
    def loses_much(self) -> bool:
        """A file cut short would make most places disappear."""
        kept = len(self.rows) - len(self.added)
        return len(self.gone) > 10 and len(self.gone) > kept


def preview(source: Source, raw: bytes, *, by: Agent) -> Preview:
    """Raises Invalid ``directory.format``, ``directory.none``; Forbidden."""
    require(by, Permission.ADMINISTER)
    read = READERS[source](raw)
    if not read.rows:
        raise Invalid.of("directory.none", "file")
    known = _known(source)
    return Preview(
        source, read.rows,
        added=[key for key in read.rows if key not in known or known[key].gone_at],
        changed=[
            key for key, row in read.rows.items()
            if key in known and not known[key].gone_at and _as_row(known[key]) != asdict(row)
        ],
        gone=[p for key, p in known.items() if key not in read.rows and p.gone_at is None],
        left_out=read.left_out,
    )  # fmt: skip


def take(
    source: Source, raw: bytes, filename: str, file_day: date | None, *, by: Agent
) -> DirectoryImport:
    """Take the file as it was previewed. Taken twice, it changes nothing more.

    Raises Invalid as :func:`preview`, ``directory.day`` without the day of its data.
    """
    seen = preview(source, raw, by=by)
    if file_day is None or file_day > now().astimezone(PARIS).date():
        raise Invalid(Problem("directory.day", "file_day"))
    session, known = db.session(), _known(source)
    for key, row in seen.rows.items():
        place = known.get(key)
        if place is None:
            session.add(DirectoryPlace(source=source, **asdict(row)))
        elif place.gone_at is not None or _as_row(place) != asdict(row):
            for name, value in asdict(row).items():
                setattr(place, name, value)
            place.gone_at = None
    for place in seen.gone:
        place.gone_at = now()
    taken = DirectoryImport(
        source=source, filename=filename[:255], file_day=file_day, places=len(seen.rows),
        added=len(seen.added), changed=len(seen.changed), gone=len(seen.gone),
        left_out=len(seen.left_out), by_id=by.id,
    )  # fmt: skip
    session.add(taken)
    session.flush()
    return taken


def last_of(source: Source) -> DirectoryImport | None:
    query = select(DirectoryImport).where(DirectoryImport.source == source)
    return db.session().scalar(query.order_by(DirectoryImport.id.desc()).limit(1))


def count_of(source: Source) -> int:
    query = select(func.count()).select_from(DirectoryPlace)
    query = query.where(DirectoryPlace.source == source, DirectoryPlace.gone_at.is_(None))
    return db.session().scalar(query) or 0


def is_stale(taken: DirectoryImport) -> bool:
    return now().astimezone(PARIS).date() - taken.file_day > STALE_AFTER


def _known(source: Source) -> dict[str, DirectoryPlace]:
    rows = db.session().scalars(select(DirectoryPlace).where(DirectoryPlace.source == source))
    return {row.external_id: row for row in rows}


def _as_row(place: DirectoryPlace) -> dict[str, object]:
    row = {name: getattr(place, name) for name in PlaceRow.__dataclass_fields__}
    return row | {"hours": list(place.hours)}
