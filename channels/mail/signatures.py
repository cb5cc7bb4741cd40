"""What stands under an author's words: signature, device line, legal and list footers."""

import re
from collections.abc import Set

from channels.mail import contacts, devices, footers, html_hints
from channels.mail.copy_phrases import BARE_RULE
from channels.mail.marks import speaks

_DELIMITER = re.compile(r"^\s{0,2}(?:- )?(?:--|—|–|__|-- \*|‐‐|──)\s*$")
_PGP = re.compile(r"^-----(BEGIN|END) PGP [A-Z ]{3,40}-----\s*$")
_PGP_HEADER = re.compile(r"^(?:Hash|Version|Comment|Charset): ")
_RULES = frozenset("-_—–=*~‐─")
_MAX_SIGNATURE = 15
_MAX_LEGAL = 40
_SHORTEST = 10
_PARAGRAPH = 12
_MAX_CONTACTS = 24
_MAX_WORDS = 9  # of a line that is no sentence
_MAX_LINE = 500
_CONTACT = re.compile(
    r"@\w|https?://|www\.|(?:\+|00)?\d[\d .-]{8,}|\bt[ée]l\b|\bmob\b|\bfax\b", re.IGNORECASE
)

Stretch = list[int]


def without(
    lines: list[str], stretches: list[Stretch], known: Set[str] = frozenset()
) -> list[Stretch]:
    """The ``stretches`` of line numbers, each without what its author did not type.

    :param known: keys of the signatures that the HTML names (:func:`html_hints.key`).
        The last lines that say something are never taken when nothing would be left.
    """
    kept: list[Stretch] = []
    said = False
    for number, stretch in enumerate(stretches):
        last = number == len(stretches) - 1
        rest = _cut(lines, _without_armour(lines, stretch), said=said, last=last)
        if known:
            rest = _without_device(lines, _cut_known(lines, rest, known))
        if last:
            rest = _cut_contacts(lines, rest)
        said = said or _says_something(lines, rest)
        kept.append(rest)
    return kept


def _cut(lines: list[str], stretch: Stretch, *, said: bool, last: bool) -> Stretch:
    stretch = _cut_at_delimiter(lines, stretch, said=said and last)
    stretch = _without_device(lines, _cut_footer(lines, stretch, said=said))
    return _cut_at_delimiter(lines, stretch, said=said and last)


def _without_device(lines: list[str], stretch: Stretch) -> Stretch:
    """Without the device lines, rules and blank lines at its end."""
    end = len(stretch)
    while end:
        line = lines[stretch[end - 1]]
        if line.strip() and not (_is_rule(line) or devices.is_device_line(line)):
            break
        end -= 1
    return stretch[:end]


def _cut_known(lines: list[str], stretch: Stretch, known: Set[str]) -> Stretch:
    """Above the signature that the HTML names, when it ends the text."""
    longest = max(map(len, known))
    found = ""
    for number in range(len(stretch) - 1, 0, -1):
        found = html_hints.key(lines[stretch[number]][:_MAX_LINE]) + found
        if len(found) > longest:
            break
        if found in known and _says_something(lines, stretch[:number]):
            return stretch[:number]
    return stretch


def _cut_at_delimiter(lines: list[str], stretch: Stretch, *, said: bool) -> Stretch:
    """At the first delimiter of the last lines; a long rule only when contacts follow."""
    for number in range(_first_of_last(lines, stretch), len(stretch)):
        line = lines[stretch[number]]
        if line.lstrip()[:1] not in _RULES or not (
            said or _says_something(lines, stretch[:number])
        ):
            continue
        if _DELIMITER.match(line):
            return stretch[:number]
        if BARE_RULE.match(line) and _are_contacts_below(lines, stretch, number):
            return stretch[:number]
    return stretch


def _are_contacts_below(lines: list[str], stretch: Stretch, number: int) -> bool:
    """Whether a rule stands above short lines with contacts, and is no underlining of a title."""
    rule = lines[stretch[number]].strip()
    if not rule.startswith("_") and number and lines[stretch[number - 1]].strip():
        return False
    under = [lines[at][:300] for at in stretch[number + 1 :]]
    below = [line for line in under if line.strip()]
    if any(len(line.split()) > _MAX_WORDS for line in below) or contacts.tells_of_case(below):
        return False
    if len(below) == 1 and not under[0].strip():
        return False  # an afterthought: a signature has a name, too
    return any(_CONTACT.search(line) for line in below)


def _first_of_last(lines: list[str], stretch: Stretch) -> int:
    """Where the last lines begin, as many as a signature may have."""
    said = 0
    for number in range(len(stretch) - 1, -1, -1):
        said += bool(lines[stretch[number]].strip())
        if said > _MAX_SIGNATURE + 1 or len(stretch) - number > 4 * _MAX_SIGNATURE:
            return number + 1
    return 0


def _cut_footer(lines: list[str], stretch: Stretch, *, said: bool) -> Stretch:
    """At the first paragraph of lawyers', scanners' or lists' words, among the last lines."""
    for number in range(max(0, len(stretch) - _MAX_LEGAL), len(stretch)):
        line = lines[stretch[number]]
        if len(line.strip()) < _SHORTEST:
            continue
        above = lines[stretch[number - 1]].strip() if number else ""
        if above and not BARE_RULE.match(above):
            continue
        paragraph = _paragraph(lines, stretch[number : number + _PARAGRAPH])
        if footers.is_footer(paragraph) and (said or _says_something(lines, stretch[:number])):
            return stretch[:number]
    return stretch


def _paragraph(lines: list[str], stretch: Stretch) -> str:
    said: list[str] = []
    for at in stretch:
        line = lines[at].strip()
        if not line and (len(said) > 1 or not footers.is_title(said[0])):
            break
        said.append(line[:1000])
    return " ".join(said)[:1500]


def _cut_contacts(lines: list[str], stretch: Stretch) -> Stretch:
    """Above the contacts that an office puts under a name, when it is sure that they are that."""
    tail = stretch[-_MAX_CONTACTS:]
    said = [number for number, at in enumerate(tail) if lines[at].strip()]
    if not any(_CONTACT.search(lines[tail[number]][:300]) for number in said[-4:]):
        return stretch
    words = [lines[tail[number]].strip()[:300] for number in said]
    start = contacts.start_of_block(words)
    if start is not None:
        return stretch[: len(stretch) - len(tail) + said[start - 1] + 1]
    blank = next((n for n in range(len(tail) - 1, -1, -1) if n not in said), None)
    if blank is None or not said or said[0] > blank:
        return stretch
    above = [words[i] for i, number in enumerate(said) if number < blank]
    block = [words[i] for i, number in enumerate(said) if number > blank]
    if above and not above[-1].endswith((":", "：")) and contacts.is_block(block):
        return stretch[: len(stretch) - len(tail) + blank]
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
    return any(speaks(lines[at]) for at in stretch)
