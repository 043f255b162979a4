"""What jobs leave behind: files, kept for a set time and then removed with a word about it, and rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, not_, select
from sqlalchemy.orm import Session

from app.models import Job, MailMessage, WorkbookImport
from app.models.enumeration import ImportStatus, JobStatus
from app.models.mailing import MessageStatus
from app.policies.refusal import NotFound

REMOVED = "Файл удалён по истечении срока."
# Lists of people may carry СНИЛС: such a file is kept no longer than it is needed.
PERSONAL_REGISTERS = frozenset({"staff_member"})
ENDED = frozenset({ImportStatus.APPLIED, ImportStatus.REFUSED, ImportStatus.PUT_ASIDE})


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A file in the store of results; `name` is what the person saves it under."""

    digest: str
    size: int
    name: str
    media_type: str


def attach(job: Job, file: ResultFile, *, now: datetime, kept: timedelta) -> None:
    job.result_digest, job.result_size = file.digest, file.size
    job.result_name, job.result_type = file.name, file.media_type
    job.result_until = now + kept


def of_job(job: Job) -> ResultFile:
    """Raises NotFound where the job made no file or it is kept no longer."""
    if not job.result_digest:
        raise NotFound(REMOVED if job.result_until else "У этого задания нет файла.")
    return ResultFile(job.result_digest, job.result_size, job.result_name, job.result_type)


def expire(session: Session, *, now: datetime) -> Sequence[Job]:
    """Lets go of the files whose time is over; their bytes go when no row names them any more."""
    over = session.scalars(
        select(Job).where(Job.status == JobStatus.DONE, Job.result_digest != "", Job.result_until < now)
    ).all()
    for job in over:
        job.result_digest, job.result_size = "", 0
        job.message = f"{job.message} {REMOVED}".strip()
    return over


def forget(session: Session, *, before: datetime) -> None:
    """Jobs that were over by then and whose files are gone; what they did stands in the journal."""
    session.execute(
        delete(Job)
        .where(Job.finished_at < before, Job.result_digest == "")
        .execution_options(synchronize_session=False)
    )


def referenced(session: Session, *, brought_after: datetime | None = None) -> set[str]:
    """Digests of all files in the store of results that some row still needs.

    A workbook brought in before `brought_after` needs its file and its verdicts no more: its counts stay. A list of
    people needs its file until it is written or put aside.
    """
    found = set(session.scalars(select(Job.result_digest).where(Job.result_digest != "")))
    for column in (WorkbookImport.digest, WorkbookImport.verdicts_digest):
        kept = select(column).where(column != "")
        if column is WorkbookImport.digest:
            over = and_(WorkbookImport.register.in_(PERSONAL_REGISTERS), WorkbookImport.status.in_(ENDED))
            kept = kept.where(not_(over))
        found.update(
            session.scalars(kept if brought_after is None else kept.where(WorkbookImport.brought_at > brought_after))
        )
    # A letter that went out needs its file no more; the row keeps the digest as the word of what was sent.
    waiting = select(MailMessage.digest).where(MailMessage.status == MessageStatus.WAITING, MailMessage.digest != "")
    return found.union(session.scalars(waiting))
