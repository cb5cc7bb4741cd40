"""The product as its operator runs it: a web server and a worker, on a data folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tests.browser.seedlings import copy_of
from tests.servers.process import Server

ROOT = Path(__file__).resolve().parents[2]


class Web(Server):
    """``relais serve``; before its first start the database is planted."""

    name = "web"

    def __init__(self, environment: Mapping[str, str] | None = None, plant: str = "centre") -> None:
        super().__init__()
        self.plant = plant
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "RELAIS_DATA_DIR": str(self.data),
            "RELAIS_PUBLIC_URL": self.url,
            "RELAIS_SECRET_KEY": "a secret of the browser tests, of no use elsewhere",
            "RELAIS_LOG_LEVEL": "WARNING",
            "RELAIS_UNDO_SECONDS": "0",  # stories do not have second thoughts
            "RELAIS_FORM_LEAST_SECONDS": "0",  # a program types faster than people
            **(environment or {}),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "var"

    @property
    def sent(self) -> Path:
        """Where mails are written when no mail server is set."""
        return self.data / "outbox"

    def prepare(self) -> None:
        planted = self.folder / "planted"
        if not planted.exists():
            self.run([sys.executable, str(ROOT / "tools" / "translations.py")])
            if "RELAIS_DATABASE_URL" in self.environment:
                self.run(self.python("tests.browser.planting", self.plant))
            else:
                copy_of(self.plant, self.data, self._grow)
            planted.touch()

    def _grow(self, folder: Path) -> None:
        self.run(self.python("tests.browser.planting", self.plant, RELAIS_DATA_DIR=str(folder)))

    def command(self) -> list[str]:
        return self.python("web.cli", "serve", "--port", str(self.port), "--workers", "1")

    def python(self, module: str, *words: str, **others: str) -> list[str]:
        """The words that run a module with the product's settings, or ``others``, alone."""
        settings = [f"{name}={value}" for name, value in (self.environment | others).items()]
        return ["/usr/bin/env", "-i", *settings, sys.executable, "-m", module, *words]

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


class Worker(Server):
    """``relais worker`` beside a web server."""

    name = "worker"
    stop_signal = signal.SIGKILL  # it may die at any moment, and its polite end takes seconds

    def __init__(self, web: Web) -> None:
        super().__init__()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = web.folder / "worker"
        self.folder.mkdir()
        (self.folder / "log").touch()
        self.web = web

    def command(self) -> list[str]:
        return self.web.python("web.cli", "worker")

    def answers(self) -> bool:
        # It listens on nothing; its scheduler's memory is the first thing it makes when ready.
        return any((self.web.folder / "var").glob("schedule*"))
