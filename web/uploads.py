"""Files that come with a form: into the file store, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import FileStorage

from support.kernel import files
from support.kernel.errors import Invalid, Problem
from support.kernel.file_kinds import readable_type
from support.tickets.journal import FileDraft
from web.filters import size


def take_files(
    uploads: Iterable[FileStorage],
    into: list[FileDraft],
    field: str = "files",
    *,
    readable: bool = False,
    kind_of: Callable[[bytes], str | None] | None = None,
) -> None:
    """Store each upload and add it to ``into``.

    Raises Invalid with a ``file.too_large``, a ``file.empty`` or a ``file.kind`` for each file that
    is refused, after the others have been stored: one bad file loses no good one. ``readable``:
    only pictures and PDF, by their bytes, whatever their name says; the public's pages offer no
    others. ``kind_of`` judges them otherwise: the type of what is taken, None for the rest.
    """
    if readable:
        kind_of = readable_type
    limit = current_app.config["SETTINGS"].largest_upload
    refused: list[Problem] = []
    for upload in uploads:
        if not upload.filename:
            continue
        content = upload.stream.read(limit + 1)
        told = {"name": _bare(upload.filename), "limit": size(limit)}
        kind = kind_of(content) if kind_of else upload.mimetype
        if len(content) > limit or not content or (kind_of and not kind):
            code = "too_large" if len(content) > limit else "kind" if content else "empty"
            refused.append(Problem(f"file.{code}", field, told))
            continue
        stored = files.store().put(content)
        into.append(
            FileDraft(
                filename=told["name"],
                content_type=kind or "application/octet-stream",
                key=stored.key,
                size=stored.size,
            )
        )
    if refused:
        raise Invalid(*refused)


def limit() -> dict[str, Any]:
    """The largest file, for the page to say so before it is sent: in bytes and in words."""
    most = current_app.config["SETTINGS"].largest_upload
    return {"bytes": most, "words": size(most)}


def _bare(filename: str) -> str:
    """The name without folders or control characters; the bytes are never stored under it."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in name if c.isprintable()).strip()[:255] or "fichier"


def seal(file: FileDraft) -> str:
    """A token that stands for a stored file while its form is being mended."""
    facts = [file.filename, file.content_type, file.key, file.size]
    return str(_sealer().dumps(facts))


def unseal(tokens: Iterable[str]) -> list[FileDraft]:
    """The stored files of tokens of ours; anything else is left out."""
    found = []
    for token in tokens:
        try:
            filename, content_type, key, length = _sealer().loads(token)
        except (BadSignature, ValueError, TypeError):
            continue
        found.append(FileDraft(filename, content_type, key, length))
    return found


def kept_files(drafts: Iterable[FileDraft]) -> list[dict[str, str]]:
    """What the upload macro shows of files already received."""
    return [
        {"id": seal(f), "name": f.filename, "size": f"{kind(f.content_type)}, {size(f.size)}"}
        for f in drafts
    ]


def kind(content_type: str) -> str:
    """« image PNG », « PDF »: what a file is, in a word."""
    main, _slash, sub = content_type.partition("/")
    if main == "image":
        return _("image %(kind)s", kind=sub.upper().removeprefix("X-"))
    if sub == "pdf":
        return "PDF"
    if main == "text":
        return _("texte")
    if "word" in sub or "opendocument.text" in sub:
        return _("document Word")
    if "zip" in sub:
        return "ZIP"
    return _("message") if main == "message" else _("fichier")


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="relais.kept-file")
