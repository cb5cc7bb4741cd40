"""What a person newly wrote, without what their mail program put around it.

The text is read as lines. A line is quoted when it is marked so; an attribution ("On … wrote:")
or a copied header block opens a quotation that runs to the end when nothing marks it. What is
left loses its signature. When nothing would be left, or nothing speaks clearly, everything is
kept: a person can always see the whole, but must never miss a word.
"""

import re

from channels.mail import phrases

_MARK = re.compile(r"^\s{0,3}(?:>|&gt;|\|\s?>)")
_SIGNATURE = re.compile(r"^(?:--|—|–|__|-- \*|--\u00a0)\s*$")
_MAX_ATTRIBUTION = 5
_MAX_SIGNATURE = 15
_MAX_LINES = 20_000
_MAX_LINE = 500  # no telephone and no lawyer says in one line more than that
_CONTACT = re.compile(
    r"@\w|https?://|www\.|(?:\+|00)?\d[\d .-]{8,}|\bt[ée]l\b|\bmob\b|\bfax\b", re.I
)


def reply_text(text: str) -> str:
    """The part of ``text`` that its sender wrote for this message.

    :param text: the whole body, plain. Pure; never raises; "" only for an empty text.
    """
    lines = text.replace("\u00a0", " ").replace("\u202f", " ").split("\n")
    if len(lines) > _MAX_LINES:
        return text.strip()
    own = _without_quotations(lines)
    own = _trimmed(own)
    if not any(line.strip() for line in own):
        return text.strip()
    kept = _trimmed(_without_signature(own))
    return "\n".join(kept if any(line.strip() for line in kept) else own).strip()


def _without_quotations(lines: list[str]) -> list[str]:
    own: list[str] = []
    ends = _possible_ends(lines)
    at = 0
    while at < len(lines):
        line = lines[at]
        if _MARK.match(line):
            at = _after_marked(lines, at)
            own = _with_gap(own)
            continue
        if _opens_copy(lines, at) or (phrases.REPLY_ABOVE.search(line) and len(line) < 160):
            return own if _says_something(own) else own + lines[at:]
        near = not ends.isdisjoint(range(at, at + _MAX_ATTRIBUTION))
        after = _after_attribution(lines, at) if near else None
        if after is None:
            own.append(line)
            at += 1
            continue
        following = _next_said(lines, after)
        if following is None or not _MARK.match(lines[following]):
            return own if _says_something(own) else own + lines[at:]
        at = following
    return own


def _after_marked(lines: list[str], at: int) -> int:
    """Past a run of marked lines, and past the rests of quoted lines that were broken in two."""
    while at < len(lines):
        if not (_MARK.match(lines[at]) or _is_broken_rest(lines, at)):
            break
        at += 1
    return at


def _is_broken_rest(lines: list[str], at: int) -> bool:
    if at + 1 >= len(lines) or not _MARK.match(lines[at + 1]):
        return False
    rest = lines[at].strip()
    return 0 < len(rest) <= 30 and rest[0].islower() and len(lines[at - 1]) >= 70


def _with_gap(own: list[str]) -> list[str]:
    return [*own, ""] if own and own[-1].strip() else own


def _says_something(own: list[str]) -> bool:
    return any(any(c.isalnum() for c in line) for line in own)


def _next_said(lines: list[str], at: int) -> int | None:
    while at < len(lines):
        if lines[at].strip():
            return at
        at += 1
    return None


# attributions -------------------------------------------------------------------------------


def _after_attribution(lines: list[str], at: int) -> int | None:
    """Where the text after an attribution that begins at ``at`` starts, or None."""
    if not lines[at].strip() or len(lines[at]) > 500:
        return None
    joined = ""
    for end in range(at, min(at + _MAX_ATTRIBUTION, len(lines))):
        if not lines[end].strip() or _MARK.match(lines[end]):
            return None
        joined = f"{joined} {lines[end].strip()}".strip()
        if len(joined) > 600:
            return None
        colon = joined.endswith((":", "：", ":*", ": *"))
        marked = _is_quoted_next(lines, end + 1)
        if not colon and not (marked and _ends_like_attribution(joined)):
            continue
        if end > at and _stands_alone(" ".join(line.strip() for line in lines[at + 1 : end + 1])):
            return None
        found = _is_attribution(joined, marked)
        if found or colon:
            return end + 1 if found else None
    return None


def _possible_ends(lines: list[str]) -> set[int]:
    """Where an attribution could end: at a colon, or just above marked lines."""
    found: set[int] = set()
    last_said = -1
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        if line.rstrip().endswith((":", "：", "*")):
            found.add(at)
        if last_said >= 0 and _MARK.match(line):
            found.add(last_said)
        last_said = at
    return found


def _stands_alone(later: str) -> bool:
    """Whether the later lines are an attribution by themselves: the first is then the author's."""
    dated = phrases.DATE.search(later) or phrases.TIME.search(later)
    return bool(dated) and _is_attribution(later, marked=True)


def _ends_like_attribution(joined: str) -> bool:
    """Some programs leave out the colon after "wrote"."""
    tail = joined[-40:].rstrip(" .*")
    return any(match.end() >= len(tail) for match in phrases.WROTE.finditer(tail))


def _is_quoted_next(lines: list[str], at: int) -> bool:
    following = _next_said(lines, at)
    return following is not None and bool(_MARK.match(lines[following]))


def _is_attribution(joined: str, marked: bool) -> bool:
    """A date or an address, with a verb of writing or both; more is asked before unmarked text."""
    wrote = bool(phrases.WROTE.search(joined))
    dated = bool(phrases.DATE.search(joined))
    timed = bool(phrases.TIME.search(joined))
    addressed = bool(phrases.ADDRESS.search(joined))
    opens = bool(phrases.OPENS.match(joined.lstrip("*_ \u200e\u200f\u202a\u202b")))
    if marked:
        return (wrote and (dated or timed or addressed or opens)) or (
            addressed and (dated or timed) and opens
        )
    if wrote:
        return (dated and timed) or (addressed and (dated or timed or opens))
    return addressed and dated and timed and opens


# copied headers -----------------------------------------------------------------------------


def _opens_copy(lines: list[str], at: int) -> bool:
    """Whether a copy of a whole message, without marks, begins here."""
    line = lines[at]
    if len(line) > 300 or not (":" in line or "：" in line or phrases.ANY_RULE.match(line)):
        return False
    if phrases.FORWARD_OPENS.match(line):
        return True
    ruled = phrases.RULE_WITH_WORDS.match(line)
    if ruled:
        following = _next_said(lines, at + 1)
        return bool(phrases.ORIGINAL.search(ruled["words"])) or (
            following is not None
            and (
                _is_header_block(lines, following)
                or _after_attribution(lines, following) is not None
            )
        )
    if phrases.BARE_RULE.match(line):
        following = _next_said(lines, at + 1)
        return following is not None and _is_header_block(lines, following, ruled=True)
    return _is_header_block(lines, at)


def _is_header_block(lines: list[str], at: int, *, ruled: bool = False) -> bool:
    """Header lines of at least three kinds (two after a rule), close together, sender first."""
    kinds: list[str] = []
    misses = 0
    for line in lines[at : at + 14]:
        kind = _header_kind(line)
        if kind:
            kinds.append(kind)
            misses = 0
        elif line.strip():
            if not kinds or len(line) > 200:
                break
            misses += 1
            if misses > 1:
                break
    found = set(kinds) - {"other", "cc"}
    if not kinds or kinds[0] not in ("from", "sent", "subject") or "from" not in found:
        return False
    return len(found) >= (2 if ruled else 3)


def _header_kind(line: str) -> str | None:
    match = phrases.HEADER_LINE.match(line)
    if match is None:
        return None
    return next((kind for kind in _KINDS if match[kind] is not None), None)


_KINDS = ("from", "sent", "to", "cc", "subject", "other")


# signatures ---------------------------------------------------------------------------------


def _without_signature(own: list[str]) -> list[str]:
    own = _cut_at_delimiter(own)
    own = _cut_legal(own)
    while True:
        own = _trimmed(own)
        device = (
            own
            and len(own[-1]) <= _MAX_LINE
            and phrases.DEVICE.match(own[-1])
            and _says_something(own[:-1])
        )
        if not (device or _last_is_rule(own)):
            return _cut_at_delimiter(own)
        own = own[:-1]


def _last_is_rule(own: list[str]) -> bool:
    return bool(own) and bool(phrases.BARE_RULE.match(own[-1]) or _SIGNATURE.match(own[-1]))


def _cut_at_delimiter(own: list[str]) -> list[str]:
    """At the first delimiter of the last lines; a long rule only when contacts follow."""
    first = max(1, len(own) - _MAX_SIGNATURE - 1)
    for at in range(first, len(own)):
        if not _says_something(own[:at]):
            continue
        if _SIGNATURE.match(own[at]):
            return own[:at]
        if phrases.BARE_RULE.match(own[at]) and _CONTACT.search("\n".join(own[at:])):
            return own[:at]
    return own


def _cut_legal(own: list[str]) -> list[str]:
    """At the first paragraph of lawyers' or scanners' words, when nothing personal follows."""
    for at in range(1, len(own)):
        begins = not own[at - 1].strip() or phrases.BARE_RULE.match(own[at - 1])
        if begins and own[at].strip() and _says_something(own[:at]):
            paragraph = " ".join(line.strip() for line in own[at : at + 6])
            if phrases.LEGAL.match(paragraph[:1000]) and len(own) - at <= 40:
                return own[:at]
    return own


def _trimmed(lines: list[str]) -> list[str]:
    """Without blank lines at both ends, nor more than one between."""
    out: list[str] = []
    for line in lines:
        if line.strip() or (out and out[-1].strip()):
            out.append(line.rstrip() if line.strip() else "")
    while out and not out[-1]:
        out.pop()
    return out
