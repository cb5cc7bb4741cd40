"""Announcing to those it concerns: on their pages, by mail when asked; who has read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from escalation.announcements.models import Announcement, AnnouncementKind
from support.catalogue.models import Field, Procedure
from support.kernel import db
from support.kernel.errors import Forbidden, Invalid, NotVisible, Problem
from support.kernel.time import now
from support.people import notices
from support.people.models import Agent, Role, Site, SiteKind, Team
from support.people.notices import StaffNotice, Told
from support.people.permissions import Permission, may, require

KIND = "announcement"
PAGE = 30
LONGEST = 10_000


@dataclass(frozen=True)
class Audience:
    """Codes; an empty list means everybody. A procedure concerns the sites of its field."""

    roles: Sequence[str] = ()
    departments: Sequence[str] = ()
    procedures: Sequence[str] = ()


@dataclass(frozen=True)
class Draft:
    """``key``: drawn once per form, so that one sent twice is one announcement."""

    kind: AnnouncementKind
    title: str
    body: str
    audience: Audience
    by_mail: bool
    key: str


def publish(draft: Draft, *, by: Agent) -> Announcement:
    """Raises Invalid with a problem for each wrong field, ``announcement.nobody`` among them."""
    require(by, Permission.ANNOUNCE)
    known = _published_as(draft.key)
    if known is not None:
        return known
    addressed = reaches(draft, by=by)
    if not addressed:
        raise Invalid.of("announcement.nobody", "roles")
    made = Announcement(
        kind=draft.kind,
        title=draft.title.strip(),
        body=draft.body.strip(),
        audience={
            "roles": list(draft.audience.roles),
            "departments": list(draft.audience.departments),
            "procedures": list(draft.audience.procedures),
        },
        by=by,
        by_mail=draft.by_mail,
        key=draft.key,
    )
    try:
        with db.session().begin_nested():
            db.session().add(made)
    except IntegrityError:  # the same form, pressed twice at this instant
        known = _published_as(draft.key)
        if known is None:
            raise
        return known
    notices.tell(addressed, _told(made, "published"), by_mail=draft.by_mail)
    notices.read(by, KIND, made.id)
    return made


def reaches(draft: Draft, *, by: Agent) -> Sequence[Agent]:
    """To whom it would go, once its words are right. Raises Invalid for each wrong field."""
    require(by, Permission.ANNOUNCE)
    _check(draft.title, draft.body)
    return addressed_by(draft.audience)


def correct(announcement: Announcement, title: str, body: str, *, by: Agent) -> None:
    """Change its words. Whoever had read it has it to read again.

    Raises Forbidden ``announcement.not_yours`` and as :func:`publish`.
    """
    require(by, Permission.ANNOUNCE)
    if announcement.by_id != by.id and by.team_id != announcement.by.team_id:
        raise Forbidden.of("announcement.not_yours")
    _check(title, body)
    announcement.title, announcement.body = title.strip(), body.strip()
    announcement.corrected_at = now()
    db.session().flush()
    notices.to_read_again(KIND, announcement.id)
    notices.read(by, KIND, announcement.id)


def addressed_by(audience: Audience) -> Sequence[Agent]:
    """The open accounts that ``audience`` means: one query (and one for the procedures)."""
    query = (
        select(Agent)
        .join(Team, Agent.team_id == Team.id)
        .outerjoin(Site, Team.site_id == Site.id)
        .where(Agent.active.is_(True), Agent.by_mail.is_(False))
        .order_by(Agent.id)
    )
    if audience.roles:
        query = query.where(Agent.role.in_([role for role in Role if role in audience.roles]))
    if audience.departments:
        # Those who serve the whole country read what concerns one département of it.
        query = query.where(or_(Team.site_id.is_(None), Site.department.in_(audience.departments)))
    if audience.procedures:
        query = query.where(or_(Team.site_id.is_(None), Site.kind.in_(_sites(audience))))
    return db.session().scalars(query).unique().all()


def read_announcements(
    agent: Agent, *, mine: bool, before: int | None = None
) -> Sequence[tuple[Announcement, StaffNotice | None]]:
    """The latest first, each with the agent's own notice when it was addressed to them."""
    query = (
        select(Announcement, StaffNotice)
        .outerjoin(
            StaffNotice,
            (StaffNotice.about_id == Announcement.id)
            & (StaffNotice.kind == KIND)
            & (StaffNotice.agent_id == agent.id),
        )
        .options(joinedload(Announcement.by))
        .order_by(Announcement.id.desc())
        .limit(PAGE + 1)
    )
    if mine:
        query = query.where(StaffNotice.id.is_not(None))
    if before is not None:
        query = query.where(Announcement.id < before)
    return [(row[0], row[1]) for row in db.session().execute(query).unique()]


def one_announcement(number: int) -> Announcement:
    """Raises NotVisible ``announcement.unknown``."""
    found = db.session().get(Announcement, number, options=[joinedload(Announcement.by)])
    if found is None:
        raise NotVisible.of("announcement.unknown")
    return found


def is_unread(announcement: Announcement, agent: Agent) -> bool:
    """Whether it was addressed to the agent, who has not said that they have read it."""
    query = select(StaffNotice.id).where(
        StaffNotice.kind == KIND,
        StaffNotice.about_id == announcement.id,
        StaffNotice.agent_id == agent.id,
        StaffNotice.read_at.is_(None),
    )
    return db.session().scalar(query) is not None


@dataclass(frozen=True)
class Receipts:
    told: int
    read: int
    unread: Sequence[StaffNotice]  # the first of those who have not


def receipts(announcement: Announcement, agent: Agent, limit: int = 100) -> Receipts | None:
    """Who has read it, for those who announce; None for the others."""
    if not may(agent, Permission.ANNOUNCE):
        return None
    about = (StaffNotice.kind == KIND, StaffNotice.about_id == announcement.id)
    session = db.session()
    told, seen = session.execute(
        select(func.count(), func.count(StaffNotice.read_at)).where(*about)
    ).one()
    unread = session.scalars(
        select(StaffNotice)
        .where(*about, StaffNotice.read_at.is_(None))
        .options(joinedload(StaffNotice.agent).joinedload(Agent.team))
        .order_by(StaffNotice.id)
        .limit(limit)
    )
    return Receipts(told, seen, unread.unique().all())


def _published_as(key: str) -> Announcement | None:
    return db.session().scalar(select(Announcement).where(Announcement.key == key))


def _sites(audience: Audience) -> Sequence[SiteKind]:
    """The kinds of sites that the procedures concern: a platform deals with nationality alone."""
    fields = set(
        db.session().scalars(select(Procedure.field).where(Procedure.code.in_(audience.procedures)))
    )
    platform = SiteKind.NATURALISATION_PLATFORM
    others = [kind for kind in SiteKind if kind is not platform]
    return [*([platform] if Field.NATIONALITY in fields else ()),
            *(others if fields - {Field.NATIONALITY} else ())]  # fmt: skip


def _told(announcement: Announcement, step: str) -> Told:
    return Told(
        kind=KIND,
        about_id=announcement.id,
        once=f"announcement:{announcement.id}:{step}",
        subject=announcement.title,
        text=announcement.body,
        path=f"/agent/annonces/{announcement.id}",
    )


def _check(title: str, body: str) -> None:
    problems = []
    if len(title.strip()) < 5 or len(title) > 160:
        problems.append(Problem("announcement.title", "title"))
    if len(body.strip()) < 10:
        problems.append(Problem("announcement.body", "body"))
    if len(body) > LONGEST:
        problems.append(Problem("field.too_long", "body", {"most": LONGEST}))
    if problems:
        raise Invalid(*problems)
