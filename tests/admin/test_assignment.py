"""An assignment through the pages: taken, reported, returned, accepted, off control; refused where it must be."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.models import Assignment, AssignmentReport, AuditEvent, EvidenceRevision, OrderPoint
from app.models.enumeration import AssignmentStatus, ReportStatus
from app.policies.unscoped import open_session
from tests.admin.assignment_pages import LATER, TODAY, a_file, issued, report, stored

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

__all__ = ["issued"]


def test_from_assignment_to_off_control(engine, issued, browser):
    number = issued.assignments["3", "school"]
    school, town, region = browser("school"), browser("municipality"), browser("region")
    assert school.post(f"/assignments/{number}/take").status_code == 302
    assert report(school, number, version="2", evidence=a_file()).status_code == 302
    assert stored(engine, number).status is AssignmentStatus.SUBMITTED
    returned = town.post(f"/assignments/{number}/return", {"version": "3", "note": "Нет подписи"})
    assert returned.status_code == 302
    assert "Нет подписи" in school.get(f"/assignments/{number}").text
    assert report(school, number, version="4", existing="1").status_code == 302
    assert town.post(f"/assignments/{number}/accept", {"version": "5"}).status_code == 302
    done = stored(engine, number)
    assert (done.status, done.done_on, done.off_control_on) == (AssignmentStatus.DONE, TODAY, None)
    # The order is the region's: the municipality accepts its school's report and takes nothing off control.
    assert town.post(f"/assignments/{number}/take_off_control", {"version": "6"}).status_code == 403
    assert region.post(f"/assignments/{number}/take_off_control", {"version": "6"}).status_code == 302
    assert stored(engine, number).status is AssignmentStatus.OFF_CONTROL
    with open_session(engine, reason="tests look") as session:
        told = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.record_type == "assignment", AuditEvent.record_id == number)
            .order_by(AuditEvent.id)
        ).all()
    assert told == ["create", "take", "submit", "return", "submit", "accept", "take_off_control"]


def test_informing_closes_by_acknowledgement(engine, issued, browser):
    number = issued.assignments["1", "provider"]
    assert browser("provider").post(f"/assignments/{number}/acknowledge").status_code == 302
    assert stored(engine, number).status is AssignmentStatus.DONE
    other = issued.assignments["2", "municipality"]
    assert browser("municipality").post(f"/assignments/{other}/acknowledge").status_code == 422


def test_a_report_without_demanded_evidence_keeps_what_was_typed(engine, issued, browser):
    number = issued.assignments["3", "school"]
    answer = report(browser("school"), number, text="Разместили на сайте")
    assert answer.status_code == 422
    assert "нужно подтверждение" in answer.text
    assert "Разместили на сайте" in answer.text
    assert stored(engine, number).status is AssignmentStatus.ASSIGNED


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": " "}, "Напишите, что сделано"),
        ({"outcome": "not_done"}, "Укажите причину неисполнения"),
        ({"url": "javascript:alert(1)"}, "Это не адрес страницы"),
        ({"evidence": (io.BytesIO(b"MZ\x90\x00" + b"\0" * 100), "устав.pdf")}, ""),
        ({"outcome": "done", "version": "9"}, "уже изменил кто-то другой"),
    ],
)
def test_a_bad_report_is_refused_in_words(engine, issued, browser, typed, sentence):
    number = issued.assignments["2", "municipality"]
    answer = report(browser("municipality"), number, **typed)
    assert answer.status_code in {409, 422}
    assert sentence in answer.text
    assert stored(engine, number).status is AssignmentStatus.ASSIGNED


def test_a_shortfall_is_noted_and_stays_on_control(engine, issued, browser):
    number = issued.assignments["2", "municipality"]
    assert report(browser("municipality"), number, outcome="not_done", reason="Нет специалиста").status_code == 302
    assert browser("region").post(f"/assignments/{number}/accept", {"version": "2"}).status_code == 302
    found = stored(engine, number)
    assert (found.status, found.done_on) == (AssignmentStatus.ACCEPTED, None)
    with open_session(engine, reason="tests look") as session:
        assert session.scalar(select(AssignmentReport.status)) is ReportStatus.NOTED


def test_an_interim_report_moves_nothing(engine, issued, browser):
    number = issued.assignments["2", "municipality"]
    town = browser("municipality")
    assert report(town, number, kind="interim", outcome="partial").status_code == 302
    assert stored(engine, number).status is AssignmentStatus.ASSIGNED
    page = browser("region").get(f"/assignments/{number}")
    assert "Принять к сведению" in page.text


def test_nobody_accepts_what_they_sent_or_their_own(engine, issued, browser):
    number = issued.assignments["2", "municipality"]
    assert report(browser("municipality"), number).status_code == 302
    for login in ("municipality", "colleague"):
        assert browser(login).post(f"/assignments/{number}/accept", {"version": "2"}).status_code == 403
    assert stored(engine, number).status is AssignmentStatus.SUBMITTED


def test_a_municipality_splits_its_assignment_and_waits_for_its_schools(engine, world, issued, browser):
    number = issued.assignments["2", "municipality"]
    town, school = browser("municipality"), browser("school")
    late = {"version": "1", "due_on": LATER.isoformat(), "school_ids": [world.units["school"]]}
    refused = town.post(f"/assignments/{number}/cascade", late)
    assert refused.status_code == 422
    assert "раньше вашего" in refused.text
    foreign = {"version": "1", "due_on": TODAY.isoformat(), "school_ids": [world.units["school_b"]]}
    assert town.post(f"/assignments/{number}/cascade", foreign).status_code == 404
    both = [world.units["school"], world.units["school2"]]
    given = {"version": "1", "due_on": (LATER - timedelta(days=5)).isoformat(), "school_ids": both}
    assert town.post(f"/assignments/{number}/cascade", given).status_code == 302
    page = town.get(f"/assignments/{number}").text
    assert "0 из 2 ОО" in page
    early = report(town, number, version="2")
    assert early.status_code == 422
    assert "Исполнили 0 из 2 ОО" in early.text
    with open_session(engine, reason="tests look") as session:
        child = session.scalars(
            select(Assignment).where(Assignment.parent_id == number, Assignment.org_unit_id == world.units["school"])
        ).one()
    assert report(school, child.id).status_code == 302
    assert town.post(f"/assignments/{child.id}/accept", {"version": "2"}).status_code == 302
    assert "1 из 2 ОО" in town.get(f"/assignments/{number}").text
    assert report(town, number, version="2", reason="Вторая школа на ремонте").status_code == 302


def test_a_later_term_is_asked_and_granted(engine, issued, browser):
    number = issued.assignments["2", "municipality"]
    town, region = browser("municipality"), browser("region")
    wanted = (LATER + timedelta(days=10)).isoformat()
    too_early = town.post(f"/assignments/{number}/extension", {"due_after": TODAY.isoformat(), "reason": "Отпуск"})
    assert too_early.status_code == 422
    assert town.post(f"/assignments/{number}/extension", {"due_after": wanted, "reason": "Отпуск"}).status_code == 302
    assert "Отпуск" in region.get(f"/assignments/{number}").text
    assert region.post(f"/assignments/{number}/extension/1/refuse", {"note": ""}).status_code == 422
    assert region.post(f"/assignments/{number}/extension/1/grant").status_code == 302
    found = stored(engine, number)
    assert (found.due_on, found.original_due_on) == (date.fromisoformat(wanted), LATER)
    assert "срок продлён" in town.get(f"/assignments/{number}").text


def test_many_are_accepted_with_a_verdict_per_row(engine, issued, browser):
    sent, silent = issued.assignments["2", "municipality"], issued.assignments["2", "municipality2"]
    assert report(browser("municipality"), sent).status_code == 302
    answer = browser("region").post("/assignments/accept-many", {"id": [sent, silent]})
    assert answer.status_code == 200
    assert "Сделано: 1 из 2" in answer.text
    assert stored(engine, sent).status is AssignmentStatus.DONE
    assert stored(engine, silent).status is AssignmentStatus.ASSIGNED


def test_a_foreign_row_among_many_undoes_the_whole_act(engine, issued, browser):
    sent, foreign = issued.assignments["3", "school"], issued.assignments["3", "school_b"]
    assert report(browser("school"), sent, url="school.ru/doc").status_code == 302
    answer = browser("municipality").post("/assignments/accept-many", {"id": [sent, foreign]})
    assert answer.status_code == 404
    assert stored(engine, sent).status is AssignmentStatus.SUBMITTED


def test_a_file_is_a_download_and_only_within_the_scope(engine, issued, browser):
    number = issued.assignments["3", "school"]
    assert report(browser("school"), number, evidence=a_file("Приказ № 7.txt")).status_code == 302
    with open_session(engine, reason="tests look") as session:
        revision = session.scalars(select(EvidenceRevision)).one()
    for login, status in (
        ("school", 200),
        ("municipality", 200),
        ("region", 200),
        ("observer", 200),
        ("school2", 404),
        ("municipality2", 404),
        ("provider", 404),
        ("foreign_region", 404),
        ("admin", 403),
    ):
        answer = browser(login).get(f"/evidence/files/{revision.id}")
        assert answer.status_code == status, login
        if status == 200:
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert "%D0%9F%D1%80" in answer.headers["Content-Disposition"]
            assert answer.data.decode() == "Положение о ВСОКО"
            assert answer.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_recurring_point_is_reported_by_periods(engine, world, issued, browser):
    from app.models import AssignmentPeriod
    from app.models.enumeration import PeriodStatus, Recurrence, TermKind

    number = issued.assignments["2", "municipality"]
    with open_session(engine, reason="tests make the point recurring") as session:
        point = session.get_one(OrderPoint, issued.points["2"])
        point.term_kind, point.due_on = TermKind.RECURRING, None
        point.recurrence, point.recurrence_day = Recurrence.QUARTERLY, 5
        for month in (1, 4):
            session.add(
                AssignmentPeriod(
                    org_unit_id=world.units["municipality"],
                    assignment_id=number,
                    starts_on=date(2027, month, 1),
                    ends_on=date(2027, month + 2, 28),
                    due_on=date(2027, month + 3, 5),
                )
            )
    town, region = browser("municipality"), browser("region")
    assert "за который отчитываетесь" in report(town, number).text
    assert report(town, number, period_id="1").status_code == 302
    assert region.post(f"/assignments/{number}/accept", {"version": "2"}).status_code == 302
    first = stored(engine, number)
    assert (first.status, first.due_on) == (AssignmentStatus.ACCEPTED, date(2027, 7, 5))
    assert report(town, number, period_id="2", version=str(first.version)).status_code == 302
    assert region.post(f"/assignments/{number}/accept").status_code == 302
    assert stored(engine, number).status is AssignmentStatus.DONE
    with open_session(engine, reason="tests look") as session:
        assert set(session.scalars(select(AssignmentPeriod.status))) == {PeriodStatus.ACCEPTED}
