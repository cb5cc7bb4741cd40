"""HTML to readable text: paragraphs, lists, links, tables and quotations.

It reads what :mod:`sanitising` returned (balanced, no script), event by event, without
recursion: the depth of the nesting costs nothing.
"""

import re
from html.parser import HTMLParser

_BLOCK_NAMES = (
    "address article blockquote center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6"
    " header li main ol p pre section table tbody tfoot thead tr ul caption"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SPACED_NAMES = "p blockquote ol ul dl table h1 h2 h3 h4 h5 h6 pre figure"
_SPACED = frozenset(_SPACED_NAMES.split())
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\ufeff\u00ad\u2060"))
_SPACES = re.compile(r"[ \t\r\n\f]+")


def to_text(html: str) -> str:
    """The text of sanitised HTML, blocks on lines of their own, quotations behind "> "."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._blank_due = False
        self._quotes = 0
        self._pre = 0
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int, int]] = []
        self._bullet = ""
        self._cells: list[int] = []

    # events -----------------------------------------------------------------------------

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._break(blank=tag in _SPACED and not (tag in ("ol", "ul") and self._lists))
        if tag == "br":
            self._end_line(keep_empty=True)
        elif tag == "hr":
            self._break()
            self._line = "-" * 20
            self._break()
        elif tag == "img":
            self._picture(dict(attrs))
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._lines), len(self._line)))
        else:
            self._open(tag, dict(attrs))

    def _open(self, tag: str, attrs: dict[str, str | None]) -> None:
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._pre += 1
        elif tag in ("ol", "ul"):
            start = attrs.get("start") or "1"
            self._lists.append((int(start) if start.isdigit() else 1) if tag == "ol" else None)
        elif tag == "li":
            self._bullet = self._next_bullet()
        elif tag == "tr":
            self._cells.append(0)
        elif tag in ("td", "th") and self._cells:
            self._cells[-1] += 1
            if self._cells[-1] > 1 and self._line.strip():
                self._line = self._line.rstrip() + "\t"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._close_link(*self._links.pop())
        if tag in _BLOCKS:
            self._break(blank=tag in _SPACED and not (tag in ("ol", "ul") and len(self._lists) > 1))
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        elif tag == "tr" and self._cells:
            self._cells.pop()

    def handle_data(self, data: str) -> None:
        data = data.translate(_INVISIBLE)
        if self._pre:
            first, *others = data.split("\n")
            self._write(first)
            for line in others:
                self._end_line(keep_empty=True)
                self._write(line)
            return
        data = _SPACES.sub(" ", data.replace("\u00a0", " "))
        if not self._line or self._line[-1] in " \t":
            data = data.lstrip(" ")
        self._write(data)

    # writing ----------------------------------------------------------------------------

    def _write(self, data: str) -> None:
        if not data:
            return
        if self._bullet and data.strip():
            self._line += self._bullet
            self._bullet = ""
            data = data.lstrip(" ")
        self._line += data

    def _next_bullet(self) -> str:
        indent = "  " * max(0, min(len(self._lists), 10) - 1)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return indent + "- "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "

    def _picture(self, attrs: dict[str, str | None]) -> None:
        description = " ".join((attrs.get("alt") or "").split())
        if description:
            self._write(description)

    def _close_link(self, href: str, line: int, column: int) -> None:
        """The address after the words of a link, unless the words are the address."""
        if not href.startswith(("http://", "https://")):
            return
        same_line = line == len(self._lines)
        shown = (self._line[column:] if same_line else self._line).strip()
        if shown and not _same_address(shown, href):
            self._line = f"{self._line.rstrip()} <{href}>"

    def _break(self, *, blank: bool = False) -> None:
        if self._line.strip():
            self._end_line()
        elif not self._pre:
            self._line = ""
        self._blank_due = self._blank_due or blank

    def _end_line(self, *, keep_empty: bool = False) -> None:
        line = self._line.rstrip()
        self._line = ""
        if not line and not keep_empty:
            return
        quote = "> " * min(self._quotes, 20)
        if line and self._blank_due and self._lines:
            self._lines.append(quote.rstrip())
        if line:
            self._blank_due = False
        self._lines.append((quote + line).rstrip())

    def text(self) -> str:
        self._break()
        out: list[str] = []
        for line in self._lines:
            empty = not line.strip("> ")
            if empty and (not out or not out[-1].strip("> ")):
                continue
            out.append(line)
        return "\n".join(out).strip("\n")


def _same_address(shown: str, href: str) -> bool:
    def bare(text: str) -> str:
        text = text.strip().rstrip("/").lower()
        return text.removeprefix("https://").removeprefix("http://").removeprefix("www.")

    return bare(shown) == bare(href) or bare(href).startswith(bare(shown.rstrip("…").rstrip(".")))


_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,200}>")


def declared_charset(content: bytes) -> str | None:
    """The character set that an HTML document names in its own head."""
    match = _META.search(content[:4096])
    return match[1].decode("ascii", "replace") if match else None


def without_tags(text: str) -> str:
    """``text/enriched`` as plain text."""
    return _TAG.sub("", text.replace("<<", "<")).replace("\n\n", "\n")
