"""What a kind of article is made of, for who begins one: headings, and a word on each.

The words on each are comments: no reader, index or reply ever sees one that was left there.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

_FOLDER = Path(__file__).parent


class Skeleton(StrEnum):
    PROCEDURE = "procedure"  # something that people do step by step
    FAILURE = "failure"  # something that does not work at present
    QUESTION = "question"  # one question, one answer


def text_of(kind: Skeleton) -> str:
    """Markdown, in French: the language that articles are first written in."""
    return (_FOLDER / f"{kind.value}.md").read_text(encoding="utf-8")
