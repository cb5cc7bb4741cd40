"""The rarer parts of the call screen: other subjects of the same call, and who speaks for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from channels.phone.sheet import MOST_FURTHER, Further
from support.people.languages import LANGUAGES
from support.tickets.timeline import SpokenThrough
from web.desk.labels import through_label
from web.i18n import language_name
from web.reading_args import number

NEW_TICKET = "nouveau"  # as the ticket
FURTHER = tuple(
    f"{name}_{n}" for n in range(1, MOST_FURTHER + 1) for name in ("ticket", "motif", "note", "fin")
)
HELPER = ("par", "aide_nom", "aide_organisme", "aide_langue", "accord", "retenir")
# Languages that interpreters are asked for and in which we do not write.
_SPOKEN = (
    "prs",
    "ps",
    "fa",
    "bn",
    "ti",
    "so",
    "am",
    "ku",
    "sq",
    "hy",
    "ka",
    "ta",
    "ur",
    "hi",
    "vi",
)
# What the domain calls a field, and where it is on the page.
FIELDS = {
    "through": "par",
    "consent": "accord",
    "helper_name": "aide_nom",
    "helper_organisation": "aide_organisme",
    **{f"reason_{n}": f"motif_{n}" for n in range(1, MOST_FURTHER + 1)},
}


def further(typed: Mapping[str, str]) -> tuple[Further, ...]:
    """The other subjects on the page, those left blank included."""
    return tuple(
        Further(
            ticket="" if typed[f"ticket_{n}"] == NEW_TICKET else typed[f"ticket_{n}"],
            reason=typed[f"motif_{n}"],
            note=typed[f"note_{n}"],
            solved=typed[f"fin_{n}"] == "close",
            new=typed[f"ticket_{n}"] == NEW_TICKET,
        )
        for n in range(1, blocks(typed) + 1)
    )


def blocks(typed: Mapping[str, str]) -> int:
    """How many other subjects the page has."""
    return min(number(typed["autres"]) or 0, MOST_FURTHER)


def add_block(typed: dict[str, str]) -> None:
    typed["autres"] = str(min(blocks(typed) + 1, MOST_FURTHER))


def drop_block(typed: dict[str, str]) -> None:
    """Take the last one away, with what was typed there."""
    last = blocks(typed)
    for name in ("ticket", "motif", "note", "fin"):
        typed[f"{name}_{last}"] = ""
    typed["autres"] = str(max(last - 1, 0))


def helper_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """The part of a sheet that says who speaks for the person."""
    through = typed["par"]
    return {
        "through": through,
        "helper_name": typed["aide_nom"],
        "helper_organisation": typed["aide_organisme"],
        "helper_language": typed["aide_langue"] if through == SpokenThrough.INTERPRETER else "",
        "consent": {"oui": True, "non": False}.get(typed["accord"])
        if through == SpokenThrough.THIRD_PARTY
        else None,
        "remember_need": typed["retenir"] == "oui",
    }


def choices() -> dict[str, Any]:
    """What the template offers."""
    spoken = sorted({*LANGUAGES, *_SPOKEN} - {"fr"}, key=language_name)
    return {
        "most_further": MOST_FURTHER,
        "ways": [("", _("La personne elle-même")),
                 *((way.value, through_label(way)) for way in SpokenThrough)],
        "interpreted": [("", _("non dite")), *((code, language_name(code)) for code in spoken)],
    }  # fmt: skip
