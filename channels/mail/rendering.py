"""Letters made into words: a subject, a text, and the same words as HTML.

A letter is three files in each language (``subject.txt``, ``body.txt``, ``body.html``); a test
holds that the last two say the same words. What an agent types has no HTML of its own: it is made
from the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from channels.mail import reviews
from channels.mail.directions import by_itself, direction, left_to_right, linked
from channels.mail.reviews import FOLDER

FALLBACK = reviews.ORIGINAL
PARIS = ZoneInfo("Europe/Paris")

# Of the facts of a letter: numbers and addresses, and what is in whatever language it is in.
_NUMBERS = ("reference", "earlier", "address", "phone", "email")
_NAMES = ("name", "subject", "service", "agent", "explanation", "to_service", "to_contact")

# Plain texts: nothing to escape.
_texts = Environment(loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, autoescape=False)
_pages = Environment(
    loader=FileSystemLoader(FOLDER),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters["linked"] = linked
_fragment = _pages.from_string(
    """{% for p in paragraphs %}
{% if p.lines %}<p dir="auto">{{ p.lines | map('linked') | join(br) }}</p>{% endif %}
{% if p.points %}
<ul>{% for one in p.points %}<li dir="auto">{{ one | linked }}</li>{% endfor %}</ul>
{% endif %}
{% endfor %}"""
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a letter may say. Nothing internal has a place here.

    ``reference`` as shown (``2611-2004-8317``); ``service`` and what follows is how the public
    reaches the team that answers; ``agent`` who has it in hand, as the public may know them;
    ``silence_on``: for a request, the day from which silence means that it is ``accepted``, or
    refused; ``earlier`` the reference of the request, closed long ago, from which this one goes
    on; ``was`` the date promised before this one, and ``explanation`` why it is another;
    ``questions`` what the person is asked; ``to_service`` the authority to which it was passed on,
    and ``to_contact`` how to reach it. "" and None are left out of the letter.
    """

    name: str
    reference: str
    subject: str
    received_at: datetime
    promised_at: datetime | None = None
    service: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    agent: str = ""
    silence_on: datetime | None = None
    accepted: bool = False
    earlier: str = ""
    was: datetime | None = None
    explanation: str = ""
    questions: tuple[str, ...] = ()
    to_service: str = ""
    to_contact: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands below every mail: the personal link, and who writes.

    ``files``: (name and size, address) of each file that was too big to be attached;
    ``files_until``: the last instant at which they can be had.
    """

    reference: str
    follow_url: str
    signature: str
    language: str
    files: tuple[tuple[str, str], ...] = ()
    files_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines, and the points of a list below them."""

    lines: tuple[str, ...]
    points: tuple[str, ...] = ()


def render_letter(name: str, language: str, facts: Facts) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter; in French when it does not exist in ``language``."""
    code = language_of(name, language)
    words = (
        asdict(facts)
        | _isolated(facts, code)
        | {
            "received": in_words(facts.received_at, code),
            "promised": in_words(facts.promised_at, code) if facts.promised_at else "",
            "silence": in_words(facts.silence_on, code) if facts.silence_on else "",
            "was": in_words(facts.was, code) if facts.was else "",
        }
    )
    subject = _texts.get_template(f"{name}/{code}/subject.txt").render(words)
    text = _texts.get_template(f"{name}/{code}/body.txt").render(words).strip()
    html = _pages.get_template(f"{name}/{code}/body.html").render(words).strip()
    return " ".join(subject.split()), text, html


def _isolated(facts: Facts, language: str) -> dict[str, str]:
    """What would be torn in a text written from right to left, as it must stand there."""
    if direction(language) == "ltr":
        return {}
    numbers = {name: left_to_right(getattr(facts, name)) for name in _NUMBERS}
    return numbers | {name: by_itself(getattr(facts, name)) for name in _NAMES}


def language_of(name: str, language: str) -> str:
    """The language in which the letter can be had for someone who reads ``language``.

    A translation that nobody has reviewed is none.
    """
    return language if language.isalpha() and reviews.usable(name, language) else FALLBACK


def framed(
    text: str, frame: Frame, language: str, title: str, html: str | None = None
) -> tuple[str, str]:
    """The whole mail, as text and as HTML. ``language`` is the one ``text`` is written in.

    ``html``: what a letter says in its own; without it, made from ``text``.
    """
    code = language_of("frame", frame.language)
    rtl = direction(code) == "rtl"
    reference = left_to_right(frame.reference) if rtl else frame.reference
    follow = _texts.get_template(f"frame/{code}/follow.txt").render(reference=reference)
    words = {"follow": follow.strip(), "follow_url": frame.follow_url, "files": frame.files}
    if frame.files and frame.files_until:
        until = in_words(frame.files_until, code)
        words["download"] = _texts.get_template(f"frame/{code}/files.txt").render(until=until)
    return laid_out(text, words, frame.signature, title, (language, code), html)


def laid_out(
    text: str,
    words: Mapping[str, object],
    signature: str,
    title: str,
    languages: tuple[str, str] = (FALLBACK, FALLBACK),
    html: str | None = None,
) -> tuple[str, str]:
    """``text`` above what stands below every mail. ``words``: ``follow``, ``follow_url``,
    ``files`` and, with them, ``download``. ``languages``: of the text, and of what is below.
    """
    language, code = languages
    plain = _texts.get_template("frame/body.txt").render(
        words, text=text.strip(), signature=signature
    )
    page = _pages.get_template("frame/body.html").render(
        words,
        title=title,
        language=language,
        direction=direction(language),
        frame_language=code,
        frame_direction=direction(code),
        content=Markup(html if html is not None else fragment(text)),
        signature=signature.splitlines(),
    )
    return plain + "\n", page


def fragment(text: str) -> str:
    """The text as HTML paragraphs and lists, everything escaped."""
    return _fragment.render(paragraphs=list(paragraphs(text)), br=Markup("<br>"))


def paragraphs(text: str) -> Iterator[Paragraph]:
    """Blank lines separate; lines that end a paragraph and begin with a dash are a list."""
    for block in "\n".join(line.rstrip() for line in text.splitlines()).split("\n\n"):
        lines = [line for line in block.splitlines() if line]
        first = next((n for n, _ in enumerate(lines) if _all_points(lines[n:])), len(lines))
        if lines:
            points = tuple(line[2:] for line in lines[first:])
            yield Paragraph(tuple(lines[:first]), points)


def in_words(instant: datetime, language: str) -> str:
    """« vendredi 4 décembre 2026 », the day it is in Paris."""
    said = format_date(instant.astimezone(PARIS).date(), "full", locale=language)
    return said.replace(" 1 ", " 1er ", 1) if language == "fr" else said


def _all_points(lines: Iterable[str]) -> bool:
    return all(line.startswith("- ") for line in lines)


def plain_letter(name: str, language: str, facts: Mapping[str, object]) -> tuple[str, str, str]:
    """Subject, text and HTML of a letter that is about no ticket."""
    subject = _texts.get_template(f"{name}/{language}/subject.txt").render(facts)
    text = _texts.get_template(f"{name}/{language}/body.txt").render(facts)
    html = _pages.get_template(f"{name}/{language}/body.html").render(facts)
    return " ".join(subject.split()), text.strip(), html.strip()


def short_letter(name: str, language: str, facts: Mapping[str, object]) -> str:
    """The same letter as a text message, on one line."""
    return " ".join(_texts.get_template(f"{name}/{language}/sms.txt").render(facts).split())
