"""Files that were too big for the mail that speaks of them, by their secret link."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from support.tickets import downloading
from web.access import public
from web.desk.files import hand_out

bp = Blueprint("downloads", __name__)


@bp.get("/telechargements/<token>")
@public
def download(token: str) -> ResponseReturnValue:
    response = hand_out(downloading.by_download_token(token))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
