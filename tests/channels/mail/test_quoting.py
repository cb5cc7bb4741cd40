"""What a person newly wrote: one case a client or a habit, as those programs write it."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.quoting import reply_text

QUOTED = "> Bonjour,\n> nous avons bien reçu votre demande.\n>\n> Le centre"
BARE = "Bonjour,\nnous avons bien reçu votre demande.\n\nLe centre"

_CASES = yaml.safe_load((Path(__file__).parent / "quotations.yaml").read_text())
MARKED: dict[str, str] = _CASES["marked"]
UNMARKED: dict[str, str] = _CASES["unmarked"]

NEW = "Merci pour votre réponse.\n\nVoici le document demandé."


@pytest.mark.parametrize("attribution", MARKED.values(), ids=MARKED)
def test_text_above_a_marked_quotation(attribution: str) -> None:
    assert reply_text(f"{NEW}\n\n{attribution}\n{QUOTED}\n") == NEW


@pytest.mark.parametrize("attribution", MARKED.values(), ids=MARKED)
def test_text_below_a_marked_quotation(attribution: str) -> None:
    assert reply_text(f"{attribution}\n{QUOTED}\n\n{NEW}\n") == NEW


@pytest.mark.parametrize("opening", UNMARKED.values(), ids=UNMARKED)
def test_text_above_an_unmarked_copy(opening: str) -> None:
    assert reply_text(f"{NEW}\n\n{opening}\n{BARE}\n") == NEW


def test_answers_between_the_quoted_lines_are_all_kept() -> None:
    text = (
        "Bonjour,\n\nLe 03/03/2025 à 10:12, Le centre a écrit :\n> Quel est votre numéro ?\n"
        "9912345678\n> Et la date ?\nLe 12 mars.\n> Merci\n\nBonne journée"
    )
    assert reply_text(text) == "Bonjour,\n\n9912345678\n\nLe 12 mars.\n\nBonne journée"


def test_the_rest_of_a_broken_quoted_line_is_not_the_authors() -> None:
    long = "> " + "nous avons besoin de votre justificatif de domicile récent et lisible en"
    assert reply_text(f"Voici.\n\n{long}\ncouleur\n> merci\n") == "Voici."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nJean Dupont\n06 00 00 00 00",
        "--\nJean Dupont",
        "Envoyé de mon iPhone",
        "Envoyé depuis l'application Mail Orange",
        "Envoyé à partir de Outlook pour Android",
        "Télécharger Outlook pour iOS <https://example.org/o>",
        "Provenance : Courrier pour Windows",
        "Sent from my iPhone",
        "Get Outlook for Android <https://example.org/o>",
        "Von meinem iPhone gesendet",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Отправлено с iPhone",
        "iPhone'umdan gönderildi",
        "发自我的 iPhone",
        "أرسلت من الـ iPhone",
        "Ce message et ses pièces jointes peuvent contenir des informations confidentielles.",
        "This e-mail and any attachments are confidential and intended for the addressee.",
        "________________________________\nGaranti sans virus. www.example.org",
        "Envoyé de mon iPhone\n\n-- \nJean",
    ],
)
def test_signatures_and_footers_are_removed(signature: str) -> None:
    assert reply_text(f"{NEW}\n\n{signature}\n") == NEW
    assert reply_text(f"{NEW}\n\n{signature}\n\n{MARKED['apple-fr']}\n{QUOTED}\n") == NEW
    assert reply_text(f"{NEW}\n\n{signature}\n\n{UNMARKED['outlook-fr']}\n{BARE}\n") == NEW


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour,\n\nje n'arrive pas à me connecter.\n\nCordialement,\nJean Dupont",
        "Nom : Dupont\nPrénom : Jean\nDate : 3 mars 2025\nObjet : visa\n\nMon dossier est bloqué.",
        "Le 3 mars, la préfecture m'a écrit :\nvotre dossier est incomplet.\n\nQue faire ?",
        "Voici le message affiché à l'écran :\nErreur 500, réessayez.\n\nQue faire ?",
        "J'ai choisi > Mon compte > Mes demandes.\nRien ne s'affiche.",
        "Depuis le 12/03/2025 à 10:30 le site affiche :\nindisponible",
        "Points :\n\n- un\n- deux\n\n--------\n\nMerci d'avance pour votre aide",
        "From the beginning: it never worked.\nTo be clear: I tried twice.",
    ],
)
def test_when_unsure_everything_is_kept(text: str) -> None:
    assert reply_text(text) == text


def test_a_message_that_is_only_a_quotation_is_shown_whole() -> None:
    assert reply_text(QUOTED) == QUOTED
    forwarded = UNMARKED["gmail-forward-fr"] + BARE
    assert reply_text(forwarded) == forwarded.strip()


@given(st.text(alphabet=st.sampled_from("ab >:-\n@.0123 De À Le écrit"), max_size=400))
def test_never_raises_and_never_invents(text: str) -> None:
    answer = reply_text(text)
    assert bool(answer) == bool(text.strip())
    written = {line.strip() for line in text.split("\n")}
    assert all(line.strip() in written for line in answer.split("\n"))
