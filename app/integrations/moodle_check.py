"""Whether a Moodle is ready to be read, step by step, for whoever administers it. Names nobody, keeps nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final
from urllib.parse import urlsplit

from app.integrations.moodle import MoodleClient, tidy_address
from app.integrations.moodle_answer import Course, CourseCompletion, Person, SiteInfo
from app.integrations.moodle_error import ENROLLED, NEEDED, WELCOME, MoodleError, MoodleFault

# So many courses are looked into for one with students, and so many people for one that completed.
MOST_COURSES, MOST_PEOPLE = 10, 5
OLDEST: Final = (4, 1)
_WRITING = re.compile(r"_(?:create|update|delete|add|set|edit|save|submit|unenrol|enrol_users|assign|duplicate|import)")


@dataclass(frozen=True, slots=True)
class Step:
    """`is_fine` None: it works, and yet something should be seen to."""

    title: str
    is_fine: bool | None
    sentence: str = ""

    @property
    def line(self) -> str:
        """As it is printed: a mark, the title, and below it what to do."""
        mark = {True: "✔", False: "✘", None: "!"}[self.is_fine]
        if self.is_fine:
            return f"{mark} {self.title}" + (f": {self.sentence}" if self.sentence else "")
        refusal = ": нет" if self.is_fine is False else ""
        return f"{mark} {self.title}{refusal}\n    {self.sentence}"


def steps(make: Callable[[str], MoodleClient], address: str, *, course: str = "") -> Iterator[Step]:
    """Each step as it is done; ends early where the rest cannot be. `course`: its number or idnumber, else the first
    one with students is looked into. `make` gives the client of an address.
    """
    try:
        tidy = tidy_address(address)
    except MoodleError as error:
        yield Step("Адрес понятен", False, error.sentence)
        return
    yield Step("Адрес понятен", True, tidy)
    client = make(tidy)
    try:
        info = client.site_info()
    except MoodleError as error:
        yield from _refused(error)
        return
    yield from _reached(tidy)
    yield Step("Веб-службы и REST включены", True)
    yield Step("Ключ принят", True, f"учётная запись «{info.user_name}»")
    yield from _of_site(info, tidy)
    yield from _of_service(info)
    if set(NEEDED) - info.functions:
        return
    found = yield from _courses(client, course)
    if found is not None:
        yield from _of_course(client, *found)


def _refused(error: MoodleError) -> Iterator[Step]:
    """Which door was shut: those before it stood open."""
    answers, services, key = "Сайт отвечает", "Веб-службы и REST включены", "Ключ принят"
    match error.kind:
        case MoodleFault.SERVICES_OFF:
            yield Step(answers, True)
            yield Step(services, False, error.sentence)
        case MoodleFault.TOKEN | MoodleFault.ACCOUNT | MoodleFault.FUNCTION:
            yield Step(answers, True)
            yield Step(services, True)
            yield Step(key, False, error.sentence)
        case _:
            yield Step(answers, False, error.sentence)


def _reached(address: str) -> Iterator[Step]:
    if urlsplit(address).scheme == "https":
        yield Step("Сайт отвечает по https, сертификат верен", True)
    else:
        yield Step(
            "Сайт отвечает, но без https",
            None,
            "Ключ и данные людей идут по сети открыто: так можно только внутри своей сети.",
        )


def _of_site(info: SiteInfo, address: str) -> Iterator[Step]:
    version = re.match(r"(\d+)\.(\d+)", info.release)
    title = f"Это Moodle {info.release}" + (f", «{info.name}»" if info.name else "")
    if version is None:
        yield Step("Версия Moodle", None, "Сайт не назвал свою версию: нужна 4.1 или новее.")
    elif (int(version[1]), int(version[2])) < OLDEST:
        yield Step(title, None, "Версия старая: проверено на 4.5, нужна 4.1 или новее.")
    else:
        yield Step(title, True)
    if info.address and info.address.casefold() != address.casefold():
        yield Step(
            "Сайт называет себя иначе",
            None,
            f"Сам сайт считает своим адресом {info.address}. Если люди открывают его там, впишите тот адрес.",
        )
    if info.user_is_admin:
        yield Step(
            "У учётной записи службы нет лишних прав",
            None,
            "Ключ принадлежит администратору сайта: с ним можно всё. Заведите отдельную учётную запись только с "
            "нужными правами и выпустите ключ для неё.",
        )


def _of_service(info: SiteInfo) -> Iterator[Step]:
    for function, capabilities in NEEDED.items():
        if function in info.functions:
            yield Step(f"Функция {function}", True)
        else:
            yield Step(
                f"Функция {function}",
                False,
                "Её нет в службе. Администрирование → Сервер → Веб-службы → Внешние службы → «Функции»: добавьте её; "
                f"учётной записи нужны права {', '.join(capabilities)}.",
            )
    for function in WELCOME:
        if function not in info.functions:
            yield Step(f"Функция {function}", None, "Её нет в службе. Итоги возьмутся и без неё.")
    writing = sorted(each for each in info.functions if _WRITING.search(each))
    if writing:
        yield Step(
            "Служба только читает",
            None,
            f"В службе есть функции, которые меняют данные: {', '.join(writing[:5])}. Они не нужны: уберите их.",
        )


def _courses(client: MoodleClient, wanted: str) -> Generator[Step, None, tuple[Course, tuple[Person, ...]] | None]:
    """Returns the course to look into, with everybody in it."""
    try:
        seen = (_named(client, wanted),) if wanted else client.courses()
    except MoodleError as error:
        yield Step("Курсы видны", False, error.sentence)
        return None
    courses = [each for each in seen if each is not None]
    if not courses:
        yield Step(
            "Курсы видны",
            False,
            f"Курса «{wanted}» учётная запись службы не видит: проверьте его номер (id) или идентификатор и права."
            if wanted
            else "Учётная запись службы не видит ни одного курса. Дайте её роли право moodle/course:view (для скрытых "
            "курсов ещё moodle/course:viewhiddencourses) на категорию с курсами.",
        )
        return None
    yield Step("Курсы видны", True, "" if wanted else f"всего {len(courses)}")
    problem = ""
    for course in courses[:MOST_COURSES]:
        try:
            people = client.people(course.remote_id)
        except MoodleError as error:
            problem = problem or f"Курс «{course.title}»: {error.sentence}"
            continue
        if any(each.is_learner for each in people):
            return course, people
    yield Step(
        "В курсе видны слушатели",
        False,
        problem
        or "Слушателей не видно. Если они в курсе есть, дайте роли учётной записи службы права "
        f"{', '.join(NEEDED[ENROLLED])}.",
    )
    return None


def _named(client: MoodleClient, wanted: str) -> Course | None:
    found = client.course(wanted) if wanted.isdigit() else None
    return found or client.course_by_idnumber(wanted)


def _of_course(client: MoodleClient, course: Course, people: Sequence[Person]) -> Iterator[Step]:
    learners = [each for each in people if each.is_learner]
    yield Step(
        f"Люди курса «{course.title}» (id {course.remote_id}) видны",
        True,
        f"слушателей {len(learners)}, преподавателей {len(people) - len(learners)}",
    )
    yield from _of_profiles(learners)
    yield _of_enrolments(client, course)
    yield from _of_tracking(client, course)
    yield _of_completion(client, course, [each for each in learners if each.is_active][:MOST_PEOPLE])
    yield _of_grades(client, course, learners)


def _of_profiles(learners: Sequence[Person]) -> Iterator[Step]:
    total = len(learners)
    numbered, mailed, placed = (
        sum(1 for each in learners if getattr(each, name)) for name in ("idnumber", "email", "institution")
    )
    told = f"индивидуальный номер у {numbered} из {total}, почта у {mailed}, учреждение у {placed}"
    if numbered and mailed and placed:
        yield Step("Людей можно узнать", True, told)
    else:
        yield Step(
            "Людей можно узнать",
            None,
            f"{told[0].upper()}{told[1:]}. Если в профилях они есть: отметьте их в «Показывать данные пользователей» и "
            "дайте роли учётной записи службы права moodle/site:viewuseridentity и moodle/course:useremail. Кого не "
            "узнать, того сопоставит сотрудник.",
        )
    if not any(" " in each.first_name for each in learners):
        yield Step(
            "Отчества",
            None,
            "Отчеств не видно. Moodle не передаёт поле «Отчество»: передаётся лишь то, что записано в «Имя».",
        )


def _of_enrolments(client: MoodleClient, course: Course) -> Step:
    title = "Приостановленные записи на курс отличимы"
    try:
        active = client.active(course.remote_id)
    except MoodleError as error:
        return Step(title, False, error.sentence)
    if active is None:
        return Step(title, None, "Дайте роли учётной записи службы право moodle/course:enrolreview.")
    return Step(title, True)


def _of_tracking(client: MoodleClient, course: Course) -> Iterator[Step]:
    try:
        found = client.course(course.remote_id)
    except MoodleError as error:
        yield Step("Отслеживание завершения включено", False, error.sentence)
        return
    if found is not None and found.has_completion is False:
        yield Step(
            "Отслеживание завершения включено",
            False,
            "В курсе оно выключено: «Настройки → Отслеживание завершения → Да», затем «Завершение курса» — условия.",
        )
    elif found is not None and found.has_completion:
        yield Step("Отслеживание завершения включено", True)


def _of_completion(client: MoodleClient, course: Course, learners: Sequence[Person]) -> Step:
    title = "Завершение курса читается"
    told: list[CourseCompletion] = []
    try:
        for each in learners:
            found = client.completion(course.remote_id, each.remote_id, UTC)
            if found is not None:
                told.append(found)
    except MoodleError as error:
        return Step(title, False, error.sentence)
    if not told:
        return Step(
            title,
            None,
            "Завершение курса не отслеживается ни у одного из тех, о ком спросили: проверьте, что их записи на курс "
            "действуют, а роль слушателя имеет право moodle/course:isincompletionreports.",
        )
    passed = sum(1 for each in told if each.passed)
    return Step(title, True, f"спросили о {len(told)}, завершили {passed}")


def _of_grades(client: MoodleClient, course: Course, learners: Sequence[Person]) -> Step:
    title = "Оценки за курс читаются"
    try:
        found = client.grades(course.remote_id, [each.remote_id for each in learners[:MOST_PEOPLE]])
    except MoodleError as error:
        return Step(title, False, error.sentence)
    if not found:
        return Step(title, None, "Оценок за курс пока нет ни у кого.")
    return Step(title, True, f"есть у {len(found)}")
