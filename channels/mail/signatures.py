"""What stands under an author's words: signature, device line, legal and list footers."""

import re

from channels.mail import footers
from channels.mail.copy_phrases import BARE_RULE

_DELIMITER = re.compile(r"^\s{0,2}(?:- )?(?:--|—|–|__|-- \*|‐‐|──)\s*$")
_PGP = re.compile(r"^-----(BEGIN|END) PGP [A-Z ]{3,40}-----\s*$")
_PGP_HEADER = re.compile(r"^(?:Hash|Version|Comment|Charset): ")
_RULES = frozenset("-_—–=*~‐─")
_MAX_SIGNATURE = 15
_MAX_LEGAL = 40
_SHORTEST = 10
_CONTACT = re.compile(
    r"@\w|https?://|www\.|(?:\+|00)?\d[\d .-]{8,}|\bt[ée]l\b|\bmob\b|\bfax\b", re.IGNORECASE
)

Stretch = list[int]


def without(lines: list[str], stretches: list[Stretch]) -> list[Stretch]:
    """The ``stretches`` of line numbers, each without what its author did not type.

    The last lines that say something are never taken when nothing would be left.
    """
    kept: list[Stretch] = []
    said = False
    for number, stretch in enumerate(stretches):
        last = number == len(stretches) - 1
        rest = _cut(lines, _without_armour(lines, stretch), said=said, last=last)
        said = said or _says_something(lines, rest)
        kept.append(rest)
    return kept


def _cut(lines: list[str], stretch: Stretch, *, said: bool, last: bool) -> Stretch:
    stretch = _cut_at_delimiter(lines, stretch, said=said and last)
    stretch = _cut_footer(lines, stretch, said=said)
    end = len(stretch)
    while end:
        line = lines[stretch[end - 1]]
        if line.strip() and not (_is_rule(line) or footers.is_device_line(line)):
            break
        end -= 1
    return _cut_at_delimiter(lines, stretch[:end], said=said and last)


def _cut_at_delimiter(lines: list[str], stretch: Stretch, *, said: bool) -> Stretch:
    """At the first delimiter of the last lines; a long rule only when contacts follow."""
    first = max(0, len(stretch) - _MAX_SIGNATURE - 1)
    for number in range(first, len(stretch)):
        line = lines[stretch[number]]
        if line.lstrip()[:1] not in _RULES or not (
            said or _says_something(lines, stretch[:number])
        ):
            continue
        if _DELIMITER.match(line):
            return stretch[:number]
        if BARE_RULE.match(line) and any(
            _CONTACT.search(lines[at][:300]) for at in stretch[number:]
        ):
            return stretch[:number]
    return stretch


def _cut_footer(lines: list[str], stretch: Stretch, *, said: bool) -> Stretch:
    """At the first paragraph of lawyers', scanners' or lists' words, among the last lines."""
    for number in range(max(0, len(stretch) - _MAX_LEGAL), len(stretch)):
        begins = (
            number == 0
            or not lines[stretch[number - 1]].strip()
            or BARE_RULE.match(lines[stretch[number - 1]])
        )
        if not begins or len(lines[stretch[number]].strip()) < _SHORTEST:
            continue
        paragraph = " ".join(lines[at].strip()[:1000] for at in stretch[number : number + 6])[:1000]
        if not (footers.LEGAL.match(paragraph) or footers.LIST.match(lines[stretch[number]][:300])):
            continue
        if said or _says_something(lines, stretch[:number]):
            return stretch[:number]
    return stretch


def _without_armour(lines: list[str], stretch: Stretch) -> Stretch:
    """Without the lines that PGP puts around and below a signed text."""
    if not any(lines[at].startswith("-----") for at in stretch):
        return stretch
    kept: Stretch = []
    state = "text"
    for at in stretch:
        match = _PGP.match(lines[at])
        if match:
            begins = match[1] == "BEGIN"
            state = ("header" if "SIGNED" in lines[at] else "block") if begins else "text"
        elif state == "header" and not _PGP_HEADER.match(lines[at]):
            state = "text"
        elif state == "text":
            kept.append(at)
    return kept


def _is_rule(line: str) -> bool:
    return bool(BARE_RULE.match(line) or _DELIMITER.match(line))


def _says_something(lines: list[str], stretch: Stretch) -> bool:
    return any(any(map(str.isalnum, lines[at])) for at in stretch)
