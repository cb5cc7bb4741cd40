"""How the domain refuses: typed errors with a code, turned into words by the doors.

A code such as ``handover.question_missing`` is stable; the sentence that a person reads is
looked up by the door that shows it (web/messages.py), in that person's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from typing import Any, Self

from sqlalchemy.exc import IntegrityError


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what was given. ``field`` is None when it concerns the whole."""

    code: str
    field: str | None = None
    params: Mapping[str, Any] = with_default(default_factory=dict)


class DomainError(Exception):
    """Base of all refusals. ``problems`` is never empty."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(p.code for p in problems))
        self.problems = problems

    @classmethod
    def of(cls, code: str, field: str | None = None, **params: Any) -> Self:
        return cls(Problem(code, field, params))

    @property
    def code(self) -> str:
        return self.problems[0].code


class Invalid(DomainError):
    """What was given cannot be used (422): the giver can mend it."""


class Forbidden(DomainError):
    """The asker may see it but may not do this (403)."""


class NotVisible(DomainError):
    """It does not exist, or not for the asker: the two are not told apart (404)."""


class Conflict(DomainError):
    """The world has moved since the asker looked (409)."""


def broken_constraint(error: IntegrityError, names: Mapping[str, str]) -> str | None:
    """Which of the named constraints an integrity error broke, as the mapped code.

    ``names`` maps a constraint name to a code; for SQLite, which names the columns instead,
    also ``table.column``. None when it is another one: raise the error again.
    """
    diag = getattr(error.orig, "diag", None)
    said = getattr(diag, "constraint_name", None) or str(error.orig)
    for name, code in names.items():
        if name in said:
            return code
    return None
