"""Who somebody of a platform is: by the strongest ground, only where it is certain; the others wait."""

from __future__ import annotations

import pytest

from app.models.enumeration_of_platforms import MatchGround
from app.models.enumeration_of_training import EnrolmentStatus as Status
from app.policies.refusal import Conflict, WrongState
from app.services import learning_decision
from tests.factories.learning import add_person as add_remote
from tests.factories.training import add_person
from tests.services.learning_world import (
    NOW,
    PASSED_ON,
    TODAY,
    Taker,
    a_course,
    add_site,
    enrolment,
    person,
    seat,
    states,
    told,
)


@pytest.fixture
def course(engine, world):
    """A decoy of another region beside it, with a person of the same name and address."""
    foreign = a_course(engine, world, "foreign_provider")
    seat(engine, world, foreign, "anna", "Иванова Анна Петровна", unit="foreign_school", email="anna@school.test")
    return a_course(engine, world)


@pytest.fixture
def taking(acting, course):
    return Taker(acting, course)


def test_people_are_found_by_the_strongest_ground_and_namesakes_wait(engine, world, course, taking, acting):
    seat(engine, world, course, "snils", "Числова Анна Петровна", snils="11223344595")
    seat(engine, world, course, "email", "Почтова Мария Ильинична", email="Maria@School.test")
    seat(engine, world, course, "name", "Фёдорова-Ким Алёна Игоревна")
    seat(engine, world, course, "twin1", "Тестова Испытания Пробовна", unit="school")
    seat(engine, world, course, "twin2", "Тестова Испытания Пробовна", unit="school_b")
    seat(engine, world, course, "number", "Номерова Ольга Павловна", snils="12345678964")
    seat(engine, world, course, "box", "Ящикова Вера Львовна", email="school5@school.test")
    # Of the same names, out of the group: in it nobody else of these is.
    add_person(engine, world, "school_b", last_name="Неизвестная", first_name="Нина", patronymic="Олеговна")
    outsider = add_person(engine, world, "school", last_name="Сторонняя", snils="08765430300")
    people = [
        told("1", "Зовут Иначе Совсем", on=PASSED_ON, idnumber="112-233-445 95"),
        told("2", "Почтова Мария", on=PASSED_ON, email="maria@school.test"),
        told("3", "ФЕДОРОВА-КИМ Алена Игоревна", on=PASSED_ON),
        told("4", "Тестова Испытания Пробовна", on=PASSED_ON),
        told("5", "Неизвестная Нина Олеговна", on=PASSED_ON),
        # Another number than that of the only one of this name.
        told("6", "Номерова Ольга Павловна", on=PASSED_ON, snils="15502342302"),
        # Writes from the mailbox of the school.
        told("7", "Посторонний Пётр Ильич", on=PASSED_ON, email="school5@school.test"),
        told("8", "Сторонняя Анна Петровна", on=PASSED_ON, snils="08765430300"),
    ]
    rows = {row.remote_id: row for row in taking(*people, login="region").rows}
    grounds = {number: (row.state.value, row.ground.value if row.ground else "") for number, row in rows.items()}
    assert grounds == {
        "1": ("completed", "snils"),
        "2": ("completed", "email"),
        "3": ("completed", "name"),
        "4": ("waiting", ""),
        "5": ("waiting", ""),
        "6": ("waiting", ""),
        "7": ("waiting", ""),
        "8": ("obstacle", "snils"),
    }
    twins = {course.people["twin1"], course.people["twin2"]}
    assert {one.staff_member_id for one in rows["4"].candidates} == twins
    assert not rows["5"].candidates
    assert not rows["6"].candidates
    assert [one.name for one in rows["7"].candidates] == ["Ящикова Вера Львовна"]
    assert rows["8"].staff_member_id == outsider
    # The number itself is kept nowhere.
    assert person(engine, course, "1").idnumber == ""

    session, who = acting("provider")
    fourth = learning_decision.the_person(session, person(engine, course, "4").id)
    with pytest.raises(Conflict):
        learning_decision.known_as(session, who, fourth, min(twins), version=fourth.version + 1, now=NOW, today=TODAY)
    said = learning_decision.known_as(session, who, fourth, min(twins), version=fourth.version, now=NOW, today=TODAY)
    assert said.startswith("Тестова Испытания Пробовна — это Тестова Испытания Пробовна. «ВСОКО-36»: завершение")
    third = learning_decision.the_person(session, person(engine, course, "3").id)
    with pytest.raises(WrongState, match="это уже «Тестова"):
        learning_decision.known_as(session, who, third, min(twins), version=third.version, now=NOW, today=TODAY)
    fifth = learning_decision.the_person(session, person(engine, course, "5").id)
    learning_decision.ignore(session, who, fifth, version=fifth.version, now=NOW)
    session.commit()
    assert enrolment(engine, course.enrolments["twin1"]).status is Status.COMPLETED
    again = states(taking(*people).rows)
    assert (again["4"], again["5"]) == ("same", "ignored")
    session, who = acting("provider")
    fifth = learning_decision.the_person(session, fifth.id)
    learning_decision.open_again(session, who, fifth, version=fifth.version, now=NOW)
    assert states(taking(*people).rows)["5"] == "waiting"


def test_a_number_of_another_organisations_site_tells_no_namesakes_apart(engine, world, course, taking):
    """The region sees the sites of all: the number of one is somebody else's in another."""
    seat(engine, world, course, "twin1", "Тестова Испытания Пробовна", unit="school")
    seat(engine, world, course, "twin2", "Тестова Испытания Пробовна", unit="school_b")
    known = {"full_name": "Тестова", "idnumber": "5", "staff": course.people["twin1"]}
    twin = told("4", "Тестова Испытания Пробовна", idnumber="5")
    add_remote(engine, add_site(engine, world, "region"), remote_id="70", ground=MatchGround.DECISION, **known)
    assert states(taking(twin, login="region").rows) == {"4": "waiting"}
    beside = add_site(engine, world, address="https://beside.test")
    add_remote(engine, beside, remote_id="71", ground=MatchGround.DECISION, **known)
    [row] = taking(twin, login="region").rows
    assert (row.staff_member_id, row.ground) == (course.people["twin1"], MatchGround.IDNUMBER)


def test_whoever_leaves_the_course_and_whoever_has_two_accounts(engine, world, course, taking):
    seat(engine, world, course, "anna", "Иванова Анна Петровна", email="anna@school.test")
    seat(engine, world, course, "boris", "Петров Борис Ильич")
    lost = seat(engine, world, course, "vera", "Ким Вера Павловна")
    first = (
        told("1", "Иванова Анна Петровна", email="anna@school.test"),
        told("2", "Петров Борис Ильич", on=PASSED_ON),
        told("9", "Чужой Олег Олегович"),
    )
    assert taking(*first).absent == (lost,)
    # The second account is told to be the same person by whoever takes the file.
    second = told("3", "Анна И.", on=PASSED_ON, grade="5")
    taken = taking(first[0], second, chosen={"3": course.people["anna"]})
    assert states(taken.rows) == {"1": "obstacle", "3": "completed", "9": "gone"}
    assert enrolment(engine, course.enrolments["anna"]).grade == "5"
    assert person(engine, course, "3").ground is MatchGround.DECISION
    assert enrolment(engine, course.enrolments["boris"]).status is Status.COMPLETED
    # A file of some people says nothing of the others.
    assert states(taking(first[0], second, whole=False).rows) == {"1": "obstacle", "3": "same"}
