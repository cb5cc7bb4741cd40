"""What became of a mail of ours, in plain words, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from channels.mail.diagnosing import Why, diagnose
from support.kernel.time import now
from support.people.models import Agent
from support.tickets.leaving import is_held
from support.tickets.timeline import Delivery, DeliveryState, Entry
from support.tickets.withdrawing import may_withdraw
from web.filters import moment

# What another address, or a telephone, is the answer to.
_DEAD = (Why.NO_MAILBOX, Why.BAD_ADDRESS, Why.MAILBOX_CLOSED, Why.NO_DOMAIN)


@dataclass(frozen=True)
class Told:
    """``look``: of the component. ``words``: one line. ``advice``: what to do, or "".

    ``said``: the server's own words, to be folded; "" when there are none worth reading.
    ``ways``: whether other ways to reach the person are offered.
    """

    look: str
    words: str
    advice: str = ""
    said: str = ""
    ways: bool = False


def leaving(thread: Sequence[Entry], agent: Agent) -> list[tuple[Entry, int]]:
    """The replies that ``agent`` may still take back, with the seconds left to do so."""
    found = [e for e in thread if e.delivery and is_held(e.delivery) and may_withdraw(e, agent)]
    return [(entry, _seconds(entry.delivery)) for entry in found]


def told(delivery: Delivery, *, to_level: bool = False) -> Told:
    """Where a mail of ours stands. ``to_level``: it goes to colleagues, not to the person."""
    to = delivery.address
    if delivery.state is DeliveryState.SENT:
        at = moment(delivery.sent_at) if delivery.sent_at else ""
        return Told("sent", _("envoyé à %(to)s, %(at)s", to=to, at=at))
    if delivery.state is DeliveryState.DELAYED:
        return _delayed(delivery)
    if delivery.state is DeliveryState.REFUSED:
        why = diagnose(delivery.last_words)
        words = _("non remis à %(to)s : %(why)s", to=to, why=_why(why))
        if to_level:
            advice = _("Le ticket est revenu : prévenez cette équipe autrement.")
            return Told("failed", words, advice, delivery.last_words or "")
        return Told("failed", words, _advice(why), delivery.last_words or "", ways=True)
    if delivery.state is DeliveryState.NO_ADDRESS:
        return Told(
            "queued",
            _("pas d’adresse électronique : à lire sur la page de suivi, ou à dire au téléphone"),
        )
    if delivery.state is DeliveryState.WITHDRAWN:
        return Told("withdrawn", _("annulée avant son départ : la personne n’a rien reçu"))
    if is_held(delivery):
        return Told("queued", _("part dans quelques secondes à %(to)s", to=to))
    return Told("queued", _("en attente d’envoi à %(to)s", to=to))


def why_words(words: str | None) -> str:
    """The reason alone, for a line of the timeline."""
    return _why(diagnose(words))


def _delayed(delivery: Delivery) -> Told:
    why = _why(diagnose(delivery.last_words))
    at = delivery.next_try_at
    if at is not None and at > now():
        words = _(
            "pas encore remis à %(to)s : %(why)s. Nouvel essai à %(at)s",
            to=delivery.address,
            why=why,
            at=moment(at),
        )
    else:
        words = _(
            "pas encore remis à %(to)s : %(why)s. Nouvel essai sous peu",
            to=delivery.address,
            why=why,
        )
    advice = _("Rien à faire : nous réessayons pendant deux jours, puis nous vous prévenons ici.")
    return Told("retrying", words, advice, delivery.last_words or "")


def _seconds(delivery: Delivery | None) -> int:
    if delivery is None or delivery.leaves_at is None:
        return 0
    return max(0, round((delivery.leaves_at - now()).total_seconds()))


def _why(why: Why) -> str:
    return {
        Why.NO_MAILBOX: _("cette boîte n’existe pas"),
        Why.BAD_ADDRESS: _("cette adresse est mal écrite"),
        Why.MAILBOX_CLOSED: _("cette boîte est fermée"),
        Why.MAILBOX_FULL: _("sa boîte est pleine"),
        Why.NO_DOMAIN: _("ce qui suit l’arobase n’existe pas"),
        Why.UNREACHABLE: _("serveur de messagerie injoignable"),
        Why.TOO_BIG: _("message trop gros pour sa boîte"),
        Why.UNWANTED: _("refusé comme indésirable par son serveur"),
        Why.LATER: _("son serveur demande d’attendre"),
        Why.OTHER: _("refusé par son serveur"),
    }[why]


def _advice(why: Why) -> str:
    if why in _DEAD:
        return _("L’adresse est marquée comme ne répondant plus. Joignez la personne autrement.")
    return {
        Why.MAILBOX_FULL: _("La boîte peut se vider : réécrivez plus tard, ou téléphonez."),
        Why.TOO_BIG: _("Réécrivez avec des fichiers plus légers, ou en plusieurs fois."),
        Why.UNWANTED: _("Réécrivez sans lien ni pièce jointe, ou téléphonez."),
        Why.UNREACHABLE: _("Nous avons essayé deux jours. Joignez la personne autrement."),
        Why.LATER: _("Nous avons essayé deux jours. Joignez la personne autrement."),
    }.get(why, _("Lisez ce que le serveur a répondu, ou joignez la personne autrement."))
