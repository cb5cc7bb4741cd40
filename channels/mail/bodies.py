"""From the tree of parts to one body and a list of files, nothing dropped."""

import html as html_escaping
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from channels.mail import (
    attachments,
    charsets,
    decoding,
    flowed,
    html_hints,
    html_text,
    sanitising,
    tnef,
)
from channels.mail.attachments import ParsedAttachment
from channels.mail.parameters import file_name, parameter
from channels.mail.structure import Part

_BODY_TYPES = (
    "text/plain",
    "text/html",
    "text/enriched",
    "text/richtext",
    "text/markdown",
    "text/x-amp-html",
)
_PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"
_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
_HTML_MAX = 800_000  # characters: the tree of a page weighs many times its text
_WRITTEN_PICTURE = re.compile(r"=\s*[\"']data:[^\"'>\s]*")
_TEXT_MAX = 3_000_000  # bytes: no person reads more, and a copy of it is taken at each step


@dataclass(slots=True)
class Body:
    """What a message says and carries. ``html`` is sanitised, or None when all was plain."""

    text: str = ""
    html: str | None = None
    attachments: list[ParsedAttachment] = field(default_factory=list)
    encrypted: bool = False
    signed: bool = False
    defects: list[str] = field(default_factory=list)
    hints: html_hints.Hints = html_hints.NONE


@dataclass(slots=True)
class _Block:
    """One stretch of body: plain text, HTML, or both when they are alternatives."""

    text: str | None = None
    html: str | None = None


def read(raw: bytes, root: Part) -> Body:
    """Assemble the body of the message ``raw`` whose tree is ``root``. Never raises."""
    body = Body()
    blocks: list[_Block] = []
    groups: dict[int, _Block] = {}
    spent = 0
    for part in _leaves(root, body):
        if not _is_body(part, bool(blocks)) or spent > _TEXT_MAX:
            _attach(raw, part, body)
            continue
        text, as_html = _read_bounded(raw, part, body)
        spent += len(text) * (3 if as_html else 1)
        block = _block_for(part, groups, blocks)
        if as_html:
            block.html = text if block.html is None else f"{block.html}\n{text}"
        elif part.content_type == "text/x-amp-html":
            continue
        else:
            block.text = text if block.text is None else f"{block.text}\n\n{text}"
    _unpack_tnef(body, blocks)
    _join(blocks, body)
    _mark_inline(body)
    return body


def _leaves(root: Part, body: Body) -> Iterator[Part]:
    """Leaves in reading order; what is signed or encrypted is noted on the way."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        kind = part.content_type
        if kind == "multipart/signed":
            body.signed = True
        elif kind == "multipart/encrypted":
            body.encrypted = True
        elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            _note_smime(part, body)
        if part.is_multipart:
            waiting.extend(reversed(part.children))
        else:
            yield part


def _note_smime(part: Part, body: Body) -> None:
    declared = parameter(part.headers.token("content-type"), "smime-type").lower()
    if declared == "signed-data" or file_name(part.headers).lower().endswith(".p7s"):
        body.signed = True
    elif declared not in ("certs-only", "compressed-data"):
        body.encrypted = True


def _is_body(part: Part, has_body: bool) -> bool:
    """Whether a leaf is read as text of the message rather than kept as a file.

    A text with a file name is a file, unless nothing else is the body so far.
    """
    if part.content_type not in _BODY_TYPES:
        return False
    disposition = part.headers.token("content-disposition").lower()
    if disposition.startswith("attachment"):
        return False
    return not file_name(part.headers) or not has_body


def _attach(raw: bytes, part: Part, body: Body) -> None:
    if part.start >= part.end and not part.headers.fields and part.parent is not None:
        return
    attachment, defects = attachments.from_part(raw, part, len(body.attachments) + 1)
    body.attachments.append(attachment)
    body.defects.extend(defects)


def _read_bounded(raw: bytes, part: Part, body: Body) -> tuple[str, bool]:
    """The text of a leaf up to a bearable length; the whole is attached when it is longer."""
    shorter = part
    if part.end - part.start > _TEXT_MAX:
        shorter = replace(part, end=part.start + _TEXT_MAX)
    text, as_html = _read_text(raw, shorter, body)
    limit = _TEXT_MAX
    if as_html and len(text) > _HTML_MAX:
        # Pictures written into the page are never shown: they must not push out the words.
        text = _WRITTEN_PICTURE.sub('="', text)
        limit = _HTML_MAX
    if shorter is not part or len(text) > limit:
        _attach(raw, part, body)
        body.defects.append("text-cut: the whole is attached")
    return text[:limit], as_html


def _read_text(raw: bytes, part: Part, body: Body) -> tuple[str, bool]:
    """The text of a leaf, line ends made one, and whether it is HTML."""
    content, defects = decoding.content(raw, part)
    declared = parameter(part.headers.token("content-type"), "charset") or None
    as_html = part.content_type == "text/html"
    if as_html and declared is None:
        declared = html_text.declared_charset(content)
    text, more = charsets.decode(content, declared)
    body.defects.extend([*defects, *more])
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if as_html:
        return text, True
    if part.content_type in ("text/enriched", "text/richtext"):
        return html_text.without_tags(text), False
    if parameter(part.headers.token("content-type"), "format").lower() == "flowed":
        delsp = parameter(part.headers.token("content-type"), "delsp").lower() == "yes"
        text = flowed.unfold(text, delete_space=delsp)
    return _plain(text, body), False


def _plain(text: str, body: Body) -> str:
    if _PGP_MESSAGE in text:
        body.encrypted = True
    if _PGP_SIGNED in text:
        body.signed = True
    text, files = decoding.take_uuencoded(text)
    for name, content in files:
        kind = attachments.real_type("application/octet-stream", content, name)
        body.attachments.append(ParsedAttachment(name, kind, content))
    return text.strip("\n").rstrip()


def _block_for(part: Part, groups: dict[int, _Block], blocks: list[_Block]) -> _Block:
    """Alternatives share one block; every other text is a block of its own."""
    above = part.parent
    group = None
    while above is not None:
        if above.content_type == "multipart/alternative":
            group = above
        above = above.parent
    if group is None:
        blocks.append(_Block())
        return blocks[-1]
    if id(group) not in groups:
        groups[id(group)] = _Block()
        blocks.append(groups[id(group)])
    return groups[id(group)]


def _unpack_tnef(body: Body, blocks: list[_Block]) -> None:
    kept: list[ParsedAttachment] = []
    for attachment in body.attachments:
        opened = tnef.unpack(attachment) if tnef.is_tnef(attachment) else None
        if opened is None:
            if tnef.is_tnef(attachment):
                body.defects.append("tnef-unreadable")
            kept.append(attachment)
            continue
        body.defects.append("tnef-unpacked")
        kept.extend(opened.attachments)
        if not any(block.text or block.html for block in blocks) and (opened.text or opened.html):
            blocks.append(_Block(opened.text or None, opened.html or None))
    body.attachments = kept


def _join(blocks: list[_Block], body: Body) -> None:
    texts: list[str] = []
    markups: list[str] = []
    marked_up = any(block.html is not None for block in blocks)
    for block in blocks:
        clean = sanitising.sanitise(block.html) if block.html is not None else None
        if block.html is not None and body.hints is html_hints.NONE:
            body.hints = html_hints.of(block.html[:_HTML_MAX])
        text = block.text or ""
        if clean is not None and not text.strip():
            text = html_text.to_text(clean)
        texts.append(text)
        if marked_up:
            markups.append(clean if clean is not None else _as_html(text))
    body.text = "\n\n".join(text for text in texts if text.strip())
    if marked_up:
        body.html = "\n".join(markup for markup in markups if markup)


def _as_html(text: str) -> str:
    return f"<div>{html_escaping.escape(text).replace(chr(10), '<br>')}</div>" if text else ""


def _mark_inline(body: Body) -> None:
    """A picture that the HTML shows is inline, whatever its part says."""
    if body.html and "cid:" in body.html:
        body.attachments = [
            replace(attachment, inline=True)
            if attachment.content_id and f"cid:{attachment.content_id}" in body.html
            else attachment
            for attachment in body.attachments
        ]
