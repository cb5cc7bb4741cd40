"""GLPI's first interface, ``apirest.php``: a session that is opened, and opened again when lost.

https://github.com/glpi-project/glpi/blob/main/apirest.md
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx

from escalation.glpi import calling
from escalation.glpi.port import (
    Changed,
    Gone,
    ItemKind,
    Refused,
    RemoteItem,
    RemoteTicket,
    RemoteUser,
    TicketToMake,
    Unreachable,
)
from escalation.glpi.settings import Settings
from support.kernel.time import now

PAGE = 50
REQUESTER, ASSIGNED = 1, 2
# Numbers of the search options of a ticket: title, number, last change.
TITLE, NUMBER, CHANGED = 1, 2, 19


class RestV1:
    """A session is read-only by default there, so that threads may share one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._base = f"{settings.url.rstrip('/')}/apirest.php"
        self._http = calling.client(settings.timeout)
        self._session: str | None = None
        self._lock = threading.Lock()

    def check(self) -> str:
        session = self._get("/getFullSession").get("session", {})
        return str(session.get("glpiname") or session.get("glpifriendlyname") or "")

    def find(self, external_id: str) -> int | None:
        for row in self._search(TITLE, "contains", external_id):
            found = self.ticket(int(row[str(NUMBER)]))
            if external_id in found.title and not found.deleted:
                return found.id
        return None

    def create(self, made: TicketToMake) -> int:
        given: dict[str, Any] = {
            "name": f"[{made.external_id}] {made.title}"[:250],
            "content": made.html,
            "urgency": made.urgency,
            "type": made.kind,
            "externalid": made.external_id,
        }
        optional = {
            "itilcategories_id": made.category_id,
            "entities_id": made.entity_id,
            "_groups_id_assign": made.group_id,
        }
        given |= {name: value for name, value in optional.items() if value is not None}
        return self._add("/Ticket", given)

    def ticket(self, remote_id: int) -> RemoteTicket:
        return self._read_ticket(self._get(f"/Ticket/{remote_id}"))

    def changed_since(self, since: datetime) -> Iterator[Changed]:
        told = since.astimezone(self._settings.zone).strftime("%Y-%m-%d %H:%M:%S")
        for row in self._search(CHANGED, "morethan", told):
            at = self._instant(row.get(str(CHANGED)))
            if at is not None:
                yield Changed(int(row[str(NUMBER)]), at, str(row.get(str(TITLE)) or ""))

    def timeline(self, remote_id: int) -> Sequence[RemoteItem]:
        found = [
            self._item(ItemKind.FOLLOWUP, one)
            for one in self._all(f"/Ticket/{remote_id}/ITILFollowup")
        ]
        for kind in (ItemKind.SOLUTION, ItemKind.TASK):
            found += [
                self._item(kind, one) for one in self._all(f"/Ticket/{remote_id}/{kind.value}")
            ]
        for link in self._all(f"/Ticket/{remote_id}/Document_Item"):
            document = self._get(f"/Document/{link['documents_id']}")
            found.append(self._item(ItemKind.DOCUMENT, document | {"date": link.get("date")}))
        return sorted(found, key=lambda item: (item.at, item.kind, item.id))

    def requester(self, remote_id: int) -> RemoteUser | None:
        for actor in self._all(f"/Ticket/{remote_id}/Ticket_User"):
            if int(actor.get("type") or 0) == REQUESTER:
                number, address = int(actor.get("users_id") or 0), actor.get("alternative_email")
                return self.user(number) if number else RemoteUser(0, "", str(address or ""))
        return None

    def user(self, user_id: int) -> RemoteUser | None:
        try:
            found = self._get(f"/User/{user_id}")
        except Gone:
            return None
        names = (found.get("firstname"), found.get("realname"))
        name = " ".join(part for part in names if part) or str(found.get("name") or "")
        addresses = self._all(f"/User/{user_id}/UserEmail")
        addresses.sort(key=lambda one: not int(one.get("is_default") or 0))
        return RemoteUser(user_id, name, str(addresses[0].get("email") or "") if addresses else "")

    def add_followup(self, remote_id: int, html: str, *, private: bool) -> int:
        return self._add(
            "/ITILFollowup",
            {
                "itemtype": "Ticket",
                "items_id": remote_id,
                "content": html,
                "is_private": int(private),
            },
        )

    def set_status(self, remote_id: int, status: int) -> None:
        self._call("PUT", f"/Ticket/{remote_id}", json={"input": {"status": status}})

    def takes_files(self) -> bool:
        return True

    def add_file(self, remote_id: int, filename: str, content_type: str, content: bytes) -> int:
        about = {"input": {"name": filename, "_filename": [filename]}}
        answer = self._call(
            "POST",
            "/Document",
            data={"uploadManifest": json.dumps(about)},
            files={"filename[0]": (filename, content, content_type)},
        )
        document = self._made(calling.read_json(answer))
        link = {"documents_id": document, "itemtype": "Ticket", "items_id": remote_id}
        self._add("/Document_Item", link)
        return document

    def file(self, document_id: int, most: int) -> bytes | None:
        headers = {"Accept": "application/octet-stream"}
        answer = self._call("GET", f"/Document/{document_id}?alt=media", headers=headers)
        return answer.content if len(answer.content) <= most else None

    def url_of(self, remote_id: int) -> str:
        return f"{self._settings.url.rstrip('/')}/front/ticket.form.php?id={remote_id}"

    def close(self) -> None:
        if self._session is not None:
            with suppress(httpx.HTTPError):  # it ends by itself
                self._http.get(f"{self._base}/killSession", headers=self._headers())
        self._http.close()

    # What lies under the verbs.

    def _headers(self) -> dict[str, str]:
        headers = {"Session-Token": self._session or ""}
        if self._settings.app_token:
            headers["App-Token"] = self._settings.app_token
        return headers

    def _open_session(self, lost: str | None) -> None:
        with self._lock:
            if self._session != lost:
                return  # another thread has opened one meanwhile
            s, headers = self._settings, {}
            if s.app_token:
                headers["App-Token"] = s.app_token
            who = None
            if s.user_token:
                headers["Authorization"] = f"user_token {s.user_token}"
            else:
                who = (s.username, s.password)
            url = f"{self._base}/initSession"
            answer = calling.call(self._http, "GET", url, headers=headers, auth=who)
            if answer.status_code == 401:
                raise calling.refused(answer)
            self._session = str(calling.read_json(answer).get("session_token") or "")

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """With a session; with a new one, once, when GLPI knows ours no more."""
        extra = options.pop("headers", {})
        answer = None
        for _try in range(2):
            if self._session is None:
                self._open_session(None)
            used = self._session
            answer = calling.call(
                self._http, method, self._base + path, headers=self._headers() | extra, **options
            )
            if answer.status_code != 401:
                return answer
            if "SESSION_TOKEN" not in calling.code_of(answer):
                break
            self._open_session(used)
        assert answer is not None
        raise calling.refused(answer)

    def _get(self, path: str) -> dict[str, Any]:
        found = calling.read_json(self._call("GET", path))
        if not isinstance(found, dict):
            raise Unreachable("the answer is not one thing")
        return found

    def _all(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            span = f"{len(found)}-{len(found) + PAGE - 1}"
            joint = "&" if "?" in path else "?"
            try:
                answer = self._call("GET", f"{path}{joint}range={span}&order=ASC")
            except Refused as over:
                if "RANGE_EXCEED_TOTAL" in str(over):
                    return found
                raise
            page = calling.read_json(answer)
            found += page
            if not calling.more_after(answer, len(page)):
                return found

    def _search(self, option: int, how: str, value: str) -> Iterator[Mapping[str, Any]]:
        start = 0
        while True:
            asked: dict[str, str] = {
                "criteria[0][field]": str(option),
                "criteria[0][searchtype]": how,
                "criteria[0][value]": value,
                "forcedisplay[0]": str(NUMBER),
                "forcedisplay[1]": str(CHANGED),
                "forcedisplay[2]": str(TITLE),
                "sort": str(CHANGED),
                "order": "ASC",
                "range": f"{start}-{start + PAGE - 1}",
            }
            try:
                answer = self._call("GET", "/search/Ticket", params=asked)
            except Refused as over:
                if "RANGE_EXCEED_TOTAL" in str(over):
                    return
                raise
            rows = calling.read_json(answer).get("data") or []
            yield from rows
            start += len(rows)
            if not rows or not calling.more_after(answer, len(rows)):
                return

    def _add(self, path: str, given: Mapping[str, Any]) -> int:
        answer = self._call("POST", path, json={"input": given})
        return self._made(calling.read_json(answer))

    @staticmethod
    def _made(said: Any) -> int:
        one = said[0] if isinstance(said, list) and said else said
        number = one.get("id") if isinstance(one, dict) else None
        if not number:
            raise Refused("nothing was made")
        return int(number)

    def _read_ticket(self, row: Mapping[str, Any]) -> RemoteTicket:
        changed = self._instant(row.get("date_mod")) or self._instant(row.get("date"))
        created = self._instant(row.get("date")) or self._instant(row.get("date_creation"))
        if changed is None or created is None:
            raise Refused("a ticket without dates")
        return RemoteTicket(
            id=int(row["id"]),
            title=str(row.get("name") or ""),
            html=str(row.get("content") or ""),
            status=int(row.get("status") or 1),
            changed_at=changed,
            created_at=created,
            solved_at=self._instant(row.get("closedate")) or self._instant(row.get("solvedate")),
            category_id=int(row.get("itilcategories_id") or 0) or None,
            priority=int(row.get("priority") or 3),
            external_id=str(row.get("externalid") or ""),
            entity_id=int(row.get("entities_id") or 0),
            deleted=bool(int(row.get("is_deleted") or 0)),
        )

    def _item(self, kind: ItemKind, row: Mapping[str, Any]) -> RemoteItem:
        at = self._instant(row.get("date")) or self._instant(row.get("date_creation"))
        return RemoteItem(
            kind=kind,
            id=int(row["id"]),
            html=str(row.get("content") or ""),
            at=at or now(),
            private=bool(int(row.get("is_private") or 0)),
            author_id=int(row.get("users_id") or 0) or None,
            filename=str(row.get("filename") or row.get("name") or ""),
        )

    def _instant(self, written: Any) -> datetime | None:
        """GLPI writes the hour of its own clock, without saying which."""
        try:
            read = datetime.strptime(str(written or ""), "%Y-%m-%d %H:%M:%S")
        except ValueError:
            return None
        return read.replace(tzinfo=self._settings.zone).astimezone(UTC)
