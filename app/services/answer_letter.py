"""The letter that goes with a report: proposed from what is known, corrected by a person, written when it is asked for.

The pages show what stands in it; the file is made of it by the region's template, with the report's proof beside it
(`answer_package`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.addressee_line import address, body
from app.documents import letter
from app.documents.file_store import FileStore
from app.documents.letter_fields import Value, clean, line
from app.documents.refusal import DocumentRefused
from app.models import AnswerLetter, Assignment, AssignmentReport, Order, OrderPoint, OrgUnit
from app.models.enumeration import OrderKind, ReportOutcome, ReportStatus
from app.models.enumeration_of_measures import LetterKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import letter_template, letter_words
from app.services.answer_attachments import Attachment, attachments

_OF = {OrderKind.DIRECTIVE: "распоряжения", OrderKind.ORDER: "приказа", OrderKind.LETTER: "письма"}
_LIMITS = {"number": 50, "addressee": 1_000, "title": 500, "body": 20_000, "signatory_position": 300}
_LIMITS |= {"signatory_name": 200, "executor": 300}
_NEEDED = {
    "addressee": "Напишите, кому адресовано письмо.",
    "title": "Напишите заголовок: о чём письмо.",
    "body": "Напишите текст письма.",
}
STALE = "Письмо успели изменить в другом окне. Ниже то, что ввели вы: сверьте с сохранённым и сохраните ещё раз."


@dataclass(frozen=True, slots=True)
class TypedLetter:
    """What a person says in the letter; `addressee` in lines, `body` in paragraphs of one line each."""

    number: str = ""
    dated_on: date | None = None
    addressee: str = ""
    title: str = ""
    body: str = ""
    signatory_position: str = ""
    signatory_name: str = ""
    executor: str = ""


def report_of(session: Session, assignment_id: int, report_id: int) -> AssignmentReport:
    """Raises NotFound outside the scope, and for the report of another assignment."""
    found = session.get(AssignmentReport, report_id)
    if found is None or found.assignment_id != assignment_id:
        raise NotFound
    return found


def of_report(session: Session, report: AssignmentReport) -> AnswerLetter | None:
    return session.scalar(select(AnswerLetter).where(AnswerLetter.report_id == report.id))


def of_reports(session: Session, report_ids: list[int]) -> dict[int, AnswerLetter]:
    if not report_ids:
        return {}
    found = session.scalars(select(AnswerLetter).where(AnswerLetter.report_id.in_(report_ids)))
    return {one.report_id: one for one in found}


def may_write(actor: Actor, report: AssignmentReport) -> bool:
    """Whether the letter is the actor's to write: of the unit that reports, while the report stands."""
    own = report.org_unit_id == actor.unit_id and actor.may(Permission.ASSIGNMENT_REPORT)
    return own and report.status is not ReportStatus.RECALLED


def draft(session: Session, actor: Actor, report: AssignmentReport) -> TypedLetter:
    """What the letter would say, out of the order, the report and the unit's letters before it."""
    assignment = session.get_one(Assignment, report.assignment_id)
    order = session.get_one(Order, assignment.order_id)
    point = session.get_one(OrderPoint, assignment.order_point_id)
    position, name = letter_words.signatory(session, report.org_unit_id)
    return TypedLetter(
        addressee="\n".join(_addressee(session, actor, order, assignment)),
        title=f"Информация о выполненной работе по пункту {point.label} {_named(order)}",
        body=_body(session, order, point, report),
        signatory_position=position,
        signatory_name=name,
        executor=letter_words.executor(session, actor),
    )


def typed_of(found: AnswerLetter) -> TypedLetter:
    return TypedLetter(**{one.name: getattr(found, one.name) for one in fields(TypedLetter)})


def save(session: Session, actor: Actor, report: AssignmentReport, typed: TypedLetter, *, version: int) -> AnswerLetter:
    """`version` is 0 for a letter that does not stand yet.

    Raises NotPermitted, WrongState (the report is recalled), Invalid at the field, Conflict.
    """
    actor.require(Permission.ASSIGNMENT_REPORT)
    if report.org_unit_id != actor.unit_id:
        raise NotPermitted("Письмо составляет организация, которая отчиталась.")
    # Two windows that write the first letter at once: the second finds it standing.
    session.refresh(report, with_for_update=True)
    if report.status is ReportStatus.RECALLED:
        raise WrongState("Отчёт отозван: письмо составляют к отчёту, который отправлен.")
    values = _checked(typed)
    found = of_report(session, report)
    if version != (found.version if found is not None else 0):
        raise Conflict(STALE)
    if found is None:
        found = AnswerLetter(org_unit_id=report.org_unit_id, report_id=report.id)
        session.add(found)
    for name, value in values.items():
        setattr(found, name, value)
    session.flush()
    return found


def written(session: Session, actor: Actor, found: AnswerLetter, *, store: FileStore) -> bytes:
    """The letter as .docx, by the region's template. Raises WrongState where the template does not bear it."""
    report = session.get_one(AssignmentReport, found.report_id)
    unit = session.get_one(OrgUnit, found.org_unit_id)
    assignment = session.get_one(Assignment, report.assignment_id)
    order = session.get_one(Order, assignment.order_id)
    values: dict[str, Value] = {
        **letter_words.sender(session, actor, unit),
        **letter_words.running(found.body),
        "номер": line(found.number) or letter_words.NO_NUMBER,
        "дата": letter_words.day(found.dated_on),
        "на_номер": line(order.number) or letter_words.NO_NUMBER,
        "на_дата": letter_words.day(order.dated_on),
        "адресат": line(found.addressee),
        "заголовок": line(found.title),
        "должность": line(found.signatory_position) or letter_words.NO_POSITION,
        "подписант": line(found.signatory_name) or letter_words.NO_NAME,
        "исполнитель": line(found.executor),
        "приложения": [_row(one) for one in attachments(session, report)],
    }
    own = letter_template.content_of(session, LetterKind.ANSWER, store=store)
    try:
        return letter.write(LetterKind.ANSWER, [values], own)[0]
    except DocumentRefused as refusal:
        raise WrongState(f"Письмо по шаблону региона не составить. {refusal}") from refusal


def _row(one: Attachment) -> dict[str, str]:
    return {
        "номер": str(one.number),
        "название": line(one.label),
        "файл": line(one.file_name),
        "ссылка": line(one.url),
    }


def _checked(typed: TypedLetter) -> dict[str, object]:
    values: dict[str, object] = {"dated_on": typed.dated_on}
    for name, most in _LIMITS.items():
        value = clean(getattr(typed, name))
        if not value and name in _NEEDED:
            raise Invalid(_NEEDED[name], field=name)
        if len(value) > most:
            raise Invalid(f"Не длиннее {most} знаков: сейчас {len(value)}.", field=name)
        values[name] = value
    return values


def _addressee(session: Session, actor: Actor, order: Order, assignment: Assignment) -> list[str]:
    """Whoever gave the assignment; the person who signed the order, where it is the order's own issuer."""
    if assignment.given_by_id == order.org_unit_id:
        told = address(order.signed_by)
        # A position names the body itself; a name alone does not.
        return told if len(told) > 1 else [body(order.issuer_name), *told]
    giver = session.get(OrgUnit, assignment.given_by_id)
    return [body(giver.name if giver is not None else actor.parent_name)]


def _named(order: Order) -> str:
    numbered = f" № {order.number}" if order.number else ""
    dated = f" от {order.dated_on:%d.%m.%Y}" if order.dated_on else ""
    return f"{_OF[order.kind]}{dated}{numbered}"


def _body(session: Session, order: Order, point: OrderPoint, report: AssignmentReport) -> str:
    unit = session.get_one(OrgUnit, report.org_unit_id)
    titled = f" «{order.title}»" if order.title else ""
    told = f"Во исполнение пункта {point.label} {_named(order)}{titled} {unit.label} сообщает следующее."
    lines = [told, report.text.strip()]
    if report.outcome is ReportOutcome.PARTIAL:
        lines.append("Поручение исполнено частично.")
    if report.outcome is ReportOutcome.NOT_DONE:
        lines.append("Поручение не исполнено.")
    if report.reason.strip():
        lines.append(f"Причина: {report.reason.strip()}")
    return "\n".join(each for each in lines if each)
