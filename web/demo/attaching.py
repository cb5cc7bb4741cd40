"""The files that persons attach: few pictures, kept once, under many names."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from support.kernel import files
from support.kernel.files import StoredFile
from support.tickets.journal import FileDraft
from web.demo import drawing, printing

PNG, PDF = ("image/png", ".png"), ("application/pdf", ".pdf")
# What each kind of attachment is made of.
KINDS = {
    "screenshot": (drawing.screenshot, PNG),
    "photo": (drawing.photograph, PNG),
    "document": (printing.document, PDF),
    "letter": (printing.document, PDF),
}
VARIANTS = 6


class Drawer:
    """Makes and keeps each file once, the first time that it is asked for."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], StoredFile] = {}

    def drafts(self, wanted: Sequence[Mapping[str, Any]]) -> list[FileDraft]:
        """``wanted``: rows with ``name`` and ``kind``. The name's ending follows the content."""
        return [self._draft(row["name"], row["kind"]) for row in wanted]

    def _draft(self, name: str, kind: str) -> FileDraft:
        if name.lower().endswith(".pdf"):
            kind = "document"
        make, (content_type, ending) = KINDS.get(kind, KINDS["screenshot"])
        variant = zlib.crc32(name.encode()) % VARIANTS
        kept = self._kept.get((kind, variant))
        if kept is None:
            kept = self._kept[kind, variant] = files.store().put(make(variant))
        return FileDraft(PurePath(name).stem + ending, content_type, kept.key, kept.size)
