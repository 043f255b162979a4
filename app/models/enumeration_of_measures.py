"""The closed vocabularies of findings, corrective measures and letters."""

from __future__ import annotations

from app.models.enumeration import Labelled


class FindingSource(Labelled):
    """Where the weakness was seen."""

    CRITERION = "criterion", "оценка по критерию"
    CALENDAR = "calendar", "нарушение графика процедур"
    ASSIGNMENT = "assignment", "поручение"
    INSPECTION = "inspection", "замечание проверки"
    MANUAL = "manual", "внесён вручную"


class FindingSeverity(Labelled):
    MINOR = "minor", "незначительный"
    MAJOR = "major", "существенный"
    CRITICAL = "critical", "критический"


class FindingStatus(Labelled):
    OPEN = "open", "открыт"
    RESOLVED = "resolved", "устранён"
    DISMISSED = "dismissed", "снят"


class MeasureStatus(Labelled):
    PLANNED = "planned", "запланирована"
    IN_PROGRESS = "in_progress", "в работе"
    DONE = "done", "выполнена"
    VERIFIED = "verified", "подтверждена"
    NOT_VERIFIED = "not_verified", "не подтверждена"
    CANCELLED = "cancelled", "отменена"


class MeasurePriority(Labelled):
    HIGH = "high", "высокий"
    NORMAL = "normal", "обычный"
    LOW = "low", "низкий"


class FigureSource(Labelled):
    """Where the control figure of a measure comes from."""

    NONE = "none", "без показателя"
    CRITERION = "criterion", "балл по критерию"
    METRIC = "metric", "считает система"
    TYPED = "typed", "вносится вручную"


class EffectVerdict(Labelled):
    HELPED = "helped", "помогло"
    NOT_SEEN = "not_seen", "не видно"
    TOO_LITTLE = "too_little", "мало данных"


class LetterKind(Labelled):
    """The letters that the product writes; each has one template in a region."""

    ANSWER = "answer", "ответ об исполнении поручения"
    WEAKNESSES = "weaknesses", "письмо о выявленных недостатках"
