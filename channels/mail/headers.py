"""Header blocks: read to their real end, and found again after junk lines."""

import re
from dataclasses import dataclass, field

from channels.mail import words

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_MBOX = re.compile(rb">?From (?![ \t]*:)[^\r\n]*(?:\r\n|\r|\n)")
_MAX_BLOCK = 1 << 20
_MAX_VALUE = 100_000
_LOOK_AHEAD = 50

KNOWN = frozenset(
    b"from to cc bcc subject date message-id mime-version content-type reply-to sender received"
    b" return-path in-reply-to references content-transfer-encoding content-disposition"
    b" content-id delivered-to".split()
)


@dataclass(slots=True)
class HeaderBlock:
    """The fields of one header block, in order: lower-case name, raw unfolded value.

    ``defects`` says what was repaired while they were read.
    """

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    _by_name: dict[str, list[bytes]] = field(default_factory=dict, repr=False)
    _indexed: int = -1

    def raw_all(self, name: str) -> list[bytes]:
        """Raw values of every field called ``name`` (lower case), in order."""
        if self._indexed != len(self.fields):
            self._by_name = {}
            for key, value in self.fields:
                self._by_name.setdefault(key, []).append(value)
            self._indexed = len(self.fields)
        return self._by_name.get(name, [])

    def raw(self, name: str) -> bytes:
        """Raw value of the first field ``name`` that is not empty, else b""."""
        return next(filter(None, self.raw_all(name)), b"")

    def has(self, name: str) -> bool:
        return bool(self.raw_all(name))

    def text(self, name: str) -> str:
        """Decoded value, for a person, of the first such field that says something."""
        return next(filter(None, (words.decode(value) for value in self.raw_all(name))), "")

    def token(self, name: str) -> str:
        """Undecoded value: for fields made of tokens, identifiers and dates."""
        return words.one_line(words.plain(self.raw(name)))


def read_block(data: bytes, start: int, end: int, *, top: bool = False) -> tuple[HeaderBlock, int]:
    """Read the header block that begins at ``start``.

    A line that is no field, between fields, is passed over and noted. When nothing at all looks
    like a header, the block is empty and everything is body.

    :param top: the block of the message itself (an mbox separator may stand before it).
    :returns: the block, and the offset where the body begins.
    """
    block = HeaderBlock()
    at = begin = _skip_preamble(data, start, end, block) if top else start
    limit = min(end, at + _MAX_BLOCK)
    while at < limit:
        stop, following = line_at(data, at, end)
        line = data[at:stop]
        if not line.strip(b" \t\x00"):
            if not _block_goes_on(data, bool(line), following, end, block, top):
                at = following
                break
            block.defects.append("header-blank-line")
        elif line[:1] in b" \t":
            _fold(block, line)
        elif not _take_field(block, line):
            if _is_body(data, line, following, end, block):
                block.defects.append("header-body-not-separated")
                break
            block.fields.append(("", line))
            block.defects.append("header-junk-line: " + words.plain(line)[:80])
        at = following
    return _checked(block, begin, at) if top else (_without_junk(block), at)


def line_at(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Where the line at ``at`` ends, without its break, and where the next one begins."""
    window = min(end, at + _MAX_BLOCK)
    newline = data.find(b"\n", at, window)
    stop = window if newline < 0 else newline
    following = stop if newline < 0 else stop + 1
    carriage = data.find(b"\r", at, stop)
    if carriage < 0:
        return stop, following
    if not data[carriage:stop].strip(b"\r"):
        return carriage, following
    return carriage, carriage + 1


def _fold(block: HeaderBlock, line: bytes) -> None:
    if block.fields:
        name, value = block.fields[-1]
        if len(value) < _MAX_VALUE:
            block.fields[-1] = (name, (value + b" " + line.strip(b" \t")).strip())


def _take_field(block: HeaderBlock, line: bytes) -> bool:
    match = _FIELD.fullmatch(line)
    if match is None:
        return False
    name = match[1].decode("ascii").lower()
    block.fields.append((name, match[2].strip(b" \t\x00")[:_MAX_VALUE]))
    return True


def _checked(block: HeaderBlock, begin: int, at: int) -> tuple[HeaderBlock, int]:
    """A message none of whose fields is known to mail has no header: all of it is body."""
    block = _without_junk(block)
    if any(name.encode() in KNOWN or name.startswith("x-") for name, _ in block.fields):
        return block, at
    return HeaderBlock([], [*block.defects[:1], "header-missing"]), begin


def _without_junk(block: HeaderBlock) -> HeaderBlock:
    block.fields = [pair for pair in block.fields if pair[0]]
    return block


def _skip_preamble(data: bytes, start: int, end: int, block: HeaderBlock) -> int:
    """Past a byte-order mark, blank lines and mbox separators before the first field."""
    at = start + 3 if data.startswith(b"\xef\xbb\xbf", start) else start
    while at < end:
        if data[at] in b"\r\n":
            at += 1
        elif match := _MBOX.match(data, at):
            at = match.end()
        else:
            break
    if at > start:
        block.defects.append("header-preamble")
    return at


def _block_goes_on(
    data: bytes, has_spaces: bool, at: int, end: int, block: HeaderBlock, top: bool
) -> bool:
    """Whether a blank line stands inside the block.

    A line of spaces does when a field follows. An empty line ends the block, except that of a
    message without sender so far which goes on at once with the fields of a message.
    """
    stop, _ = line_at(data, at, end)
    match = _FIELD.fullmatch(data[at:stop])
    if match is None or match[1].lower() not in KNOWN:
        return False
    if has_spaces:
        return True
    begun = {"from", "date", "mime-version", "content-type"} & {name for name, _ in block.fields}
    return top and not begun and _sender_below(data, at, end)


def _sender_below(data: bytes, at: int, end: int) -> bool:
    for _ in range(_LOOK_AHEAD):
        stop, following = line_at(data, at, end)
        line = data[at:stop]
        if not line.strip():
            return False
        if line[:5].lower() == b"from:":
            return True
        at = following
    return False


def _is_body(data: bytes, line: bytes, at: int, end: int, block: HeaderBlock) -> bool:
    """Whether a line that is no field begins the body: no field follows before a blank line.

    A single such line just before the blank line of a real header is still junk of that header.
    """
    real = sum(name.encode() in KNOWN for name, _ in block.fields)
    if line.startswith(b"--") and real:
        return True
    for passed in range(_LOOK_AHEAD):
        if at >= end:
            return True
        stop, following = line_at(data, at, end)
        candidate = data[at:stop]
        if not candidate.strip():
            return passed > 0 or real < 3
        match = _FIELD.fullmatch(candidate)
        if match and candidate[:1] not in b" \t":
            return not _plausible(match[1].lower())
        at = following
    return True


def _plausible(name: bytes) -> bool:
    """``Content-Type``, ``X-Spam``, ``Subject``: not the first word of a sentence."""
    return name in KNOWN or b"-" in name[1:-1]
