"""A workbook brought by a person: judged without a lock, shown, and judged again when it is written.

The file and its verdicts stand in the store of results under their digests. Two judgements are compared by the digests
of their verdicts: what is written is exactly what was shown, or it is shown anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import func, select

from app.analysis.three_way import Side
from app.documents.result_store import ResultStore
from app.models import WorkbookImport
from app.models.enumeration import ImportStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services import bulk_import, personal_workbook
from app.services.bulk_import import Tell, silent
from app.services.importers import importer_of
from app.services.workbook_judgement import MERGE, Judgement, Means, judge
from app.services.workbook_verdicts import digest_of, keep
from app.workflows.workbook_import import WORKFLOW

# Larger files are judged, and more rows are written, by a job: a page does not wait for them.
SMALL_FILE = 256 * 1024
FEW_ROWS = 200
NEWEST = 50
# Each is kept for a month.
MOST_A_DAY = 200
DAY = timedelta(days=1)


def the_one(session: GuardedSession, number: int) -> WorkbookImport:
    """The actor's own; NotFound for everybody else's."""
    found = session.get(WorkbookImport, number)
    if found is None:
        raise NotFound
    return found


def newest(session: GuardedSession, limit: int = NEWEST) -> Sequence[WorkbookImport]:
    return session.scalars(select(WorkbookImport).order_by(WorkbookImport.id.desc()).limit(limit)).all()


def bring(
    session: GuardedSession,
    actor: Actor,
    register: str,
    content: bytes,
    file_name: str,
    *,
    means: Means,
    choices: Mapping[str, Any],
    judgement: Judgement | None,
) -> WorkbookImport:
    """Keeps the file; with its judgement where there is one already, otherwise a job has to make it."""
    actor.require(Permission.WORKBOOK_IMPORT)
    is_personal = register == personal_workbook.REGISTER
    if not is_personal:
        actor.require(importer_of(register).permission)
    lately = select(func.count(WorkbookImport.id)).where(WorkbookImport.brought_at > means.now - DAY)
    if (session.scalar(lately) or 0) >= MOST_A_DAY:
        raise Invalid(f"За сутки вы загрузили уже {MOST_A_DAY} файлов. Продолжите завтра.", field="file")
    stored = means.store.put(BytesIO(content))
    imported = WorkbookImport(
        user_id=actor.user_id,
        org_unit_id=actor.unit_id,
        register=register,
        is_personal=is_personal,
        file_name=file_name[-200:],
        digest=stored.digest,
        size=stored.size,
        brought_at=means.now,
        choices=dict(choices),
        counts={},
    )
    session.add(imported)
    session.flush()
    if judgement is not None:
        settle(session, actor, imported, means.store, judgement)
    return imported


def choose(
    session: GuardedSession,
    actor: Actor,
    imported: WorkbookImport,
    chosen: Mapping[str, Mapping[str, str]],
    *,
    means: Means,
) -> None:
    """Keeps whose value is to stand in cells that both sides changed, and judges anew with it. Raises WrongState."""
    if imported.status is not ImportStatus.JUDGED or not imported.is_personal:
        raise WrongState(f"Выбирать уже нечего: файл «{imported.status.label}».")
    kept: dict[str, dict[str, str]] = {row: dict(cells) for row, cells in imported.choices.get(MERGE, {}).items()}
    for row, cells in chosen.items():
        kept.setdefault(row, {}).update({column: Side(side).value for column, side in cells.items()})
    imported.choices = {**imported.choices, MERGE: kept}
    judgement = judge(
        session,
        actor,
        imported.register,
        content_of(means.store, imported),
        imported.file_name,
        means=means,
        choices=imported.choices,
    )
    settle(session, actor, imported, means.store, judgement)


def settle(
    session: GuardedSession, actor: Actor, imported: WorkbookImport, store: ResultStore, judgement: Judgement
) -> None:
    """The verdicts beside the file: what the page shows and what the import must still find true."""
    imported.verdicts_digest = keep(store, judgement.verdicts)
    imported.counts = judgement.counts()
    WORKFLOW.apply("judge", imported, actor)
    session.flush()


def refuse(session: GuardedSession, actor: Actor, imported: WorkbookImport, sentence: str) -> None:
    """For a file that a job could not take: the sentence stands on its page."""
    imported.counts = {"refusal": sentence}
    WORKFLOW.apply("refuse", imported, actor)
    session.flush()


def put_aside(session: GuardedSession, actor: Actor, imported: WorkbookImport) -> None:
    WORKFLOW.apply("put_aside", imported, actor)
    session.flush()


def begin(session: GuardedSession, actor: Actor, imported: WorkbookImport, *, only_right: bool) -> None:
    """Hands the writing to a job. Raises WrongState, Invalid where rows are wrong and not all was allowed."""
    WORKFLOW.require("begin", imported, actor)
    _check_rows(imported, only_right=only_right)
    WORKFLOW.apply("begin", imported, actor)
    session.flush()


def judged_again(
    session: GuardedSession, actor: Actor, imported: WorkbookImport, *, means: Means, tell: Tell = silent
) -> Judgement:
    """What the kept file would do by now. Only reads."""
    return judge(
        session,
        actor,
        imported.register,
        content_of(means.store, imported),
        imported.file_name,
        means=means,
        choices=imported.choices,
        tell=tell,
    )


def apply(
    session: GuardedSession,
    actor: Actor,
    imported: WorkbookImport,
    *,
    means: Means,
    only_right: bool,
    judgement: Judgement | None = None,
    tell: Tell = silent,
) -> bool:
    """Writes what was shown; False where it has become something else, which is then shown instead.

    Runs inside the writing transaction. A long file comes with its `judgement` made just before: the lock is not held
    for it, and each act still asks whether its record is as it was judged. Raises WrongState, Invalid where a row is
    refused and all or nothing was asked; the caller rolls back.
    """
    if imported.status not in {ImportStatus.JUDGED, ImportStatus.APPLYING}:
        raise WrongState(f"Этот файл уже не записать: «{imported.status.label}».")
    _check_rows(imported, only_right=only_right)
    judgement = judgement or judged_again(session, actor, imported, means=means)
    if digest_of(judgement.verdicts) != imported.verdicts_digest:
        if imported.status is ImportStatus.APPLYING:
            WORKFLOW.apply("reconsider", imported, actor)
        settle(session, actor, imported, means.store, judgement)
        return False
    outcome = bulk_import.carry_out(session, judgement.plans, only_right=only_right, tell=tell)
    outcome = bulk_import.in_order(outcome)
    # A refused row has sent the import back to the database, too: its new state and moment are written at once.
    with session.no_autoflush:
        imported.verdicts_digest = keep(means.store, outcome)
        imported.counts = judgement.counts(outcome)
        imported.applied_at = means.now
        WORKFLOW.apply("apply", imported, actor, note=told(imported.counts))
    session.flush()
    return True


def told(counts: dict[str, Any]) -> str:
    """«создано 3, изменено 5, без изменений 160, пропущено 1»."""
    words = (("created", "создано"), ("changed", "изменено"), ("same", "без изменений"))
    parts = [f"{word} {counts[key]}" for key, word in words if counts.get(key)]
    left_out = counts.get("wrong", 0) + counts.get("conflict", 0)
    return ", ".join([*parts, f"пропущено с ошибками {left_out}"] if left_out else parts) or "ничего"


def content_of(store: ResultStore, imported: WorkbookImport) -> bytes:
    """The file as it came. Raises NotFound where it is kept no longer."""
    try:
        with store.open(imported.digest) as file:
            return file.read()
    except FileNotFoundError:
        raise NotFound("Файл уже удалён по истечении срока: загрузите его заново.") from None


def _check_rows(imported: WorkbookImport, *, only_right: bool) -> None:
    counts = imported.counts
    if not only_right and counts.get("wrong", 0) + counts.get("conflict", 0):
        raise Invalid("В файле есть строки с ошибками: исправьте их или запишите только верные.")
    if not counts.get("created", 0) + counts.get("changed", 0):
        raise Invalid("Записывать нечего: ни одна верная строка ничего не меняет.")
