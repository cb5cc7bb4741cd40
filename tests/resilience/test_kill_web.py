"""`kill -9` on a web server under load: what it said was published is found once it is back."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import threading
from itertools import count

import httpx
import pytest

from tests.browser.product import Web
from tests.resilience.publishing import word_of
from tests.servers.process import wait_until

pytestmark = pytest.mark.resilience

SEED = 20261128
KILLS = 4
HERE = "/agent/connaissances/redaction"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Editor(threading.Thread):
    """Publishes one article after another on the pages; ``published`` are those it was told of."""

    def __init__(self, base: str) -> None:
        super().__init__(daemon=True)
        self.client = httpx.Client(base_url=base, timeout=10, follow_redirects=False)
        self.published: list[int] = []
        self.stopped = threading.Event()

    def sign_in(self) -> None:
        sent = {"email": "redaction@demo.relais", "password": "demo-relais"}
        assert self.send("/connexion", sent, "/connexion").status_code == 302

    def send(self, path: str, fields: dict[str, str], page: str) -> httpx.Response:
        token = _TOKEN.search(self.client.get(page).text)
        assert token is not None, page
        return self.client.post(path, data={**fields, "csrf_token": token[1]})

    def run(self) -> None:
        for number in count():
            while not self.stopped.is_set():
                try:
                    self.publish(number)
                    break
                except httpx.HTTPError:
                    self.stopped.wait(0.05)  # the server is dead: again, once it is back
            if self.stopped.is_set():
                return

    def publish(self, number: int) -> None:
        fields = {
            "title": f"Fiche {word_of(number)}", "slug": f"fiche-{number}", "audience": "public",
            "body": "Un texte que tous partagent.", "aller": "enregistrer",
        }  # fmt: skip
        made = self.send(f"{HERE}/nouvelle", fields, f"{HERE}/nouvelle")
        if made.status_code == 422:  # it was saved, and the answer was lost
            listed = self.client.get(HERE, params={"q": word_of(number)}).text
            found = re.search(rf"{HERE}/(\d+)/modifier", listed)
            assert found is not None, listed[:2000]
            where = found[0]
        else:
            assert made.status_code == 303, made.status_code
            where = made.headers["Location"]
        article = where.removesuffix("/modifier")
        sent = {"number": "1", "said": "Urgent"}
        done = self.send(f"{article}/publications", sent, where)
        if done.status_code == 303:
            self.published.append(number)


def workers(web: Web) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(web.pid)], stdout=subprocess.PIPE, text=True
    )
    return [int(pid) for pid in listed.stdout.split()]


def test_nothing_that_was_published_is_missing() -> None:
    chance = random.Random(SEED)
    with Web(plant="question") as web:
        editor = Editor(web.url)
        editor.sign_in()
        editor.start()
        for kill in range(KILLS):
            wanted = len(editor.published) + chance.randint(1, 3)
            wait_until(
                lambda wanted=wanted: len(editor.published) >= wanted, "articles are published"
            )
            editor.stopped.wait(chance.uniform(0, 0.3))  # anywhere between two of them
            orphans = workers(web)
            assert orphans
            if kill % 2:
                web.kill()
                for pid in orphans:  # the whole of it, as when the machine goes down
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                web.start()
            else:
                os.kill(orphans[0], signal.SIGKILL)  # its master starts another
        last = len(editor.published) + 2
        wait_until(lambda: len(editor.published) >= last, "articles are published once more")
        editor.stopped.set()
        editor.join(30)
        for number in editor.published:
            found = httpx.get(f"{web.url}/aide", params={"q": word_of(number)})
            assert f'href="/aide/fiche-{number}?' in found.text, (number, web.log())
