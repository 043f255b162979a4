"""What a Moodle refuses, or what is no Moodle at all, is told so that somebody can mend it."""

from __future__ import annotations

import json
from datetime import UTC

import pytest

from app.integrations.http import HttpAnswer, HttpError, Reason
from app.integrations.moodle import MoodleFault, tidy_address
from tests.integrations.moodle_client import client, refused
from tests.moodle import PlayedMoodle, recorded

pytestmark = pytest.mark.once

COMPLETION = "core_completion_get_course_completion_status"
ENROLLED = "core_enrol_get_enrolled_users"


@pytest.fixture
def site():
    return PlayedMoodle()


@pytest.mark.parametrize(
    ("code", "kind", "told"),
    [
        ("invalidtoken", MoodleFault.TOKEN, "Управление ключами"),
        ("invalidtimedtoken", MoodleFault.TOKEN, "Срок"),
        ("invalidiptoken", MoodleFault.TOKEN, "IP"),
        ("accessexception", MoodleFault.FUNCTION, ENROLLED),
        ("nopermissions", MoodleFault.RIGHTS, "moodle/course:viewparticipants"),
        ("cannotviewreport", MoodleFault.RIGHTS, "report/completion:view"),
        ("accessdenied", MoodleFault.RIGHTS, "moodle/site:accessallgroups"),
        ("requireloginerror", MoodleFault.COURSE_CLOSED, "moodle/course:view"),
        ("errorcoursecontextnotvalid", MoodleFault.COURSE_CLOSED, "moodle/course:view"),
        ("invalidrecord", MoodleFault.MISSING, "удалён"),
        ("invaliduser", MoodleFault.MISSING, "больше нет"),
        ("usernotenroled", MoodleFault.NOT_TRACKED, "не отслеживает"),
        ("nocriteriaset", MoodleFault.NO_CRITERIA, "Завершение курса"),
        ("completionnotenabled", MoodleFault.NO_CRITERIA, "Отслеживание завершения"),
        ("invalidparameter", MoodleFault.PARAMETER, "верси"),
        ("wsaccessusersuspended", MoodleFault.ACCOUNT, "приостановлена"),
        ("sitepolicynotagreed", MoodleFault.ACCOUNT, "правила"),
        ("sitemaintenance", MoodleFault.BUSY, "обслуживании"),
        ("codenobodyknows", MoodleFault.STRANGE, "«codenobodyknows»"),
        ("<b>{$a} Иванов</b>", MoodleFault.STRANGE, "ошибкой на вопрос"),
    ],
)
def test_every_refusal_says_what_to_do(site, code, kind, told):
    site.refuse(ENROLLED, code)
    error = refused(lambda: client(site).people("2"))
    assert error.kind is kind
    assert told in error.sentence
    of_site = {"BUSY", "TOKEN", "ACCOUNT", "FUNCTION"}
    assert error.is_of_site == (kind.name in of_site)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (HttpAnswer(302, {"location": "https://new.sdo.test/login/index.php?token=1"}), MoodleFault.ADDRESS),
        (HttpAnswer(301), MoodleFault.ADDRESS),
        (HttpAnswer(401), MoodleFault.ADDRESS),
        (HttpAnswer(404, {}, b"<html>"), MoodleFault.ADDRESS),
        (HttpAnswer(200, {}, b"<!doctype html><title>It works</title>"), MoodleFault.ADDRESS),
        (HttpAnswer(200, {}, b'<?xml version="1.0"?><EXCEPTION/>'), MoodleFault.ADDRESS),
        (HttpAnswer(403), MoodleFault.SERVICES_OFF),
        (HttpAnswer(200, {}, b" "), MoodleFault.SERVICES_OFF),
        (HttpAnswer(429), MoodleFault.BUSY),
        (HttpAnswer(503), MoodleFault.BUSY),
        (HttpAnswer(500, {}, b"trace"), MoodleFault.AWAY),
        (HttpAnswer(200, {}, b'"text"'), MoodleFault.STRANGE),
        (HttpAnswer(200, {}, b"null"), MoodleFault.STRANGE),
        (HttpAnswer(200, {}, b"[1]"), MoodleFault.STRANGE),
        (HttpAnswer(200, {}, b'[{"id": null, "fullname": "x"}]'), MoodleFault.STRANGE),
        (
            HttpAnswer(200, {}, b'{"users": [], "warnings": [{"warningcode": "invalidfieldparameter"}]}'),
            MoodleFault.STRANGE,
        ),
        (HttpError(Reason.NO_HOST, "Узла нет."), MoodleFault.ADDRESS),
        (HttpError(Reason.INNER, "Узел внутри."), MoodleFault.ADDRESS),
        (HttpError(Reason.CERTIFICATE, "Сертификат не тот."), MoodleFault.ADDRESS),
        (HttpError(Reason.BROKEN, "Не отвечает."), MoodleFault.AWAY),
        (HttpError(Reason.TIME_OUT, "Не успела."), MoodleFault.AWAY),
    ],
)
def test_what_is_no_answer_of_a_moodle_is_told_so(site, answer, kind):
    site.fail(answer)
    error = refused(lambda: client(site).people("2"))
    assert error.kind is kind
    if isinstance(answer, HttpAnswer) and answer.headers:
        assert "https://new.sdo.test:" in error.sentence


def test_answers_to_another_question_are_not_taken(site):
    """Moodle has answered about everybody before, with no more than a warning."""
    for function, ask, told in (
        ("gradereport_user_get_grade_items", lambda: client(site).grades("2"), recorded("grade_items_course4")),
        (
            "gradereport_user_get_grade_items",
            lambda: client(site).grades("2"),
            {"usergrades": [], "warnings": [{"item": "x", "warningcode": "1", "message": "x"}]},
        ),
        ("core_user_get_users", lambda: client(site).people("2"), recorded("users_bad_key")),
        ("core_course_get_courses_by_field", lambda: client(site).course("2"), recorded("courses_by_field_category")),
        (COMPLETION, lambda: client(site).completion("2", "6", UTC), {"completionstatus": [], "warnings": []}),
    ):
        site.fail(HttpAnswer(200, {}, json.dumps(told).encode()))
        assert refused(ask).kind is MoodleFault.STRANGE, function


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" https://sdo.example.ru/ ", "https://sdo.example.ru"),
        ("sdo.example.ru", "https://sdo.example.ru"),
        ("https://SDO.example.ru:443/login/index.php?wantsurl=1#x", "https://sdo.example.ru"),
        ("https://example.ru/moodle/course/view.php?id=7", "https://example.ru/moodle"),
        ("https://example.ru/moodle/webservice/rest/server.php?wstoken=1", "https://example.ru/moodle"),
        ("https://example.ru/mymoodle/my/", "https://example.ru/mymoodle"),
        ("http://10.0.0.5:8080/", "http://10.0.0.5:8080"),
        ("https://[2a02:6b8::1]:8443/x", "https://[2a02:6b8::1]:8443/x"),
        ("https://сдо.рф/", "https://сдо.рф"),
    ],
)
def test_where_a_site_begins(typed, address):
    assert tidy_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        *("", "https://", "ftp://sdo.ru", "javascript:alert(1)", "https://a@b.ru", "https://b.ru\\@c", "https://b .ru"),
        *("https://b.ru:x", "https://b.ru\x00", "https://[::1", "https://" + "b" * 400),
    ],
)
def test_what_is_no_address_of_a_site(typed):
    assert refused(lambda: tidy_address(typed)).kind is MoodleFault.ADDRESS
