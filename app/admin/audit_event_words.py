"""The journal in Russian: records, actions, fields and values, as people call them."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Enum, inspect

from app.admin.audit_event_fields import field_word
from app.models import Base
from app.models.enumeration import Labelled
from app.services import clock
from app.workflows import (
    assessment,
    assignment,
    assignment_period,
    assignment_report,
    certificate,
    corrective_measure,
    enrolment,
    expertise,
    finding,
    framework,
    mailing,
    monitoring_round,
    order,
    programme,
    term_extension,
    training_group,
    training_requirement,
    workbook_import,
)

RECORDS = {
    "order": "распоряжение",
    "order_point": "пункт",
    "order_ground": "основание распоряжения",
    "order_amendment": "изменяющий акт",
    "amendment_change": "изменение по акту",
    "addressee_clause": "адресат пункта",
    "assignment": "поручение",
    "assignment_period": "отчётный период",
    "assignment_report": "отчёт",
    "term_extension": "продление срока",
    "evidence": "подтверждение",
    "evidence_revision": "файл подтверждения",
    "framework": "набор критериев",
    "framework_section": "раздел набора",
    "criterion": "критерий",
    "criterion_level": "уровень шкалы",
    "level_band": "граница уровня",
    "monitoring_round": "цикл мониторинга",
    "round_addressee": "участник цикла",
    "round_date_change": "перенос даты цикла",
    "late_permit": "разрешение сдать позже",
    "assessment": "лист оценки",
    "criterion_score": "оценка по критерию",
    "score_evidence": "подтверждение к ответу",
    "expertise": "экспертиза",
    "analytical_note": "аналитическая справка",
    "staff_member": "работник",
    "staff_position": "должность работника",
    "training_topic": "тема обучения",
    "training_norm": "норма обучения",
    "programme": "программа обучения",
    "training_group": "поток",
    "training_session": "день занятий",
    "enrolment": "слушатель",
    "attendance": "посещение",
    "certificate": "документ о квалификации",
    "training_requirement": "требование к обучению",
    "requirement_addressee": "адресат требования",
    "finding": "недостаток",
    "finding_cause": "причина недостатков",
    "finding_point": "пункт распоряжения по недостатку",
    "corrective_measure": "корректирующая мера",
    "measure_template": "шаблон меры",
    "measure_unit": "организация меры",
    "measure_finding": "недостаток меры",
    "measure_evidence": "подтверждение меры",
    "answer_letter": "письмо-ответ",
    "letter_template": "шаблон письма",
    "lti_platform": "учебная платформа",
    "lti_deployment": "размещение в платформе",
    "lti_account": "учётная запись платформы",
    "lti_course": "курс потока",
    "learning_site": "СДО",
    "learning_course": "курс СДО",
    "learning_person": "человек в СДО",
    "learning_outcome": "итог из СДО",
    "org_unit": "организация",
    "user": "учётная запись",
    "membership": "полномочие",
    "mailing": "рассылка",
    "mailing_recipient": "получатель рассылки",
    "mail_refusal": "отказ от писем",
    "list_preset": "набор столбцов",
    "workbook_import": "загрузка из файла",
    # No records: lists that were taken away.
    "audit_event": "журнал",
    "personal": "рабочая книга",
    "summary_workbook": "сводная книга",
    "finding_register": "реестр недостатков",
    "measure_plan": "план мероприятий",
    "measure_summary": "свод недостатков и мер",
    "document_register": "книга ФИС ФРДО",
}
# Pages that open by the number of their record.
PAGES = {
    "order": "/orders/",
    "assignment": "/assignments/",
    "framework": "/frameworks/",
    "monitoring_round": "/monitoring-rounds/",
    "assessment": "/assessments/",
    "staff_member": "/staff-members/",
    "programme": "/programmes/",
    "training_group": "/training-groups/",
    "certificate": "/certificates/",
    "enrolment": "/enrolments/",
    "training_requirement": "/training-requirements/",
    "finding": "/findings/",
    "corrective_measure": "/corrective-measures/",
    "evidence": "/evidence/",
    "lti_platform": "/lti-platforms/",
    "learning_site": "/learning-sites/",
    "learning_course": "/learning-courses/",
    "org_unit": "/org-units/",
    "user": "/users/",
    "mailing": "/mailings/",
}
ACTIONS = {
    "create": "создание",
    "change": "изменение",
    "delete": "удаление",
    "export": "выгрузка",
    "sign_in": "вход",
    "set_password": "пароль задан по ссылке",
    "issue_link": "выдана ссылка для входа",
    "grant": "выдано полномочие",
    "revoke": "снято полномочие",
    "deactivate": "отключение",
    "activate": "включение",
    "rename": "переименование",
    "close": "закрытие",
    "move": "перевод",
    "extend": "продление срока",
    "amend": "изменение по акту",
    "count": "посчитано системой",
    "see_identity": "просмотр СНИЛС и дня рождения",
    "write_identity": "изменение СНИЛС или дня рождения",
    "merge": "объединение карточек",
    "attach": "приложен файл",
    "bind_point": "привязка к пункту распоряжения",
    "result": "результат обучения",
    "plan": "внесение в план",
    "issue": "выпуск, выдача",
    "unreport": "снята отметка о выгрузке в ФИС ФРДО",
    "take": "приём работника из другой организации",
    "pull": "данные взяты из СДО",
    "see_answer": "просмотр ответа СДО",
    "roster": "список курса прочитан",
    "seek_staff": "поиск работника по имени и СНИЛС",
}
FLOWS = {
    "finding": finding.WORKFLOW,
    "corrective_measure": corrective_measure.WORKFLOW,
    "programme": programme.WORKFLOW,
    "training_group": training_group.WORKFLOW,
    "enrolment": enrolment.WORKFLOW,
    "certificate": certificate.WORKFLOW,
    "training_requirement": training_requirement.WORKFLOW,
    "assessment": assessment.WORKFLOW,
    "expertise": expertise.WORKFLOW,
    "framework": framework.WORKFLOW,
    "monitoring_round": monitoring_round.WORKFLOW,
    "assignment": assignment.WORKFLOW,
    "assignment_period": assignment_period.WORKFLOW,
    "assignment_report": assignment_report.WORKFLOW,
    "mailing": mailing.WORKFLOW,
    "workbook_import": workbook_import.WORKFLOW,
    "order": order.WORKFLOW,
    "term_extension": term_extension.WORKFLOW,
}
EMPTY = "пусто"
DAYS = frozenset({"before", "after", "until"})
_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:T(?P<hour>\d{2}:\d{2}).*)?")


def record_word(record_type: str) -> str:
    return RECORDS.get(record_type, record_type)


def action_word(record_type: str, action: str) -> str:
    """A transition is called as its button is; everything else by the list."""
    flow = FLOWS.get(record_type)
    steps = {step.action: step.label for step in flow} if flow is not None else {}
    return steps.get(action) or ACTIONS.get(action) or action


def told_changes(record_type: str, changes: dict[str, Any], time_zone: str) -> list[tuple[str, str, str]]:
    """Field, before, after, moments on the clocks of the zone; of a new record «before» is empty."""
    told = []
    for key, pair in changes.items():
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)  # noqa: PLR2004 - a pair of values
        said = [value_words(record_type, key, value, time_zone) for value in (before, after)]
        told.append((field_word(record_type, key), said[0], said[1]))
    return told


def all_actions() -> list[tuple[str, str]]:
    """Every action that the journal can hold, once, by its word."""
    words = dict(ACTIONS)
    for flow in FLOWS.values():
        for step in flow:
            words.setdefault(step.action, step.label.lower())
    return sorted(words.items(), key=lambda pair: pair[1].lower())


def value_words(record_type: str, key: str, value: Any, time_zone: str) -> str:
    """A value as the journal keeps it, in the words of people."""
    if value is None or value in ("", []):
        return EMPTY
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    if isinstance(value, int) and key.endswith("_id"):
        return f"№ {value}"
    if isinstance(value, str):
        return _text(record_type, key, value, time_zone)
    return str(value)


def _text(record_type: str, key: str, value: str, time_zone: str) -> str:
    members = _enumerations(record_type).get(key)
    if members is not None:
        return next((member.label for member in members if member.value == value), value)
    found = (
        _DAY.fullmatch(value) if key in DAYS or key.endswith(("_on", "_at", "_until", "_before", "_after")) else None
    )
    if found is None:
        return value
    if found["hour"]:
        return f"{clock.local(datetime.fromisoformat(value), time_zone):%d.%m.%Y %H:%M}"
    return f"{found['day']}.{found['month']}.{found['year']}"


@lru_cache(maxsize=64)
def _enumerations(record_type: str) -> dict[str, type[Labelled]]:
    """The vocabularies of a record's fields, read from its table."""
    for mapper in Base.registry.mappers:
        if mapper.local_table is not None and getattr(mapper.class_, "__tablename__", "") == record_type:
            columns = inspect(mapper.class_).columns
            return {
                column.key: cast("type[Labelled]", column.type.enum_class)
                for column in columns
                if isinstance(column.type, Enum) and _is_vocabulary(column.type.enum_class)
            }
    return {}


def _is_vocabulary(members: type[Any] | None) -> bool:
    return members is not None and issubclass(members, Labelled)
