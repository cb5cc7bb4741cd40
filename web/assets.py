"""Style sheets, scripts and icons: kept by browsers for a year, under an address that changes
with them, and sent compressed.

Pages are not compressed: they hold a secret (the form token) beside words of the visitor, and
the length of such a mixture, compressed, tells about the secret.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

COMPRESSIBLE = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
LEAST = 512  # bytes: below, compressing costs more than it saves


def init(app: Flask) -> None:
    folder = Path(app.static_folder or "")
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31536000

    @app.url_defaults
    def name_the_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            path = folder / values.get("filename", "")
            if path.is_file():
                values["v"] = _version(path, path.stat().st_mtime_ns)

    @app.after_request
    def compress(response: Response) -> Response:
        if request.endpoint == "static" and response.mimetype in COMPRESSIBLE:
            response.vary.add("Accept-Encoding")
            path = folder / (request.view_args or {})["filename"]
            if response.status_code == 200 and request.accept_encodings.quality("gzip"):
                _shrink(response, _compressed(path, path.stat().st_mtime_ns))
        return response


def _shrink(response: Response, content: bytes) -> None:
    if len(content) < LEAST:
        return
    response.direct_passthrough = False
    response.set_data(content)
    response.content_encoding = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        # The same words in other bytes: only a weak tag may say they are the same.
        response.set_etag(etag, weak=True)
    response.headers.pop("Accept-Ranges", None)


@lru_cache(maxsize=256)
def _version(path: Path, _changed: int) -> str:
    return blake2b(path.read_bytes(), digest_size=5).hexdigest()


@lru_cache(maxsize=256)
def _compressed(path: Path, _changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)
