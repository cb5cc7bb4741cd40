"""The file store keeps bytes under their own hash."""

from __future__ import annotations

import hashlib

import pytest

from support.kernel.files import DiskStore


@pytest.fixture
def store(tmp_path):
    return DiskStore(tmp_path)


def test_what_is_put_is_found_again(store):
    stored = store.put(b"bonjour")
    assert stored.key == hashlib.sha256(b"bonjour").hexdigest()
    assert (stored.size, store.read(stored.key)) == (7, b"bonjour")
    with store.open(stored.key) as file:
        assert file.read(3) == b"bon"


def test_the_same_bytes_are_kept_once(store, tmp_path):
    assert store.put(b"a") == store.put(b"a")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_an_empty_file_is_a_file(store):
    assert store.read(store.put(b"").key) == b""


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "g" * 64, "A" * 64, "a" * 63])
def test_only_a_key_opens_anything(store, key):
    with pytest.raises(ValueError, match="not a file key"):
        store.exists(key)


def test_what_was_never_put_is_not_there(store):
    key = hashlib.sha256(b"never").hexdigest()
    assert not store.exists(key)
    with pytest.raises(FileNotFoundError):
        store.read(key)


def test_a_write_that_fails_leaves_nothing_under_the_key(store, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(b"half")
    assert not store.exists(hashlib.sha256(b"half").hexdigest())
