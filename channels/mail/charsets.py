"""Bytes to text when the label may be missing, vague or false.

Declared character sets are read through the superset that mail programs really mean
(``gb2312`` is ``gb18030``, ``iso-8859-1`` is ``windows-1252``), text that is UTF-8 is read as
UTF-8 whatever the label says, and only what is left is guessed.
"""

import codecs
import functools
import re

from channels.mail import guessing, iso2022

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Label (lower case, "_" and " " as "-") -> the Python codec that reads what is really meant.
_MEANT = {
    "": "",
    "default": "",
    "unknown": "",
    "unknown-8bit": "",
    "x-unknown": "",
    "x-user-defined": "",
    "binary": "",
    "8bit": "",
    "none": "",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "ansi-x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso88591": "cp1252",
    "iso-latin-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "8859-1": "cp1252",
    "ansi": "cp1252",
    "iso-8859-9": "cp1254",
    "latin5": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "logical": "iso8859-8",
    "gb2312": "gb18030",
    "gb-2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows-936": "gb18030",
    "euc-cn": "gb18030",
    "chinese": "gb18030",
    "big5": "cp950",
    "big-5": "cp950",
    "x-x-big5": "cp950",
    "cn-big5": "cp950",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms-kanji": "cp932",
    "windows-31j": "cp932",
    "x-ms-cp932": "cp932",
    "euc-jp": "euc_jis_2004",
    "x-euc-jp": "euc_jis_2004",
    "ks-c-5601-1987": "cp949",
    "ks-c-5601": "cp949",
    "ksc5601": "cp949",
    "ks-x-1001": "cp949",
    "euc-kr": "cp949",
    "korean": "cp949",
    "windows-949": "cp949",
    "hz-gb-2312": "hz",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode-2-0-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode": "utf-16",
    "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16-be",
    "macintosh": "mac-roman",
    "mac": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ce": "mac-latin2",
    "x-mac-arabic": "mac-arabic",
    "x-mac-turkish": "mac-turkish",
    "x-mac-greek": "mac-greek",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "koi": "koi8-r",
}

_CONTROLS = re.compile("[\x80-\x84\x86-\x9f]")
_MEANT_CONTROLS = {
    code: bytes((code,)).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)
}

_WIDE = ("utf-16", "utf-32")
_MULTIBYTE = ("gb18030", "cp950", "cp932", "euc_jis_2004", "cp949", "big5hkscs", "johab")


def decode(data: bytes, declared: str | None) -> tuple[str, list[str]]:
    """Read ``data`` as text. Never raises.

    :param declared: the label the sender gave, or None.
    :returns: the text, and what had to be repaired (codes, empty when all was well).
    """
    text, defects = _decode(data, declared)
    if _CONTROLS.search(text):
        # Bytes of windows-1252 that somebody took for Latin-1 and encoded again.
        text = text.translate(_MEANT_CONTROLS)
    if "\x00" in text:
        text = text.replace("\x00", "")
        defects = [*defects, "nul-removed"]
    return text, defects


def _decode(data: bytes, declared: str | None) -> tuple[str, list[str]]:
    for mark, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _whole(data[len(mark) :], codec).decode(codec, "replace"), []
    codec, known = meant_by(declared)
    defects = [] if known else [f"charset-unknown: {_shown(declared)}"]
    if codec.startswith(_WIDE):
        return _decode_wide(data, codec, defects)
    if codec == "utf-7" and data.isascii():
        try:
            return data.decode(codec), defects
        except UnicodeDecodeError:
            return _utf7(data, defects)
    if iso2022.has_escapes(data):
        return iso2022.decode(data, codec), defects
    if data.isascii():
        if codec == "hz":
            return data.decode("hz", "replace"), defects
        return data.decode("ascii"), defects
    return _decode_eight_bit(data, codec, defects)


def _decode_eight_bit(data: bytes, codec: str, defects: list[str]) -> tuple[str, list[str]]:
    if codec != "utf-8" and _is_surely_utf8(data, codec in _MULTIBYTE):
        return data.decode("utf-8"), [*defects, "charset-false: utf-8"]
    if not codec or codec.startswith("iso2022"):
        guessed, name = guessing.guess(data)
        return guessed, [*defects, f"charset-missing: {name}"]
    return _or_guess(data, codec, defects)


def _or_guess(data: bytes, codec: str, defects: list[str]) -> tuple[str, list[str]]:
    """The declared reading when the bytes allow it, else the best guess."""
    if codec == "cp1252":
        return guessing.cp1252(data, defects)
    try:
        return data.decode(codec), defects
    except (UnicodeDecodeError, ValueError):
        guessed, name = guessing.guess(data, codec)
        return guessed, [*defects, f"charset-false: {name}"]


def _decode_wide(data: bytes, codec: str, defects: list[str]) -> tuple[str, list[str]]:
    """UTF-16 and UTF-32 without a mark: many senders only write the label."""
    if b"\x00" not in data:
        if data.isascii():
            return data.decode("ascii"), [*defects, "charset-false: ascii"]
        return _decode_eight_bit(data, "", defects)
    if codec in _WIDE:
        codec += "-be" if data[:1] == b"\x00" else "-le"
    return _whole(data, codec).decode(codec, "replace"), defects


def _whole(data: bytes, codec: str) -> bytes:
    """Without a last byte that is half a character: a line break that transport added."""
    width = 4 if "32" in codec else 2 if "16" in codec else 1
    return data[: len(data) - len(data) % width]


def _utf7(data: bytes, defects: list[str]) -> tuple[str, list[str]]:
    """Line by line: a line that is no UTF-7 is left as it stands."""
    lines: list[str] = []
    for line in data.decode("latin-1").split("\n"):
        try:
            lines.append(line.encode("latin-1").decode("utf-7"))
        except UnicodeDecodeError:
            lines.append(line)
    return "\n".join(lines), [*defects, "charset-repaired: utf-7"]


def _is_surely_utf8(data: bytes, might_be_other: bool) -> bool:
    """Whether eight-bit text is UTF-8.

    A few two-byte characters of an East Asian set can look like UTF-8 by accident, so there
    more evidence is asked: a three-byte sequence, or three sequences.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if not might_be_other:
        return True
    wide = [character for character in text if character > "\x7f"]
    return len(wide) >= 3 or any(character > "\u07ff" for character in wide)


@functools.lru_cache(maxsize=256)
def meant_by(label: str | None) -> tuple[str, bool]:
    """The codec for a declared label ("" when it says nothing) and whether it is known."""
    if label is None:
        return "", True
    name = label.strip().strip("\"'").split(";")[0].split(",")[0].strip()
    name = name.lower().replace("_", "-").replace(" ", "-").removeprefix("charset=").strip("\"'")
    if name in _MEANT:
        return _MEANT[name], True
    for candidate in (name, name.removeprefix("x-"), name.replace("cp-", "cp"), _windows(name)):
        try:
            found = codecs.lookup(candidate)
        except (LookupError, ValueError):
            continue
        if getattr(found, "_is_text_encoding", True) and found.name not in ("idna", "punycode"):
            return _MEANT.get(found.name.replace("_", "-"), found.name), True
    return "", False


def _windows(name: str) -> str:
    """``win1251``, ``windows1251``, ``x-cp1251`` and the like."""
    digits = "".join(character for character in name if character.isdigit())
    return f"cp{digits}" if digits and name.startswith(("win", "x-cp", "ibm", "dos", "ms")) else ""


def _shown(label: str | None) -> str:
    return "".join(c for c in (label or "")[:40] if c.isprintable())
