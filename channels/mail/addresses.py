"""Addresses in headers: structure first, words afterwards.

The structure (commas, angle brackets, quotes, comments) is read from the undecoded field, so
that nothing inside an encoded word can ever become an address.
"""

import contextlib
import re
from dataclasses import dataclass

from channels.mail import words
from channels.mail.headers import HeaderBlock

_USABLE = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+|\"[^\"\r\n]+\"@[^\s@<>\",;]+")
_BARE = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
_MAX_ADDRESSES = 2000
_LONGEST_NAME = 2000
LONGEST_FIELD = 16_384  # characters: a longer field is read up to here


@dataclass(frozen=True, slots=True)
class Address:
    """A name (may be "") and an address as written (may be "" when only a name was)."""

    name: str
    address: str

    @property
    def usable(self) -> bool:
        """Whether a mail could be sent there."""
        return is_usable(self.address)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


def is_usable(address: str) -> bool:
    return len(address) <= 320 and _USABLE.fullmatch(address) is not None


def normalise(address: str) -> str:
    """The form in which two addresses are compared: lower case, domain in its ASCII form."""
    local, at, domain = address.strip().strip("<>").rpartition("@")
    domain = domain.rstrip(".").lower()
    if not domain.isascii():
        with contextlib.suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    return f"{local.lower()}{at}{domain}"


def parse_list(raw: bytes | str) -> list[Address]:
    """Every address of one field, in order. Never raises; group names are dropped."""
    text = (raw if isinstance(raw, str) else words.plain(raw))[:LONGEST_FIELD]
    found: list[Address] = []
    waiting = ""
    for piece in _split(text)[:_MAX_ADDRESSES]:
        joined = f"{waiting}, {piece}" if waiting else piece
        if _has_address(piece):
            found.append(_one(joined))
            waiting = ""
        elif piece:
            waiting = joined
    if waiting and (alone := _one(waiting)) and (alone.name or alone.address):
        found.append(alone)
    return found


def parse_all(block: HeaderBlock, field: str) -> list[Address]:
    """Every address of every field called ``field``."""
    return [address for raw in block.raw_all(field) for address in parse_list(raw)]


def choose_sender(block: HeaderBlock) -> tuple[Address | None, list[str]]:
    """Who wrote: the first usable From, then Reply-To, then Sender.

    :returns: the address, and what was wrong (codes). When only a From hidden in an encoded
        word is left, it is taken as the last resort.
    """
    written = parse_all(block, "from")
    defects: list[str] = []
    if not block.has("from"):
        defects.append("from-missing")
    elif len(block.raw_all("from")) > 1:
        defects.append("from-repeated")
    if any(len(raw) > LONGEST_FIELD for raw in block.raw_all("from")):
        defects.append("from-too-long")
    for field in ("from", "reply-to", "sender"):
        for address in written if field == "from" else parse_all(block, field):
            if address.usable:
                if field != "from" or address != written[0]:
                    defects.append(f"from-unusable: taken from {field}")
                return address, defects
    for raw in block.raw_all("from"):
        for address in parse_list(words.decode(raw)):
            if address.usable:
                return address, [*defects, "from-encoded"]
    return (written[0] if written else None), [*defects, *(["from-unusable"] if written else [])]


def _split(text: str) -> list[str]:
    """At the commas and semicolons that separate addresses; group names are dropped."""
    pieces: list[str] = []
    start = at = 0
    # One that is never closed means that no later one is: looked for once.
    comments = quotes = True
    while at < len(text):
        character = text[at]
        if character == '"' and quotes:
            end = _closing(text, at, '"')
            quotes = end > at
            at = end
        elif character == "(" and comments:
            end = _closing_comment(text, at)
            comments = end > at
            at = end
        elif character == "<":
            at = _closing(text, at, ">")
        elif character in ",;":
            pieces.append(text[start:at].strip())
            start = at + 1
        elif character == ":" and _names_group(text[start:at]):
            start = at + 1
        at += 1
    pieces.append(text[start:].strip())
    return pieces


def _names_group(before: str) -> bool:
    """``undisclosed-recipients:`` opens a group; ``mailto:`` and ``<a@b:25>`` do not."""
    return "@" not in before and "<" not in before and "=?" not in before


def _closing(text: str, at: int, mark: str) -> int:
    """Where a quoted string or an angle address ends; an unclosed one ends where it began."""
    look = at + 1
    while look < len(text):
        if text[look] == "\\" and mark == '"':
            look += 1
        elif text[look] == mark:
            return look
        elif mark == ">" and text[look] == "<":
            return at
        look += 1
    return at


def _closing_comment(text: str, at: int) -> int:
    depth, look = 0, at
    while look < len(text):
        if text[look] == "\\":
            look += 1
        elif text[look] == "(":
            depth += 1
        elif text[look] == ")":
            depth -= 1
            if depth == 0:
                return look
        look += 1
    return at


def _has_address(piece: str) -> bool:
    return "@" in _without_encoded(piece) or (piece.endswith(">") and "<" in piece)


def _without_encoded(piece: str) -> str:
    return re.sub(r"=\?[^?\s]*\?[bBqQ]\?[^?]*\?=", "", piece)


def _one(piece: str) -> Address:
    """One address, from undecoded text."""
    bare, comments = _take_comments(piece)
    opening = _last_opening(bare)
    if opening >= 0:
        closing = bare.find(">", opening)
        inside = bare[opening + 1 : closing if closing >= 0 else len(bare)]
        name = bare[:opening] + (" " + bare[closing + 1 :] if closing >= 0 else "")
        address = _spec(inside)
        if not address and (match := _BARE.search(_without_encoded(name))):
            return Address("", match[0])
        return Address(_name(name) or _name(comments), address)
    quoted = bare.strip()
    match = _BARE.search(_without_encoded(bare))
    if match or is_usable(quoted):
        if match is None or is_usable(quoted):
            return Address(_name(comments), quoted)
        rest = bare.replace(match[0], " ", 1)
        return Address(_name(rest) or _name(comments), match[0].removeprefix("mailto:").strip("'"))
    if quoted and " " not in quoted and not words.has_encoded(quoted) and quoted.isascii():
        return Address(_name(comments), quoted.strip("\"'"))
    return Address(_name(bare), "")


def _last_opening(text: str) -> int:
    """The "<" that begins the address: the last one outside quotes."""
    found, at = -1, 0
    quotes = True
    while at < len(text):
        if text[at] == '"' and quotes:
            end = _closing(text, at, '"')
            quotes = end > at
            at = end
        elif text[at] == "<":
            found = at
        at += 1
    return found


def _spec(inside: str) -> str:
    """The address between angle brackets: routes, white space and doubled brackets removed."""
    inside = inside.strip().strip("<>").strip()
    if inside.startswith("@") and ":" in inside:
        inside = inside.rpartition(":")[2]
    inside = inside.removeprefix("mailto:").removeprefix("MAILTO:").removeprefix("SMTP:")
    if inside.startswith('"'):
        return inside if is_usable(inside) else inside.replace('"', "").replace(" ", "")
    return "".join(inside.split()).strip("'\"")


def _take_comments(piece: str) -> tuple[str, str]:
    """The text without its comments, and the comments."""
    out: list[str] = []
    comments: list[str] = []
    start = at = 0
    quotes = True
    while at < len(piece):
        if piece[at] == '"' and quotes:
            end = _closing(piece, at, '"')
            quotes = end > at
            at = end
        elif piece[at] == "(":
            end = _closing_comment(piece, at)
            if end == at:
                break
            out.append(piece[start:at])
            comments.append(piece[at + 1 : end])
            start = end + 1
            at = end
        at += 1
    out.append(piece[start:])
    return " ".join(out) if comments else piece, " ".join(comments)


def _name(raw: str) -> str:
    """A display name for a person: unquoted, then decoded."""
    raw = raw.strip().strip(",;").strip()[:_LONGEST_NAME]
    if raw.startswith('"') and raw.endswith('"') and len(raw) > 1:
        raw = re.sub(r"\\(.)", r"\1", raw[1:-1])
    elif '"' in raw:
        raw = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda m: re.sub(r"\\(.)", r"\1", m[1]), raw)
    name = words.decode(raw).strip("<> ")
    if len(name) > 1 and name[0] == '"' and name[-1] == '"':
        name = name[1:-1].strip()
    return name
