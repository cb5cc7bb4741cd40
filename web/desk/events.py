"""Sentences for what happened to a ticket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from support.clocks.warning import Stage
from support.intake.models import Channel
from support.tickets.models import ClosedHow, State
from support.tickets.timeline import Entry
from web.desk.call_slots import event_slot
from web.desk.deliveries import why_words
from web.desk.labels import channel_label, closed_label, item_label, letter_label, state_label
from web.desk.said import raised_because
from web.filters import clock, day

ICONS = {
    "opened": "plus-circle",
    "assigned": "person-check",
    "released": "person-dash",
    "qualified": "tag",
    "withdrawn": "arrow-counterclockwise",
    "promise_moved": "clock",
    "promise_announced": "calendar-event",
    "promise_broken": "exclamation-octagon-fill",
    "agreement_overdue": "hourglass-split",
    "news_overdue": "hourglass-split",
    "first_answer_overdue": "hourglass-split",
    "acknowledgement_overdue": "hourglass-split",
    "level_unreached": "exclamation-triangle-fill",
    "articles_seen": "book",
    "article_solved": "book",
    "issue_linked": "bug",
    "review_decided": "calendar-check",
    "issue_unlinked": "bug",
    "issue_ended": "check-circle-fill",
    "answer_corrected": "arrow-counterclockwise",
    "delegate_unknown": "exclamation-triangle-fill",
    "transfer_unreached": "exclamation-triangle-fill",
    "glpi_made": "arrow-up-right-circle",
    "glpi_status": "arrow-repeat",
    "glpi_gone": "exclamation-triangle-fill",
    "glpi_adopted": "box-arrow-in-down",
    "items_asked": "chat-left-text",
    "hours_changed": "clock",
    "priority_raised": "exclamation-triangle-fill",
    "promise_presses": "exclamation-triangle-fill",
    "state": "arrow-right-circle",
    "bounce": "exclamation-triangle-fill",
    "delivery_refused": "exclamation-triangle-fill",
    "delivery_delayed": "hourglass-split",
    "reply_withdrawn": "arrow-counterclockwise",
    "letter_capped": "exclamation-triangle-fill",
    "reached": "telephone",
    "mail_sorted": "inbox",
    "auto_reply": "robot",
    "loop": "arrow-repeat",
    "too_large": "exclamation-triangle-fill",
    "mail_moved_away": "box-arrow-right",
    "mail_moved_here": "inbox",
    "follows": "link-45deg",
    "followed_by": "link-45deg",
    "duplicate_of": "link-45deg",
    "has_duplicate": "link-45deg",
    "kept_apart": "link-45deg",
    "forwarded": "inbox",
    "follower_added": "person-plus",
    "follower_removed": "person-dash",
    "call_back_planned": "calendar-event",
    "call_back_moved": "calendar-event",
    "call_back_not_reached": "telephone-x",
    "call_back_given_up": "telephone-x",
    "call_back_done": "telephone-outbound",
    "appointment_given": "calendar-check",
    "call_back_cancelled": "x-circle",
}


def event_icon(entry: Entry) -> str:
    if entry.event == "state" and entry.data.get("undone"):
        return "arrow-counterclockwise"
    if entry.event == "state":
        return {
            "escalated": "arrow-up-right-circle",
            "returned": "arrow-down-left-circle",
            "waiting_person": "pause-circle-fill",
            "closed": "check-lg",
            "reopened": "arrow-counterclockwise",
        }.get(entry.data.get("to", ""), "arrow-right-circle")
    return ICONS.get(entry.event or "", "dot")


def event_words(entry: Entry) -> str:
    """One line, with who did it when somebody did."""
    if _taken(entry):
        return _("pris en charge par %(who)s", who=entry.data["to"])
    words = _SENTENCES.get(entry.event or "", lambda e: e.event or "")(entry)
    if entry.author_agent is not None:
        return _("%(what)s par %(who)s", what=words, who=entry.author_agent.full_name)
    return words


def _taken(entry: Entry) -> bool:
    """Whether somebody took the ticket, rather than being given it."""
    taker = entry.author_agent
    return entry.event == "assigned" and taker is not None and entry.data["to"] == taker.full_name


def _opened(entry: Entry) -> str:
    channel = channel_label(Channel(entry.data["channel"]))
    return _("ouvert (%(channel)s), confié à %(team)s", channel=channel, team=entry.data["team"])


def _state(entry: Entry) -> str:
    to = State(entry.data["to"])
    if entry.data.get("undone"):
        return _("de nouveau « %(state)s »", state=state_label(to))
    if to is State.ESCALATED:
        return _("transmis à %(team)s", team=entry.data.get("team", ""))
    if to is State.RETURNED:
        return _("revenu à %(team)s", team=entry.data.get("team", ""))
    if to is State.CLOSED:
        how = closed_label(ClosedHow(entry.data["how"]))
        kept = entry.data.get("kept")
        if kept is None:
            return _("clos : %(how)s", how=how)
        return (
            _("clos : %(how)s, promesse tenue", how=how)
            if kept
            else _("clos : %(how)s, promesse dépassée", how=how)
        )
    return state_label(to)


def _slot(entry: Entry) -> str:
    return event_slot(entry.data["due"], entry.data["until"])


def _promise_moved(e: Entry) -> str:
    was, to = (datetime.fromisoformat(e.data[name]) for name in ("was", "to"))
    if day(was) == day(to):
        return _(
            "heure promise du %(day)s reportée de %(was)s à %(to)s",
            day=day(to), was=clock(was), to=clock(to),
        )  # fmt: skip
    return _("date promise reportée du %(was)s au %(to)s", was=day(was), to=day(to))


def _promise_announced(e: Entry) -> str:
    to, why = datetime.fromisoformat(e.data["to"]), e.data["explanation"]
    return _("nouvelle date annoncée : le %(to)s. « %(why)s »", to=day(to), why=why)


def _titled(e: Entry) -> dict[str, str]:
    return {"title": e.data["title"]}


def _hours_changed(e: Entry) -> str:
    if "until" in e.data:
        until = datetime.fromisoformat(e.data["until"])
        return _("les horaires ont changé : délai entre niveaux au %(day)s", day=day(until))
    if e.data["less"]:
        return _("les horaires ont changé : moins de temps jusqu’à la date promise, qui reste")
    return _("les horaires ont changé : plus de temps jusqu’à la date promise, qui reste")


def _glpi_made(e: Entry) -> str:
    """With what left of the hand-over, and how much of the person's data was taken out."""
    words = _("ouvert dans GLPI sous le n° %(number)s", number=e.data["number"])
    if e.data["items"]:
        sent = ", ".join(item_label(code) for code in e.data["items"])
        words = _("%(words)s, avec : %(sent)s", words=words, sent=sent)
    if e.data["masked"]:
        hidden = ngettext(
            "%(num)s donnée de la personne masquée",
            "%(num)s données de la personne masquées",
            e.data["masked"],
        )
        words = _("%(words)s (%(hidden)s)", words=words, hidden=hidden)
    return words


def _glpi_status(e: Entry) -> str:
    return {
        1: _("nouveau"),
        2: _("en cours, attribué"),
        3: _("en cours, planifié"),
        4: _("en attente d’une réponse de notre part"),
        5: _("résolu"),
        6: _("clos"),
    }.get(e.data["to"], _("statut %(n)s", n=e.data["to"]))


_SENTENCES: dict[str, Callable[[Entry], str]] = {
    "opened": _opened,
    "state": _state,
    "assigned": lambda e: _("confié à %(name)s", name=e.data["to"]),
    "released": lambda e: _("rendu à l’équipe"),
    "qualified": lambda e: _("motif changé en « %(to)s »", to=e.data["to"]),
    "withdrawn": lambda e: _("repris à %(team)s", team=e.data["team"]),
    "promise_moved": _promise_moved,
    "promise_announced": _promise_announced,
    "agreement_overdue": lambda e: _("le délai convenu de %(team)s est passé", team=e.data["team"]),
    "news_overdue": lambda e: _(
        "les nouvelles annoncées par %(team)s se font attendre", team=e.data["team"]
    ),
    "first_answer_overdue": lambda e: _("la première réponse se fait attendre"),
    "acknowledgement_overdue": lambda e: _("l’accusé de réception n’est pas parti dans le délai"),
    "items_asked": lambda e: _(
        "demandé à la personne : %(what)s",
        what=", ".join(item_label(code) for code in e.data["items"]),
    ),
    "hours_changed": _hours_changed,
    "priority_raised": lambda e: _("priorité relevée : %(why)s", why=raised_because(e.data)),
    "promise_presses": lambda e: {
        Stage.OWNER: _("la date promise approche : le responsable est prévenu"),
        Stage.TEAM: _("la date promise est proche : l’équipe est prévenue"),
    }.get(e.data["stage"], _("la date promise approche")),
    "level_unreached": lambda e: _(
        "le courriel à %(team)s (%(address)s) n’est pas arrivé : le ticket est revenu",
        team=e.data["team"],
        address=e.data["address"],
    ),
    "transfer_unreached": lambda e: _(
        "le courriel qui transmettait la demande à %(to)s n’est pas arrivé : elle est rouverte",
        to=e.data["to"],
    ),
    "delegate_unknown": lambda e: _(
        "%(sender)s a répondu pour %(team)s sans y être autorisé : à lire dans les courriels à "
        "trier",
        sender=e.data["sender"],
        team=e.data["team"],
    ),
    "glpi_made": _glpi_made,
    "glpi_status": lambda e: _(
        "GLPI n° %(number)s : %(status)s", number=e.data["number"], status=_glpi_status(e)
    ),
    "glpi_gone": lambda e: _("GLPI n° %(number)s n’y est plus", number=e.data["number"]),
    "glpi_adopted": lambda e: _(
        "repris de GLPI n° %(number)s avec son historique", number=e.data["number"]
    ),
    "articles_seen": lambda e: _(
        "avant d’écrire, la personne a eu sous les yeux : %(titles)s",
        titles=", ".join(f"« {title} »" for title in e.data["titles"]),
    ),
    "article_solved": lambda e: _("réglé par la fiche « %(title)s »", title=e.data["title"]),
    "issue_linked": lambda e: _("rattaché à l’anomalie « %(title)s »", title=e.data["title"]),
    "issue_unlinked": lambda e: _("détaché de l’anomalie « %(title)s »", title=e.data["title"]),
    "issue_ended": lambda e: (
        _("l’anomalie « %(title)s » est corrigée : la personne est prévenue", **_titled(e))
        if e.data["fixed"]
        else _("l’anomalie « %(title)s » restera ainsi : la personne est prévenue", **_titled(e))
    ),
    "answer_corrected": lambda e: _("une fiche citée a changé : la personne en est prévenue"),
    "review_decided": lambda e: _(
        "décidé en réunion : %(what)s (%(who)s, pour le %(day)s)",
        what=e.data["decision"],
        who=e.data["owner"],
        day=f"{date.fromisoformat(e.data['due']):%d/%m/%Y}",
    ),
    "promise_broken": lambda e: _("la date promise est passée"),
    "bounce": lambda e: _("courriel non remis : %(why)s", why=why_words(e.data.get("words"))),
    "delivery_refused": lambda e: _(
        "courriel refusé : %(why)s", why=why_words(e.data.get("words"))
    ),
    "delivery_delayed": lambda e: _(
        "remise retardée : %(why)s", why=why_words(e.data.get("words"))
    ),
    "reply_withdrawn": lambda e: _("réponse annulée avant son départ"),
    "letter_capped": lambda e: _(
        "message automatique non envoyé (%(letter)s) : cette adresse en a déjà reçu %(most)s en un "
        "jour",
        letter=letter_label(e.data["letter"]),
        most=e.data["most"],
    ),
    "reached": lambda e: _("personne jointe autrement, noté"),
    "mail_sorted": lambda e: _("courriel classé ici"),
    "call_back_planned": lambda e: _("rappel promis : %(when)s", when=_slot(e)),
    "call_back_moved": lambda e: _("rappel déplacé : %(when)s", when=_slot(e)),
    "call_back_not_reached": lambda e: _(
        "rappel sans réponse (essai %(n)s), à refaire : %(when)s",
        n=e.data["attempts"],
        when=_slot(e),
    ),
    "call_back_given_up": lambda e: _(
        "rappel abandonné : personne n’a répondu (essai %(n)s)", n=e.data["attempts"]
    ),
    "call_back_done": lambda e: _("rappel fait"),
    "appointment_given": lambda e: _(
        "rendez-vous du %(day)s donné, %(place)s",
        day=f"{date.fromisoformat(e.data['day']):%d/%m/%Y}",
        place=e.data["place"],
    ),
    "call_back_cancelled": lambda e: _("rappel annulé : %(why)s", why=e.data["why"]),
    "auto_reply": lambda e: _("réponse automatique reçue, sans effet"),
    "loop": lambda e: _(
        "courriels de %(sender)s arrêtés : deux automates se répondent peut-être. "
        "Ils attendent dans les courriels à trier",
        sender=e.data["sender"],
    ),
    "too_large": lambda e: _(
        "courriel de %(n)s Mo non pris : trop lourd. La personne en a été avertie",
        n=e.data["megabytes"],
    ),
    "mail_moved_away": lambda e: _("courriel déplacé vers %(to)s", to=e.data["to"]),
    "mail_moved_here": lambda e: _("courriel déplacé ici depuis %(from)s", **e.data),
    "follows": lambda e: _("fait suite à %(ref)s, clos depuis longtemps", ref=e.data["reference"]),
    "followed_by": lambda e: _(
        "la personne a réécrit : %(ref)s fait suite à ce ticket", ref=e.data["reference"]
    ),
    "duplicate_of": lambda e: _("réuni avec %(ref)s", ref=e.data["reference"]),
    "has_duplicate": lambda e: _("%(ref)s réuni avec ce ticket", ref=e.data["reference"]),
    "kept_apart": lambda e: _("autre sujet que %(ref)s", ref=e.data["reference"]),
    "forwarded": lambda e: _("courriel transféré par %(who)s, pris", who=e.data["sender"]),
    "follower_added": lambda e: _("%(who)s ajouté au ticket", who=e.data["address"]),
    "follower_removed": lambda e: _("%(who)s retiré du ticket", who=e.data["address"]),
}
