"""Chromium, the product in its processes, and a watch that fails on whatever goes wrong unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.mails import Correspondent
from tests.browser.product import Web, Worker
from tests.browser.watching import Watch
from tests.servers.fixtures import Mailbox
from tests.servers.process import program
from tests.servers.smtp import SmtpServer

PASSWORD = "demo-relais"
PATIENCE = 20_000  # milliseconds: machines that test are busy
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = pytest.mark.browser
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(here)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def running(web: Web, *, worker: bool = True) -> Iterator[Web]:
    """The product at work until the end of the block."""
    with web:
        if not worker:
            yield web
            return
        with Worker(web):
            yield web


@pytest.fixture(scope="session")
def demonstration() -> Iterator[Web]:
    """The demonstration, to look at: tests that change something have a product of their own."""
    with running(Web(plant="demonstration"), worker=False) as web:
        yield web


@pytest.fixture(scope="session")
def centre() -> Iterator[Web]:
    """The accounts, the chain and the articles, to work with; mails are files.

    Shared: each test brings persons of its own.
    """
    with running(Web()) as web:
        yield web


@pytest.fixture
def product(
    postgres_database: str, redis_url: str, mailbox: Mailbox, smtp_server: SmtpServer
) -> Iterator[Web]:
    """The product on its real servers: PostgreSQL, Redis, IMAP and SMTP."""
    settings = {
        "RELAIS_DATABASE_URL": postgres_database,
        "RELAIS_BROKER_URL": redis_url,
        "RELAIS_IMAP_URLS": mailbox.url,
        "RELAIS_SMTP_URL": smtp_server.url,
        "RELAIS_FETCH_EVERY": "1",
    }
    with running(Web(settings)) as web:
        yield web


@pytest.fixture
def amina(mailbox: Mailbox, smtp_server: SmtpServer) -> Correspondent:
    return Correspondent("Amina Benali", "amina.benali@example.org", mailbox, smtp_server)


class Visitor:
    """One person at one computer: a browser context with its watch."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.watch = Watch(context)
        self.page = context.new_page()
        self.base = base

    def open(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def sign_in(self, email: str) -> Page:
        sign_in(self.page, email)
        return self.page


def sign_in(page: Page, email: str) -> None:
    page.goto("/connexion")
    page.get_by_label("Adresse électronique").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/agent/**")


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """``visit(web, width=…)`` sits one more person down; all are checked at the end."""
    visitors: list[Visitor] = []

    def sit(web: Web, *, width: int = 1280, height: int = 900, **options: Any) -> Visitor:
        viewport = {"width": width, "height": height}
        context = chromium.new_context(
            base_url=web.url, viewport=viewport, locale="fr-FR", **options
        )
        context.set_default_timeout(PATIENCE)
        visitors.append(Visitor(context, web.url))
        return visitors[-1]

    yield sit
    for visitor in visitors:
        visitor.context.close()
    for visitor in visitors:
        visitor.watch.check()
