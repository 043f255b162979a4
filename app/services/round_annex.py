"""What the annex «Результаты мониторинга» says of a round, in the asker's scope.

Nine statements and one more for each 500 schools' answers, whatever the number of units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.analysis.scoring import Side, rounded, that_counts
from app.documents.file_name import workbook_name
from app.excel.annexes.round_results import (
    Answer,
    ChangeRow,
    CriterionColumn,
    LevelBand,
    MatrixRow,
    MunicipalityRow,
    RoundResults,
    SheetRow,
)
from app.excel.sheet import Signature
from app.models import AssessmentApproval, AuditEvent, CriterionScore, MonitoringRound
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus, ScaleKind, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound, WrongState
from app.services import assessment_approval, framework_contents
from app.services.framework_contents import Contents, CriterionView, plain
from app.services.round_register import RegisterRow, Tally, by_place, in_brackets, kind_shown, register, tally
from app.services.round_term import Term

_AT_ONCE = 500
TOTAL = "Итого"


@dataclass
class RoundAnnex:
    """The workbook's content; the answers of the matrix are read as they are written."""

    round: MonitoringRound
    results: RoundResults
    rows_taken: int

    @property
    def file_name(self) -> str:
        """«… на ДАТА.xlsx», without what a file system refuses."""
        return workbook_name(f"{self.results.title} на {self.results.as_of:%d.%m.%Y}")


def build(session: Session, actor: Actor, round_id: int, *, as_of: datetime) -> RoundAnnex:
    """`as_of` is a moment in the region's own zone. Raises NotFound outside the scope, WrongState for a draft."""
    actor.require(Permission.EXPORT)
    actor.require(Permission.ASSESSMENT_READ)
    held = session.get(MonitoringRound, round_id)
    if held is None:
        raise NotFound
    if held.status is RoundStatus.DRAFT:
        raise WrongState("Цикл ещё не открыт: листов пока нет. Приложение появится после открытия.")
    contents = framework_contents.contents(session, held.framework_id)
    today = as_of.date()
    rows = register(session, round_id)
    schools = [row for row in rows if row.kind is UnitKind.SCHOOL]
    municipal = [row for row in rows if row.kind is UnitKind.MUNICIPALITY]
    results = RoundResults(
        title=held.title,
        basis_lines=_basis(held, contents),
        as_of=as_of,
        made_by=actor.user_name,
        scope_label=actor.unit_name,
        sheets=tuple(_sheet(row, held.due_on, today) for row in rows),
        school_criteria=_columns(contents, UnitKind.SCHOOL) if schools else (),
        school_rows=_matrix(session, schools, contents),
        municipal_criteria=_columns(contents, UnitKind.MUNICIPALITY),
        municipal_rows=tuple(_matrix(session, municipal, contents)),
        bands=tuple(LevelBand(name, plain(least)) for name, least in contents.bands),
        summary=_summary(rows, held.due_on, today, contents),
        changes=tuple(_changes(session, held, rows)),
        signatures=(Signature("Исполнитель", actor.user_name), Signature("Руководитель")),
    )
    return RoundAnnex(held, results, len(rows))


def _basis(held: MonitoringRound, contents: Contents) -> tuple[str, ...]:
    return tuple(
        filter(
            None,
            (
                f"Основание: {held.basis}" if held.basis else "",
                f"Набор критериев: {contents.framework.label}{in_brackets(contents.framework.caution)}",
                f"Срок сдачи листов: {held.due_on:%d.%m.%Y}, состояние цикла: {held.status.label}",
            ),
        )
    )


def _sheet(row: RegisterRow, due_on: date, today: date) -> SheetRow:
    notes = (
        f"Освобождён: {row.excused_reason}" if row.excused_reason else "",
        "Проверил регион." if row.stepped_in else "",
    )
    return SheetRow(
        municipality=row.municipality,
        unit=row.unit,
        kind=row.kind,
        state=row.status,
        is_begun=row.is_begun,
        answered=row.answered,
        to_answer=row.to_answer,
        submitted_on=row.submitted_on,
        accepted_on=row.accepted_on,
        approved_on=row.approved_on,
        in_time=row.term(due_on, today).value,
        share=row.share,
        level=row.level,
        changed=row.changed,
        note=" ".join(filter(None, notes)),
    )


def _columns(contents: Contents, kind: UnitKind) -> tuple[CriterionColumn, ...]:
    return tuple(
        CriterionColumn(one.code, one.title, one.section, plain(one.weight))
        for one in contents.criteria
        if one.is_for(kind)
    )


def _matrix(session: Session, rows: Sequence[RegisterRow], contents: Contents) -> Iterator[MatrixRow]:
    for first in range(0, len(rows), _AT_ONCE):
        part = rows[first : first + _AT_ONCE]
        answers = _answers(session, [row.id for row in part], contents)
        for row in part:
            yield MatrixRow(
                municipality=row.municipality if row.kind is UnitKind.SCHOOL else "",
                unit=row.unit,
                state_label=_sheet_state(row),
                share=row.share,
                level=row.level,
                answers=answers.get(row.id, {}),
                elsewhere=frozenset(
                    one.code for one in contents.criteria if not one.applies_to(row.kind, is_small=row.is_small)
                ),
            )


def _sheet_state(row: RegisterRow) -> str:
    return "не начат" if row.not_begun else row.status.label


def _answers(session: Session, sheet_ids: Sequence[int], contents: Contents) -> dict[int, dict[str, Answer]]:
    """What counts of each criterion, by sheet and code."""
    wanted = select(
        CriterionScore.assessment_id,
        CriterionScore.criterion_id,
        CriterionScore.value,
        CriterionScore.is_na,
        CriterionScore.checked_value,
        CriterionScore.checked_is_na,
        CriterionScore.agreed_value,
        CriterionScore.agreed_is_na,
        CriterionScore.final_points,
    ).where(CriterionScore.assessment_id.in_(sheet_ids))
    found: dict[int, dict[str, Answer]] = {}
    for row in session.execute(wanted):
        criterion = contents.by_id.get(row.criterion_id)
        answer = _answer(criterion, row) if criterion is not None else None
        if criterion is not None and answer is not None:
            found.setdefault(row.assessment_id, {})[criterion.code] = answer
    return found


def _answer(criterion: CriterionView, row: Any) -> Answer | None:
    own = Side(row.value, None, row.is_na)
    counts = that_counts(
        Side(row.agreed_value, None, row.agreed_is_na), Side(row.checked_value, None, row.checked_is_na), own
    )
    if counts.value is None and not counts.is_na:
        return None
    differs = counts != own
    if counts.value is None or row.final_points is None:
        return Answer("н/п", None, differs)
    return Answer(_short(criterion, counts.value), row.final_points / criterion.max_points, differs)


def _short(criterion: CriterionView, value: Decimal) -> str:
    """An answer as it fits a narrow cell: «да», «2», «83,5»."""
    if criterion.scale is ScaleKind.YES_NO:
        return "да" if value else "нет"
    return plain(value)


def _summary(rows: Sequence[RegisterRow], due_on: date, today: date, contents: Contents) -> tuple[MunicipalityRow, ...]:
    """States and terms of all sheets, results of the kind that the page of results shows; the total last."""
    bands, kind = [name for name, _ in contents.bands], kind_shown(rows)
    parts = [(name, part) for (_, name), part in by_place(rows).items()]
    return tuple(
        _municipality(name, tally(part, kind, due_on, today, bands)) for name, part in [*parts, (TOTAL, list(rows))]
    )


def _municipality(name: str, counted: Tally) -> MunicipalityRow:
    states, terms = counted.states, counted.terms
    return MunicipalityRow(
        name=name,
        not_begun=counted.not_begun,
        draft=states[Status.DRAFT] - counted.not_begun,
        submitted=states[Status.SUBMITTED],
        returned=states[Status.RETURNED],
        accepted=states[Status.ACCEPTED],
        approved=states[Status.APPROVED],
        excused=states[Status.EXCUSED],
        in_time=terms[Term.IN_TIME],
        late=terms[Term.LATE],
        missed=terms[Term.MISSED],
        counted=counted.counted,
        mean=rounded(counted.mean),
        levels=counted.levels,
        unlevelled=counted.unlevelled,
    )


def _changes(session: Session, held: MonitoringRound, rows: Sequence[RegisterRow]) -> Iterator[ChangeRow]:
    if not any(row.changed for row in rows):
        return
    found = assessment_approval.changed_by_round(session, held.id)
    moments = _moments(session, list(found))
    for row in rows:
        for one in found.get(row.id, ()):
            yield ChangeRow(
                municipality=row.municipality,
                unit=row.unit,
                criterion=one.label,
                what=one.what,
                before=one.before,
                after=one.after,
                changed_at=moments.get((row.id, one.criterion_id)),
            )


def _moments(session: Session, sheet_ids: Sequence[int]) -> dict[tuple[int, int | None], datetime]:
    """When an answer was last written, by what the journal says of it after the sheet's first approval."""
    wanted = (
        select(CriterionScore.assessment_id, CriterionScore.criterion_id, func.max(AuditEvent.at))
        .join(AssessmentApproval, AssessmentApproval.assessment_id == CriterionScore.assessment_id)
        .join(AuditEvent, AuditEvent.record_id == CriterionScore.id)
        .where(
            CriterionScore.assessment_id.in_(sheet_ids),
            AssessmentApproval.number == 1,
            AuditEvent.record_type == CriterionScore.__tablename__,
            AuditEvent.at > AssessmentApproval.approved_at,
        )
        .group_by(CriterionScore.assessment_id, CriterionScore.criterion_id)
    )
    found: dict[tuple[int, int | None], datetime] = {}
    for sheet, criterion, at in session.execute(wanted):
        found[sheet, criterion] = at
        # What is said of the sheet as a whole follows from the last of them.
        found[sheet, None] = max(at, found.get((sheet, None), at))
    return found
