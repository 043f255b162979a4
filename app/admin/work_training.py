"""What staff training puts on the home page."""

from __future__ import annotations

from app.admin.cells import plural
from app.admin.work_part import Line, Part
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, ProgrammeStatus
from app.services.training_work import Call

DOCUMENTS = ("документ", "документа", "документов")
PROGRAMMES = ("программа", "программы", "программ")
GROUPS = ("поток", "потока", "потоков")
PEOPLE = ("слушатель", "слушателя", "слушателей")
APPLICATIONS = ("заявка", "заявки", "заявок")
# What to do, of what, why, and where the list behind the number is.
WORDS: dict[Call, tuple[str, tuple[str, str, str], str, str]] = {
    Call.AGREE_PROGRAMMES: (
        "Согласовать программы обучения",
        PROGRAMMES,
        "отправлено на согласование",
        f"/programmes/?status={ProgrammeStatus.ON_AGREEMENT.value}",
    ),
    Call.CONFIRM_DOCUMENTS: (
        "Подтвердить документы об обучении",
        DOCUMENTS,
        "до подтверждения в охвате не считаются",
        "/certificates/?status=entered",
    ),
    Call.MEND_DOCUMENTS: (
        "Исправить отклонённые документы",
        DOCUMENTS,
        "причина указана в карточке документа",
        "/certificates/?status=refused",
    ),
    Call.DECIDE_APPLICATIONS: (
        "Рассмотреть заявки в потоки",
        APPLICATIONS,
        "зачислите приказом или откажите с причиной",
        f"/enrolments/?status={EnrolmentStatus.APPLIED.value}",
    ),
    Call.ISSUE_DOCUMENTS: (
        "Выдать документы завершившим обучение",
        PEOPLE,
        "обучение завершено, документа ещё нет",
        f"/enrolments/?status={EnrolmentStatus.COMPLETED.value}",
    ),
    Call.MEND_PROGRAMMES: (
        "Доработать программы",
        PROGRAMMES,
        "министерство вернуло с замечаниями",
        f"/programmes/?status={ProgrammeStatus.RETURNED.value}",
    ),
    Call.AGREE_OVERDUE: (
        "Прошёл срок согласования программ",
        PROGRAMMES,
        "ещё не согласовано министерством",
        "/programmes/",
    ),
    Call.REGISTER_OVERDUE: (
        "Прошёл срок включения в федеральный реестр",
        PROGRAMMES,
        "номер в реестре не указан",
        f"/programmes/?status={ProgrammeStatus.AGREED.value}",
    ),
    Call.START_GROUPS: (
        "Начать обучение в потоках",
        GROUPS,
        "день начала наступил",
        f"/training-groups/?status={GroupStatus.OPEN.value}",
    ),
    Call.FINISH_GROUPS: (
        "Завершить потоки",
        GROUPS,
        "последний день занятий прошёл",
        f"/training-groups/?status={GroupStatus.STUDYING.value}",
    ),
    Call.APPLY_PLANNED: (
        "Подать заявки на запланированное обучение",
        PEOPLE,
        "место в потоке держится только за заявкой",
        f"/enrolments/?status={EnrolmentStatus.PLANNED.value}",
    ),
    Call.EXPIRING: (
        "Истекает срок документов об обучении",
        DOCUMENTS,
        "в ближайшие три месяца: запланируйте обучение",
        "/certificates/?validity=soon",
    ),
}


def part_of(waiting: dict[Call, int]) -> list[Part]:
    """One part of the queue, a line for each kind of work; none where nothing waits."""
    lines = [
        Line(href, what, f"{amount} {plural(amount, *noun)}: {why}")
        for call, (what, noun, why, href) in WORDS.items()
        if (amount := waiting.get(call))
    ]
    return [Part("Обучение", sum(waiting.values()), lines)] if lines else []
