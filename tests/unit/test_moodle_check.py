"""What the administrator of a Moodle is told by `flask moodle-check`, and what nobody is told."""

from __future__ import annotations

import os
import subprocess

import pytest

from app.extensions import db
from app.integrations.http import HttpAnswer, HttpClient, HttpError, Reason
from app.integrations.moodle import NEEDED, MoodleClient
from app.integrations.moodle_check import Step, steps
from app.integrations.moodle_recipe import recipe
from app.services.outside import Outside, open_for
from tests.architecture.source_tree import ROOT
from tests.moodle import ADDRESS, IDNUMBERS, SUSPENDED, TOKEN, PlayedMoodle

pytestmark = pytest.mark.once


@pytest.fixture
def site():
    played = PlayedMoodle()
    played.info["siteurl"] = ADDRESS
    return played


def checked(site, address=ADDRESS, token=TOKEN, **asked) -> list[Step]:
    found = list(steps(lambda tidy: MoodleClient(site, tidy, token, sleep=lambda seconds: None), address, **asked))
    for each in found:
        assert TOKEN not in each.line
        assert "Тестов" not in each.line.replace("Тестовый Moodle", ""), "a person is named"
        assert each.is_fine or each.sentence.endswith("."), each
    return found


def wrong(found: list[Step]) -> list[Step]:
    return [each for each in found if each.is_fine is False]


def test_a_site_that_is_ready_is_all_ticks(site):
    found = checked(site, f"{ADDRESS}/login/index.php", course="2")
    assert {each.is_fine for each in found} == {True}
    lines = "\n".join(each.line for each in found)
    for told in (
        f"✔ Адрес понятен: {ADDRESS}\n",
        "«ws_vsoko»",
        "слушателей 30, преподавателей 2",
        "завершили 3",
        *NEEDED,
    ):
        assert told in lines, told
    assert "индивидуальный номер у 29 из 30, почта у 30, учреждение у 29" in lines
    # A course is found by what Moodle finds it by; without one, the first in which somebody studies is looked into.
    for asked in ({"course": IDNUMBERS[4]}, {}):
        assert any("(id 4)" in each.title and "слушателей 21" in each.sentence for each in checked(site, **asked))


@pytest.mark.parametrize(
    ("answer", "ticks", "title"),
    [
        (HttpError(Reason.NO_HOST, "Узла в сети нет."), 1, "Сайт отвечает"),
        (HttpAnswer(200, {}, b"<html>"), 1, "Сайт отвечает"),
        (HttpAnswer(403), 2, "Веб-службы и REST включены"),
        (HttpAnswer(200, {}, b'{"errorcode": "invalidtoken"}'), 3, "Ключ принят"),
        (HttpAnswer(200, {}, b'{"errorcode": "accessexception"}'), 3, "Ключ принят"),
        (HttpAnswer(200, {}, b'{"errorcode": "wsaccessusersuspended"}'), 3, "Ключ принят"),
    ],
)
def test_the_door_that_is_shut_is_named_and_nothing_behind_it(site, answer, ticks, title):
    site.fail(answer)
    found = checked(site)
    assert [each.is_fine for each in found] == [True] * ticks + [False]
    assert found[-1].title == title


@pytest.mark.parametrize("function", NEEDED)
def test_a_function_that_is_missing_is_named_with_its_rights(site, function):
    if function == "core_webservice_get_site_info":
        site.drop(function)
        assert function in wrong(checked(site))[0].sentence
        return
    site.drop(function)
    only = wrong(checked(site))
    assert [each.title for each in only] == [f"Функция {function}"]
    assert all(each in only[0].sentence for each in NEEDED[function])


@pytest.mark.parametrize(
    ("function", "code", "title"),
    [
        ("core_course_get_courses", "nopermissions", "Курсы видны"),
        ("core_enrol_get_enrolled_users", "requireloginerror", "В курсе видны слушатели"),
        ("core_completion_get_course_completion_status", "cannotviewreport", "Завершение курса читается"),
        ("core_completion_get_course_completion_status", "nocriteriaset", "Завершение курса читается"),
        ("gradereport_user_get_grade_items", "nopermissions", "Оценки за курс читаются"),
    ],
)
def test_a_right_that_is_missing_is_named(site, function, code, title):
    site.refuse(function, code)
    assert [each.title for each in wrong(checked(site))] == [title]


def test_what_works_and_should_be_seen_to(site):
    site.info.update(userissiteadmin=True, release="3.9.1 (Build: 1)", siteurl="https://other.test")
    site.info["functions"].append({"name": "core_user_create_users"})
    for each in site.people[2]:
        each.update(firstname="Анна")
        each.pop("email")
    site.courses[2]["enablecompletion"] = 0
    site.suspended |= {(2, each["id"]) for each in site.people[2]} - {(2, SUSPENDED)}
    found = checked(site, course="2")
    said = "\n".join(each.line for each in found)
    for told in (
        "! Это Moodle 3.9.1",
        "https://other.test",
        "core_user_create_users",
        "администратору сайта",
        "почта у 0",
        "Отчеств не видно",
        "moodle/course:isincompletionreports",
    ):
        assert told in said, told
    assert [each.title for each in wrong(found)] == ["Отслеживание завершения включено"]


def test_a_course_that_is_not_seen_or_is_empty(site):
    assert "99" in wrong(checked(site, course="99"))[0].sentence
    assert wrong(checked(site, course="3"))[0].title == "В курсе видны слушатели"
    site.people = {2: site.people[2][-2:]}
    assert "moodle/course:viewparticipants" in wrong(checked(site))[0].sentence


def test_the_recipe_names_all_that_is_needed():
    text = "\n".join(recipe())
    for function, capabilities in NEEDED.items():
        for each in (function, *capabilities):
            assert text.count(f"      {each}\n") + text.endswith(f"      {each}") == 1, each


@pytest.fixture
def run(app, site, monkeypatch):
    with app.app_context():
        open_for(db.engine, Outside(http=site))
    for name in ("MOODLE_URL", "MOODLE_TOKEN", "MOODLE_COURSE"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*words, typed="", **environment):
        return app.test_cli_runner().invoke(args=("moodle-check", *words), input=typed, env=environment)

    return invoke


def test_the_command_ends_as_the_site_is(run, site):
    done = run("--url", ADDRESS, MOODLE_TOKEN=TOKEN)
    assert (done.exit_code, "СДО готова" in done.output) == (0, True)
    done = run("--url", ADDRESS, typed=f"{TOKEN}\n")
    assert (done.exit_code, TOKEN in done.output) == (0, False)
    site.drop("gradereport_user_get_grade_items")
    done = run(MOODLE_URL=ADDRESS, MOODLE_TOKEN=TOKEN, MOODLE_COURSE="2")
    assert done.exit_code == 1
    assert "✘ Функция gradereport_user_get_grade_items: нет\n    Её нет в службе." in done.output
    assert "moodle-check --recipe" in done.output
    assert run(MOODLE_TOKEN=TOKEN).exit_code == 2
    # The token cannot be an argument: a process list shows those.
    assert run("--url", ADDRESS, "--token", TOKEN).exit_code == 2
    assert "1. Администрирование" in run("--recipe").output


def test_make_hands_the_token_on_without_a_word(tmp_path):
    """What stands in the recipe of make is neither printed nor in a process list, and what is typed is no command."""
    program = tmp_path / ".venv" / "bin" / "flask"
    program.parent.mkdir(parents=True)
    seen = tmp_path / "seen"
    program.write_text(
        f'#!/bin/sh\n{{ tr "\\0" " " < /proc/$PPID/cmdline; echo "$@"; }} > {seen}\n'
        'echo "$MOODLE_URL $MOODLE_COURSE"; test "$MOODLE_TOKEN" = "$TOKEN"\n'
    )
    program.chmod(0o755)
    (tmp_path / ".venv" / ".run").touch()
    done = subprocess.run(
        ["make", "-f", str(ROOT / "Makefile"), "-o", ".venv/.run", "moodle-check", 'URL=https://a.test/"; echo stolen'],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "TOKEN": TOKEN, "COURSE": "`echo 2`"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == 'https://a.test/"; echo stolen `echo 2`\n'
    assert TOKEN not in seen.read_text(encoding="utf-8")
    assert seen.read_text(encoding="utf-8").endswith("--app wsgi moodle-check\n")


def test_a_site_of_one_s_own_network_is_asked_over_its_port(site):
    with site.served() as address:
        site.info["siteurl"] = address
        found = checked(HttpClient(inner_hosts=frozenset({"127.0.0.1"})), address, course="4")
        assert [each.title for each in found if not each.is_fine] == ["Сайт отвечает, но без https"]
        assert not wrong(found)
        assert "INNER_HOSTS" in wrong(checked(HttpClient(), address.replace("http:", "https:")))[0].sentence
