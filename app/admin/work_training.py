"""What staff training puts on the home page."""

from __future__ import annotations

from datetime import date

from app.admin.cells import plural, term_word
from app.admin.work_part import Line, Part
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, ProgrammeStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.training_work import Call, Running, TrainingWork

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
        "/programmes/?late=1",
    ),
    Call.REGISTER_OVERDUE: (
        "Прошёл срок включения в федеральный реестр",
        PROGRAMMES,
        "номер в реестре не указан",
        f"/programmes/?late=1&status={ProgrammeStatus.AGREED.value}",
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
    Call.KNOW_PEOPLE: (
        "Решить, кто есть кто в СДО",
        ("человек", "человека", "человек"),
        "не узнаны среди слушателей потоков: их итоги ждут",
        "/learning-people/?state=waiting",
    ),
    Call.SETTLE_OUTCOMES: (
        "Разобрать расхождения с СДО",
        ("итог", "итога", "итогов"),
        "в СДО одно, здесь записано другое",
        "/learning-outcomes/?state=conflict",
    ),
    Call.MEND_SITES: (
        "Связь с СДО прервана",
        ("СДО", "СДО", "СДО"),
        "последнее чтение не удалось, причина на её странице",
        "/learning-sites/",
    ),
}


def part_of(found: TrainingWork, actor: Actor, today: date) -> list[Part]:
    """One part of the queue, a line for each kind of work; none where nothing waits."""
    lines = [
        Line(href, what, f"{amount} {plural(amount, *noun)}: {why}")
        for call, (what, noun, why, href) in WORDS.items()
        if (amount := found.calls.get(call))
    ]
    if actor.unit_kind is UnitKind.SCHOOL and actor.may(Permission.ENROLMENT_APPLY):
        lines += [_lacking(one, today) for one in found.running if one.figures.missing or one.figures.unknown]
    return [Part("Обучение", len(lines), lines)] if lines else []


def coverage_of(found: TrainingWork, today: date) -> list[tuple[Running, str, tuple[str, str]]]:
    """Requirements in force: the requirement, its page, its term in words."""
    return [
        (one, f"/training-requirements/{one.requirement_id}/coverage", _term(one.due_on, today))
        for one in found.running
    ]


def _lacking(one: Running, today: date) -> Line:
    """Nobody of the school, or not everybody, is trained or on the way to it."""
    when, tone = _term(one.due_on, today)
    if one.figures.missing:
        left, total = one.figures.missing, one.figures.total
        how_many = "никто не обучен и не заявлен" if left == total else f"без обучения и заявки: {left} из {total}"
        about = f"{how_many}. Выберите, кого отправить"
        return Line(f"/training-requirements/{one.requirement_id}/missing", one.title, about, when, tone)
    about = "нет сведений о работниках на нужных должностях: внесите их"
    return Line("/staff-members/", one.title, about, when, tone)


def _term(due_on: date, today: date) -> tuple[str, str]:
    word, tone = term_word(due_on, today)
    return f"до {due_on:%d.%m.%Y}" + (f" · {word}" if word else ""), tone
