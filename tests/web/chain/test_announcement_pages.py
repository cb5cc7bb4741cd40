"""Announcing on the pages: to whom first, then sent; read with one press."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from escalation.announcements.models import Announcement
from support.kernel import db, message_ids
from tests.factories import a_message_id
from tests.web.conftest import Site

GOOD = {"title": "Étudiants en ligne", "body": "Les renouvellements se déposent en ligne.",
        "kind": "release", "key": "k1", "by_mail": "1"}  # fmt: skip


@pytest.fixture(autouse=True)
def post():
    message_ids.configure(a_message_id)


def test_it_says_to_whom_then_is_published_once(site: Site) -> None:
    dp = site.as_("dp")
    wanted = {**GOOD, "roles": ["site_referent"]}
    first = dp.send("/agent/annonces", wanted)
    assert "3 personnes la recevront" in first.text
    assert "Étudiants en ligne" in first.text
    for _press in range(2):
        sent = dp.send("/agent/annonces", {**wanted, "suite": "publier"})
        assert sent.status_code == 303
    with db.transaction(write=False):
        assert db.session().scalar(select(func.count()).select_from(Announcement)) == 1
    page = dp.get(sent.location).text
    assert "0 sur 3" in page
    assert "Sandrine Peyrard" in page

    referent = site.as_("referent")
    home = referent.get("/agent/").text
    assert 'href="/agent/annonces"' in home
    listed = referent.get("/agent/annonces").text
    assert "à lire" in listed
    opened = referent.get(sent.location).text
    assert "J’ai lu" in opened
    assert "Qui l’a lue" not in opened
    referent.send(f"{sent.location}/lectures")
    assert "à lire" not in referent.get("/agent/annonces").text
    assert "1 sur 3" in dp.get(sent.location).text

    corrected = {"title": "Étudiants en ligne le 7", "body": "Le 7 décembre seulement."}
    dp.send(f"{sent.location}/modifier", corrected)
    assert "à lire" in referent.get("/agent/annonces").text


def test_nothing_written_is_said_before_to_whom(site: Site) -> None:
    empty = site.as_("dp").send("/agent/annonces", {"key": "k2", "kind": "news"})
    assert empty.status_code == 422
    assert "Écrivez l’annonce." in empty.text
    assert "la recevront" not in empty.text


def test_what_was_typed_is_kept(site: Site) -> None:
    dp = site.as_("dp")
    refused = dp.send("/agent/annonces", {**GOOD, "body": " ", "suite": "publier"})
    assert refused.status_code == 422
    assert "Étudiants en ligne" in refused.text
    nobody = {**GOOD, "roles": ["site_referent"], "departments": ["75"], "suite": "publier"}
    assert "Personne ne correspond" in dp.send("/agent/annonces", nobody).text
    assert site.as_("referent").send("/agent/annonces", GOOD).status_code == 403
