"""Applications, the waiting list and the decisions on them: with a verdict for each row."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Enrolment, StaffMember, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, PositionKind
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.services import enrolment
from app.services.enrolment_candidates import candidates
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_position,
    add_programme,
    add_requirement,
    add_topic,
    enrol,
)
from tests.services.statements import counted
from tests.services.training_work import NOW, TODAY, WHEN, group_of, states, told, unnamed

HEADS = [PositionKind.HEAD.value, PositionKind.DEPUTY.value]
Status = EnrolmentStatus


def later(**given):
    """A group whose applications are still taken on the day of these tests."""
    return {"starts_on": TODAY + timedelta(days=10), "ends_on": TODAY + timedelta(days=20)} | given


def test_applications_are_judged_one_by_one_and_go_to_the_waiting_list_beyond_the_seats(engine, world, acting, work):
    programme = add_programme(engine, world, positions=HEADS)
    group = add_group(engine, world, programme, seats=2, **later())
    other = add_group(engine, world, programme, title="Поток 2", **later())
    elsewhere = add_group(
        engine, world, add_programme(engine, world, topic_id=add_topic(engine, world, title="Иное")), **later()
    )
    head = add_person(engine, world, last_name="Первая")
    teacher = add_person(engine, world, last_name="Учитель", kind=PositionKind.TEACHER)
    gone = add_person(engine, world, last_name="Ушедшая", kind=None)
    taken = add_person(engine, world, last_name="Занятая")
    trained = add_person(engine, world, last_name="Обученная", kind=PositionKind.DEPUTY)
    busy = add_person(engine, world, last_name="Деятельная")
    other_head = add_person(engine, world, "school_b", last_name="Вторая")
    enrol(engine, other, taken, status=Status.WAITING)
    enrol(engine, elsewhere, busy)
    add_certificate(engine, world, trained, topic=add_topic(engine, world))
    # Decoys: an expired document, and one of another person.
    add_certificate(engine, world, head, topic=add_topic(engine, world), number="9", valid_until=date(2026, 11, 1))

    session, school = acting("school")
    with counted(engine) as sent:
        verdicts = enrolment.apply(
            session, school, group_of(session, group), [head, teacher, gone, taken, trained, busy], **WHEN
        )
    # The cards are read for their names and for what fits, not once more for each row.
    assert sum("staff_member.last_name" in one for one in sent) == 2
    assert told(verdicts) == [
        (True, "Заявка подана."),
        (False, "Программа не для этой должности. Она для должностей: руководитель, заместитель руководителя."),
        (False, "Сейчас не работает ни в одной организации: сначала укажите должность."),
        (False, "Уже в потоке «Поток 2» по этой теме: в листе ожидания."),
        (True, "Заявка подана. Уже есть документ по этой теме: действует до 30.09.2029."),
        (True, "Свободных мест нет: заявка в листе ожидания. В те же дни учится в потоке «Поток 1»."),
    ]
    made = session.get(Enrolment, verdicts[0].enrolment_id)
    assert made is not None
    assert (made.position, made.sent_by_unit_id, made.applied_at) == ("руководитель", world.units["school"], NOW)
    assert (made.provider_unit_id, made.applied_by, made.requirement_id) == (
        world.units["provider"],
        school.signature,
        None,
    )
    # Seats are counted past the school's own people, and nobody is applied for twice.
    session, beside = acting("school_b")
    again = enrolment.apply(session, beside, group_of(session, group), [other_head, other_head], **WHEN)
    assert told(again) == [(True, "Свободных мест нет: заявка в листе ожидания.")]
    session, school = acting("school")
    repeated = enrolment.apply(session, school, group_of(session, group), [head], **WHEN)
    assert told(repeated) == [(False, "Уже в этом потоке, состояние «заявлен».")]
    assert states(work, group) == {
        head: Status.APPLIED,
        trained: Status.APPLIED,
        busy: Status.WAITING,
        other_head: Status.WAITING,
    }
    session.commit()
    journal = work("region").execute(
        select(AuditEvent.action).where(
            AuditEvent.record_type == "enrolment", AuditEvent.actor_unit_name.like("%school%")
        )
    )
    assert sorted(row.action for row in journal) == ["apply", "apply", "queue", "queue"]


def test_only_own_people_are_applied_for_and_only_while_applications_are_taken(engine, world, acting):
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme, **later())
    mine = add_person(engine, world)
    neighbour = add_person(engine, world, "school_b")
    foreign_requirement = add_requirement(engine, world, "foreign_region")
    wanted = add_requirement(engine, world)
    shut = {
        words: add_group(engine, world, programme, title="Закрытый", **later(**values))
        for words, values in (
            ("уже учится", {"status": GroupStatus.STUDYING}),
            ("отменён", {"status": GroupStatus.CANCELLED}),
            ("закончился 04.12.2026", {"apply_until": TODAY - timedelta(days=1)}),
            ("началось 04.12.2026", {"starts_on": TODAY - timedelta(days=1)}),
        )
    }
    last_day = add_group(engine, world, programme, **later(apply_until=TODAY))
    session, school = acting("school")
    for people, requirement in (([mine, neighbour], None), ([mine], foreign_requirement)):
        with pytest.raises(NotFound):
            enrolment.apply(session, school, group_of(session, group), people, requirement_id=requirement, **WHEN)
        session.rollback()
    with pytest.raises(Invalid):
        enrolment.apply(session, school, group_of(session, group), [], **WHEN)
    session, provider = acting("provider")
    with pytest.raises(NotPermitted):
        enrolment.apply(session, provider, group_of(session, group), [mine], **WHEN)
    # The town sends for its school; the school is the one that sends.
    session, town = acting("municipality")
    (verdict,) = enrolment.apply(session, town, group_of(session, group), [mine], requirement_id=wanted, **WHEN)
    made = session.get(Enrolment, verdict.enrolment_id)
    assert made is not None
    assert (made.sent_by_unit_id, made.requirement_id) == (world.units["school"], wanted)

    session, town = acting("municipality2")
    for words, closed in shut.items():
        with pytest.raises(WrongState, match=words):
            enrolment.apply(session, town, group_of(session, closed), [neighbour], **WHEN)
    assert enrolment.apply(session, town, group_of(session, last_day), [neighbour], **WHEN)[0].ok


def test_a_plan_takes_no_seat_and_is_hidden_from_the_provider_until_it_is_applied_for(engine, world, acting, work):
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme, seats=1, **later())
    planned, second = add_person(engine, world), add_person(engine, world, last_name="Вторая")
    session, school = acting("school")
    (verdict,) = enrolment.plan(session, school, group_of(session, group), [planned], **WHEN)
    assert verdict.sentence == "Обучение запланировано."
    assert told(enrolment.plan(session, school, group_of(session, group), [planned], **WHEN)) == [
        (False, "Уже в этом потоке, состояние «запланирован».")
    ]
    enrolment.apply(session, school, group_of(session, group), [second], **WHEN)
    session.commit()
    assert work("provider").scalars(select(Enrolment.staff_member_id)).all() == [second]
    assert work("provider").scalars(select(StaffMember.id)).all() == [second]
    session, school = acting("school")
    (sent,) = enrolment.act_many(session, school, "apply", [(verdict.enrolment_id, None)], **WHEN)
    assert told([sent]) == [(True, "Свободных мест нет: заявка в листе ожидания.")]
    session.commit()
    assert set(work("provider").scalars(select(StaffMember.id))) == {planned, second}
    assert unnamed(work) == []


def test_decisions_on_many_leave_the_others_done_and_hold_to_the_seats(engine, world, acting, work):
    group = add_group(engine, world, add_programme(engine, world), seats=2, **later())
    people = [add_person(engine, world, last_name=f"Слушатель{index}") for index in range(5)]
    first, second = (enrol(engine, group, person) for person in people[:2])
    queue = [
        enrol(engine, group, person, status=Status.WAITING, applied_at=NOW - timedelta(hours=index))
        for index, person in enumerate(people[2:])
    ]
    session, provider = acting("provider")
    full = enrolment.act_many(session, provider, "admit", [(queue[0], None)], **WHEN)
    assert told(full) == [(False, enrolment.NO_ROOM)]
    with pytest.raises(WrongState, match="мест"):
        enrolment.admit_next(session, provider, group_of(session, group), today=TODAY)
    with pytest.raises(Invalid) as refused:
        enrolment.act_many(session, provider, "refuse", [(first, None)], note=" ", **WHEN)
    assert refused.value.field == "note"
    version = session.get(Enrolment, second).version
    left = enrolment.act_many(
        session,
        provider,
        "refuse",
        [(first, None), (second, version + 1), (queue[2], None)],
        note="нет бюджета",
        **WHEN,
    )
    assert [one.ok for one in left] == [True, False, True]
    assert "Запись тем временем изменили" in left[1].sentence
    gone = session.get(Enrolment, first)
    assert (gone.status, gone.left_on, gone.left_reason) == (Status.REFUSED, TODAY, "нет бюджета")
    # One seat is free now: it goes to the earlier of the two that wait, whatever the order of their numbers.
    admitted = enrolment.admit_next(session, provider, group_of(session, group), today=TODAY)
    assert [(one.staff_member_id, one.ok) for one in admitted] == [(people[3], True)]
    put_off = enrolment.act_many(session, provider, "put_off", [(second, None)], **WHEN)
    assert [one.ok for one in put_off] == [True]
    # One seat, two rows of one act.
    both = enrolment.act_many(session, provider, "admit", [(second, None), (queue[0], None)], **WHEN)
    assert [one.ok for one in both] == [True, False]
    enrolment.act_many(session, provider, "put_off", [(second, None)], **WHEN)
    session.commit()
    assert states(work, group) == {
        people[0]: Status.REFUSED,
        people[1]: Status.WAITING,
        people[2]: Status.WAITING,
        people[3]: Status.APPLIED,
        people[4]: Status.REFUSED,
    }
    # The school takes its own back; what it does not see is no row for it.
    session, school = acting("school")
    assert enrolment.act_many(session, school, "withdraw", [(second, None)], note="передумали", **WHEN)[0].ok
    (again,) = enrolment.act_many(session, school, "apply", [(second, None)], **WHEN)
    # A seat is free, but somebody waits for it: whoever comes now stands behind.
    assert again.sentence == "Свободные места ждут тех, кто подал раньше: заявка в листе ожидания за ними."
    renewed = session.get(Enrolment, second)
    assert renewed.status is Status.WAITING
    assert (renewed.left_reason, renewed.left_on, renewed.applied_at) == ("", None, NOW)
    session, beside = acting("school_b")
    with pytest.raises(NotFound):
        enrolment.act_many(session, beside, "withdraw", [(second, None)], note="чужой", **WHEN)
    with pytest.raises(NotPermitted):
        enrolment.act_many(session, beside, "refuse", [(second, None)], note="чужой", **WHEN)


def test_candidates_are_own_people_in_fitting_positions(engine, world, acting, work, actor):
    programme = add_programme(engine, world, positions=HEADS)
    group = add_group(engine, world, programme, **later())
    free = add_person(engine, world, last_name="Свободная")
    trained = add_person(engine, world, last_name="Абрамова", kind=PositionKind.DEPUTY)
    inside = add_person(engine, world, last_name="Внутри")
    refused = add_person(engine, world, last_name="Отказанная")
    teacher = add_person(engine, world, last_name="Учитель", kind=PositionKind.TEACHER)
    second_job = add_person(engine, world, "school_b", last_name="Совместитель", kind=PositionKind.TEACHER)
    add_position(engine, world, second_job, "school", kind=PositionKind.DEPUTY)
    add_person(engine, world, "school2", last_name="Соседка")
    enrol(engine, group, inside)
    enrol(engine, group, refused, status=Status.REFUSED)
    add_certificate(engine, world, trained, topic=add_topic(engine, world))
    session = work("school")
    found = candidates(session, actor("school"), group_of(session, group), today=TODAY)
    assert [row.fit.person_id for row in found.rows] == [refused, free, second_job, trained]
    assert not found.more
    # One who works here besides is sent from here.
    assert {row.unit for row in found.rows} == {"МБОУ СОШ «school»"}
    named = candidates(session, actor("school"), group_of(session, group), today=TODAY, query="свободн", also=[teacher])
    assert [(row.fit.person_id, bool(row.fit.refusal)) for row in named.rows] == [(free, False), (teacher, True)]
    town = candidates(
        work("region"),
        actor("region"),
        group_of(work("region"), group),
        today=TODAY,
        municipality_id=world.units["municipality2"],
    )
    assert [row.fit.person_id for row in town.rows] == []
    with pytest.raises(NotPermitted):
        candidates(work("provider"), actor("provider"), group_of(work("provider"), group), today=TODAY)


def test_a_provider_keeps_its_own_groups_only(engine, world, acting, work):
    """Its own staff it sees in groups of others too: there it may look and not act."""
    group = add_group(engine, world, add_programme(engine, world), status=GroupStatus.STUDYING)
    foreign = add_group(
        engine, world, add_programme(engine, world, "foreign_provider"), "foreign_provider", status=GroupStatus.STUDYING
    )
    person = add_person(engine, world, "school")
    stranger = add_person(engine, world, "foreign_school")
    mine, theirs = enrol(engine, group, person, status=Status.STUDYING), enrol(engine, foreign, stranger)
    session, provider = acting("provider")
    assert session.scalars(select(Enrolment.id)).all() == [mine]
    with pytest.raises(NotFound):
        enrolment.act_many(session, provider, "refuse", [(theirs, None)], note="чужой", **WHEN)
    assert session.get(TrainingGroup, foreign) is None
    assert enrolment.act_many(session, provider, "drop", [(mine, None)], note="болезнь", **WHEN)[0].ok
    session.commit()
    assert states(work, group) == {person: Status.DROPPED}
