"""The help point of the cast, for what rests on its visits."""

from __future__ import annotations

from tests.support.help_sessions.conftest import give, point, reason

__all__ = ["give", "point", "reason"]
