"""An attribution that a program ran into the author's line: "Merci. Le 3 mars 2025 … a écrit :".

Only one that is complete (date, time, verb, and an address in brackets or marked lines below) is
parted from its line: nobody types that in a sentence. The text is given with a line break more at
such places, lest the author's words go with the attribution, or it stay with them.
"""

import re

from channels.mail import devices, phrases
from channels.mail.marks import is_marked, next_said, speaks

_MAX_LINE = 2_000
_MAX_LINES = 400
_MAX_PARTS = 8  # a line may look like many beginnings
_MAX_OPENING = 300
_WRAPPED = 2
# How programs begin it, in the languages that begin with a word.
_BEGINS = re.compile(
    r"(?<=[^\s>])[ \t]+(?=(?:On|Le|El|Em|Am|Il(?: giorno)?|Op|W dniu|Dnia|Den|Pe|In data)"
    r" [^<>\n]{0,30}?\d)"
)
_ENDS = re.compile(r"<[^<>@\s]{1,100}@[^<>@\s]{1,150}>\)?\s+(?:[^\W\d_]+(?:\(a\))? ?){0,3}[:：]")
_ADDRESS_LAST = re.compile(
    r"(?:schrieb|schreef)\b.{0,120}<[^<>@\s]{1,100}@[^<>@\s]{1,150}>\s?[:：]"
)

_RULE = re.compile(r"(?<![-_=])[-_=]{3,}\s*$")


def parted(text: str) -> str:
    """``text`` with such attributions on lines of their own; itself when there are none."""
    if not ("@" in text or ">" in text) or not (":" in text or "：" in text):
        return text
    lines = text.split("\n")
    found = [
        line if len(line) > _MAX_LINE or is_marked(line) else _parts(lines, at)
        for at, line in enumerate(lines[:_MAX_LINES])
    ]
    return "\n".join(found + lines[_MAX_LINES:]) if found != lines[:_MAX_LINES] else text


def _parts(lines: list[str], at: int) -> str:
    """The line at ``at``, with the attribution within it on a line of its own, at its end.

    What follows the attribution on its line is the copy when a telephone wrote it, under its
    "Sent from …"; it is the author's when marked lines follow, and stands above it then. Else it
    may be either, and the line stays.
    """
    line = lines[at]
    starts = [match.span() for match in _BEGINS.finditer(line)][-_MAX_PARTS:]
    if _BEGINS.match(f"x {line}", 1):
        starts.insert(0, (0, 0))
    if not starts:
        return line
    below = " ".join(part.strip() for part in lines[at + 1 : at + 1 + _WRAPPED])
    following = next_said(lines, at + 1)
    quoted = following is not None and is_marked(lines[following])
    for cut, start in reversed(starts):
        length = _length(f"{line[start:].rstrip()} {below}"[:_MAX_OPENING])
        if not length and quoted and _is_complete(line[start:]):
            length = len(line) - start
        if not length:
            continue
        above = _RULE.sub("", line[:cut])
        opening, rest = line[start : start + length], line[start + length :]
        if speaks(rest):
            if _is_under_device_line(lines, at, above):
                return "\n".join(part for part in (above, opening, rest) if speaks(part))
            if not quoted:
                return line
        return "\n".join(part for part in (above, rest, opening) if speaks(part))
    return line


def _is_under_device_line(lines: list[str], at: int, above: str) -> bool:
    if not speaks(above):
        above = next((line for line in reversed(lines[:at]) if speaks(line)), "")
    return devices.is_device_line(above.strip())


def _length(said: str) -> int:
    """How long the complete attribution is that ``said`` begins with; 0 when it does not."""
    match = _ENDS.search(said) or _ADDRESS_LAST.search(said)
    if match is None:
        return 0
    return match.end() if _is_complete(said[: match.end()]) else 0


def _is_complete(said: str) -> bool:
    return bool(
        len(said) <= _MAX_OPENING
        and said.rstrip().endswith((":", "："))
        and phrases.DATE.search(said)
        and phrases.TIME.search(said)
        and phrases.WROTE.search(said)
        and not phrases.TO_ME.search(said)
    )
