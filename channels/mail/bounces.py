"""Delivery reports: which address failed, why, and which message it was.

Standard reports (RFC 3464) are read field by field; of the others the words are read, and where
those say nothing, a library of detectors that knows the wording of old servers.
"""

import email
import re
from dataclasses import dataclass

from channels.mail import bounce_words, decoding, identifiers, words
from channels.mail.addresses import Address, parse_all
from channels.mail.headers import HeaderBlock, read_block
from channels.mail.parameters import parameter
from channels.mail.structure import Part, leaves_of

_MAX_SCANNED = 1_000_000
_TITLE = 500  # characters of a subject
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_COPY_TYPES = (
    "message/rfc822",
    "message/global",
    "message/rfc822-headers",
    "text/rfc822-headers",
    "text/rfc822-header",
    "message/global-headers",
)
# Whose address says it, and whose name or manners only let one think so.
_REPORTERS = re.compile(r"^(?:mailer.?daemon|postmaster|microsoftexchange)", re.IGNORECASE)
_PERHAPS = re.compile(
    r"mailer.?daemon|postmaster|post-?office|mail.?deliver|^bounces?\b|mdaemon|smtp.?(?:mail|gateway)"
    r"|mail.?(?:system|server|service|admin)|system.?admin|^imss|anti-?virus|delivery.?subsystem"
    r"|^mta\b|^symantec",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(
    r"\s*(?:re|fwd?|tr|wg|aw|rv|antw|sv|vs|odp|ynt|rif|enc|i)\s*:", re.IGNORECASE
)
_GOOD = ("delivered", "relayed", "expanded")


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
    block = root.headers
    leaves = leaves_of(root)
    declared = parameter(block.token("content-type"), "report-type").lower()
    for leaf in leaves:
        if leaf.content_type in _STATUS_TYPES:
            return _delivery_report(raw, root, leaf, leaves, text)
    if root.content_type == "multipart/report" and declared != "delivery-status":
        refused = "reject" in f"{block.token('auto-submitted')} {block.text('subject')}".lower()
        failed = bounce_words.says_failure(text) or bounce_words.TITLE.search(block.text("subject"))
        if not (refused or (failed and not declared)):
            return Report(f"automatic: report {declared}".rstrip(), failure_of_delivery=False)
        return _worded_report(raw, root, leaves, text, "bounce: declared")
    if root.content_type == "multipart/report" or block.raw("x-failed-recipients"):
        return _worded_report(raw, root, leaves, text, "bounce: declared")
    if len(raw) <= _MAX_SCANNED and _reports_failure(block, sender, text, leaves):
        report = _worded_report(raw, root, leaves, text, "bounce: wording")
        if report.failed or bounce_words.TITLE.search(block.text("subject")):
            return report
    return None


def _reports_failure(
    block: HeaderBlock, sender: Address | None, text: str, leaves: list[Part]
) -> bool:
    """Whether sender, title and words together say so; none of them does alone."""
    subject = block.text("subject")[:_TITLE]
    if _PASSED_ON.match(subject):
        return False
    automatic = block.token("auto-submitted").lower()
    if automatic.startswith("auto-replied") and "vacation" in automatic:
        return False
    path = block.token("return-path").strip("<> ").lower()
    silent = block.has("return-path") and not path
    daemon = path.startswith(("mailer-daemon", "postmaster")) or _is_reporter(sender)
    titled = bounce_words.TITLE.search(subject) is not None
    if not (titled or daemon or silent or _may_be_reporter(sender)):
        return False
    worded = bounce_words.says_failure(text)
    copied = any(leaf.content_type in _COPY_TYPES for leaf in leaves)
    if daemon or silent:
        return titled or (worded and (daemon or copied))
    if _may_be_reporter(sender):
        return titled or (worded and copied)
    # Only the title: what a person could write as well.
    return worded and (copied or bounce_words.status_in(text) != "" or _lists_failures(text))


def _is_reporter(sender: Address | None) -> bool:
    return sender is not None and _REPORTERS.match(sender.address) is not None


def _may_be_reporter(sender: Address | None) -> bool:
    """Whether the sender has the name of a program, or no address that could be answered."""
    if sender is None or not sender.usable:
        return True
    local = sender.address.partition("@")[0]
    return _PERHAPS.search(local) is not None or _PERHAPS.search(sender.name) is not None


def _lists_failures(text: str) -> bool:
    return (
        re.search(
            r"(?:recipients?|users?|addressee?s?|address(?:es)?|utilisateurs?|destinataires?|empfänger|destinatari[oa]s?)[^\n]{0,60}"
            r"[:\n][\s<\"'*-]*+[\w.+-]{1,100}+@",
            text[:6000],
            re.IGNORECASE,
        )
        is not None
    )


def _delivery_report(raw: bytes, root: Part, leaf: Part, leaves: list[Part], text: str) -> Report:
    content = decoding.beginning(raw, leaf, _MAX_SCANNED)
    failed: list[FailedRecipient] = []
    actions: list[str] = []
    message_id = None
    at = 0
    while at < len(content):
        block, following = read_block(content, at, len(content))
        at = max(following, at + 1)
        for name in ("original-message-id", "x-original-message-id"):
            message_id = message_id or next(
                iter(identifiers.parse_identifiers(block.raw(name))), None
            )
        recipient = _recipient(block)
        if recipient:
            actions.append(recipient.action)
            if recipient.action not in _GOOD:
                failed.append(recipient)
    if actions and not failed:
        return Report(
            "automatic: delivery confirmed", False, (), _original(raw, root, leaves, text)
        )
    if not failed:
        failed = _named(raw, root, leaves, text)
    return Report(
        "bounce: delivery report",
        True,
        tuple(failed),
        _original(raw, root, leaves, text) or message_id,
    )


def _recipient(block: HeaderBlock) -> FailedRecipient | None:
    original, final = (
        words.plain(block.raw(name)).rpartition(";")[2].strip().strip("<>\"' ")
        for name in ("original-recipient", "final-recipient")
    )
    # Forwarding leads elsewhere: the address that was written to is the one that is known.
    elsewhere = "@" in original and original.lower() != final.lower()
    written = original if elsewhere or not final else final
    if not written:
        return None
    diagnostic = words.decode(block.raw("diagnostic-code"))
    diagnostic = (diagnostic.partition(";")[2] or diagnostic).strip()
    action = re.split(r"[\s(;]", block.token("action").lower().strip())[0]
    status = bounce_words.status_in(block.token("status")) or bounce_words.status_in(diagnostic)
    if action not in (*_GOOD, "delayed"):
        action = "delayed" if action == "delay" else "failed"
    return FailedRecipient(written, action, status, diagnostic[:1000])


def _worded_report(raw: bytes, root: Part, leaves: list[Part], text: str, reason: str) -> Report:
    return Report(
        reason,
        True,
        tuple(_named(raw, root, leaves, text)),
        _original(raw, root, leaves, text),
    )


def _named(raw: bytes, root: Part, leaves: list[Part], text: str) -> list[FailedRecipient]:
    """The failed addresses, from the headers, the words, the copy, the library: who says first."""
    block = root.headers
    delayed = bounce_words.DELAYED.search(block.text("subject")) is not None
    action = "delayed" if delayed else "failed"
    told = words.plain(block.raw("x-failed-recipients"))
    if declared := [one.strip().strip("<>") for one in told.split(",") if "@" in one]:
        status = bounce_words.status_in(bounce_words.explanation(text))
        return [FailedRecipient(address, action, status) for address in declared]
    copy = _copy(raw, leaves)
    written_to = frozenset(
        one.address.lower()
        for name in ("to", "cc", "bcc", "x-original-to")
        for one in parse_all(copy, name)
        if one.usable
    )
    ours = frozenset(
        one.address.lower()
        for name in ("to", "from", "reply-to", "delivered-to", "sender")
        for one in parse_all(block, name)
    )
    named = bounce_words.failed_in(text, ours - written_to, written_to)
    if not any(one.sure for one in named) and (found := _by_library(raw)):
        return found
    if named:
        return [
            FailedRecipient(
                one.address,
                "delayed" if one.status.startswith("4") else action,
                one.status,
                one.line,
            )
            for one in named
        ]
    if len(written_to) == 1 and not written_to & ours:
        return [FailedRecipient(next(iter(written_to)), action, bounce_words.status_in(text))]
    return []


def _by_library(raw: bytes) -> list[FailedRecipient]:
    if len(raw) > _MAX_SCANNED:
        return []
    from flufl.bounce import all_failures  # a tenth of a second, for one message in a thousand

    try:
        temporary, permanent = all_failures(email.message_from_bytes(raw))
    except Exception:  # the detectors were not written for every malformed message
        return []
    found = {words.plain(address): "delayed" for address in temporary}
    found |= {words.plain(address): "failed" for address in permanent}
    return [FailedRecipient(address, action) for address, action in found.items()]


def _copy(raw: bytes, leaves: list[Part]) -> HeaderBlock:
    """The header of the message that failed, when it came back as a part."""
    for leaf in leaves:
        if leaf.content_type in _COPY_TYPES:
            content = decoding.beginning(raw, leaf, 1 << 17)
            block, _ = read_block(content, 0, len(content), top=True)
            if block.fields:
                return block
    return HeaderBlock()


def _original(raw: bytes, root: Part, leaves: list[Part], text: str) -> str | None:
    """The Message-ID of the message that failed.

    From the copy that came back, else from the text, else from what the report answers to.
    """
    if found := identifiers.message_id(_copy(raw, leaves)):
        return found
    if found := bounce_words.copied_identifier(text):
        return found
    for leaf in leaves:
        if leaf is not root:
            content = decoding.beginning(raw, leaf, 200_000)
            if found := bounce_words.copied_identifier(words.plain(content)):
                return found
    answered = identifiers.in_reply_to(root.headers)
    return answered or next(iter(identifiers.references(root.headers)[-1:]), None)
