"""What a server of ours found out about a sender: Authentication-Results, and nobody else's.

Anybody may write such a header (RFC 8601, section 5): only those of the servers that the operator
trusts count, and of these only the ones on top, which no other server has come after. A sender
is vouched for when DMARC passed for the very domain of the one address in From.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from channels.mail import words
from channels.mail.addresses import normalise, parse_all
from channels.mail.headers import HeaderBlock, read_block

_FIELD = "authentication-results"
_LONGEST = 4000  # characters of one header that are looked at
_MOST = 5  # headers of one server


@dataclass(frozen=True, slots=True)
class Auth:
    """What ``server`` said. ``dmarc`` and ``spf`` are words of RFC 8601 (pass, fail, none…), ""
    when nothing was said; ``domain`` is the one DMARC was asked about; ``dkim`` lists the domains
    whose signature passed. ``sole``: From holds exactly one address.
    """

    server: str
    dmarc: str = ""
    domain: str = ""
    spf: str = ""
    dkim: tuple[str, ...] = ()
    sole: bool = True

    def vouches_for(self, address: str) -> bool:
        """Whether mail that says it is from ``address`` surely comes from its domain."""
        domain = normalise(address).rpartition("@")[2]
        return self.sole and self.dmarc == "pass" and bool(domain) and self.domain == domain

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"dkim": [*self.dkim]}


_trusted: frozenset[str] = frozenset()


def configure(servers: Iterable[str]) -> None:
    """``servers``: names (authserv-id) of the receiving servers that are believed."""
    global _trusted
    _trusted = frozenset(name.strip().lower() for name in servers if name.strip())


def asked() -> bool:
    """Whether any server is trusted at all."""
    return bool(_trusted)


def read(raw: bytes) -> Auth | None:
    """What our servers say of ``raw``; None when none is trusted or none has spoken."""
    if not _trusted:
        return None
    block, _ = read_block(raw, 0, min(len(raw), 1 << 20), top=True)
    return of_block(block)


def of_block(block: HeaderBlock) -> Auth | None:
    found = [_results(text) for text in _on_top(block)]
    said = [one for _, results in found for one in results]
    if not found:
        return None
    dmarc = next((one for one in said if one.method == "dmarc"), _Result("dmarc", "", {}))
    # The same question answered twice, and not alike: one of the two is not ours.
    if len({one.value for one in said if one.method == "dmarc"}) > 1:
        dmarc = _Result("dmarc", "unclear", dmarc.properties)
    dkim = (one for one in said if one.method == "dkim" and one.value == "pass")
    return Auth(
        server=found[0][0],
        dmarc=dmarc.value,
        domain=_domain(dmarc.properties.get("header.from", "")),
        spf=next((one.value for one in said if one.method == "spf"), ""),
        dkim=tuple(dict.fromkeys(filter(None, (_signer(one) for one in dkim))))[:10],
        sole=len(block.raw_all("from")) == 1 and len(list(parse_all(block, "from"))) == 1,
    )


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    value: str
    properties: dict[str, str]


def _on_top(block: HeaderBlock) -> Iterator[str]:
    """The trusted headers that stand first, one right below the other.

    What a sender wrote stands further down: below what the server added after it, or, when the
    server adds nothing else, right below, where a contradiction gives it away.
    """
    begun = taken = 0
    for name, value in block.fields:
        if name != _FIELD:
            if begun:
                return
            continue
        begun = 1
        text = words.one_line(words.plain(value))[:_LONGEST]
        if _server(text) not in _trusted or taken == _MOST:
            return
        taken += 1
        yield text


def _server(text: str) -> str:
    first = next(iter(_pieces(text, ";")), "")
    return next(iter(_pieces(first, " ")), "").strip('"').lower()


def _results(text: str) -> tuple[str, list[_Result]]:
    _, *rest = _pieces(text, ";")
    return _server(text), [found for one in rest if (found := _result(one)) is not None]


def _result(text: str) -> _Result | None:
    """``dmarc=pass (p=reject) header.from=example.org`` taken apart."""
    first, *rest = _pieces(text, " ") or [""]
    method, equals, value = first.partition("=")
    if not equals:
        return None
    pairs = (one.partition("=") for one in rest)
    properties = {name.lower(): value.strip('"') for name, sign, value in pairs if sign}
    return _Result(method.partition("/")[0].lower(), value.strip('"').lower(), properties)


def _pieces(text: str, at: str) -> list[str]:
    """``text`` without its comments, cut at ``at`` wherever that is not quoted."""
    pieces, depth, quoted, escaped = [""], 0, False, False
    for sign in text:
        if escaped:
            escaped = False
        elif sign == "\\" and (quoted or depth):
            escaped = True
            continue
        elif sign == '"' and not depth:
            quoted = not quoted
        elif not quoted and sign == "(":
            depth += 1
            continue
        elif not quoted and depth:
            depth -= sign == ")"
            continue
        elif not quoted and sign == at:
            pieces.append("")
            continue
        if not depth:
            pieces[-1] += sign
    if at == " ":
        return _joined(pieces)
    return [" ".join(piece.split()) for piece in pieces]


def _joined(pieces: Iterable[str]) -> list[str]:
    """Words, with « a = b » put together as « a=b »."""
    found: list[str] = []
    for piece in filter(None, pieces):
        if found and (piece.startswith("=") or found[-1].endswith("=")):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _signer(result: _Result) -> str:
    return _domain(result.properties.get("header.d") or result.properties.get("header.i", ""))


def _domain(value: str) -> str:
    return normalise("x@" + value.rpartition("@")[2]).rpartition("@")[2] if value else ""
