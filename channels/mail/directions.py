"""Isolates: what keeps its own direction within a text that reads the other way.

Without them the groups of a telephone number or a reference come out in reverse order in an
Arabic sentence. In plain text they are the marks of Unicode, in HTML ``bdi`` elements.
"""

from __future__ import annotations

import re

from jinja2.utils import urlize
from markupsafe import Markup

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})
_LTR, _FIRST_STRONG, _END = "\u2066", "\u2068", "\u2069"
_MARKS = _LTR + _FIRST_STRONG + _END
_ISOLATED = re.compile(f"([{_LTR}{_FIRST_STRONG}])([^{_MARKS}]*){_END}")


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def left_to_right(text: str) -> str:
    """``text`` in its own order, whatever stands around it."""
    return f"{_LTR}{_bare(text)}{_END}" if text else ""


def by_itself(text: str) -> str:
    """``text`` in the direction of its first letter, whatever stands around it."""
    return f"{_FIRST_STRONG}{_bare(text)}{_END}" if text else ""


def linked(text: str) -> Markup:
    """The text as HTML with its addresses as links; isolates become elements."""
    made, at = Markup(), 0
    for found in _ISOLATED.finditer(text):
        way = "ltr" if found[1] == _LTR else "auto"
        inner = Markup('<bdi dir="{}">{}</bdi>').format(way, _links(found[2]))
        made += _links(text[at : found.start()]) + inner
        at = found.end()
    return made + _links(text[at:])


def _links(text: str) -> Markup:
    return Markup(urlize(text, rel="noopener"))  # urlize escapes what it is given


def _bare(text: str) -> str:
    """Marks that somebody typed must not end ours."""
    return text.translate(dict.fromkeys(map(ord, _MARKS)))
