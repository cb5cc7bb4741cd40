"""One call to a GLPI over HTTP: its failures told apart, whichever interface it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from escalation.glpi.port import Gone, NotLetIn, Refused, Unreachable

SHOWN = 300  # signs of what it said that are kept: never a whole page of it
_LONGEST_WAIT = timedelta(hours=1)


def client(timeout: float) -> httpx.Client:
    # Never elsewhere than where it was sent: the headers carry our secrets.
    return httpx.Client(timeout=timeout, follow_redirects=False)


def call(http: httpx.Client, method: str, url: str, **options: Any) -> httpx.Response:
    """The answer, when it is one that says yes; any other is raised as a Failure. A 401 is the
    caller's to look at first: see :func:`refused`.
    """
    try:
        answer = http.request(method, url, **options)
    except httpx.TimeoutException as error:
        raise Unreachable(f"no answer in time ({type(error).__name__})") from error
    except httpx.HTTPError as error:
        raise Unreachable(f"cannot be reached ({type(error).__name__})") from error
    if answer.is_success or answer.status_code == 401:
        return answer
    raise refused(answer)


def refused(answer: httpx.Response) -> Exception:
    """What an answer that is no yes means."""
    status, said = answer.status_code, f"{answer.status_code} {code_of(answer)}".strip()
    if status == 429 or status >= 500:
        return Unreachable(said, _asked_to_wait(answer))
    if status in (401, 403):
        return NotLetIn(said)
    if status in (404, 410):
        return Gone(said)
    if answer.is_redirect:
        return NotLetIn(f"{said}: it sends us elsewhere; look at the address")
    return Refused(said)


def code_of(answer: httpx.Response) -> str:
    """« ERROR_ITEM_NOT_FOUND » of the first interface, the title of the second: never its text,
    which may quote what was sent.
    """
    try:
        said = answer.json()
    except ValueError:
        return ""
    if isinstance(said, list) and said and isinstance(said[0], str):
        return said[0][:SHOWN]
    if isinstance(said, dict):
        return str(said.get("error") or said.get("status") or "")[:SHOWN]
    return ""


def read_json(answer: httpx.Response) -> Any:
    """Raises Unreachable for what is no JSON: a page of a proxy, a PHP warning."""
    try:
        return answer.json()
    except ValueError as error:
        raise Unreachable("the answer is no JSON") from error


def more_after(answer: httpx.Response, got: int) -> bool:
    """Whether a list goes on: « Content-Range: 0-49/200 » beside a 206."""
    span, _, total = answer.headers.get("Content-Range", "").rpartition("/")
    last = span.rpartition("-")[2].strip()
    if last.isdigit() and total.strip().isdigit():
        return int(last) + 1 < int(total)
    return answer.status_code == 206 and got > 0


def _asked_to_wait(answer: httpx.Response) -> timedelta | None:
    said = answer.headers.get("Retry-After", "").strip()
    return min(timedelta(seconds=int(said)), _LONGEST_WAIT) if said.isdigit() else None
