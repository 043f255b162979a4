"""The demo region: what stands in it, and who may sign in."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import func, select

from app.demo.accounts import ACCOUNTS, PASSWORD
from app.demo.presets import OFFERED
from app.demo.region import HOME_SCHOOL, INSTITUTE
from app.documents.file_store import FileStore
from app.extensions import db
from app.models import (
    AnalyticalNote,
    Assessment,
    AssessmentApproval,
    Assignment,
    AssignmentReport,
    AuditEvent,
    Base,
    CriterionScore,
    EvidenceRevision,
    Expertise,
    Framework,
    LatePermit,
    MonitoringRound,
    Order,
    OrderPoint,
    OrgUnit,
    OrgUnitName,
    RoundDateChange,
    TermExtension,
    User,
)
from app.models.enumeration import (
    AssessmentStatus,
    AssignmentStatus,
    ExpertiseStatus,
    ExtensionStatus,
    FrameworkStatus,
    OrderStatus,
    ReportStatus,
    RoundStatus,
    ScoreSource,
    UnitKind,
)
from app.policies.unscoped import open_session
from app.services import clock
from app.services.sign_in import SignInRefused, sign_in
from tests.services.conftest import TODAY, load_demo

SAKHALIN_ORDER = "3.12-118-Р"

pytestmark = pytest.mark.once


def count(rows, *conditions) -> int:
    return rows.scalar(select(func.count()).where(*conditions))


def addressed(rows, number: str) -> dict[str, int]:
    """Assignments given by the order itself, by point."""
    found = rows.execute(
        select(OrderPoint, func.count(Assignment.id))
        .join(Order, Order.id == OrderPoint.order_id)
        .join(Assignment, Assignment.order_point_id == OrderPoint.id)
        .where(Order.number == number, Assignment.parent_id.is_(None))
        .group_by(OrderPoint)
    )
    return {point.label: number for point, number in found}


def test_the_tree(rows):
    region = rows.scalar(select(OrgUnit).where(OrgUnit.code == "65"))
    other = rows.scalar(select(OrgUnit).where(OrgUnit.code == "71"))
    here = OrgUnit.region_id == region.id
    assert (region.kind, region.time_zone) == (UnitKind.REGION, "Asia/Sakhalin")
    assert count(rows, here, OrgUnit.kind == UnitKind.MUNICIPALITY) == 18
    assert count(rows, here, OrgUnit.kind == UnitKind.SCHOOL) >= 150
    assert count(rows, here, OrgUnit.kind == UnitKind.SCHOOL, OrgUnit.parent_id == region.id) == 3
    assert count(rows, here, OrgUnit.head_school_id.is_not(None)) == 2
    assert count(rows, here, OrgUnit.is_small) == 2
    assert rows.scalar(select(OrgUnit.name).where(here, OrgUnit.kind == UnitKind.PROVIDER)) == INSTITUTE
    assert count(rows, OrgUnit.region_id == other.id, OrgUnit.kind == UnitKind.SCHOOL) == 12


def test_names_are_public_or_plainly_synthetic(rows):
    names = rows.scalars(select(OrgUnit.name).where(OrgUnit.kind == UnitKind.SCHOOL)).all()
    real = [name for name in names if "(демо)" not in name]
    assert len(real) == 24
    assert HOME_SCHOOL in real
    assert not [name for name in real if "мест" in name]
    assert all(name.startswith(("Фамилия-",)) for name in rows.scalars(select(User.name)))


def test_municipalities_were_renamed_in_2025(rows):
    tomari = rows.scalar(select(OrgUnit).where(OrgUnit.short_name == "Томаринский"))
    periods = rows.scalars(
        select(OrgUnitName).where(OrgUnitName.org_unit_id == tomari.id).order_by(OrgUnitName.id)
    ).all()
    assert [(each.name, each.code, each.valid_to) for each in periods] == [
        ("Томаринский городской округ", "64748000", date(2024, 12, 31)),
        ("Томаринский муниципальный округ", "64548000", None),
    ]
    city = rows.scalar(select(OrgUnit).where(OrgUnit.short_name == "Южно-Сахалинск"))
    assert (city.name, city.code) == ("Городской округ «Город Южно-Сахалинск»", "64701000")
    assert count(rows, OrgUnitName.org_unit_id == city.id) == 1


def test_the_founding_order_reaches_whom_it_names(rows):
    order = rows.scalar(select(Order).where(Order.number == SAKHALIN_ORDER))
    schools = count(
        rows,
        OrgUnit.kind == UnitKind.SCHOOL,
        OrgUnit.region_id == order.region_id,
        # Two schools of Южно-Сахалинск opened in 2025: an order of 2023 cannot address them.
        func.coalesce(OrgUnit.opened_on, order.dated_on) <= order.dated_on,
    )
    assert addressed(rows, SAKHALIN_ORDER) == {
        "1": 19,
        **dict.fromkeys(("2.1", "2.2", "2.3"), 6),
        **dict.fromkeys(("3.1", "3.2", "3.3"), schools),
        "4а": 1,
        "4б": 1,
    }
    assert schools >= 150
    assert (order.is_demo, order.dated_on, len(order.grounds)) == (False, date(2023, 1, 25), 3)
    assert clock.local(order.issued_at, "Asia/Sakhalin").date() == date(2023, 1, 25)
    terms = {point.label: point.due_on for point in order.points if point.due_on}
    assert terms == {
        "2.2": date(2023, 1, 30),
        "2.3": date(2023, 12, 31),
        "3.3": date(2023, 1, 30),
        "4а": date(2023, 2, 24),
        "4б": date(2023, 6, 1),
    }


def test_the_letter_reaches_every_school_of_its_district(rows):
    assert addressed(rows, "07-12/222") == {"1": 12}
    states = Counter(
        rows.scalars(
            select(Assignment.status).join(Order, Order.id == Assignment.order_id).where(Order.number == "07-12/222")
        )
    )
    assert states[AssignmentStatus.DONE] >= 6
    assert states[AssignmentStatus.SUBMITTED]


def test_every_state_occurs(rows):
    marked = select(Assignment.status).join(Order, Order.id == Assignment.order_id).where(Order.is_demo)
    assert set(rows.scalars(marked)) == set(AssignmentStatus)
    assert set(rows.scalars(select(TermExtension.status))) >= set(ExtensionStatus) - {ExtensionStatus.CANCELLED}
    assert set(rows.scalars(select(AssignmentReport.status))) >= set(ReportStatus) - {ReportStatus.RECALLED}
    assert set(rows.scalars(select(Order.status))) >= {OrderStatus.DRAFT, OrderStatus.ISSUED}


def test_monitoring_has_every_state(rows):
    rounds = rows.scalars(select(MonitoringRound).order_by(MonitoringRound.id)).all()
    assert [one.status for one in rounds] == [RoundStatus.CLOSED, RoundStatus.OPEN]
    assert all(one.is_demo and one.title.endswith("(демонстрационный)") for one in rounds)
    assert rounds[1].previous_round_id == rounds[0].id
    framework = rows.scalars(select(Framework)).one()
    assert framework.status is FrameworkStatus.PUBLISHED
    assert "не официальная форма" in framework.caution
    last = rows.scalars(select(Assessment).where(Assessment.round_id == rounds[0].id)).all()
    assert {sheet.status for sheet in last} == {AssessmentStatus.APPROVED}
    # One was corrected after its approval: two snapshots, and the change is seen.
    assert sum(sheet.changed_after_approval > 0 for sheet in last) == 1
    assert count(rows, AssessmentApproval.number == 2, AssessmentApproval.assessment_id.in_([s.id for s in last])) == 1
    running = rows.scalars(select(Assessment).where(Assessment.round_id == rounds[1].id)).all()
    assert {sheet.status for sheet in running} == set(AssessmentStatus)
    assert any(sheet.started_at is None for sheet in running if sheet.status is AssessmentStatus.DRAFT)
    assert {sheet.level for sheet in running} >= {"высокий", "средний", "низкий"}
    assert set(rows.scalars(select(CriterionScore.source))) >= {ScoreSource.TYPED, ScoreSource.COUNTED}
    assert set(rows.scalars(select(Expertise.status))) == set(ExpertiseStatus)
    assert count(rows, RoundDateChange.round_id == rounds[1].id) == 1
    assert count(rows, LatePermit.round_id == rounds[1].id) == 1
    note = rows.scalars(select(AnalyticalNote)).one()
    read = [
        one.done_on is not None for one in rows.scalars(select(Assignment).where(Assignment.order_id == note.order_id))
    ]
    assert len(read) == 18
    assert 9 < sum(read) < 18


def test_invented_orders_say_so(rows):
    orders = rows.scalars(select(Order)).all()
    assert {order.number for order in orders if not order.is_demo} == {SAKHALIN_ORDER, "07-12/222"}
    assert all(order.title.endswith("(демонстрационное)") for order in orders if order.is_demo)


def test_terms_lie_around_the_day(rows):
    open_terms = rows.scalars(
        select(Assignment.due_on)
        .join(Order, Order.id == Assignment.order_id)
        .where(Order.is_demo, Assignment.done_on.is_(None), Assignment.withdrawn_on.is_(None))
    )
    away = {(due_on - TODAY).days for due_on in open_terms if due_on is not None}
    assert away >= {0, 1, 3}
    assert min(away) < 0
    assert any(7 < days < 60 for days in away)


def test_histories_lie_in_the_past_and_in_order(rows):
    begins = clock.now().replace(year=2022, month=8, day=1)
    # Other tests of the module sign in, now.
    lived = select(AuditEvent.at).where(AuditEvent.action != "sign_in").order_by(AuditEvent.id)
    moments = rows.scalars(lived).all()
    assert begins < min(moments)
    assert clock.local(max(moments), "Asia/Sakhalin").date() < TODAY
    # One step back only: where the second region's history begins.
    assert sum(later < earlier for earlier, later in itertools.pairwise(moments)) <= 1


def test_people_sign_with_the_names_of_the_day(rows):
    named = AuditEvent.actor_unit_name
    renamed = clock.now().replace(year=2025, month=1, day=2)
    assert count(rows, AuditEvent.at < renamed, named == "Томаринский городской округ")
    assert count(rows, AuditEvent.at > renamed, named == "Томаринский муниципальный округ")
    assert not count(rows, AuditEvent.at > renamed, named.endswith("ский городской округ"))


def test_files_of_evidence_are_in_the_store(demo, rows):
    store = FileStore(demo.extensions["settings"].files)
    revisions = rows.scalars(select(EvidenceRevision)).all()
    assert {revision.file_name.rpartition(".")[2] for revision in revisions} == {"pdf", "docx", "txt"}
    for revision in revisions:
        assert store.path_of(revision.digest).stat().st_size == revision.size


def test_accounts_sign_in_in_demo_mode_only(demo):
    with demo.app_context():
        for login, _ in ACCOUNTS:
            given = {"login": login, "typed_password": PASSWORD, "address": "127.0.0.1", "now": clock.now()}
            assert sign_in(db.engine, **given, demo=True).user_id
            with pytest.raises(SignInRefused):
                sign_in(db.engine, **given, demo=False)
        with pytest.raises(SignInRefused):
            sign_in(db.engine, login="staff-017", typed_password="", address="", now=clock.now(), demo=True)


def test_the_sign_in_page_names_the_accounts(demo):
    page = demo.test_client().get("/sign-in").text
    assert all(f"<code>{login}</code>" in page for login, _ in ACCOUNTS)


def test_a_second_load_changes_nothing(demo, tmp_path):
    with demo.app_context(), open_session(db.engine, reason="tests count") as session:
        before = [session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables]
    assert load_demo(demo, tmp_path, date(2027, 3, 1)) is False
    with demo.app_context(), open_session(db.engine, reason="tests count") as session:
        after = [session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables]
    assert after == before


def test_offered_presets_open_below(demo):
    client = demo.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post("/sign-in", data={"csrf_token": token, "login": "municipality", "password": PASSWORD})
    seen = 0
    for register in ("assignments", "org-units"):
        page = client.get(f"/{register}/export-columns").text
        for link in re.findall(r'href="(/[a-z-]+/\?[^"]+)"', page):
            assert client.get(link.replace("&amp;", "&"), buffered=True).status_code == 200, link
            seen += 1
    assert seen == len(OFFERED)
