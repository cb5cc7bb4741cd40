"""The minutes of a meeting as a PDF file: what was spoken of, decided, by whom, for when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from escalation import printing
from escalation.printing import BODY, HEAD, PART, SMALL, lines
from escalation.reviews.models import ReviewItem, ReviewMeeting, Why


def minutes(
    meeting: ReviewMeeting, items: Sequence[ReviewItem], why_words: Callable[[Why], str]
) -> bytes:
    """``why_words``: the heading of each part. The same meeting gives the same words."""
    return printing.document(_title(meeting), story(meeting, items, why_words))


def story(
    meeting: ReviewMeeting, items: Sequence[ReviewItem], why_words: Callable[[Why], str]
) -> list[Flowable]:
    """What it says, piece by piece, before it is laid out on pages."""
    printing.load_fonts()
    said = [Paragraph(escape(_title(meeting)), HEAD), Spacer(1, 3 * mm)]
    said.append(Paragraph(f"Participants : {lines(meeting.participants)}", BODY))
    for why in Why:
        part = [item for item in items if item.why is why and item.dropped_at is None]
        if part:
            said += [Paragraph(escape(why_words(why)), PART), _table(part)]
    return said


def _title(meeting: ReviewMeeting) -> str:
    return f"Compte rendu de la réunion du {meeting.held_on:%d/%m/%Y}"


def _table(items: Sequence[ReviewItem]) -> Table:
    head = [Paragraph(f"<b>{word}</b>", SMALL) for word in ("Point", "Décision", "Qui, pour quand")]
    rows = [head, *([_point(item), _decision(item), _who(item)] for item in items)]
    return printing.ruled(rows, (62, 72, 40))


def _point(item: ReviewItem) -> list[Paragraph]:
    return [Paragraph(lines(item.title), BODY), Paragraph(lines(item.fact), SMALL)]


def _decision(item: ReviewItem) -> Paragraph:
    if item.decided_at is None:
        return Paragraph("Pas vu : revient à la prochaine réunion.", SMALL)
    return Paragraph(lines(item.decision), BODY)


def _who(item: ReviewItem) -> list[Paragraph]:
    if item.owner is None or item.due_on is None:
        return []
    done = [Paragraph("fait", SMALL)] if item.done_at else []
    return [Paragraph(escape(item.owner.full_name), BODY),
            Paragraph(f"{item.due_on:%d/%m/%Y}", SMALL), *done]  # fmt: skip
