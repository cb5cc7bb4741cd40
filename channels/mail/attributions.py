"""The line above a quotation: "On that day, X wrote:", wrapped anywhere, in many languages."""

import re
from collections.abc import Container

from channels.mail import phrases
from channels.mail.marks import is_marked, next_said, unmarked

_MAX_LINES = 6
_MAX_LINE = 500
_MAX_JOINED = 600
_COLON = re.compile(r"[:：][\s*_]*$")
_LEFT_OPEN = re.compile(r"[<\[(][^<>\[\]()]*$")
_BARE_YEAR = re.compile(r"^(?:del? )?(?:19|20)\d\d(?![-/.年\d])")
# "X <x@example.org> wrote:"
_NAMED = re.compile(r"<[^<>@\s]+@[^<>@\s]+\s?>\s+\S+(?: \S+){0,2}[\s:：*_]*$")
_BRACKETED = re.compile(r"<[^<>@\s]+@[^<>@\s]+\s?>")
_NAMED_FIRST = re.compile(r"<[^<>@\s]+@[^<>@\s]+>?,?(?: \S+)?$")
_ADDRESS_LAST = re.compile(r"<[^<>@\s]+@[^<>@\s]+\s?>[\s:：*_]*$")
_ZONED = re.compile(r"^\d{4}-\d\d-\d\d \d{1,2}:\d\d (?:GMT|UTC)")
_SPOKEN_TIME = re.compile(r"\d\s?h(?:\s?\d|\b)")  # "10h30": a person says so, no program
_ENDS = re.compile(r"[\d>)][\s:：*_]*$")
_EVIDENCE = re.compile(r"[\d@]")
_SENTENCE_ENDS = frozenset(".!?…。؟")
_DECORATION = "*_ -–—\t"


def possible_starts(lines: list[str]) -> dict[int, set[int]]:
    """For each line where an attribution could begin, the lines where it could end.

    One ends at a colon, at "wrote", or just above marked lines.
    """
    ends: set[int] = set()
    last_said = -1
    for at, line in enumerate(lines):
        if not line or line.isspace():
            continue
        if is_marked(line) and last_said >= 0:
            ends.add(last_said)
        last_said = at
        if line.rstrip()[-1] in ":：*_-" or phrases.ends_with_verb(line):
            ends.add(at)
    found: dict[int, set[int]] = {}
    for end in ends:
        for at in range(max(0, end - _MAX_LINES + 1), end + 1):
            found.setdefault(at, set()).add(end)
    return found


def end_of(lines: list[str], at: int, ends: Container[int]) -> int | None:
    """Where the text after an attribution that begins at ``at`` starts, or None.

    :param ends: the lines where it may end.
    """
    if not lines[at].strip() or len(lines[at]) > _MAX_LINE:
        return None
    joined, found = "", None
    for end in range(at, min(at + _MAX_LINES, len(lines))):
        said = _continuation(lines[end], joined)
        joined = f"{joined} {said or ''}".strip()
        if said is None or len(joined) > _MAX_JOINED:
            break
        if end not in ends and not is_marked(lines[end]):
            continue
        marked = _is_quoted_next(lines, end + 1)
        colon = bool(_COLON.search(joined)) and not _LEFT_OPEN.search(joined)
        closed = colon or phrases.ends_with_verb(joined)
        if not (closed or marked) or _goes_on(lines, end + 1, joined):
            continue
        if end > at and _stands_alone(lines, at, end):
            break
        if is_attribution(joined, marked=marked, closed=closed) and (
            marked or phrases.ADDRESS.search(joined) or _stands_apart(lines, at)
        ):
            found = end + 1
        if colon or marked:
            break
    return found


def is_attribution(joined: str, *, marked: bool, closed: bool = True) -> bool:
    """A date or an address, with a verb of writing or both; more is asked before unmarked text.

    :param marked: whether marked lines follow; ``closed``: whether it ends as attributions do.
    """
    joined = joined.strip(_DECORATION)
    if not (marked or _EVIDENCE.search(joined)):
        return False
    wrote = bool(phrases.WROTE.search(joined))
    if wrote and phrases.TO_ME.search(joined):
        return False
    dated = bool(phrases.DATE.search(joined))
    timed = bool(phrases.TIME.search(joined))
    addressed = bool(phrases.ADDRESS.search(joined))
    opens = bool(phrases.OPENS.match(joined))
    if marked:
        if addressed and dated and (opens or wrote or (timed and bool(_ENDS.search(joined)))):
            return True
        if phrases.QUOTES.match(joined):
            return closed or addressed or dated
        if dated and timed and _ZONED.match(joined):
            return True
        if not closed:  # a person's sentence may tell of a letter and its date
            return wrote and (addressed or (timed and joined[-1:] not in _SENTENCE_ENDS))
        return wrote and (dated or timed or addressed or opens or _is_name(joined))
    if not closed:
        return False
    if not wrote:
        if phrases.QUOTES.match(joined):
            return bool(_BRACKETED.search(joined))
        return dated and timed and bool(_ADDRESS_LAST.search(joined))
    if dated and (addressed or (timed and not _SPOKEN_TIME.search(joined))):
        return True
    return (addressed and (timed or opens or bool(_NAMED.search(joined)))) or (
        dated and opens and bool(phrases.WEEKDAY.search(joined))
    )


def _continuation(line: str, joined: str) -> str | None:
    """What ``line`` adds to an attribution, or None when it is none of it.

    A program that wraps "<x@example.org> wrote:" may leave ">" first on its line.
    """
    said = line.strip()
    if not said:
        return None
    if not is_marked(line):
        return said
    rest = unmarked(line).strip()
    if (
        _LEFT_OPEN.search(joined)
        and 0 < len(rest) <= 60
        and phrases.ends_with_verb(rest.rstrip(" :："))
    ):
        return f"> {rest}"
    return None


def _stands_apart(lines: list[str], at: int) -> bool:
    """Whether nothing stands right above: a line inside a paragraph is the author's."""
    return at == 0 or not lines[at - 1].strip()


def _goes_on(lines: list[str], at: int, joined: str) -> bool:
    """Whether the marked line at ``at`` is the end of the attribution, broken at its ">"."""
    return at < len(lines) and is_marked(lines[at]) and _continuation(lines[at], joined) is not None


def _is_name(joined: str) -> bool:
    """Short and with few words, as "Jean Dupont wrote:" is."""
    return len(joined) <= 80 and len(joined.split()) <= 7 and "?" not in joined


def _is_quoted_next(lines: list[str], at: int) -> bool:
    following = next_said(lines, at)
    return following is not None and is_marked(lines[following])


def _stands_alone(lines: list[str], at: int, end: int) -> bool:
    """Whether the later lines are an attribution by themselves: the first is then the author's.

    To leave a line too many is better than to take one of the author's.
    """
    first = lines[at].strip().lstrip(_DECORATION)
    later = " ".join(line.strip() for line in lines[at + 1 : end + 1])
    if not first or phrases.FRAGMENT.match(first) or not is_attribution(later, marked=True):
        return False
    dated = bool(phrases.DATE.search(first))
    if not dated and first[-1] in ".!?…":
        return True
    if later.startswith(("<", "(")) or _LEFT_OPEN.search(first):
        return False
    if _NAMED_FIRST.search(first) and not phrases.ADDRESS.search(later):
        return False
    if _BARE_YEAR.match(later):
        return not (phrases.OPENS.match(first) or phrases.ADDRESS.search(first))
    return not dated or bool(phrases.DATE.search(later))
