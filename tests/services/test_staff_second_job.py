"""A second job beside the main place: what it ends, what it becomes, and what a hit at the door is counted as."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.models import StaffMember, StaffPosition
from app.models.enumeration_of_training import PositionKind
from app.policies.refusal import NotFound
from app.services import staff_member, staff_transfer
from app.services.staff_member import TypedPosition
from tests.factories.training import add_person, add_position

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
SNILS = "11223344595"


def test_a_second_job_that_ends_leaves_the_person_at_work(engine, work, actor, world):
    person = add_person(engine, world, "school")
    second = add_position(engine, world, person, "school2")
    session, who = work("school2"), actor("school2")
    position = session.get_one(StaffPosition, second)
    staff_member.end_position(session, who, position, ended_on=TODAY, today=TODAY)
    session.commit()
    assert work("school").get_one(StaffMember, person).is_working


def test_who_moves_to_the_second_job_has_it_as_the_main_one(engine, work, actor, world):
    person = add_person(engine, world, "school")
    second = add_position(engine, world, person, "school_b", kind=PositionKind.DEPUTY, title="завуч")
    abroad = add_person(engine, world, "foreign_school")
    session, who = work("region"), actor("region")
    typed = TypedPosition(PositionKind.DEPUTY, "завуч", TODAY)
    ended = {"ended_on": TODAY - timedelta(1), "today": TODAY}
    moved = session.get_one(StaffMember, person)
    with pytest.raises(NotFound):
        staff_transfer.move(session, who, moved, world.units["foreign_school"], typed, **ended)
    assert session.get(StaffMember, abroad) is None
    same = staff_transfer.move(session, who, moved, world.units["school_b"], typed, **ended)
    session.commit()
    assert (same.id, same.is_main) == (second, True)
    held = staff_member.positions_of(session, session.get_one(StaffMember, person))
    assert [(one.org_unit_id, one.is_main) for one in held if one.ended_on is None] == [(world.units["school_b"], True)]


def test_a_hit_is_no_miss(engine, work, actor, world):
    add_person(engine, world, "school", kind=None, snils=SNILS)
    session, who = work("school_b"), actor("school_b")
    name = {"last_name": "Иванова", "first_name": "Анна", "patronymic": "Петровна"}
    assert staff_transfer.find_free(session, who, **name, snils=SNILS, now=NOW) is not None
    assert staff_transfer.misses_left(session, who, NOW) == staff_transfer.MOST_MISSES
    assert staff_transfer.find_free(session, who, **name | {"last_name": "Петрова"}, snils=SNILS, now=NOW) is None
    assert staff_transfer.misses_left(session, who, NOW) == staff_transfer.MOST_MISSES - 1
