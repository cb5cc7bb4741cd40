"""Which character set eight-bit bytes are in, when nobody says or the label is false.

Each plausible reading is scored by what it makes of the bytes: letters that the language of
the reading really uses, inside words, in natural case. A general detector only breaks ties.
"""

import codecs
import functools
import itertools
import re
import unicodedata

from channels.mail import language

_LATIN_EXTRA = {
    "fr": "àâäæçéèêëîïôöœùûüÿ",
    "es": "áéíóúüñ¿¡ºª",
    "pt": "áàâãçéêíóôõúüºª",
    "it": "àèéìíîòóùú",
    "de": "äöüß",
    "nl": "áéëïóöüèĳ",
    "en": "éèêëïâçñ",
    "sv": "åäöé",
    "da": "æøåé",
    "no": "æøåéòô",
    "tr": "çğıöşüâîûİ",
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýž",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű",
    "ro": "ăâîșțşţ",
    "sr": "čćđšž",
    "sl": "čšž",
    "sq": "çë",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "et": "äõöüšž",
    "ca": "àçéèíïóòúü·",
    "is": "áðéíóúýþæö",
    "vi": "",
}
# Scripts of a single language: the detector is always sure, so their frequent letters judge.
_FREQUENT = {
    "el": "αοιετσνηυρπκμλςόίάέήύώ",
    "he": "יוהלאמרתבשנם",
    "th": "านรอกเงมยลวดทสตะปบคหจพชใไแ่้ัิีุู",
    "ar": "اليمنرتوبةدسعكهحفقأ",
    "fa": "اینردهموتبسشکزگلخ",
    "ur": "اینردہموتبسکلےںپ",
    "ru": "оеаинтсрвлкмдпуяыьгзбчй",
    "uk": "оаинвітеркслмдупязьгйбчї",
    "bg": "аоиетнрсвлкдпмзяъгучб",
    "mk": "аоеинтрвсдклпмујгз",
}
# Codec -> the languages written with it, most likely first, and how likely the codec is.
_CANDIDATES: tuple[tuple[str, str, float], ...] = (
    ("cp1252", "fr es pt it de nl en sv da no ca sq is", 1.0),
    ("cp1256", "ar fa ur", 0.9),
    ("cp1251", "ru uk bg mk", 0.9),
    ("koi8-u", "ru uk", 0.8),
    ("cp1254", "tr", 0.95),
    ("cp1250", "pl cs sk hu ro sr sl sq", 0.9),
    ("iso8859-2", "pl cs sk hu ro sr sl", 0.85),
    ("iso8859-15", "fr es pt it de nl en", 0.8),
    ("cp1253", "el", 0.9),
    ("iso8859-7", "el", 0.8),
    ("cp1255", "he", 0.9),
    ("cp874", "th", 0.9),
    ("cp1257", "lt lv et", 0.8),
    ("gb18030", "zh", 0.9),
    ("cp950", "zh", 0.85),
    ("cp932", "ja", 0.9),
    ("euc_jis_2004", "ja", 0.85),
    ("cp949", "ko", 0.9),
    ("iso8859-6", "ar", 0.7),
    ("iso8859-5", "ru uk bg", 0.7),
    ("cp866", "ru", 0.7),
    ("mac-roman", "fr es pt it de", 0.6),
    ("cp850", "fr es pt it de", 0.6),
    ("cp1258", "vi", 0.5),
)
_SAMPLE = 4096
_COMMON_SIGNS = "«»‹›“”„‘’‚–—…•·°€£§©®™¿¡№×½¼¾²³´\u00a0\u200c\u200d\u200e\u200f،؛؟۔"
_COMMON_SIGNS += "。、，！？：；（）「」『』《》【】％～・ー"
_CYRILLIC = ("ru", "uk", "bg", "mk", "be")
_MISSPELT = re.compile(
    "ς(?=[α-ώ])|[ךםןףץ](?=[א-ת])|ة(?=[ء-ي])|[ัิีึืฺุู](?=[ัิีึืฺุูำ])|(?<![ก-ฮ])[ัิีึืุู]"
    r"|[A-Za-z](?=[\u0370-\u1fff])|[\u0370-\u1fff](?=[A-Za-z])"
)
_TOO_LATIN = 0.45
# Rare in the languages of windows-1252, frequent when another set is read as it.
_ODD_INSIDE_WORDS = "ýþðÝÞÐ¹³¼¾¤¦¨¸ˆ‡ŽŠžš™ƒ†‰•˜¢¥¬¯±¶\x81\x8d\x8f\x90\x9d"


def guess(data: bytes, declared: str = "") -> tuple[str, str]:
    """The most plausible reading of eight-bit ``data`` and the codec it took.

    :param declared: a label found false: it still reads the text when only a few bytes are wrong.
    """
    if _mostly_utf8(data):
        return data.decode("utf-8", "cp1252-fallback"), "utf-8"
    codec = _best_codec(_sample(data))
    if codec:
        return _read(data, codec), codec
    if declared and declared != "utf-8":
        return data.decode(declared, "replace"), declared
    return _read(data, "cp1252"), "cp1252"


def cp1252(data: bytes, defects: list[str]) -> tuple[str, list[str]]:
    """Read as Western European, the usual default, unless another reading is evident."""
    text = _read(data, "cp1252")
    if _looks_wrong(text[:_SAMPLE]):
        sample = _sample(data)
        codec = _best_codec(sample)
        if codec and codec not in ("cp1252", "iso8859-15"):
            return _read(data, codec), [*defects, f"charset-false: {codec}"]
    return text, defects


def _looks_wrong(text: str) -> bool:
    """Too many accents for a Latin text, or signs in the middle of words."""
    accented = sum(c >= "\xc0" and c.isalpha() for c in text)
    letters = sum(c.isalpha() for c in text)
    if accented >= 4 and accented > letters * _TOO_LATIN:
        return True
    return any(
        here in _ODD_INSIDE_WORDS and (before.islower() or after.islower())
        for before, here, after in zip(" " + text, text, text[1:] + " ", strict=False)
    )


@functools.lru_cache(maxsize=64)
def _best_codec(sample: bytes) -> str:
    best, best_score = "", 0.0
    for codec, languages, weight in _CANDIDATES:
        try:
            text = sample.decode(codec)
        except UnicodeDecodeError:
            if codec != "cp1252":
                continue
            text = _read(sample, codec)
        score = _plausibility(text, languages.split()) * weight
        if score > best_score:
            best, best_score = codec, score
    if best_score >= 0.25:
        return best
    from charset_normalizer import from_bytes  # only for what nothing else explains

    found = from_bytes(sample).best()
    return found.encoding if found else ""


def _plausibility(text: str, languages: list[str]) -> float:
    """How well a reading holds as one of ``languages``: 0 nonsense, 1 perfect."""
    foreign = [c for c in text if c > "\x7f" and c not in _COMMON_SIGNS]
    if any(unicodedata.category(c) in ("Cc", "Cn", "Co") for c in foreign):
        return 0.0
    chances = language.probabilities(text)
    if any(code in _CYRILLIC for code in languages):
        chances = dict.fromkeys(_CYRILLIC, sum(chances.get(code, 0.0) for code in _CYRILLIC))
    best = max(
        (
            _share_known(foreign, code)
            * _share_frequent(foreign, code)
            * (0.3 + 0.7 * chances.get(code, 0.0))
            for code in languages
        ),
        default=0.0,
    )
    return best * _natural_case(text) * _well_spelt(text, len(foreign))


def _share_frequent(foreign: list[str], code: str) -> float:
    """For scripts that only one language writes: how ordinary its letters are."""
    usual = _FREQUENT.get(code)
    if usual is None or not foreign:
        return 1.0
    share = sum(c.lower() in usual for c in foreign) / len(foreign)
    small = sum(not c.isupper() for c in foreign) / len(foreign)
    return min(1.0, 1.2 * share) ** 2 * (0.5 + 0.5 * small)


def _share_known(foreign: list[str], code: str) -> float:
    """The share of the non-ASCII characters that the language ``code`` writes with."""
    if not foreign:
        return 1.0
    extra = _LATIN_EXTRA.get(code)
    if extra is not None:
        known = sum(c.lower() in extra for c in foreign)
    else:
        known = sum(_script_fits(c, code) for c in foreign)
    share = known / len(foreign)
    return share * share


_RANGES = {
    "ar": ("\u0600", "\u06ff"),
    "fa": ("\u0600", "\u06ff"),
    "ur": ("\u0600", "\u06ff"),
    "ru": ("\u0400", "\u045f"),
    "uk": ("\u0400", "\u0491"),
    "bg": ("\u0400", "\u045f"),
    "mk": ("\u0400", "\u045f"),
    "el": ("\u0370", "\u03ff"),
    "he": ("\u0590", "\u05ff"),
    "th": ("\u0e00", "\u0e7f"),
    "ko": ("\uac00", "\ud7a3"),
    "zh": ("\u4e00", "\u9fff"),
    "vi": ("\u00c0", "\u1ef9"),
}


def _script_fits(character: str, code: str) -> bool:
    if code == "ja":
        return "\u3040" <= character <= "\u30ff" or "\u4e00" <= character <= "\u9fff"
    low, high = _RANGES[code]
    return low <= character <= high


def _well_spelt(text: str, foreign: int) -> float:
    """Less than 1 for letters where their script never puts them (a final form inside a word)."""
    return max(0.05, 1.0 - 6.0 * len(_MISSPELT.findall(text)) / max(1, foreign))


def _natural_case(text: str) -> float:
    """Less than 1 for capitals after small letters, the mark of a permuted alphabet."""
    odd = sum(
        one.islower() and two.isupper() and two > "\x7f" for one, two in itertools.pairwise(text)
    )
    letters = sum(c.isalpha() and c > "\x7f" for c in text)
    return max(0.1, 1.0 - 2.0 * odd / letters) if letters else 1.0


def _mostly_utf8(data: bytes) -> bool:
    """UTF-8 with a few foreign bytes in it (a pasted signature, a cut character)."""
    good = bad = 0
    for character in data[: _SAMPLE * 16].decode("utf-8", "surrogateescape"):
        if character >= "\udc80" and character <= "\udcff":
            bad += 1
        elif character > "\x7f":
            good += 1
    return good > bad


def _sample(data: bytes) -> bytes:
    """The lines that hold eight-bit bytes, cut at a line end so that no character is split."""
    if len(data) <= _SAMPLE:
        return data
    lines, size = [], 0
    for line in data.split(b"\n"):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size > _SAMPLE:
                break
    return b"\n".join(lines)[: _SAMPLE * 8]


def _read(data: bytes, codec: str) -> str:
    """Strictly where possible; the five holes of windows-1252 as the control characters."""
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return data.decode(codec, "latin-1-holes" if codec == "cp1252" else "replace")


def _holes(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    if error.end >= len(error.object) and len(bad) > 1:
        return "\ufffd", error.end  # a character cut at the end of the data
    return _read(bad, "cp1252"), error.end


codecs.register_error("latin-1-holes", _holes)
codecs.register_error("cp1252-fallback", _as_cp1252)
