"""A 50 MB message never takes more than 250 MB of the worker, which is a process that stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from support.intake.models import Outcome, Received
from support.kernel import db
from support.outbox.models import OutboxState
from tests.resilience.installation import Installation, outbox_counts
from tests.servers.fixtures import Mailbox
from tests.servers.process import wait_until
from tests.web.cli.test_mail_memory import MEGA, MOST, heavy

pytestmark = [pytest.mark.resilience, pytest.mark.mail]


@pytest.fixture
def installation(tmp_path: Path, mailbox: Mailbox) -> Iterator[Installation]:
    made = Installation(
        tmp_path, IMAP_URLS=mailbox.url, FETCH_EVERY="1", LARGEST_MAIL=str(60 * MEGA)
    )
    try:
        made.prepare()
        yield made
    finally:
        made.close()


def test_a_heavy_message_is_filed_within_bounds(
    installation: Installation, mailbox: Mailbox
) -> None:
    raw = heavy(50 * MEGA)
    mailbox.deliver(raw)
    installation.start_worker()
    wait_until(_is_filed, "the message is filed", 120)
    assert installation.worker is not None
    peaks = {pid: _peak(pid) for pid in _processes(installation.worker.pid)}
    print({pid: f"{peak // MEGA} MB" for pid, peak in peaks.items()})
    assert peaks
    assert max(peaks.values()) < MOST, peaks
    assert installation.stop_worker() == 0, installation.log()
    with db.transaction(write=False) as session:
        (received,) = session.scalars(select(Received)).all()
    assert (received.outcome, received.size) == (Outcome.CREATED, len(raw))


def _is_filed() -> bool:
    with db.transaction(write=False) as session:
        if session.scalar(select(Received.outcome)) is None:
            return False
    return OutboxState.WAITING not in outbox_counts()


def _processes(group: int) -> list[int]:
    """The worker and whatever it started."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.getpgid(int(name)) == group:
                    found.append(int(name))
            except ProcessLookupError:
                continue
    return found


def _peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    high = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(high.split()[1]) * 1024
