"""Why an article was found, in an editor's words: what the ranking took into account."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from knowledge.search.document import Part
from knowledge.search.ranking import Met, Score


@dataclass(frozen=True)
class Word:
    """A word of the query as it was read; ``found`` says where it stands in the article."""

    typed: str
    found: str


def words(score: Score) -> list[Word]:
    """Each word of the query, in the order it was typed; the same word is told once."""
    return [Word(met.typed, _where(met)) for met in score.met]


def factors(score: Score) -> list[tuple[str, str]]:
    """What the worth of the words is multiplied by, as ``(name, figure)``."""
    told = [
        (_("valeur des mots"), format_decimal(round(score.words, 1))),
        (_("part de la question couverte"), format_percent(round(score.covered, 2))),
        (_("accord avec le titre"), format_percent(round(score.title_fit, 2))),
    ]
    if len(score.met) > 1:
        near = format_percent(round(score.nearness, 2))
        told.insert(2, (_("mots proches les uns des autres"), near))
    if score.context != 1:
        told.append((_("motif, démarche ou niveau"), _times(score.context)))
    if score.proven != 1:
        told.append((_("demandes de ce motif déjà réglées par elle"), _times(score.proven)))
    if score.fresh != 1:
        told.append((_("à vérifier de nouveau"), _times(score.fresh)))
    return told


def _times(factor: float) -> str:
    return f"× {format_decimal(round(factor, 2))}"


def _where(met: Met) -> str:
    if not met.parts:
        return _("absent")
    fields = ", ".join(_field(part) for part in met.parts)
    if met.share < 1:
        # A synonym, a near spelling, the rest of a word, or only some words of a phrase.
        return _("%(fields)s (à peu près)", fields=fields)
    return fields


def _field(part: Part) -> str:
    return {
        Part.TITLE: _("titre"),
        Part.KEYWORDS: _("mots-clés"),
        Part.HEADINGS: _("intertitres"),
        Part.SUMMARY: _("résumé"),
        Part.BODY: _("texte"),
    }[part]
