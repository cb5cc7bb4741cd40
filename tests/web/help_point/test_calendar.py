"""A place sets its calendar up on one page."""

from __future__ import annotations

from sqlalchemy import select

from support.clocks.reading_hours import DAYS
from support.help_sessions.models import Closure, HelpPoint, OpeningWindow, QuotaRule
from support.kernel import db
from tests.cast import again
from tests.web.conftest import Site
from tests.web.help_point.test_booking import NEW, give

PAGE = "/agent/rendez-vous/calendrier"


def week(**more: str) -> dict[str, str]:
    fields = {f"recu_{n}": "" for n in DAYS} | {f"appel_{n}": "" for n in DAYS}
    return fields | {
        "recu_1": "9h-12h, 13:30-16:30", "appel_1": "10:00-11:30", "guichets": "A\nB\nC",
        "places": "16", "reservees": "4", "horizon": "30", "zone": "metropole", **more,
    }  # fmt: skip


def test_opened_and_set_up_in_one_go(site: Site, friday) -> None:
    pan = site.as_("pan")
    assert "Ouvrir un lieu" in pan.get("/agent/rendez-vous").text
    with db.transaction():
        here = str(again(site.cast.pan).team.site_id)
        elsewhere = str(again(site.cast.referent).team.site_id)
    assert pan.send(f"{PAGE}/lieux", {"site": elsewhere}).status_code == 404
    pan.send(f"{PAGE}/lieux", {"site": here})
    assert pan.send(PAGE, week()).status_code == 303
    page = pan.get(PAGE).text
    for kept in ("09:00-12:00, 13:30-16:30", "10:00-11:30", 'value="16"', "A\nB\nC"):
        assert kept in page
    with db.transaction() as session:
        rules = {r.channel: r.capacity for r in session.scalars(select(QuotaRule))}
        assert rules == {"": 12, "phone": 4}
    # Again, with fewer desks: the others are only put away.
    pan.send(PAGE, week(guichets="B", places="", reservees=""))
    with db.transaction() as session:
        point = session.scalars(select(HelpPoint)).one()
        assert [(d.name, d.active) for d in point.desks] == [
            ("A", False), ("B", True), ("C", False),
        ]  # fmt: skip
        assert session.scalars(select(QuotaRule)).all() == []


def test_what_is_wrong_is_said_and_kept(site: Site, point) -> None:
    pan = site.as_("pan")
    for wrong, words in (
        ({"recu_1": "9h-8h"}, "La fin vient après"),
        ({"recu_1": "9:02-10:00"}, "cinq minutes en cinq minutes"),
        ({"appel_1": "tôt"}, "Écrivez des heures"),
        ({"guichets": " "}, "au moins un guichet"),
        ({"guichets": "A\na"}, "le même nom"),
        ({"guichets": "A" * 61}, "au plus 60 signes"),
        ({"reservees": "17"}, "ne dépassent pas"),
        ({"chiffres": "chef@example.org pas-une-adresse"}, "adresse"),
        ({"places": "x"}, "Donnez un nombre"),
        ({"horizon": "0"}, "de 1 à 366"),
    ):
        answer = pan.send(PAGE, week(**wrong))
        assert answer.status_code == 422, wrong
        assert words in answer.text
        assert 'value="9h-12h, 13:30-16:30"' in answer.text or "recu_1" in wrong
    with db.transaction() as session:
        assert len(session.scalars(select(OpeningWindow)).all()) == 2


def test_shut_and_opened_besides(site: Site, point) -> None:
    pan = site.as_("pan")
    give(pan)
    closed = pan.send(
        f"{PAGE}/fermetures", {"du": "2026-11-30", "au": "", "pourquoi": "Travaux"},
        follow_redirects=True,
    )  # fmt: skip
    assert "1 rendez-vous tombe pendant cette fermeture" in closed.text
    assert "Travaux" in closed.text
    assert "mercredi 2 décembre à 09:00" in pan.get(f"{NEW}?motif=deposit").text.lower()
    pan.send(f"{PAGE}/ouvertures", {"jour": "2026-12-25", "heures": "9h-10h"})
    assert "vendredi 25 décembre, 09:00–10:00" in pan.get(PAGE).text
    for wrong in ({"jour": "", "heures": "9h-10h"}, {"jour": "2026-11-01", "heures": "9h-10h"}):
        answer = pan.send(f"{PAGE}/ouvertures", wrong, follow_redirects=True)
        assert "Ouverture enregistrée" not in answer.text
    backwards = {"du": "2026-12-10", "au": "2026-12-09"}
    answer = pan.send(f"{PAGE}/fermetures", backwards, follow_redirects=True)
    assert "vient après le premier" in answer.text
    with db.transaction() as session:
        ids = {
            "fermeture": session.scalars(select(Closure.id)).one(),
            "ouverture": session.scalars(
                select(OpeningWindow.id).where(OpeningWindow.day.is_not(None))
            ).one(),
        }
    for kind, number in ids.items():
        pan.send(f"{PAGE}/retraits", {"quoi": kind, "id": str(number)})
    with db.transaction() as session:
        assert session.scalars(select(Closure)).all() == []
        assert len(session.scalars(select(OpeningWindow)).all()) == 2


def test_one_s_own_place_only(site: Site, point) -> None:
    admin = site.as_("admin")
    assert f"lieu={point.id}" in admin.get(PAGE).text
    assert admin.send(PAGE, week(lieu=str(point.id))).status_code == 303
    with db.transaction():
        again(site.cast.pan_colleague).team_id = again(site.cast.referent).team_id
    other = site.as_("pan_colleague")
    assert other.get(f"{PAGE}?lieu={point.id}").status_code == 404


def test_the_heads_of_service_are_kept(site: Site, point) -> None:
    pan = site.as_("pan")
    pan.send(PAGE, week(chiffres="Chef@Example.org  adjoint@example.org"))
    assert 'value="chef@example.org adjoint@example.org"' in pan.get(PAGE).text


def test_a_desk_s_calendar_is_published_and_withdrawn(site: Site, point) -> None:
    pan = site.as_("pan")
    assert "/agendas/" not in pan.get(PAGE).text
    fields = {"lieu": str(point.id), "guichet": str(point.desks[0].id)}
    pan.send(f"{PAGE}/agendas", fields)
    address = pan.get(PAGE).text.split("/agendas/")[1].split('"')[0]
    give(pan)
    answer = site.anyone().get(f"/agendas/{address}")
    assert answer.mimetype == "text/calendar"
    assert "BEGIN:VCALENDAR" in answer.text
    assert "Nouvelle" not in answer.text
    pan.send(f"{PAGE}/agendas", {**fields, "quoi": "retirer"})
    assert site.anyone().get(f"/agendas/{address}").status_code == 404
    assert pan.send(f"{PAGE}/agendas", {**fields, "guichet": "99"}).status_code == 404


def test_finer_quotas_and_hours_on_the_same_page(site: Site, point) -> None:
    pan, here = site.as_("pan"), {"lieu": str(point.id)}
    share = {**here, "groupe": "help", "canal": "public", "nombre": "3"}
    page = pan.send(f"{PAGE}/quotas", share, follow_redirects=True).text
    assert "Déposer une demande, en ligne : <strong>3</strong>" in page
    wrong = pan.send(f"{PAGE}/quotas", {**share, "nombre": "x"}, follow_redirects=True).text
    assert "Donnez un nombre" in wrong
    hours = {**here, "canal": "public", "jour": "1", "heures": "10h-11h30"}
    page = pan.send(f"{PAGE}/heures", hours, follow_redirects=True).text
    assert "en ligne : mardi, 10:00–11:30" in page
    for path in ("quotas", "heures"):
        number = page.split(f"calendrier/{path}")[1].split('name="retirer" value="')[1]
        page = pan.send(
            f"{PAGE}/{path}", {**here, "retirer": number.split('"')[0]}, follow_redirects=True
        ).text
    assert "en ligne : mardi" not in page
    assert "<strong>3</strong>" not in page


def test_appointments_of_a_desk_put_away_are_said(site: Site, point) -> None:
    pan = site.as_("pan")
    give(pan)
    kept = week(recu_0="9h-11h", guichets="Guichet 1\nGuichet 2")
    pan.send(PAGE, kept)
    assert "guichet retiré" not in pan.get(PAGE).text
    pan.send(PAGE, {**kept, "guichets": "Guichet 3"})
    page = pan.get(PAGE).text
    assert "1 rendez-vous est à un guichet retiré" in page
    assert "Personne Nouvelle" in page
