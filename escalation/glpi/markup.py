"""Between GLPI's rich text and our plain text. Pure."""

from __future__ import annotations

import html as entities
import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

_BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul",
           "ol", "table"}  # fmt: skip
_NEVER = {"script", "style", "head", "title", "template"}


def to_text(markup: str) -> str:
    """The words of GLPI's rich text, a line for each line; nothing of its mark-up remains.

    The first interface gives some content with its mark-up spelled as entities
    (``&#60;p&#62;``): one reading more is done then.
    """
    if "<" not in markup and re.search(r"&(lt|#60|#x3c);", markup, re.I):
        markup = entities.unescape(markup)
    soup = BeautifulSoup(markup, "lxml")
    parts: list[str] = []
    _walk(soup, parts)
    said = "".join(parts).replace("\xa0", " ")
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in said.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _walk(node: Tag, parts: list[str]) -> None:
    for child in node.children:
        if isinstance(child, Tag):
            _walk_tag(child, parts)
        elif type(child) is NavigableString:  # no comment, no declaration
            parts.append(re.sub(r"\s+", " ", str(child)))


def _walk_tag(tag: Tag, parts: list[str]) -> None:
    if tag.name in _NEVER:
        return
    if tag.name == "br":
        parts.append("\n")
        return
    block = tag.name in _BLOCKS
    if block:
        parts.append("\n")
    if tag.name == "li":
        parts.append("- ")
    _walk(tag, parts)
    href = str(tag.get("href") or "")
    if tag.name == "a" and href.startswith(("http://", "https://")) and href not in tag.get_text():
        parts.append(f" ({href})")
    if block:
        parts.append("\n")


def to_html(said: str) -> str:
    """Plain text as GLPI shows it: paragraphs and line breaks, nothing that is read as mark-up."""
    paragraphs = re.split(r"\n\s*\n", said.strip())
    lines = ("<br>".join(entities.escape(p).splitlines()) for p in paragraphs if p.strip())
    return "".join(f"<p>{one}</p>" for one in lines)


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, whatever their blanks."""
    return one.split() == other.split()
