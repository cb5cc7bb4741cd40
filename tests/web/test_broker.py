"""The doorbell: heard whoever rings at the same instant, and never waited for."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

import pytest
from celery import Celery
from kombu import Connection

from web import worker
from web.config import Settings

RINGS = 2000  # of each writer


@contextmanager
def a_channel(folder: Path):
    options = {f"data_folder_{way}": str(folder / "queue") for way in ("in", "out")}
    options["control_folder"] = str(folder / "control")
    with Connection(
        "filesystem://", transport="web.broker:Transport", transport_options=options
    ) as connection:
        yield connection.default_channel


def ring(folder: Path, who: str) -> None:
    with a_channel(folder) as channel:
        for number in range(RINGS):
            channel._put("bell", {"from": who, "number": number, "ballast": "x" * 400})


def bind(folder: Path, who: str) -> None:
    with a_channel(folder) as channel:
        for number in range(100):
            channel._queue_bind("doors", "", "", f"{who}{number}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_every_ring_of_two_writers_is_heard_once_and_whole(folder: Path) -> None:
    heard: Counter[tuple[str, int]] = Counter()
    with together(ring, folder) as writers, a_channel(folder) as reader:
        deadline = time.monotonic() + 120
        while heard.total() < 2 * RINGS and time.monotonic() < deadline:
            writing = any(writer.is_alive() for writer in writers)
            try:
                message = reader._get("bell")
                heard[message["from"], message["number"]] += 1
            except Empty:
                if not writing:
                    break
    assert heard == Counter((who, n) for who in "ab" for n in range(RINGS))
    assert [*(folder / "queue").iterdir()] == []


def test_tables_changed_by_two_at_once_are_whole(folder: Path) -> None:
    with together(bind, folder) as writers, a_channel(folder) as reader:
        while any(writer.is_alive() for writer in writers):
            reader.get_table("doors")
        table = reader.get_table("doors")
    assert {row.queue for row in table} == {f"{who}{n}" for who in "ab" for n in range(100)}


def test_a_file_that_says_nothing_is_passed_over(folder: Path) -> None:
    for name, content in (("1", b""), ("2", b'{"half'), ("3", b"\xff"), ("4", b'{"whole": 1}')):
        (folder / "queue" / f"{name}.bell.msg").write_bytes(content)
    (folder / "control" / "doors.exchange").write_bytes(b"")
    with a_channel(folder) as reader:
        assert reader._get("bell") == {"whole": 1}
        with pytest.raises(Empty):
            reader._get("bell")
        assert reader.get_table("doors") == []
        reader._queue_bind("doors", "", "", "bell")
        assert [row.queue for row in reader.get_table("doors")] == ["bell"]


def test_the_embedded_product_uses_it(tmp_path: Path) -> None:
    app = Celery("test")
    app.conf.update(worker._broker(Settings(data_dir=tmp_path)))
    with app.connection_for_write() as connection:
        assert type(connection.transport).__module__ == "web.broker"


@contextmanager
def together(work, folder: Path):
    fresh = multiprocessing.get_context("spawn")
    writers = [fresh.Process(target=work, args=(folder, who)) for who in "ab"]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        for writer in writers:
            writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]


def refusing() -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        yield door.getsockname()[1]


def silent() -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        yield door.getsockname()[1]


def unreachable() -> Iterator[int]:
    """As behind a wall that swallows everything: a door with a full waiting room."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(door.getsockname())
        yield door.getsockname()[1]
        for one in waiting:
            one.close()


@pytest.mark.parametrize("way", [refusing, silent, unreachable])
def test_a_broker_that_is_down_does_not_keep_a_page_waiting(way, tmp_path: Path) -> None:
    app = Celery("test")
    port = way()
    settings = Settings(data_dir=tmp_path, broker_url=f"redis://127.0.0.1:{next(port)}/0")
    app.conf.update(task_publish_retry=False, **worker._broker(settings, patient=False))

    @app.task
    def bell() -> None: ...

    took = []
    for _ in range(3):
        begun = time.monotonic()
        with pytest.raises(Exception, match=r".+"):
            bell.apply_async(expires=30, retry=False)
        took.append(time.monotonic() - begun)
    port.close()
    assert max(took) < 1.5
