"""What a file is, by its bytes: its name and what its sender declared may say anything."""

from __future__ import annotations

import zipfile
from io import BytesIO

PDF = "application/pdf"
PDF_WITHIN = 1024  # bytes in which readers look for the mark of a PDF
_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftyphevc", "image/heic"),
    (4, b"ftypmsf1", "image/heif"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
)
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OFFICE = {
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


# What every browser shows, and none of which can run a script.
WEB_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def picture_type(content: bytes) -> str | None:
    """The type that the first bytes tell, of a picture."""
    signs = (kind for offset, sign, kind in _SIGNS if content.startswith(sign, offset))
    return next(signs, None)


def readable_type(content: bytes) -> str | None:
    """Of a picture or a PDF."""
    return PDF if b"%PDF-" in content[:PDF_WITHIN] else picture_type(content)


def document_type(content: bytes) -> str | None:
    """Of a picture that pages can show, a PDF, or a text or sheet of an office suite that holds no
    programme.
    """
    kind = readable_type(content) or _office_type(content)
    return None if kind and kind.startswith("image/") and kind not in WEB_PICTURES else kind


def _office_type(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            said = _beginning(archive, "mimetype") if "mimetype" in names else ""
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError):
        return None
    if any("vbaProject" in name or name.startswith("Basic/") for name in names):
        return None
    if said in (_OPEN_DOCUMENT + "text", _OPEN_DOCUMENT + "spreadsheet"):
        return said
    if "[Content_Types].xml" not in names:
        return None
    parts = {name.partition("/")[0] for name in names}
    return next((kind for part, kind in _OFFICE.items() if part in parts), None)


def _beginning(archive: zipfile.ZipFile, name: str) -> str:
    """Never all of it: a few bytes may unpack to gigabytes."""
    with archive.open(name) as packed:
        return packed.read(100).decode()
