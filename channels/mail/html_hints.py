"""What the HTML of a mail tells of its text: where a program put a signature or a quotation.

Programs name what they add. The names are looked for in the HTML as it came, before it is made
harmless; what they hold is compared with the text by its letters alone, for the plain text that a
program sends beside its HTML is wrapped and marked otherwise.
"""

import re
from dataclasses import dataclass

from channels.mail import html_text, sanitising

_SIGNATURES = (
    r"gmail_signature(?:_prefix)?|moz-signature|signature|_rc_sig|applemailsignature"
    r"|protonmail_signature_block(?:-user)?|ms-outlook-mobile-signature"
    r"|lineBreakAtBeginningOfSignature"
    r"|signature-user|mail_signature|zmail_signature|zimbra-signature|yahoo[-_]signature"
    r"|skype_signature"
)
_QUOTATIONS = (
    r"gmail_attr|gmail_quote(?:_container)?|moz-cite-prefix|moz-email-headers-table|yahoo_quoted"
    r"|protonmail_quote|reply-intro|divrplyfwdmsg|outlookmessageheader|olk_src_body_section"
    r"|zmail_extra"
    r"|mail_extra|wm_quote|gmail_extra|tutanota_quote|ms-outlook-mobile-reference-message|hmquote"
    r"|isforwardcontent|replyforwardmessage|mailru-quote|cite"
)
_NAMED = re.compile(
    r"<(?P<tag>div|table|span|p|section|font|pre|blockquote)\b[^<>]{0,400}?\s"
    r"(?:class|id|name|data-smartmail)\s*=\s*(?P<quote>[\"']?)"
    rf"(?:[^\"'<>]{{0,80}}\s)?(?:x_)*(?:(?P<signature>{_SIGNATURES})|(?P<quotation>{_QUOTATIONS}))"
    r"(?=[\"'\s>])[^<>]{0,400}>",
    re.IGNORECASE,
)
_HEAD = re.compile(r"[\d@].*[:：>]\s*$")  # no one types such a line twice
_QUOTED = re.compile(r"<blockquote\b", re.IGNORECASE)
_LINK = re.compile(r"<(?:https?|mailto|tel):[^<>\s]{0,500}>|\[(?:image|cid)[^\]\n]{0,200}\]", re.I)
_MAX_NAMED = 12
_MAX_FRAGMENT = 20_000
_MAX_LINES = 14
_MAX_LINE = 120
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Hints:
    """Keys (letters and digits alone) of signatures and of the lines that open quotations."""

    signatures: frozenset[str] = frozenset()
    openings: frozenset[str] = frozenset()


NONE = Hints()


def key(text: str) -> str:
    """What is compared of ``text``: its letters and digits, links left out."""
    return "".join(filter(str.isalnum, _LINK.sub("", text))).lower()


def of(html: str) -> Hints:
    """The hints that ``html``, as it came, gives. Bounded; never raises."""
    signatures: set[str] = set()
    openings: set[str] = set()
    for number, match in enumerate(_NAMED.finditer(html)):
        if number >= _MAX_NAMED:
            break
        fragment = _fragment(html, match)
        if match["signature"]:
            lines = _lines(fragment)
            if 0 < len(lines) <= _MAX_LINES and all(len(line) <= _MAX_LINE for line in lines):
                signatures.add(key(" ".join(lines)))
        else:
            quoted = _QUOTED.search(fragment)
            lines = _lines(fragment[: quoted.start()] if quoted else fragment)
            openings.update(key(line) for line in lines[:1] if _HEAD.search(line))
    return Hints(
        frozenset(one for one in signatures if len(one) >= _SHORTEST),
        frozenset(one for one in openings if len(one) >= 2 * _SHORTEST),
    )


def _fragment(html: str, opening: re.Match[str]) -> str:
    """What the element that ``opening`` begins holds, up to a limit."""
    inner = html[opening.end() : opening.end() + _MAX_FRAGMENT]
    depth = 1
    for tag in re.finditer(rf"<(/?){opening['tag']}\b[^<>]*>", inner, re.IGNORECASE):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return inner[: tag.start()]
    return inner


def _lines(fragment: str) -> list[str]:
    text = html_text.to_text(sanitising.sanitise(fragment))
    return [line.lstrip("> ") for line in text.split("\n") if any(map(str.isalnum, line))]
