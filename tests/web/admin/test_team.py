"""Setting that a team works by mail, and how long it gives itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from escalation.agreements import agreed_minutes
from support.kernel import db
from support.people.models import Agent, Team
from tests.cast import again
from tests.web.conftest import Site


def path(site: Site, code: str) -> str:
    return f"/agent/administration/equipes/{site.cast.teams[code].id}"


def test_a_mailbox_is_set_shown_and_taken_away(site: Site) -> None:
    admin = site.as_("admin")
    fields = {
        "mailbox": " Boite@SDST.example ",
        "delegates": "a@b.example\n@C.example",
        "hours": "24",
    }
    assert admin.send(path(site, "sdst"), fields).status_code == 303
    with db.transaction(write=False):
        team = again(site.cast.teams["sdst"])
        assert (team.mailbox, team.delegates) == (
            "boite@sdst.example",
            ["a@b.example", "@c.example"],
        )
        assert agreed_minutes(team) == 24 * 60
        (agent,) = db.session().scalars(select(Agent).where(Agent.by_mail))
        assert (agent.email, agent.active, agent.team_id) == (team.mailbox, True, team.id)
    assert "par courriel : boite@sdst.example" in admin.get("/agent/administration/equipes").text
    page = admin.get(path(site, "sdst")).text
    assert "a@b.example\n@c.example" in page
    admin.send(path(site, "sdst"), {"mailbox": "", "delegates": "", "hours": ""})
    with db.transaction(write=False):
        team = again(site.cast.teams["sdst"])
        assert (team.mailbox, team.delegates, team.agreed_hours) == (None, None, None)
        assert not db.session().scalars(select(Agent).where(Agent.by_mail)).one().active
    admin.send(path(site, "sdst"), {"mailbox": "autre@sdst.example"})  # and back: the same account
    with db.transaction(write=False):
        (agent,) = db.session().scalars(select(Agent).where(Agent.by_mail))
        assert (agent.email, agent.active) == ("autre@sdst.example", True)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("mailbox", "pas une adresse", "pas complète"),
        ("mailbox", "dp@demo.relais", "Un compte a déjà cette adresse"),
        ("delegates", "ok@b.example quoi", "« quoi » n’est ni une adresse"),
        ("hours", "beaucoup", "nombre entier"),
        ("hours", "0", "nombre entier"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    site: Site, field: str, typed: str, words: str
) -> None:
    good = {"mailbox": "boite@sdst.example", "delegates": "", "hours": ""}
    answer = site.as_("admin").send(path(site, "sdst"), {**good, field: typed})
    assert answer.status_code == 422
    assert words in answer.text
    assert typed in answer.text
    with db.transaction(write=False):
        assert (
            db.session().scalars(select(Team.mailbox).where(Team.mailbox.is_not(None))).all() == []
        )


def test_a_front_line_team_has_accounts_only(site: Site) -> None:
    admin = site.as_("admin")
    assert 'name="mailbox"' not in admin.get(path(site, "ccc_a")).text
    admin.send(path(site, "ccc_a"), {"mailbox": "x@y.example", "hours": "8"})
    with db.transaction(write=False):
        team = again(site.cast.teams["ccc_a"])
        assert (team.mailbox, team.agreed_hours) == (None, 8)
