"""Cards, positions and what is hidden of people on the staff."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Certificate, Enrolment, OrgUnit, StaffIdentity, StaffMember, StaffPosition
from app.models.enumeration_of_training import PositionKind
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import org_unit, staff_identity, staff_member, staff_transfer
from app.services.staff_card import TypedCard, alike_cards
from app.services.staff_member import TypedPosition
from tests.factories.training import add_certificate, add_group, add_person, add_position, add_programme, enrol

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
SNILS, OTHER = "11223344595", "12345678964"
HEAD = TypedPosition(PositionKind.HEAD, "директор", date(2024, 9, 1))
ANNA = {"last_name": "Иванова", "first_name": "Анна", "patronymic": "Петровна"}


def journal(engine, action):
    with open_session(engine, reason="a test reads the journal") as session:
        rows = session.execute(
            select(AuditEvent.record_id, AuditEvent.note, AuditEvent.actor_name).where(AuditEvent.action == action)
        )
        return [tuple(row) for row in rows]


def test_a_card_with_its_first_position(work, actor, world):
    session, who = work("school"), actor("school")
    unit = world.units["school"]
    names = {"last_name": " Ким -  Ли ", "first_name": "Анна", "patronymic": ""}
    person = staff_member.create(session, who, unit_id=unit, **names, position=HEAD, today=TODAY)
    assert (person.last_name, person.is_working, person.org_unit_id) == ("Ким - Ли", True, unit)
    held = staff_member.positions_of(session, person)
    assert [(one.label, one.is_main, one.started_on) for one in held] == [("директор", True, date(2024, 9, 1))]
    for field, wrong in (("last_name", "Ким7"), ("first_name", " "), ("email", "anna"), ("patronymic", "П" * 101)):
        with pytest.raises(Invalid) as caught:
            staff_member.create(session, who, unit_id=unit, **{**ANNA, field: wrong}, position=None, today=TODAY)
        assert caught.value.field == field
    for place in ("school2", "municipality", "provider"):
        with pytest.raises(NotFound):
            staff_member.create(session, who, unit_id=world.units[place], **ANNA, position=None, today=TODAY)
    for login in ("colleague", "observer"):
        with pytest.raises(NotPermitted):
            staff_member.create(work(login), actor(login), unit_id=unit, **ANNA, position=None, today=TODAY)


def test_a_card_is_changed_by_whoever_keeps_it(engine, work, actor, world):
    here = add_person(engine, world, "school")
    # Has a second job in the school: is seen there and kept elsewhere.
    guest = add_person(engine, world, "school2", last_name="Гость")
    add_position(engine, world, guest, "school")
    session, who = work("school"), actor("school")
    person = session.get_one(StaffMember, here)
    card = TypedCard("Петрова", "Анна", "Петровна", note="сменила фамилию")
    with pytest.raises(Conflict):
        staff_member.change(session, who, person, version=person.version + 1, card=card)
    staff_member.change(session, who, person, version=person.version, card=card)
    assert person.name_key == "петрова|анна|петровна"
    with pytest.raises(NotPermitted):
        staff_member.change(session, who, session.get_one(StaffMember, guest), version=1, card=card)
    assert [one.id for one in alike_cards(session, world.units["school"], TypedCard("ПЕТРОВА", "А."))] == [here]
    assert alike_cards(session, world.units["school"], TypedCard("Петрова", "Инна")) == []


def test_positions_begin_are_set_right_and_end(engine, work, actor, world):
    number = add_person(engine, world, "school", title="директор")
    session, who = work("municipality"), actor("municipality")
    person, unit = session.get_one(StaffMember, number), world.units["school"]
    first = staff_member.positions_of(session, person)[0]
    deputy = TypedPosition(PositionKind.DEPUTY, "завуч", date(2025, 9, 1), is_main=True)
    second = staff_member.add_position(session, who, person, unit, deputy, today=TODAY)
    assert (first.is_main, second.is_main) == (False, True)
    with pytest.raises(Invalid, match="уже есть"):
        staff_member.add_position(session, who, person, unit, deputy, today=TODAY)
    # In another unit it is a second job, whatever was ticked.
    elsewhere = staff_member.add_position(session, who, person, world.units["school2"], deputy, today=TODAY)
    assert not elsewhere.is_main
    with pytest.raises(Conflict):
        staff_member.change_position(session, who, second, deputy, version=9, today=TODAY)
    right = TypedPosition(PositionKind.DEPUTY, "заместитель по УВР", date(2025, 9, 2))
    staff_member.change_position(session, who, second, right, version=second.version, today=TODAY)
    assert second.label == "заместитель по УВР"
    for day in (TODAY + timedelta(1), date(2025, 9, 1)):
        with pytest.raises(Invalid) as caught:
            staff_member.end_position(session, who, second, ended_on=day, today=TODAY)
        assert caught.value.field == "ended_on"
    staff_member.end_position(session, who, second, ended_on=TODAY, today=TODAY)
    with pytest.raises(WrongState):
        staff_member.end_position(session, who, second, ended_on=TODAY, today=TODAY)
    assert person.is_working
    staff_member.end_position(session, who, first, ended_on=TODAY, today=TODAY)
    # The second job elsewhere is no main place.
    assert not person.is_working
    assert [one.id for one in staff_member.positions_of(session, person)] == [elsewhere.id, second.id, first.id]
    session.commit()
    # Of a person with a second job there the school sees the card, and ends its own position only.
    guest = work("school2")
    seen = guest.get_one(StaffMember, number)
    with pytest.raises(NotPermitted):
        staff_member.end_position(
            guest, actor("school2"), guest.get_one(StaffPosition, first.id), ended_on=TODAY, today=TODAY
        )
    theirs = guest.get_one(StaffPosition, elsewhere.id)
    staff_member.end_position(guest, actor("school2"), theirs, ended_on=TODAY, today=TODAY)
    assert seen.is_working is False


def test_a_provider_does_not_take_a_trainee_on_by_hand(engine, work, actor, world):
    """A position would open the whole card to it."""
    trainee = add_person(engine, world, "school")
    enrol(engine, add_group(engine, world, add_programme(engine, world)), trainee)
    session, who = work("provider"), actor("provider")
    person = session.get_one(StaffMember, trainee)
    with pytest.raises(NotPermitted):
        staff_member.add_position(session, who, person, world.units["provider"], HEAD, today=TODAY)


def with_everything(engine, world, unit="school", **values):
    """A person with a document, an enrolment and a number."""
    person = add_person(engine, world, unit, snils=SNILS, born_on=date(1980, 5, 1), **values)
    certificate = add_certificate(engine, world, person, entered_by=unit)
    group = add_group(engine, world, add_programme(engine, world))
    return person, certificate, enrol(engine, group, person)


def scopes(engine, world, person, certificate, enrolment):
    """Where the card and all that hangs on it stand."""
    with open_session(engine, reason="a test looks at stamps") as session:
        rows = [
            session.get_one(StaffMember, person),
            session.get_one(Certificate, certificate),
            session.get_one(Enrolment, enrolment),
            session.scalars(select(StaffIdentity).where(StaffIdentity.staff_member_id == person)).one(),
        ]
        return {(row.org_unit_id, row.municipality_id, row.region_id) for row in rows}


def test_a_person_is_moved_with_all_they_have(engine, work, actor, world):
    person, certificate, enrolment = with_everything(engine, world)
    session, who = work("region"), actor("region")
    moved = session.get_one(StaffMember, person)
    to, new = world.units["school_b"], TypedPosition(PositionKind.DEPUTY, "завуч", TODAY)
    for login in ("school", "municipality"):
        # The school to which the person goes lies outside.
        near = work(login)
        with pytest.raises(NotFound):
            staff_transfer.move(
                near, actor(login), near.get_one(StaffMember, person), to, new, ended_on=TODAY, today=TODAY
            )
    with pytest.raises(Invalid):
        staff_transfer.move(session, who, moved, to, new, ended_on=TODAY, today=TODAY)
    staff_transfer.move(session, who, moved, to, new, ended_on=TODAY - timedelta(1), today=TODAY)
    session.commit()
    where = {(to, world.units["municipality2"], world.units["region"])}
    assert scopes(engine, world, person, certificate, enrolment) == where
    held = staff_member.positions_of(session, session.get_one(StaffMember, person))
    assert [(one.org_unit_id, one.is_main, one.ended_on) for one in held] == [
        (to, True, None),
        (world.units["school"], True, TODAY - timedelta(1)),
    ]
    assert work("school").get(StaffMember, person) is None
    taking = work("school_b")
    assert taking.get(StaffMember, person).is_working
    assert [one.id for one in taking.scalars(select(Certificate))] == [certificate]
    assert [note for record, note, _ in journal(engine, "move") if record == person] == [
        f"Основное место: {session.get_one(OrgUnit, to).label}"
    ]


def taken(session, who, **typed):
    given = {**ANNA, "snils": "112-233-445 95", "typed": HEAD, "now": NOW, "today": TODAY, **typed}
    return staff_transfer.take(session, who, **given)


def test_a_person_without_work_is_taken_with_all_they_have(engine, work, actor, world):
    person, certificate, enrolment = with_everything(engine, world, kind=None)
    add_person(engine, world, "foreign_school", snils=SNILS, kind=None)
    session, who = work("school_b"), actor("school_b")
    found = staff_transfer.find_free(session, who, **ANNA, snils=SNILS, now=NOW)
    assert (found.is_free, found.is_here) == (True, False)
    assert taken(session, who).id == person
    session.commit()
    where = {(world.units["school_b"], world.units["municipality2"], world.units["region"])}
    assert scopes(engine, world, person, certificate, enrolment) == where
    with pytest.raises(WrongState):
        taken(session, who)


def test_one_who_works_gets_a_second_job(engine, work, actor, world):
    _person, _, _ = with_everything(engine, world)
    session, who = work("school_b"), actor("school_b")
    guest = taken(session, who)
    assert guest.org_unit_id == world.units["school"]
    held = staff_member.positions_of(session, guest)
    assert [(one.org_unit_id, one.is_main) for one in held] == [
        (world.units["school"], True),
        (world.units["school_b"], False),
    ]
    with pytest.raises(Invalid, match="уже есть"):
        taken(session, who)
    with pytest.raises(NotPermitted):
        staff_identity.write(session, who, guest, snils=OTHER)
    assert staff_identity.reveal(session, who, guest).snils == SNILS


def test_a_wrong_guess_and_an_absent_person_are_one_answer(engine, work, actor, world):
    with_everything(engine, world, kind=None)
    session, who = work("school_b"), actor("school_b")
    assert taken(session, who, snils=OTHER) is None
    assert taken(session, who, last_name="Петрова") is None
    assert taken(session, who, last_name="Никто", snils=OTHER) is None
    session.commit()
    kept = journal(engine, "seek_staff")
    assert kept == [(world.units["school_b"], "Не найдено.", "Сотрудник school_b")] * 3
    assert staff_transfer.misses_left(session, who, NOW + timedelta(days=400)) == staff_transfer.MOST_MISSES
    with pytest.raises(Invalid) as caught:
        taken(session, who, snils="11223344594")
    assert caught.value.field == "snils"
    assert "112" not in caught.value.sentence
    for _ in range(staff_transfer.MOST_MISSES - 3):
        assert taken(session, who, snils=OTHER) is None
    # The moment of the journal's rows is the clock's; the window moves with the question.
    late = session.scalars(select(AuditEvent.at).order_by(AuditEvent.id.desc()).limit(1)).one()
    with pytest.raises(WrongState):
        taken(session, who, now=late + timedelta(hours=1))
    assert taken(session, who, now=late + timedelta(days=2)) is not None
    with pytest.raises(NotPermitted):
        taken(work("observer"), actor("observer"))


def test_a_closed_unit_keeps_nobody_at_work(engine, work, actor, world):
    here = add_person(engine, world, "school", started_on=date(2026, 11, 21))
    guest = add_person(engine, world, "school2", last_name="Гость")
    second = add_position(engine, world, guest, "school")
    session, who = work("municipality"), actor("municipality")
    unit = session.get_one(OrgUnit, world.units["school"])
    closing = {"successor": None, "pass_on": False, "reason": "Постановление № 5", "today": TODAY}
    org_unit.close(session, who, unit, closed_on=date(2026, 11, 20), **closing)
    session.commit()
    ended = session.get_one(StaffPosition, second)
    assert ended.ended_on == date(2026, 11, 20)
    # An appointment later than the closing lasts its one day.
    person = session.get_one(StaffMember, here)
    assert staff_member.positions_of(session, person)[0].ended_on == date(2026, 11, 21)
    assert (person.is_working, session.get_one(StaffMember, guest).is_working) == (False, True)
