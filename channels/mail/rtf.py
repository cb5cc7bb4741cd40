"""Rich text as Outlook wraps it into ``winmail.dat``: to plain text, or to the HTML inside it.

One pass over the tokens, a stack instead of recursion. Encapsulated HTML (``\\fromhtml1``) is
taken out as it was; otherwise only what a reader sees is kept.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})?[ ]?|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<sign>[^a-zA-Z'])|(?P<brace>[{}])|(?P<break>[\r\n]+)|(?P<text>[^\\{}\r\n]+)"
)
_MAX = 4_000_000
_HIDDEN_NAMES = (
    "fonttbl colortbl stylesheet info pict generator header headerl headerr headerf footer footerl"
    " footerr footerf object objdata themedata colorschememapping datastore latentstyles listtable"
    " listoverridetable rsidtbl xmlnstbl fldinst bkmkstart bkmkend pntext filetbl revtbl mmathPr"
    " pgptbl template operator author title"
)
_HIDDEN = frozenset(_HIDDEN_NAMES.split())
_BREAKS = {"par": "\n", "line": "\n", "row": "\n", "sect": "\n", "page": "\n", "tab": "\t"}
_SIGNS = {
    **_BREAKS,
    "cell": "\t",
    "emdash": "—",
    "endash": "–",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emspace": " ",
    "enspace": " ",
}
# \fcharset of a font -> its code page, where that is not the document's own.
_CHARSETS = {
    128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255,
    178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250,
}  # fmt: skip


@dataclass(slots=True)
class _Group:
    """What holds between two braces."""

    hidden: bool = False
    tag: bool = False
    html_off: bool = False
    skip: int = 1
    codepage: int = 0
    fonts: bool = False


@dataclass(slots=True)
class _Reader:
    group: _Group = field(default_factory=_Group)
    stack: list[_Group] = field(default_factory=list)
    out: list[str] = field(default_factory=list)
    waiting: bytearray = field(default_factory=bytearray)
    codepage: int = 1252
    fonts: dict[int, int] = field(default_factory=dict)
    font: int = 0
    from_html: bool = False
    starred: bool = False
    to_skip: int = 0

    def write(self, text: str, *, markup: bool = False) -> None:
        if self.group.hidden or (self.from_html and self.group.html_off and not self.group.tag):
            return
        if self.from_html and not self.group.tag and not markup:
            text = html.escape(text, quote=False)
        self.out.append(text)

    def flush(self) -> None:
        if self.waiting:
            page = self.group.codepage or self.codepage
            data, self.waiting = bytes(self.waiting), bytearray()
            try:
                text = data.decode(f"cp{page}", "replace")
            except LookupError:
                text = data.decode("cp1252", "replace")
            self.write(text)


def read(rtf: str) -> tuple[str, str]:
    """Text and HTML of a rich text document; one of them is "". Never raises.

    :param rtf: the document, decoded as Latin-1: its own words name its character sets.
    """
    reader = _Reader()
    for match in _tokens(rtf):
        if match["hex"]:
            _take_byte(reader, int(match["hex"], 16))
            continue
        reader.flush()
        if match["brace"]:
            _take_brace(reader, match["brace"])
        elif match["word"]:
            number = int(match["number"]) if match["number"] else None
            _take_word(reader, match["word"], number)
        elif match["sign"]:
            _take_sign(reader, match["sign"])
        elif match["text"]:
            text = match["text"][reader.to_skip :]
            reader.to_skip = max(0, reader.to_skip - len(match["text"]))
            reader.write(text)
    reader.flush()
    found = "".join(reader.out).replace("\x00", "")
    if reader.from_html:
        return "", found
    return re.sub(r"[ \t]+\n", "\n", found).strip(), ""


def _tokens(rtf: str) -> Iterator[re.Match[str]]:
    return _TOKEN.finditer(rtf[:_MAX])


def _take_brace(reader: _Reader, brace: str) -> None:
    if brace == "{":
        if len(reader.stack) < 10_000:
            reader.stack.append(reader.group)
            reader.group = replace(reader.group)
    elif reader.stack:
        reader.group = reader.stack.pop()
    reader.starred = False
    reader.to_skip = 0


def _take_byte(reader: _Reader, byte: int) -> None:
    if reader.to_skip:
        reader.to_skip -= 1
    else:
        reader.waiting.append(byte)


def _take_sign(reader: _Reader, sign: str) -> None:
    if sign == "*":
        reader.starred = True
    elif sign in "\\{}":
        reader.write(sign)
    elif sign == "~":
        reader.write("\u00a0")
    elif sign == "_":
        reader.write("-")
    elif sign in "\r\n":
        reader.write("\n")


def _take_word(reader: _Reader, word: str, number: int | None) -> None:
    group = reader.group
    starred, reader.starred = reader.starred, False
    if word == "htmltag":
        group.tag, group.hidden = True, False
    elif word == "fonttbl":
        group.fonts = group.hidden = True
    elif word in _HIDDEN or (starred and word not in ("mhtmltag",)) or word == "mhtmltag":
        group.hidden = True
    elif word == "htmlrtf":
        group.html_off = number != 0
    elif word == "fromhtml":
        reader.from_html = True
    elif word == "ansicpg" and number:
        reader.codepage = number
    elif word == "uc":
        group.skip = min(number or 0, 8)
    elif word == "u" and number is not None:
        reader.write(chr(number % 65536) if not 0xD800 <= number % 65536 <= 0xDFFF else "")
        reader.to_skip = group.skip
    elif word in _SIGNS:
        reader.write("\r\n" if reader.from_html and word == "par" else _SIGNS[word])
    else:
        _take_font(reader, word, number)


def _take_font(reader: _Reader, word: str, number: int | None) -> None:
    """A font says in which code page the bytes written with it are."""
    group = reader.group
    if word == "f" and number is not None:
        reader.font = number
        if not group.fonts:
            group.codepage = reader.fonts.get(number, 0)
    elif word == "fcharset" and group.fonts and number is not None:
        reader.fonts[reader.font] = _CHARSETS.get(number, 0)
