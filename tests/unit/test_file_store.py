"""The store keeps content whole or not at all, and trusts no name."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.documents import file_store
from app.documents.file_store import FileStore, StoredContent
from app.documents.refusal import DocumentRefused

ROOT = Path(__file__).parents[2]
TEXT = "Приказ о внутренней системе оценки качества образования".encode()
LATER = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "evidence")


def put(store: FileStore, content: bytes = TEXT, name: str = "приказ.txt", **limits: int) -> StoredContent:
    return store.put(BytesIO(content), name, **limits)


def files_below(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file() and path.name != "lock")


def now() -> datetime:
    return datetime.now(UTC)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet="абвгд \n", min_size=1, max_size=300), st.text(alphabet="аб/\\.\u202e\0", max_size=20))
def test_what_is_put_is_what_is_opened_whatever_its_name(store: FileStore, text: str, name: str) -> None:
    content = text.encode()
    stored = put(store, content, name)
    assert stored.digest == hashlib.sha256(content).hexdigest()
    assert (stored.size, stored.media_type) == (len(content), "text/plain")
    with store.open(stored.digest) as opened:
        assert opened.read() == content
    path = store.path_of(stored.digest)
    assert path.parts[-3:] == (stored.digest[:2], stored.digest[2:4], stored.digest)


def test_a_file_is_private_and_has_no_trace_of_its_name(store: FileStore, tmp_path: Path) -> None:
    stored = put(store, name="../../приказ.txt")
    path = store.path_of(stored.digest)
    assert stored.file_name == "приказ.txt"
    assert files_below(tmp_path) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (tmp_path / "evidence", path.parent.parent, path.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_name_without_an_extension_is_given_that_of_the_content(store: FileStore) -> None:
    assert put(store, name="Приказ № 3.12").file_name == "Приказ № 3.12.txt"


def test_the_same_content_is_kept_once_and_a_damaged_copy_is_mended(store: FileStore, tmp_path: Path) -> None:
    first = put(store)
    store.path_of(first.digest).write_bytes(b"damaged")
    second = put(store, name="другое имя.txt")
    assert first.digest == second.digest
    assert files_below(tmp_path) == [store.path_of(first.digest)]
    with store.open(first.digest) as opened:
        assert opened.read() == TEXT


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [(b"MZ\x90", "a.exe", "программа"), (TEXT, "a.pdf", "По имени файл — документ PDF"), (b"", "a.txt", "Файл пуст")],
)
def test_a_refused_file_leaves_nothing_behind(
    store: FileStore, tmp_path: Path, content: bytes, name: str, words: str
) -> None:
    with pytest.raises(DocumentRefused, match=words):
        put(store, content, name)
    assert files_below(tmp_path) == []


class Endless(BytesIO):
    """Gives blocks for ever and counts them."""

    given = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.given += size or 0
        return b"a" * (size or 0)


def test_an_upload_is_stopped_at_the_limit_while_it_streams(store: FileStore, tmp_path: Path) -> None:
    endless = Endless()
    with pytest.raises(DocumentRefused, match="Файл больше 3 МБ"):
        store.put(endless, "a.txt", max_bytes=3 * 1024 * 1024)
    assert endless.given <= 5 * 1024 * 1024
    assert files_below(tmp_path) == []


def test_a_file_of_just_the_limit_is_taken(store: FileStore) -> None:
    assert put(store, b"a" * 100, max_bytes=100).size == 100
    with pytest.raises(DocumentRefused):
        put(store, b"a" * 101, max_bytes=100)


@pytest.mark.parametrize(
    "digest", ["", "../../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "g" * 64, "aside-x"]
)
def test_only_a_digest_opens_anything(store: FileStore, digest: str) -> None:
    with pytest.raises(ValueError, match="не отпечаток"):
        store.open(digest)


def test_a_digest_that_is_not_kept_is_not_found(store: FileStore) -> None:
    put(store)
    with pytest.raises(FileNotFoundError):
        store.open("a" * 64)


def test_many_uploads_of_one_file_at_once_leave_one_whole_file(store: FileStore, tmp_path: Path) -> None:
    content = TEXT * 5000
    stored: list[StoredContent] = []
    threads = [threading.Thread(target=lambda: stored.append(put(store, content))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored) == 12
    (path,) = files_below(tmp_path)
    assert path.read_bytes() == content


def test_a_crash_before_the_rename_leaves_an_aside_that_the_sweep_takes(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from io import BytesIO\nfrom pathlib import Path\nfrom app.documents.file_store import FileStore\n"
        "FileStore._publish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "FileStore(Path(sys.argv[1])).put(BytesIO(b'text of an order'), 'a.txt')\n"
    )
    died = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    (aside,) = files_below(tmp_path)
    assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    store = FileStore(tmp_path)
    kept = put(store)
    assert store.sweep({kept.digest}, now() - LATER) == []
    assert store.sweep({kept.digest}, now() + LATER) == [aside.name]
    assert files_below(tmp_path) == [store.path_of(kept.digest)]


def test_the_sweep_removes_old_orphans_only(store: FileStore) -> None:
    referenced, orphan, fresh = (put(store, text.encode()) for text in ("нужный", "забытый", "свежий"))
    old = (now() - 2 * LATER).timestamp()
    for stored in (referenced, orphan):
        os.utime(store.path_of(stored.digest), (old, old))
    assert store.sweep({referenced.digest}, now() - LATER) == [orphan.digest]
    for stored in (referenced, fresh):
        store.open(stored.digest).close()
    with pytest.raises(FileNotFoundError):
        store.open(orphan.digest)


def test_an_orphan_uploaded_again_is_young_again(store: FileStore) -> None:
    stored = put(store)
    old = (now() - 2 * LATER).timestamp()
    os.utime(store.path_of(stored.digest), (old, old))
    put(store)
    assert store.sweep(set(), now() - LATER) == []


def test_the_sweep_leaves_what_is_not_its_own(store: FileStore, tmp_path: Path) -> None:
    strange = tmp_path / "evidence" / "ab" / "cd"
    strange.mkdir(parents=True)
    (strange / "README").write_text("чужое")
    assert store.sweep(set(), now() + LATER) == []


def test_a_moment_without_a_zone_is_refused(store: FileStore) -> None:
    with pytest.raises(ValueError, match="часовой пояс"):
        store.sweep(set(), datetime(2026, 11, 21))  # noqa: DTZ001 - the naive moment is what is refused


def test_everything_is_on_disk_before_it_is_named(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(
        file_store.os,
        "fsync",
        lambda handle: (happened.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"), fsync(handle))[
            1
        ],
    )
    monkeypatch.setattr(Path, "replace", lambda path, target: (happened.append("rename"), replace(path, target))[1])
    put(store)
    assert happened == ["file", "rename", "folder", "folder", "folder"]
