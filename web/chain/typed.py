"""Reading a form of these pages: what was typed, the files that came with it, and its key."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from support.kernel.errors import Invalid
from support.tickets.journal import FileDraft
from web import uploads
from web.messages import sentence


@dataclass
class Typed:
    """What is on screen. ``files`` were received already; ``errors`` are words by field."""

    values: dict[str, str]
    key: str
    files: list[FileDraft] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def add(self, refusal: Invalid) -> None:
        for problem in refusal.problems:
            self.errors.setdefault(problem.field or "text", sentence(problem))

    @property
    def kept(self) -> Sequence[Mapping[str, Any]]:
        return uploads.kept_files(self.files)


def blank(names: Sequence[str]) -> Typed:
    return Typed({name: request.args.get(name, "") for name in names}, secrets.token_urlsafe(16))


def sent(names: Sequence[str]) -> Typed:
    """The form as sent. Files are kept at once, even when the rest is not right yet."""
    removed = set(request.form.getlist("retirer"))
    typed = Typed(
        values={name: request.form.get(name, "") for name in names},
        key=(request.form.get("cle") or secrets.token_urlsafe(16))[:64],
        files=uploads.unseal(t for t in request.form.getlist("kept") if t not in removed),
    )
    try:
        uploads.take_files(request.files.getlist("files"), typed.files)
    except Invalid as refusal:
        typed.add(refusal)
    return typed
