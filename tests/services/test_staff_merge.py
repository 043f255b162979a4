"""Cards that may be of one person: found, previewed, made one."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.models import (
    Attendance,
    AuditEvent,
    Certificate,
    Enrolment,
    StaffIdentity,
    StaffMember,
    StaffPosition,
    TrainingSession,
)
from app.models.enumeration_of_training import CertificateStatus, EnrolmentStatus, PositionKind
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import staff_duplicates, staff_merge
from app.services.staff_duplicates import Likeness
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_position,
    add_programme,
    enrol,
    writing,
)

TODAY = date(2026, 11, 22)
SNILS, OTHER = "11223344595", "12345678964"


def pairs(work, actor, login):
    found = staff_duplicates.pairs(work(login), actor(login))
    return [(pair.first.id, pair.second.id, pair.likeness) for pair in found]


def test_pairs_are_found_in_scope_with_their_reason(engine, work, actor, world):
    anna = add_person(engine, world, "school", snils=SNILS)
    same_number = add_person(engine, world, "school_b", last_name="Петрова", snils=SNILS)
    same_name = add_person(engine, world, "school_b", last_name="ИВАНОВА", first_name="АННА")
    alike = add_person(engine, world, "school2", patronymic="Перовна")
    half = add_person(engine, world, "school2", last_name="Ким-Иванова", patronymic="Петровна")
    # Alike, in another municipality; of the same name with another number; of another region.
    add_person(engine, world, "school_c", patronymic="Петрвна", snils=OTHER)
    namesake = add_person(engine, world, "school", snils="08765430300")
    add_person(engine, world, "foreign_school", snils=SNILS)
    found = pairs(work, actor, "municipality")
    assert (anna, alike, Likeness.ALIKE) in found
    assert (anna, half, Likeness.HALF) in found
    assert {one for pair in found for one in pair[:2]}.isdisjoint({same_number, same_name})
    found = pairs(work, actor, "region")
    assert found[0] == (anna, same_number, Likeness.NUMBER)
    assert (anna, same_name, Likeness.NAME) in found
    # Two numbers are two people.
    assert not any({pair[0], pair[1]} == {anna, namesake} for pair in found)
    assert len({pair[:2] for pair in found}) == len(found)
    assert SNILS not in repr(_found(work, actor))
    for login in ("colleague", "observer"):
        with pytest.raises(NotPermitted):
            staff_duplicates.pairs(work(login), actor(login))


def _found(work, actor):
    return staff_duplicates.pairs(work("region"), actor("region"))


def test_two_cards_become_one(engine, work, actor, world):
    keep = add_person(engine, world, "school", title="директор", started_on=date(2022, 1, 10))
    other = add_person(
        engine,
        world,
        "school2",
        title="методист",
        kind=PositionKind.METHODIST,
        snils=SNILS,
        born_on=date(1980, 5, 1),
        email="anna@school.ru",
    )
    add_position(engine, world, other, "school", kind=PositionKind.HEAD, title="директор", started_on=date(2021, 3, 1))
    past = add_position(engine, world, other, "school", ended_on=date(2020, 6, 1), started_on=date(2019, 6, 1))
    programme = add_programme(engine, world)
    both, one = (add_group(engine, world, programme, title=title) for title in ("Общий", "Один"))
    went_away = enrol(engine, both, keep, status=EnrolmentStatus.WITHDRAWN)
    stays = enrol(engine, both, other, status=EnrolmentStatus.CERTIFIED)
    moves = enrol(engine, one, other)
    with writing(engine) as session:
        day = TrainingSession(group_id=both, held_on=date(2026, 12, 1))
        session.add(day)
        session.flush()
        session.add_all(
            Attendance(staff_member_id=person, enrolment_id=number, session_id=day.id, present=True)
            for person, number in ((keep, went_away), (other, stays))
        )
    given = add_certificate(engine, world, other, issuer="provider", number="7", enrolment_id=stays)
    annulled = add_certificate(
        engine,
        world,
        keep,
        issuer="provider",
        number="6",
        enrolment_id=went_away,
        status=CertificateStatus.ANNULLED,
    )
    twice = [add_certificate(engine, world, person, number="55") for person in (keep, other)]
    session, who = work("municipality"), actor("municipality")
    mine, theirs = session.get_one(StaffMember, keep), session.get_one(StaffMember, other)
    seen = staff_merge.preview(session, who, mine, theirs)
    assert seen.obstacles == []
    assert sorted(each.id for each in seen.certificates) == [given, twice[1]]
    assert [each.id for each in seen.same_certificates] == [twice[1]]
    assert [(each.group, each.stays.id, each.goes.id) for each in seen.doubled] == [("Общий", stays, went_away)]
    assert [each.id for each in seen.enrolments] == [moves]
    assert len(seen.doubled_positions) == 1
    assert seen.identity == ["СНИЛС", "дата рождения"]
    with pytest.raises(Conflict):
        staff_merge.merge(session, who, mine, theirs, mark="0", today=TODAY)
    kept = staff_merge.merge(session, who, mine, theirs, mark=seen.mark, today=TODAY)
    session.commit()
    assert (kept.id, kept.email, kept.has_snils, kept.is_working) == (keep, "anna@school.ru", True, True)
    with open_session(engine, reason="a test looks at everything") as rows:
        assert rows.get(StaffMember, other) is None
        for model in (StaffPosition, Enrolment, Certificate, StaffIdentity, Attendance):
            assert set(rows.scalars(select(model.staff_member_id))) == {keep}, model
        assert set(rows.scalars(select(Enrolment.id))) == {stays, moves}
        assert rows.get_one(Certificate, annulled).enrolment_id == stays
        stamps = {
            (row.org_unit_id, row.municipality_id)
            for model in (Enrolment, Certificate, StaffIdentity, Attendance)
            for row in rows.scalars(select(model))
        }
        assert stamps == {(world.units["school"], world.units["municipality"])}
        held = {row.title or row.kind: row for row in rows.scalars(select(StaffPosition).order_by(StaffPosition.id))}
        assert held["директор"].started_on == date(2021, 3, 1)
        assert (held["директор"].is_main, held["методист"].is_main) == (True, False)
        assert past in {row.id for row in held.values()}
        told = rows.execute(
            select(AuditEvent.action, AuditEvent.record_id, AuditEvent.note).where(
                AuditEvent.record_type == "staff_member", AuditEvent.action.in_(("merge", "delete"))
            )
        ).all()
    assert sorted((row.action, row.record_id) for row in told) == [("delete", other), ("merge", keep)]
    assert all("Иванова Анна Петровна" in row.note and SNILS not in row.note for row in told)


def test_what_keeps_two_cards_apart(engine, work, actor, world):
    keep = add_person(engine, world, "school", snils=SNILS, born_on=date(1980, 5, 1))
    other_number = add_person(engine, world, "school", snils=OTHER)
    other_day = add_person(engine, world, "school", snils=SNILS, born_on=date(1981, 5, 1))
    of_another = add_person(engine, world, "school_b", kind=None)
    add_position(engine, world, of_another, "school2")
    far = add_person(engine, world, "school2")
    add_position(engine, world, far, "school_b")
    session, who = work("municipality"), actor("municipality")
    mine = session.get_one(StaffMember, keep)
    for number, word in (
        (other_number, "СНИЛС в карточках разные"),
        (other_day, "Даты рождения"),
        (of_another, "ведёт другая организация"),
        (far, "вне вашей части дерева"),
    ):
        theirs = session.get_one(StaffMember, number)
        seen = staff_merge.preview(session, who, mine, theirs)
        assert word in " ".join(seen.obstacles)
        assert SNILS not in " ".join(seen.obstacles)
        with pytest.raises((WrongState, NotPermitted)):
            staff_merge.merge(session, who, mine, theirs, mark=seen.mark, today=TODAY)
    with pytest.raises(Invalid):
        staff_merge.preview(session, who, mine, mine)
    with pytest.raises(NotPermitted):
        staff_merge.preview(work("colleague"), actor("colleague"), mine, session.get_one(StaffMember, far))
    region = work("region")
    pair = region.get_one(StaffMember, keep), region.get_one(StaffMember, far)
    assert staff_merge.preview(region, actor("region"), *pair).obstacles == []


def test_two_documents_of_one_group_are_not_merged(engine, work, actor, world):
    keep, other = (add_person(engine, world, "school") for _ in range(2))
    group = add_group(engine, world, add_programme(engine, world))
    for person, number in ((keep, "1"), (other, "2")):
        way = enrol(engine, group, person, status=EnrolmentStatus.CERTIFIED)
        add_certificate(engine, world, person, issuer="provider", number=number, enrolment_id=way)
    session, who = work("school"), actor("school")
    pair = session.get_one(StaffMember, keep), session.get_one(StaffMember, other)
    assert "два документа" in staff_merge.preview(session, who, *pair).obstacles[0]


def test_a_seat_is_not_given_up_for_the_waiting_list(engine, work, actor, world):
    group = add_group(engine, world, add_programme(engine, world))
    keep, other = add_person(engine, world), add_person(engine, world, title="директор")
    waits = enrol(engine, group, other, status=EnrolmentStatus.WAITING)
    seat = enrol(engine, group, keep, status=EnrolmentStatus.APPLIED)
    session, who = work("municipality"), actor("municipality")
    mine, theirs = session.get_one(StaffMember, keep), session.get_one(StaffMember, other)
    seen = staff_merge.preview(session, who, mine, theirs)
    assert [(each.stays.id, each.goes.id) for each in seen.doubled] == [(seat, waits)]
    staff_merge.merge(session, who, mine, theirs, mark=seen.mark, today=TODAY)
    session.commit()
    assert session.scalars(select(Enrolment.id)).all() == [seat]
    told = select(AuditEvent.record_label).where(AuditEvent.record_type == "enrolment", AuditEvent.action == "delete")
    assert session.scalars(told).all() == ["Иванова Анна Петровна"]
