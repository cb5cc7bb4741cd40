"""The files of a mail: as many as fit go along, the others are had by a link."""

from __future__ import annotations

from collections.abc import Sequence

from channels.mail import post
from channels.mail.composing import OutgoingFile
from support.kernel import files
from support.tickets.timeline import Attachment


def sorted_by_weight(found: Sequence[Attachment]) -> tuple[list[Attachment], list[Attachment]]:
    """What the mail carries, and what is beyond its limit: as many files as fit go along."""
    left = post.current().files_limit
    attached: list[Attachment] = []
    linked: list[Attachment] = []
    for one in sorted(found, key=lambda file: (file.size, file.id)):
        fits = one.size <= left
        (attached if fits else linked).append(one)
        left -= one.size if fits else 0
    return sorted(attached, key=_order), sorted(linked, key=_order)


def read_files(attached: Sequence[Attachment]) -> list[OutgoingFile]:
    """Raises OSError when the store cannot be read now."""
    store = files.store()
    return [
        OutgoingFile(kept.filename, kept.content_type, store.read(kept.file_key))
        for kept in attached
    ]


def megabytes(size: int) -> str:
    return f"{max(size, 50_000) / 1_000_000:.1f} MB"


def _order(file: Attachment) -> int:
    return file.id
