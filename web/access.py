"""Who may open a page. Every view says so; a view that does not is refused at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import Flask

from support.people.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """``permissions``: all of them are needed. ``own_transactions``: the view opens its own.

    ``token``: for programmes, which show a bearer token: no session, no cookie, no form's token.
    ``peer``: for a server of somebody else, which signs what it sends: likewise.
    """

    staff: bool
    permissions: tuple[Permission, ...] = ()
    own_transactions: bool = False
    token: bool = False
    peer: bool = False


def public(view: View) -> View:
    """Anybody, without an account."""
    return _declare(view, Access(staff=False))


def staff(*permissions: Permission) -> Callable[[View], View]:
    """Signed-in agents who hold every one of ``permissions``."""
    return lambda view: _declare(view, Access(staff=True, permissions=permissions))


def by_token(*permissions: Permission) -> Callable[[View], View]:
    """Programmes that show a bearer token in force which holds every one of ``permissions``."""
    return lambda view: _declare(view, Access(staff=False, permissions=permissions, token=True))


def peer(view: View) -> View:
    """A server that signs what it sends; the view verifies the signature before anything else."""
    return _declare(view, Access(staff=False, peer=True))


def own_transactions(view: View) -> View:
    """The view commits by itself, more than once: what came in before what it means.

    Goes above ``public``, ``staff`` or ``by_token``.
    """
    before: Access = view.access  # type: ignore[attr-defined]
    return _declare(view, replace(before, own_transactions=True))


def access_of(app: Flask, endpoint: str) -> Access:
    view = app.view_functions[endpoint]
    declared: Access | None = getattr(view, "access", None)
    if declared is None:
        raise RuntimeError(f"{endpoint} does not say who may open it: see web/access.py")
    return declared


def _declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view
