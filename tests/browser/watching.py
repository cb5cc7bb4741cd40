"""What goes wrong in a browser without anybody seeing it: errors, refusals, missing files."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# A page that is left, or a search overtaken by the next letter, cancels what was under way.
CANCELLED = "net::ERR_ABORTED"


class Watch:
    """Keeps every complaint of a context. ``expect`` takes back those of an answer meant so."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self._meant: set[int] = set()
        context.on("console", self._said)
        context.on("weberror", self._raised)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def expect(self, *statuses: int) -> None:
        """From now on, answers of these statuses are no failure."""
        self._meant.update(statuses)

    def check(self) -> None:
        assert not self.complaints, "\n".join(self.complaints)

    def _said(self, message: ConsoleMessage) -> None:
        # An answer of 400 and above is judged by its status, not by the console's echo of it.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text} ({message.location.get('url')})")

    def _raised(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error} ({error.page.url if error.page else ''})")

    def _failed(self, request: Request) -> None:
        if request.failure != CANCELLED:
            self.complaints.append(f"request: {request.failure} {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._meant:
            self.complaints.append(f"answer {response.status}: {response.url}")
