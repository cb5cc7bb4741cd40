"""The meeting on its pages: prepared, projected, decided, closed, minuted."""

from __future__ import annotations

import re
from datetime import timedelta

from escalation.reviews import holding
from support.kernel import db
from support.kernel.time import now
from support.tickets.references import shown
from tests.cast import again
from tests.factories import a_ticket, climb
from tests.web.conftest import Site

ROOT = "/agent/reunions"
SOON, LATER = ((now() + timedelta(days=n)).date().isoformat() for n in (4, 9))


def test_from_agenda_to_minutes(site: Site) -> None:
    with db.transaction():
        ticket = a_ticket(site.cast)
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
        reference = shown(ticket.reference)
        owner = site.cast.sdst.id
    dp = site.as_("dp")
    assert dp.send(ROOT, {"held_on": ""}).status_code == 422
    prepared = dp.send(ROOT, {"held_on": SOON})
    path = prepared.location
    page = dp.get(path).text
    assert reference in page
    assert "chez DP ANEF depuis" in page
    dp.send(f"{path}/points", {"title": "Un point ajouté"})
    begun = dp.send(f"{path}/ouvertures")
    projected = dp.get(begun.location).text
    assert "point 1 sur 2" in projected
    action = re.search(r'action="(/agent/reunions/\d+/points/\d+/decisions)"', projected)
    assert action
    wrong = dp.send(action[1], {"decision": "Relancer l’éditeur.", "projection": "1"})
    assert wrong.status_code == 422
    assert "Relancer l’éditeur." in wrong.text
    assert "Choisissez qui" in wrong.text
    good = {"decision": "Relancer l’éditeur.", "owner": owner, "due_on": LATER}
    following = dp.send(action[1], {**good, "projection": "1"})
    assert "point 2 sur 2" in dp.get(following.location).text
    assert "décidé en réunion : Relancer l’éditeur." in dp.get(f"/agent/tickets/{reference}").text

    sdst = site.as_("sdst")
    tasks = sdst.get(ROOT).text
    assert "Relancer l’éditeur." in tasks
    sdst.send(action[1].replace("decisions", "fins"), {"liste": "1"})
    assert "Relancer l’éditeur." not in sdst.get(ROOT).text

    refused = dp.send(f"{path}/clotures", {"participants": ""})
    assert refused.status_code == 422
    dp.send(f"{path}/clotures", {"participants": "DP ANEF, SDST, CCC"})
    closed = dp.get(path).text
    assert "Compte rendu (PDF)" in closed
    assert "Clore la réunion" not in closed
    answer = dp.get(f"{path}/pieces/compte-rendu.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    # A page that was left open: nothing is changed, and what was typed is still to be read.
    late = dp.send(f"{path}/points", {"title": "Trop tard pour ceci"})
    assert late.status_code == 409
    assert "Trop tard pour ceci" in late.text
    decided = dp.send(action[1], {**good, "decision": "Une décision tardive."})
    assert decided.status_code == 409
    assert "Une décision tardive." in decided.text


def test_points_are_arranged(site: Site) -> None:
    dp = site.as_("dp")
    path = dp.send(ROOT, {"held_on": SOON}).location
    for title in ("Premier", "Second"):
        dp.send(f"{path}/points", {"title": title})
    with db.transaction(write=False):
        meeting = holding.next_meeting(by=again(site.cast.dp))
        first, second = (item.id for item in holding.items_of(meeting))
    dp.send(f"{path}/points/{second}/deplacements", {"sens": "haut"})
    page = dp.get(path).text
    assert page.index("Second") < page.index("Premier")
    dp.send(f"{path}/points/{first}/retraits")
    assert "retiré" in dp.get(path).text
    assert "point 1 sur 1" in dp.get(f"{path}/projection").text
    assert dp.send(f"{path}/actualisations").status_code == 303
    assert site.as_("supervisor").get(path).status_code == 200
    assert dp.get(f"{ROOT}/999999").status_code == 404
