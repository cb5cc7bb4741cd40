"""Every string that the public may read, as the pages and the reference data hold it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file

from web.seeds import reading

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "web" / "templates"
# Parts of pages that only staff open; the rest of the components serves both.
STAFF_ONLY = {"desk.html", "lists.html"}
FOLDERS = ("citizen", "citizen/form", "help", "errors")
LAYOUTS = (
    "layouts/base.html",
    "layouts/public.html",
    "library/_pieces.html",
    "library/_cases.html",
    "library/_rebuilding.html",
)
MODULES = (
    "web/citizen/appointments.py",
    "web/citizen/asking.py",
    "web/citizen/contact.py",
    "web/citizen/follow.py",
    "web/citizen/leading.py",
    "web/citizen/pages.py",
    "web/citizen/public_doors.py",
    "web/errors.py",
    "web/filters.py",
    "web/library/describing.py",
    "web/library/grouping.py",
    "web/library/help.py",
    "web/library/labels.py",
    "web/uploads.py",
)
# Refusals that a page of the public can meet; the others are told to staff.
REFUSALS = (
    "sign_in.too_many", "email.invalid", "phone.invalid", "foreigner_number.", "ticket.empty",
    "message.empty", "download.over",
    "message.what_is_missing", "attachment.unknown", "follow.", "contact.", "file.",
    "field.required", "field.choice", "field.too_long", "date.", "department.",
    "appointment.taken", "appointment.yours", "appointment.many", "appointment.too_late",
    "appointment.closed_now", "appointment.not_here", "appointment.reach", "appointment.place",
    "appointment.unknown", "appointment.sent_twice",
    "article.not_found", "ticket.move_refused", "ticket.unknown",
)  # fmt: skip
OPTIONS = {"extensions": "jinja2.ext.do", "silent": "false"}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}

Message = str | tuple[str, str]  # a plural has its two French forms


def public_strings() -> dict[Message, str]:
    """By message, where it stands."""
    found: dict[Message, str] = {}
    for path in _files():
        for _line, message, _comments, _context in extract_from_file(
            "jinja2" if path.suffix == ".html" else "python",
            path,
            keywords=KEYWORDS,
            options=OPTIONS,
        ):
            found.setdefault(message, str(path.relative_to(ROOT)))
    for message in _refusals():
        found.setdefault(message, "web/messages.py")
    for message in _reference_data():
        found.setdefault(message, "web/seeds/data")
    return found


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((TEMPLATES / folder).glob("*.html"))
    for layout in LAYOUTS:
        yield TEMPLATES / layout
    for path in sorted((TEMPLATES / "components").glob("*.html")):
        if path.name not in STAFF_ONLY:
            yield path
    for module in MODULES:
        yield ROOT / module


def _refusals() -> Iterator[str]:
    tree = ast.parse((ROOT / "web/messages.py").read_text())
    table = next(n.value for n in ast.walk(tree) if isinstance(n, ast.AnnAssign) and n.value)
    assert isinstance(table, ast.Dict)
    for key, value in zip(table.keys, table.values, strict=True):
        if isinstance(key, ast.Constant) and str(key.value).startswith(REFUSALS):
            yield from _words_in(value)
    yield "Refusé (%(code)s)."


def _words_in(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_":
            yield ast.literal_eval(call.args[0])


def _reference_data() -> Iterator[str]:
    """What the catalogue and the teams call things, in the public's own words."""
    catalogue = reading.read_catalogue()
    for situation in catalogue.situations:
        yield situation["label"]
        if situation.get("hint"):
            yield situation["hint"]
    for reason in catalogue.reasons:
        if reason["public"]:
            yield reason["plain_label"]
            yield reason["group"]
    for procedure in catalogue.procedures:
        yield procedure["plain_label"]
    for reason in reading.read_appointments():
        yield reason["public_label"]
        yield from filter(None, map(str.strip, reason["bring"].splitlines()))
    for team in reading.read_organisation().teams:
        if team["kind"] in ("contact_centre", "project_directorate", "business_directorate"):
            yield team["public_label"]


def placeholders(text: str) -> set[str]:
    """« %(name)s », « {name} » and the like: what a translation must carry as well."""
    return set(re.findall(r"%\(\w+\)s|\{\w+\}|%%", text))
