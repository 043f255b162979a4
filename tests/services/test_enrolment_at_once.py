"""Two schools at the last seat of a group: the second waits for the first, and goes to the waiting list."""

from __future__ import annotations

import threading
from datetime import timedelta

from app.models import TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.guard import GuardedSession
from app.policies.refusal import WrongState
from app.services import certificate_issue, enrolment, enrolment_order, training_group_course
from app.services.certificate_issue import Numbers
from app.services.enrolment_verdict import Verdict
from tests.factories.training import add_group, add_person, add_programme, enrol
from tests.services.training_work import NOW, TODAY, WHEN, states, told, unnamed


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
    assert first == [(True, "Заявка подана.")]
    assert second == [(True, "Свободных мест нет: заявка в листе ожидания.")]
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


def course(act, group, **given):
    """What the provider does to the whole group: how many went along, or why it was not done."""

    def deed(session, acting):
        try:
            count = act(session, acting, session.get_one(TrainingGroup, group), **given)
        except WrongState as refusal:
            return [Verdict(0, None, "", ok=False, sentence=refusal.sentence)]
        return [Verdict(0, None, "", ok=True, sentence=str(count))]

    return deed


def test_nobody_is_left_behind_by_a_group_that_goes_on(engine, world, actor, work):
    """Whoever is applied for or enrolled while the group is cancelled, started or finished goes the way of the rest."""
    programme = add_programme(engine, world)
    begins = TODAY + timedelta(days=5)
    days = {"starts_on": begins, "ends_on": begins + timedelta(days=9)}
    applied, begun, done = (
        add_group(engine, world, programme, title=title, status=status, **days)
        for title, status in (("1", GroupStatus.OPEN), ("2", GroupStatus.OPEN), ("3", GroupStatus.STUDYING))
    )
    person = add_person(engine, world)
    waiting = {group: enrol(engine, group, add_person(engine, world)) for group in (begun, done)}
    enrol(engine, begun, add_person(engine, world), status=EnrolmentStatus.ENROLLED)

    def applying(session, acting):
        return enrolment.apply(session, acting, session.get_one(TrainingGroup, applied), [person], **WHEN)

    def enrolling(group):
        def deed(session, acting):
            place = session.get_one(TrainingGroup, group)
            return enrolment_order.enrol_many(session, acting, place, [(waiting[group], None)], act="№ 5", day=TODAY)

        return actor("provider"), deed

    cancel = course(training_group_course.cancel, applied, note="Нет преподавателя.", today=TODAY)
    assert at_once(engine, (actor("school"), applying), (actor("provider"), cancel))[1] == [(True, "1")]
    assert states(work, applied) == {person: EnrolmentStatus.REFUSED}

    start = course(training_group_course.start, begun)
    assert at_once(engine, enrolling(begun), (actor("provider"), start))[1] == [(True, "2")]
    assert set(states(work, begun).values()) == {EnrolmentStatus.STUDYING}

    finish = course(training_group_course.finish, done, today=TODAY)
    [(is_done, why)] = at_once(engine, enrolling(done), (actor("provider"), finish))[1]
    assert (is_done, why) == (False, "Без итога слушателей: 1. Отметьте завершение, отчисление или неявку.")
    assert unnamed(work) == []
