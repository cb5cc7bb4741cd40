"""Handing out attachments: always as a download, never as a page of ours."""

from __future__ import annotations

from os import SEEK_END
from typing import Protocol

from flask import Blueprint, Response, send_file
from flask.typing import ResponseReturnValue

from support.kernel import files
from support.kernel.file_kinds import WEB_PICTURES
from support.people.permissions import Permission
from support.tickets.thread import attachment_visible
from web.access import staff
from web.http import me

bp = Blueprint("files", __name__)


@bp.get("/agent/pieces/<int:attachment_id>")
@staff(Permission.READ_TICKETS)
def attachment(attachment_id: int) -> ResponseReturnValue:
    return hand_out(attachment_visible(attachment_id, by=me()))


class Kept(Protocol):
    """A file of ours, whatever it belongs to."""

    @property
    def content_type(self) -> str: ...
    @property
    def file_key(self) -> str: ...
    @property
    def filename(self) -> str: ...


def hand_out(attachment: Kept) -> Response:
    harmless = attachment.content_type in WEB_PICTURES  # shown; everything else is saved
    content = files.store().open(attachment.file_key)
    length = content.seek(0, SEEK_END)
    content.seek(0)
    response = send_file(
        content,
        mimetype=attachment.content_type if harmless else "application/octet-stream",
        as_attachment=not harmless,
        download_name=attachment.filename,
        max_age=0,
    )
    # Without it an empty file ends twice on the wire, and the next answer is lost with it.
    response.content_length = length
    # Browsers lay a picture out with styles of their own.
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = "private, no-store"
    return response
