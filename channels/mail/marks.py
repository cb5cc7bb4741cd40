"""Lines that carry a mark of quotation, and runs of them."""

import re

_MARK = re.compile(r"^\s{0,12}(?:>|&gt;|＞|\|\s?>|»(?=\s?[^\s<]))")
_ESCAPED_FROM = re.compile(r"^>From ")
_OPEN_LINK = re.compile(r"(?:<|\(|\[)(?:https?://|mailto:|www\.)[^\s>)\]]*$")
_LINK_REST = re.compile(r"^\s*\S+[>)\]][\s>)\].]*$")
_FIRST = frozenset(" \t>&＞|»")
_PICTOGRAMS = "\u2600"
_SHORT = 30
_DEEPEST = 40
_WRAPPED_AT = 60


def is_marked(line: str) -> bool:
    """Whether a mail program marked ``line`` as quoted."""
    if line[:1] not in _FIRST:
        return False
    return bool(_MARK.match(line)) and not _ESCAPED_FROM.match(line)


def unmarked(line: str) -> str:
    """``line`` without its marks."""
    for _ in range(_DEEPEST):
        match = _MARK.match(line)
        if match is None:
            break
        line = line[match.end() :]
    return line


def speaks(line: str) -> bool:
    """Whether ``line`` says something: a letter, a digit, or a pictogram."""
    return any(character.isalnum() or character >= _PICTOGRAMS for character in line)


def next_said(lines: list[str], at: int) -> int | None:
    """The first line from ``at`` on that is not blank."""
    while at < len(lines):
        if lines[at] and not lines[at].isspace():
            return at
        at += 1
    return None


def end_of_run(lines: list[str], at: int) -> int:
    """Past a run of marked lines, and past the rests of quoted lines that were broken in two."""
    begun = at
    while at < len(lines):
        if not (is_marked(lines[at]) or (at > begun and _is_broken_rest(lines, at))):
            break
        at += 1
    return at


def _is_broken_rest(lines: list[str], at: int) -> bool:
    rest, above = lines[at].strip(), lines[at - 1]
    if not rest:
        return False
    if _OPEN_LINK.search(above[-500:]) and _LINK_REST.match(rest[:500]):
        return True
    if at + 1 >= len(lines) or not is_marked(lines[at + 1]):
        return False
    return len(rest) <= _SHORT and rest[0].islower() and len(above) >= _WRAPPED_AT
