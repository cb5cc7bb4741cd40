"""The statement of steps that a person takes along: dates and references only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from xml.sax.saxutils import escape

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from escalation import printing
from escalation.fallback.known import Proof
from escalation.fallback.models import FallbackCase, StepKind
from escalation.printing import BODY, HEAD, PART, SMALL

TITLE = "Relevé des démarches effectuées"
_BLANK = "." * 40  # written by hand: the fonts lack its letters


def statement(
    case: FallbackCase, proofs: Sequence[Proof], kind_words: Callable[[StepKind], str], day: date
) -> bytes:
    """``kind_words``: how each kind of step is called. ``day``: of the statement."""
    return printing.document(TITLE, story(case, proofs, kind_words, day))


def story(
    case: FallbackCase, proofs: Sequence[Proof], kind_words: Callable[[StepKind], str], day: date
) -> list[Flowable]:
    """What it says, piece by piece: no message, no file, no agent's name, no state of a file."""
    printing.load_fonts()
    person, place = case.person, case.site.name if case.site else "Centre de contact citoyens"
    name = person.full_name if printing.has_letters(person.full_name) else ""
    said = [
        Paragraph(escape(TITLE), HEAD), Spacer(1, 3 * mm),
        Paragraph(f"Personne : {escape(name or _BLANK)}", BODY),
    ]  # fmt: skip
    if person.foreigner_number:
        said.append(Paragraph(f"Numéro étranger : {escape(person.foreigner_number)}", BODY))
    said += [
        Paragraph(f"Démarche : {escape(case.procedure.label)}", BODY),
        Paragraph(f"Établi le {day:%d/%m/%Y} : {escape(place)}", BODY),
        Paragraph("Ce qui a été fait", PART),
    ]
    head = [Paragraph(f"<b>{word}</b>", SMALL) for word in ("Date", "Démarche", "Référence")]
    rows: list[list[object]] = [list(head)]
    rows += [
        [
            Paragraph(f"{proof.on:%d/%m/%Y}", BODY),
            Paragraph(escape(kind_words(proof.kind)), BODY),
            Paragraph(escape(proof.reference), BODY),
        ]
        for proof in proofs
    ]
    said.append(
        printing.ruled(rows, (28, 76, 70)) if proofs
        else Paragraph("Aucune démarche n’est encore notée.", BODY)
    )  # fmt: skip
    said += [
        Spacer(1, 6 * mm),
        Paragraph(
            "Ce relevé rappelle des dates et des références. Il ne vaut ni dépôt d’une demande, "
            "ni récépissé, ni décision.",
            SMALL,
        ),
    ]
    return said
