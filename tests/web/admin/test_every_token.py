"""The administrator sees every token in force on one page, and ends any of them."""

from __future__ import annotations

import re

from support.kernel import db
from support.people import accounts, tokens
from support.people.tokens import TokenKind
from tests.cast import again
from tests.factories import counted
from tests.web.conftest import Site

PATH = "/agent/administration/jetons"


def issue(site: Site, name: str, label: str, kind: TokenKind = TokenKind.ACCOUNT) -> str:
    with db.transaction():
        return tokens.issue(again(getattr(site.cast, name)), by=None, kind=kind, label=label).secret


def test_those_in_force_are_listed_and_none_in_clear(site: Site) -> None:
    admin = site.as_("admin")
    assert "Aucun jeton" in admin.get(PATH).text
    secret = issue(site, "teleadviser", "Tableur")
    issue(site, "supervisor", "Autocom", TokenKind.TELEPHONY)
    issue(site, "colleague", "Parti")
    with db.transaction():
        accounts.disable(again(site.cast.colleague), by=again(site.cast.admin))
    page = admin.get(PATH).text
    assert page.index("Autocom") < page.index("Tableur")
    assert "Parti" not in page
    assert secret not in page
    assert site.cast.supervisor.full_name in page


def test_any_of_them_is_ended_there(site: Site) -> None:
    secret = issue(site, "teleadviser", "Tableur")
    bearer = {"Authorization": f"Bearer {secret}"}
    person = f"/api/v1/persons/{site.cast.awa.id}"
    assert site.anyone().get(person, headers=bearer).status_code == 200
    admin = site.as_("admin")
    revoke = re.search(rf'action="({PATH}/\d+/revocations)"', admin.get(PATH).text)
    assert revoke
    assert admin.send(revoke[1]).status_code == 303
    assert site.anyone().get(person, headers=bearer).status_code == 401
    assert "Tableur" not in admin.get(PATH).text
    assert admin.send(f"{PATH}/987654/revocations").status_code == 404


def test_it_is_paged_by_key_and_costs_the_same(site: Site) -> None:
    admin = site.as_("admin")
    issue(site, "teleadviser", "n° 0")
    with counted() as few:
        admin.get(PATH)
    for number in range(1, 53):
        issue(site, "teleadviser", f"n° {number}.")
    with counted() as many:
        page = admin.get(PATH).text
    assert len(many) == len(few)
    assert "n° 52." in page
    assert "n° 2." not in page
    older = re.search(rf'href="({PATH}\?avant=\d+)"', page)
    assert older
    assert "n° 2." in admin.get(older[1]).text
