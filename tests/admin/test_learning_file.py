"""Files downloaded from Moodle, brought to a group: looked at first, then written."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from app.models import AuditEvent, Enrolment, LearningCourse, LearningPerson, LearningSite, OrgUnit, StaffMember
from app.models.enumeration import Duty, UnitKind
from app.models.enumeration_of_platforms import MatchGround
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from tests.factories.training import add_group, add_person, add_programme, enrol, writing
from tests.factories.world import World, add_unit, add_user

FILES = Path(__file__).parents[1] / "files" / "moodle" / "exports"
Browser = Callable[[str], FlaskClient]
HEAD = ["ID", "Название", "Адрес электронной почты", "Лекция", "Лекция - Дата завершения", "Курс завершен"]


def people_of_file() -> list[tuple[str, str, str]]:
    """(surname, first name with patronymic, e-mail) as the site has them, teachers left out."""
    with (FILES / "participants_course2.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [(row[1], row[0], row[2]) for row in rows if row[2].startswith("slushatel")]


def studying(engine: Engine, world: World, **values: Any) -> int:
    days = {"starts_on": date(2026, 9, 1), "ends_on": date(2026, 11, 30)}
    settled = {"status": GroupStatus.STUDYING, "seats": 60} | days | values
    return add_group(engine, world, add_programme(engine, world), **settled)


def trainee(engine: Engine, world: World, group: int, name: str, email: str = "", **values: Any) -> int:
    last, first, *rest = name.split()
    card = {"last_name": last, "first_name": first, "patronymic": " ".join(rest), "email": email}
    person = add_person(engine, world, **card)
    enrol(engine, group, person, **{"status": EnrolmentStatus.STUDYING} | values)
    return person


def report(*rows: list[str]) -> tuple[BytesIO, str]:
    target = StringIO()
    csv.writer(target).writerows([HEAD, *rows])
    return BytesIO(target.getvalue().encode()), "completion.csv"


def recorded(*names: str) -> list[tuple[BytesIO, str]]:
    return [(BytesIO((FILES / name).read_bytes()), name) for name in names]


class Bringing:
    """The two pages of one group, for one person."""

    def __init__(self, client: FlaskClient, group: int) -> None:
        self.client, self.address = client, f"/training-groups/{group}/from-moodle"

    def look(self, *files: tuple[BytesIO, str], **fields: str) -> Any:
        return self._post(self.address, {"files": list(files), **fields})

    def apply(self, page: str, choices: dict[str, str] | None = None, **fields: str) -> Any:
        chosen = {f"choice:{remote}": choice for remote, choice in (choices or {}).items()}
        return self._post(f"{self.address}/apply", carried(page) | chosen | fields)

    def _post(self, address: str, data: dict[str, Any]) -> Any:
        return self.client.post(address, data=data, content_type="multipart/form-data")


def carried(page: str) -> dict[str, str]:
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("carried", "digest")}
    return {name: html.unescape(one[1]) for name, one in found.items() if one is not None}


def part(page: str, state: str) -> str:
    """The words of one section of people."""
    found = re.search(rf'id="part-{state}".*?</(?:section|details)>', page, re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", found[0]))) if found is not None else ""


def outcomes(engine: Engine, group: int) -> dict[str, tuple[str, date | None, str]]:
    """E-mail of the card → state, day and grade of the enrolment."""
    with writing(engine) as session:
        rows = session.execute(
            select(StaffMember.email, Enrolment.status, Enrolment.completed_on, Enrolment.grade)
            .join(StaffMember, StaffMember.id == Enrolment.staff_member_id)
            .where(Enrolment.group_id == group)
        )
        return {row.email: (row.status.value, row.completed_on, row.grade) for row in rows}


def journal(engine: Engine) -> int:
    with writing(engine) as session:
        return session.scalar(select(func.count(AuditEvent.id))) or 0


def course_of_file(engine: Engine, world: World) -> tuple[int, int]:
    """The group of the recorded course, but three; one has completed it here on another day. And somebody married."""
    group = studying(engine, world)
    for last, first, email in people_of_file():
        # Surnames that differ by figures alone are one name here: nobody else may be left over.
        if email in {"slushatel04@example.test", "slushatel14@example.test", "slushatel28@example.test"}:
            continue
        done = EnrolmentStatus.COMPLETED if email == "slushatel08@example.test" else EnrolmentStatus.STUDYING
        name, _, patronymic = first.partition(" ")
        card = add_person(engine, world, last_name=last, first_name=name, patronymic=patronymic, email=email)
        enrol(engine, group, card, status=done)
    return group, trainee(engine, world, group, "Новикова Испытания Пробовна", "home@example.test")


def test_recorded_files(browser: Browser, engine: Engine, world: World) -> None:
    """Three good files and a wrong one; choices for whoever was not known; the same files again change nothing."""
    group, married = course_of_file(engine, world)
    bringing = Bringing(browser("provider"), group)
    assert f'href="{bringing.address}"' in bringing.client.get(f"/training-groups/{group}").text
    assert "Что скачать в Moodle" in bringing.client.get(bringing.address).text

    partly = bringing.look(
        *recorded("completion_course2.csv", "quiz_overview_course2.csv", "participants_course2.json")
    )
    assert partly.status_code == 422
    assert "quiz_overview_course2.csv: Это отчёт об одном тесте" in partly.text
    assert "participants_course2.json: Это файл JSON" in partly.text
    # What could be read is kept for the next step, and more files join it.
    more = recorded("grades_course2_all.csv", "participants_course2.csv")
    looked = bringing.look(*more, carried=carried(partly.text)["carried"])
    assert looked.status_code == 200
    page = looked.text
    assert [name in page for name in ("completion_course2.csv", "grades_course2_all.csv")] == [True, True]
    for state, words in (
        ("waiting", "Тестова-04"),
        ("waiting", "завершён 27.09.2026"),
        ("completed", "Тестова-20, «кавычки»; и точка"),
        ("completed", "завершён 28.09.2026, оценка 82"),
        ("conflict", "Тестова-08"),
        ("conflict", "завершил 01.09.2026"),
        ("not_yet", "=1+1 Тестова-19"),
        ("absent", "Новикова"),
    ):
        assert words in part(page, state)
    assert "Учительская-01" in page
    with writing(engine) as session:
        assert session.scalar(select(func.count(LearningSite.id))) == 0
    assert outcomes(engine, group)["slushatel17@example.test"] == ("studying", None, "")

    choices = {
        "email:slushatel04@example.test": str(married),
        "email:slushatel28@example.test": "ignore",
        "email:slushatel08@example.test": "theirs",
        "email:slushatel17@example.test": "ignore",
        "email:nobody@example.test": "ignore",
    }
    written = bringing.apply(page, choices)
    assert written.status_code == 302, written.text
    found = outcomes(engine, group)
    assert found["slushatel17@example.test"] == ("completed", date(2026, 9, 28), "82")
    assert found["home@example.test"][:2] == ("completed", date(2026, 9, 27))
    assert found["slushatel08@example.test"][:2] == ("completed", date(2026, 10, 1))
    assert found["slushatel19@example.test"] == ("studying", None, "")
    with writing(engine) as session:
        assert session.scalars(select(LearningSite.title)).all() == ["Файлы из СДО"]
        course = session.scalars(select(LearningCourse)).one()
        assert (course.remote_id, course.group_id) == (f"group:{group}", group)
        people = {one.email: one for one in session.scalars(select(LearningPerson))}
        assert people["slushatel04@example.test"].ground is MatchGround.DECISION
        assert people["slushatel28@example.test"].is_ignored
        assert not people["slushatel17@example.test"].is_ignored
        assert not [email for email in people if email.startswith("prepod")]

    before = journal(engine)
    again = bringing.look(*recorded("completion_course2.excel.csv", "grades_course2_all.xlsx"))
    assert part(again.text, "completed") == part(again.text, "waiting") == part(again.text, "conflict") == ""
    assert bringing.apply(again.text).status_code == 302
    # A file of grades alone does not say that nobody has completed the course.
    grades = bringing.look(*recorded("grades_course2_all.csv"))
    assert "Завершён ли курс, из этих файлов не видно" in grades.text
    assert "Тестова-08" in part(grades.text, "same")
    assert bringing.apply(grades.text).status_code == 302
    assert journal(engine) == before
    assert outcomes(engine, group) == found


def test_refusals_lose_nothing(browser: Browser, engine: Engine, world: World) -> None:
    group = studying(engine, world)
    person = trainee(engine, world, group, "Ким Ольга Петровна", "kim@b.test")
    trainee(engine, world, group, "Цой Пётр Ильич", "tsoy@b.test")
    bringing = Bringing(browser("provider"), group)
    for files, sentence in (
        ([], "Выберите файлы, скачанные из СДО."),
        ([(BytesIO(b"\0\0\0"), "x.csv")], "x.csv: Файл не похож на таблицу"),
        ([(BytesIO(b""), "<b>.csv")], "&lt;b&gt;.csv: Файл пуст."),
        ([report(["7", "Ольга Ким", "kim@b.test", "", "", ""])] * 11, "Выберите не больше 10 файлов"),
    ):
        refused = bringing.look(*[(BytesIO(file.getvalue()), name) for file, name in files])
        assert refused.status_code == 422
        assert sentence in refused.text
        assert 'aria-invalid="true"' in refused.text
    rows = (
        ["7", "Ольга Петровна Ким", "kim@b.test", "Выполнено", "2026-10-01 09:00:00", "2026-10-02 09:00:00"],
        ["8", "Пётр Ильич Цой", "", "Выполнено", "2026-10-01 09:00:00", "вчера"],
        ["9", "=HYPERLINK(1)", "<script>@b.test", "Выполнено", "", "2026-10-02 09:00:00"],
    )
    page = bringing.look(report(*rows)).text
    assert "completion.csv, строка 3. В столбце «Курс завершен» стоит «вчера»: это не дата." in html.unescape(page)
    assert "<script>@" not in page
    broken = bringing.apply(page, carried=carried(page)["carried"][:-9])
    assert broken.status_code == 422
    assert "Прочитанные файлы потерялись по дороге" in broken.text
    # Somebody records the result meanwhile: it is shown anew, with the choice that was made.
    with writing(engine) as session:
        seat = session.scalars(select(Enrolment).where(Enrolment.staff_member_id == person)).one()
        seat.grade = "4"
    changed = bringing.apply(page, {f"group:{group}:account:9": "ignore"})
    assert changed.status_code == 409
    assert "С проверки записи потока изменились" in changed.text
    assert '<option value="ignore" selected>' in changed.text
    assert outcomes(engine, group)["kim@b.test"][0] == "studying"
    # A file that was chosen and not looked at yet is shown first.
    added = bringing.client.post(
        f"{bringing.address}/apply",
        data=carried(changed.text) | {"files": recorded("grades_course2.csv")},
        content_type="multipart/form-data",
    )
    assert added.status_code == 200
    assert "Оценки в файле в баллах" in added.text
    for nobody in ("1" * 5000, "999999"):
        gone = bringing.apply(changed.text, {f"group:{group}:account:9": nobody})
        assert gone.status_code == 422
        assert "в потоке уже нет" in gone.text
    done = bringing.apply(changed.text)
    assert done.status_code == 200
    assert "=HYPERLINK(1)" in part(done.text, "waiting")
    assert outcomes(engine, group)["kim@b.test"] == ("completed", date(2026, 10, 2), "4")


def test_activities_may_count(browser: Browser, engine: Engine, world: World) -> None:
    """A course without a completion of its own; a group that does not study yet says so of each."""
    group = studying(engine, world)
    trainee(engine, world, group, "Тестова-25 Испытания Пробовна", "slushatel25@example.test")
    trainee(engine, world, group, "Ёлкина-Тестова-17 Испытания Пробовна", "slushatel17@example.test")
    bringing = Bringing(browser("region"), group)
    page = bringing.look(*recorded("activity_progress_course2.excel.csv")).text
    assert "Завершён ли курс, из этих файлов не видно" in page
    assert "Из 29 человек в файлах в потоке узнаны 2. Проверьте, того ли курса эти файлы." in page
    assert part(page, "completed") == ""
    counted = bringing.look(carried=carried(page)["carried"], activities="1").text
    assert "завершён 23.09.2026" in part(counted, "completed")
    assert "элементов 3 из 4" in part(counted, "not_yet")
    assert bringing.apply(counted, activities="1").status_code == 200
    assert outcomes(engine, group) == {
        "slushatel25@example.test": ("completed", date(2026, 9, 23), ""),
        "slushatel17@example.test": ("studying", None, ""),
    }
    coming = studying(engine, world, title="Поток 2", status=GroupStatus.OPEN)
    trainee(engine, world, coming, "Цой Пётр Ильич", "tsoy@b.test", status=EnrolmentStatus.ENROLLED)
    early = Bringing(browser("region"), coming)
    assert "результаты записываются, когда обучение началось" in early.client.get(early.address).text
    rows = ["8", "Пётр Ильич Цой", "tsoy@b.test", "Выполнено", "2026-10-01 09:00:00", "2026-10-02 09:00:00"]
    page = early.look(report(rows)).text
    assert "Цой" in part(page, "obstacle")
    assert 'button primary">Записать' not in page
    refused = early.apply(page)
    assert refused.status_code == 422
    assert "Поток «Поток 2»: идёт набор" in refused.text
    assert outcomes(engine, coming)["tsoy@b.test"][0] == "enrolled"


@pytest.mark.parametrize(
    ("login", "status"),
    [("school", 403), ("municipality", 403), ("observer", 403), ("rival", 404), ("foreign_provider", 404)],
)
def test_for_whom(browser: Browser, engine: Engine, world: World, login: str, status: int) -> None:
    """A second institute of the region is a stranger to the group."""
    group = studying(engine, world)
    with writing(engine) as session:
        region = session.get_one(OrgUnit, world.units["region"])
        rival = add_unit(session, world, "rival", UnitKind.PROVIDER, "Второй институт", region)
        add_user(session, world, "rival", rival.id, Duty.TRAINING_COORDINATOR)
    client = browser(login)
    address = f"/training-groups/{group}/from-moodle"
    assert client.get(address).status_code == status
    assert client.post(address).status_code == status
    assert client.post(f"{address}/apply").status_code == status
