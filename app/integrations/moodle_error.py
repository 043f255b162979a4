"""What a Moodle can refuse, told so that its administrator knows what to do; decided by `errorcode` alone.

The `message` of an answer is in the language of the site and never shown: it may hold anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class MoodleFault(StrEnum):
    AWAY = "away"
    BUSY = "busy"
    ADDRESS = "address"
    SERVICES_OFF = "services_off"
    TOKEN = "token"  # noqa: S105  # a name of a kind of refusal
    ACCOUNT = "account"
    FUNCTION = "function"
    RIGHTS = "rights"
    COURSE_CLOSED = "course_closed"
    MISSING = "missing"
    NO_CRITERIA = "no_criteria"
    NOT_TRACKED = "not_tracked"
    PARAMETER = "parameter"
    STRANGE = "strange"


LONGEST_CODE = 64
# Of these every other question to the site would end the same way.
OF_SITE: Final = frozenset(
    {
        MoodleFault.AWAY,
        MoodleFault.BUSY,
        MoodleFault.ADDRESS,
        MoodleFault.SERVICES_OFF,
        MoodleFault.TOKEN,
        MoodleFault.ACCOUNT,
        MoodleFault.FUNCTION,
    }
)


class MoodleError(RuntimeError):
    """`kind` decides what to do next; `sentence` is whole and Russian, without the token and without data of people."""

    def __init__(self, kind: MoodleFault, sentence: str) -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.sentence = sentence

    @property
    def is_of_site(self) -> bool:
        """The whole site cannot be read now, not only this course or person."""
        return self.kind in OF_SITE


SITE_INFO: Final = "core_webservice_get_site_info"
COURSES: Final = "core_course_get_courses"
COURSES_BY_FIELD: Final = "core_course_get_courses_by_field"
CONTENTS: Final = "core_course_get_contents"
ENROLLED: Final = "core_enrol_get_enrolled_users"
COMPLETION: Final = "core_completion_get_course_completion_status"
ACTIVITIES: Final = "core_completion_get_activities_completion_status"
GRADES: Final = "gradereport_user_get_grade_items"

# Without these nothing can be taken; the capabilities are what the account needs for each of them.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    SITE_INFO: ("webservice/rest:use",),
    COURSES: ("moodle/course:view", "moodle/course:viewhiddencourses"),
    COURSES_BY_FIELD: ("moodle/course:view", "moodle/course:viewhiddencourses"),
    ENROLLED: (
        "moodle/course:viewparticipants",
        "moodle/user:viewdetails",
        "moodle/site:viewuseridentity",
        "moodle/course:useremail",
        "moodle/course:enrolreview",
        "moodle/site:accessallgroups",
    ),
    COMPLETION: ("report/completion:view", "moodle/site:accessallgroups"),
    GRADES: ("gradereport/user:view", "moodle/grade:viewall", "moodle/site:accessallgroups"),
}
# With these more can be shown.
WELCOME: Final[Mapping[str, tuple[str, ...]]] = {
    CONTENTS: ("moodle/course:viewhiddenactivities", "mod/*:view"),
    ACTIVITIES: ("report/progress:view", "mod/*:view"),
}

_KEY = (
    "СДО не приняла ключ (токен). Администратору Moodle: «Администрирование → Сервер → Веб-службы → Управление "
    "ключами» — проверьте, что ключ есть и срок его не истёк, или создайте новый; затем введите его здесь."
)
_ACCOUNT = (
    "Учётную запись, которой принадлежит ключ, СДО не пускает: {why}. Администратору Moodle: поправьте эту учётную "
    "запись, ключ менять не нужно."
)
_CLOSED = (
    "Учётная запись службы не может войти в этот курс. Администратору Moodle: дайте её роли право "
    "moodle/course:view (для скрытых курсов ещё moodle/course:viewhiddencourses) на всю категорию или запишите "
    "её на курс."
)
_CODES: Final[Mapping[str, tuple[MoodleFault, str]]] = {
    "invalidtoken": (MoodleFault.TOKEN, _KEY),
    "invalidtimedtoken": (
        MoodleFault.TOKEN,
        (
            "Срок ключа (токена) истёк. Администратору Moodle: создайте новый ключ в «Администрирование → Сервер → "
            "Веб-службы → Управление ключами»; затем введите его здесь."
        ),
    ),
    "invalidiptoken": (
        MoodleFault.TOKEN,
        (
            "Ключ (токен) действует только с других адресов сети. Администратору Moodle: в «Управление ключами» "
            "уберите "
            "у ключа ограничение по IP или впишите в него адрес этого сервера."
        ),
    ),
    "accessexception": (
        MoodleFault.FUNCTION,
        (
            "СДО не разрешает этому ключу функцию {function}. Администратору Moodle: «Администрирование → Сервер → "
            "Веб-службы → Внешние службы» — служба должна быть включена, функция добавлена в неё («Функции»), владелец "
            "ключа — в «Авторизованные пользователи», а у его роли должно быть право webservice/rest:use."
        ),
    ),
    "nopermissions": (
        MoodleFault.RIGHTS,
        (
            "Учётной записи службы не хватает прав для функции {function}. Администратору Moodle: дайте её роли "
            "{capabilities}."
        ),
    ),
    "cannotviewreport": (
        MoodleFault.RIGHTS,
        (
            "Завершение курса не показано. Администратору Moodle: включите в настройках курса «Отслеживание "
            "завершения» "
            "и дайте роли учётной записи службы право report/completion:view."
        ),
    ),
    "accessdenied": (
        MoodleFault.RIGHTS,
        (
            "В курсе отдельные группы, и учётная запись службы не видит чужих. Администратору Moodle: дайте её роли "
            "право moodle/site:accessallgroups."
        ),
    ),
    "requireloginerror": (MoodleFault.COURSE_CLOSED, _CLOSED),
    "errorcoursecontextnotvalid": (MoodleFault.COURSE_CLOSED, _CLOSED),
    "invalidrecord": (
        MoodleFault.MISSING,
        "В СДО нет того, о чём её спросили: курс удалён, или этой функции ({function}) нет в её версии Moodle.",
    ),
    "invaliduser": (MoodleFault.MISSING, "Этого человека в СДО больше нет."),
    "userdeleted": (MoodleFault.MISSING, "Этого человека в СДО больше нет."),
    "usernotenroled": (
        MoodleFault.NOT_TRACKED,
        "СДО не отслеживает завершение курса этим человеком: он преподаёт, или его запись на курс приостановлена.",
    ),
    "nocriteriaset": (
        MoodleFault.NO_CRITERIA,
        (
            "В курсе не заданы условия завершения, поэтому завершить его нельзя. Преподавателю курса в Moodle: "
            "«Завершение "
            "курса» — задайте условия и сохраните."
        ),
    ),
    "completionnotenabled": (
        MoodleFault.NO_CRITERIA,
        (
            "В курсе не включено отслеживание завершения. Преподавателю курса в Moodle: «Настройки → Отслеживание "
            "завершения → Да», затем «Завершение курса» — задайте условия."
        ),
    ),
    "invalidparameter": (
        MoodleFault.PARAMETER,
        (
            "СДО не поняла вопроса {function}: вероятно, её версия Moodle слишком старая (нужна 4.1 или новее). "
            "Сообщите "
            "разработчику версию Moodle."
        ),
    ),
    "wsaccessusersuspended": (MoodleFault.ACCOUNT, _ACCOUNT.format(why="она приостановлена")),
    "wsaccessuserdeleted": (MoodleFault.ACCOUNT, _ACCOUNT.format(why="она удалена")),
    "wsaccessuserunconfirmed": (MoodleFault.ACCOUNT, _ACCOUNT.format(why="она не подтверждена")),
    "wsaccessuserexpired": (MoodleFault.ACCOUNT, _ACCOUNT.format(why="срок её пароля истёк")),
    "wsaccessusernologin": (MoodleFault.ACCOUNT, _ACCOUNT.format(why="у неё способ входа «Вход запрещён»")),
    "sitepolicynotagreed": (MoodleFault.ACCOUNT, _ACCOUNT.format(why="она не приняла правила сайта")),
    "usernotfullysetup": (MoodleFault.ACCOUNT, _ACCOUNT.format(why="её профиль заполнен не до конца")),
    "forcepasswordchangenotice": (MoodleFault.ACCOUNT, _ACCOUNT.format(why="она должна сменить пароль")),
    "sitemaintenance": (MoodleFault.BUSY, "СДО на обслуживании. Повторите позже."),
    "upgraderunning": (MoodleFault.BUSY, "СДО обновляется. Повторите позже."),
    "dbconnectionfailed": (MoodleFault.BUSY, "СДО сейчас не достаёт до своей базы данных. Повторите позже."),
    "servicenotavailable": (
        MoodleFault.SERVICES_OFF,
        (
            "Внешняя служба, для которой выпущен ключ, в СДО выключена. Администратору Moodle: включите её в «Внешние "
            "службы»."
        ),
    ),
    "enablewsdescription": (
        MoodleFault.SERVICES_OFF,
        (
            "В СДО выключены веб-службы. Администратору Moodle: «Администрирование → Дополнительные возможности» — "
            "включите «Разрешить веб-службы»."
        ),
    ),
}
SERVICES_OFF_SENTENCE: Final = (
    "СДО отвечает, но веб-службы или протокол REST в ней выключены (или закрыты перед ней). Администратору Moodle: "
    "«Администрирование → Дополнительные возможности» — «Разрешить веб-службы», затем «Сервер → Веб-службы → "
    "Управление протоколами» — включите REST."
)


def error_of(code: str, function: str) -> MoodleError:
    """The error of an `errorcode` that came from a function."""
    found = _CODES.get(code)
    if found is None:
        # A code of the site is shown only where it looks like one.
        name = f" «{code}»" if code.isascii() and code.replace("_", "").isalnum() and len(code) <= LONGEST_CODE else ""
        return MoodleError(
            MoodleFault.STRANGE,
            f"СДО ответила ошибкой{name} на вопрос {function}. Покажите это администратору Moodle.",
        )
    kind, sentence = found
    capabilities = ", ".join({**NEEDED, **WELCOME}.get(function, ()))
    rights = f"права {capabilities}" if capabilities else "права, названные в описании этой функции"
    return MoodleError(kind, sentence.replace("{function}", function).replace("{capabilities}", rights))
