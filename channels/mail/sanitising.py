"""HTML from strangers, made harmless: no script, no style, no remote picture."""

import re

import nh3

_TAG_NAMES = (
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn"
    " div dl dt em font figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li main mark ol p pre"
    " q s samp section article header footer small span strike strong sub sup table tbody td tfoot"
    " th thead time tr tt u ul var wbr"
)
_TAGS = set(_TAG_NAMES.split())
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "table": {"summary"},
}
_DROPPED_WITH_CONTENT = {"script", "style", "title", "head", "noscript", "template", "svg", "math"}
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}


_MAX_DEPTH = 200
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_MAX_ATTRIBUTES = 100
_OPENING = re.compile(r"<[a-zA-Z][^\s<>/]*+(?=[\s/])")
# Possessive: what is hostile must not be tried in a second way.
_ATTRIBUTE = re.compile(
    r"[\s/]*+[^\s/>][^\s/>=]*+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+|(?=>)))?+"
)
_UNNESTED_NAMES = "area base br col dd dt embed hr img input li link meta p td th tr wbr"
_UNNESTED = set(_UNNESTED_NAMES.split())


def sanitise(html: str) -> str:
    """HTML that can be shown: pictures only when they are parts of the message (``cid:``).

    Links open outside and say nothing of where they were followed from. Never raises.
    """
    return nh3.clean(
        _flattened(_thinned(html)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_DROPPED_WITH_CONTENT - _TAGS,
        attribute_filter=_filtered,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    ).strip()


def _thinned(html: str) -> str:
    """Attributes beyond any that a reader needs are left out: they too cost their square."""
    kept: list[str] = []
    at = 0
    for opening in _OPENING.finditer(html):
        if opening.start() < at:
            continue
        count, end, last = 0, opening.end(), opening.end()
        while (one := _ATTRIBUTE.match(html, end)) is not None:
            end = one.end()
            count += 1
            if count <= _MAX_ATTRIBUTES:
                last = end
        if count > _MAX_ATTRIBUTES:
            kept.append(html[at:last])
            at = end
    return "".join([*kept, html[at:]])


def _flattened(html: str) -> str:
    """Tags nested deeper than any reader needs are left out: their cost grows with the square."""
    if html.count("<") < _MAX_DEPTH:
        return html
    kept: list[str] = []
    depth = at = 0
    for match in _TAG.finditer(html):
        if match[2].lower() in _UNNESTED:
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > _MAX_DEPTH or (match[1] and depth == _MAX_DEPTH):
            kept.append(html[at : match.start()])
            at = match.end()
    return "".join([*kept, html[at:]])


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        return value if value.lower().startswith("cid:") else None
    if attribute in ("width", "height") and not value.isdigit():
        return None
    return value
