"""Fifty people want ten places at once, and a server process dies meanwhile: ten are given."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
import time
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import create_engine, text

from tests.browser.product import Web
from tests.resilience.test_kill_web import workers
from tests.servers.process import wait_until

pytestmark = pytest.mark.resilience

SEED, CLIENTS, PLACES = 20261127, 50, 10
FIGHT = float(os.environ.get("CONTEST_SECONDS", "0"))  # that losers keep asking; at least once
LONGEST = 90.0  # seconds: a busy machine is no reason to lose a place
HERE, CALENDAR = "/rendez-vous", "/agent/rendez-vous/calendrier"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
_PLACE = re.compile(r'name="place" value="([^"]+)"')


class Person(threading.Thread):
    """Wants a place, whichever, until one is theirs or they are told that there is none left."""

    def __init__(self, number: int, base: str, begin: threading.Barrier) -> None:
        super().__init__(daemon=True)
        self.number, self.begin = number, begin
        self.chance = random.Random(SEED + number)
        self.client = httpx.Client(
            base_url=base, timeout=20, headers={"X-Forwarded-For": f"10.9.0.{number}"}
        )
        self.token = ""
        self.told_none = False
        self.refused = 0

    def run(self) -> None:
        self.begin.wait()
        begun = time.monotonic()
        while time.monotonic() < begun + LONGEST and not self.token and not self.over(begun):
            try:
                self.attempt()
            except httpx.HTTPError:
                time.sleep(0.05)  # the process that answered has died: ask again

    def over(self, begun: float) -> bool:
        """Told that there is none left, and it need not be asked any longer."""
        return self.told_none and time.monotonic() >= begun + FIGHT

    def attempt(self) -> None:
        page = self.client.get(HERE, params={"motif": "other"}).text
        while not self.token:
            places = _PLACE.findall(page)
            if not places:
                self.told_none = "Aucune date libre" in page
                return
            answer = self.client.post(HERE, data=self.filled_in(page, places))
            if answer.status_code == 303:
                self.token = answer.headers["Location"].rsplit("/", 1)[1]
                return
            assert answer.status_code == 409, (answer.status_code, answer.text[:500])
            self.refused += 1
            assert f'value="Nom{self.number}"' in answer.text  # all that was typed is kept
            page = answer.text

    def filled_in(self, page: str, places: list[str]) -> dict[str, str]:
        # Half of them all want the very first place.
        place = places[0] if self.number % 2 else self.chance.choice(places)
        token = _TOKEN.search(page)
        assert token is not None
        return {
            **dict(_HIDDEN.findall(page)), "csrf_token": token[1], "place": place,
            "given_name": "Essai", "family_name": f"Nom{self.number}",
            "phone": f"06 39 98 {50 + self.number // 100:02d} {self.number % 100:02d}",
            "cle": f"client-{self.number}",
        }  # fmt: skip


def open_ten_places(web: Web) -> None:
    """One desk, one morning of ten half-hours, and a quota of ten."""
    agent = httpx.Client(base_url=web.url, timeout=20)

    def send(path: str, fields: dict[str, str], page: str) -> httpx.Response:
        token = _TOKEN.search(agent.get(page).text)
        assert token is not None, page
        return agent.post(path, data={**fields, "csrf_token": token[1]})

    send("/connexion", {"email": "pan@demo.relais", "password": "demo-relais"}, "/connexion")
    site = re.search(r'name="site" value="(\d+)"', agent.get(CALENDAR).text)
    assert site is not None
    send(f"{CALENDAR}/lieux", {"site": site[1]}, CALENDAR)
    week = {f"{name}_{day}": "" for name in ("recu", "appel") for day in range(7)}
    plan = week | {
        "guichets": "A", "places": str(PLACES), "reservees": "", "horizon": "30",
        "zone": "metropole", "public": "y",
    }  # fmt: skip
    assert send(CALENDAR, plan, CALENDAR).status_code == 303
    day = (date.today() + timedelta(days=3)).isoformat()
    opened = send(f"{CALENDAR}/ouvertures", {"jour": day, "heures": "9h-14h"}, CALENDAR)
    assert opened.status_code == 303


class TwoProcesses(Web):
    """Served by two processes, so that the database alone can judge."""

    def command(self) -> list[str]:
        return [*super().command(), "--workers", "2"]

    @property
    def database_url(self) -> str:
        here = f"sqlite:///{self.data / 'relais.sqlite3'}"
        return self.environment.get("RELAIS_DATABASE_URL", here)


@pytest.fixture
def web(database: str, request: pytest.FixtureRequest):
    settings = {"RELAIS_TRUSTED_PROXIES": "1", "RELAIS_FORM_LEAST_SECONDS": "0"}
    if database == "postgresql":
        server = request.getfixturevalue("postgres_server")
        settings["RELAIS_DATABASE_URL"] = server.create_database("places")
    with TwoProcesses(settings) as running:
        yield running


def test_ten_places_for_fifty(web: TwoProcesses) -> None:
    open_ten_places(web)
    begin = threading.Barrier(CLIENTS + 1)
    people = [Person(number, web.url, begin) for number in range(CLIENTS)]
    for person in people:
        person.start()
    begin.wait()
    wait_until(lambda: any(p.token for p in people), "somebody has a place", LONGEST)
    os.kill(workers(web)[0], signal.SIGKILL)  # in the middle; its master starts another
    for person in people:
        person.join(LONGEST)
    assert not any(person.is_alive() for person in people)
    assert sum(bool(person.token) for person in people) == PLACES
    assert all(person.told_none for person in people if not person.token)
    assert sum(person.refused for person in people) > 0  # it was a fight
    with create_engine(web.database_url).connect() as found:
        count = found.execute(text("SELECT count(*) FROM appointment")).scalar_one()
        distinct = found.execute(
            text("SELECT count(*) FROM (SELECT DISTINCT desk_id, starts_at FROM appointment) x")
        ).scalar_one()
        claims = found.execute(text("SELECT count(*) FROM slot_claim")).scalar_one()
        used = found.execute(text("SELECT sum(used) FROM weekly_quota")).scalar_one()
    assert (count, distinct, claims, used) == (PLACES, PLACES, PLACES * 6, PLACES)
