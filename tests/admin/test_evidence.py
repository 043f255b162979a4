"""Proof in pages: the register and its filters, the card, revisions, where it lies, the refused removal, the choice."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.models import (
    Assessment,
    AuditEvent,
    CriterionScore,
    Evidence,
    EvidenceRevision,
    Mailing,
    ReportEvidence,
    ScoreEvidence,
)
from app.models.enumeration_of_measures import MeasureStatus
from app.models.enumeration_of_training import CertificateStatus
from app.policies.unscoped import open_session
from app.services import assessment_approval as approvals
from app.services import clock
from tests.factories.measures import add_evidence, add_measure, rest_on
from tests.factories.monitoring import fill_sheet, hold_round
from tests.factories.order import Point, add_report, issue_order
from tests.factories.training import add_certificate, add_person, writing
from tests.services.approved_sheets import accepted_sheets, approve_sheet, prove

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TODAY = clock.today("Asia/Sakhalin")
DAY = timedelta(days=1)
TYPED = {"kind": "local_act", "title": "Положение о ВСОКО", "number": "7", "dated_on": "2026-09-01", "url": ""}


def stored(engine, number):
    with writing(engine) as session:
        return session.get(Evidence, number)


def revisions(engine, number):
    with writing(engine) as session:
        found = select(EvidenceRevision.number, EvidenceRevision.file_name)
        return [tuple(row) for row in session.execute(found.where(EvidenceRevision.evidence_id == number))]


@pytest.fixture
def spread(engine, world):
    """A piece of the school's that lies in all four places; beside it others that lie nowhere, and a neighbour's."""
    issued = issue_order(engine, world, points=(Point("1", TODAY + 30 * DAY, ("school", "school2")),))
    number = issued.assignments["1", "school"]
    add_report(engine, world, "school", number, evidence=[{"title": "Приложено везде"}])
    with writing(engine) as session:
        [piece] = session.scalars(select(Evidence.id))
    held = hold_round(engine, world)
    score = fill_sheet(engine, world, held, "school", {"Д1": "2"})["Д1"]
    prove(engine, score, "Только под ответом", "b")
    with writing(engine) as session:
        session.add(ScoreEvidence(org_unit_id=world.units["school"], score_id=score, evidence_id=piece))
    measure = add_measure(engine, world, status=MeasureStatus.DONE, title="Мера с доказательством")
    rest_on(engine, measure, piece)
    person = add_person(engine, world, last_name="Сканова")
    certificate = add_certificate(engine, world, person, status=CertificateStatus.ENTERED, evidence_id=piece)
    return {
        "piece": piece,
        "assignment": number,
        "sheet": held.assessments["school"],
        "measure": measure,
        "certificate": certificate,
        "soon": add_evidence(engine, world, title="Истекающее", valid_until=TODAY + 90 * DAY),
        "expired": add_evidence(engine, world, title="Истекшее", valid_until=TODAY - DAY),
        "far": add_evidence(engine, world, title="Долгое", valid_until=TODAY + 91 * DAY),
        "foreign": add_evidence(engine, world, "school2", title="Соседнее"),
    }


def test_the_register_and_the_card(engine, world, browser, spread):
    school, town = browser("school"), browser("municipality")
    everything = school.get("/evidence/").text
    assert "Приложено везде" in everything
    assert "Соседнее" not in everything
    row = everything.split("Приложено везде")[1].split("</tr>")[0]
    assert '<td class="number">4</td>' in row
    for query, found in {
        "expiry=soon": {"Истекающее"},
        "expiry=expired": {"Истекшее"},
        "used=none": {"Истекающее", "Истекшее", "Долгое"},
        "q=ИСТЕКАЮЩЕЕ": {"Истекающее"},
        "kind=local_act&used=some": {"Только под ответом"},
    }.items():
        page = school.get(f"/evidence/?{query}").text
        titles = {"Приложено везде", "Только под ответом", "Истекающее", "Истекшее", "Долгое"}
        assert {title for title in titles if title in page} == found, query
    assert school.get("/evidence/?expiry=never").status_code == 400
    assert school.get("/evidence/?on_day=2026-11-01").status_code == 200
    assert "Соседнее" in town.get(f"/evidence/?unit={world.units['school2']}").text
    assert school.get(f"/evidence/{spread['foreign']}").status_code == 404
    card = school.get(f"/evidence/{spread['piece']}").text
    for address in (
        f"/assignments/{spread['assignment']}",
        f"/assessments/{spread['sheet']}#criterion-",
        f"/corrective-measures/{spread['measure']}",
        f"/certificates/{spread['certificate']}",
    ):
        assert f'href="{address}' in card
    assert "/remove" not in card
    assert "истекает" in school.get(f"/evidence/{spread['soon']}").text
    assert "истекает" not in school.get(f"/evidence/{spread['far']}").text
    assert "срок истёк" in school.get(f"/evidence/{spread['expired']}").text
    seen = town.get(f"/evidence/{spread['soon']}").text
    assert "Истекающее" in seen
    assert "Новая редакция" not in seen


def test_the_removal_names_what_rests_on_it(engine, world, browser, spread):
    school = browser("school")
    answer = school.post(f"/evidence/{spread['piece']}/remove", {"version": "1"}, follow_redirects=True)
    for words in ("Убрать нельзя", "отчёт", "Мера с доказательством", "и ещё 1"):
        assert words in answer.text
    assert stored(engine, spread["piece"]) is not None
    assert browser("municipality").post(f"/evidence/{spread['far']}/remove", {"version": "1"}).status_code == 403
    assert school.post(f"/evidence/{spread['foreign']}/remove", {"version": "1"}).status_code == 404
    assert school.post(f"/evidence/{spread['far']}/remove", {"version": "9"}).status_code == 409
    assert "убрано" in school.post(f"/evidence/{spread['far']}/remove", {"version": "1"}, follow_redirects=True).text
    assert stored(engine, spread["far"]) is None
    with writing(engine) as session:
        assert session.scalar(select(ReportEvidence.id)) is not None
    # Whoever has moved on took the document along; its scan stayed, and is no longer seen to be one.
    scan = add_evidence(engine, world, title="Скан ушедшего", digest="f" * 64)
    add_certificate(engine, world, add_person(engine, world, "school2"), evidence_id=scan)
    answer = school.post(f"/evidence/{scan}/remove", {"version": "1"}, follow_redirects=True)
    assert "запись другой организации" in answer.text
    assert revisions(engine, scan) == [(1, "положение.pdf")]


def test_a_revision_and_changed_fields(engine, browser, spread):
    school, piece = browser("school"), spread["soon"]
    base = f"/evidence/{piece}"
    files = {"version": "1", "file": (io.BytesIO(PDF), "первая.pdf")}
    assert school.post(f"{base}/revision", files, content_type="multipart/form-data").status_code == 302
    again = {"version": "2", "file": (io.BytesIO(PDF), "она же.pdf")}
    answer = school.post(f"{base}/revision", again, content_type="multipart/form-data")
    assert (answer.status_code, "ничего не изменилось" in answer.text) == (422, True)
    assert school.post(f"{base}/revision", {"version": "2"}).status_code == 422
    second = {"version": "2", "file": (io.BytesIO(PDF + b"\n"), "вторая.pdf")}
    assert school.post(f"{base}/revision", second, content_type="multipart/form-data").status_code == 302
    assert revisions(engine, piece) == [(1, "первая.pdf"), (2, "вторая.pdf")]
    with open_session(engine, reason="tests look") as session:
        of_it = (AuditEvent.record_type == "evidence", AuditEvent.record_id == piece, AuditEvent.action == "change")
        assert session.scalars(select(AuditEvent).where(*of_it)).all() == []
    answer = school.post(f"{base}/change", TYPED | {"version": "3", "valid_until": "2026-08-31"})
    assert (answer.status_code, "раньше своей даты" in answer.text) == (422, True)
    answer = school.post(f"{base}/change", TYPED | {"version": "1", "valid_until": "2030-01-01"})
    assert answer.status_code == 409
    assert "Истекающее" in answer.text
    assert 'value="2030-01-01"' in answer.text
    assert school.post(f"{base}/change", TYPED | {"version": "3", "valid_until": "2030-01-01"}).status_code == 302
    found = stored(engine, piece)
    assert (found.title, found.number, found.valid_until) == ("Положение о ВСОКО", "7", date(2030, 1, 1))
    # Without a file the link is all that a piece has.
    bare = school.post(f"/evidence/{spread['far']}/change", TYPED | {"version": "1"})
    assert (bare.status_code, "Оставьте ссылку" in bare.text) == (422, True)


def test_the_scan_of_a_confirmed_document_stays_as_it_was_confirmed(engine, world, browser, spread):
    person = add_person(engine, world, last_name="Подтверждённая")
    scan = add_evidence(engine, world, title="Скан", digest="d" * 64)
    add_certificate(engine, world, person, evidence_id=scan)
    school = browser("school")
    answer = school.post(f"/evidence/{scan}/change", TYPED | {"version": "1"})
    assert (answer.status_code, "сняв подтверждение документа" in answer.text) == (409, True)
    files = {"version": "1", "file": (io.BytesIO(PDF), "другой.pdf")}
    answer = school.post(f"/evidence/{scan}/revision", files, content_type="multipart/form-data")
    assert answer.status_code == 409
    assert revisions(engine, scan) == [(1, "положение.pdf")]


def test_proof_is_added_ahead_and_offered_in_every_place(engine, world, browser, spread):
    school = browser("school")
    sent = {"evidence_title": "Заранее", "url": "https://school.example/doc", "evidence_valid_until": "2026-01-01"}
    assert school.post("/evidence/new/", {}).status_code == 422
    assert school.post("/evidence/new/", sent).status_code == 302
    for number in range(31):
        add_evidence(engine, world, title=f"Документ {number}")
    made = next(
        number for number in range(1, 99) if (one := stored(engine, number)) is not None and one.title == "Заранее"
    )
    offered = f'name="existing" value="{made}"'
    # More than the newest thirty: it is found by search, and what is ticked stays.
    assert offered not in school.get(f"/assignments/{spread['assignment']}").text
    unit = world.units["school"]
    found = school.get(f"/evidence/choice?unit={unit}&proof_query=заРАНее&existing={spread['piece']}").text
    assert f"{offered} " in found
    assert "срок истёк" in found
    assert f'value="{spread["piece"]}" checked' in found
    assert "Документ 1<" not in found
    # Whoever sees the schools' proof is offered only what is of the unit itself.
    town = browser("municipality").get(f"/evidence/choice?unit={world.units['municipality']}").text
    assert "Ничего не нашлось" in town
    neighbour = school.get(f"/evidence/choice?unit={world.units['school2']}").text
    assert "Соседнее" not in neighbour
    assert school.get("/evidence/choice?unit=x").status_code == 404


def test_an_approved_sheet_keeps_the_file_that_it_was_approved_with(engine, world, work, actor, browser):
    held = accepted_sheets(engine, world)
    session = work("region")
    sheet, _ = approve_sheet(session, actor, held)
    session.commit()
    with writing(engine) as other:
        found = select(Evidence.id).join(ScoreEvidence, ScoreEvidence.evidence_id == Evidence.id)
        found = found.join(CriterionScore, CriterionScore.id == ScoreEvidence.score_id)
        found = found.where(CriterionScore.assessment_id == sheet.id, Evidence.title == "Положение school")
        piece = other.scalars(found).one()
    school = browser("school")
    assert "как изменение после утверждения" in school.get(f"/evidence/{piece}").text
    files = {"version": "1", "file": (io.BytesIO(PDF), "новая.pdf")}
    assert school.post(f"/evidence/{piece}/revision", files, content_type="multipart/form-data").status_code == 302
    fresh = work("region")
    [change] = approvals.changes_since(fresh, fresh.get_one(Assessment, sheet.id))
    assert (change.code, change.what) == ("Д1", "Подтверждения")
    approval = approvals.latest(fresh, sheet)
    assert approvals.is_intact(approval)
    assert "a" * 64 in approval.canonical
    # Whatever is detached since, the file that the snapshot speaks of stays.
    loose = add_evidence(engine, world, title="Отдельно", digest="a" * 64)
    answer = school.post(f"/evidence/{loose}/remove", {"version": "1"}, follow_redirects=True)
    assert "снимке утверждённого листа" in answer.text
    assert stored(engine, loose) is not None


def test_reminders_go_out_as_lists(engine, browser):
    region = browser("region")
    sent = {"timing": "weekly", "weekday": "0", "hour": "8", "title": "", "days_before": "3"}
    for word in ("measures_overdue", "measures_soon", "measures_done", "measures_refused"):
        assert region.post("/mailings/new", sent | {"what": f"list:{word}"}).status_code == 302, word
    for word in ("evidence_soon", "evidence_expired"):
        assert region.post("/mailings/new", sent | {"what": f"list:{word}"}).status_code == 302, word
    with writing(engine) as session:
        told = [tuple(map(tuple, one.parameters["arguments"])) for one in session.scalars(select(Mailing))]
    assert told == [
        (("term", "overdue"),),
        (("term", "soon"),),
        (("status", "done"),),
        (("status", "not_verified"),),
        (("expiry", "soon"),),
        (("expiry", "expired"),),
    ]
