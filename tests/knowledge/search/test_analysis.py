from __future__ import annotations

import pytest

from knowledge.folding import fold
from knowledge.search.analysis import spans, term_of, terms, tokens
from knowledge.search.stemming import stem


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Œuvre ÉPHÉMÈRE", "oeuvre ephemere"),
        ("çà et là", "ca et la"),
        ("ｖｉｓａ", "visa"),
        ("", ""),
    ],
)
def test_folding(typed: str, folded: str) -> None:
    assert fold(typed) == folded


# Each line is one word to whoever searches.
SAME = [
    "renouveler renouvellement renouvellements renouvelle renouvelée renouvelés",
    "délivrer délivré délivrée délivrés délivrées délivrance",
    "valider validation validé validée valide",
    "convoquer convocation convocations convoqué",
    "bloquer blocage bloqué bloquée",
    "étudiant étudiante étudiants étudiantes",
    "européen européenne européens européennes",
    "algérien algérienne algériens",
    "étranger étrangère étrangers étrangères",
    "salarié salariée salariés",
    "national nationale nationaux nationales",
    "familial familiale familiaux",
    "récépissé récépissés",
    "naturalisation naturaliser naturalisé",
    "perdre perdu perdue perte",
    "déposer dépôt déposée dépôts",
    "payer paiement payement paie",
    "connexion connecter connecté",
    "français française françaises",
    "définitif définitive",
    "changer changement changements change",
    "expirer expiré expiration périmé",
    "refus refuser refusée",
    "réfugié réfugiée réfugiés",
    "créer création créé créée",
]
# Words that must not meet.
APART = [
    "département départ",
    "mineur mine",
    "retraité retrait",
    "résident résidence",
    "carte cartable",
    "visa visage",
    "français frais",
    "poste posture",
    "timbre timide",
    "nationalité naturalisation",
    "travail traverser",
    "passeport passage",
]


@pytest.mark.parametrize("line", SAME)
def test_forms_of_one_word_meet(line: str) -> None:
    assert len({term_of(fold(word)) for word in line.split()}) == 1


@pytest.mark.parametrize("line", APART)
def test_other_words_do_not(line: str) -> None:
    words = line.split()
    assert len({term_of(fold(word)) for word in words}) == len(words)


@pytest.mark.parametrize("word", ["a", "api", "f2718", "r431", "mot", "180", "été", "طلب"])
def test_short_words_and_codes_stay(word: str) -> None:
    assert stem(word) == word


def test_accents_never_change_a_term() -> None:
    text = "L'étudiante réfugiée a déposé sa demande à la préfecture d'Évry, où elle a payé."
    assert [t.term for t in tokens(text)] == [t.term for t in tokens(fold(text))]


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ"])
def test_elided_words_stand_alone(apostrophe: str) -> None:
    text = "l'attestation d'instruction qu'on attend jusqu'ici".replace("'", apostrophe)
    assert terms(text) == terms("attestation instruction attend")


def test_positions_count_every_word_so_that_extracts_can_find_them() -> None:
    text = "Le titre de séjour, c'est où ?"
    places = spans(text)
    for token in tokens(text):
        start, end = places[token.position]
        assert fold(text[start:end]) == token.word


def test_a_compound_is_its_parts_and_itself() -> None:
    found = [(t.word, t.position, t.parts) for t in tokens("Un VLS-TS et un rendez-vous")]
    assert ("vls", 1, 1) in found
    assert ("vlsts", 1, 2) in found
    assert ("rendezvous", 5, 2) in found


def test_hyphens_of_grammar_make_no_word() -> None:
    assert [t.word for t in tokens("Avez-vous reçu ? Est-ce possible ?")] == ["recu", "possible"]


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert [t.term for t in tokens("re\u0301ce\u0301pisse\u0301")] == ["recepis"]


def test_other_scripts_are_words_too() -> None:
    assert [t.word for t in tokens("تجديد الإقامة")] != []
    assert len(list(tokens("продление карты"))) == 2
