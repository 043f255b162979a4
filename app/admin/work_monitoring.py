"""What monitoring puts on the home page."""

from __future__ import annotations

from datetime import date, timedelta

from app.admin.cells import plural, term_word
from app.admin.work_part import SHOWN, Line, Part
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.monitoring_work import Judgement, MonitoringWork, Running, Sheet

SOON = timedelta(days=7)
SHEETS = ("лист", "листа", "листов")


def parts_of(found: MonitoringWork, actor: Actor, today: date) -> list[Part]:
    """What waits for the person's own act."""
    parts = [_part("Листы оценки: заполнить и отправить", [_sheet(one, today) for one in found.sheets])]
    if actor.may(Permission.ASSESSMENT_ACCEPT):
        parts.append(_part("Листы оценки ждут вашей проверки", _to_check(found.running)))
    if actor.may(Permission.ASSESSMENT_APPROVE) and actor.unit_kind is UnitKind.REGION:
        parts.append(_part("Листы оценки ждут утверждения", _to_approve(found.running)))
    parts.append(_part("Экспертиза поручена вам", [_judgement(one) for one in found.expertises]))
    parts.append(_part("Срок мониторинга подходит, листы не отправлены", _unsent(found.running, today)))
    return [part for part in parts if part.lines]


def rounds_of(found: MonitoringWork, today: date) -> list[tuple[Running, str, tuple[str, str]]]:
    """Rounds that go on: the round, its page, its term in words."""
    return [(one, f"/monitoring-rounds/{one.round_id}", _term(one.due_on, today)) for one in found.running[:SHOWN]]


def _part(title: str, lines: list[Line]) -> Part:
    return Part(title, len(lines), lines[:SHOWN])


def _sheet(sheet: Sheet, today: date) -> Line:
    when, tone = _term(sheet.due_on, today)
    if sheet.due_on < today <= sheet.locks_on:
        when += f", принимается до {sheet.locks_on:%d.%m.%Y}"
    about = f"Заполнено {sheet.answered} из {sheet.to_answer}"
    badge = (f"assessment-{sheet.status.value}", sheet.status.label)
    if sheet.status is Status.DRAFT and not sheet.is_begun:
        badge = ("assessment-not_started", "не начат")
    return Line(f"/assessments/{sheet.assessment_id}", sheet.title, about, when, tone, badge)


def _to_check(running: list[Running]) -> list[Line]:
    return [
        Line(
            f"/monitoring-rounds/{one.round_id}/grid",
            one.title,
            f"Отправлено на проверку: {amount} {plural(amount, *SHEETS)}",
            "",
            "",
            ("assessment-submitted", "на проверке"),
        )
        for one in running
        if (amount := one.first[Status.SUBMITTED])
    ]


def _to_approve(running: list[Running]) -> list[Line]:
    return [
        Line(
            f"/monitoring-rounds/{one.round_id}/grid",
            one.title,
            f"Принято и ждёт утверждения: {amount} {plural(amount, *SHEETS)}",
            "",
            "",
            ("assessment-accepted", "принят"),
        )
        for one in running
        if not one.is_municipal and (amount := one.states[Status.ACCEPTED])
    ]


def _judgement(one: Judgement) -> Line:
    return Line(f"/expertises/{one.expertise_id}", one.unit, one.title)


def _unsent(running: list[Running], today: date) -> list[Line]:
    """The term is near or gone: who has not sent yet stands in the list behind."""
    lines = []
    for one in running:
        if not one.unsent or one.due_on > today + SOON:
            continue
        when, tone = _term(one.due_on, today)
        href = f"/assessments/?round={one.round_id}&status={Status.DRAFT.value}&status={Status.RETURNED.value}"
        lines.append(Line(href, one.title, f"Не отправлено: {one.unsent} из {one.total}", when, tone))
    return lines


def _term(due_on: date, today: date) -> tuple[str, str]:
    word, tone = term_word(due_on, today)
    return f"до {due_on:%d.%m.%Y}" + (f" · {word}" if word else ""), tone
