"""A GLPI that behaves as its documentation says, by both of its interfaces, and fails on demand.

No GLPI is needed to run the tests; those of the two interfaces run against a real one besides,
when its address and tokens stand in the environment (``tests/escalation/glpi/test_interfaces.py``).
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, g, jsonify, request
from werkzeug.serving import BaseWSGIServer, make_server

ZONE = ZoneInfo("Europe/Paris")
APP_TOKEN, USER_TOKEN = "app-token", "user-token"
CLIENT_ID, CLIENT_SECRET = "client", "client-secret"
BRIDGE_USER, TECHNICIAN, REFERENT = 7, 12, 31


@dataclass
class Fault:
    """``where``: a pattern of « METHOD path ». ``after``: the call is done, then it fails."""

    where: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    after: bool = False
    hang: float = 0
    body: Any = None


class GlpiServer:
    """``tickets`` and what hangs on them, as rows; ``calls``: what was asked, in order."""

    def __init__(self, page: int = 50) -> None:
        self.numbers = itertools.count(101)
        self.tickets: dict[int, dict[str, Any]] = {}
        self.followups: dict[int, dict[str, Any]] = {}
        self.solutions: dict[int, dict[str, Any]] = {}
        self.tasks: dict[int, dict[str, Any]] = {}
        self.documents: dict[int, dict[str, Any]] = {}
        self.links: dict[int, dict[str, Any]] = {}
        self.requesters: dict[int, int] = {}
        self.users = {
            BRIDGE_USER: ("relais", "Pont", "Relais", "pont@relais.example"),
            TECHNICIAN: ("tech", "Lucas", "Berger", "lucas.berger@tech.example"),
            REFERENT: ("referente", "Sandrine", "Peyrard", "referent@demo.relais"),
        }
        self.sessions: set[str] = set()
        self.tokens: set[str] = set()
        self.calls: list[str] = []
        self.faults: list[Fault] = []
        self.encode_content = False
        self.page = page
        self.clock = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
        self.app = _application(self)
        self._server: BaseWSGIServer = make_server("127.0.0.1", 0, self.app, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> GlpiServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    # What people do there.

    def now(self) -> str:
        self.clock += timedelta(seconds=1)
        return self.clock.strftime("%Y-%m-%d %H:%M:%S")

    def touch(self, ticket: int) -> None:
        self.tickets[ticket]["date_mod"] = self.now()

    def open_ticket(self, name: str, content: str, *, by: int = REFERENT, **more: Any) -> int:
        number, at = next(self.numbers), self.now()
        self.tickets[number] = {
            "id": number, "name": name, "content": content, "status": 1, "priority": 3,
            "urgency": 3, "type": 1, "itilcategories_id": 0, "entities_id": 0, "is_deleted": 0,
            "externalid": None, "date": at, "date_creation": at, "date_mod": at,
            "solvedate": None, "closedate": None, "users_id_recipient": by, **more,
        }  # fmt: skip
        self.requesters[number] = by
        return number

    def follow_up(
        self, ticket: int, content: str, *, by: int = TECHNICIAN, private: bool = False
    ) -> int:
        number = next(self.numbers)
        self.followups[number] = {
            "id": number, "itemtype": "Ticket", "items_id": ticket, "content": content,
            "is_private": int(private), "users_id": by, "date": self.now(),
        }  # fmt: skip
        self.touch(ticket)
        return number

    def solve(self, ticket: int, content: str, *, by: int = TECHNICIAN) -> int:
        number = next(self.numbers)
        self.solutions[number] = {
            "id": number, "itemtype": "Ticket", "items_id": ticket, "content": content,
            "users_id": by, "date_creation": self.now(),
        }  # fmt: skip
        self.set_status(ticket, 5)
        return number

    def task(self, ticket: int, content: str, *, by: int = TECHNICIAN) -> int:
        number = next(self.numbers)
        self.tasks[number] = {
            "id": number, "items_id": ticket, "tickets_id": ticket, "content": content,
            "is_private": 1, "users_id": by, "date": self.now(),
        }  # fmt: skip
        self.touch(ticket)
        return number

    def set_status(self, ticket: int, status: int) -> None:
        row = self.tickets[ticket]
        row["status"] = status
        self.touch(ticket)
        if status in (5, 6):
            row["solvedate" if status == 5 else "closedate"] = row["date_mod"]

    def attach(self, ticket: int, filename: str, content: bytes, *, by: int = TECHNICIAN) -> int:
        document, link = next(self.numbers), next(self.numbers)
        self.documents[document] = {
            "id": document, "name": filename, "filename": filename, "users_id": by,
            "date_creation": self.now(), "_content": content,
        }  # fmt: skip
        self.links[link] = {
            "id": link, "documents_id": document, "itemtype": "Ticket", "items_id": ticket,
            "date": self.now(),
        }  # fmt: skip
        self.touch(ticket)
        return document

    def of(self, rows: dict[int, dict[str, Any]], ticket: int) -> list[dict[str, Any]]:
        return [row for row in rows.values() if row["items_id"] == ticket]

    def lose_sessions(self) -> None:
        self.sessions.clear()
        self.tokens.clear()

    def fail(self, where: str, status: int = 500, **more: Any) -> None:
        self.faults.append(Fault(where, status, **more))

    def count(self, where: str) -> int:
        return sum(bool(re.search(where, call)) for call in self.calls)

    def event(
        self, ticket: int, secret: str, event: str = "update"
    ) -> tuple[bytes, dict[str, str]]:
        """The body and headers of a webhook about a ticket."""
        body = json.dumps({"item": _v2_ticket(self.tickets[ticket]), "event": event}).encode()
        return body, signed(body, secret)


def signed(body: bytes, secret: str, timestamp: str = "1764000000") -> dict[str, str]:
    words = hmac.new(secret.encode(), body + timestamp.encode(), hashlib.sha256)
    return {"X-GLPI-timestamp": timestamp, "X-GLPI-signature": words.hexdigest()}


def _application(server: GlpiServer) -> Flask:
    app = Flask("glpi")
    app.register_blueprint(_first(server))
    app.register_blueprint(_second(server))

    @app.before_request
    def _perhaps_fail() -> Response | None:
        asked = f"{request.method} {request.path}"
        server.calls.append(asked)
        for fault in server.faults:
            if fault.times > 0 and re.search(fault.where, asked):
                fault.times -= 1
                if not fault.after:
                    return _fails(fault)
                g.fault = fault
        return None

    @app.after_request
    def _fail_afterwards(answer: Response) -> Response:
        fault = g.get("fault")
        return _fails(fault) if fault is not None else answer

    return app


def _fails(fault: Fault) -> Response:
    if fault.hang:
        threading.Event().wait(fault.hang)
    said = fault.body if fault.body is not None else ["ERROR_SOMETHING", "Il y a un souci"]
    answer: Response = jsonify(said) if not isinstance(said, str) else Response(said)
    answer.status_code = fault.status
    answer.headers.update(fault.headers)
    return answer


def _error(status: int, code: str, text: str = "") -> tuple[Response, int]:
    return jsonify([code, text]), status


def _hidden(row: dict[str, Any], server: GlpiServer) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if not name.startswith("_")}
    if server.encode_content and "content" in shown:
        shown["content"] = shown["content"].replace("<", "&#60;").replace(">", "&#62;")
    return shown


def _first(server: GlpiServer) -> Blueprint:
    """``apirest.php``: sessions, ranges, errors as two words in a list."""
    bp = Blueprint("first", __name__, url_prefix="/apirest.php")

    def ranged(rows: list[Any]) -> Any:
        first, last = (int(n) for n in request.args.get("range", "0-49").split("-"))
        last = min(last, first + server.page - 1)
        if first > max(len(rows) - 1, 0):
            return _error(400, "ERROR_RANGE_EXCEED_TOTAL")
        part = rows[first : last + 1]
        answer = jsonify(part)
        answer.status_code = 200 if len(part) == len(rows) else 206
        answer.headers["Content-Range"] = f"{first}-{first + max(len(part) - 1, 0)}/{len(rows)}"
        return answer

    @bp.before_request
    def _session() -> Any:
        if request.method == "GET" and request.get_data():
            return _error(400, "ERROR_BAD_ARRAY")
        if request.headers.get("App-Token") is None:
            return _error(400, "ERROR_APP_TOKEN_PARAMETERS_MISSING")
        if request.headers["App-Token"] != APP_TOKEN:
            return _error(400, "ERROR_WRONG_APP_TOKEN_PARAMETER")
        if request.path.endswith("/initSession"):
            return None
        token = request.headers.get("Session-Token")
        if not token:
            return _error(401, "ERROR_SESSION_TOKEN_MISSING")
        if token not in server.sessions:
            return _error(401, "ERROR_SESSION_TOKEN_INVALID")
        return None

    @bp.get("/initSession")
    def init() -> Any:
        if request.headers.get("Authorization") != f"user_token {USER_TOKEN}":
            return _error(401, "ERROR_GLPI_LOGIN_USER_TOKEN")
        token = f"session-{next(server.numbers)}"
        server.sessions.add(token)
        return jsonify(session_token=token)

    @bp.get("/killSession")
    def kill() -> Any:
        server.sessions.discard(request.headers["Session-Token"])
        return jsonify([])

    @bp.get("/getFullSession")
    def full() -> Any:
        return jsonify(session={"glpiID": BRIDGE_USER, "glpiname": "relais"})

    @bp.get("/search/Ticket")
    def search() -> Any:
        option = request.args["criteria[0][field]"]
        value, how = request.args["criteria[0][value]"], request.args["criteria[0][searchtype]"]
        rows = [t for t in server.tickets.values() if not t["is_deleted"]]
        if (option, how) == ("1", "contains"):
            rows = [t for t in rows if value.lower() in t["name"].lower()]
        else:
            assert (option, how) == ("19", "morethan"), (option, how)
            rows = [t for t in rows if t["date_mod"] > value]
        rows.sort(key=lambda t: (t["date_mod"], t["id"]))
        answer = ranged([{"1": t["name"], "2": t["id"], "19": t["date_mod"]} for t in rows])
        if isinstance(answer, tuple) or not rows:
            return jsonify(totalcount=0, count=0) if not rows else answer
        told = {"totalcount": len(rows), "data": answer.get_json()}
        whole = jsonify(told)
        whole.status_code = answer.status_code
        whole.headers["Content-Range"] = answer.headers["Content-Range"]
        return whole

    @bp.post("/Ticket")
    def make() -> Any:
        given = dict(request.get_json()["input"])
        number = server.open_ticket(
            given.pop("name"), given.pop("content"), by=BRIDGE_USER, **given
        )
        return jsonify(id=number, message=""), 201

    @bp.get("/Ticket/<int:number>")
    def one(number: int) -> Any:
        found = server.tickets.get(number)
        return jsonify(_hidden(found, server)) if found else _error(404, "ERROR_ITEM_NOT_FOUND")

    @bp.put("/Ticket/<int:number>")
    def change(number: int) -> Any:
        server.set_status(number, int(request.get_json()["input"]["status"]))
        return jsonify([{str(number): True, "message": ""}])

    @bp.get("/Ticket/<int:number>/<what>")
    def children(number: int, what: str) -> Any:
        if number not in server.tickets:
            return _error(404, "ERROR_ITEM_NOT_FOUND")
        if what == "Ticket_User":
            return ranged([{"users_id": server.requesters[number], "type": 1}])
        rows = {
            "TicketTask": server.tasks,
            "ITILFollowup": server.followups,
            "ITILSolution": server.solutions,
            "Document_Item": server.links,
        }[what]
        return ranged([_hidden(row, server) for row in server.of(rows, number)])

    @bp.get("/User/<int:number>")
    def user(number: int) -> Any:
        if number not in server.users:
            return _error(404, "ERROR_ITEM_NOT_FOUND")
        name, given, family, _mail = server.users[number]
        return jsonify(id=number, name=name, firstname=given, realname=family)

    @bp.get("/User/<int:number>/UserEmail")
    def emails(number: int) -> Any:
        return ranged([{"email": server.users[number][3], "is_default": 1}])

    @bp.post("/ITILFollowup")
    def follow() -> Any:
        given = request.get_json()["input"]
        number = server.follow_up(
            given["items_id"], given["content"], by=BRIDGE_USER, private=bool(given["is_private"])
        )
        return jsonify(id=number), 201

    @bp.post("/Document")
    def document() -> Any:
        about = json.loads(request.form["uploadManifest"])["input"]
        sent = request.files["filename[0]"]
        number = next(server.numbers)
        server.documents[number] = {
            "id": number, "name": about["name"], "filename": about["_filename"][0],
            "users_id": BRIDGE_USER, "date_creation": server.now(), "_content": sent.read(),
        }  # fmt: skip
        return jsonify(id=number, upload_result={}), 201

    @bp.post("/Document_Item")
    def tie() -> Any:
        given, number = request.get_json()["input"], next(server.numbers)
        server.links[number] = {"id": number, "date": server.now(), **given}
        server.touch(given["items_id"])
        return jsonify(id=number), 201

    @bp.get("/Document/<int:number>")
    def get_document(number: int) -> Any:
        found = server.documents.get(number)
        if found is None:
            return _error(404, "ERROR_ITEM_NOT_FOUND")
        if request.args.get("alt") == "media":
            return Response(found["_content"], mimetype="application/octet-stream")
        return jsonify(_hidden(found, server))

    return bp


def _v2_ticket(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"], "name": row["name"], "content": row["content"],
        "is_deleted": bool(row["is_deleted"]), "priority": row["priority"],
        "external_id": row["externalid"], "status": {"id": row["status"], "name": "?"},
        "category": {"id": row["itilcategories_id"] or None, "name": ""},
        "entity": {"id": row["entities_id"]},
        **{name: _zoned(row[name]) for name in ("date", "date_creation", "date_mod")},
        "date_solve": _zoned(row["solvedate"]), "date_close": _zoned(row["closedate"]),
    }  # fmt: skip


def _zoned(written: str | None) -> str | None:
    if written is None:
        return None
    return datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE).isoformat()


def _second(server: GlpiServer) -> Blueprint:
    """``api.php``: OAuth2 tokens, RSQL filters, lists with a Content-Range."""
    bp = Blueprint("second", __name__, url_prefix="/api.php")

    def paged(rows: list[Any]) -> Any:
        start, limit = int(request.args.get("start", 0)), int(request.args.get("limit", 100))
        part = rows[start : start + min(limit, server.page)]
        answer = jsonify(part)
        answer.status_code = 200 if len(part) == len(rows) else 206
        last = start + max(len(part) - 1, 0)
        answer.headers["Content-Range"] = f"{start}-{last}/{len(rows)}"
        return answer

    def unknown() -> Any:
        return jsonify(status="ERROR_ITEM_NOT_FOUND", title="Not found"), 404

    @bp.before_request
    def _bearer() -> Any:
        if request.path.endswith("/token"):
            return None
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if shown not in server.tokens:
            return jsonify(status="ERROR_UNAUTHENTICATED"), 401
        return None

    @bp.post("/token")
    def token() -> Any:
        if (request.form["client_id"], request.form["client_secret"]) != (CLIENT_ID, CLIENT_SECRET):
            return jsonify(error="invalid_client"), 401
        if request.form["grant_type"] == "password" and request.form["password"] != "secret":
            return jsonify(error="invalid_grant"), 400
        made = f"token-{next(server.numbers)}"
        server.tokens.add(made)
        return jsonify(token_type="Bearer", expires_in=3600, access_token=made)

    @bp.get("/v2/Administration/User/Me")
    def me() -> Any:
        return jsonify(id=BRIDGE_USER, username="relais")

    @bp.get("/v2/Administration/User/<int:number>")
    def user(number: int) -> Any:
        if number not in server.users:
            return unknown()
        name, given, family, mail = server.users[number]
        emails = [{"email": mail, "is_default": True}]
        return jsonify(id=number, username=name, firstname=given, realname=family, emails=emails)

    @bp.get("/v2/Assistance/Ticket")
    def tickets() -> Any:
        rows, asked = list(server.tickets.values()), request.args.get("filter", "")
        if found := re.fullmatch(r'external_id=="(.*)"', asked):
            rows = [t for t in rows if t["externalid"] == found[1]]
        elif found := re.fullmatch(r'date_mod=gt="(.*)"', asked):
            rows = [t for t in rows if t["date_mod"] > found[1]]
        else:
            return jsonify(status="ERROR_INVALID_PARAMETER", title="filter"), 400
        rows.sort(key=lambda t: (t["date_mod"], t["id"]))
        return paged([_v2_ticket(row) for row in rows])

    @bp.post("/v2/Assistance/Ticket")
    def make() -> Any:
        given = request.get_json()
        number = server.open_ticket(
            given["name"], given["content"], by=BRIDGE_USER, urgency=given["urgency"],
            type=given["type"], externalid=given["external_id"],
            itilcategories_id=given.get("category", {}).get("id", 0),
        )  # fmt: skip
        where = f"/Assistance/Ticket/{number}"
        return jsonify(id=number, href=where), 201, {"Location": where}

    @bp.route("/v2/Assistance/Ticket/<int:number>", methods=["GET", "PATCH"])
    def one(number: int) -> Any:
        if number not in server.tickets:
            return unknown()
        if request.method == "PATCH":
            server.set_status(number, int(request.get_json()["status"]["id"]))
        return jsonify(_v2_ticket(server.tickets[number]))

    @bp.route("/v2/Assistance/Ticket/<int:number>/TeamMember", methods=["GET", "POST"])
    def members(number: int) -> Any:
        if request.method == "POST":
            server.tickets[number]["_groups_id_assign"] = request.get_json()["id"]
            return jsonify(None), 201
        who = server.requesters[number]
        href = f"/front/user.form.php?id={who}"
        return jsonify([{"role": "requester", "name": server.users[who][0], "href": href}])

    @bp.get("/v2/Assistance/Ticket/<int:number>/Timeline")
    def timeline(number: int) -> Any:
        if number not in server.tickets:
            return unknown()
        found = []
        kinds = {
            "ITILFollowup": server.followups,
            "ITILSolution": server.solutions,
            "TicketTask": server.tasks,
        }
        for kind, rows in kinds.items():
            for row in server.of(rows, number):
                at = _zoned(row.get("date") or row.get("date_creation"))
                item = {
                    "id": row["id"], "content": row["content"], "date": at,
                    "is_private": bool(row.get("is_private")), "user": {"id": row["users_id"]},
                }  # fmt: skip
                found.append({"type": kind, "item": item})
        for row in server.of(server.links, number):
            document = server.documents[row["documents_id"]]
            item = {
                "id": row["id"], "documents_id": document["id"], "date": _zoned(row["date"]),
                "filename": document["filename"],
            }  # fmt: skip
            found.append({"type": "Document", "item": item})
        return jsonify(found)

    @bp.post("/v2/Assistance/Ticket/<int:number>/Timeline/Followup")
    def follow(number: int) -> Any:
        given = request.get_json()
        made = server.follow_up(
            number, given["content"], by=BRIDGE_USER, private=given["is_private"]
        )
        return jsonify(id=made, href=f"/Assistance/Ticket/{number}/Timeline/Followup/{made}"), 201

    @bp.get("/v2/Management/Document/<int:number>/Download")
    def download(number: int) -> Any:
        found = server.documents.get(number)
        if found is None:
            return unknown()
        return Response(found["_content"], mimetype="application/octet-stream")

    return bp


def running() -> Iterator[GlpiServer]:
    """As a fixture."""
    with GlpiServer() as server:
        yield server
