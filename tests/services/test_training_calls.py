"""What staff training asks of whom on the home page and the bell, with decoys beside each."""

from datetime import date, timedelta

import pytest

from app.models.enumeration_of_training import (
    CertificateStatus,
    CoverageCount,
    EnrolmentStatus,
    GroupStatus,
    PositionKind,
    ProgrammeStatus,
)
from app.services import training_work, work
from app.services.training_work import Call
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_programme,
    add_requirement,
    add_topic,
    enrol,
)

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)


@pytest.fixture
def training(engine, world):
    """Of each call one in the first region, and as many in the foreign one, which nobody of the first may count."""
    for prefix in ("", "foreign_"):
        provider, school = f"{prefix}provider", f"{prefix}school"
        agreed = add_programme(engine, world, provider, register_by=TODAY - DAY)
        late = {"agree_by": TODAY - DAY}
        add_programme(engine, world, provider, title="Ждёт", status=ProgrammeStatus.ON_AGREEMENT, **late)
        add_programme(engine, world, provider, title="Вернули", status=ProgrammeStatus.RETURNED, agree_by=TODAY)
        add_programme(engine, world, provider, title="В реестре", status=ProgrammeStatus.IN_REGISTER, **late)
        started = {"starts_on": TODAY, "ends_on": TODAY + DAY}
        ended = {"starts_on": TODAY - 9 * DAY, "ends_on": TODAY - DAY}
        filling = add_group(engine, world, agreed, provider, **started)
        over = add_group(engine, world, agreed, provider, title="Поток 2", status=GroupStatus.STUDYING, **ended)
        add_group(engine, world, agreed, provider, title="Поток 3", status=GroupStatus.FINISHED, **ended)
        people = [add_person(engine, world, school, last_name=f"Иванова{letter}") for letter in "абвг"]
        enrol(engine, filling, people[0])
        enrol(engine, filling, people[1], status=EnrolmentStatus.PLANNED, applied_at=None)
        enrol(engine, filling, people[2], status=EnrolmentStatus.WAITING)
        enrol(engine, over, people[3], status=EnrolmentStatus.COMPLETED)
        for number, status in enumerate((CertificateStatus.ENTERED, CertificateStatus.REFUSED)):
            add_certificate(engine, world, people[number], entered_by=school, number=f"{number}", status=status)
        straight = add_person(engine, world, f"{prefix}regional_school", last_name="Областная")
        entered = {"entered_by": f"{prefix}regional_school", "status": CertificateStatus.ENTERED}
        add_certificate(engine, world, straight, number="9", **entered)


CALLS = {
    "provider": {
        Call.MEND_PROGRAMMES: 1,
        Call.AGREE_OVERDUE: 1,
        Call.REGISTER_OVERDUE: 1,
        Call.DECIDE_APPLICATIONS: 1,
        Call.START_GROUPS: 1,
        Call.FINISH_GROUPS: 1,
        Call.ISSUE_DOCUMENTS: 1,
    },
    "region": {Call.AGREE_PROGRAMMES: 1, Call.CONFIRM_DOCUMENTS: 1},
    "municipality": {Call.CONFIRM_DOCUMENTS: 1},
    "school": {Call.MEND_DOCUMENTS: 1, Call.APPLY_PLANNED: 1},
    "school2": {},
    "municipality2": {},
    "observer": {},
}


@pytest.mark.parametrize("login", CALLS)
def test_each_is_called_for_what_is_theirs_to_do(work, actor, training, login):
    assert training_work.build(work(login), actor(login), today=TODAY).calls == CALLS[login]


@pytest.mark.once
@pytest.mark.parametrize(("login", "rings"), [("provider", 3), ("region", 2), ("municipality", 1), ("school", 1)])
def test_the_bell_counts_what_others_wait_for(actor, training, login, rings, request):
    session = request.getfixturevalue("work")(login)
    assert work.waiting_count(session, actor(login), today=TODAY) == rings


@pytest.mark.once
def test_a_school_without_anyone_trained_reads_it_on_the_home_page(engine, world, browser):
    add_requirement(engine, world, title="Обучение руководителей по ВСОКО", due_on=date(2099, 12, 31))
    page = browser("school").get("/").text
    assert "нет сведений о работниках на нужных должностях" in page
    add_person(engine, world, "school")
    page = browser("school").get("/").text
    assert "никто не обучен и не заявлен" in page
    assert "0 из 1 обучено" in page
    # Where each counts, «никто» is said of nobody only.
    each = {"counts": CoverageCount.PEOPLE, "topic_id": add_topic(engine, world, title="Иная")}
    add_requirement(engine, world, title="Каждый", due_on=date(2099, 12, 31), **each)
    second = add_person(engine, world, "school", last_name="Вторая", kind=PositionKind.DEPUTY)
    programme = add_programme(engine, world, topic_id=each["topic_id"])
    enrol(engine, add_group(engine, world, programme), second, status=EnrolmentStatus.STUDYING)
    assert "без обучения и заявки: 1 из 2." in browser("school").get("/").text
    assert "0 из 2 обучено" in browser("municipality").get("/").text
    assert "Обучение руководителей" not in browser("provider").get("/").text
