"""How a platform's names, numbers and grades are read."""

from __future__ import annotations

from datetime import date

import pytest

from app.services.learning_judgement import Result, same_grade
from app.services.learning_match import number_of, readings
from app.services.learning_pull import digest_of
from app.services.learning_record import name_of
from app.services.learning_told import CourseTold, OutcomeTold, PersonTold

pytestmark = pytest.mark.once

DAY = date(2026, 10, 20)
ANNA = ("Иванова", "Анна", "Петровна")


@pytest.mark.parametrize(
    ("person", "wanted"),
    [
        (PersonTold("1", "Анна Петровна Иванова", "Иванова", "Анна Петровна"), [ANNA]),
        (PersonTold("1", "Анна Иванова", "Иванова", "Анна"), [("Иванова", "Анна", "")]),
        # One column alone: it may begin with either.
        (PersonTold("1", "Анна Петровна Иванова"), [("Анна", "Петровна", "Иванова"), ANNA]),
        (PersonTold("1", "Иванова Анна Петровна"), [ANNA, ("Петровна", "Иванова", "Анна")]),
        (PersonTold("1", "Иванова"), []),
        (PersonTold("1", "", "Иванова", " "), []),
    ],
)
def test_a_name_is_read_in_every_way_that_it_may_be_meant(person, wanted):
    assert [tuple(one) for one in readings(person)] == wanted


@pytest.mark.parametrize(
    ("idnumber", "number"),
    [
        ("112-233-445 95", "11223344595"),
        ("11223344595", "11223344595"),
        ("112-233-445 96", ""),
        ("SL-11223344595", ""),
        ("SL-2026-0001", ""),
        ("", ""),
    ],
)
def test_a_snils_in_the_place_of_the_idnumber_is_known_by_its_check_digits(idnumber, number):
    assert number_of(PersonTold("1", "Кто-то", idnumber=idnumber)) == number


def test_a_name_is_kept_with_the_surname_first_and_without_what_no_database_keeps():
    assert name_of(PersonTold("1", "Анна  Петровна Иванова", "Иванова", "Анна  Петровна")) == "Иванова Анна Петровна"
    assert name_of(PersonTold("1", "Анна \x00 Иванова")) == "Анна Иванова"
    assert len(name_of(PersonTold("1", "я" * 600))) == 500


def test_grades_are_compared_as_numbers_where_they_are_numbers():
    assert same_grade("82", "82,00")
    assert same_grade("82.50", "82,5")
    assert same_grade("Зачтено ", "зачтено")
    assert not same_grade("82", "82,1")
    assert not same_grade("", "0")
    assert Result(True, DAY, "").agrees(Result(True, DAY, "90"))
    assert not Result(True, DAY, "90").agrees(Result(True, DAY, ""))


def test_the_digest_is_of_what_is_told_in_whatever_order():
    one = OutcomeTold(PersonTold("1", "Анна Иванова", snils="11223344595"), True, DAY, "5")
    other = OutcomeTold(PersonTold("2", "Борис Петров"))
    whole = digest_of(CourseTold("2", "Курс", (one, other)))
    assert whole == digest_of(CourseTold("2", "Название другое", (other, one)))
    changed = OutcomeTold(PersonTold("1", "Анна Иванова", snils="12345678964"), True, DAY, "5")
    for others in ((one,), (one, OutcomeTold(other.person, False, None, "3")), (changed, other)):
        assert whole != digest_of(CourseTold("2", "Курс", others))
