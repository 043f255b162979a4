"""The client of a Moodle against what a real one answered, and against one that means ill."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.integrations import moodle_answer as answers
from app.integrations.http import HttpError, Reason
from app.integrations.moodle import (
    NEEDED,
    CourseCompletion,
    CourseGrade,
    MoodleFault,
)
from tests.integrations.moodle_client import client, refused
from tests.moodle import SUSPENDED, TEACHER, TOKEN, TUTOR, WHOLE, PlayedMoodle, recorded

pytestmark = pytest.mark.once

SAKHALIN = ZoneInfo("Asia/Sakhalin")
COMPLETION = "core_completion_get_course_completion_status"
ENROLLED = "core_enrol_get_enrolled_users"


@pytest.fixture
def site():
    return PlayedMoodle()


def test_the_site_and_its_courses(site):
    info = client(site).site_info()
    assert (info.name, info.release, info.user_name) == (
        "Тестовый Moodle (ИРОСО)",
        "4.5.6 (Build: 20250811)",
        "ws_vsoko",
    )
    assert info.functions > set(NEEDED)
    assert not info.user_is_admin
    assert recorded("site_info")["userprivateaccesskey"] not in repr(info)
    courses = {each.remote_id: each for each in client(site).courses()}
    assert set(courses) == {"2", "3", "4"}  # and not the site itself
    assert (courses["4"].short_name, courses["4"].fields["hours"]) == ("ВСОКО-ОЦ-18", "18")
    one = client(site).course("2")
    assert (one.remote_id, one.short_name, one.has_completion, one.idnumber) == ("2", "ВСОКО-36", True, "")
    assert client(site).course_by_idnumber("VSOKO-OC-18-2026-1").remote_id == "4"
    assert client(site).course("9") is client(site).course_by_idnumber("NET-TAKOGO") is None
    assert client(site).course_by_idnumber(" ") is None


def test_the_list_of_courses_comes_though_one_of_them_is_closed(site):
    site.refuse("core_course_get_courses", "errorcoursecontextnotvalid")
    assert {each.remote_id for each in client(site).courses()} == {"2", "3", "4"}
    site.refuse("core_course_get_courses", "nopermissions")
    assert refused(client(site).courses).kind is MoodleFault.RIGHTS


def test_everybody_of_a_course_is_told_apart(site):
    people = {each.remote_id: each for each in client(site).people("2")}
    assert len(people) == 32
    assert {each for each, one in people.items() if not one.is_learner} == {str(TEACHER), str(TUTOR)}
    assert {each for each, one in people.items() if not one.is_active} == {str(SUSPENDED)}
    one = people["3"]
    assert (one.full_name, one.last_name, one.first_name) == (
        "Испытания Пробовна Тестова-01",
        "Тестова-01",
        "Испытания Пробовна",
    )
    assert (one.idnumber, one.email, one.position) == (
        "SL-2026-0001",
        "slushatel01@example.test",
        "учитель начальных классов",
    )
    assert people["11"].institution == "мбоу сош № 909 (Вымышленная)"  # the site has spaces around it
    assert (people["7"].idnumber, people["8"].institution, people["21"].last_name) == ("", "", "=1+1 Тестова-19")
    assert people["20"].full_name.endswith("О'Тестова-18")
    # No more is asked than is used.
    fields = next(value for key, value in site.asked[0][1].items() if value.startswith("id,"))
    assert not {"city", "phone1", "username", "lastaccess"} & set(fields.split(","))


def test_who_may_not_know_of_suspended_enrolments_takes_all_for_active(site, monkeypatch):
    told = site._told
    monkeypatch.setattr(
        site,
        "_told",
        lambda function, form: (
            recorded("err_missing_capability_cohorts") if "onlyactive" in form.values() else told(function, form)
        ),
    )
    assert client(site).active("2") is None
    assert all(each.is_active for each in client(site).people("2"))


def test_completion_is_the_verdict_and_the_day_of_the_last_criterion(site):
    moodle = client(site)
    assert moodle.completion("2", str(WHOLE), SAKHALIN) == CourseCompletion(passed=True, completed_on=date(2026, 9, 26))
    assert moodle.completion("2", "4", SAKHALIN) == CourseCompletion(passed=False)
    for nobody in (SUSPENDED, TEACHER, 999):
        assert moodle.completion("2", str(nobody), SAKHALIN) is None
    # Midnight is the region's, not the server's.
    site.complete(2, WHOLE, datetime(2026, 9, 30, 14, 0, tzinfo=UTC))
    assert moodle.completion("2", str(WHOLE), SAKHALIN).completed_on == date(2026, 10, 1)
    assert moodle.completion("2", str(WHOLE), UTC).completed_on == date(2026, 9, 30)


def test_a_time_of_what_was_not_met_is_no_day_of_completion():
    told = recorded("completion_complete")["completionstatus"]
    told["completions"].append({"complete": False, "timecompleted": 1_999_999_999})
    told["completions"].append({"complete": True, "timecompleted": None})
    assert answers.completion(told, UTC).completed_on == date(2026, 9, 25)
    for absurd in (0, -1, 10**18, True, "1790374002", 1.5):
        for each in told["completions"]:
            each["timecompleted"] = absurd
        assert answers.completion(told, UTC) == CourseCompletion(passed=True, completed_on=None)
    # The words of the site's language decide nothing.
    assert not answers.completion({**told, "completed": "Да"}, UTC).passed


def test_grades_are_percents_of_each_person_s_own_total(site):
    grades = client(site).grades("2")
    assert {key: grades[key].text for key in ("6", "8", "11", "18", "20")} == {
        "6": "91,5",
        "8": "97",
        "11": "86,5",
        "18": "73,5",
        "20": "40",
    }
    assert grades["6"].points == "183 из 200"
    assert not {"5", "21", str(TEACHER)} & set(grades)  # none, none and a teacher
    assert len(grades) == 21


def total(**told) -> CourseGrade | None:
    item = {"itemtype": "course", "graderaw": 183, "grademin": 0, "grademax": 200, "scaleid": None, **told}
    return answers.grade({"gradeitems": [{"itemtype": "mod", "graderaw": 1, "grademax": 2}, item]})


def test_what_is_no_grade_is_none():
    assert total(graderaw=66.66667, grademax=100).text == "66,67"
    assert total(graderaw=3, grademin=1, grademax=5).percent == Decimal(50)
    assert total(graderaw=100, grademax=100).text == "100"
    assert total(graderaw=0).text == "0"
    assert total(grademax=0).text == ""
    assert total(graderaw=2, scaleid=1, gradeformatted="Зачтено").text == "Зачтено"
    for nothing in (
        {"graderaw": None},
        {"graderaw": "183"},
        {"graderaw": True},
        {"graderaw": float("nan")},
        {"graderaw": 1e300},
        {"gradeneedsupdate": True},
        {"scaleid": 1, "gradeformatted": '<i class="icon"></i>Зачтено'},
        {"scaleid": 1, "gradeformatted": "-"},
        {"itemtype": "category"},
    ):
        assert total(**nothing) is None, nothing


def test_a_course_too_large_to_be_told_at_once_is_asked_by_person(site):
    whole = client(site).grades("2")
    large = HttpError(Reason.TOO_LARGE, "Слишком много.")
    site.fail(large)
    assert client(site).grades("2", ["6", "8", "5", "999"]) == {key: whole[key] for key in ("6", "8")}
    site.fail(large)
    assert refused(lambda: client(site).grades("2")).kind is MoodleFault.STRANGE


def test_elements_of_a_course_and_their_states(site):
    assert [each.kind for each in client(site).activities("2")] == ["page", "quiz", "assign", "choice"]
    states = {each.remote_id: each for each in client(site).activity_states("2", "6", SAKHALIN)}
    assert (states["2"].is_complete, states["2"].on, states["4"].is_complete) == (True, date(2026, 9, 24), False)
    # «Completed (did not achieve pass grade)» is a failure in spite of its first word.
    failed = answers.activity_state({"cmid": 2, "state": 3, "timecompleted": 1_790_201_202}, UTC)
    assert (failed.is_complete, failed.failed) == (False, True)


def test_the_token_travels_in_the_body_and_is_never_shown(site):
    moodle = client(site, token=f" {TOKEN}\n")
    moodle.courses()
    moodle.people("2")
    assert TOKEN not in repr(moodle)
    assert refused(client(site, token="0" * 32).site_info).kind is MoodleFault.TOKEN


def test_questions_begin_evenly(site):
    now, slept = [100.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    moodle = client(site, a_minute=30, clock=lambda: now[0], sleep=sleep)
    moodle.site_info()
    moodle.site_info()
    now[0] += 1.5  # the answer took its time
    moodle.site_info()
    now[0] += 60
    moodle.site_info()
    moodle.site_info()
    assert slept == [2.0, 0.5, 2.0]


def test_answers_about_people_are_handed_on_as_they_came(site):
    kept = []
    moodle = client(site, sink=lambda *what: kept.append(what))
    moodle.site_info()
    moodle.people("2")
    moodle.completion("2", "6", UTC)
    moodle.grades("2")
    assert [(function, subject) for function, subject, _ in kept] == [
        (ENROLLED, "курс 2"),
        (ENROLLED, "курс 2, действующие записи"),
        (COMPLETION, "курс 2, человек 6"),
        ("gradereport_user_get_grade_items", "курс 2"),
    ]
    assert json.loads(kept[2][2]) == recorded("completion_complete")
    assert TOKEN.encode() not in b"".join(body for *_, body in kept)


def test_what_no_database_stores_is_left_out():
    one = answers.person(
        {
            "id": 7,
            "fullname": "  Иванова\u0000 \ud800Анна\n\u202eПетровна ",
            "lastname": {"a": 1},
            "email": ["x"],
            "idnumber": 17,
            "institution": "Ш" * 9000,
            "customfields": [
                {"shortname": "snils", "name": "СНИЛС", "value": "112-233-445 95"},
                {"shortname": "job", "name": "Должность", "value": "учитель &amp; <b>завуч</b>"},
                "nonsense",
            ],
            "roles": None,
        }
    )
    assert (one.full_name, one.last_name, one.email, one.idnumber) == ("Иванова Анна Петровна", "", "", "17")
    assert (one.snils, one.position, len(one.institution)) == ("11223344595", "учитель & завуч", 500)
    assert "11223344595" not in repr(one)
    assert one.is_learner
    assert answers.person({"id": 1, "customfields": [{"shortname": "snils", "value": "123"}]}).snils == ""
    for absurd in (0, -5, "7a", True, None, 10**30, "²", 1.0):
        assert answers.number(absurd) == "", absurd
    one.full_name.encode()
