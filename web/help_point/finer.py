"""The finer rules of a place: quotas by reason and channel, and when others may book."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from support.help_sessions import finer_rules, places
from support.help_sessions.models import HelpPoint
from support.kernel import db
from support.kernel.errors import Invalid
from support.people.permissions import Permission
from web.access import staff
from web.help_point import labels
from web.help_point.hours import ranges
from web.http import me
from web.messages import sentences
from web.reading_args import MOST_SMALL, row_number

bp = Blueprint("finer", __name__, url_prefix="/agent/rendez-vous/calendrier")


@bp.post("/quotas")
@staff(Permission.SET_UP_SITE)
def quota() -> ResponseReturnValue:
    """One quota more, changed, or taken away."""
    return _change(_quota, "quotas")


@bp.post("/heures")
@staff(Permission.SET_UP_SITE)
def window() -> ResponseReturnValue:
    """Hours of booking by the public or the centre, more or fewer."""
    return _change(_window, "heures")


def _quota(point: HelpPoint) -> None:
    if (rule := row_number(request.form, "retirer")) is not None:
        finer_rules.drop_quota(point, rule, by=me())
        return
    finer_rules.set_quota(
        point, request.form.get("groupe", ""), request.form.get("canal", ""),
        row_number(request.form, "nombre", MOST_SMALL), by=me(),
    )  # fmt: skip


def _window(point: HelpPoint) -> None:
    if (number := row_number(request.form, "retirer")) is not None:
        finer_rules.drop_window(point, number, by=me())
        return
    finer_rules.add_window(
        point, request.form.get("canal", ""), row_number(request.form, "jour", MOST_SMALL),
        ranges(request.form.get("heures", "")), by=me(),
    )  # fmt: skip


def _change(what: Callable[[HelpPoint], None], where: str) -> ResponseReturnValue:
    number = row_number(request.form, "lieu")
    if number is None:
        raise Invalid.of("field.choice", "lieu")
    point = places.one_to_set_up(number, by=me())
    own = point.site_id == me().team.site_id
    try:
        what(point)
    except Invalid as refusal:
        db.session().rollback()
        flash(" ".join(sentences(refusal).values()), "error")
    else:
        flash(_("Enregistré."), "success")
    return redirect(f"{url_for('site_calendar.form', lieu=None if own else number)}#{where}", 303)


def facts(point: HelpPoint) -> dict[str, Any]:
    """What the page of the calendar shows of them."""
    groups = {
        group: words[0] if len(words) == 1 else _("%(first)s, et %(n)s autres", first=words[0],
                                                  n=len(words) - 1)
        for group, words in finer_rules.groups().items()
    }  # fmt: skip
    return {
        "finer_quotas": finer_rules.quotas_of(point),
        "finer_windows": finer_rules.windows_of(point),
        "groups": [("", _("tous les motifs")), *groups.items()],
        "group_label": lambda group: groups.get(group, _("tous les motifs")),
        "shares": [("", _("tous les canaux")),
                   *((c.value, labels.channel_label(c)) for c in finer_rules.SHARES)],
        "others": [(c.value, labels.channel_label(c)) for c in finer_rules.OTHERS],
    }  # fmt: skip
