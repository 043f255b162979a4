"""An import and a preset of every person, with a word that only their maker may read."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime

from sqlalchemy import Engine

from app.documents.result_store import ResultStore
from app.models import ListPreset, WorkbookImport
from app.models.enumeration import ImportStatus
from app.policies.unscoped import open_session
from app.services.row_verdict import RowVerdict, VerdictKind
from app.services.workbook_verdicts import packed
from tests.factories.canaries import ALL, Records, canary
from tests.factories.world import World

THEN = datetime(2026, 9, 1, tzinfo=UTC)


def add_workbooks(engine: Engine, world: World, records: Records, results: ResultStore) -> None:
    with open_session(engine, reason="tests give everybody a workbook on its way in") as session:
        session.connection(execution_options={"writes": True})
        for login in (*ALL, "region", "foreign_region", "admin"):
            word = canary(f"{login} job")
            verdicts = [RowVerdict(2, VerdictKind.WRONG, word, sentences={"": word})]
            imported = WorkbookImport(
                user_id=world.users[login],
                org_unit_id=world.units.get(login),
                register="user",
                file_name=f"{word}.csv",
                digest=results.put(io.BytesIO(f"Логин;ФИО\n{word};{word}\n".encode())).digest,
                size=1,
                brought_at=THEN,
                status=ImportStatus.JUDGED,
                verdicts_digest=results.put(io.BytesIO(packed(verdicts))).digest,
                counts={"created": 1, "changed": 0, "same": 0, "conflict": 0, "wrong": 1, "notes": [word]},
            )
            preset = ListPreset(
                user_id=world.users[login],
                org_unit_id=world.units.get(login),
                register="user",
                name=word,
                columns=["login"],
                query=hashlib.sha256(word.encode()).hexdigest(),
            )
            session.add_all([imported, preset])
            session.flush()
            records.add("import", login, imported.id)
            records.add("preset", login, preset.id)
