"""What a person newly wrote, without what their mail program put around it.

The text is read as lines. A line is quoted when it is marked so; an attribution ("On … wrote:")
or a copied header block opens a quotation that runs to the end when nothing marks it. What is
left lies in stretches, between quotations; each loses its signature. When nothing would be left,
or nothing speaks clearly, everything is kept: a person can always see the whole, but must never
miss a word.
"""

from collections.abc import Container

from channels.mail import attributions, copies, copy_phrases, html_hints, inlined, signatures
from channels.mail.html_hints import Hints
from channels.mail.marks import end_of_run, is_marked, next_said, speaks

_MAX_LINES = 20_000
_MAX_WRAPPED = 5
_MAX_LINE = 500
_MAX_OPENINGS = 3  # a rule, then an attribution, then headers
_BLANKS = "\u00a0\u202f\u2007\u2009\u3000"
_UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"


def reply_text(text: str, hints: Hints = html_hints.NONE) -> str:
    """The part of ``text`` that its sender wrote for this message: some of its lines, unchanged.

    Of a line that a program ran an attribution into, the part that is the author's.

    :param text: the whole body, plain. ``hints``: what the HTML beside it tells of it.
        Pure; never raises; "" only for an empty text.
    """
    parted = inlined.parted(text)
    answer = _reply_text(parted, hints)
    return text.strip() if answer == parted.strip() else answer


def _reply_text(text: str, hints: Hints) -> str:
    whole = text.strip()
    written = text.split("\n")
    if len(written) > _MAX_LINES:
        return whole
    lines = written if text.isascii() else _plain(text).split("\n")
    stretches = _stretches(lines, copy_phrases.lines_asking_above(text, lines), hints)
    if stretches is None:
        return whole
    kept = signatures.without(lines, stretches, hints.signatures)
    if not any(_says_something(lines, stretch) for stretch in kept):
        return whole
    return "\n".join(
        "\n".join(written[at].rstrip() for at in stretch) + "\n"
        for stretch in (_trimmed(lines, stretch) for stretch in kept)
        if stretch
    ).strip()


def _plain(text: str) -> str:
    """``text`` with ordinary spaces and without what is not seen; as many lines as before."""
    for blank in _BLANKS:
        text = text.replace(blank, " ")
    for unseen in _UNSEEN:
        text = text.replace(unseen, "")
    return text


class _Openings:
    """Where what opens a quotation (attribution, header block, rule) ends."""

    def __init__(self, lines: list[str], asking: Container[int], hints: Hints) -> None:
        self._known = hints.openings
        self._lines = lines
        self._asking = asking
        self._starts = attributions.possible_starts(lines)

    def end_of(self, at: int) -> int | None:
        """The line after the opening at ``at``, or None when none is there."""
        if at in self._asking:
            return at + 1
        end = copies.end_of_opening(self._lines, at)
        if end is None and at in self._starts:
            end = attributions.end_of(self._lines, at, self._starts[at])
        return self._end_of_known(at) if end is None and self._known else end

    def _end_of_known(self, at: int) -> int | None:
        """The same for what the HTML names as the head of a quotation."""
        found = ""
        for end in range(at, min(at + _MAX_WRAPPED, len(self._lines))):
            line = self._lines[end]
            if not line.strip() or is_marked(line):
                return None
            found += html_hints.key(line[:_MAX_LINE])
            if found in self._known:
                return end + 1
        return None

    def is_shown(self, at: int) -> bool:
        """Whether the author announces the copy at ``at``: "this is what I got:".

        What stands below is then theirs to end. A program's own rule says that it is not.
        """
        if at in self._asking or copy_phrases.is_programs_own(self._lines[at]):
            return False
        above = next((line for line in reversed(self._lines[:at]) if line.strip()), "")
        return above.rstrip().endswith((":", "："))

    def first_quoted(self, at: int) -> int | None:
        """The first line that says something from ``at`` on, past openings that follow."""
        following = next_said(self._lines, at)
        for _ in range(_MAX_OPENINGS):
            if following is None or is_marked(self._lines[following]):
                break
            end = self.end_of(following)
            if end is None:
                break
            following = next_said(self._lines, end)
        return following


def _stretches(lines: list[str], asking: Container[int], hints: Hints) -> list[list[int]] | None:
    """The numbers of the author's lines, parted where something quoted stood.

    None when a copy opens before the author said anything, or is announced by them: whose the
    text below is, is then unsure.
    """
    stretches: list[list[int]] = [[]]
    openings = _Openings(lines, asking, hints)
    said = False
    at = 0
    while at < len(lines):
        if is_marked(lines[at]):
            after = end_of_run(lines, at)
            if said and copies.of_marked_headers(lines, at, after):
                return stretches
            stretches.append([])
            at = after
            continue
        opening = openings.end_of(at)
        if opening is None:
            stretches[-1].append(at)
            said = said or speaks(lines[at])
            at += 1
            continue
        following = openings.first_quoted(opening)
        if following is None or not is_marked(lines[following]):
            return stretches if said and not openings.is_shown(at) else None
        stretches.append([])
        at = following
    return stretches


def _says_something(lines: list[str], stretch: list[int]) -> bool:
    return any(speaks(lines[at]) for at in stretch)


def _trimmed(lines: list[str], stretch: list[int]) -> list[int]:
    """Without blank lines at both ends."""
    first, last = 0, len(stretch)
    while first < last and not lines[stretch[first]].strip():
        first += 1
    while last > first and not lines[stretch[last - 1]].strip():
        last -= 1
    return stretch[first:last]
