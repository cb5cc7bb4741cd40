"""French typesetting: a sign never stands alone at the beginning of a line."""

from __future__ import annotations

import re

from markupsafe import Markup

_BOUND = re.compile(r"(?<=«) | (?=[»:;?!])")
_NO_BREAK = "\u00a0"


def typeset(text: str) -> str:
    """``text`` (or safe HTML, which stays so) with the spaces of « », : ; ? ! made unbreakable."""
    bound = _BOUND.sub(_NO_BREAK, text)
    return Markup(bound) if isinstance(text, Markup) else bound
