"""A file on its way from the form into a judged import: at once where it is small, by a job where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import current_app, request

from app.documents.result_store import ResultStore
from app.jobs.workbook_import import APPLY, JUDGE
from app.models import WorkbookImport
from app.models.enumeration import ImportStatus
from app.policies.refusal import Invalid
from app.services import clock, job, personal_workbook, workbook_import, workbook_judgement
from app.services.bulk_import import silent
from app.services.row_verdict import VerdictKind
from app.services.workbook_import import FEW_ROWS, SMALL_FILE
from app.services.workbook_judgement import Means
from app.web.session import begin_reading, begin_writing, current_actor, guarded, settings

# A small file may hold a long list: so many rows are judged within a second, in any register.
SHORT_LIST = 4_000


class LongListError(Exception):
    """Such a list is judged by a job."""


def _at_once(done: int, total: int) -> None:
    del done
    if total > SHORT_LIST:
        raise LongListError


def result_store() -> ResultStore:
    found: ResultStore = current_app.extensions["result_store"]
    return found


def means() -> Means:
    key = personal_workbook.key_of(settings().secret_key)
    return Means(result_store(), clock.today(current_actor().time_zone), clock.now(), key)


def taken_in(register: str, choices: Mapping[str, Any]) -> int:
    """The number of the import made of the form's file. Raises Invalid at `file`."""
    work, actor = guarded(), current_actor()
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("Выберите файл: книгу Excel или таблицу .csv.", field="file")
    content, name, by = file.stream.read(), file.filename, means()
    judgement, is_personal = None, register == personal_workbook.REGISTER
    if len(content) <= SMALL_FILE or is_personal:
        # Judging only reads: others may write meanwhile.
        begin_reading()
        tell = silent if is_personal else _at_once
        with suppress(LongListError):
            judgement = workbook_judgement.judge(
                work, actor, register, content, name, means=by, choices=choices, tell=tell
            )
        begin_writing()
    imported = workbook_import.bring(
        work, actor, register, content, name, means=by, choices=choices, judgement=judgement
    )
    if judgement is None:
        _ask(imported, JUDGE, f"Проверка файла «{imported.file_name}»")
    return imported.id


def is_for_a_job(imported: WorkbookImport) -> bool:
    """Many rows to write, or many to judge once more before a few are written."""
    changes = int(imported.counts.get("created", 0)) + int(imported.counts.get("changed", 0))
    rows = sum(int(imported.counts.get(kind.value, 0)) for kind in VerdictKind)
    is_long = rows > SHORT_LIST or imported.size > SMALL_FILE
    return (changes > FEW_ROWS or is_long) and not imported.is_personal


def apply_by_job(imported: WorkbookImport, *, only_right: bool) -> int:
    """The number of the job, of the one at work where there is one already. Raises WrongState, Invalid."""
    if imported.status is ImportStatus.APPLYING and imported.job_id is not None:
        at_work = job.the_one(guarded(), imported.job_id)
        if at_work.status in job.UNFINISHED:
            return at_work.id
    workbook_import.begin(guarded(), current_actor(), imported, only_right=only_right)
    return _ask(imported, APPLY, f"Запись из файла «{imported.file_name}»", only_right=only_right)


def _ask(imported: WorkbookImport, kind: str, title: str, **parameters: Any) -> int:
    asked = job.ask(
        guarded(),
        current_actor(),
        kind,
        title,
        {"import_id": imported.id, **parameters},
        now=clock.now(),
        leads_to=f"/imports/{imported.id}",
    )
    imported.job_id = asked.id
    return asked.id
