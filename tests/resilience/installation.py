"""A whole installation of its own: settings, database, and a worker process that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine, func, select

from support.kernel import db, files
from support.kernel.files import DiskStore
from support.outbox.models import OutboxRow, OutboxState
from support.people.models import Agent, Role, Team, TeamKind

ROOT = Path(__file__).resolve().parents[2]
SENDER = "aide@relais.example.org"


class Installation:
    """``settings``: RELAIS_ names without the prefix. Call :meth:`close` at the end."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        database_url = settings.get("DATABASE_URL") or f"sqlite:///{folder / 'relais.sqlite3'}"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("RELAIS_")},
            "PYTHONPATH": str(ROOT),
            **{f"RELAIS_{name}": value for name, value in settings.items()},
            "RELAIS_DATA_DIR": str(folder),
            "RELAIS_DATABASE_URL": database_url,
            "RELAIS_SECRET_KEY": "secret of the test",
            "RELAIS_MAIL_FROM": f"Relais <{SENDER}>",
        }
        self.engine: Engine = db.make_engine(database_url)
        self.worker: subprocess.Popen[bytes] | None = None
        self.kills = 0

    def prepare(self) -> None:
        """Tables, catalogue and teams, as an operator makes them."""
        self.run("db", "upgrade")
        db.configure(self.engine)
        files.configure(DiskStore(self.folder / "files"))

    def run(self, *words: str) -> str:
        done = subprocess.run(
            self._command(*words), env=self.environment, cwd=self.folder, check=False,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def start_worker(self) -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                self._command("worker"), env=self.environment, cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def kill_worker(self) -> None:
        """As the kernel does when memory is short: not an instant to tidy up."""
        assert self.worker is not None
        assert self.worker.poll() is None, self.log()
        self._signal(signal.SIGKILL)
        self.kills += 1

    def stop_worker(self) -> int | None:
        """Politely. Its exit code."""
        worker = self.worker
        if worker is not None and worker.poll() is None:
            self._signal(signal.SIGTERM)
        return worker.returncode if worker else None

    def close(self) -> None:
        if self.worker is not None and self.worker.poll() is None:
            self._signal(signal.SIGKILL)
        self.engine.dispose()

    def log(self) -> str:
        path = self.folder / "worker.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""

    def _signal(self, number: signal.Signals) -> None:
        assert self.worker is not None
        os.killpg(self.worker.pid, number)
        self.worker.wait(30)

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "web.cli", *words]


def a_teleadviser() -> int:
    """An account in the contact centre; the caller's transaction."""
    centre = select(Team).where(Team.kind == TeamKind.CONTACT_CENTRE)
    agent = Agent(
        email="conseil@relais.example.org", given_name="Hugo", family_name="Lambert",
        role=Role.TELEADVISER, team=db.session().scalars(centre).first(), password_hash="-",
    )  # fmt: skip
    db.session().add(agent)
    db.session().flush()
    return agent.id


def outbox_counts() -> dict[OutboxState, int]:
    with db.transaction(write=False) as session:
        rows = session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state))
        return {state: number for state, number in rows}  # noqa: C416
