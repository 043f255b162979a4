"""The store of results: whole or not at all, private, swept when nobody names it."""

from __future__ import annotations

import hashlib
import io
import stat
from datetime import UTC, datetime, timedelta

import pytest

from app.documents.refusal import DocumentRefused
from app.documents.result_store import ResultStore

NOW = datetime.now(UTC)


def kept(root) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file() and path.name != "lock")


def test_any_content_is_kept_once_under_its_digest(tmp_path):
    store = ResultStore(tmp_path / "results")
    digest, size = store.put(io.BytesIO(b"PK\x03\x04 no workbook"))
    assert (digest, size) == (hashlib.sha256(b"PK\x03\x04 no workbook").hexdigest(), 16)
    assert store.put(io.BytesIO(b"PK\x03\x04 no workbook")).digest == digest
    assert kept(tmp_path) == [digest]
    with store.open(digest) as content:
        assert content.read() == b"PK\x03\x04 no workbook"
    assert stat.S_IMODE(store.path_of(digest).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "results").stat().st_mode) == 0o700


def test_too_much_is_refused_and_leaves_nothing(tmp_path):
    store = ResultStore(tmp_path)
    with pytest.raises(DocumentRefused):
        store.put(io.BytesIO(b"x" * 11), max_bytes=10)
    assert kept(tmp_path) == []


def test_a_broken_stream_leaves_nothing(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(size)
            return super().read(4)

    with pytest.raises(OSError):
        ResultStore(tmp_path).put(Broken(b"12345678"))
    assert kept(tmp_path) == []


def test_the_sweep_keeps_what_is_named_and_what_is_young(tmp_path):
    store = ResultStore(tmp_path)
    named, other = store.put(io.BytesIO(b"named")).digest, store.put(io.BytesIO(b"other")).digest
    assert store.sweep({named}, NOW - timedelta(days=1)) == []
    assert store.sweep({named}, NOW + timedelta(days=1)) == [other]
    assert kept(tmp_path) == [named]
