"""The language a text is written in.

The script leaves one language or a few; letters that only one of them has decide next; and a
detector that carries its model with it, helped by the commonest words, judges the rest.
"""

from __future__ import annotations

import array
import functools
import lzma
import mmap
import shutil
import tempfile
from collections.abc import Collection
from typing import Any

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from channels.mail.commonest import COMMONEST
from channels.mail.scripts import CHOICES, script_of

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

# Letters that only one of several close languages has; the small model confuses these.
_TELLING_LETTERS: dict[str, tuple[tuple[str, str], ...]] = {
    "arabic": (
        ("ps", "ټډړږښګڼېۍځڅ"),
        ("ku", "ێۆڵڕڤ"),
        ("ur", "ٹڈڑےں"),
    ),
    "cyrillic": (
        ("kk", "қғңұәһ"),
        ("tg", "ҷӣӯҳ"),
        ("sr", "ђјљњћџ"),
        ("be", "ў"),
        ("uk", "іїєґ"),
        ("mn", "өү"),
        ("ru", "ыэё"),
    ),
}
_SAMPLE = 400  # characters: more changes no answer
_FOR_CHARSETS = 2000
_PIECE = 1 << 14  # numbers of a table written at a time
_ENOUGH_WORDS = 4.0  # of the commonest, each counted by how few languages share it


@functools.cache
def _identifier() -> LanguageIdentifier:
    """The library's own loader holds the whole model twice over, which comes on top of what a
    worker has already. Read a table at a time, of which only our languages are kept.
    """
    with tempfile.TemporaryFile() as unpacked:
        with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
        unpacked.seek(0)
        with np.load(unpacked, allow_pickle=False) as tables:
            known = tables["classes"].tolist()
            ours = set(_MODEL_CODES.split())  # a code may have several columns
            kept = [at for at, code in enumerate(known) if code in ours]
            return LanguageIdentifier(
                tables["ptc"][:, kept],
                tables["pc"][kept],
                [known[at] for at in kept],
                _on_file(tables["nextmove"]),
                tables["out_feat"].tolist(),
                norm_probs=True,
                tk_row=_compact(tables["nextmove_row"]),
            )


def _compact(table: np.ndarray[Any, Any]) -> array.array[int]:
    """Python's own numbers when asked for, which do not overflow, and little memory otherwise."""
    return array.array(table.dtype.char, table.tobytes())


def _on_file(table: np.ndarray[Any, Any]) -> memoryview:
    """The table as it is read from a file that has no name: a text visits few of its pages, and
    only those are in memory. It is the largest part of the model.
    """
    with tempfile.TemporaryFile() as file:
        # Written at once it lies in large pages, and a text then brings whole ones into memory.
        for at in range(0, table.size, _PIECE):
            table[at : at + _PIECE].tofile(file)
        file.flush()
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return memoryview(mapped).cast(table.dtype.char)


def prepare() -> None:
    """Load the model now: it needs most memory while it is loaded."""
    _identifier()


def probabilities(text: str, length: int = _FOR_CHARSETS) -> dict[str, float]:
    """Language code -> probability, for the first ``length`` characters of ``text``."""
    sample = " ".join(text[:length].split())
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
    if sum(map(str.isalpha, words)) < 2:
        return None
    script = script_of(words)
    if script != "latin" and script not in CHOICES:
        return script or None
    if code := _by_letters(words.lower(), script):
        return code
    return _by_model(words, script, hints)


def _by_letters(words: str, script: str) -> str | None:
    for code, letters in _TELLING_LETTERS.get(script, ()):
        if sum(map(words.count, letters)) >= 2:
            return code
    return None


def _by_model(words: str, script: str, hints: Collection[str]) -> str | None:
    allowed = CHOICES.get(script)
    common = _common_words(words) if script == "latin" else {}
    if evident := _evident(common):
        return evident
    best, best_score = None, -1.0
    for code, chance in probabilities(words, _SAMPLE).items():
        if allowed and code not in allowed:
            continue
        known = common.get(code, 0.0)
        score = (chance + 0.02 * known) * (1.0 + known)
        score *= _LIKELY.get(code) or _RARE.get(code, 1.0)
        score *= 2.0 if code in hints else 1.0
        if score > best_score:
            best, best_score = code, score
    return best


def _evident(common: dict[str, float]) -> str | None:
    """The language that nearly all the commonest words are of: no model knows better."""
    if not common:
        return None
    first, *others = sorted(common, key=lambda code: common[code], reverse=True)
    enough = common[first] >= _ENOUGH_WORDS
    alone = not others or common[first] >= 3.0 * common[others[0]]
    return first if enough and alone else None


def _common_words(words: str) -> dict[str, float]:
    """Language -> weight of its commonest words in ``words``: few letters fool a model."""
    found: dict[str, float] = {}
    text = words.lower().replace("’", "'")
    for word in {word.strip(".,;:!?()\"'«»…-") for word in text.split()}:
        for code, weight in COMMONEST.get(word, ()):
            found[code] = found.get(code, 0.0) + weight
    return found


def _worth_reading(text: str) -> str:
    """Without addresses, links and numbers, which speak no language."""
    kept: list[str] = []
    length = 0
    for word in text[: _SAMPLE * 4].split():
        if (
            "@" in word
            or "://" in word
            or word.startswith("www.")
            or not any(map(str.isalpha, word))
        ):
            continue
        kept.append(word)
        length += len(word) + 1
        if length > _SAMPLE:
            break
    return " ".join(kept)[:_SAMPLE]


def _calmed(text: str) -> str:
    """Shouting confuses the model: capitals are lowered when most letters are capitals."""
    upper = sum(map(str.isupper, text))
    return text.lower() if upper * 2 > len(text) - text.count(" ") else text
