"""A one-page PDF in plain letters: what a person attaches as a document."""

from __future__ import annotations

from collections.abc import Sequence

PAGES = (
    ("ATTESTATION DE DEPOT", ("Document de demonstration, sans valeur.", "Demande enregistree.",
                              "Aucune piece manquante a ce jour.")),
    ("CONTRAT DE TRAVAIL", ("Document de demonstration, sans valeur.", "Entre l'employeur",
                            "et la personne salariee.")),
    ("CERTIFICAT DE SCOLARITE", ("Document de demonstration, sans valeur.",
                                 "Annee universitaire en cours.")),
)  # fmt: skip


def document(variant: int) -> bytes:
    """A PDF file of one A4 page."""
    title, lines = PAGES[variant % len(PAGES)]
    return _pdf(title, lines)


def _pdf(title: str, lines: Sequence[str]) -> bytes:
    parts = [_text(20, 72, 760, title)]
    parts += [_text(12, 72, 720 - 22 * n, line) for n, line in enumerate(lines)]
    stream = "\n".join(parts).encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def _text(size: int, x: int, y: int, words: str) -> str:
    safe = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf {x} {y} Td ({safe}) Tj ET"
