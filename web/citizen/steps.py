"""The pages of the contact form: which there are, what each asks, and where one stands."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from flask import request
from flask_babel import get_locale

from channels.contact_form.questions import PREFIX, QUESTIONS
from channels.contact_form.sheet import Sheet
from support.tickets.journal import FileDraft
from web import uploads
from web.citizen import robots
from web.i18n import offered
from web.reading_args import row_number


class Step(StrEnum):
    SITUATION = "situation"
    REASON = "reason"
    ARTICLES = "articles"
    DETAILS = "details"
    CONTACT = "contact"


# By the name that a form carries: the whole way, without articles when none answers, and straight
# to the words for who comes from an article, which said the reason and did not help.
WAYS: Mapping[str, Sequence[Step]] = {
    "": tuple(Step),
    "sans-fiches": (Step.SITUATION, Step.REASON, Step.DETAILS, Step.CONTACT),
    "court": (Step.DETAILS, Step.CONTACT),
}
IDENTITY = ("given_name", "family_name", "email", "phone", "foreigner_number", "dossier_number")
# What was typed, by name, on the page where it is asked.
FIELDS: Mapping[Step, Sequence[str]] = {
    Step.SITUATION: ("situation", "cherche"),
    Step.REASON: ("reason", "procedure"),
    Step.ARTICLES: (),
    Step.DETAILS: ("text", "files", *(PREFIX + code for code in QUESTIONS)),
    Step.CONTACT: (*IDENTITY, "language"),
}
# The address of the article from which the person came, carried along.
CAME_FROM = "fiche"
TYPED = (
    *(name for names in FIELDS.values() for name in names if name != "files"),
    CAME_FROM,
)
SHEET = ("reason", "procedure", "text", *IDENTITY, "language")


@dataclass
class Page:
    """What is on screen: the step, what was typed everywhere, the files kept, what is wrong.

    ``number``: of the step on its way, from 1. ``opened``: when the form was first shown, signed.
    ``again``: asked to send once more, because it went too fast for a person.
    """

    number: int
    typed: dict[str, str]
    files: list[FileDraft]
    key: str
    opened: str
    way: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    again: bool = False

    @property
    def steps(self) -> Sequence[Step]:
        return WAYS[self.way]

    @property
    def step(self) -> Step:
        return self.steps[self.number - 1]

    @property
    def last(self) -> int:
        return len(self.steps)

    @property
    def here(self) -> set[str]:
        """The fields of the page on screen."""
        return set(FIELDS[self.step])

    @property
    def answers(self) -> dict[str, str]:
        """What was typed under each question, asked for this reason or before for another."""
        return {code: self.typed[PREFIX + code] for code in QUESTIONS if self.typed[PREFIX + code]}

    def go(self, step: Step) -> None:
        self.number = self.steps.index(step) + 1

    def sheet(self, asked: Sequence[str]) -> Sheet:
        """The form as it is sent, with the answers to what its reason asks."""
        answers = {code: words for code, words in self.answers.items() if code in asked}
        typed = {name: self.typed[name] for name in SHEET}
        return Sheet(key=self.key, files=tuple(self.files), answers=answers, **typed)


def fresh() -> Page:
    """The first page, with what the address already says."""
    typed = dict.fromkeys(TYPED, "")
    typed["language"] = str(get_locale()).split("_")[0]
    typed["reason"] = request.args.get("motif", "")
    typed["procedure"] = request.args.get("demarche", "")
    typed["text"] = request.args.get("texte", "")
    typed[CAME_FROM] = request.args.get(CAME_FROM, "")
    return Page(1, typed, [], secrets.token_urlsafe(16), robots.opened_now())


def read() -> Page:
    """The page that was sent. A form posted whole, without a step, stands on the last one."""
    form = request.form
    way = form.get("chemin", "")
    way = way if way in WAYS else ""
    typed = {name: form.get(name, "") for name in TYPED}
    removed = set(form.getlist("retirer"))
    kept = uploads.unseal(t for t in form.getlist("kept") if t not in removed)
    key = (form.get("cle") or secrets.token_urlsafe(16))[:64]
    last = len(WAYS[way])
    number = min(max(row_number(form, "etape") or last, 1), last)
    return Page(number, typed, kept, key, robots.opened(form.get("ouvert", "")), way)


def answer_in(page: Page, language: str) -> None:
    """The language of the answer follows that of the page, unless pages do not speak it."""
    if {language, page.typed["language"]} <= {*offered()}:
        page.typed["language"] = language


def place(page: Page, problems: Mapping[str, str]) -> None:
    """Back to the first page that has something wrong, with everything typed."""
    page.errors = problems
    if "reason" in problems and not page.typed["situation"]:
        page.errors = {**problems, "situation": problems["reason"]}
        if Step.SITUATION not in page.steps:
            page.way = ""
    wrong = [s for s in page.steps if any(name in page.errors for name in FIELDS[s])]
    if wrong:
        page.go(wrong[0])
