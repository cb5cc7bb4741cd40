"""Signed links: an address that only we can have made, and that can be revoked."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

_secret: str | None = None


def configure(secret: str) -> None:
    global _secret
    _secret = secret


def sign(purpose: str, identifier: int, salt: str) -> str:
    """A token for ``identifier``, good for ``purpose`` only and as long as ``salt`` is kept."""
    return str(_signer(purpose).dumps([identifier, salt]))


def read(purpose: str, token: str) -> tuple[int, str] | None:
    """The identifier and salt of a token of ours; None for any other text."""
    try:
        identifier, salt = _signer(purpose).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    if isinstance(identifier, int) and isinstance(salt, str):
        return identifier, salt
    return None


def _signer(purpose: str) -> URLSafeSerializer:
    if _secret is None:
        raise RuntimeError("links not configured: call support.people.links.configure first")
    return URLSafeSerializer(_secret, salt=f"relais.{purpose}")
