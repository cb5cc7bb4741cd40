"""What a person newly wrote: one case a client or a habit, as those programs write it."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from channels.mail.quoting import reply_text

QUOTED = "> Bonjour,\n> nous avons bien reçu votre demande.\n>\n> Le centre"
BARE = "Bonjour,\nnous avons bien reçu votre demande.\n\nLe centre"

_HERE = Path(__file__).parent
_CASES = yaml.safe_load((_HERE / "quotations.yaml").read_text())
MARKED: dict[str, str] = _CASES["marked"]
UNMARKED: dict[str, str] = _CASES["unmarked"]
FOOTERS: dict[str, list[str]] = yaml.safe_load((_HERE / "footers.yaml").read_text())
STORIES: dict[str, dict[str, str]] = yaml.safe_load((_HERE / "replies.yaml").read_text())

NEW = "Merci pour votre réponse.\n\nVoici le document demandé."


@pytest.mark.parametrize("text", ["\x0b\ufffd", "\x0b", "\x1c\x1d :", "\u2028:"])
def test_a_line_of_blanks_of_another_kind_is_read(text: str) -> None:
    assert reply_text(text).strip() in (text.strip(), "")


@pytest.mark.parametrize("attribution", MARKED.values(), ids=MARKED)
def test_text_above_a_marked_quotation(attribution: str) -> None:
    assert reply_text(f"{NEW}\n\n{attribution}\n{QUOTED}\n") == NEW


@pytest.mark.parametrize("attribution", MARKED.values(), ids=MARKED)
def test_text_below_a_marked_quotation(attribution: str) -> None:
    assert reply_text(f"{attribution}\n{QUOTED}\n\n{NEW}\n") == NEW


@pytest.mark.parametrize("opening", UNMARKED.values(), ids=UNMARKED)
def test_text_above_an_unmarked_copy(opening: str) -> None:
    assert reply_text(f"{NEW}\n\n{opening}\n{BARE}\n") == NEW


ONE_LINE = {
    name: line
    for name, line in ((name, text.strip("\n")) for name, text in MARKED.items())
    if line and "\n" not in line
}
NARROWEST = 25  # no program wraps its lines sooner
# Without an address, an hour or marks below, it may be a sentence of the author.
UNSURE = {
    "thunderbird-plain",
    "thunderbird-plain-fr",
    "android-stock",
    "gmail-old-without-address",
    "forum",
}


@pytest.mark.parametrize("name", ONE_LINE)
def test_an_attribution_may_be_wrapped_wherever_programs_wrap(name: str) -> None:
    line = ONE_LINE[name]
    for match in re.finditer(r"[ \u00a0\u202f]", line):
        wrapped = f"{line[: match.start()]}\n{line[match.end() :]}"
        if match.start() < NARROWEST or re.match(r"\S*$", line[match.end() :].strip("> :")):
            continue  # a lone last word may as well be a line that somebody wrote
        answer = reply_text(f"{NEW}\n\n{wrapped}\n{QUOTED}\n")
        assert answer == NEW or name in UNSURE, wrapped


@pytest.mark.parametrize("name", ONE_LINE)
def test_the_authors_line_right_above_an_attribution_is_theirs(name: str) -> None:
    line = ONE_LINE[name]
    for match in re.finditer(r"[ \u00a0\u202f]", line):
        wrapped = f"{line[: match.start()]}\n{line[match.end() :]}"
        assert reply_text(f"{NEW}\n{wrapped}\n{QUOTED}\n").startswith(NEW)


@pytest.mark.parametrize("name", [name for name in ONE_LINE if name not in UNSURE])
def test_text_above_an_attribution_without_marks_below(name: str) -> None:
    if not ONE_LINE[name].startswith(">"):
        assert reply_text(f"{NEW}\n\n{ONE_LINE[name]}\n\n{BARE}\n") == NEW


@pytest.mark.parametrize("name", STORIES)
def test_a_message_shows_what_its_author_wrote(name: str) -> None:
    story = STORIES[name]
    assert reply_text(story["text"]) == story.get("own", story["text"]).strip()


@pytest.mark.parametrize("line", FOOTERS["devices"])
def test_a_device_line_is_removed(line: str) -> None:
    assert reply_text(f"{NEW}\n\n{line}\n") == NEW
    assert reply_text(f"{NEW}\n\n{line}\n\n{MARKED['apple-fr']}\n{QUOTED}\n") == NEW


@pytest.mark.parametrize("paragraph", FOOTERS["legal"])
def test_a_footer_is_removed(paragraph: str) -> None:
    assert reply_text(f"{NEW}\n\n{paragraph}\n") == NEW
    assert reply_text(f"{NEW}\n\n{paragraph}\n\n{UNMARKED['outlook-fr']}\n{BARE}\n") == NEW


@pytest.mark.parametrize("line", FOOTERS["authors"])
def test_what_only_looks_like_a_footer_is_kept(line: str) -> None:
    assert reply_text(f"{NEW}\n\n{line}") == f"{NEW}\n\n{line}"


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
    written = iter(line.strip() for line in text.split("\n"))
    assert all(line.strip() in written for line in answer.split("\n") if line.strip())


_WORDS = st.lists(
    st.text("abcdéàçñйщ中文عربي,.!?'", min_size=1, max_size=9), min_size=1, max_size=9
)
_LINE = _WORDS.map(" ".join)
_PARAGRAPHS = st.lists(_LINE, min_size=1, max_size=6).map("\n".join)


@given(_PARAGRAPHS)
def test_text_without_marks_headers_or_rules_comes_back_whole(text: str) -> None:
    assert reply_text(text) == "\n".join(line.rstrip() for line in text.strip().split("\n"))


@given(above=_LINE, between=_LINE, below=_LINE, shape=st.sampled_from(sorted(ONE_LINE)))
def test_what_is_typed_around_a_quotation_is_never_lost(
    above: str, between: str, below: str, shape: str
) -> None:
    text = f"{above}\n\n{ONE_LINE[shape]}\n> Une question ?\n\n{between}\n\n> Et ?\n\n{below}"
    answer = reply_text(text).split("\n")
    assert {line.rstrip() for line in (above, between, below)} <= {line.rstrip() for line in answer}
