"""The minutes of a meeting as a PDF file: what was spoken of, decided, by whom, for when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from escalation.reviews.models import ReviewItem, ReviewMeeting, Why

# The library's own fonts, which have the letters of French and go along in the file.
_FONTS = {"Relais": "Vera.ttf", "Relais-Bold": "VeraBd.ttf"}
_BODY = ParagraphStyle("body", fontName="Relais", fontSize=9, leading=12)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=8, textColor=colors.HexColor("#55595f"))
_HEAD = ParagraphStyle("head", parent=_BODY, fontName="Relais-Bold", fontSize=15, leading=20)
_PART = ParagraphStyle("part", parent=_HEAD, fontSize=11, leading=16, spaceBefore=8)


def minutes(
    meeting: ReviewMeeting, items: Sequence[ReviewItem], why_words: Callable[[Why], str]
) -> bytes:
    """``why_words``: the heading of each part. The same meeting gives the same words."""
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, title=_title(meeting), author="Relais", lang="fr-FR", invariant=1,
        leftMargin=18 * mm, rightMargin=18 * mm, topMargin=16 * mm, bottomMargin=16 * mm,
    )  # fmt: skip
    document.build(story(meeting, items, why_words), onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def story(
    meeting: ReviewMeeting, items: Sequence[ReviewItem], why_words: Callable[[Why], str]
) -> list[Flowable]:
    """What it says, piece by piece, before it is laid out on pages."""
    _load_fonts()
    said = [Paragraph(escape(_title(meeting)), _HEAD), Spacer(1, 3 * mm)]
    said.append(Paragraph(f"Participants : {_lines(meeting.participants)}", _BODY))
    for why in Why:
        part = [item for item in items if item.why is why and item.dropped_at is None]
        if part:
            said += [Paragraph(escape(why_words(why)), _PART), _table(part)]
    return said


def _load_fonts() -> None:
    if "Relais" in pdfmetrics.getRegisteredFontNames():
        return
    for name, file in _FONTS.items():
        pdfmetrics.registerFont(TTFont(name, file))
    bold = "Relais-Bold"
    pdfmetrics.registerFontFamily("Relais", normal="Relais", bold=bold, italic="Relais",
                                  boldItalic=bold)  # fmt: skip


def _title(meeting: ReviewMeeting) -> str:
    return f"Compte rendu de la réunion du {meeting.held_on:%d/%m/%Y}"


def _table(items: Sequence[ReviewItem]) -> Table:
    head = [
        Paragraph(f"<b>{word}</b>", _SMALL) for word in ("Point", "Décision", "Qui, pour quand")
    ]
    rows = [head, *([_point(item), _decision(item), _who(item)] for item in items)]
    table = Table(rows, colWidths=[62 * mm, 72 * mm, 40 * mm], repeatRows=1)
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


def _point(item: ReviewItem) -> list[Paragraph]:
    return [Paragraph(_lines(item.title), _BODY), Paragraph(_lines(item.fact), _SMALL)]


def _decision(item: ReviewItem) -> Paragraph:
    if item.decided_at is None:
        return Paragraph("Pas vu : revient à la prochaine réunion.", _SMALL)
    return Paragraph(_lines(item.decision), _BODY)


def _who(item: ReviewItem) -> list[Paragraph]:
    if item.owner is None or item.due_on is None:
        return []
    done = [Paragraph("fait", _SMALL)] if item.done_at else []
    return [Paragraph(escape(item.owner.full_name), _BODY),
            Paragraph(f"{item.due_on:%d/%m/%Y}", _SMALL), *done]  # fmt: skip


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _foot(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.setFont("Relais", 8)
    canvas.drawRightString(192 * mm, 10 * mm, f"{document.page}")
