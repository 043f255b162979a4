"""A Moodle read by its REST web services. Every refusal comes as a sentence that says what its administrator must do.

Errors of Moodle are answers of HTTP 200 that hold `errorcode`; parameters and the token travel in the body of a POST,
so that no address ever holds the token.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from app.integrations import moodle_answer as answers
from app.integrations.http import MIB, MOST, OF_ADDRESS, HttpAnswer, HttpError, HttpRequest, Reason
from app.integrations.moodle_answer import (
    Activity,
    ActivityState,
    Course,
    CourseCompletion,
    CourseGrade,
    Person,
    SiteInfo,
)
from app.integrations.moodle_error import (
    ACTIVITIES,
    COMPLETION,
    CONTENTS,
    COURSES,
    COURSES_BY_FIELD,
    ENROLLED,
    GRADES,
    NEEDED,
    SERVICES_OFF_SENTENCE,
    SITE_INFO,
    WELCOME,
    MoodleError,
    MoodleFault,
    error_of,
)

__all__ = [
    "NEEDED",
    "WELCOME",
    "Activity",
    "ActivityState",
    "Course",
    "CourseCompletion",
    "CourseGrade",
    "MoodleClient",
    "MoodleError",
    "MoodleFault",
    "Person",
    "SiteInfo",
    "tidy_address",
]

SERVER: Final = "/webservice/rest/server.php"
A_MINUTE = 120
TRIES = 3
# Questions about a whole course; what is larger is asked person by person.
MOST_OF_COURSE: Final = 32 * MIB
# No more of a person is asked than is used here.
PERSON_FIELDS: Final = "id,fullname,firstname,lastname,idnumber,email,institution,department,customfields,roles,groups"
LONGEST_ADDRESS = 300
# The course that stands for the site itself.
SITE_COURSE = "1"

Sink = Callable[[str, str, bytes], None]
# Where pages of Moodle begin below the address of the site: people copy the address of the page they see.
_PAGE_OF_MOODLE = re.compile(
    r"/(?:login|my|webservice|course|admin|user|mod|local|enrol|grade|report|theme|blocks|index\.php)(?:[/?#].*)?$"
)


class _Asks(Protocol):
    def ask(self, request: HttpRequest, *, tries: int = 1, most: int = MOST) -> HttpAnswer: ...


def tidy_address(typed: str) -> str:
    """Where the site begins, of what a person copied from the browser. Raises MoodleError (ADDRESS)."""
    line = typed.strip()
    if "://" not in line:
        line = f"https://{line}"
    bad = MoodleError(
        MoodleFault.ADDRESS,
        "Адрес СДО непонятен: скопируйте из браузера адрес её первой страницы, например https://sdo.example.ru.",
    )
    try:
        parts = urlsplit(line)
        port = parts.port
    except ValueError:
        raise bad from None
    host = parts.hostname or ""
    fit = parts.scheme in {"http", "https"} and host and "@" not in parts.netloc and len(line) <= LONGEST_ADDRESS
    if not fit or "\\" in line or not line.isprintable() or " " in line:
        raise bad
    named = f"[{host}]" if ":" in host else host
    if port not in {None, 443 if parts.scheme == "https" else 80}:
        named = f"{named}:{port}"
    path = _PAGE_OF_MOODLE.sub("", parts.path).rstrip("/")
    return f"{parts.scheme}://{named}{path}"


class MoodleClient:
    """One site and one token. Not more than `a_minute` questions a minute; `sink(function, subject, body)` gets every
    answer about courses and people as it came («курс 2», «курс 2, человек 6»).

    Every method raises MoodleError.
    """

    def __init__(
        self,
        http: _Asks,
        address: str,
        token: str,
        *,
        a_minute: int = A_MINUTE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        sink: Sink | None = None,
    ) -> None:
        self._http = http
        self._server = tidy_address(address) + SERVER
        self._token = token.strip()
        self._pause = 60 / a_minute
        self._clock, self._sleep = clock, sleep
        self._sink = sink
        self._free_at: float | None = None

    def __repr__(self) -> str:
        return f"MoodleClient({self._server!r})"

    def site_info(self) -> SiteInfo:
        """Never handed to the sink: the answer holds a private key of the account."""
        return answers.site_info(_mapping(self._told(SITE_INFO)))

    def courses(self) -> tuple[Course, ...]:
        """All courses that the account sees, but the site itself."""
        found = [answers.course(each) for each in _mappings(self._told(COURSES))]
        return tuple(each for each in found if _identified(each.remote_id) != SITE_COURSE)

    def course(self, course_id: str) -> Course | None:
        found = self._by_field("id", course_id)
        return found if found is not None and found.remote_id == course_id else None

    def course_by_idnumber(self, idnumber: str) -> Course | None:
        """Moodle finds by an idnumber that it does not show; it lets no two courses have the same."""
        return self._by_field("idnumber", idnumber) if idnumber.strip() else None

    def people(self, course_id: str) -> tuple[Person, ...]:
        """Everybody enrolled, teachers too (see `is_learner`), and those whose enrolment is over (see `is_active`)."""
        asked = {"courseid": course_id, **_options(userfields=PERSON_FIELDS)}
        told = self._told(ENROLLED, asked, f"курс {course_id}", most=MOST_OF_COURSE)
        found = {_identified(each.remote_id): each for each in map(answers.person, _mappings(told))}
        active = self.active(course_id)
        if active is None:
            return tuple(found.values())
        return tuple(replace(each, is_active=each.remote_id in active) for each in found.values())

    def active(self, course_id: str) -> frozenset[str] | None:
        """Numbers of those whose enrolment is in force; None where the account may not know (course:enrolreview)."""
        asked = {"courseid": course_id, **_options(onlyactive="1", userfields="id")}
        try:
            told = self._told(ENROLLED, asked, f"курс {course_id}, действующие записи", most=MOST_OF_COURSE)
        except MoodleError as error:
            if error.kind is MoodleFault.RIGHTS:
                return None
            raise
        return frozenset(_identified(answers.number(each.get("id"))) for each in _mappings(told))

    def completion(self, course_id: str, person_id: str, zone: tzinfo) -> CourseCompletion | None:
        """None for whom Moodle does not track: teachers, suspended enrolments, people no longer enrolled or gone."""
        asked = {"courseid": course_id, "userid": person_id}
        try:
            told = self._told(COMPLETION, asked, f"курс {course_id}, человек {person_id}")
        except MoodleError as error:
            if error.kind is MoodleFault.NOT_TRACKED:
                return None
            raise
        return answers.completion(_mapping(_mapping(told).get("completionstatus")), zone)

    def grades(self, course_id: str, person_ids: Sequence[str] = ()) -> dict[str, CourseGrade]:
        """Totals of the course by the number of the person; whoever has none is not there.

        A course too large to be told at once is asked by person, of those named.
        """
        try:
            return self._grades(course_id, {"courseid": course_id}, f"курс {course_id}", most=MOST_OF_COURSE)
        except _TooLargeError:
            found: dict[str, CourseGrade] = {}
            for person_id in person_ids:
                asked = {"courseid": course_id, "userid": person_id}
                found |= self._grades(course_id, asked, f"курс {course_id}, человек {person_id}")
            if person_ids:
                return found
            raise

    def activities(self, course_id: str) -> tuple[Activity, ...]:
        """Elements that the account may not see are not there, and nothing says so."""
        return answers.activities(list(_mappings(self._told(CONTENTS, {"courseid": course_id}, f"курс {course_id}"))))

    def activity_states(self, course_id: str, person_id: str, zone: tzinfo) -> tuple[ActivityState, ...]:
        asked = {"courseid": course_id, "userid": person_id}
        told = _mapping(self._told(ACTIVITIES, asked, f"курс {course_id}, человек {person_id}"))
        return tuple(answers.activity_state(each, zone) for each in _mappings(told.get("statuses")))

    def _by_field(self, field: str, value: str) -> Course | None:
        told = _mapping(self._told(COURSES_BY_FIELD, {"field": field, "value": value}))
        found = [answers.course(each) for each in _mappings(told.get("courses"))]
        if len(found) > 1:
            raise _strange()
        return next((each for each in found if _identified(each.remote_id) != SITE_COURSE), None)

    def _grades(
        self, course_id: str, asked: Mapping[str, str], subject: str, *, most: int = MOST
    ) -> dict[str, CourseGrade]:
        told = _mapping(self._told(GRADES, asked, subject, most=most))
        found = {}
        for each in _mappings(told.get("usergrades")):
            if answers.number(each.get("courseid")) != course_id:
                raise _strange()
            total = answers.grade(each)
            if total is not None:
                found[_identified(answers.number(each.get("userid")))] = total
        return found

    def _told(
        self, function: str, asked: Mapping[str, str] | None = None, subject: str = "", *, most: int = MOST
    ) -> Any:
        self._wait()
        form = {"wstoken": self._token, "wsfunction": function, "moodlewsrestformat": "json", **(asked or {})}
        request = HttpRequest("POST", self._server, headers={"Accept": "application/json"}, form=form)
        try:
            answer = self._http.ask(request, tries=TRIES, most=most)
        except HttpError as error:
            if error.reason == Reason.TOO_LARGE:
                raise _TooLargeError(error.sentence) from None
            raise MoodleError(_fault_of(error), error.sentence) from None
        told = _read(answer, function)
        if self._sink is not None and function != SITE_INFO:
            self._sink(function, subject, answer.body)
        return told

    def _wait(self) -> None:
        """Questions begin evenly: a burst would be what the limit is against."""
        now = self._clock()
        if self._free_at is not None and self._free_at > now:
            self._sleep(self._free_at - now)
            now = self._free_at
        self._free_at = now + self._pause


class _TooLargeError(MoodleError):
    def __init__(self, sentence: str) -> None:
        super().__init__(MoodleFault.STRANGE, sentence)


def _fault_of(error: HttpError) -> MoodleFault:
    return MoodleFault.ADDRESS if error.reason in OF_ADDRESS else MoodleFault.AWAY


def _options(**options: str) -> dict[str, str]:
    pairs = enumerate(options.items())
    return {
        key: value
        for number, (name, text) in pairs
        for key, value in ((f"options[{number}][name]", name), (f"options[{number}][value]", text))
    }


def _read(answer: HttpAnswer, function: str) -> Any:
    if answer.status != HTTPStatus.OK:
        raise _of_status(answer)
    if not answer.body.strip():
        # Older releases end so, without a word, where the protocol is switched off.
        raise MoodleError(MoodleFault.SERVICES_OFF, SERVICES_OFF_SENTENCE)
    try:
        told = answer.json()
    except HttpError:
        raise MoodleError(
            MoodleFault.ADDRESS,
            "По этому адресу отвечает не Moodle или не его начало: откройте СДО в браузере и скопируйте адрес первой "
            "страницы без «/login/index.php» и прочего.",
        ) from None
    if isinstance(told, dict) and ("errorcode" in told or "exception" in told):
        raise error_of(answers.text(told.get("errorcode")), function)
    warnings = list(answers.mappings(told.get("warnings"))) if isinstance(told, dict) else []
    if warnings:
        # Seen: with a warning Moodle answered another question, about everybody.
        raise error_of(answers.text(warnings[0].get("warningcode")), function)
    return told


def _of_status(answer: HttpAnswer) -> MoodleError:
    status = answer.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        whither = _shown(answer.headers.get("location", ""))
        named = f" на {whither}" if whither else ""
        return MoodleError(
            MoodleFault.ADDRESS, f"Сайт переадресует{named}: впишите тот адрес, по которому СДО открывается."
        )
    if status == HTTPStatus.FORBIDDEN:
        return MoodleError(MoodleFault.SERVICES_OFF, SERVICES_OFF_SENTENCE)
    if status == HTTPStatus.UNAUTHORIZED:
        return MoodleError(
            MoodleFault.ADDRESS,
            "Сайт закрыт паролем веб-сервера ещё до Moodle. Администратору сайта: откройте путь "
            "/webservice/rest/server.php для этого сервера без такого пароля.",
        )
    if status == HTTPStatus.NOT_FOUND:
        return MoodleError(
            MoodleFault.ADDRESS,
            "По этому адресу Moodle нет: откройте СДО в браузере и скопируйте адрес её первой страницы.",
        )
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return MoodleError(
            MoodleFault.BUSY,
            "СДО занята или на обслуживании. Повторите позже; если так всегда, уменьшите число запросов в минуту.",
        )
    return MoodleError(
        MoodleFault.AWAY,
        f"СДО не смогла ответить (HTTP {status}). Повторите позже; если так всегда, покажите это её администратору.",
    )


def _shown(location: str) -> str:
    """Scheme and host of an address, where it is one fit to be shown."""
    try:
        return tidy_address(location) if "://" in location else ""
    except MoodleError:
        return ""


def _mapping(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise _strange()
    return told


def _mappings(told: Any) -> list[Mapping[str, Any]]:
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise _strange()
    return told


def _identified(remote_id: str) -> str:
    if not remote_id:
        raise _strange()
    return remote_id


def _strange() -> MoodleError:
    return MoodleError(
        MoodleFault.STRANGE,
        "СДО ответила не так, как отвечает Moodle 4. Проверьте адрес и версию сайта.",
    )
