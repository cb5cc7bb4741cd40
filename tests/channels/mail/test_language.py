"""One line of a mail is enough to tell its language."""

from pathlib import Path

import pytest
import yaml
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from channels.mail import language
from channels.mail.language import detect

SENTENCES: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "languages.yaml").read_text()
)


@pytest.mark.parametrize("code", SENTENCES)
def test_what_people_write_is_told(code: str) -> None:
    assert {text: detect(text) for text in SENTENCES[code]} == dict.fromkeys(SENTENCES[code], code)


@pytest.mark.parametrize("text", ["", "…", "12/03/2026 10:30", "https://example.org/a", "😀"])
def test_what_is_no_language_is_not_guessed(text: str) -> None:
    assert detect(text) is None


def test_a_name_in_another_script_does_not_decide() -> None:
    assert detect("Bonjour, je m'appelle محمد et je n'ai pas reçu ma carte de séjour.") == "fr"
    assert detect("مرحبا، لا أستطيع الدخول إلى موقع ANEF منذ أسبوع") == "ar"
    assert detect("您好，我的 titre de séjour 下周到期，请帮助我。") == "zh"


def test_a_letter_of_common_words_needs_no_model() -> None:
    language._identifier.cache_clear()
    assert detect("Bonjour, je n'ai pas reçu de réponse à ma demande, merci de votre aide.") == "fr"
    assert language._identifier.cache_info().currsize == 0


def test_a_table_at_a_time_is_the_same_model() -> None:
    """The layout of the model is the library's own affair: another version may change it."""
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages(language._MODEL_CODES.split())
    ours = language._identifier()
    for text in ("où en est mon dossier", "Günaydın, oturma iznim nerede", "где мое дело", "xyz"):
        assert ours.rank(text) == whole.rank(text)
