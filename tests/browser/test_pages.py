"""Every page of every role in the demonstration: readable, whole, and usable by everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitor
from tests.browser.product import ROOT, Web
from tests.browser.walking import walk
from web.demo.accounts import ACCOUNTS

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (1280, 390, 320)

SCAN = """async tags => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], elementRef: false,
  });
  return found.violations.map(v =>
    `${v.id}: ${v.help}\\n` + v.nodes.slice(0, 3).map(n => `      ${n.html}`).join("\\n"));
}"""
# Wider than the window, and the element that makes it so.
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return null;
  const wide = [...document.body.querySelectorAll("*")].filter(
    e => e.getBoundingClientRect().right > room + 1);
  return wide.slice(-3).map(e => e.outerHTML.slice(0, 120));
}"""


def problems_of(
    page: Page, *, scan: bool = True, widths: tuple[int, ...] = WIDTHS[:2]
) -> list[str]:
    """What is wrong with the open page, at each width; ``scan`` runs the long checks too, at
    ``widths``.
    """
    found = []
    headings = page.locator("h1").count()
    if headings != 1:
        found.append(f"{headings} first headings")
    if not page.title().partition(" — ")[0].strip():
        found.append("no title")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate(TOO_WIDE)
        if wide is not None:
            found.append(f"{width} px: scrolls sideways because of {wide}")
    return found + _scanned(page, widths) if scan else found


def _scanned(page: Page, widths: tuple[int, ...]) -> list[str]:
    found = []
    page.evaluate(AXE)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width} px: {words}" for words in page.evaluate(SCAN, RULES)]
    return found


# Accounts that open the same pages as one before them: the long checks would say the same.
ALIKE = {"superviseur", "sdst", "sdanf", "asile", "natali"}


# The colleague of one before, in the same team: the same pages with the same tickets.
SAME = {"conseillere@demo.relais"}


@pytest.mark.parametrize("role", ["public", *(a.email for a in ACCOUNTS if a.email not in SAME)])
def test_every_page_of(role: str, demonstration: Web, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demonstration)
    scan = role.partition("@")[0] not in ALIKE
    start = "/"
    # The public comes by telephone as well; the stories scan the staff's pages at both widths.
    widths = WIDTHS[:2] if role == "public" else WIDTHS[:1]
    if role == "public":
        visitor.open("/")
    else:
        visitor.sign_in(role)
        start = "/agent/"
    wrong: dict[str, Any] = {}
    seen = 0
    for kind, response in walk(visitor.page, start):
        seen += 1
        if response.ok:
            problems = problems_of(visitor.page, scan=scan, widths=widths)
        else:
            problems = [f"answer {response.status}"]
        if problems:
            wrong[kind] = problems
    report = "\n".join(f"{kind}\n    " + "\n    ".join(p) for kind, p in wrong.items())
    assert not wrong, f"{len(wrong)} of {seen} pages:\n{report}"
    assert seen


def test_the_scan_sees_what_is_wrong(visit: Callable[..., Visitor], demonstration: Web) -> None:
    """A page made badly on purpose: the checks above are not blind."""
    page = visit(demonstration, bypass_csp=True).page
    page.set_content(
        "<html><title></title><body><h1>a</h1><h1>b</h1><div style='width:2000px'>w</div>"
        "<input><p style='color:#999;background:#aaa'>pale</p></body></html>"
    )
    found = "\n".join(problems_of(page))
    for words in ("2 first headings", "no title", "scrolls sideways", "label:", "color-contrast"):
        assert words in found
