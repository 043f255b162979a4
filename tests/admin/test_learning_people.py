"""Who is who, and whose result stands: the queue, one by one, many at once, and what the group's page tells of it."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app.models import Enrolment, LearningOutcome, LearningPerson
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.unscoped import open_session
from tests.factories import learning, training
from tests.services.statements import counted

# On PostgreSQL every page is asked by the scope matrix; the verbs have tests of their own.
pytestmark = pytest.mark.once

DONE = date(2026, 9, 1)
WORDS = ("outcomes", "people", "courses")


@pytest.fixture
def course(engine, world):
    """A course of a studying group of the provider: numbers by name, a decoy beside in another region."""
    made = {}
    site = made["site"] = learning.add_site(engine, world, token_sealed="sealed")
    programme = training.add_programme(engine, world)
    group = made["group"] = training.add_group(
        engine, world, programme, status=GroupStatus.STUDYING, starts_on=date(2026, 8, 1), ends_on=date(2026, 12, 15)
    )
    made["course"] = learning.add_course(engine, site, group_id=group)
    for name, unit in (("Иванова", "school"), ("Петрова", "school2"), ("Сидорова", "school_b")):
        card = made[name] = training.add_person(engine, world, unit, last_name=name)
        made[f"{name}: запись"] = training.enrol(engine, group, card, status=EnrolmentStatus.STUDYING)
    far = learning.add_site(engine, world, "foreign_provider", title="Чужая")
    made["foreign"] = learning.add_person(engine, far, full_name="Чужова Анна")
    return made


def loaded(engine, model, number):
    with open_session(engine, reason="tests look") as session:
        found = session.get_one(model, number)
        session.expunge(found)
        return found


def test_a_card_that_the_region_has_chosen_is_no_name_for_the_institute(engine, world, browser, course):
    """By a СНИЛС the region finds people who do not study with the institute: it is told no more than that."""
    outsider = training.add_person(engine, world, "school", last_name="Посторонняя")
    known = {"Сидорова": course["Сидорова"], "Учебная": outsider}
    for name, card in known.items():
        learning.add_person(engine, course["site"], remote_id=name, full_name=f"Анна {name}", staff=card)
    page, region = browser("provider").get("/learning-people/").text, browser("region").get("/learning-people/").text
    assert "Посторонняя" in region
    assert "Посторонняя" not in page
    assert f"/staff-members/{outsider}" not in page
    assert "карточка вам не открыта" in page
    assert f"/staff-members/{course['Сидорова']}" in page


def test_those_not_known_are_decided_on_one_page(engine, world, browser, course):
    waiting = {
        name: learning.add_person(
            engine, course["site"], remote_id=name, full_name=f"Анна {name}", institution="<i>СОШ"
        )
        for name in ("Иванова", "Петрова", "Учитель")
    }
    for number in waiting.values():
        learning.add_outcome(engine, course["course"], number, on=date(2026, 11, 18))
    provider = browser("provider")
    address = f"/learning-people/decide?course={course['course']}"
    page = provider.get(address).text
    assert "Не узнаны: 3" in page
    assert "Не узнаны: 3" in provider.get("/learning-people/decide").text, "another region's are counted"
    assert "Чужова" not in page
    assert "<i>СОШ" not in page
    # Each is offered the one alike, and nobody is chosen beforehand.
    block = page[page.index(">Анна Иванова<") : page.index(">Анна Петрова<")]
    assert re.findall(r'value="(\d*)"', block) == [str(course["Иванова"]), ""]
    assert page.count("Похожих в потоке нет") == 1

    def choice(name, value):
        return {f"who-{waiting[name]}:{loaded(engine, LearningPerson, waiting[name]).version}": value}

    told = provider.post(
        address,
        choice("Иванова", str(course["Иванова"])) | choice("Петрова", str(course["Иванова"]))
        | choice("Учитель", "ignore") | {f"who-{course['foreign']}:x": ""},
    )  # fmt: skip
    assert "Решено: 2 из 3" in told.text
    assert "Дальше: ещё 1" in told.text
    assert loaded(engine, LearningPerson, waiting["Иванова"]).staff_member_id == course["Иванова"]
    assert loaded(engine, LearningPerson, waiting["Учитель"]).is_ignored
    assert loaded(engine, LearningPerson, waiting["Петрова"]).staff_member_id is None
    # What the site said of her is taken at once.
    taken = loaded(engine, Enrolment, course["Иванова: запись"])
    assert (taken.status, taken.completed_on) == (EnrolmentStatus.COMPLETED, date(2026, 11, 18))
    foreign = provider.post("/learning-people/decide", {f"who-{course['foreign']}:1": "ignore"})
    assert foreign.status_code == 404
    assert provider.post(address, {"who-x:1": "ignore", "who-5": "что-то"}).headers["Location"].endswith(address)
    # One by one: whoever is taken already cannot be chosen; a stale page is told so.
    base = f"/learning-people/{waiting['Петрова']}"
    assert provider.post(f"{base}/known", {"version": "1"}).status_code == 422
    again = provider.post(f"{base}/known", {"staff": str(course["Иванова"]), "version": "1"})
    assert (again.status_code, "сначала верните" in again.text) == (409, True)
    page = provider.get(base).text
    assert "Уже узнаны в этой СДО: 1" in page
    assert f'name="staff" value="{course["Иванова"]}"' not in page
    provider.post(f"{base}/known", {"staff": str(course["Петрова"]), "version": "1"})
    stale = provider.post(f"{base}/ignore", {"version": "1"})
    assert stale.status_code == 409
    assert "Решить заново" in provider.get(base).text
    listed = provider.get("/learning-people/?state=known").text
    assert "Петрова Анна Петровна" in listed
    assert "Учитель" not in listed
    ticked = {"id": f"{waiting['Учитель']}:{loaded(engine, LearningPerson, waiting['Учитель']).version}"}
    assert "Решено: 1 из 1" in provider.post("/learning-people/open-many", ticked).text
    assert not loaded(engine, LearningPerson, waiting["Учитель"]).is_ignored
    for login in ("school", "municipality", "observer"):
        assert browser(login).get(address).status_code == 403, login
        assert browser(login).post(f"{base}/ignore").status_code == 403, login
    assert browser("foreign_region").get(base).status_code == 404


def test_conflicts_are_decided_many_at_once(engine, world, browser, course):
    outcomes = {}
    for name in ("Иванова", "Петрова", "Сидорова"):
        number = course[f"{name}: запись"]
        with training.writing(engine) as session:
            one = session.get_one(Enrolment, number)
            one.status, one.result, one.completed_on, one.grade = EnrolmentStatus.COMPLETED, "passed", DONE, "80"
        person = learning.add_person(
            engine, course["site"], remote_id=name, full_name=f"{name} Анна Петровна", staff=course[name]
        )
        outcomes[name] = learning.add_outcome(
            engine, course["course"], person, enrolment=number, on=date(2026, 11, 18), grade="91",
            is_in_conflict=True, obstacle="Здесь: завершён 01.09.2026. В СДО: 18.11.2026.",
        )  # fmt: skip
    provider = browser("provider")
    page = provider.get(f"/learning-courses/{course['course']}").text
    keys = dict(re.findall(r'name="id" value="(\d+):([^"]+)"', page))
    assert set(keys) == {str(number) for number in outcomes.values()}
    assert keys == dict(re.findall(r'name="id" value="(\d+):([^"]+)"', provider.get("/learning-outcomes/").text))

    def ticked(name):
        return f"{outcomes[name]}:{keys[str(outcomes[name])]}"

    # The school's record changed after the page was opened.
    with training.writing(engine) as session:
        session.get_one(Enrolment, course["Сидорова: запись"]).grade = "100"
    told = provider.post(
        "/learning-outcomes/take-many",
        {"id": [ticked("Иванова"), ticked("Сидорова")], "course": str(course["course"])},
    ).text
    assert "Сделано: 1 из 2" in told
    assert f'href="/learning-courses/{course["course"]}"' in told
    taken = loaded(engine, Enrolment, course["Иванова: запись"])
    assert (taken.completed_on, taken.grade) == (date(2026, 11, 18), "91")
    assert loaded(engine, Enrolment, course["Сидорова: запись"]).grade == "100"
    base = f"/learning-outcomes/{outcomes['Петрова']}"
    assert "Взять из СДО" in provider.get(base).text
    assert provider.post(f"{base}/take", {"mark": "0-0"}).status_code == 409
    provider.post(f"{base}/keep", {"mark": keys[str(outcomes["Петрова"])]})
    assert loaded(engine, Enrolment, course["Петрова: запись"]).completed_on == DONE
    assert "оставлено здешнее" in provider.get(base).text
    assert not loaded(engine, LearningOutcome, outcomes["Петрова"]).is_in_conflict
    narrowed = provider.get(f"/learning-outcomes/?state=conflict&course={course['course']}").text
    assert "Сидорова" in narrowed
    assert "Петрова" not in narrowed
    books = {word: load_workbook(BytesIO(provider.get(f"/learning-{word}/export").data)).active for word in WORDS}
    cells = {word: [[cell for cell in row if cell is not None] for row in book.values] for word, book in books.items()}
    [kept] = [row for row in cells["outcomes"] if "Петрова Анна Петровна" in row]
    assert kept[1:3] == ["Петрова Анна Петровна", "Поток 1"]
    assert "оставлено здешнее" in kept
    assert kept[-1] == "Сотрудник provider"
    assert any({"Петрова Анна Петровна", "узнан", "электронная почта", "Moodle института"} <= set(row)
               for row in cells["people"])  # fmt: skip
    assert any({"ВСОКО-36", "Moodle института", "Поток 1", 1} <= set(row) for row in cells["courses"])
    assert browser("foreign_region").post(f"{base}/keep").status_code == 404
    assert browser("school").post("/learning-outcomes/keep-many", {"id": ticked("Сидорова")}).status_code == 403


def test_pages_of_a_course_and_its_group_cost_the_same_for_sixty(engine, world, browser, course):
    provider, pages = browser("provider"), ("decide", "course", "group")
    addresses = {
        "decide": f"/learning-people/decide?group={course['group']}",
        "course": f"/learning-courses/{course['course']}",
        "group": f"/training-groups/{course['group']}",
    }
    sent = {page: [] for page in pages}
    for amount in (2, 30):
        for index in range(amount):
            number = learning.add_person(
                engine, course["site"], remote_id=f"{amount}-{index}", full_name=f"Анна {index}"
            )
            learning.add_outcome(engine, course["course"], number)
        for page in pages:
            provider.get(addresses[page])
            with counted(engine) as statements:
                assert provider.get(addresses[page]).status_code == 200
            sent[page].append(len(statements))
    assert all(few == many for few, many in sent.values()), sent
    group = provider.get(addresses["group"]).text
    assert "Решить, кто есть кто (32)" in group
    assert f"/training-groups/{course['group']}/from-moodle" in group
    # Whoever takes no results is told nothing of sites.
    school = browser("school").get(addresses["group"])
    assert (school.status_code, "Данные из СДО" in school.text) == (200, False)
