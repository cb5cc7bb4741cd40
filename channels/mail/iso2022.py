"""ISO-2022 text, with the vendor characters that strict decoders refuse."""

_JAPANESE = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I", b"\x1b$(D")
_KOREAN = b"\x1b$)C"
_ASCII_SETS = {b"(B": "ascii", b"(J": "ascii"}


def has_escapes(data: bytes) -> bool:
    """Whether the bytes switch character sets as ISO-2022 does."""
    return b"\x1b" in data and (_KOREAN in data or any(mark in data for mark in _JAPANESE))


def decode(data: bytes, codec: str = "") -> str:
    """Read ISO-2022-JP or ISO-2022-KR. Never raises."""
    if _KOREAN in data:
        return data.decode("iso2022_kr", "replace")
    if not codec.startswith("iso2022"):
        codec = "iso2022_jp_ext"
    try:
        return data.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        return _decode_with_vendor_characters(data)


def _decode_with_vendor_characters(data: bytes) -> str:
    """Circled digits, Roman numerals and other rows that only code page 932 knows."""
    pieces = data.split(b"\x1b")
    out = [pieces[0].decode("cp932", "replace")]
    for piece in pieces[1:]:
        if piece[:2] in (b"$B", b"$@"):
            out.append(_double_byte(piece[2:]))
        elif piece[:3] == b"$(D":
            out.append((b"\x1b" + piece).decode("iso2022_jp_2", "replace"))
        elif piece[:2] == b"(I":
            out.append(bytes(b | 0x80 for b in piece[2:]).decode("cp932", "replace"))
        elif piece[:2] in _ASCII_SETS:
            out.append(piece[2:].decode("cp932", "replace"))
        else:
            out.append(piece.decode("cp932", "replace"))
    return "".join(out)


def _double_byte(body: bytes) -> str:
    """Seven-bit pairs moved to where Shift_JIS keeps them; a line break ends the run."""
    out = bytearray()
    at = 0
    while at < len(body):
        first = body[at]
        if at + 1 < len(body) and 0x21 <= first <= 0x7E and 0x21 <= body[at + 1] <= 0x7E:
            out += _to_shift_jis(first, body[at + 1])
            at += 2
        else:
            out.append(first)
            at += 1
    return out.decode("cp932", "replace")


def _to_shift_jis(row: int, cell: int) -> bytes:
    lead = (row + 1) // 2 + (0x70 if row <= 0x5E else 0xB0)
    odd = 0x1F if cell < 0x60 else 0x20
    return bytes((lead, cell + (odd if row % 2 else 0x7E)))
