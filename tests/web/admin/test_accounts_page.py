"""Accounts: opened, closed, given a password that is seen once."""

from __future__ import annotations

import re

from sqlalchemy import select

from support.kernel import db
from support.people.models import Agent
from tests.cast import AGENTS, again
from tests.web.conftest import Site

PATH = "/agent/administration/comptes"
FIELDS = {
    "email": "nour.haddad@demo.relais",
    "given_name": "Nour",
    "family_name": "Haddad",
    "title": "Téléconseillère",
    "role": "teleadviser",
    "team": "ccc_a",
}


def password_on(page: str) -> str:
    found = re.search(r'id="mot-de-passe" value="([^"]+)"', page)
    assert found, page
    return found[1]


def test_a_new_account_signs_in_with_the_password_shown(site: Site) -> None:
    answer = site.as_("admin").send(PATH, FIELDS)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    password = password_on(answer.text)
    newcomer = site.anyone()
    assert newcomer.sign_in(FIELDS["email"], password).status_code == 302
    assert newcomer.get("/agent/tickets").status_code == 200
    assert newcomer.get(PATH).status_code == 403


def test_the_password_is_nowhere_afterwards(site: Site) -> None:
    browser = site.as_("admin")
    password = password_on(browser.send(PATH, FIELDS).text)
    for page in (PATH, f"{PATH}?q=nour", "/agent/administration", "/agent/"):
        assert password not in browser.get(page).text
    with db.transaction() as session:
        agent = session.scalars(select(Agent).where(Agent.email == FIELDS["email"])).one()
        assert agent.password_hash.startswith("$argon2id$")


def test_what_is_wrong_is_said_and_kept(site: Site) -> None:
    browser = site.as_("admin")
    answer = browser.send(PATH, FIELDS | {"team": "dp", "family_name": ""})
    assert answer.status_code == 422
    assert "Ce rôle ne travaille pas dans l’équipe « DP ANEF »." in answer.text
    assert set(re.findall(r'id="(\w+)-error"', answer.text)) == {"team", "family_name"}
    assert 'value="nour.haddad@demo.relais"' in answer.text
    assert re.search(r'value="teleadviser" selected', answer.text)
    browser.send(PATH, FIELDS)
    twice = browser.send(PATH, FIELDS)
    assert twice.status_code == 422
    assert "Cette adresse a déjà un compte." in twice.text


def test_closing_and_opening_again(site: Site) -> None:
    colleague, admin = site.as_("colleague"), site.as_("admin")
    number = site.cast.colleague.id
    assert admin.send(f"{PATH}/{number}/fermetures").status_code == 303
    assert colleague.get("/agent/").status_code == 302
    assert "Camille Gobert" not in re.sub(
        r'role="status".*?</div>', "", admin.get(PATH).text, count=1, flags=re.S
    )
    assert "Camille Gobert" in admin.get(f"{PATH}?fermes=oui").text
    password = password_on(admin.send(f"{PATH}/{number}/mots-de-passe").text)
    assert site.anyone().sign_in(site.cast.colleague.email, password).status_code == 302


def test_ones_own_account_has_no_such_button(site: Site) -> None:
    admin, number = site.as_("admin"), site.cast.admin.id
    assert f"{PATH}/{number}/fermetures" not in admin.get(PATH).text
    answer = admin.send(f"{PATH}/{number}/fermetures")
    assert answer.status_code == 409
    assert "On ne ferme pas son propre compte" in answer.text
    assert admin.get(PATH).status_code == 200


def test_the_list_is_searched_and_paged(site: Site, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("web.admin.accounts.PAGE_SIZE", 5)
    admin = site.as_("admin")
    page, seen = admin.get(PATH).text, set()
    for _ in AGENTS:
        seen |= set(re.findall(r">([\w.]+@demo\.relais)<", page))
        further = re.search(r'href="([^"]*apres=[^"]+)" rel="next"', page)
        if further is None:
            break
        page = admin.get(further[1].replace("&amp;", "&")).text
    assert seen == {f"{name}@demo.relais" for name in AGENTS}
    found = admin.get(f"{PATH}?q=LAMBERT").text
    assert "Hugo Lambert" in found
    assert "Camille Gobert" not in found
    assert "Aucun compte ici" in admin.get(f"{PATH}?q=zzzz").text


def test_an_unknown_account_is_404(site: Site) -> None:
    with db.transaction():
        assert again(site.cast.admin).active
    for action in ("fermetures", "mots-de-passe"):
        assert site.as_("admin").send(f"{PATH}/987654/{action}").status_code == 404


def test_an_account_has_its_place_and_its_tokens(site: Site) -> None:
    admin, path = site.as_("admin"), f"{PATH}/{site.cast.teleadviser.id}"
    assert admin.send(path + "/postes", {"poste": "2204"}).status_code == 303
    taken = admin.send(f"{PATH}/{site.cast.colleague.id}/postes", {"poste": "2204"})
    assert (taken.status_code, "déjà celui d’un autre compte" in taken.text) == (422, True)
    issued = admin.send(path + "/jetons", {"libelle": "Essai", "sorte": "account"})
    assert issued.headers["Cache-Control"] == "no-store"
    secret = re.search(r'id="jeton" value="([^"]+)"', issued.text)
    assert secret
    person = f"/api/v1/persons/{site.cast.awa.id}"
    bearer = {"Authorization": f"Bearer {secret[1]}"}
    assert site.anyone().get(person, headers=bearer).status_code == 200
    page = admin.get(path).text
    assert secret[1] not in page
    assert 'value="2204"' in page
    revoke = re.search(r'action="([^"]+/revocations)"', page)
    assert revoke
    elsewhere = revoke[1].replace(f"/{site.cast.teleadviser.id}/", f"/{site.cast.colleague.id}/")
    assert admin.send(elsewhere).status_code == 404
    assert admin.send(revoke[1]).status_code == 303
    assert site.anyone().get(person, headers=bearer).status_code == 401
