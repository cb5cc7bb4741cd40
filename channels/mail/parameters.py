"""File names: RFC 2231, RFC 2047 and their broken mixtures."""

import re
from urllib.parse import unquote_to_bytes

from channels.mail import charsets, words
from channels.mail.headers import HeaderBlock

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?')
_ESCAPED = re.compile(r"\\([\\\"])")
# A path leads from somewhere to a file; a slash elsewhere is part of a name (« 12/2026.pdf »).
_PATH = re.compile(r"(?:[a-z]:|file:)?/|\.{1,2}/|~/|[^ ]*/[^ /]+/", re.IGNORECASE)
_MAX_NAME = 240  # the column holds 255
_MAX_PARAMETERS = 500
_CONTINUED = re.compile(r"(?P<name>[\w-]+)\*(?P<index>\d+)?(?P<encoded>\*)?\Z")


def file_name(block: HeaderBlock) -> str:
    """The name the sender gave to a part, made safe; "" when none was given."""
    for field, name in (("content-disposition", "filename"), ("content-type", "name")):
        value = block.raw(field)
        if value and (found := _value(words.plain(value), name)):
            return safe_name(found)
    described = block.text("content-description")
    return safe_name(described) if re.search(r"\.\w{2,5}\Z", described) else ""


def safe_name(name: str) -> str:
    """Without path, control or direction characters, and of a bearable length.

    What only one system forbids (``: ? *``) is kept: browsers replace it where it matters.
    """
    name = name.replace("\\", "/")
    if _PATH.match(name):
        name = name.rsplit("/", 1)[-1]
    name = words.one_line(_UNSAFE.sub("_", name.replace("/", "_"))).strip(" ").strip("'\"")
    if name.strip("._") == "":
        return ""
    if len(name) > _MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        if not dot or len(extension) > 10:
            return name[:_MAX_NAME]
        return f"{stem[: _MAX_NAME - len(extension) - 1]}.{extension}"
    return name


def _value(field: str, wanted: str) -> str:
    """The parameter ``wanted`` of a field: extended and continued forms first."""
    plain: str | None = None
    pieces: dict[int, tuple[str, bool]] = {}
    for key, value in parameters_of(field):
        if key == wanted:
            plain = value if plain is None else plain
        elif (match := _CONTINUED.fullmatch(key)) and match["name"] == wanted:
            index = int(match["index"][:4]) if match["index"] else 0
            pieces.setdefault(index, (value, bool(match["encoded"] or match["index"] is None)))
    if pieces:
        decoded = _extended([pieces[index] for index in sorted(pieces)])
        if decoded:
            return decoded
    return _decoded(plain) if plain else ""


def parameters_of(field: str) -> list[tuple[str, str]]:
    """Lower-case name and unquoted value of each parameter of a structured field, in order.

    Values may hold spaces without quotes; a missing semicolon after a quoted value is forgiven.
    RFC 2231 forms are left as written.
    """
    found: list[tuple[str, str]] = []
    at = field.find(";") + 1 or len(field)
    while at < len(field) and len(found) < _MAX_PARAMETERS:
        equals = field.find("=", at)
        if equals < 0:
            break
        name = field[at:equals].rpartition(";")[2].strip().lower()
        at = equals + 1
        while at < len(field) and field[at] in " \t":
            at += 1
        if field[at : at + 1] == '"' and (match := _QUOTED.match(field, at)):
            found.append((name, _ESCAPED.sub(r"\1", match[1])))
            at = match.end()
            continue
        stop = field.find(";", at)
        stop = len(field) if stop < 0 else stop
        found.append((name, field[at:stop].strip().strip('"')))
        at = stop + 1
    return found


def parameter(field: str, name: str) -> str:
    """The plain parameter ``name``, else its extended form, else ""."""
    return next((value for key, value in parameters_of(field) if key == name), "") or _value(
        field, name
    )


def _extended(pieces: list[tuple[str, bool]]) -> str:
    """RFC 2231: the first piece names the character set, each may be percent-encoded."""
    label = ""
    out: list[bytes] = []
    for index, (value, encoded) in enumerate(pieces):
        if encoded:
            if index == 0 and value.count("'") >= 2:
                label, _, value = value.split("'", 2)
            out.append(unquote_to_bytes(value))
        else:
            out.append(value.encode("utf-8", "replace"))
    text = charsets.decode(b"".join(out), label or None)[0]
    return _decoded(text)


def _decoded(value: str) -> str:
    """A plain value that may hold encoded words or percent-encoding it should not."""
    if "=?" in value:
        return words.decode(value)
    if re.match(r"[\w-]+''", value) and "%" in value:
        return _extended([(value, True)])
    if "%" in value and re.search(r"(%[89A-Fa-f][0-9A-Fa-f]){2}", value):
        raw = unquote_to_bytes(value)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return value
    return value
