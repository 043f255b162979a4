"""A played Moodle: answers as a real 4.5 did (files/moodle/rest), as the `http` of a test or on a port of this machine.

Courses 2 (30 students, one suspended, two who teach) and 4 (21 and two). Whoever has two graded elements is complete;
tests change that with `complete`, `reopen`, `grade`, `enrol`, `leave`, `suspend`, and break it with `refuse`, `fail`.
"""

from __future__ import annotations

import copy
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from app.integrations.http import MOST, HttpAnswer, HttpError, HttpRequest, Reason

RECORDED = Path(__file__).parent / "files" / "moodle" / "rest"
TOKEN = "0123456789abcdef0123456789abcdef"
ADDRESS = "https://sdo.test"
SERVER = "/webservice/rest/server.php"
DAY = 86_400
# The person of the recorded whole, partial and empty completion.
WHOLE, PARTIAL, NOTHING = 6, 4, 5
SUSPENDED, TEACHER, TUTOR = 16, 63, 66
# Moodle finds courses by these and shows them to nobody who may not edit.
IDNUMBERS = {2: "VSOKO-36-2026-1", 3: "VSOKO-UPR-24-2026-1", 4: "VSOKO-OC-18-2026-1"}


@cache
def _text(name: str) -> str:
    return (RECORDED / f"{name}.json").read_text(encoding="utf-8")


def recorded(name: str):
    """A fresh copy of a recorded answer."""
    return json.loads(_text(name))


class PlayedMoodle:
    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.info = recorded("site_info")
        self.courses = {each["id"]: each for each in recorded("courses_by_field_category")["courses"]}
        self.people = {course: recorded(f"enrolled_users_course{course}") for course in (2, 4)}
        self.grades = {course: recorded(f"grade_items_course{course}")["usergrades"] for course in (2, 4)}
        self.suspended = {(2, SUSPENDED)}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self._completed: dict[tuple[int, int], int | None] = {}
        self._refused: dict[str, str] = {}
        self._failures: list[HttpAnswer | HttpError] = []

    # What a test changes.

    def complete(self, course: int, person: int, at: datetime) -> None:
        self._completed[course, person] = int(at.timestamp())

    def reopen(self, course: int, person: int) -> None:
        self._completed[course, person] = None

    def grade(self, course: int, person: int, raw: float | None, highest: float = 100) -> None:
        found = next((each for each in self.grades[course] if each["userid"] == person), None)
        if found is None:
            found = {**copy.deepcopy(self.grades[course][0]), "userid": person}
            self.grades[course].append(found)
        total = next(each for each in found["gradeitems"] if each["itemtype"] == "course")
        total["graderaw"], total["grademax"] = raw, highest

    def enrol(self, course: int, person: int, role: str = "student", **told: object) -> dict:
        """Another person in the course; `told` is of Moodle's own names: fullname, idnumber, email, customfields…"""
        one = {**copy.deepcopy(self.people[2][0]), "id": person, **told}
        one["roles"] = [{"roleid": 5, "name": "", "shortname": role, "sortorder": 0}]
        self.people.setdefault(course, []).append(one)
        self.grades.setdefault(course, [])
        return one

    def person(self, course: int, person: int) -> dict:
        return next(each for each in self.people[course] if each["id"] == person)

    def leave(self, course: int, person: int) -> None:
        self.people[course] = [each for each in self.people[course] if each["id"] != person]
        self.grades[course] = [each for each in self.grades[course] if each["userid"] != person]

    def suspend(self, course: int, person: int) -> None:
        self.suspended.add((course, person))

    def refuse(self, function: str, code: str) -> None:
        """From now on the function answers with this `errorcode`; "" ends it."""
        self._refused[function] = code

    def drop(self, function: str) -> None:
        """Out of the service."""
        self.info["functions"] = [each for each in self.info["functions"] if each["name"] != function]

    def fail(self, *answers: HttpAnswer | HttpError) -> None:
        """The next requests end so, one after another."""
        self._failures.extend(answers)

    # How it is asked.

    def ask(self, request: HttpRequest, *, tries: int = 1, most: int = MOST) -> HttpAnswer:
        """As `HttpClient.ask`, without repeating."""
        del tries
        if self._failures:
            failure = self._failures.pop(0)
            if isinstance(failure, HttpError):
                raise failure
            return failure
        parts = urlsplit(request.url)
        assert not parts.query, "nothing of a request stands in its address"
        answer = self._answered(request.method, parts.path, dict(request.form or {}))
        if len(answer.body) > most:
            raise HttpError(Reason.TOO_LARGE, "Платформа прислала больше, чем можно принять за один раз.")
        return answer

    def __call__(self, environ, start_response):
        """The same as WSGI."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        answer = self._answered(environ["REQUEST_METHOD"], environ["PATH_INFO"], dict(parse_qsl(body)))
        start_response(f"{answer.status} told", [(name, value) for name, value in answer.headers.items()])
        return [answer.body]

    @contextmanager
    def served(self) -> Iterator[str]:
        """On a port of 127.0.0.1, while the block lasts: the address of the site."""
        with make_server("127.0.0.1", 0, self, WSGIServer, _Silent) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()

    def _answered(self, method: str, path: str, form: dict[str, str]) -> HttpAnswer:
        if not path.endswith(SERVER) or method != "POST":
            return HttpAnswer(404, {"content-type": "text/html"}, b"<!doctype html><title>404</title>")
        function = form.pop("wsfunction", "")
        token, shape = form.pop("wstoken", ""), form.pop("moodlewsrestformat", "xml")
        self.asked.append((function, form))
        if shape != "json":
            body = (RECORDED / "err_xml_default_format.xml").read_bytes()
            return HttpAnswer(200, {"content-type": "application/xml; charset=utf-8"}, body)
        told = recorded("err_bad_token") if token != self.token else self._told(function, form)
        return HttpAnswer(200, {"content-type": "application/json"}, json.dumps(told).encode())

    def _told(self, function: str, form: dict[str, str]):
        if self._refused.get(function):
            return refusal(self._refused[function])
        if function not in {each["name"] for each in self.info["functions"]}:
            return recorded("err_function_not_in_service")
        of_site = {
            "core_webservice_get_site_info": lambda: self.info,
            "core_course_get_courses": lambda: recorded("courses_all"),
            "core_course_get_courses_by_field": lambda: self._by_field(form.get("field", ""), form.get("value", "")),
        }
        if function in of_site:
            return of_site[function]()
        if "courseid" not in form:
            return recorded("err_missing_param")
        course, person = int(form["courseid"]), int(form.get("userid", 0))
        if course not in self.courses:
            return recorded("err_no_such_course")
        of_course = {
            "core_enrol_get_enrolled_users": lambda: self._enrolled(course, form),
            "core_completion_get_course_completion_status": lambda: self._completion(course, person),
            "core_completion_get_activities_completion_status": lambda: recorded("activities_completion"),
            "core_course_get_contents": lambda: recorded("contents_course2"),
            "gradereport_user_get_grade_items": lambda: self._graded(course, person),
        }
        return of_course.get(function, lambda: recorded("err_unknown_function"))()

    def _graded(self, course: int, person: int) -> dict:
        active = [each for each in self.grades.get(course, []) if (course, each["userid"]) not in self.suspended]
        return {"usergrades": [each for each in active if person in {0, each["userid"]}], "warnings": []}

    def _by_field(self, field: str, value: str) -> dict:
        match field:
            case "":
                found = list(self.courses.values())
            case "id":
                found = [each for number, each in self.courses.items() if str(number) == value]
            case "idnumber":
                found = [each for number, each in self.courses.items() if IDNUMBERS.get(number) == value]
            case _:
                found = [each for each in self.courses.values() if str(each.get(field)) == value]
        return {"courses": found, "warnings": []}

    def _enrolled(self, course: int, form: dict[str, str]) -> list[dict]:
        options = {form[key]: form[key.replace("[name]", "[value]")] for key in form if re.search(r"\[name\]$", key)}
        found = self.people.get(course, [])
        if options.get("onlyactive") == "1":
            found = [each for each in found if (course, each["id"]) not in self.suspended]
        fields = set(options["userfields"].split(",")) if "userfields" in options else None
        return [{key: value for key, value in each.items() if fields is None or key in fields} for each in found]

    def _completion(self, course: int, person: int):
        one = next((each for each in self.people.get(course, []) if each["id"] == person), None)
        if one is None or (course, person) in self.suspended or one["roles"][0]["shortname"] != "student":
            return recorded("completion_teacher")
        at = self._completed_at(course, person)
        if at is None:
            return recorded("completion_nothing" if person == NOTHING else "completion_partial")
        told = recorded("completion_complete")
        rows = told["completionstatus"]["completions"]
        late = at - rows[-1]["timecompleted"]
        for row in rows:
            row["timecompleted"] += late
        return told

    def _completed_at(self, course: int, person: int) -> int | None:
        if (course, person) in self._completed:
            return self._completed[course, person]
        found = next((each for each in self.grades[course] if each["userid"] == person), None)
        total = found["gradeitems"][-1] if found else {"graderaw": None}
        if total["graderaw"] is None or total["grademax"] < 200:
            return None
        last = recorded("completion_complete")["completionstatus"]["completions"][-1]["timecompleted"]
        return last + (person - WHOLE) * DAY


def refusal(code: str) -> dict:
    return {"exception": "core\\exception\\moodle_exception", "errorcode": code, "message": "Слова сайта о людях."}


class _Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        del args
