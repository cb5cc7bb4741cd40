from __future__ import annotations

from pathlib import Path

import pytest

from tests.knowledge.small_base import SmallBase, document, small_base

TEXTS = [
    (
        "Renouveler sa carte de séjour",
        "Le renouvellement du titre de séjour se demande deux mois avant.",
    ),
    ("L'attestation de prolongation d'instruction", "Elle prolonge le titre expiré."),
    ("Valider son visa long séjour (VLS-TS)", "Le visa se valide en ligne."),
    ("Naturalisation : l'entretien", "La nationalité par décret, le mot de passe."),
    ("Document de circulation pour étranger mineur", "Pour voyager avec un enfant."),
    ("Prendre rendez-vous à la préfecture", "Le rendez-vous se prend en ligne."),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> SmallBase:
    folder: Path = tmp_path_factory.mktemp("expansion")
    return small_base(folder, [document(n, *text) for n, text in enumerate(TEXTS)])


def ways(base: SmallBase, typed: str) -> dict[tuple[str, ...], float]:
    return {w.terms: w.weight for slot in base.understand(typed).slots for w in slot.ways}


def test_what_is_typed_is_worth_most(base: SmallBase) -> None:
    found = ways(base, "carte de séjour")
    assert found["cart", "sejour"] == 1.0
    assert 0 < found["titr", "sejour"] < 1.0


@pytest.mark.parametrize("typed", ["TDS", "tds", "carte séjour", "titre de sejour", "CDS"])
def test_the_words_of_the_field_stand_for_each_other(base: SmallBase, typed: str) -> None:
    assert base.slugs(typed)[0] == "a0"


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("API", "a1"),
        ("recepisse", "a1"),
        ("lattestation", "a1"),
        ("vlsts", "a2"),
        ("vls ts", "a2"),
        ("VLS‑TS", "a2"),
        ("visalong", "a2"),
        ("natu", "a3"),
        ("mdp", "a3"),
        ("DCEM", "a4"),
        ("rdv", "a5"),
        ("rendezvous", "a5"),
        ("rendez vous", "a5"),
        ("renouvlement", "a0"),
        ("renouvelman", "a0"),
        ("renou", "a0"),
        ("atestation", "a1"),
        ("natural", "a3"),
    ],
)
def test_what_people_type_leads_there(base: SmallBase, typed: str, slug: str) -> None:
    assert base.slugs(typed)[0] == slug


def test_initials_of_a_title_without_the_vocabulary(tmp_path: Path) -> None:
    base = small_base(
        tmp_path,
        [document(1, "Grille tarifaire des honoraires"), document(2, "Autre chose à lire")],
    )
    assert base.slugs("gth") == ["a1"]


def test_only_the_last_word_is_completed_and_only_when_nothing_follows(base: SmallBase) -> None:
    assert base.slugs("natural")
    assert base.slugs("natural ") == []
    assert base.understand("natural", unfinished=False).slots == ()


def test_small_words_alone_ask_for_nothing(base: SmallBase) -> None:
    assert base.understand("comment est-ce que je dois").slots == ()


def test_a_word_said_twice_counts_once_more(base: SmallBase) -> None:
    (slot,) = base.understand("préfecture, la préfecture !").slots
    assert slot.count == 2


def test_words_that_lead_nowhere_do_not_weigh(base: SmallBase) -> None:
    known = base.ranked("valider visa")[0].score
    more = base.ranked("xqzwv valider visa")[0].score
    assert more.covered == known.covered == 1.0


def test_a_phrase_of_small_words_has_a_meaning(tmp_path: Path) -> None:
    base = small_base(
        tmp_path,
        [document(1, "Suivre sa demande"), document(2, "Trouver sa préfecture")],
    )
    assert base.slugs("où en est-elle ?") == ["a1"]
