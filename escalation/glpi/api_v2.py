"""GLPI's second interface (from version 11), ``api.php/v2``, entered by OAuth2 (RFC 6749).

It does not take files yet: what a ticket carries then goes as links to read here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from dateutil.parser import isoparse

from escalation.glpi import calling
from escalation.glpi.port import (
    Changed,
    Gone,
    ItemKind,
    NotLetIn,
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
_EARLY = timedelta(seconds=30)  # a token is renewed a little before it ends
_KINDS = {
    "Followup": ItemKind.FOLLOWUP,
    "Solution": ItemKind.SOLUTION,
    "Task": ItemKind.TASK,
    "TicketTask": ItemKind.TASK,
}


class ApiV2:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._root = f"{settings.url.rstrip('/')}/api.php"
        self._base = f"{self._root}/v2"
        self._http = calling.client(settings.timeout)
        self._token: str | None = None
        self._until: datetime | None = None
        self._lock = threading.Lock()

    def check(self) -> str:
        me = calling.read_json(self._call("GET", "/Administration/User/Me"))
        return str(me.get("username") or me.get("name") or "")

    def find(self, external_id: str) -> int | None:
        for row in self._pages("/Assistance/Ticket", {"filter": f'external_id=="{external_id}"'}):
            if row.get("external_id") == external_id and not row.get("is_deleted"):
                return int(row["id"])
        return None

    def create(self, made: TicketToMake) -> int:
        given: dict[str, Any] = {
            "name": f"[{made.external_id}] {made.title}"[:250],
            "content": made.html,
            "urgency": made.urgency,
            "type": made.kind,
            "external_id": made.external_id,
        }
        if made.category_id is not None:
            given["category"] = {"id": made.category_id}
        if made.entity_id is not None:
            given["entity"] = {"id": made.entity_id}
        number = self._add("/Assistance/Ticket", given)
        if made.group_id is not None:
            member = {"type": "Group", "id": made.group_id, "role": "assigned"}
            self._call("POST", f"/Assistance/Ticket/{number}/TeamMember", json=member)
        return number

    def ticket(self, remote_id: int) -> RemoteTicket:
        return self._read_ticket(
            calling.read_json(self._call("GET", f"/Assistance/Ticket/{remote_id}"))
        )

    def changed_since(self, since: datetime) -> Iterator[Changed]:
        told = since.astimezone(self._settings.zone).strftime("%Y-%m-%d %H:%M:%S")
        asked = {"filter": f'date_mod=gt="{told}"', "sort": "date_mod:asc"}
        for row in self._pages("/Assistance/Ticket", asked):
            read = self._read_ticket(row)
            yield Changed(read.id, read.changed_at, read.title)

    def timeline(self, remote_id: int) -> Sequence[RemoteItem]:
        told = calling.read_json(self._call("GET", f"/Assistance/Ticket/{remote_id}/Timeline"))
        found = []
        for one in told:
            kind, item = str(one.get("type") or "").rpartition("ITIL")[2], one.get("item") or {}
            if kind in _KINDS and item.get("id"):
                found.append(self._item(_KINDS[kind], item))
            elif kind == "Document" and item.get("id"):
                found.append(self._item(ItemKind.DOCUMENT, item))
        return sorted(found, key=lambda item: (item.at, item.kind, item.id))

    def requester(self, remote_id: int) -> RemoteUser | None:
        team = calling.read_json(self._call("GET", f"/Assistance/Ticket/{remote_id}/TeamMember"))
        for member in team:
            if str(member.get("role")) in ("requester", str(1)):
                number = member.get("id") or str(member.get("href") or "").rpartition("id=")[2]
                found = self.user(int(number)) if str(number).isdigit() else None
                named = str(member.get("display_name") or member.get("name") or "")
                return found or RemoteUser(0, named)
        return None

    def user(self, user_id: int) -> RemoteUser | None:
        try:
            found = calling.read_json(self._call("GET", f"/Administration/User/{user_id}"))
        except Gone:
            return None
        names = (found.get("firstname"), found.get("realname"))
        name = " ".join(part for part in names if part) or str(found.get("username") or "")
        addresses = sorted(found.get("emails") or [], key=lambda one: not one.get("is_default"))
        return RemoteUser(user_id, name, str(addresses[0].get("email") or "") if addresses else "")

    def add_followup(self, remote_id: int, html: str, *, private: bool) -> int:
        given = {"content": html, "is_private": private}
        return self._add(f"/Assistance/Ticket/{remote_id}/Timeline/Followup", given)

    def set_status(self, remote_id: int, status: int) -> None:
        given = {"status": {"id": status}}
        self._call("PATCH", f"/Assistance/Ticket/{remote_id}", json=given)

    def takes_files(self) -> bool:
        return False

    def add_file(self, remote_id: int, filename: str, content_type: str, content: bytes) -> int:
        raise Refused("this interface takes no files")

    def file(self, document_id: int, most: int) -> bytes | None:
        answer = self._call("GET", f"/Management/Document/{document_id}/Download")
        return answer.content if len(answer.content) <= most else None

    def url_of(self, remote_id: int) -> str:
        return f"{self._settings.url.rstrip('/')}/front/ticket.form.php?id={remote_id}"

    def close(self) -> None:
        self._http.close()

    # What lies under the verbs.

    def _sign_in(self, lost: str | None) -> None:
        with self._lock:
            if self._token != lost:
                return  # another thread has signed in meanwhile
            s = self._settings
            given = {"client_id": s.client_id, "client_secret": s.client_secret, "scope": "api"}
            if s.username:
                given |= {
                    "grant_type": "password",
                    "username": s.username,
                    "password": s.password,
                }
            else:
                given["grant_type"] = "client_credentials"
            try:
                answer = calling.call(self._http, "POST", f"{self._root}/token", data=given)
            except Refused as error:  # RFC 6749 says 400 for identifiers that are wrong
                raise NotLetIn(str(error)) from error
            if answer.status_code == 401:
                raise calling.refused(answer)
            told = calling.read_json(answer)
            self._token = str(told.get("access_token") or "")
            self._until = now() + timedelta(seconds=int(told.get("expires_in") or 300)) - _EARLY

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """With a token; with a new one, once, when GLPI takes ours no more."""
        answer = None
        for _try in range(2):
            if self._token is None or (self._until and self._until <= now()):
                self._sign_in(self._token)
            used = self._token
            headers = {"Authorization": f"Bearer {used}", "GLPI-API-Version": "2.0"}
            answer = calling.call(self._http, method, self._base + path, headers=headers, **options)
            if answer.status_code != 401:
                return answer
            self._sign_in(used)
        assert answer is not None
        raise calling.refused(answer)

    def _pages(self, path: str, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        start = 0
        while True:
            span = {"start": str(start), "limit": str(PAGE)}
            answer = self._call("GET", path, params={**asked, **span})
            rows = calling.read_json(answer)
            if not isinstance(rows, list):
                raise Unreachable("the answer is no list")
            yield from rows
            start += len(rows)
            if not rows or not calling.more_after(answer, len(rows)):
                return

    def _add(self, path: str, given: Mapping[str, Any]) -> int:
        answer = self._call("POST", path, json=given)
        told = calling.read_json(answer)
        number = told.get("id") if isinstance(told, dict) else None
        if not number:
            number = answer.headers.get("Location", "").rstrip("/").rpartition("/")[2]
        if not str(number).isdigit():
            raise Refused("nothing was made")
        return int(number)

    def _read_ticket(self, row: Mapping[str, Any]) -> RemoteTicket:
        changed = self._instant(row.get("date_mod")) or self._instant(row.get("date"))
        created = self._instant(row.get("date")) or self._instant(row.get("date_creation"))
        if changed is None or created is None:
            raise Refused("a ticket without dates")
        status, category = row.get("status") or {}, row.get("category") or {}
        return RemoteTicket(
            id=int(row["id"]),
            title=str(row.get("name") or ""),
            html=str(row.get("content") or ""),
            status=int(status.get("id") or 1),
            changed_at=changed,
            created_at=created,
            solved_at=self._instant(row.get("date_close")) or self._instant(row.get("date_solve")),
            category_id=int(category.get("id") or 0) or None,
            category=str(category.get("name") or ""),
            priority=int(row.get("priority") or 3),
            external_id=str(row.get("external_id") or ""),
            entity_id=int((row.get("entity") or {}).get("id") or 0),
            deleted=bool(row.get("is_deleted")),
        )

    def _item(self, kind: ItemKind, row: Mapping[str, Any]) -> RemoteItem:
        author = (row.get("user") or {}).get("id")
        at = self._instant(row.get("date")) or self._instant(row.get("date_creation"))
        number = row.get("documents_id") if kind is ItemKind.DOCUMENT else None
        return RemoteItem(
            kind=kind,
            id=int(number or row["id"]),
            html=str(row.get("content") or ""),
            at=at or now(),
            private=bool(row.get("is_private")),
            author_id=int(author) if author else None,
            filename=str(row.get("filename") or row.get("name") or ""),
        )

    def _instant(self, written: Any) -> datetime | None:
        """With its offset; without one, the hour of GLPI's own clock."""
        try:
            read = isoparse(str(written or "").replace(" ", "T"))
        except ValueError:
            return None
        zoned = read if read.tzinfo else read.replace(tzinfo=self._settings.zone)
        return zoned.astimezone(UTC)
