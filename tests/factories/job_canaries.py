"""A finished job of every person, whose title, sentence and file hold a word that only its asker may read."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from sqlalchemy import Engine

from app.documents.result_store import ResultStore
from app.models import Job
from app.models.enumeration import JobStatus
from app.policies.unscoped import open_session
from tests.factories.canaries import ALL, Records, canary
from tests.factories.world import World

THEN = datetime(2026, 9, 1, tzinfo=UTC)
LONG_AFTER = datetime(2099, 9, 1, tzinfo=UTC)


def add_jobs(engine: Engine, world: World, records: Records, results: ResultStore) -> None:
    with open_session(engine, reason="tests give everybody a job") as session:
        session.connection(execution_options={"writes": True})
        for login in (*ALL, "region", "foreign_region", "admin"):
            word = canary(f"{login} job")
            kept = results.put(io.BytesIO(word.encode()))
            job = Job(
                user_id=world.users[login],
                org_unit_id=world.units.get(login),
                kind="test.none",
                title=word,
                status=JobStatus.DONE,
                message=word,
                asked_at=THEN,
                finished_at=THEN,
                result_digest=kept.digest,
                result_size=kept.size,
                result_name=f"{word}.txt",
                result_type="text/plain",
                result_until=LONG_AFTER,
            )
            session.add(job)
            session.flush()
            records.add("job", login, job.id)
