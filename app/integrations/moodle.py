"""A Moodle read by its REST web services. Every refusal comes as a sentence that says what its administrator must do.

Errors of Moodle are answers of HTTP 200 that hold `errorcode`; parameters and the token travel in the body of a POST,
so that no address ever holds the token.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any, Final, Protocol

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
    SITE_INFO,
    WELCOME,
    MoodleError,
    MoodleFault,
)
from app.integrations.moodle_reading import identified, mapping, mappings, read, strange, tidy_address

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
    "Pace",
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
# The course that stands for the site itself.
SITE_COURSE = "1"

Sink = Callable[[str, str, bytes], None]


class _Asks(Protocol):
    def ask(self, request: HttpRequest, *, tries: int = 1, most: int = MOST) -> HttpAnswer: ...


class Pace:
    """When the next question to a site may begin, whoever of this process asks it."""

    def __init__(self) -> None:
        self._free_at: float | None = None
        self._held = threading.Lock()

    def turn(self, now: float, pause: float) -> float:
        """Seconds to wait for one's turn; the one after begins `pause` seconds later."""
        with self._held:
            begins = now if self._free_at is None else max(now, self._free_at)
            self._free_at = begins + pause
            return begins - now


class MoodleClient:
    """One site and one token. Not more than `a_minute` questions a minute, of all that share the `pace`;
    `sink(function, subject, body)` gets every answer about courses and people as it came («курс 2», «курс 2,
    человек 6»).

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
        pace: Pace | None = None,
    ) -> None:
        self._http = http
        self._server = tidy_address(address) + SERVER
        self._token = token.strip()
        self._pause = 60 / a_minute
        self._clock, self._sleep = clock, sleep
        self._sink = sink
        self._pace = pace or Pace()

    def __repr__(self) -> str:
        return f"MoodleClient({self._server!r})"

    def site_info(self) -> SiteInfo:
        """Never handed to the sink: the answer holds a private key of the account."""
        return answers.site_info(mapping(self._told(SITE_INFO)))

    def courses(self) -> tuple[Course, ...]:
        """All courses that the account sees, but the site itself."""
        try:
            told = mappings(self._told(COURSES))
        except MoodleError as error:
            if error.kind is not MoodleFault.COURSE_CLOSED:
                raise
            # One course out of reach shuts the whole list; the other function leaves such courses out.
            told = mappings(mapping(self._told(COURSES_BY_FIELD)).get("courses"))
        found = [answers.course(each) for each in told]
        return tuple(each for each in found if identified(each.remote_id) != SITE_COURSE)

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
        found = {identified(each.remote_id): each for each in map(answers.person, mappings(told))}
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
        return frozenset(identified(answers.number(each.get("id"))) for each in mappings(told))

    def completion(self, course_id: str, person_id: str, zone: tzinfo) -> CourseCompletion | None:
        """None for whom Moodle does not track: teachers, suspended enrolments, people no longer enrolled or gone."""
        asked = {"courseid": course_id, "userid": person_id}
        try:
            told = self._told(COMPLETION, asked, f"курс {course_id}, человек {person_id}")
        except MoodleError as error:
            if error.kind is MoodleFault.NOT_TRACKED:
                return None
            raise
        return answers.completion(mapping(mapping(told).get("completionstatus")), zone)

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
        return answers.activities(list(mappings(self._told(CONTENTS, {"courseid": course_id}, f"курс {course_id}"))))

    def activity_states(self, course_id: str, person_id: str, zone: tzinfo) -> tuple[ActivityState, ...]:
        asked = {"courseid": course_id, "userid": person_id}
        told = mapping(self._told(ACTIVITIES, asked, f"курс {course_id}, человек {person_id}"))
        return tuple(answers.activity_state(each, zone) for each in mappings(told.get("statuses")))

    def _by_field(self, field: str, value: str) -> Course | None:
        told = mapping(self._told(COURSES_BY_FIELD, {"field": field, "value": value}))
        found = [answers.course(each) for each in mappings(told.get("courses"))]
        if len(found) > 1:
            raise strange()
        return next((each for each in found if identified(each.remote_id) != SITE_COURSE), None)

    def _grades(
        self, course_id: str, asked: Mapping[str, str], subject: str, *, most: int = MOST
    ) -> dict[str, CourseGrade]:
        told = mapping(self._told(GRADES, asked, subject, most=most))
        found = {}
        for each in mappings(told.get("usergrades")):
            if answers.number(each.get("courseid")) != course_id:
                raise strange()
            total = answers.grade(each)
            if total is not None:
                found[identified(answers.number(each.get("userid")))] = total
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
        told = read(answer, function)
        if self._sink is not None and function != SITE_INFO:
            self._sink(function, subject, answer.body)
        return told

    def _wait(self) -> None:
        """Questions begin evenly: a burst would be what the limit is against."""
        wait = self._pace.turn(self._clock(), self._pause)
        if wait:
            self._sleep(wait)


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
