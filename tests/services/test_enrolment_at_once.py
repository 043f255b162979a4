"""Two schools at the last seat of a group: the second waits for the first, and goes to the waiting list."""

from __future__ import annotations

import threading
from datetime import timedelta

from app.models import TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.guard import GuardedSession
from app.services import certificate_issue, enrolment
from app.services.certificate_issue import Numbers
from tests.factories.training import add_group, add_person, add_programme, enrol
from tests.services.training_work import NOW, TODAY, WHEN, states, told


def at_once(engine, first, second):
    """Both are (actor, deed); the second begins while the first has not ended. What each was told."""
    said = {}

    def act(place, actor, deed, meanwhile=None):
        with GuardedSession(engine, info={"actor": actor}) as session:
            session.connection(execution_options={"writes": True})
            said[place] = told(deed(session, actor))
            if meanwhile is not None:
                meanwhile()
            session.commit()

    other = threading.Thread(target=act, args=("second", *second))

    def begin():
        other.start()
        other.join(0.5)
        assert other.is_alive()

    act("first", *first, begin)
    other.join(30)
    return said["first"], said["second"]


def test_the_last_seat_is_given_once(engine, world, actor, work):
    begins = TODAY + timedelta(days=5)
    group = add_group(
        engine, world, add_programme(engine, world), seats=1, starts_on=begins, ends_on=begins + timedelta(days=9)
    )
    people = {unit: add_person(engine, world, unit, last_name=unit) for unit in ("school", "school_b")}

    def applying(unit):
        def deed(session, acting):
            return enrolment.apply(session, acting, session.get_one(TrainingGroup, group), [people[unit]], **WHEN)

        return actor(unit), deed

    first, second = at_once(engine, applying("school"), applying("school_b"))
    assert first == [(True, "Заявлен.")]
    assert second == [(True, "Свободных мест нет: поставлен в лист ожидания.")]
    assert states(work, group) == {
        people["school"]: EnrolmentStatus.APPLIED,
        people["school_b"]: EnrolmentStatus.WAITING,
    }


def test_one_number_is_given_once(engine, world, actor):
    """Two groups of one provider: neither holds the other's, the index of numbers does."""
    programme = add_programme(engine, world)
    rows = {}
    for name in ("Первая", "Вторая"):
        group = add_group(engine, world, programme, title=name, status=GroupStatus.FINISHED)
        person = add_person(engine, world, last_name=name)
        rows[group] = enrol(engine, group, person, status=EnrolmentStatus.COMPLETED)

    def issuing(group):
        def deed(session, acting):
            return certificate_issue.issue(
                session,
                acting,
                session.get_one(TrainingGroup, group),
                [(rows[group], None)],
                numbers=Numbers("СЖ", "0001"),
                issued_on=TODAY,
                now=NOW,
                today=TODAY,
            )

        return actor("provider"), deed

    refused = []

    def second(group):
        acting, deed = issuing(group)

        def cautious(session, actor):
            try:
                return deed(session, actor)
            except certificate_issue.Invalid as taken:
                refused.append(taken.field)
                return []

        return acting, cautious

    one, other = rows
    first, later = at_once(engine, issuing(one), second(other))
    assert first == [(True, "Выдан документ № 0001.")]
    # On SQLite the second begins when the first has ended, and finds the number; on PostgreSQL the index refuses it.
    assert refused == ["number"] or [ok for ok, _ in later] == [False]
