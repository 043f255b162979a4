"""The people of a training group in the browser: application, order, attendance, results, documents, the Excel list."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.models import Attendance, Certificate, Enrolment, TrainingSession
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, PositionKind
from app.services import clock
from tests.factories.training import (
    add_group,
    add_person,
    add_programme,
    enrol,
    writing,
)

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

Status = EnrolmentStatus
TODAY = clock.today("Asia/Sakhalin")
NUMBER = "112-233-445 95"


def day(shift: int) -> date:
    return TODAY + timedelta(days=shift)


def keys(page: str) -> dict[str, str]:
    """The ticks of a page: «number:version» by the name in the label."""
    return {name: key for key, name in re.findall(r'value="(\d+:\d+)"[^>]*aria-label="[^":]+: ([^"]+)"', page)}


def states(work, group: int) -> dict[str, int]:
    rows = work("region").execute(select(Enrolment.status).where(Enrolment.group_id == group)).scalars().all()
    return {state.value: rows.count(state) for state in set(rows)}


def buttons(page: str) -> list[str]:
    return re.findall(r'formaction="[^"]+/([a-z_-]+)"', page)


@pytest.fixture
def open_group(engine, world) -> int:
    programme = add_programme(engine, world, positions=[PositionKind.HEAD.value, PositionKind.DEPUTY.value])
    return add_group(engine, world, programme, seats=2, starts_on=day(10), ends_on=day(20))


def test_from_the_application_to_the_order_that_enrols(engine, world, browser, work, open_group):
    group = open_group
    people = [add_person(engine, world, last_name=name) for name in ("Андреева", "Борисова", "Власова")]
    teacher = add_person(engine, world, last_name="Учитель", kind=PositionKind.TEACHER)
    add_person(engine, world, "school_b", last_name="Соседняя")
    base = f"/training-groups/{group}"
    school, provider = browser("school"), browser("provider")
    page = school.get(f"{base}/apply").text
    assert all(name in page for name in ("Андреева", "Борисова", "Власова"))
    assert "Соседняя" not in page
    assert "Учитель" not in page
    assert "Программа не для этой должности" in school.get(f"{base}/apply?staff={teacher}").text
    assert "checked" in school.get(f"{base}/apply?staff={people[1]}").text
    nobody = school.post(f"{base}/apply", {"act": "apply"})
    assert nobody.status_code == 422
    assert "Отметьте хотя бы одного человека." in nobody.text
    told = school.post(f"{base}/apply", {"act": "apply", "person": [*people, teacher]})
    assert told.status_code == 200
    assert "Сделано: 3 из 4" in told.text
    assert told.text.count("заявка в листе ожидания") == 1
    assert states(work, group) == {"applied": 2, "waiting": 1}

    # Whoever teaches sees them with the name of their school, and decides.
    seen = provider.get(base).text
    assert "МБОУ СОШ «school»" in seen
    assert "1-й в очереди" in seen
    assert buttons(seen) == ["enrol", "admit", "put_off", "refuse"]
    assert "1-й в очереди" not in school.get(base).text
    assert buttons(school.get(base).text) == ["withdraw"]
    ticks = keys(seen)
    asked = provider.post(f"{base}/trainees/refuse", {"id": [ticks["Борисова Анна Петровна"]]})
    assert asked.status_code == 200
    assert 'name="note"' in asked.text
    silent = provider.post(f"{base}/trainees/refuse", {"id": [ticks["Борисова Анна Петровна"]], "note": " "})
    assert silent.status_code == 422
    assert ticks["Борисова Анна Петровна"] in silent.text
    assert states(work, group) == {"applied": 2, "waiting": 1}
    done = provider.post(f"{base}/trainees/refuse", {"id": [ticks["Борисова Анна Петровна"]], "note": "нет места"})
    assert done.status_code == 302
    assert provider.post(f"{base}/trainees/admit-next").status_code == 302
    ticks = keys(provider.get(base).text)
    chosen = [ticks["Андреева Анна Петровна"], ticks["Власова Анна Петровна"]]
    assert 'name="act"' in provider.post(f"{base}/enrol", {"id": chosen}).text
    wrong = provider.post(f"{base}/enrol", {"id": chosen, "act": "№ 7", "day": day(21).isoformat()})
    assert wrong.status_code == 422
    assert "№ 7" in wrong.text
    told = provider.post(f"{base}/enrol", {"id": chosen, "act": "№ 7", "day": day(10).isoformat()})
    assert "Сделано: 2 из 2" in told.text
    # The order is told once over the list, not in each row.
    assert re.findall(r"[^>]*№ 7[^<]*", provider.get(base).text) == ["Зачислены: № 7 (2)."]
    # What the other window still shows is not acted on.
    stale = provider.post(f"{base}/trainees/drop", {"id": chosen, "note": "поздно"})
    assert "Сделано: 0 из 2" in stale.text
    assert "Запись тем временем изменили" in stale.text
    assert states(work, group) == {"enrolled": 2, "refused": 1}


def test_from_the_first_lesson_to_the_document(engine, world, browser, work):
    group = add_group(
        engine, world, add_programme(engine, world), status=GroupStatus.STUDYING, starts_on=day(-30), ends_on=day(3)
    )
    first, second = (
        enrol(engine, group, add_person(engine, world, last_name=name), status=Status.STUDYING, enrolment_act="№ 7")
        for name in ("Андреева", "Власова")
    )
    with writing(engine) as session:
        lessons = [TrainingSession(group_id=group, held_on=day(shift), hours=6) for shift in (-2, 1)]
        session.add_all(lessons)
        session.flush()
        lesson, coming = (one.id for one in lessons)
    base = f"/training-groups/{group}"
    school, provider = browser("school"), browser("provider")
    grid = provider.get(f"{base}/attendance").text
    assert set(re.findall(rf'name="mark-(\d+)-{lesson}"', grid)) == {str(first), str(second)}
    assert not re.search(rf"mark-\d+-{coming}", grid)
    marks = {f"mark-{first}-{lesson}": "0", f"mark-{second}-{lesson}": "", "all": str(lesson)}
    assert provider.post(f"{base}/attendance", marks).status_code == 302
    shown = work("region").execute(select(Attendance.enrolment_id, Attendance.present)).all()
    assert dict(map(tuple, shown)) == {first: False, second: True}
    early = provider.post(f"{base}/attendance", {f"mark-{first}-{coming}": "1"})
    assert early.status_code == 422
    assert "ещё не прошло" in early.text
    assert school.post(f"{base}/attendance", {f"mark-{first}-{lesson}": "1"}).status_code == 403
    assert "<select" not in school.get(f"{base}/attendance").text

    results = {
        f"result-{first}": "passed", f"done-{first}": TODAY.isoformat(), f"grade-{first}": "5",
        f"result-{second}": "failed", f"done-{second}": TODAY.isoformat(), f"grade-{second}": "",
    }  # fmt: skip
    broken = provider.post(f"{base}/results", results | {f"done-{first}": "вчера"})
    assert broken.status_code == 422
    assert "ДД.ММ.ГГГГ" in broken.text
    assert 'value="вчера"' in broken.text
    assert "Сделано: 2 из 2" in provider.post(f"{base}/results", results).text
    assert provider.post(f"{base}/results", results).status_code == 302

    issue = provider.get(f"{base}/issue").text
    assert 'value="0001"' in issue
    ticks = keys(issue)
    assert list(ticks) == ["Андреева Анна Петровна"]
    typed = {
        "id": list(ticks.values()),
        "series": "СЖ",
        "number": "0007",
        "registration": "12",
        "issued_on": TODAY.isoformat(),
    }
    refused = provider.post(f"{base}/issue", typed | {"number": "б/н"})
    assert refused.status_code == 422
    assert "должен заканчиваться цифрами" in refused.text
    assert provider.post(f"{base}/issue", typed).status_code == 302
    document = work("school").scalars(select(Certificate)).one()
    assert (document.series, document.number, document.enrolment_id) == ("СЖ", "0007", first)
    assert f"/certificates/{document.id}" in school.get(base).text
    way = school.get(f"/enrolments/{first}").text
    for words in ("№ 7", "Завершил обучение", "Выдан документ", "присутствовал 0 из 1"):
        assert words in way
    assert states(work, group) == {"certified": 1, "studying": 1}


def test_a_provider_looks_sideways_only_into_its_own_groups(engine, world, browser, work):
    """Trainees of its groups, whose units lie beside it, once they are applied for; nothing else of them or of others."""
    mine = add_group(engine, world, add_programme(engine, world), status=GroupStatus.STUDYING, starts_on=day(-3))
    rival = "regional_school"
    theirs = add_group(
        engine, world, add_programme(engine, world, rival, title="Чужая программа"), rival, status=GroupStatus.STUDYING
    )
    person = add_person(engine, world, last_name="Слушатель")
    other = add_person(engine, world, last_name="Посторонняя")
    own, beside = (enrol(engine, group, person, status=Status.STUDYING) for group in (mine, theirs))
    hidden = enrol(engine, theirs, other, status=Status.STUDYING)
    planned = enrol(engine, mine, other, status=Status.PLANNED)
    # One of its own staff who studies with another provider: it may look, and keeps nothing there.
    teacher = add_person(engine, world, "provider", last_name="Преподаватель", kind=PositionKind.METHODIST)
    abroad = enrol(engine, theirs, teacher, status=Status.STUDYING)
    provider = browser("provider")
    assert provider.get(f"/enrolments/{own}").status_code == 200
    looked = provider.get(f"/enrolments/{abroad}").text
    assert "Чужая программа" in looked
    assert f"/enrolments/{abroad}/" not in looked
    assert f"/training-groups/{theirs}" not in looked
    assert provider.post(f"/enrolments/{abroad}/drop", {"note": "своя"}).status_code == 404
    for address in (
        *(f"/enrolments/{number}" for number in (beside, hidden, planned)),
        *(f"/training-groups/{theirs}/{page}" for page in ("apply", "attendance", "results", "issue", "annex")),
    ):
        answer = provider.get(address)
        assert answer.status_code in {403, 404}, address
        assert "Посторонняя" not in answer.text
    ticks = {"id": [f"{beside}:1", f"{hidden}:1"], "note": "чужое", "act": "№ 1", "day": TODAY.isoformat()}
    for page in ("trainees/drop", "trainees/miss", "trainees/admit-next", "enrol", "results", "issue"):
        for group in (theirs, mine):
            answer = provider.post(f"/training-groups/{group}/{page}", ticks)
            assert answer.status_code in {404, 409, 422}, (group, page)
    for number in (beside, hidden, planned):
        assert provider.post(f"/enrolments/{number}/drop", {"note": "чужое"}).status_code == 404
    assert provider.get(f"/training-groups/{mine}/apply").status_code == 403
    assert set(work("region").scalars(select(Enrolment.status).where(Enrolment.id != planned))) == {Status.STUDYING}
    # A school keeps nothing, though it sees its own people there.
    school = browser("school")
    for page in ("results", "issue"):
        assert school.get(f"/training-groups/{mine}/{page}").status_code == 403
    for page, data in (("trainees/drop", {"note": "сам"}), ("enrol", {"act": "№ 1"})):
        assert school.post(f"/training-groups/{mine}/{page}", {"id": [f"{own}:1"]} | data).status_code == 403
    alone = school.post(f"/enrolments/{own}/withdraw", {"note": "передумали"})
    assert alone.status_code == 409
    assert "обучается" in alone.text
    for login in ("observer", "colleague"):
        looker = browser(login)
        page = looker.get(f"/training-groups/{mine}").text
        assert "Слушатель Анна" in page
        assert buttons(page) == []
        assert looker.get(f"/training-groups/{mine}/apply").status_code == 403
