"""Workbooks that a page does not judge by itself: long lists, and files that nobody can read."""

from __future__ import annotations

from sqlalchemy import func, select

from app.models import Job
from app.policies.unscoped import open_session
from tests.admin.test_workbook_import import HEAD, TOWN, brought, upload
from tests.services.workbook_rounds import table


def test_a_long_list_in_a_small_file_is_for_a_job(browser, monkeypatch, engine):
    monkeypatch.setattr("app.services.bulk_import.TOLD_EVERY", 1)
    monkeypatch.setattr("app.admin.workbook_intake.SHORT_LIST", 2)
    client = browser("unit_admin")
    rows = [("школа", f"Новая школа № {number}", TOWN, None) for number in range(3)]
    assert "проверяется" not in client.get(brought(upload(client, table(HEAD, *rows[:2])))).text
    assert "проверяется" in client.get(brought(upload(client, table(HEAD, *rows)))).text
    # Few changes in a long list are judged again before they are written: that is for a job, too.
    monkeypatch.setattr("app.admin.workbook_intake.SHORT_LIST", 10)
    address = brought(upload(client, table(HEAD, *rows)))
    monkeypatch.setattr("app.admin.workbook_intake.SHORT_LIST", 2)
    assert client.post(f"{address}/apply").location.startswith("/jobs/")


def test_a_file_that_was_not_judged_has_no_marks(app, browser, monkeypatch, engine):
    from app.web.background import worker

    monkeypatch.setattr("app.admin.workbook_intake.SMALL_FILE", 10)
    client = browser("unit_admin")
    address = brought(upload(client, b"%PDF-1.7 a letter"))
    assert client.get(f"{address}/marked").status_code == 404
    with open_session(engine, reason="a test looks for the job") as session:
        number = session.scalars(select(func.max(Job.id))).one()
    assert worker(app).run(number)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}/marked").status_code == 404


def test_nobody_fills_the_store_in_a_day(browser, monkeypatch):
    monkeypatch.setattr("app.services.workbook_import.MOST_A_DAY", 1)
    client = browser("unit_admin")
    content = table(("Вид", "Наименование"), ("муниципалитет", "Новый округ"))
    assert upload(client, content).status_code == 302
    answer = upload(client, content)
    assert answer.status_code == 422
    assert "За сутки" in answer.text
