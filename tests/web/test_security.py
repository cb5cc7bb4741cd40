"""What an attacker would try: each is refused, and each has its test."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from support.kernel import db
from support.kernel.time import now
from support.people import accounts
from support.people.identifying import Identity, recognise_or_create
from support.people.passwords import set_password
from support.people.permissions import PERMISSIONS
from support.people.signing_in import PER_ACCOUNT, WINDOW
from support.tickets.following import follow_token
from support.tickets.journal import FileDraft, Words, write
from support.tickets.models import Ticket
from support.tickets.noting import add_note
from support.tickets.references import shown
from support.tickets.timeline import Attachment, Entry, EntryKind
from tests.cast import AGENTS, PASSWORD, again
from tests.factories import a_file, a_report, a_ticket, climb
from tests.web.conftest import Browser, Site
from tests.web.test_access import RULES
from web.app import create_app

PAGES = ("/", "/contact", "/suivi", "/aide", "/connexion")
INJECTED = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><b onmouseover=alert(3)>"


def address(ticket: Ticket, action: str = "") -> str:
    return f"/agent/tickets/{shown(ticket.reference)}{action}"


def attachment_of(ticket: Ticket) -> Attachment:
    """The file of the ticket; call inside a transaction."""
    found = select(Attachment).join(Entry).where(Entry.ticket_id == ticket.id)
    return db.session().scalars(found).one()


@pytest.fixture
def ticket(site: Site) -> Ticket:
    with db.transaction():
        return a_ticket(site.cast, reason="account.blocked")


# Headers and cookies


@pytest.mark.parametrize("page", PAGES)
def test_nothing_runs_but_our_own_files(site: Site, page: str) -> None:
    headers = site.anyone().get(page).headers
    policy = headers["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert "unsafe" not in policy
    assert parts["script-src"] == "'self'"
    assert parts["style-src"] == "'self'"
    assert parts["default-src"] == "'self'"
    assert parts["object-src"] == parts["base-uri"] == parts["frame-ancestors"] == "'none'"
    assert parts["form-action"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_error_pages_and_refusals_carry_the_same_headers(site: Site) -> None:
    browser = site.as_("teleadviser")
    for path, status in (("/nowhere", 404), ("/agent/administration", 403)):
        answer = browser.get(path)
        assert answer.status_code == status
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_pages_with_persons_words_are_kept_by_no_cache(site: Site, ticket: Ticket) -> None:
    token = follow_token(ticket)
    assert site.as_("teleadviser").get(address(ticket)).headers["Cache-Control"] == "no-store"
    assert site.anyone().get(f"/suivi/{token}").headers["Cache-Control"] == "no-store"
    # One may go back in the form: its steps answer a POST.
    assert site.anyone().get("/contact").headers["Cache-Control"] == "private, no-cache"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Site) -> None:
    browser = site.anyone()
    answer = browser.sign_in(site.cast.teleadviser.email)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("relais="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_over_https_the_cookie_stays_there(made_app: Flask) -> None:
    settings = made_app.config["SETTINGS"].model_copy(
        update={"public_url": "https://relais.example.org"}
    )
    config = create_app(settings, configure=False).config
    assert config["SESSION_COOKIE_SECURE"] is True
    assert config["SESSION_COOKIE_NAME"].startswith("__Host-")


# Sessions


def test_a_disabled_account_is_out_at_its_next_click(site: Site) -> None:
    browser = site.as_("colleague")
    assert browser.get("/agent/").status_code == 200
    with db.transaction():
        accounts.disable(again(site.cast.colleague), by=again(site.cast.admin))
    assert browser.get("/agent/").location.startswith("/connexion")
    assert site.anyone().sign_in(site.cast.colleague.email).status_code == 422


def test_a_new_password_ends_the_sessions_of_the_old_one(site: Site) -> None:
    browser = site.as_("colleague")
    with db.transaction():
        set_password(again(site.cast.colleague), "another long password")
    assert browser.get("/agent/").location.startswith("/connexion")


def test_signing_out_ends_the_session(site: Site) -> None:
    browser = site.as_("colleague")
    assert browser.send("/deconnexion").location == "/connexion"
    assert browser.get("/agent/").location.startswith("/connexion")


def test_signing_in_starts_a_fresh_session(site: Site) -> None:
    """What somebody planted in the browser before does not survive."""
    browser = site.anyone()
    with browser.session_transaction() as before:
        before["planted"] = "by somebody else"
    browser.sign_in(site.cast.colleague.email)
    with browser.session_transaction() as after:
        assert "planted" not in after


def test_a_cookie_of_another_account_cannot_be_written(site: Site) -> None:
    browser = site.as_("colleague")
    cookie = browser.get_cookie("relais")
    assert cookie is not None
    browser.set_cookie("relais", cookie.value[:-4] + "AAAA")
    assert browser.get("/agent/").location.startswith("/connexion")


def test_guessing_a_password_is_slowed_down_and_says_so(site: Site) -> None:
    browser, email = site.anyone(), site.cast.colleague.email
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(PER_ACCOUNT):
            assert browser.sign_in(email, "wrong password").status_code == 422
        answer = browser.sign_in(email)  # the right one, too late
        assert answer.status_code == 429
        assert "Trop d’essais. Attendez 15 minutes" in answer.text
        assert browser.get("/agent/").status_code == 302
        clock.shift(WINDOW + timedelta(seconds=1))
        assert browser.sign_in(email).status_code == 302


def test_a_wrong_account_reads_like_a_wrong_password(site: Site) -> None:
    answers = [
        site.anyone().sign_in(email, "wrong password")
        for email in (site.cast.colleague.email, "nobody@demo.relais")
    ]
    assert {a.status_code for a in answers} == {422}
    assert all("Adresse ou mot de passe incorrect" in a.text for a in answers)


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example.org",
        "https://evil.example.org/agent/",
        "/\\evil.example.org",
        "\\\\evil.example.org",
        "javascript:alert(1)",
        "/\t/evil.example.org",
        " //evil.example.org",
    ],
)
def test_signing_in_never_leads_to_another_site(site: Site, wanted: str) -> None:
    browser = site.anyone()
    fields = {"email": site.cast.colleague.email, "password": PASSWORD}
    answer = browser.send("/connexion", {**fields, "suite": wanted})
    assert answer.status_code == 302
    assert answer.location == "/agent/"
    # Nor does the page itself, for somebody signed in already.
    assert browser.get("/connexion", query_string={"suite": wanted}).location == "/agent/"


def test_signing_in_leads_back_to_the_page_that_was_asked(site: Site, ticket: Ticket) -> None:
    browser = site.anyone()
    asked = browser.get(address(ticket) + "?avant=12")
    fields = {"email": site.cast.colleague.email, "password": PASSWORD}
    suite = asked.location.partition("suite=")[2]
    answer = browser.send(f"/connexion?suite={suite}", fields)
    assert answer.location == address(ticket) + "?avant=12"


# Following a request


def test_a_forged_follow_link_shows_nothing(site: Site, ticket: Ticket) -> None:
    token = follow_token(ticket)
    body, _dot, seal = token.rpartition(".")
    flipped = "A" if seal[0] != "A" else "B"
    for forged in (f"{body}.{flipped}{seal[1:]}", body, "x" + token, token[:-1], str(ticket.id)):
        answer = site.anyone().get(f"/suivi/{forged}")
        assert answer.status_code == 404, forged
        assert ticket.subject not in answer.text


def test_a_revoked_follow_link_shows_nothing(site: Site, ticket: Ticket) -> None:
    token = follow_token(ticket)
    assert site.anyone().get(f"/suivi/{token}").status_code == 200
    with db.transaction():
        again(ticket).follow_salt = "another"
    assert site.anyone().get(f"/suivi/{token}").status_code == 404


def test_a_reference_alone_shows_nothing(site: Site, ticket: Ticket) -> None:
    browser, reference = site.anyone(), shown(ticket.reference)
    assert browser.get(f"/suivi/{reference}").status_code == 404
    assert browser.get(f"/suivi/{ticket.reference}").status_code == 404
    for contact in ("", "stranger@example.org", "06 12 34 56 78"):
        answer = browser.send("/suivi", {"reference": reference, "contact": contact})
        assert answer.status_code == 422
        assert ticket.subject not in answer.text
    known = browser.send("/suivi", {"reference": reference, "contact": "awa@example.org"})
    assert known.location == f"/suivi/{follow_token(ticket)}"


# Tickets of others


def test_another_teams_ticket_is_404_on_every_ticket_page(site: Site, ticket: Ticket) -> None:
    """The project directorate has every permission but has never had this ticket."""
    pages = [r.split(" ") for r in RULES if "/agent/tickets/<reference>" in r]
    assert len(pages) > 10
    for stranger in ("dp", "sdst", "referent", "pan"):
        browser = site.as_(stranger)
        for method, rule in pages:
            path = rule.replace("<reference>", shown(ticket.reference))
            path = re.sub(r"<int:\w+>", "1", path)
            answer = browser.get(path) if method == "GET" else browser.send(path, {"text": "Moi"})
            may = set(RULES[f"{method} {rule}"] or ()) <= PERMISSIONS[AGENTS[stranger][2]]
            assert answer.status_code == (404 if may else 403), f"{stranger} {method} {path}"


def test_searching_a_hidden_reference_tells_nothing(site: Site, ticket: Ticket) -> None:
    browser = site.as_("referent")
    hidden = browser.get(f"/agent/tickets?q={shown(ticket.reference)}", follow_redirects=True)
    unknown = browser.get("/agent/tickets/2611-0000-0003")
    assert hidden.status_code == unknown.status_code == 404
    assert ticket.subject not in hidden.text


def test_files_of_a_hidden_ticket_stay_hidden(site: Site) -> None:
    with db.transaction():
        mine = a_ticket(site.cast, files=[a_file()])
        report = a_report(site.cast)
        note = write(report, EntryKind.NOTE, Words("Interne", files=[a_file(b"secret")]),
                     by=again(site.cast.dp))  # fmt: skip
        secret = note.attachments[0].id
        given = attachment_of(mine).id
        other = follow_token(report)
    assert site.as_("teleadviser").get(f"/agent/pieces/{given}").status_code == 200
    assert site.as_("dp").get(f"/agent/pieces/{given}").status_code == 404
    # A file of an internal note: the levels read it, the referent who asked does not.
    assert site.as_("dp").get(f"/agent/pieces/{secret}").status_code == 200
    assert site.as_("referent").get(f"/agent/pieces/{secret}").status_code == 404
    assert site.anyone().get(f"/suivi/{other}/pieces/{secret}").status_code == 404
    assert site.anyone().get(f"/suivi/{other}/pieces/{given}").status_code == 404


# Files


@pytest.mark.parametrize(
    ("filename", "content_type", "inline"),
    [
        ("page.html", "text/html", False),
        ("image.svg", "image/svg+xml", False),
        ("script.js", "text/javascript", False),
        ("document.pdf", "application/pdf", False),
        ("photo.png", "image/png", True),
    ],
)
def test_files_are_downloads_and_never_pages_of_ours(
    site: Site, filename: str, content_type: str, inline: bool
) -> None:
    with db.transaction():
        kept = a_file(b"<script>alert(1)</script>", filename)
        file = FileDraft(filename, content_type, kept.key, kept.size)
        ticket = a_ticket(site.cast, files=[file])
        number, token = attachment_of(ticket).id, follow_token(ticket)
    for answer in (
        site.as_("teleadviser").get(f"/agent/pieces/{number}"),
        site.anyone().get(f"/suivi/{token}/pieces/{number}"),
    ):
        assert answer.status_code == 200
        assert ("attachment" not in answer.headers["Content-Disposition"]) is inline
        assert answer.mimetype == (content_type if inline else "application/octet-stream")
        policy = {p.strip() for p in answer.headers["Content-Security-Policy"].split(";")}
        assert {"default-src 'none'", "sandbox"} <= policy
        assert not any("script" in part or "allow" in part for part in policy)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_kept_file_cannot_be_named_by_its_sender(site: Site, ticket: Ticket) -> None:
    """The token of a kept file is sealed: nobody attaches another's file by its hash."""
    with db.transaction():
        secret = a_file(b"somebody else's passport")
    token = follow_token(ticket)
    browser = site.anyone()
    fields = {"text": "", "kept": secret.key}
    assert browser.send(f"/suivi/{token}/messages", fields).status_code == 422


def test_a_name_with_a_path_stays_a_name(site: Site, ticket: Ticket) -> None:
    token = follow_token(ticket)
    fields = {"text": "Voici", "files": (io.BytesIO(b"%PDF-1.4"), "../../etc/pass\twd")}
    browser = site.anyone()
    sent = browser.send(f"/suivi/{token}/messages", fields, content_type="multipart/form-data")
    assert sent.status_code == 303
    with db.transaction():
        kept = attachment_of(ticket)
        number, named = kept.id, kept.filename
    assert "/" not in named
    assert "\t" not in named
    header = browser.get(f"/suivi/{token}/pieces/{number}").headers["Content-Disposition"]
    assert "etc" not in header


# Words of others on our pages


class Active(HTMLParser):
    """Collects what would run: scripts with a body, handlers, addresses of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        for name, value in attrs:
            if name.startswith("on") or name == "style" or name == "srcdoc":
                self.found.append(f"<{tag} {name}={value}>")
            if (value or "").strip().lower().startswith(("javascript:", "data:text")):
                self.found.append(f"<{tag} {name}={value}>")
        if tag in ("iframe", "object", "embed", "base"):
            self.found.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.found.append(f"<script>{data}")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def assert_inert(answer: TestResponse) -> None:
    assert answer.status_code in (200, 422)
    reader = Active()
    reader.feed(answer.text)
    assert reader.found == []
    assert "<img src=x" not in answer.text
    assert "<b onmouseover" not in answer.text


def test_the_reader_of_these_tests_sees_what_would_run() -> None:
    reader = Active()
    reader.feed(INJECTED)
    assert len(reader.found) == 3


@pytest.fixture
def injected(site: Site) -> Ticket:
    """HTML in every field that somebody outside may fill."""
    with db.transaction():
        person = recognise_or_create(
            Identity(INJECTED[:120], INJECTED[:120], "inject@example.org", "+33639980099")
        )
        kept = a_file(b"x", INJECTED)
        ticket = a_ticket(
            site.cast,
            person,
            reason="account.blocked",
            subject=INJECTED,
            text=INJECTED,
            dossier_number=INJECTED[:30],
            files=[kept],
        )
        words = Words(INJECTED, full_text=INJECTED + " et la suite", html=INJECTED)
        write(ticket, EntryKind.MESSAGE, words, by=person)
        add_note(ticket, INJECTED, by=again(site.cast.teleadviser))
        climb(ticket, "dp", site.cast, by=again(site.cast.teleadviser))
        return ticket


def test_html_is_inert_on_the_pages_of_agents(site: Site, injected: Ticket) -> None:
    browser = site.as_("teleadviser")
    for path in (
        "/agent/",
        "/agent/tickets?vue=all",
        address(injected),
        address(injected) + "?fiche=" + INJECTED,
        f"/agent/personnes/{injected.person_id}",
        "/agent/personnes?q=alert",
        "/agent/escalades",
        "/agent/tickets/nouveau?q=0639980099",
        "/agent/tickets/nouveau/personnes?q=alert",
    ):
        assert_inert(browser.get(path))
    assert "&lt;script&gt;" in browser.get(address(injected)).text
    for path in ("/agent/", address(injected), "/agent/escalades"):
        assert_inert(site.as_("dp").get(path))


def test_html_is_inert_on_the_follow_page(site: Site, injected: Ticket) -> None:
    answer = site.anyone().get(f"/suivi/{follow_token(injected)}")
    assert_inert(answer)
    assert "&lt;script&gt;" in answer.text


def test_html_is_inert_in_forms_shown_again(site: Site) -> None:
    typed = dict.fromkeys(("text", "given_name", "family_name", "email", "reason"), INJECTED)
    assert_inert(site.anyone().send("/contact", {**typed, "etape": "3", "aller": "envoyer"}))
    assert_inert(site.anyone().send("/suivi", {"reference": INJECTED, "contact": INJECTED}))
    assert_inert(site.anyone().send("/connexion", {"email": INJECTED, "password": INJECTED}))
    assert_inert(site.anyone().get("/aide", query_string={"q": INJECTED}))
    referent = site.as_("referent")
    assert_inert(referent.send("/agent/signalements/nouveau", typed))
    assert_inert(site.as_("pan").send("/agent/tickets/nouveau", {**typed, "q": INJECTED}))
    assert_inert(site.as_("admin").send("/agent/administration/comptes", typed))


def test_html_is_inert_in_the_address(site: Site) -> None:
    browser: Browser = site.as_("teleadviser")
    filters = dict.fromkeys(("vue", "tri", "motif", "etat", "departement", "langue"), INJECTED)
    assert_inert(browser.get("/agent/tickets", query_string=filters))
    filters = dict.fromkeys(("sens", "equipe", "motif", "apres"), INJECTED)
    assert_inert(browser.get("/agent/escalades", query_string=filters))
