"""Delivery reports: which address failed, why, and which message it was.

Standard reports (RFC 3464) are read field by field; for the others a library of detectors knows
the wording of many servers.
"""

import email
import re
from dataclasses import dataclass

from flufl.bounce import all_failures

from channels.mail import decoding, identifiers, words
from channels.mail.addresses import Address
from channels.mail.headers import HeaderBlock, read_block
from channels.mail.parameters import parameter
from channels.mail.structure import Part

_MAX_SCANNED = 1_000_000
_SUBJECTS = re.compile(
    r"undeliver|delivery (?:status|failure|failed|has failed|problem|error)|mail delivery"
    r"|returned mail|failure notice|delivery notification|mail system error|message not delivered"
    r"|non[- ]?remis|non[- ]?distribu|non[- ]?livr|[ée]chec de (?:la )?(?:remise|distribution)"
    r"|unzustellbar|zustell(?:ung|fehler)|nicht zugestellt|no se ha podido entregar|no entregad"
    r"|mensaje no entregado|n[ãa]o (?:foi )?entregue|mancata consegna|impossibile recapitare"
    r"|onbestelbaar|niet bezorgd|не доставлен|недоставлен|teslim edilemed"
    r"|退信|未送达|未能送达|配信不能",
    re.IGNORECASE,
)
_DAEMONS = re.compile(r"mailer-?daemon|postmaster|mail-?delivery|^bounce|microsoftexchange", re.I)


@dataclass(frozen=True, slots=True)
class FailedRecipient:
    """An address a message did not reach; ``status`` like "5.1.1" and the server's own words."""

    address: str
    action: str = "failed"
    status: str = ""
    diagnostic: str = ""

    @property
    def permanent(self) -> bool:
        return self.action == "failed" and not self.status.startswith("4")


@dataclass(frozen=True, slots=True)
class Report:
    """A report on a message; ``failure_of_delivery`` is False for receipts and successes."""

    reason: str
    failure_of_delivery: bool = True
    failed: tuple[FailedRecipient, ...] = ()
    message_id: str | None = None


def read(raw: bytes, root: Part, sender: Address | None, text: str) -> Report | None:
    """The report that a message is, or None."""
    leaves = _leaves(root)
    declared = parameter(root.headers.token("content-type"), "report-type").lower()
    for leaf in leaves:
        if leaf.content_type in ("message/delivery-status", "message/global-delivery-status"):
            return _delivery_report(raw, leaf, leaves)
    if root.content_type == "multipart/report" and declared != "delivery-status":
        return Report(f"automatic: report {declared}", failure_of_delivery=False)
    if root.content_type == "multipart/report" or root.headers.has("x-failed-recipients"):
        return _worded_report(raw, root, leaves, "bounce: declared")
    if _suspicious(root.headers, sender) and len(raw) <= _MAX_SCANNED:
        report = _worded_report(raw, root, leaves, "bounce: wording")
        if report.failed or _SUBJECTS.search(root.headers.text("subject")):
            return report
    return None


def _suspicious(block: HeaderBlock, sender: Address | None) -> bool:
    """Whether it is worth scanning: nobody answers from there, or the title says so."""
    null_path = block.has("return-path") and not block.token("return-path").strip("<> ")
    local = sender.address.partition("@")[0] if sender else ""
    daemon = bool(_DAEMONS.search(local)) or (sender is not None and not sender.usable)
    titled = bool(_SUBJECTS.search(block.text("subject")))
    return daemon or (titled and (null_path or sender is None))


def _delivery_report(raw: bytes, leaf: Part, leaves: list[Part]) -> Report:
    content, _ = decoding.content(raw, leaf)
    failed: list[FailedRecipient] = []
    actions: list[str] = []
    at = 0
    while at < len(content):
        block, following = read_block(content, at, len(content))
        at = max(following, at + 1)
        recipient = _recipient(block)
        if recipient:
            actions.append(recipient.action)
            if recipient.action in ("failed", "delayed", ""):
                failed.append(recipient)
    bad = bool(failed) or not actions
    return Report(
        "bounce: delivery report" if bad else "automatic: delivery confirmed",
        bad,
        tuple(failed),
        _original(raw, leaves),
    )


def _recipient(block: HeaderBlock) -> FailedRecipient | None:
    written = block.token("original-recipient") or block.token("final-recipient")
    address = (block.token("final-recipient") or written).rpartition(";")[2].strip().strip("<>")
    if not address:
        return None
    diagnostic = words.decode(block.raw("diagnostic-code")).partition(";")[2].strip()
    return FailedRecipient(
        address,
        block.token("action").lower().split(" ")[0],
        block.token("status").split(" ")[0],
        diagnostic[:1000],
    )


def _worded_report(raw: bytes, root: Part, leaves: list[Part], reason: str) -> Report:
    named = words.plain(root.headers.raw("x-failed-recipients"))
    found = {address.strip(): "failed" for address in named.split(",") if "@" in address}
    if len(raw) <= _MAX_SCANNED:
        try:
            temporary, permanent = all_failures(email.message_from_bytes(raw))
        except Exception:  # the detectors were not written for every malformed message
            temporary, permanent = frozenset(), frozenset()
        found |= {words.plain(address): "delayed" for address in temporary}
        found |= {words.plain(address): "failed" for address in permanent}
    failed = tuple(FailedRecipient(address, action) for address, action in found.items())
    return Report(reason, True, failed, _original(raw, leaves))


def _original(raw: bytes, leaves: list[Part]) -> str | None:
    """The Message-ID of the message that failed, from the copy that came back with the report."""
    for leaf in leaves:
        if leaf.content_type in ("message/rfc822", "text/rfc822-headers", "message/global"):
            content, _ = decoding.content(raw, leaf)
            block, _ = read_block(content, 0, min(len(content), 1 << 17), top=True)
            if found := identifiers.message_id(block):
                return found
    match = re.search(rb"^message-id:\s*(<[^>\s]{3,900}>)", raw[_body_at(leaves) :], re.I | re.M)
    return words.plain(match[1]) if match else None


def _body_at(leaves: list[Part]) -> int:
    return min((leaf.start for leaf in leaves), default=0)


def _leaves(root: Part) -> list[Part]:
    found: list[Part] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.children:
            waiting.extend(reversed(part.children))
        else:
            found.append(part)
    return found
