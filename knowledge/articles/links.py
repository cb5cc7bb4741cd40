"""The links from article to article in a text. Pure.

``[[address]]`` takes the words of the title, ``[[address#heading|other words]]`` brings its own;
``[words](/aide/address)`` is the same in plain Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
WIKI = re.compile(rf"\[\[\s*({_SLUG})(?:#([^\]|]+))?\s*(?:\|([^\]]*))?\]\]")
_PLAIN = re.compile(rf"\]\((?:/aide|/agent/connaissances)/({_SLUG})(?:#([^)\s]*))?\)")


@dataclass(frozen=True)
class Link:
    """``anchor`` is empty for the article as a whole."""

    slug: str
    anchor: str = ""


def links_of(markdown: str) -> list[Link]:
    """Every link to an article, once each, in the order of their first place."""
    found = [(m.start(), Link(m[1], (m[2] or "").strip())) for m in WIKI.finditer(markdown)]
    found += [(m.start(), Link(m[1], m[2] or "")) for m in _PLAIN.finditer(markdown)]
    return list(dict.fromkeys(link for _place, link in sorted(found, key=lambda one: one[0])))


def wiki_slugs(markdowns: Iterable[str]) -> set[str]:
    """The articles that these texts name as ``[[address]]``, whose titles are needed."""
    return {m[1] for text in markdowns for m in WIKI.finditer(text)}


def resolve(
    markdown: str, titles: Mapping[str, str], missing: Callable[[str], str] = lambda words: words
) -> str:
    """``[[address]]`` as Markdown links; an article that is not there leaves ``missing(words)``."""

    def written(found: re.Match[str]) -> str:
        slug, anchor, words = found[1], (found[2] or "").strip(), (found[3] or "").strip()
        if slug not in titles:
            return missing(words or slug.replace("-", " "))
        return f"[{words or titles[slug]}](/aide/{slug}{'#' + anchor if anchor else ''})"

    return WIKI.sub(written, markdown)
