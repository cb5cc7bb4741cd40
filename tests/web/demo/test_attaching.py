"""The files that persons attach are real ones."""

from __future__ import annotations

import re
import struct
import zlib

import pytest

from support.kernel import files
from web.demo import drawing, printing
from web.demo.attaching import Drawer


def pixels(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and raw rows of a PNG; every chunk's check is verified."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    place, width, height, data = 8, 0, 0, b""
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        kind, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        (check,) = struct.unpack(">I", png[place + 8 + size : place + 12 + size])
        assert check == zlib.crc32(kind + content)
        if kind == b"IHDR":
            width, height = struct.unpack(">II", content[:8])
        data += content if kind == b"IDAT" else b""
        place += 12 + size
    return width, height, zlib.decompress(data)


@pytest.mark.parametrize("variant", range(6))
@pytest.mark.parametrize("make", [drawing.screenshot, drawing.photograph])
def test_a_picture_can_be_opened(make, variant):
    width, height, rows = pixels(make(variant))
    assert len(rows) == height * (1 + 3 * width)
    assert len(set(rows)) > 5  # something is drawn


def test_every_letter_of_the_screens_can_be_drawn():
    words = "".join(title + "".join(lines) for title, lines in drawing.SCREENS).upper()
    assert set(words) - {" "} <= set(drawing._LETTERS)


@pytest.mark.parametrize("variant", range(3))
def test_a_document_has_its_objects_where_it_says(variant):
    pdf = printing.document(variant)
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF", pdf)[1])
    assert pdf[start:].startswith(b"xref\n0 6\n")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", pdf), start=1):
        assert pdf[int(place) :].startswith(b"%d 0 obj" % number)
    said, stream = re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", pdf, re.S).groups()
    assert int(said) == len(stream)


def test_the_name_follows_the_content(file_store):
    rows = [
        {"name": "photo-ecran.jpg", "kind": "screenshot"},
        {"name": "attestation.pdf", "kind": "document"},
        {"name": "courrier.jpg", "kind": "letter"},
    ]
    first, second, third = Drawer().drafts(rows)
    assert (first.filename, first.content_type) == ("photo-ecran.png", "image/png")
    assert (second.filename, second.content_type) == ("attestation.pdf", "application/pdf")
    assert (third.filename, third.content_type) == ("courrier.pdf", "application/pdf")
    assert files.store().read(second.key).startswith(b"%PDF-")
    assert files.store().read(first.key).startswith(b"\x89PNG")
    assert first.size == len(files.store().read(first.key))
