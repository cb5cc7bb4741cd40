"""The tree of parts of a message, as ranges of its bytes.

Iterative: ten thousand nested parts cost no recursion. Nothing is copied: a part knows where its
body begins and ends, and a fifty-megabyte attachment is read once, when it is decoded. (The
standard feed parser nests generators, ends a header at its first odd line and holds a large
message three times over.)
"""

import re
from dataclasses import dataclass, field

from channels.mail import words
from channels.mail.headers import HeaderBlock, line_at, read_block
from channels.mail.parameters import parameter

_MAX_DEPTH = 60
_MAX_PARTS = 5000
_GUESSED = re.compile(rb"(?:\A|[\r\n])--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-)", re.IGNORECASE)
_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+")


@dataclass(slots=True)
class Part:
    """One node: its header block, the range of its body, and its children when multipart."""

    headers: HeaderBlock
    start: int
    end: int
    content_type: str
    depth: int = 0
    parent: "Part | None" = None
    children: list["Part"] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)


def split(raw: bytes) -> tuple[Part, list[str]]:
    """The tree of the message ``raw``, and what was repaired. Never raises."""
    block, start = read_block(raw, 0, len(raw), top=True)
    root = Part(block, start, len(raw), content_type_of(block, "text/plain"))
    defects = list(block.defects)
    waiting = [root]
    count = 1
    while waiting:
        part = waiting.pop()
        if not part.content_type.startswith("multipart/"):
            continue
        if part.depth >= _MAX_DEPTH or count >= _MAX_PARTS:
            defects.append("too-many-parts")
            part.content_type = "application/octet-stream"
            continue
        _divide(raw, part, defects)
        count += len(part.children)
        waiting.extend(part.children)
    return root, defects


def leaves_of(root: Part) -> list[Part]:
    """Every part without children, in reading order."""
    found: list[Part] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.children:
            waiting.extend(reversed(part.children))
        else:
            found.append(part)
    return found


def content_type_of(block: HeaderBlock, default: str) -> str:
    """``type/subtype`` in lower case; ``default`` when missing, text/plain when nonsense."""
    declared = block.token("content-type")
    if not declared:
        return default
    value = re.sub(r"\s*/\s*", "/", declared.split(";")[0].strip().strip('"').lower(), count=1)
    if match := _TYPE.match(value):
        return match[0]
    first = value.split("/")[0]
    if first == "multipart":
        return "multipart/mixed"
    if first == "html":
        return "text/html"
    return "text/plain"


def _divide(raw: bytes, part: Part, defects: list[str]) -> None:
    """Give a multipart its children; without any it becomes text."""
    boundary = _boundary(part)
    ranges, closed = _ranges(raw, part, boundary) if boundary else ([], True)
    if not ranges:
        guessed = _GUESSED.search(raw, max(0, part.start - 1), part.end)
        if guessed:
            defects.append("boundary-wrong")
            ranges, closed = _ranges(raw, part, guessed[1])
    if not ranges:
        defects.append("multipart-without-parts")
        part.content_type = "text/plain"
        return
    if not closed:
        defects.append("multipart-not-closed")
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for start, end in ranges[:_MAX_PARTS]:
        block, body = _part_block(raw, start, end)
        defects.extend(block.defects)
        kind = content_type_of(block, default)
        part.children.append(Part(block, body, end, kind, part.depth + 1, part))


def _part_block(raw: bytes, start: int, end: int) -> tuple[HeaderBlock, int]:
    """A part may begin with its blank line: it then has no field of its own."""
    stop, following = line_at(raw, start, end)
    if stop == start:
        return HeaderBlock(), following
    return read_block(raw, start, end)


def _boundary(part: Part) -> bytes:
    declared = words.plain(part.headers.raw("content-type"))
    return parameter(declared, "boundary").strip().encode("utf-8", "replace")


def _ranges(raw: bytes, part: Part, boundary: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Where each part lies between its delimiter lines, and whether the last was closed."""
    found: list[tuple[int, int]] = []
    begun: int | None = None
    closed = False
    delimiter = b"--" + boundary
    at = raw.find(delimiter, part.start, part.end)
    while at >= 0:
        line_end, following = line_at(raw, at, part.end)
        tail = raw[at + len(delimiter) : line_end]
        if (at == part.start or raw[at - 1] in b"\r\n") and not tail.removeprefix(b"--").strip():
            if begun is not None:
                found.append((begun, _before_break(raw, begun, at)))
            closed = tail.startswith(b"--")
            begun = None if closed else following
            at = following - 1
        at = raw.find(delimiter, at + 1, part.end)
    if begun is not None and begun < part.end:
        found.append((begun, part.end))
    return found, closed


def _before_break(raw: bytes, begun: int, at: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    if at - 1 >= begun and raw[at - 1] == 0x0A:
        at -= 1
    if at - 1 >= begun and raw[at - 1] == 0x0D:
        at -= 1
    return max(begun, at)
