"""Attachments and large raw messages: kept under their own hash, outside the web root."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class StoredFile:
    """``key`` finds the bytes again; it is the hexadecimal SHA-256 of the content."""

    key: str
    size: int


class FileStore(Protocol):
    def put(self, content: bytes) -> StoredFile: ...
    def put_stream(self, pieces: Iterable[bytes]) -> StoredFile: ...
    def open(self, key: str) -> BinaryIO: ...
    def read(self, key: str) -> bytes: ...
    def exists(self, key: str) -> bool: ...


class DiskStore:
    """Files below ``root``, each on disk for good before :meth:`put` returns.

    A crash leaves at worst a temporary file or an unreferenced one, never half a file under
    a key: the content is synced before it is renamed into place.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes) -> StoredFile:
        key = hashlib.sha256(content).hexdigest()
        path = self._path(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            Path(temporary).replace(path)
            _sync_folder(path.parent)
        return StoredFile(key, len(content))

    def put_stream(self, pieces: Iterable[bytes]) -> StoredFile:
        """As :meth:`put`, of content that is never whole in memory."""
        digest, size = hashlib.sha256(), 0
        self.root.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self.root, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as out:
                for piece in pieces:
                    digest.update(piece)
                    size += len(piece)
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            path = self._path(digest.hexdigest())
            path.parent.mkdir(parents=True, exist_ok=True)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
        return StoredFile(path.name, size)

    def open(self, key: str) -> BinaryIO:
        return self._path(key).open("rb")

    def read(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def exists(self, key: str) -> bool:
        return self._path(key).exists()

    def _path(self, key: str) -> Path:
        if len(key) != 64 or not set(key) <= set("0123456789abcdef"):
            raise ValueError("not a file key")
        return self.root / key[:2] / key[2:4] / key


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_store: FileStore | None = None


def configure(store: FileStore) -> None:
    global _store
    _store = store


def store() -> FileStore:
    if _store is None:
        raise RuntimeError("file store not configured: call support.kernel.files.configure first")
    return _store
