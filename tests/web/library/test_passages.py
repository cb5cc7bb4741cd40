"""Addresses that lead to the very words."""

from __future__ import annotations

import pytest

from web.library.passages import passage


@pytest.mark.parametrize(
    ("pieces", "end"),
    [
        ([], ""),
        ([("Un résumé sans rien.", False)], ""),
        ([("… il faut une ", False), ("photo", True), (" signée, en couleur.", False)],
         "#:~:text=photo%20sign%C3%A9e"),
        ([("Le ", False), ("rendez-vous", True), (" se prend en ligne chaque lundi.", False)],
         "#:~:text=rendez%2Dvous%20se%20prend%20en"),
        ([("code", True), (" ", False), ("perdu", True), (" : voir", False)],
         "#:~:text=code%20perdu"),
        ([("l’", False), ("adresse", True), ("… ", False)], "#:~:text=adresse"),
    ],
)  # fmt: skip
def test_the_first_match_and_what_follows_in_its_clause(pieces, end: str) -> None:
    assert passage(pieces) == end
