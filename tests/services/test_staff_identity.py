"""СНИЛС, days of birth: written and seen with a trace, within the scope, by those who may."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from app.models import AuditEvent, StaffMember
from app.models.enumeration_of_training import Sex
from app.policies.refusal import Invalid, NotPermitted
from app.policies.unscoped import open_session
from app.services import staff_identity
from tests.factories.training import add_group, add_person, add_programme, enrol

TODAY = date(2026, 11, 22)
SNILS, OTHER = "11223344595", "12345678964"


def journal(engine, action):
    with open_session(engine, reason="a test reads the journal") as session:
        rows = session.execute(
            select(AuditEvent.record_id, AuditEvent.note, AuditEvent.actor_name).where(AuditEvent.action == action)
        )
        return [tuple(row) for row in rows]


def test_what_is_hidden_is_written_and_seen_with_a_trace(engine, work, actor, world):
    number = add_person(engine, world, "school")
    session, who = work("school"), actor("school")
    person = session.get_one(StaffMember, number)
    assert staff_identity.reveal(session, who, person) == staff_identity.Identity()
    assert staff_identity.write(session, who, person, snils="112-233-445 95", born_on=date(1980, 5, 1), sex=Sex.FEMALE)
    assert not staff_identity.write(session, who, person, snils=SNILS)
    assert person.has_snils
    seen = staff_identity.reveal(session, who, person)
    assert (seen.snils, seen.born_on, seen.sex, seen.citizenship) == (SNILS, date(1980, 5, 1), Sex.FEMALE, "643")
    assert SNILS not in repr(seen)
    for typed in ({"snils": "11223344594"}, {"citizenship": "RUS"}, {"born_on": date(2020, 1, 1), "today": TODAY}):
        with pytest.raises(Invalid) as caught:
            staff_identity.write(session, who, person, **typed)
        assert caught.value.field == next(iter(typed))
    assert staff_identity.write(session, who, person, snils="")
    assert not person.has_snils
    assert staff_identity.reveal(session, who, person).born_on == date(1980, 5, 1)
    session.commit()
    assert [note for _, note, _ in journal(engine, "write_identity")] == [
        "Записано: СНИЛС, дата рождения, пол.",
        "Записано: СНИЛС.",
    ]
    assert journal(engine, "see_identity") == [(number, "карточка работника", "Сотрудник school")] * 2
    with open_session(engine, reason="a test reads the journal") as all_rows:
        told = [f"{row.changes}{row.note}{row.record_label}" for row in all_rows.scalars(select(AuditEvent))]
    assert not any(SNILS in one or "1980" in one for one in told)


def test_identities_are_given_within_the_scope_one_row_each(engine, work, actor, world):
    mine = add_person(engine, world, "school", snils=SNILS)
    trainee = add_person(engine, world, "school2", snils=OTHER)
    plain = add_person(engine, world, "school", last_name="Безномерная")
    foreign = add_person(engine, world, "foreign_school", snils=OTHER)
    enrol(engine, add_group(engine, world, add_programme(engine, world)), trainee)
    everyone = [mine, trainee, plain, foreign]
    for login, seen in (("school", [mine]), ("provider", [trainee]), ("region", [mine, trainee])):
        session = work(login)
        found = staff_identity.identities(session, actor(login), everyone, "выгрузка")
        assert sorted(found) == seen
        session.commit()
        assert sorted(row[0] for row in journal(engine, "see_identity") if row[2] == f"Сотрудник {login}") == seen
    # A provider adds what a document needs and the card has not; it sets nothing right.
    session, who = work("provider"), actor("provider")
    person = session.get_one(StaffMember, trainee)
    assert staff_identity.write(session, who, person, born_on=date(1980, 5, 1), sex=Sex.FEMALE)
    for typed in ({"born_on": date(1981, 5, 1)}, {"sex": Sex.MALE}, {"snils": SNILS}):
        with pytest.raises(NotPermitted):
            staff_identity.write(session, who, person, **typed)
    session.rollback()
    session, who = work("region"), actor("region")
    assert staff_identity.with_numbers(session, who, [SNILS, OTHER]) == {SNILS: mine, OTHER: trainee}
    for login in ("colleague", "observer", "unit_admin"):
        session, who = work(login), actor(login)
        for ask in (
            partial(staff_identity.identities, session, who, everyone, "так"),
            partial(staff_identity.reveal, session, who, session.get_one(StaffMember, mine)),
            partial(staff_identity.write, session, who, session.get_one(StaffMember, mine), snils=OTHER),
            partial(staff_identity.with_numbers, session, who, [SNILS]),
            partial(staff_identity.born, session, who, [mine]),
            partial(staff_identity.Numbers, session, who),
        ):
            with pytest.raises(NotPermitted):
                ask()
