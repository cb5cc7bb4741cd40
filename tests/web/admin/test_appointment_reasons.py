"""The reasons of appointments on their pages."""

from __future__ import annotations

from support.kernel import db
from tests.support.help_sessions.conftest import reasons
from tests.web.conftest import Site

HERE = "/agent/administration/motifs-de-rendez-vous"
FORM = {
    "label": "Envoyer un complément", "public_label": "Compléter ma demande", "group": "help",
    "minutes": "20", "bring": "Passeport", "public": "y", "active": "y",
}  # fmt: skip


def test_added_changed_and_put_away(site: Site) -> None:
    with db.transaction():
        reasons()
    admin = site.as_("admin")
    assert "Déposer une demande" in admin.get(HERE).text
    assert "Groupes : account, help" in admin.get(f"{HERE}/nouveau").text
    refused = admin.send(HERE, {**FORM, "minutes": "17"})
    assert refused.status_code == 422
    assert 'value="Envoyer un complément"' in refused.text
    assert "de cinq en cinq minutes" in refused.text
    assert "Envoyer un complément" in admin.send(HERE, FORM, follow_redirects=True).text
    number = admin.get(HERE).text.split(f"{HERE}/")[-1].split('"')[0]
    page = admin.get(f"{HERE}/{number}").text
    assert "checked" in page
    away = {**FORM, "motif": number, "active": "", "public": ""}
    assert "hors service" in admin.send(HERE, away, follow_redirects=True).text
    assert admin.get(f"{HERE}/999").status_code == 404
