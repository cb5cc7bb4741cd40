"""Preparing a release: its dates, département by département, and its documents with versions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from escalation.releases.models import (
    BlockDocument,
    BlockDocumentVersion,
    DocumentKind,
    ReleaseBlock,
    ReleaseOpening,
)
from support.catalogue.models import Procedure
from support.kernel import db
from support.kernel.errors import Conflict, Invalid, NotVisible, Problem
from support.people.models import Agent
from support.people.permissions import Permission, require
from support.tickets.journal import FileDraft

DEPARTMENT = re.compile(r"\d{2,3}|2[AB]")


@dataclass(frozen=True)
class BlockDraft:
    title: str
    procedures: Sequence[str] = ()
    planned_on: date | None = None
    opened_on: date | None = None
    trained_on: date | None = None
    note: str = ""


def blocks() -> Sequence[ReleaseBlock]:
    query = select(ReleaseBlock).order_by(
        func.coalesce(ReleaseBlock.opened_on, ReleaseBlock.planned_on).desc(), ReleaseBlock.id
    )
    return db.session().scalars(query).all()


def one_block(block_id: int) -> ReleaseBlock:
    """Raises NotVisible ``release.unknown``."""
    found = db.session().get(ReleaseBlock, block_id)
    if found is None:
        raise NotVisible.of("release.unknown")
    return found


def openings() -> Mapping[int, list[ReleaseOpening]]:
    """By block, the départements with a day of their own: one query."""
    found: dict[int, list[ReleaseOpening]] = {}
    query = select(ReleaseOpening).order_by(ReleaseOpening.department)
    for one in db.session().scalars(query):
        found.setdefault(one.block_id, []).append(one)
    return found


def kinds() -> Mapping[int, set[DocumentKind]]:
    """By block, the kinds of documents that it has: one query."""
    found: dict[int, set[DocumentKind]] = {}
    for row in db.session().execute(select(BlockDocument.block_id, BlockDocument.kind).distinct()):
        found.setdefault(row.block_id, set()).add(row.kind)
    return found


def documents(block: ReleaseBlock) -> Sequence[BlockDocument]:
    query = select(BlockDocument).where(BlockDocument.block_id == block.id)
    return db.session().scalars(query.order_by(BlockDocument.kind, BlockDocument.id)).all()


def save_block(block: ReleaseBlock | None, draft: BlockDraft, *, by: Agent) -> ReleaseBlock:
    """None makes a new one. Raises Invalid with a problem for each wrong field."""
    require(by, Permission.PREPARE_RELEASES)
    problems = []
    if not 3 <= len(draft.title.strip()) <= 160:
        problems.append(Problem("release.title", "title"))
    known = set(db.session().scalars(select(Procedure.code)))
    chosen = [code for code in dict.fromkeys(draft.procedures) if code in known]
    if not chosen:
        problems.append(Problem("release.procedures", "procedures"))
    if problems:
        raise Invalid(*problems)
    if block is None:
        block = ReleaseBlock(code=_fresh_code(draft.title))
        db.session().add(block)
    block.title, block.procedures, block.note = draft.title.strip(), chosen, draft.note.strip()
    block.planned_on, block.opened_on = draft.planned_on, draft.opened_on
    block.trained_on = draft.trained_on
    db.session().flush()
    return block


def set_opening(
    block: ReleaseBlock, department: str, planned: date | None, opened: date | None, *, by: Agent
) -> None:
    """A day of its own for one département; without any, it follows the others again.

    Raises Invalid ``department.invalid``.
    """
    require(by, Permission.PREPARE_RELEASES)
    code = department.strip().upper()
    if not DEPARTMENT.fullmatch(code):
        raise Invalid.of("department.invalid", "department")
    known = db.session().scalar(
        select(ReleaseOpening).where(
            ReleaseOpening.block_id == block.id, ReleaseOpening.department == code
        )
    )
    if planned is None and opened is None:
        if known is not None:
            db.session().delete(known)
    elif known is None:
        db.session().add(
            ReleaseOpening(block_id=block.id, department=code, planned_on=planned, opened_on=opened)
        )
    else:
        known.planned_on, known.opened_on = planned, opened
    db.session().flush()


@dataclass(frozen=True)
class DocumentDraft:
    """``document_id`` names the document of which this is a new version; None: a new one."""

    kind: DocumentKind
    title: str
    file: FileDraft | None
    note: str = ""
    document_id: int | None = None


def add_version(block: ReleaseBlock, draft: DocumentDraft, *, by: Agent) -> BlockDocumentVersion:
    """Raises Invalid with a problem for each wrong field, NotVisible ``document.unknown``; Conflict
    ``document.same`` for the very bytes of the version before.
    """
    require(by, Permission.PREPARE_RELEASES)
    problems = []
    if draft.file is None:
        problems.append(Problem("document.file", "file"))
    if draft.document_id is None and not 3 <= len(draft.title.strip()) <= 160:
        problems.append(Problem("document.title", "title"))
    if draft.file is None or problems:
        raise Invalid(*problems)
    document = _document(block, draft)
    number = 1
    if document.versions:
        newest = document.versions[-1]
        if newest.file_key == draft.file.key:
            raise Conflict.of("document.same", "file")
        number = newest.number + 1
    version = BlockDocumentVersion(
        document_id=document.id,
        number=number,
        filename=draft.file.filename[:255],
        content_type=draft.file.content_type[:120],
        size=draft.file.size,
        file_key=draft.file.key,
        note=draft.note.strip()[:300],
        added_by=by,
    )
    document.versions.append(version)
    db.session().flush()
    return version


def one_version(version_id: int) -> BlockDocumentVersion:
    """Raises NotVisible ``document.unknown``."""
    found = db.session().get(BlockDocumentVersion, version_id)
    if found is None:
        raise NotVisible.of("document.unknown")
    return found


def _document(block: ReleaseBlock, draft: DocumentDraft) -> BlockDocument:
    session = db.session()
    if draft.document_id is None:
        made = BlockDocument(block_id=block.id, kind=draft.kind, title=draft.title.strip())
        session.add(made)
        session.flush()
        return made
    held = (
        select(BlockDocument)
        .where(BlockDocument.id == draft.document_id, BlockDocument.block_id == block.id)
        .options(joinedload(BlockDocument.versions))
        .with_for_update(of=BlockDocument)
    )
    found = session.scalars(held).unique().one_or_none()
    if found is None:
        raise NotVisible.of("document.unknown")
    return found


def _fresh_code(title: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:50] or "release"
    taken = set(db.session().scalars(select(ReleaseBlock.code)))
    code, number = base, 2
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code
