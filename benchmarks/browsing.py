"""A signed-in reader over one kept-alive connection: what a browser costs, without the browser."""

from __future__ import annotations

import http.client
import re
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode


class Reader:
    """Keeps its cookies; each method returns (status, body)."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        return self._ask("POST", path, urlencode(fields))

    def sign_in(self, email: str, password: str) -> None:
        _status, page = self.get("/connexion")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token, "no form on the sign-in page"
        status, _page = self.post("/connexion", email=email, password=password, csrf_token=token[1])
        assert status == 302, f"not signed in: {status}"

    def timed(self, path: str, times: int) -> list[float]:
        """Seconds of each request; the first five warm up and are not counted."""
        taken = []
        for turn in range(times + 5):
            begun = time.perf_counter()
            status, _page = self.get(path)
            if turn >= 5:
                taken.append(time.perf_counter() - begun)
            assert status == 200, f"{path}: {status}"
        return taken

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return answer.status, answer.read().decode()
