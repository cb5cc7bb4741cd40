"""Which script a text is written in, and which languages that leaves."""

import re
from collections import Counter

# A script of one language names it; the others leave a choice.
_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x077F, "arabic"),
    (0x0780, 0x07BF, "dv"),
    (0x08A0, 0x08FF, "arabic"),
    (0x0900, 0x097F, "devanagari"),
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B00, 0x0B7F, "or"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0C00, 0x0C7F, "te"),
    (0x0C80, 0x0CFF, "kn"),
    (0x0D00, 0x0D7F, "ml"),
    (0x0D80, 0x0DFF, "si"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x0F00, 0x0FFF, "bo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1100, 0x11FF, "ko"),
    (0x1200, 0x139F, "ethiopic"),
    (0x1780, 0x17FF, "km"),
    (0x1E00, 0x1EFF, "latin"),
    (0x1F00, 0x1FFF, "el"),
    (0x3040, 0x30FF, "kana"),
    (0x3400, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "ko"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFF, "arabic"),
)
_SCRIPT_OF = {
    slot: name for low, high, name in _BLOCKS for slot in range(low >> 4, (high >> 4) + 1)
}
# One of these says as much as several letters of an alphabet.
_DENSE = {"han": 2.5, "kana": 2.0, "ko": 2.0, "ethiopic": 1.5}

CHOICES: dict[str, frozenset[str]] = {
    "cyrillic": frozenset(["ru", "uk", "bg", "sr", "mk", "be", "kk", "ky", "tg", "mn", "tt"]),
    "arabic": frozenset(["ar", "fa", "ps", "ur", "ku", "ug", "sd"]),
    "devanagari": frozenset(["hi", "ne", "mr"]),
}

_BEYOND_LATIN = re.compile("[\u0370-\u1dff\u1f00-\u1fff\u2c00-\ufaff\ufb50-\uffff]")


def script_of(text: str) -> str:
    """A language code when the script belongs to one language, else the script's name.

    Names: latin, cyrillic, arabic, devanagari. "" when ``text`` has no letters.
    """
    if _BEYOND_LATIN.search(text) is None:
        return "latin" if any(map(str.isalpha, text)) else ""
    found: Counter[str] = Counter()
    for slot, count in Counter(ord(c) >> 4 for c in text if c.isalpha()).items():
        found[_SCRIPT_OF.get(slot, "latin")] += count
    if not found:
        return ""
    # Japanese mixes both; a lone Chinese text has no kana at all.
    if found["kana"] and found["kana"] * 8 >= found["han"]:
        found["kana"] += found.pop("han", 0)
    best = max(found, key=lambda name: found[name] * _DENSE.get(name, 1.0))
    return {"han": "zh", "kana": "ja", "ethiopic": _ethiopic(text)}.get(best, best)


def _ethiopic(text: str) -> str:
    """Tigrinya and Amharic by the syllables that only one of them uses often."""
    tigrinya = sum(text.count(one) for one in "ኣኢቐቑቕኸኹኺኽኾዅሕዓዕ")
    amharic = sum(text.count(one) for one in "አኛኝቸችእው")
    return "ti" if tigrinya > amharic else "am"
