"""The broker of an installation without Redis: a folder of small files.

Kombu's own transport creates a file under its last name and fills it afterwards, and lets its
reader take it in between: the reader then dies of an empty message. Here a file gets its name
when it is whole, by a rename, which is one step for everybody who looks.
"""

from __future__ import annotations

import fcntl
import logging
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import filesystem, virtual
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)

Table = list[Any]  # of exchange_queue_t


class Channel(filesystem.Channel):
    """Messages and tables appear whole or not at all; what cannot be read is passed over."""

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        name = f"{time_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, payload)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            # A name of this reader alone: the one who comes second must not remove the first's.
            taken = folder / f"{name}.{uuid.uuid4().hex}.taken"
            try:
                os.rename(folder / name, taken)
                message = loads(taken.read_bytes().decode())
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                # A bell that cannot be heard: the scheduler rings again.
                log.warning("unreadable message %s passed over: %s", name, error)
                continue
            finally:
                with suppress(OSError):
                    taken.unlink()
            return message
        raise Empty

    def get_table(self, exchange: str) -> Table:
        try:
            rows = loads(self._table_file(exchange).read_bytes().decode())
        except (OSError, ValueError):
            return []
        return [exchange_queue_t(*row) for row in rows]

    def _queue_bind(self, exchange: Any, routing_key: Any, pattern: Any, queue: Any) -> None:
        bound = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        if bound not in self.get_table(exchange):
            self._change(exchange, lambda table: [bound, *(one for one in table if one != bound)])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str,
                *args: Any, **kwargs: Any) -> None:  # fmt: skip
        virtual.Channel._delete(self, queue, exchange, routing_key, pattern, *args, **kwargs)
        gone = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        if gone in self.get_table(exchange):
            self._change(exchange, lambda table: [one for one in table if one != gone])

    def _change(self, exchange: str, change: Callable[[Table], Table]) -> None:
        with _alone_in(self.control_folder):
            _write_whole(self._table_file(exchange), change(self.get_table(exchange)))

    def _table_file(self, exchange: str) -> Path:
        path: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]
        return path


class Transport(filesystem.Transport):
    """For ``broker_transport = "web.broker:Transport"``."""

    Channel = Channel


def _write_whole(path: Path, content: Any) -> None:
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}.writing")
    try:
        unfinished.write_bytes(dumps(content).encode())
        os.replace(unfinished, path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
        raise


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Of the processes that change tables in ``folder``, one at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("wb", buffering=0) as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # until the file is closed
        yield
