"""A whole message copied below an answer: rules with words, header blocks, "answer above this"."""

from channels.mail import attributions, copy_phrases, phrases
from channels.mail.marks import is_marked, next_said, unmarked

_MAX_HEADERS = 16
_MAX_LINE = 300


def end_of_opening(lines: list[str], at: int) -> int | None:
    """Where the copied text begins when its opening (rule, header block) is at ``at``, or None."""
    line = lines[at]
    if len(line) > _MAX_LINE:
        return None
    if copy_phrases.ANY_RULE.match(line):
        return _after_rule(lines, at)
    if not (":" in line or "：" in line):
        return None
    if copy_phrases.FORWARD_OPENS.match(line):
        return _past_headers(lines, at + 1)
    return _past_headers(lines, at) if is_header_block(lines, at) else None


def is_header_block(lines: list[str], at: int, *, ruled: bool = False) -> bool:
    """Header lines of several kinds close together, with a date or an address among them."""
    if not (ruled or copy_phrases.header(lines[at])[0]):
        return False
    kinds: list[str] = []
    dated = addressed = False
    misses = 0
    for line in lines[at : at + _MAX_HEADERS]:
        kind, value = copy_phrases.header(line)
        if kind == "from" and "from" in kinds:
            break  # the headers of another message
        if kind:
            kinds.append(kind)
            misses = 0
        elif kinds and copy_phrases.ANY_RULE.match(line):
            break
        elif line.strip():
            misses += 1
            if not kinds or len(line) > 200 or misses > 2:
                break
            value = line
        dated = dated or bool(phrases.DATE.search(value))
        addressed = addressed or bool(phrases.ADDRESS.search(value))
    found = set(kinds) - {"other", "cc"}
    if kinds and kinds[0] in ("subject", "to", "sent") and kinds[0] in kinds[1:]:
        return False  # the author's own line, above the block
    if not kinds or kinds[0] in ("other", "cc") or not found & {"from", "sent"}:
        return False
    if ruled:
        return "from" in found and len(found) >= 2
    if kinds[0] == "to" and len(found) < 4:
        return False
    if len(found) >= 3 and "from" in found:
        return dated or addressed
    return kinds[0] in ("from", "sent") and len(found) == 2 and dated and addressed


def of_marked_headers(lines: list[str], begun: int, end: int) -> bool:
    """Whether the marked lines from ``begun`` to ``end`` are nothing but a header block."""
    bare = [unmarked(line).strip() for line in lines[begun:end]]
    said = [line for line in bare if line]
    if not said or len(said) > _MAX_HEADERS:
        return False
    headers = [line for line in said if copy_phrases.header(line)[0]]
    titles = len(said) - len(headers)
    return len(headers) >= 3 and titles <= 1 and is_header_block(headers, 0)


def _after_rule(lines: list[str], at: int) -> int | None:
    line = lines[at]
    following = next_said(lines, at + 1)
    match = copy_phrases.RULE_WITH_WORDS.match(line)
    if match:
        words = match["words"].strip()
        if copy_phrases.ORIGINAL.search(words) and len(words) <= 58:
            return _past_headers(lines, at + 1)
        if attributions.is_attribution(words, marked=_marked_at(lines, following)):
            return at + 1
    if following is None:
        return None
    if copy_phrases.BARE_RULE.match(line) or match:
        if is_header_block(lines, following, ruled=True):
            return _past_headers(lines, following)
        return attributions.end_of(lines, following, range(following, following + 3))
    return _past_headers(lines, at) if is_header_block(lines, at) else None


def _marked_at(lines: list[str], at: int | None) -> bool:
    return at is not None and is_marked(lines[at])


def _past_headers(lines: list[str], at: int) -> int:
    """The first line after the header block that begins at the next words from ``at`` on."""
    following = next_said(lines, at)
    if following is None or not copy_phrases.header(lines[following])[0]:
        return at
    last = following
    for number in range(following, min(following + _MAX_HEADERS, len(lines))):
        if copy_phrases.header(lines[number])[0]:
            last = number
        elif not lines[number].strip():
            break
    return last + 1
