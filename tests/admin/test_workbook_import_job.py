"""Large workbooks: judged and written by jobs, and what becomes of them where a job comes to nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.admin.workbook_import import FORGOTTEN
from app.models import Job, OrgUnit, WorkbookImport
from app.models.enumeration import ImportStatus, UnitKind
from app.policies.unscoped import open_session
from app.services import clock, job_result, org_unit
from tests.admin.test_workbook_import import HEAD, TOWN, brought, saved, upload
from tests.services.workbook_rounds import table

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

__all__ = ["saved"]


def test_a_large_file_is_judged_and_written_by_jobs(app, browser, saved, monkeypatch, engine):
    from app.web.background import worker

    monkeypatch.setattr("app.admin.workbook_intake.SMALL_FILE", 10)
    monkeypatch.setattr("app.admin.workbook_intake.FEW_ROWS", 1)
    client = browser("unit_admin")
    content = table(HEAD, *(("школа", f"Новая школа № {number}", TOWN, None) for number in range(1, 6)))
    address = brought(upload(client, content))
    assert "проверяется" in client.get(address).text
    hands = worker(app)

    def newest() -> int:
        with open_session(engine, reason="a test looks for the job") as session:
            return session.scalars(select(func.max(Job.id))).one()

    assert hands.run(newest())
    assert "Записать: 5" in client.get(address).text
    answer = client.post(f"{address}/apply")
    assert answer.location.startswith("/jobs/")
    assert "Новая школа № 1" not in saved()
    assert hands.run(newest())
    assert "Новая школа № 5" in saved()
    assert "создано 5" in client.get(address).text


@pytest.fixture
def by_jobs(app, browser, engine, monkeypatch):
    """A large file on its way: its person's browser, its page, and the newest job with the hands that run it."""
    from app.web.background import worker

    monkeypatch.setattr("app.admin.workbook_intake.SMALL_FILE", 10)
    client = browser("unit_admin")
    content = table(HEAD, *(("школа", f"Новая школа № {number}", TOWN, None) for number in range(1, 4)))
    address = brought(upload(client, content))

    def newest() -> int:
        with open_session(engine, reason="a test looks for the job") as session:
            return session.scalars(select(func.max(Job.id))).one()

    return client, address, newest, worker(app)


POLLS = 'hx-trigger="every 2s"'


def test_a_large_file_that_is_no_list_is_refused_by_its_job(by_jobs, engine):
    client, _, newest, hands = by_jobs
    address = brought(upload(client, table(("Имя", "Цвет"), ("а", "б"))))
    assert hands.run(newest())
    page = client.get(address).text
    assert POLLS not in page
    assert "не нашлась строка с заголовками" in page
    assert client.post(f"{address}/apply", {"only_right": "1"}).status_code == 409
    with open_session(engine, reason="a test looks at what was saved") as session:
        assert session.scalars(select(WorkbookImport.status).order_by(WorkbookImport.id.desc())).first() is (
            ImportStatus.REFUSED
        )


def test_an_import_whose_judging_was_cancelled_does_not_wait_for_ever(by_jobs):
    client, address, newest, _ = by_jobs
    assert POLLS in client.get(address).text
    client.post(f"/jobs/{newest()}/cancel")
    page = client.get(address).text
    assert POLLS not in page
    assert "Отменено до начала" in page
    assert "Загрузить файл заново" in page
    assert f"{address}/apply" not in page


def test_an_import_whose_writing_was_cancelled_is_written_at_the_second_wish(by_jobs, saved):
    client, address, newest, hands = by_jobs
    assert hands.run(newest())
    # However few rows it changes: all of a large file is judged once more before.
    assert client.post(f"{address}/apply").location == f"/jobs/{newest()}"
    cancelled = newest()
    client.post(f"/jobs/{cancelled}/cancel")
    page = client.get(address).text
    assert "записывается" not in page
    assert POLLS not in page
    assert "Записать: 3" in page
    address_of_job = client.post(f"{address}/apply").location
    assert newest() > cancelled
    # An impatient second press asks for nothing new.
    assert client.post(f"{address}/apply").location == address_of_job == f"/jobs/{newest()}"
    assert POLLS in client.get(address).text
    assert hands.run(newest())
    assert "Новая школа № 3" in saved()
    assert "создано 3" in client.get(address).text


def test_what_changed_while_the_job_waited_is_shown_again(by_jobs, work, world, saved):
    client, address, newest, hands = by_jobs
    assert hands.run(newest())
    client.post(f"{address}/apply")
    # Meanwhile somebody else makes one of the schools.
    session = work("unit_admin")
    town = session.get_one(OrgUnit, world.units["municipality"])
    org_unit.create(session, session.actor, kind=UnitKind.SCHOOL, parent=town, name="Новая школа № 2")
    session.commit()
    assert hands.run(newest())
    assert "проверьте, что он сделает теперь" in client.get(f"/jobs/{newest()}").text
    assert "Новая школа № 1" not in saved()
    assert "Записать: 2" in client.get(address).text
    client.post(f"{address}/apply")
    assert hands.run(newest())
    assert "Новая школа № 1" in saved()


def test_a_job_is_not_asked_to_write_what_has_errors(app, browser, engine, monkeypatch, saved):
    from app.web.background import worker

    monkeypatch.setattr("app.admin.workbook_intake.FEW_ROWS", 0)
    client = browser("unit_admin")
    content = table(HEAD, ("школа", "Новая школа", TOWN, None), ("школа", "Вторая школа", "Нигде", None))
    address = brought(upload(client, content))
    assert client.post(f"{address}/apply").location == f"{address}?skip=1"
    assert "исправьте их или запишите только верные" in client.get(address).text
    with open_session(engine, reason="a test looks for jobs") as session:
        assert session.scalars(select(Job.id)).all() == []
    number = int(client.post(f"{address}/apply", {"only_right": "1"}).location.rpartition("/")[2])
    assert worker(app).run(number)
    assert "Новая школа" in saved()
    assert "Вторая школа" not in saved()


def test_an_import_whose_job_was_forgotten_does_not_wait_for_ever(by_jobs, engine):
    client, address, newest, _ = by_jobs
    client.post(f"/jobs/{newest()}/cancel")
    with open_session(engine, reason="a test lets time pass") as session:
        session.connection(execution_options={"writes": True})
        job_result.forget(session, before=clock.now() + timedelta(days=1))
        session.flush()
        assert session.scalars(select(WorkbookImport.job_id)).all() == [None]
    page = client.get(address).text
    assert POLLS not in page
    assert FORGOTTEN in page
