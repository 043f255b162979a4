"""The page of a sheet gathered, in a number of statements that does not grow with the criteria."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.admin.assessment_card import card_of
from app.admin.assessment_page import AssessmentPage, Section
from app.admin.finding_mark import marks_of_sheet
from app.admin.record_history import Changes, history_of
from app.models import Assessment, AuditEvent, EvidenceRevision, MonitoringRound
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import assessment_sheet, clock, expertise
from app.services.assessment_examination import examine
from app.services.assessment_sheet import Sheet
from app.workflows.assessment import by_checker

DEEDS = {
    "create": "Лист создан при открытии цикла",
    "submit": "Отправлен на проверку",
    "recall": "Отозван организацией",
    "return": "Возвращён с замечаниями",
    "accept": "Принят",
    "approve": "Утверждён",
    "unapprove": "Утверждение снято",
    "excuse": "Освобождён от заполнения",
    "summon": "Возвращён к заполнению",
}


def gather(session: GuardedSession, actor: Actor, assessment_id: int, *, whole: bool = True) -> AssessmentPage:
    """`whole`: with the history and the people, which a part of the page does not show. Raises NotFound."""
    today = clock.today(actor.time_zone)
    sheet = assessment_sheet.sheet(session, actor, assessment_id, today=today)
    assessment = sheet.assessment
    leads = actor.may(Permission.EXPERTISE_ASSIGN) and by_checker(assessment, actor) is None and sheet.may_check
    sections = [
        Section(
            part.section.id,
            part.section.title,
            part.section.description,
            [card_of(line, _counted_at(line.score, actor)) for line in part.lines],
        )
        for part in sheet.parts
    ]
    return AssessmentPage(
        sheet=sheet,
        actor=actor,
        today=today,
        sections=sections,
        files=_files(session, sheet),
        expertises=expertise.of_assessment(session, assessment) if whole else [],
        candidates=_candidates(session, actor, assessment) if whole and leads else [],
        assigns=leads,
        found=examine(session, actor, assessment, today=today) if _is_looked_at(sheet) else None,
        history=history_of(
            session,
            "assessment",
            assessment.id,
            actor.time_zone,
            words=DEEDS,
            look="assessment",
            tell=_untold,
            only=(AuditEvent.action != "change",),
        )
        if whole
        else [],
        findings=marks_of_sheet(session, actor, sheet),
        previous_title=_title(session, sheet.previous),
    )


def _title(session: GuardedSession, previous: Assessment | None) -> str:
    return session.get_one(MonitoringRound, previous.round_id).title if previous is not None else ""


def _is_looked_at(sheet: Sheet) -> bool:
    """By whom what is missing or contradictory is of use."""
    return sheet.may_fill or sheet.may_check or "submit" in {step.action for step in sheet.actions}


def _counted_at(score: Any, actor: Actor) -> str:
    if score is None or score.counted_at is None:
        return ""
    return f"{clock.local(score.counted_at, actor.time_zone):%d.%m.%Y %H:%M}"


def _files(session: GuardedSession, sheet: Sheet) -> dict[int, list[EvidenceRevision]]:
    """The files of the proof, by piece, by one statement."""
    pieces = {piece.id for line in sheet.lines for piece in line.evidence}
    found: dict[int, list[EvidenceRevision]] = {}
    if pieces:
        statement = select(EvidenceRevision).where(EvidenceRevision.evidence_id.in_(pieces))
        for file in session.scalars(statement.order_by(EvidenceRevision.evidence_id, EvidenceRevision.number)):
            found.setdefault(file.evidence_id, []).append(file)
    return found


def _candidates(session: GuardedSession, actor: Actor, assessment: Assessment) -> list[tuple[int, str]]:
    return [(user.id, user.name) for user in expertise.experts_of(session, actor, assessment)]


def _untold(row: AuditEvent, changes: Changes) -> Changes:
    """What became of the sheet as a whole; changes of single answers stand in the journal."""
    del row, changes
    return {}
