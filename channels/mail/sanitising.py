"""HTML from strangers, made harmless: no script, no style, no remote picture."""

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


def sanitise(html: str) -> str:
    """HTML that can be shown: pictures only when they are parts of the message (``cid:``).

    Links open outside and say nothing of where they were followed from. Never raises.
    """
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_DROPPED_WITH_CONTENT - _TAGS,
        attribute_filter=_filtered,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    ).strip()


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        return value if value.lower().startswith("cid:") else None
    if attribute in ("width", "height") and not value.isdigit():
        return None
    return value
