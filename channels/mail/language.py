"""The language a text is written in, by a detector that carries its model with it."""

import functools
from collections.abc import Collection

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Dialects and close relatives, read by the same people -> the code used everywhere else.
_SAME_AS = {
    "ary": "ar",
    "arz": "ar",
    "wuu": "zh",
    "yue": "zh",
    "bs": "sr",
    "hr": "sr",
    "nn": "no",
    "sdh": "ku",
    "pcm": "en",
    "gcf": "ht",
    "gcr": "ht",
    "uzs": "uz",
    "crh": "tr",
    "fuv": "ff",
    "kik": "ki",
}
# How probable a language is before a word is read: whom a French public service hears from.
_MODEL_CODES = (
    "fr en ar ary arz es pt it de nl tr ru uk zh wuu yue bn fa ps ku sdh ur hi ta te pa gu ne si my"
    " km th vi id ms tl ja ko am so sw ka hy az uz uzs kk ky tg tk mn sq ro bg sr hr bs sl mk el he"
    " pl cs sk hu lt lv et fi sv da no nn is ca ht gcf mg rw ln yo ha ig lg fuv pcm ml kn mr be mt"
)
_LIKELY = {"fr": 4.0, "en": 2.0, "ar": 1.5, "es": 1.3, "pt": 1.3, "it": 1.1, "ru": 1.2, "zh": 1.2}
_RARE = {"ca": 0.4, "mt": 0.2, "ht": 0.5, "is": 0.3, "ig": 0.5, "lg": 0.3, "ms": 0.6, "be": 0.5}

# Letters that only one of two close languages has; the small model confuses these pairs.
_TELLING_LETTERS = (
    ("ps", "ټډړږښګڼېۍځڅ"),
    ("uk", "іїєґІЇЄҐ"),
    ("ru", "ыэъёЫЭЪЁ"),
    ("ur", "ٹڈڑےں"),
)
_SAMPLE = 2000


@functools.cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_MODEL_CODES.split())
    return identifier


def probabilities(text: str) -> dict[str, float]:
    """Language code -> probability, for the beginning of ``text``."""
    sample = " ".join(text[:_SAMPLE].split())
    if not sample:
        return {}
    found: dict[str, float] = {}
    for label, score in _identifier().rank(_calmed(sample)):
        code = _SAME_AS.get(label, label)
        found[code] = found.get(code, 0.0) + float(score)
    return found


def detect(text: str, hints: Collection[str] = ()) -> str | None:
    """ISO 639-1 code of the language of ``text``, or None when it has too few words to tell.

    :param hints: languages that something else speaks for (the message's Content-Language).
    """
    words = _worth_reading(text)
    if sum(character.isalpha() for character in words) < 2:
        return None
    for code, letters in _TELLING_LETTERS:
        if sum(words.count(letter) for letter in letters) >= 2 and _written_in(words, letters[0]):
            return code
    weighted = {
        code: score * (_LIKELY.get(code) or _RARE.get(code, 1.0)) * (2.0 if code in hints else 1.0)
        for code, score in probabilities(words).items()
    }
    return max(weighted, key=lambda code: weighted[code]) if weighted else None


def _written_in(text: str, letter: str) -> bool:
    """Whether most letters of ``text`` belong to the script of ``letter``."""
    arabic = "\u0600" <= letter <= "\u06ff"
    low, high = ("\u0600", "\u06ff") if arabic else ("\u0400", "\u04ff")
    letters = [character for character in text if character.isalpha()]
    return sum(low <= character <= high for character in letters) * 2 > len(letters)


def _worth_reading(text: str) -> str:
    """Without addresses, links and numbers, which speak no language."""
    kept = (
        word
        for word in text[: _SAMPLE * 2].split()
        if "@" not in word and "://" not in word and not word.startswith("www.")
    )
    return " ".join(word for word in kept if any(c.isalpha() for c in word))


def _calmed(text: str) -> str:
    """Shouting confuses the model: capitals are lowered when most letters are capitals."""
    upper = sum(character.isupper() for character in text)
    lower = sum(character.islower() for character in text)
    return text.lower() if upper > lower else text
