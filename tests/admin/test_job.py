"""The pages of background jobs: what is told, when the page stops asking, the file, cancelling."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.models import Job
from app.models.enumeration import JobStatus
from app.policies.unscoped import open_session
from app.services import clock, job_result
from tests.jobs.tasks import ask, worker_for

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

PART = {"HX-Request": "true"}


@pytest.fixture
def asked(engine, world):
    def of(login: str, kind: str = "test.count", **parameters) -> int:
        return ask(
            engine, world.users[login], world.units.get(login), kind, parameters or {"total": 3}, now=clock.now()
        )

    return of


@pytest.fixture
def hands(engine, app, tmp_path):
    return worker_for(engine, tmp_path)


def change(engine, number, **values):
    with open_session(engine, reason="tests change") as session:
        session.connection(execution_options={"writes": True})
        session.execute(update(Job).where(Job.id == number).values(**values))


def test_a_waiting_job_is_followed_until_its_end(browser, asked, hands):
    number, page = asked("school"), browser("school")
    whole = page.get(f"/jobs/{number}").text
    assert "<!DOCTYPE" in whole
    assert "в очереди" in whole
    assert f'hx-get="/jobs/{number}" hx-trigger="every 2s"' in whole
    part = page.get(f"/jobs/{number}", headers=PART)
    assert "<!DOCTYPE" not in part.text
    assert "HX-Trigger" not in part.headers
    assert hands.run(number)
    ended = page.get(f"/jobs/{number}", headers=PART)
    assert "hx-get" not in ended.text
    assert "Сосчитано: 3." in ended.text
    assert 'href="/orders/"' in ended.text
    assert "Отменить" not in ended.text
    told = json.loads(ended.headers["HX-Trigger"])["app:announce"]
    assert told == {"text": "Проба: test.count: готово.", "category": "success"}
    assert ended.headers["HX-Trigger"].isascii()


def test_the_list_shows_ones_own_jobs_and_asks_again_while_one_runs(browser, asked, hands):
    mine, foreign = asked("school"), asked("school2")
    page = browser("school")
    listed = page.get("/jobs/").text
    assert f'href="/jobs/{mine}"' in listed
    assert f'href="/jobs/{foreign}"' not in listed
    assert 'hx-trigger="every 3s"' in listed
    assert hands.run(mine)
    part = page.get("/jobs/", headers=PART).text
    assert "<!DOCTYPE" not in part
    assert "hx-trigger" not in part
    assert "Сосчитано: 3." in part


def test_progress_is_drawn(browser, asked, engine):
    number = asked("school")
    later = clock.now() + timedelta(hours=1)
    change(engine, number, status=JobStatus.RUNNING, worker="w", held_until=later, progress=40, total=120)
    assert "40 из 120" in browser("school").get(f"/jobs/{number}").text


def test_an_installation_administrator_has_jobs_too(browser, asked, hands):
    number = asked("admin", "test.units")
    assert hands.run(number)
    page = browser("admin")
    assert "готово" in page.get("/jobs/").text
    assert page.get(f"/jobs/{number}").status_code == 200
    assert 'href="/jobs/"' in page.get("/users/").text


def test_whoever_stands_nowhere_has_none(browser):
    page = browser("nobody")
    assert page.get("/jobs/").status_code == 403
    assert 'href="/jobs/"' not in page.get("/").text


@pytest.mark.parametrize("path", ["", "/result"])
def test_a_colleague_of_the_same_unit_sees_nothing(browser, asked, hands, path):
    number = asked("municipality", "test.file")
    assert hands.run(number)
    assert browser("municipality").get(f"/jobs/{number}{path}").status_code == 200
    assert browser("colleague").get(f"/jobs/{number}{path}").status_code == 404
    assert browser("colleague").post(f"/jobs/{number}/cancel").status_code == 404


def test_the_file_is_a_download_until_its_day(browser, asked, hands, engine):
    number, page = asked("school", "test.file"), browser("school")
    assert page.get(f"/jobs/{number}/result").status_code == 404
    assert hands.run(number)
    answer = page.get(f"/jobs/{number}/result")
    assert answer.data == b"0123456789" * 1000
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "9 КБ" in page.get(f"/jobs/{number}").text
    with open_session(engine, reason="tests let time pass") as session:
        session.connection(execution_options={"writes": True})
        assert job_result.expire(session, now=clock.now() + timedelta(days=8))
    gone = page.get(f"/jobs/{number}/result")
    assert gone.status_code == 404
    told = page.get(f"/jobs/{number}").text
    assert "Файл удалён по истечении срока." in told
    assert "/result" not in told


def test_a_waiting_job_is_cancelled_at_once_and_never_run(browser, asked, hands):
    number, page = asked("school"), browser("school")
    assert page.post(f"/jobs/{number}/cancel").status_code == 302
    told = page.get(f"/jobs/{number}").text
    assert "отменено" in told
    assert 'hx-trigger="every' not in told
    assert not hands.run(number)
    assert page.post(f"/jobs/{number}/cancel").status_code == 409


def test_a_running_job_is_asked_to_stop(browser, asked, engine):
    number, page = asked("school"), browser("school")
    later = clock.now() + timedelta(hours=1)
    change(engine, number, status=JobStatus.RUNNING, worker="w", held_until=later)
    assert page.post(f"/jobs/{number}/cancel").status_code == 302
    told = page.get(f"/jobs/{number}").text
    assert "останавливается" in told
    assert f"/jobs/{number}/cancel" not in told


def test_the_watchman_hears_of_jobs_that_nobody_runs(app, asked, engine):
    client = app.test_client()
    fresh = asked("school")
    assert client.get("/health/jobs").status_code == 200
    change(engine, fresh, asked_at=clock.now() - timedelta(minutes=6))
    answer = client.get("/health/jobs")
    assert answer.status_code == 503
    assert client.get("/health/ready").status_code == 200
    later = clock.now() + timedelta(minutes=1)
    change(engine, fresh, status=JobStatus.RUNNING, worker="w", held_until=later)
    assert client.get("/health/jobs").status_code == 200
    change(engine, fresh, held_until=clock.now() - timedelta(minutes=6))
    assert client.get("/health/jobs").status_code == 503
