"""Our PDF files: fonts, styles and tables that they share."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, SimpleDocTemplate, Table, TableStyle

# The library's own fonts, which have the letters of French and go along in the file.
_FONTS = {"Relais": "Vera.ttf", "Relais-Bold": "VeraBd.ttf"}
BODY = ParagraphStyle("body", fontName="Relais", fontSize=9, leading=12)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=8, textColor=colors.HexColor("#55595f"))
HEAD = ParagraphStyle("head", parent=BODY, fontName="Relais-Bold", fontSize=15, leading=20)
PART = ParagraphStyle("part", parent=HEAD, fontSize=11, leading=16, spaceBefore=8)


def document(title: str, story: Sequence[Flowable]) -> bytes:
    """A4, pages numbered. The same story gives the same bytes."""
    load_fonts()
    out = BytesIO()
    pages = SimpleDocTemplate(
        out, pagesize=A4, title=title, author="Relais", lang="fr-FR", invariant=1,
        leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=16 * mm,
    )  # fmt: skip
    pages.build(list(story), onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def load_fonts() -> None:
    """Before the first paragraph is laid out."""
    if "Relais" in pdfmetrics.getRegisteredFontNames():
        return
    for name, file in _FONTS.items():
        pdfmetrics.registerFont(TTFont(name, file))
    bold = "Relais-Bold"
    pdfmetrics.registerFontFamily("Relais", normal="Relais", bold=bold, italic="Relais",
                                  boldItalic=bold)  # fmt: skip


def has_letters(words: str) -> bool:
    """Whether the fonts have every letter of ``words``: Arabic, for one, they have not."""
    load_fonts()
    known = pdfmetrics.getFont("Relais").face.charToGlyph
    return all(ord(letter) in known for letter in words)


def ruled(rows: Sequence[Sequence[object]], widths: Sequence[float]) -> Table:
    """A table under its head, a line under each row. ``widths`` in millimetres."""
    table = Table(rows, colWidths=[width * mm for width in widths], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#c8c8cc")),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return table


def lines(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _foot(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.setFont("Relais", 8)
    canvas.drawRightString(192 * mm, 10 * mm, f"{document.page}")
