"""The closed vocabularies of staff training."""

from __future__ import annotations

from app.models.enumeration import Labelled


class PositionKind(Labelled):
    """What requirements and programmes are told by; the words of the position stand beside it."""

    HEAD = "head", "руководитель"
    DEPUTY = "deputy", "заместитель руководителя"
    MUNICIPAL_SPECIALIST = "municipal_specialist", "муниципальный специалист"
    METHODIST = "methodist", "методист"
    TEACHER = "teacher", "педагогический работник"
    OTHER = "other", "иная должность"


class Sex(Labelled):
    """As the federal register of documents words it."""

    MALE = "male", "Муж"
    FEMALE = "female", "Жен"


class DocumentKind(Labelled):
    """What a programme ends with."""

    ADVANCED = "advanced", "удостоверение о повышении квалификации"
    RETRAINING = "retraining", "диплом о профессиональной переподготовке"
    OTHER = "other", "иной документ"


class StudyForm(Labelled):
    FULL_TIME = "full_time", "очная"
    MIXED = "mixed", "очно-заочная"
    PART_TIME = "part_time", "заочная"
    REMOTE = "remote", "дистанционная"


class ProgrammeStatus(Labelled):
    DRAFT = "draft", "разработка"
    ON_AGREEMENT = "on_agreement", "на согласовании"
    RETURNED = "returned", "на доработке"
    AGREED = "agreed", "согласована"
    IN_REGISTER = "in_register", "в федеральном реестре"
    EXCLUDED = "excluded", "исключена"


class GroupStatus(Labelled):
    DRAFT = "draft", "черновик"
    OPEN = "open", "идёт набор"
    STUDYING = "studying", "идёт обучение"
    FINISHED = "finished", "завершён"
    CANCELLED = "cancelled", "отменён"


class EnrolmentStatus(Labelled):
    PLANNED = "planned", "запланирован"
    APPLIED = "applied", "заявлен"
    WAITING = "waiting", "в листе ожидания"
    ENROLLED = "enrolled", "зачислен"
    STUDYING = "studying", "обучается"
    COMPLETED = "completed", "завершил"
    CERTIFIED = "certified", "документ выдан"
    DROPPED = "dropped", "отчислен"
    NO_SHOW = "no_show", "не явился"
    REFUSED = "refused", "отказано"
    WITHDRAWN = "withdrawn", "заявка отозвана"


class TrainingResult(Labelled):
    PASSED = "passed", "зачтено"
    FAILED = "failed", "не зачтено"


class CertificateStatus(Labelled):
    ENTERED = "entered", "ждёт подтверждения"
    CONFIRMED = "confirmed", "подтверждён"
    REFUSED = "refused", "отклонён"
    ANNULLED = "annulled", "аннулирован"


class RequirementStatus(Labelled):
    DRAFT = "draft", "черновик"
    ACTIVE = "active", "действует"
    CLOSED = "closed", "закрыто"


class CoverageCount(Labelled):
    """What is counted: units in which somebody is trained, or every person."""

    UNITS = "units", "хотя бы один работник организации"
    PEOPLE = "people", "каждый работник"
