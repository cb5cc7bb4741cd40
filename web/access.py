"""Who may open a page. Every view says so; a view that does not is refused at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

from support.people.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """``permissions``: all of them are needed. ``own_transactions``: the view opens its own."""

    staff: bool
    permissions: tuple[Permission, ...] = ()
    own_transactions: bool = False


def public(view: View) -> View:
    """Anybody, without an account."""
    return _declare(view, Access(staff=False))


def staff(*permissions: Permission) -> Callable[[View], View]:
    """Signed-in agents who hold every one of ``permissions``."""
    return lambda view: _declare(view, Access(staff=True, permissions=permissions))


def own_transactions(view: View) -> View:
    """The view commits by itself, more than once: what came in before what it means.

    Goes above ``public`` or ``staff``.
    """
    before: Access = view.access  # type: ignore[attr-defined]
    return _declare(view, Access(before.staff, before.permissions, own_transactions=True))


def access_of(app: Flask, endpoint: str) -> Access:
    view = app.view_functions[endpoint]
    declared: Access | None = getattr(view, "access", None)
    if declared is None:
        raise RuntimeError(f"{endpoint} does not say who may open it: see web/access.py")
    return declared


def _declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
