"""A link to the very words of an article: the browser scrolls to them and marks them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from knowledge.search.extracts import Piece

# Words of one clause stand in one block of the page; a browser finds no others.
_CLAUSE = re.compile(r"[^.,;:!?…()«»|\n]*")
_MOST_AFTER = 3


def passage(extract: Sequence[Piece]) -> str:
    """The end of an address that leads to the first match of ``extract``, "" without one.

    A text fragment (WICG, « URL Fragment Text Directives »): a browser that knows none, or that
    does not find the words, opens the page at its top.
    """
    for number, (text, match) in enumerate(extract):
        if not match:
            continue
        after = "".join(text for text, _match in extract[number + 1 :])
        clause = _CLAUSE.match(after)
        words = [text, *(clause[0].split() if clause else [])[:_MOST_AFTER]]
        # A hyphen has a meaning of its own there.
        return "#:~:text=" + quote(" ".join(words), safe="").replace("-", "%2D")
    return ""
