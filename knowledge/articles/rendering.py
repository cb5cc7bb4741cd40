"""Markdown to HTML that is safe to show: what is not on the list below does not come through."""

from __future__ import annotations

import re
from functools import lru_cache

import markdown as python_markdown
import nh3
from markdown.extensions.toc import TocExtension, slugify_unicode

from knowledge.folding import fold

_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_TAGS = {
    "p", "br", "hr", "strong", "em", "del", "sup", "sub", "abbr", "a", "img", "code", "pre",
    "blockquote", "ul", "ol", "li", "dl", "dt", "dd",
    "table", "caption", "thead", "tbody", "tr", "th", "td", *_HEADINGS,
}  # fmt: skip
_ATTRIBUTES = {
    **{heading: {"id"} for heading in _HEADINGS},
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_TOP_HEADING = re.compile(r"^# |^.+\n=+\s*$|<h1", re.MULTILINE)


@lru_cache(maxsize=256)
def render(markdown: str) -> str:
    """Safe HTML. Headings begin at h2 (the page's title is its h1) and carry an id to link to.

    Links inside the site (``/aide/<slug>``) stay as written; every link is ``rel=noopener``.
    """
    first_level = 2 if _TOP_HEADING.search(markdown) else 1
    html = python_markdown.markdown(
        markdown,
        extensions=[
            "tables",
            "sane_lists",
            "def_list",
            "abbr",
            TocExtension(baselevel=first_level, slugify=_anchor, marker=""),
        ],
        output_format="html",
    )
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
        set_tag_attribute_values={
            "table": {"class": "table"},
            "th": {},
            "img": {"loading": "lazy"},
        },
    )


def _anchor(heading: str, separator: str) -> str:
    return slugify_unicode(fold(heading), separator)
