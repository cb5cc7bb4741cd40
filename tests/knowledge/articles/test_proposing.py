"""An answer without what says who it was for, as a draft for the editors."""

from __future__ import annotations

import pytest

from knowledge.articles import editors, proposing
from knowledge.articles.models import ArticleState, Audience
from knowledge.articles.writing import Words
from support.kernel.errors import Forbidden, Invalid
from tests.cast import Cast

NAMES = ["Awa Traoré-Diallo", "Jean Petit"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Bonjour Madame Traoré,\n\nLe code arrive.", "Le code arrive."),
        ("Écrivez à awa.t@example.org ou au 06 12 34 56 78.", "Écrivez à … ou au …."),
        ("Votre numéro 9912345678, ticket 2611-2004-8317.", "Votre numéro …, ticket …."),
        ("Depuis 2024, en 2 étapes et 15 jours.", "Depuis 2024, en 2 étapes et 15 jours."),
        ("AWA TRAORE DIALLO doit venir.", "… doit venir."),
        ("L'enfant d'Awa viendra.", "L'enfant … viendra."),
        ("Née le 12/03/1990.", "Née le …."),
        ("Voir https://relais.example.org/suivi/abc-DEF_1 ici.", "Voir … ici."),
        ("Voir https://example.org/aide/photo ici.", "Voir https://example.org/aide/photo ici."),
        ("Un petit délai.\n\nCordialement,\nJean Petit", "Un … délai.\n\n…"),
    ],
)  # fmt: skip
def test_what_is_left_out(text: str, left: str) -> None:
    assert proposing.stripped(text, NAMES) == left


def test_a_draft_for_the_editors(cast: Cast) -> None:
    words = Words("Le code de retrait", "", "Il arrive en deux jours.")
    with pytest.raises(Forbidden):
        proposing.propose("code", words, by=cast.referent)
    with pytest.raises(Invalid):
        proposing.propose("code", Words("Titre", "", " "), by=cast.teleadviser)
    made = proposing.propose("code", words, by=cast.teleadviser, reasons=["other"])
    assert (made.state, made.audience) == (ArticleState.DRAFT, Audience.STAFF)
    assert made.owner_agent_id == cast.editor.id
    _article, revision = editors.one_for_editor(made.id, by=cast.editor)
    assert cast.teleadviser.full_name in revision.comment
