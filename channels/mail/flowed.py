"""``format=flowed`` text (RFC 3676): soft line breaks undone."""


def unfold(text: str, *, delete_space: bool = False) -> str:
    """Paragraphs as single lines, each behind its own quotation depth."""
    out: list[list[str]] = []  # in pieces: adding to a string copies it each time
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:]
        if body.startswith(" "):
            body = body[1:]
        soft = body.endswith(" ") and body != "-- "
        if open_depth == depth and body != "-- ":
            out[-1].append(body)
        else:
            out.append([f"{'>' * depth} {body}" if depth else body])
        if soft and delete_space:
            out[-1][-1] = out[-1][-1][:-1]
        open_depth = depth if soft else None
    lines = ("".join(pieces) for pieces in out)
    return "\n".join(line if line == "-- " else line.rstrip() for line in lines)
