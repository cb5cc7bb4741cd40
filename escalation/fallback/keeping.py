"""Keeping a case: steps written down, the request, the prefecture's answer, the registration.

Nothing that is law is worked out here: no delay, no right, no end of a right. Only what happened
and when (arrêté of 1 August 2023, NOR IOMV2311395A; decree 2023-191 of 22 March 2023, R431-2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, false, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from escalation.fallback.models import (
    LIVE,
    LONGEST_WORDS,
    WRITTEN,
    CaseState,
    FallbackCase,
    FallbackFile,
    FallbackStep,
    StepKind,
)
from support.catalogue.models import Procedure
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible, Problem
from support.kernel.time import PARIS, now
from support.people.models import Agent, Person
from support.people.permissions import Permission, Scope, require, scope_of
from support.tickets.journal import FileDraft

C, K = CaseState, StepKind
MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    C.COLLECTING: frozenset({C.ASKED, C.SOLVED, C.DROPPED}),
    C.ASKED: frozenset({C.INVITED, C.REFUSED, C.SOLVED, C.DROPPED}),
    C.INVITED: frozenset({C.REGISTERED, C.REFUSED, C.SOLVED, C.DROPPED}),
    # A refusal may be followed by another request, on more steps.
    C.REFUSED: frozenset({C.ASKED}),
    C.REGISTERED: frozenset(),
    C.SOLVED: frozenset({C.COLLECTING}),
    C.DROPPED: frozenset({C.COLLECTING}),
}
_MARKS = {
    C.ASKED: K.REQUEST, C.INVITED: K.ANSWER, C.REFUSED: K.ANSWER, C.REGISTERED: K.REGISTRATION,
}  # fmt: skip
PAGE = (
    joinedload(FallbackCase.person),
    joinedload(FallbackCase.procedure),
    joinedload(FallbackCase.site),
)


@dataclass(frozen=True)
class StepDraft:
    """As it was typed. ``key``: of the form."""

    key: str
    kind: str
    on: date | None
    reference: str = ""
    words: str = ""
    browser: str = ""
    files: Sequence[FileDraft] = field(default=())


def open_case(person: Person, procedure: Procedure | None, *, by: Agent) -> FallbackCase:
    """Begin the record of a person's steps; the one that lives already, when there is one here.

    Raises Invalid ``fallback.procedure``, Conflict ``fallback.elsewhere`` when another site keeps
    it, Forbidden.
    """
    require(by, Permission.PROVE_STEPS)
    if procedure is None:
        raise Invalid.of("field.choice", "procedure")
    known = _live(person, procedure)
    if known is None:
        case = FallbackCase(
            person_id=person.id, procedure_id=procedure.id, site_id=by.team.site_id,
            opened_by_id=by.id,
        )  # fmt: skip
        try:
            with db.session().begin_nested():
                db.session().add(case)
                db.session().flush()
            return case
        except IntegrityError:
            known = _live(person, procedure)
            if known is None:
                raise
    if not _sees(known, by):
        place = known.site.name if known.site else ""
        raise Conflict.of("fallback.elsewhere", "procedure", place=place)
    return known


def one_case(case_id: int, *, by: Agent, lock: bool = False) -> FallbackCase:
    """Raises NotVisible ``fallback.unknown``, Forbidden."""
    require(by, Permission.PROVE_STEPS)
    query = select(FallbackCase).where(FallbackCase.id == case_id, _visible(by)).options(
        *PAGE, selectinload(FallbackCase.steps).selectinload(FallbackStep.files),
        selectinload(FallbackCase.steps).joinedload(FallbackStep.written_by),
    )  # fmt: skip
    if lock:
        query = query.with_for_update(of=FallbackCase)
    found = db.session().scalar(query.execution_options(populate_existing=lock))
    if found is None:
        raise NotVisible.of("fallback.unknown")
    return found


def listed(*, by: Agent, live: bool, before: int | None = None, limit: int = 50) -> Sequence[
    FallbackCase
]:  # fmt: skip
    """The cases that the agent sees, the newest first. Raises Forbidden."""
    require(by, Permission.PROVE_STEPS)
    state = FallbackCase.state.in_(LIVE)
    query = select(FallbackCase).where(_visible(by), state if live else ~state)
    if before is not None:
        query = query.where(FallbackCase.id < before)
    query = query.order_by(FallbackCase.id.desc()).limit(limit)
    return db.session().scalars(query.options(*PAGE)).all()


def of_person(person: Person, *, by: Agent) -> Sequence[FallbackCase]:
    """Raises Forbidden."""
    require(by, Permission.PROVE_STEPS)
    query = select(FallbackCase).where(FallbackCase.person_id == person.id, _visible(by))
    return db.session().scalars(query.order_by(FallbackCase.id.desc()).options(*PAGE)).all()


def add_step(case: FallbackCase, draft: StepDraft, *, by: Agent) -> FallbackStep:
    """Write one step down; the one that the same form wrote before.

    Raises Invalid (``field.choice``, ``fallback.*``, a problem a field), Conflict
    ``fallback.moved`` once the case is over, Forbidden.
    """
    require(by, Permission.PROVE_STEPS)
    known = db.session().scalar(select(FallbackStep).where(FallbackStep.key == draft.key))
    if known is not None:
        return known
    if case.state not in LIVE:
        raise Conflict.of("fallback.moved")
    wrong = _day_wrong(draft.on)
    if draft.kind not in WRITTEN:
        wrong.append(Problem("field.choice", "kind"))
    if len(draft.words) > LONGEST_WORDS:
        wrong.append(Problem("words.long", "words", {"most": LONGEST_WORDS}))
    if wrong or draft.on is None:
        raise Invalid(*wrong)
    return _write(case, StepKind(draft.kind), draft, draft.on, by)


def strike(case: FallbackCase, step_id: int, why: str, *, by: Agent) -> None:
    """A step written by mistake: it stays to be read here, and stands no more.

    Raises Invalid ``fallback.why``, NotVisible, Forbidden.
    """
    require(by, Permission.PROVE_STEPS)
    if not why.strip():
        raise Invalid.of("fallback.why", "why")
    struck = db.session().scalar(
        update(FallbackStep)
        .where(
            FallbackStep.id == step_id,
            FallbackStep.case_id == case.id,
            FallbackStep.kind.in_(WRITTEN),
            FallbackStep.struck_at.is_(None),
        )
        .values(struck_at=now(), struck_by_id=by.id, struck_why=why.strip()[:200])
        .returning(FallbackStep.id)
    )
    if struck is None:
        raise NotVisible.of("fallback.unknown")


def move(case: FallbackCase, to: CaseState, draft: StepDraft, *, by: Agent) -> None:
    """Asked, invited, refused, registered; solved or dropped. ``draft``: when, and its words.

    Raises Invalid ``fallback.day``, ``fallback.why`` (a refusal, or a case dropped, says why),
    Conflict ``fallback.moved``, Forbidden.
    """
    require(by, Permission.PROVE_STEPS)
    if to not in MOVES[case.state]:
        raise Conflict.of("fallback.moved")
    wrong = _day_wrong(draft.on) if to in _MARKS else []
    if to in (C.REFUSED, C.DROPPED) and not draft.words.strip():
        wrong.append(Problem("fallback.why", "words"))
    if wrong:
        raise Invalid(*wrong)
    moved = db.session().scalar(
        update(FallbackCase)
        .where(FallbackCase.id == case.id, FallbackCase.state == case.state)
        .values(state=to)
        .returning(FallbackCase.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise Conflict.of("fallback.moved")
    db.session().refresh(case, ["state"])
    if to in _MARKS and draft.on is not None:
        _write(case, _MARKS[to], draft, draft.on, by)


def file_of(case: FallbackCase, file_id: int) -> FallbackFile:
    """Raises NotVisible."""
    for step in case.steps:
        for file in step.files:
            if file.id == file_id:
                return file
    raise NotVisible.of("fallback.unknown")


def _write(
    case: FallbackCase, kind: StepKind, draft: StepDraft, on: date, by: Agent
) -> FallbackStep:
    step = FallbackStep(
        case_id=case.id, key=draft.key, kind=kind, on=on, reference=draft.reference.strip()[:80],
        words=draft.words.strip()[:LONGEST_WORDS], browser=draft.browser.strip()[:120],
        written_by_id=by.id,
        files=[
            FallbackFile(
                filename=f.filename, content_type=f.content_type, size=f.size, file_key=f.key
            )
            for f in draft.files
        ],
    )  # fmt: skip
    db.session().add(step)
    db.session().flush()
    db.session().expire(case, ["steps"])
    return step


def _day_wrong(on: date | None) -> list[Problem]:
    """A step is taken on a day, and not on one to come."""
    if on is None or on > now().astimezone(PARIS).date():
        return [Problem("fallback.day", "on")]
    return []


def _live(person: Person, procedure: Procedure) -> FallbackCase | None:
    query = select(FallbackCase).where(
        FallbackCase.person_id == person.id,
        FallbackCase.procedure_id == procedure.id,
        FallbackCase.state.in_(LIVE),
    )
    return db.session().scalar(query.options(*PAGE))


def _sees(case: FallbackCase, by: Agent) -> bool:
    if scope_of(by) in (Scope.ALL, Scope.CONTACT_CENTRE):
        return True
    return by.team.site_id is not None and case.site_id == by.team.site_id


def _visible(by: Agent) -> ColumnElement[bool]:
    """A condition on FallbackCase: the centre sees all, a site its own."""
    if scope_of(by) in (Scope.ALL, Scope.CONTACT_CENTRE):
        return true()
    if by.team.site_id is None:
        return false()
    return FallbackCase.site_id == by.team.site_id
