"""Every page of every role, wide and narrow: ``python -m tests.browser.screenshots FOLDER``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import ARGUMENTS, running, sign_in
from tests.browser.product import Web
from tests.browser.walking import walk
from tests.servers.process import program
from web.demo.accounts import ACCOUNTS

WIDTHS = {1280: 800, 390: 844}
PUBLIC = "public"


def take(folder: Path, roles: list[str], base: str = "") -> None:
    """One PNG a page: ``<role>/<width>-<page>.png``, over the demonstration at ``base``."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=ARGUMENTS)
        if base:
            _all(browser, base, folder, roles)
        else:
            with running(Web(plant="demonstration"), worker=False) as web:
                _all(browser, web.url, folder, roles)
        browser.close()


def _all(browser: Browser, base: str, folder: Path, roles: list[str]) -> None:
    for role in roles:
        count = _role(browser, base, folder / role.partition("@")[0], role)
        print(f"{role}: {count}", file=sys.stderr)


def _role(browser: Browser, base: str, folder: Path, role: str) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(base_url=base, locale="fr-FR")
    if role != PUBLIC:
        sign_in(page, role)
    page.goto("/")
    count = 0
    for kind, _response in walk(page, "/" if role == PUBLIC else "/agent/"):
        name = re.sub(r"[^\w{}]+", "-", kind).strip("-") or "front"
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.reload()
            # The agent's columns scroll by themselves: the whole page would be one screen.
            page.screenshot(path=folder / f"{width}-{name}.png", full_page=role == PUBLIC)
            count += 1
    page.context.close()
    return count


if __name__ == "__main__":
    wanted = sys.argv[2:] or [PUBLIC, *(account.email for account in ACCOUNTS)]
    take(Path(sys.argv[1]), wanted)
