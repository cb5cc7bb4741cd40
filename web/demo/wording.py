"""The words of a story, with the names of those who play in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from support.kernel.time import now
from support.people.models import Agent, Person
from web.demo.company import Leaflet
from web.demo.reading import BadThread

IN_THE_REPORT = "Voir le signalement du référent, en tête de la demande."
_GAP = re.compile(r"\{(\w+)\}")


def fill(text: str, requester: Person | Agent, site: str = "") -> str:
    """``text`` with {prenom}, {nom} and {site} filled in. Raises BadThread for another gap."""
    known = {"prenom": requester.given_name, "nom": requester.family_name, "site": site}

    def one(gap: re.Match[str]) -> str:
        if gap[1] not in known:
            raise BadThread(f"nobody knows what {gap[0]} stands for")
        return known[gap[1]]

    return _GAP.sub(one, text).strip()


def with_leaflets(text: str, found: Sequence[Leaflet], public_url: str) -> str:
    """A reply with the addresses of the articles it rests on, when the person may read them."""
    known = [leaflet for leaflet in found if leaflet.public]
    more = [f"{leaflet.title}\n{public_url}/aide/{leaflet.slug}" for leaflet in known]
    return "\n\n".join([text, "Pour en savoir plus : " + "\n".join(more)]) if more else text


def at_the_counter(text: str, person: Person) -> str:
    """What a help point writes for somebody who sits there."""
    return f"Demande saisie au point d'accès numérique avec {person.full_name}.\n\n{text}"


def handover(
    value: Mapping[str, object], before: Mapping[str, str], usual: Iterable[str] = ()
) -> dict[str, str]:
    """The items that a hand-over gives, with what the one below had already said.

    ``usual``: items that a referent's report holds already, for which it is enough to point.
    """
    said = {k: str(v).strip() for k, v in value.items() if k not in ("to", "question")}
    return {**dict.fromkeys(usual, IN_THE_REPORT), **before, **said}


def quotation(text: str) -> str:
    """``text``, written today, as a mail program quotes it under the answer to it."""
    lines = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    return f"Le {now():%d/%m/%Y}, le centre de contact a écrit :\n{lines}"
