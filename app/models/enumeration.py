"""The closed vocabularies of the product: stored by value, shown by label."""

from __future__ import annotations

import enum
from typing import Self


class Labelled(enum.StrEnum):
    """A member is its stored value; `label` is the word that people read."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class UnitKind(Labelled):
    REGION = "region", "регион"
    MUNICIPALITY = "municipality", "муниципалитет"
    SCHOOL = "school", "общеобразовательная организация"
    PROVIDER = "provider", "организация ДПО"


class Duty(Labelled):
    OPERATOR = "operator", "исполнитель"
    APPROVER = "approver", "утверждающий"
    TRAINING_COORDINATOR = "training_coordinator", "координатор обучения"
    EXPERT = "expert", "эксперт"
    OBSERVER = "observer", "наблюдатель"
    UNIT_ADMIN = "unit_admin", "администратор организации"


class OrderKind(Labelled):
    DIRECTIVE = "directive", "распоряжение"
    ORDER = "order", "приказ"
    LETTER = "letter", "письмо"


class OrderStatus(Labelled):
    DRAFT = "draft", "черновик"
    ISSUED = "issued", "выпущено"
    CLOSED = "closed", "в деле"


class GroundEffect(Labelled):
    BASIS = "basis", "основание"
    MOVES_DATES = "moves_dates", "переносит сроки"


class Modality(Labelled):
    """How strongly a point binds; «довести» closes by acknowledgement."""

    INFORM = "inform", "довести"
    RECOMMEND = "recommend", "рекомендовать"
    INSTRUCT = "instruct", "поручить"
    REPORT = "report", "сообщить"


class TermKind(Labelled):
    NONE = "none", "без срока"
    DATE = "date", "к дате"
    PERIOD = "period", "в течение периода"
    RECURRING = "recurring", "повторяется"


class Recurrence(Labelled):
    MONTHLY = "monthly", "ежемесячно"
    QUARTERLY = "quarterly", "ежеквартально"
    HALF_YEARLY = "half_yearly", "раз в полугодие"
    YEARLY = "yearly", "ежегодно"


class AddresseeClauseKind(Labelled):
    """One clause of a point's addressee rule."""

    ALL_MUNICIPALITIES = "all_municipalities", "все муниципалитеты"
    ALL_SCHOOLS = "all_schools", "все ОО"
    ALL_PROVIDERS = "all_providers", "все организации ДПО"
    SCHOOLS_OF = "schools_of", "все ОО муниципалитета"
    UNIT = "unit", "организация"
    EXCEPT = "except", "кроме"


class AssignmentOrigin(Labelled):
    ISSUED = "issued", "по распоряжению"
    AMENDED = "amended", "добавлено изменяющим актом"
    CASCADED = "cascaded", "передано муниципалитетом"
    PASSED_ON = "passed_on", "перешло от закрытой организации"


class AssignmentStatus(Labelled):
    ASSIGNED = "assigned", "назначено"
    ACCEPTED = "accepted", "принято к исполнению"
    SUBMITTED = "submitted", "отчёт на проверке"
    RETURNED = "returned", "возвращено"
    DONE = "done", "исполнено"
    OFF_CONTROL = "off_control", "снято с контроля"
    WITHDRAWN = "withdrawn", "снято без исполнения"


class ReportKind(Labelled):
    INTERIM = "interim", "промежуточный"
    FINAL = "final", "итоговый"


class ReportOutcome(Labelled):
    DONE = "done", "исполнено"
    PARTIAL = "partial", "исполнено частично"
    NOT_DONE = "not_done", "не исполнено"
    ACKNOWLEDGED = "acknowledged", "ознакомлены"


class ReportStatus(Labelled):
    SUBMITTED = "submitted", "на проверке"
    ACCEPTED = "accepted", "принят"
    NOTED = "noted", "принят к сведению"
    RETURNED = "returned", "возвращён"
    RECALLED = "recalled", "отозван"


class ExtensionStatus(Labelled):
    ASKED = "asked", "запрошено"
    GRANTED = "granted", "срок продлён"
    REFUSED = "refused", "отказано"
    CANCELLED = "cancelled", "отозвано"


class PeriodStatus(Labelled):
    OPEN = "open", "ожидается"
    SUBMITTED = "submitted", "на проверке"
    ACCEPTED = "accepted", "принят"


class AmendmentChangeKind(Labelled):
    MOVE_TERM = "move_term", "перенос срока"
    ADD_ADDRESSEE = "add_addressee", "добавлен адресат"
    REVOKE_POINT = "revoke_point", "пункт отменён"
    WITHDRAW_ASSIGNMENT = "withdraw_assignment", "поручение снято"


class EvidenceKind(Labelled):
    LOCAL_ACT = "local_act", "локальный акт"
    ORDER = "order", "приказ"
    ANALYTICAL_NOTE = "analytical_note", "аналитическая справка"
    CERTIFICATE = "certificate", "документ о квалификации"
    SITE_PAGE = "site_page", "страница сайта"
    LETTER = "letter", "письмо"
    OTHER = "other", "иное"


class LinkPurpose(Labelled):
    FIRST_PASSWORD = "first_password", "первый вход"
    RESET_PASSWORD = "reset_password", "смена пароля"


class JobStatus(Labelled):
    WAITING = "waiting", "в очереди"
    RUNNING = "running", "выполняется"
    DONE = "done", "готово"
    FAILED = "failed", "не удалось"
    CANCELLED = "cancelled", "отменено"
    INTERRUPTED = "interrupted", "прервано"


class ImportStatus(Labelled):
    BROUGHT = "brought", "проверяется"
    JUDGED = "judged", "проверено"
    APPLYING = "applying", "записывается"
    APPLIED = "applied", "записано"
    REFUSED = "refused", "не принято"
    PUT_ASIDE = "put_aside", "не записано"


class FrameworkStatus(Labelled):
    DRAFT = "draft", "черновик"
    PUBLISHED = "published", "опубликован"
    RETIRED = "retired", "выведен из применения"


class ScaleKind(Labelled):
    """How a criterion is answered; the levels of the criterion say what an answer is worth."""

    YES_NO = "yes_no", "да / нет"
    GRADED = "graded", "0–1–2"
    SHARE = "share", "доля, %"
    NUMBER = "number", "число"
    CHOICE = "choice", "выбор уровня"


class SmallSchools(Labelled):
    """Whether a criterion is for small schools (малокомплектные)."""

    ANY = "any", "все школы"
    ONLY = "only", "только малокомплектные"
    EXCEPT = "except", "кроме малокомплектных"


class Metric(Labelled):
    """What the system counts by itself from its own records."""

    DOCUMENTS_PUBLISHED = "documents_published", "документы о ВСОКО размещены на сайте"
    CALENDAR_BALANCED = "calendar_balanced", "график оценочных процедур сбалансирован"
    HEAD_TRAINED = "head_trained", "руководитель или заместитель обучен"


class RoundStatus(Labelled):
    DRAFT = "draft", "черновик"
    OPEN = "open", "идёт"
    CLOSED = "closed", "завершён"


class RoundDate(Labelled):
    DUE = "due_on", "срок сдачи листов"
    LOCK = "locks_on", "день закрытия приёма"
    LATE = "late_until", "последний день по разрешениям"


class AssessmentStatus(Labelled):
    DRAFT = "draft", "черновик"
    SUBMITTED = "submitted", "отправлен"
    RETURNED = "returned", "возвращён"
    ACCEPTED = "accepted", "принят"
    APPROVED = "approved", "утверждён"
    EXCUSED = "excused", "освобождён"


class ScoreSource(Labelled):
    TYPED = "typed", "введено"
    COUNTED = "counted", "посчитано системой"
    CARRIED = "carried", "перенесено из прошлого цикла"


class ExpertiseStatus(Labelled):
    ASSIGNED = "assigned", "поручена"
    HANDED_IN = "handed_in", "сдана"
