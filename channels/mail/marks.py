"""Lines that carry a mark of quotation, and runs of them."""

import re

_MARK = re.compile(r"^\s{0,12}(?:>|&gt;|＞|\|\s?>|»(?=\s?[^\s<]))")
_ESCAPED_FROM = re.compile(r"^>From ")
_OPEN_LINK = re.compile(r"(?:<|\(|\[)(?:https?://|mailto:|www\.)[^\s>)\]]*$")
_LINK_REST = re.compile(r"^\s*\S+[>)\]][\s>)\].]*$")
_FIRST = frozenset(" \t>&＞|»")
_PICTOGRAMS = "\u2600"
_ENDED = ".?!:;…。？！：؟»)\"'”"
_BRACKETS = frozenset("<>()[] \t")
_DEEPEST = 40
_WRAPPED_AT = 60  # no program breaks shorter lines,
_BROKEN_BEFORE = 100  # nor lets longer ones be
_FULL = 76
_SHORT = 30
_ITEM = re.compile(r"^(?:[-*•–—]|\d{1,2}[.)/]|[a-z][.)])\s")
_FACT = re.compile(r"[\d@]")
# How answers begin: such a line is shown, whatever it looks like.
_ANSWERS = re.compile(
    r"^(?:oui|non|ok|si|je|j['’]|nous|voir|ci-joint\w*|yes|no|i|we|see|done|fait|s[íi]|sì|ja|nein"
    r"|ich|sim|não|nao|tak|nie|да|нет|так|ні|da|nu|evet|hayır|nee)(?![^\W\d_])"
)


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
    """Whether the unmarked line at ``at`` is the end of the marked one above, broken in two.

    What a person answers between quoted lines has the same place: only a line that was too long
    for one more word, and is left in the middle of its sentence, was broken.
    """
    rest, above = lines[at].strip(), lines[at - 1].rstrip()
    if not rest:
        return False
    if _OPEN_LINK.search(above[-500:]) and _LINK_REST.match(rest[:500]):
        return True
    if at + 1 >= len(lines) or not is_marked(lines[at + 1]) or not is_marked(above):
        return False
    if _BRACKETS.issuperset(rest):
        return True
    return _was_too_long(above, rest) and _follows_on(lines[at + 1], rest)


def _was_too_long(above: str, rest: str) -> bool:
    first = rest.split(None, 1)[0]
    return (
        _WRAPPED_AT <= len(above) <= _BROKEN_BEFORE
        and len(above) + 1 + len(first) > _FULL
        and above[-1] not in _ENDED
        and not _ITEM.match(unmarked(above).lstrip())
        and len(rest) <= _SHORT
        and rest[0].islower()
        and not _ANSWERS.match(rest)
        and not _FACT.search(rest)
    )


def _follows_on(below: str, rest: str) -> bool:
    """Whether the quoted line ``below`` goes on with the sentence of ``rest``, or that has ended.

    Between the items of a list, no sentence goes on.
    """
    said = unmarked(below).strip()
    if _ITEM.match(said):
        return False
    return rest[-1] in _ENDED or said[:1].islower() or said[:1].isdigit()
