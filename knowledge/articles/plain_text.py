"""Markdown as plain text: for a reply by mail, and for the search index."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from knowledge.articles.rendering import render

_HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {"p", "ul", "ol", "dl", "table", "blockquote", "pre", "hr", "div"}


@dataclass(frozen=True)
class Plain:
    """``text`` is the whole as it would be read aloud; ``headings`` in their order."""

    text: str
    headings: tuple[str, ...]


def to_text(markdown: str, *, base_url: str = "") -> str:
    """Markdown as plain text: lists with dashes or numbers, links with their address.

    ``base_url`` (without a final slash) makes addresses inside the site complete.
    """
    return _read(markdown, links=True, base_url=base_url).text


def to_words(markdown: str) -> Plain:
    """Markdown as an index wants it: no address, the headings also apart."""
    return _read(markdown, links=False, base_url="")


def _read(markdown: str, *, links: bool, base_url: str) -> Plain:
    writer = _Writer(links=links, base_url=base_url)
    writer.feed(render(markdown))
    writer.close()
    return Plain(writer.result(), tuple(writer.headings))


class _Writer(HTMLParser):
    """Reads our own safe HTML: nothing here needs to survive a hostile page."""

    def __init__(self, *, links: bool, base_url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links, self.base_url = links, base_url
        self.headings: list[str] = []
        self._out: list[str] = []
        self._lists: list[int | None] = []  # the next number, None for dashes
        self._address: str | None = None
        self._label: list[str] = []
        self._heading: list[str] | None = None
        self._preformatted = False

    def result(self) -> str:
        text = "".join(self._out)
        text = re.sub(r"[ \t]+\n", "\n", text)
        return re.sub(r"\n{3,}", "\n\n", text).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "li":
            self._out.append("\n" + self._mark())
        elif tag in _BLOCKS and not self._inside_item(tag):
            self._out.append("\n\n")
        if tag in ("ul", "ol"):
            self._lists.append(int(given.get("start") or 1) if tag == "ol" else None)
        elif tag in _HEADINGS:
            self._heading = []
        elif tag in ("br", "tr", "dt", "dd"):
            self._out.append("\n")
        elif tag == "a":
            self._address, self._label = given.get("href"), []
        elif tag == "img":
            self._say(given.get("alt") or "")
        elif tag == "pre":
            self._preformatted = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag in _HEADINGS and self._heading is not None:
            self.headings.append(" ".join("".join(self._heading).split()))
            self._heading = None
        elif tag in ("td", "th"):
            self._out.append(" | ")
        elif tag == "tr" and self._out[-1:] == [" | "]:
            self._out.pop()
        elif tag == "a":
            self._end_link()
        elif tag == "pre":
            self._preformatted = False
        if tag in _BLOCKS and not self._lists:
            self._out.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._preformatted:
            data = re.sub(r"\s+", " ", data)
            if not data.strip() and (not self._out or self._out[-1].endswith(("\n", " "))):
                return
        self._say(data)

    def _say(self, text: str) -> None:
        if self._heading is not None:
            self._heading.append(text)
        if self._address is not None:
            self._label.append(text)
        self._out.append(text)

    def _end_link(self) -> None:
        address, label = self._address, "".join(self._label).strip()
        self._address = None
        if not (self.links and address) or address.startswith("#"):
            return
        full = self.base_url + address if address.startswith("/") else address
        bare = re.sub(r"^(mailto|tel):", "", full)
        if bare != label:
            self._out.append(f" ({bare})")

    def _mark(self) -> str:
        indent = "  " * (len(self._lists) - 1)
        if not self._lists or self._lists[-1] is None:
            return f"{indent}- "
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{indent}{number}. "

    def _inside_item(self, tag: str) -> bool:
        return bool(self._lists) and tag in ("p", "ul", "ol", "div")
