"""The verdicts of a workbook's rows, kept beside it in the store of results: packed lines under their digest."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Sequence
from io import BytesIO

from app.documents.result_store import ResultStore
from app.models import WorkbookImport
from app.policies.refusal import NotFound
from app.services.row_verdict import RowVerdict, VerdictKind, read_back, written


def verdicts(store: ResultStore, imported: WorkbookImport) -> Iterator[RowVerdict]:
    """In the order of the file. Raises NotFound where they are kept no longer."""
    if not imported.verdicts_digest:
        return
    try:
        with store.open(imported.verdicts_digest) as file, gzip.open(file) as lines:
            yield from read_back(lines)
    except FileNotFoundError:
        raise NotFound("Итоги проверки уже удалены по истечении срока.") from None


def matching(found: Iterator[RowVerdict], kind: VerdictKind | None) -> Iterator[RowVerdict]:
    return (one for one in found if kind is None or one.kind is kind)


def waiting(store: ResultStore, imported: WorkbookImport) -> dict[str, set[str]]:
    """Row → columns in which a person has to choose; nothing else can be chosen."""
    found: dict[str, set[str]] = {}
    for one in matching(verdicts(store, imported), VerdictKind.CONFLICT):
        # Rows of several sheets may have one number: their columns have different keys.
        found.setdefault(str(one.row), set()).update(change.key for change in one.changes if change.is_conflict)
    return found


def packed(found: Sequence[RowVerdict]) -> bytes:
    """Verdicts as the store keeps them."""
    target = BytesIO()
    # No moment in the header: the same verdicts are the same bytes.
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=3, mtime=0) as packed:
        for line in written(found):
            packed.write(line)
    return target.getvalue()


def keep(store: ResultStore, found: Sequence[RowVerdict]) -> str:
    return store.put(BytesIO(packed(found))).digest


def digest_of(found: Sequence[RowVerdict]) -> str:
    return hashlib.sha256(packed(found)).hexdigest()
