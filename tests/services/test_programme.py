"""Programmes: made, agreed, registered; norms of hours with their source; whose a draft is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Programme, TrainingNorm, TrainingTopic
from app.models.enumeration_of_training import DocumentKind, PositionKind, ProgrammeStatus
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.services import programme as programmes
from app.services import training_norm as norms
from app.services import training_topic as topics
from app.services.programme import TypedProgramme
from tests.factories.training import add_group, add_programme, add_topic

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once

TODAY = date(2026, 11, 22)
TYPED = TypedProgramme(
    "  Внутренняя  система\nоценки ",
    36,
    positions=(PositionKind.DEPUTY, PositionKind.HEAD),
    agree_by=date(2026, 12, 1),
    register_by=date(2027, 2, 1),
)
Status = ProgrammeStatus


@pytest.fixture
def acting(work, actor):
    """A writing session of a login with its actor; the one before lets the lock go, uncommitted work is lost."""
    opened: list = []

    def open_for(login: str):
        for session in opened:
            session.rollback()
        session = work(login)
        opened.append(session)
        session.connection(execution_options={"writes": True})
        return session, actor(login)

    return open_for


def seen(work, login: str, number: int) -> bool:
    return work(login).get(Programme, number) is not None


def test_a_programme_from_the_draft_to_the_register(engine, world, acting, work):
    topic = add_topic(engine, world)
    session, provider = acting("provider")
    made = programmes.create(session, provider, replace(TYPED, topic_id=topic), today=TODAY)
    assert (made.title, made.status) == ("Внутренняя система оценки", Status.DRAFT)
    assert made.positions == ["head", "deputy"]
    changed = replace(TYPED, title="ВСОКО", topic_id=topic)
    programmes.change(session, provider, made, version=made.version, typed=changed, today=TODAY)
    with pytest.raises(Conflict):
        programmes.change(session, provider, made, version=made.version - 1, typed=TYPED, today=TODAY)
    session.commit()
    assert [seen(work, login, made.id) for login in ("region", "school", "foreign_provider")] == [False] * 3
    programmes.submit(session, provider, made, today=TODAY)
    session.commit()
    with pytest.raises(WrongState, match="на согласовании"):
        programmes.change(session, provider, made, version=made.version, typed=TYPED, today=TODAY)
    with pytest.raises(NotPermitted):
        programmes.agree(session, provider, made, act="сами себе", today=TODAY)
    assert [seen(work, login, made.id) for login in ("region", "school", "foreign_region")] == [True, False, False]

    session, region = acting("region")
    held = session.get_one(Programme, made.id)
    with pytest.raises(Invalid, match="причину"):
        programmes.return_(session, region, held, remark=" ")
    programmes.return_(session, region, held, remark="Нет раздела об анализе")
    assert (held.status, held.remark) == (Status.RETURNED, "Нет раздела об анализе")
    programmes.submit(session, region, held, today=TODAY)
    assert held.remark == ""
    for act, day, field in (("  ", TODAY, "act"), ("письмо", date(2026, 11, 23), "agreed_on")):
        with pytest.raises(Invalid) as refused:
            programmes.agree(session, region, held, act=act, agreed_on=day, today=TODAY)
        assert refused.value.field == field
    programmes.agree(session, region, held, act="письмо № 5", agreed_on=date(2026, 11, 20), today=TODAY)
    assert (held.agreed_on, held.agreed_by, held.agreement_act) == (
        date(2026, 11, 20),
        region.signature,
        "письмо № 5",
    )
    session.commit()
    assert [seen(work, login, made.id) for login in ("school", "municipality2", "foreign_school")] == [
        True,
        True,
        False,
    ]
    session, provider = acting("provider")
    held = session.get_one(Programme, made.id)
    for number, day, field in (
        ("", TODAY, "register_number"),
        ("77", date(2026, 11, 23), "registered_on"),
        ("77", date(2026, 11, 19), "registered_on"),
    ):
        with pytest.raises(Invalid) as refused:
            programmes.register(session, provider, held, number=number, on=day, today=TODAY)
        assert refused.value.field == field
    programmes.register(session, provider, held, number=" 77-1 ", on=TODAY, today=TODAY)
    assert (held.status, held.register_number, held.registered_on) == (Status.IN_REGISTER, "77-1", TODAY)
    with pytest.raises(WrongState):
        programmes.register(session, provider, held, number="88", on=TODAY, today=TODAY)
    assert held.register_number == "77-1"
    programmes.set_terms(session, provider, held, version=held.version, agree_by=None, register_by=date(2027, 3, 1))
    with pytest.raises(Invalid, match="после согласования"):
        programmes.set_terms(
            session, provider, held, version=held.version, agree_by=date(2027, 4, 1), register_by=date(2027, 3, 1)
        )
    programmes.exclude(session, provider, held, note="истёк срок")
    session.commit()
    # The journal of a programme tells of its drafts: it is the provider's.
    told = work("provider").scalars(select(AuditEvent.action).where(AuditEvent.record_type == "programme")).all()
    assert {"submit", "return", "agree", "register", "exclude"} <= set(told)


def test_hours_below_the_norm_are_refused_with_its_source(engine, world, acting):
    session, provider = acting("provider")
    for kind, hours, told in (
        (DocumentKind.ADVANCED, 15, "от 16 ч. Не менее 16 часов: п. 18 Порядка"),
        (DocumentKind.RETRAINING, 249, "от 250 ч. Не менее 250 часов"),
    ):
        with pytest.raises(Invalid, match=told) as refused:
            programmes.create(session, provider, replace(TYPED, document_kind=kind, hours=hours), today=TODAY)
        assert refused.value.field == "hours"
        programmes.create(session, provider, replace(TYPED, document_kind=kind, hours=hours + 1), today=TODAY)
    programmes.create(session, provider, replace(TYPED, document_kind=DocumentKind.OTHER, hours=1), today=TODAY)
    session.commit()
    drafts = session.scalars(select(Programme).order_by(Programme.id)).all()
    short = drafts[0].id
    # The region asks for more from tomorrow on; what was typed before is measured by the day it is sent.
    session, region = acting("region")
    stricter = norms.TypedNorm(DocumentKind.ADVANCED, 24, 60, date(2026, 11, 23), "распоряжение № 8")
    row = norms.add(session, region, stricter)
    with pytest.raises(Invalid, match="уже есть"):
        norms.add(session, region, stricter)
    with pytest.raises(Invalid, match="источник"):
        norms.change(session, region, row, version=row.version, typed=replace(stricter, source=" "))
    with pytest.raises(Conflict):
        norms.change(session, region, row, version=row.version + 1, typed=stricter)
    session.commit()
    found = norms.norm_on(session, region.region_id, DocumentKind.ADVANCED, date(2026, 11, 23))
    assert (found.min_hours, found.valid_months, found.is_own) == (24, 60, True)
    session, provider = acting("provider")
    held = session.get_one(Programme, short)
    with pytest.raises(WrongState, match=r"В программе 16 ч\. .* от 24 ч\. распоряжение № 8"):
        programmes.submit(session, provider, held, today=date(2026, 11, 23))
    session.rollback()
    held = session.get_one(Programme, short)
    programmes.submit(session, provider, held, today=TODAY)
    session.commit()
    session, region = acting("region")
    held = session.get_one(Programme, short)
    with pytest.raises(WrongState, match="от 24 ч"):
        programmes.agree(session, region, held, act="письмо", today=date(2026, 11, 23))
    session.rollback()
    # Another region's norm is its own affair.
    session, stranger = acting("foreign_provider")
    assert norms.norm_on(session, stranger.region_id, DocumentKind.ADVANCED, date(2026, 12, 1)).min_hours == 16
    assert session.get(TrainingNorm, row.id) is None
    session, region = acting("region")
    norms.remove(session, region, session.get_one(TrainingNorm, row.id))
    session.commit()
    assert norms.norm_book(session, region.region_id).own == ()


def test_the_region_makes_a_programme_for_its_provider(engine, world, acting, work):
    session, region = acting("region")
    provider = world.units["provider"]
    made = programmes.create(session, region, TYPED, provider_id=provider, today=TODAY)
    assert (made.org_unit_id, made.status, made.submitted_on) == (provider, Status.ON_AGREEMENT, TODAY)
    own = programmes.create(session, region, replace(TYPED, title="Своя"), today=TODAY)
    assert (own.org_unit_id, own.status) == (world.units["region"], Status.DRAFT)
    for stranger in ("foreign_provider", "school"):
        with pytest.raises(Invalid) as refused:
            programmes.create(session, region, TYPED, provider_id=world.units[stranger], today=TODAY)
        assert refused.value.field == "provider_id"
    session.commit()
    assert seen(work, "provider", made.id)
    assert not seen(work, "provider", own.id)
    for login in ("school", "municipality", "observer"):
        session, other = acting(login)
        with pytest.raises(NotPermitted):
            programmes.create(session, other, TYPED, today=TODAY)


def test_a_draft_is_deleted_and_what_is_used_is_not(engine, world, acting):
    draft = add_programme(engine, world, title="Черновик", status=Status.DRAFT)
    used = add_programme(engine, world, title="С потоком", status=Status.DRAFT)
    agreed = add_programme(engine, world, title="Согласована")
    add_group(engine, world, used)
    session, provider = acting("provider")
    programmes.delete_draft(session, provider, session.get_one(Programme, draft))
    with pytest.raises(WrongState, match="Поток 1"):
        programmes.delete_draft(session, provider, session.get_one(Programme, used))
    with pytest.raises(WrongState, match="только черновик"):
        programmes.delete_draft(session, provider, session.get_one(Programme, agreed))
    session.commit()
    assert set(session.scalars(select(Programme.id))) == {used, agreed}


def test_topics_are_one_vocabulary_of_the_region(engine, world, acting):
    foreign = add_topic(engine, world, "foreign_region", "Чужая")
    session, region = acting("region")
    topic = topics.create(session, region, title="  Анализ   ВПР ")
    assert (topic.title, topic.org_unit_id) == ("Анализ ВПР", world.units["region"])
    for title, told in (("", "Назовите"), ("анализ впр", "уже есть"), ("я" * 201, "200")):
        with pytest.raises(Invalid, match=told):
            topics.create(session, region, title=title)
    topics.change(session, region, topic, version=topic.version, title="Анализ ВПР", counts_in_monitoring=True)
    with pytest.raises(Conflict, match="Анализ ВПР"):
        topics.change(session, region, topic, version=99, title="Иная", counts_in_monitoring=True)
    session.commit()
    for login in ("municipality", "provider"):
        session, other = acting(login)
        assert [one.title for one in topics.topics(session)] == ["Анализ ВПР"]
        assert session.get(TrainingTopic, foreign) is None
        with pytest.raises(NotPermitted):
            topics.create(session, other, title="Своя")
    session, provider = acting("provider")
    with pytest.raises(Invalid, match="Такой темы нет"):
        programmes.create(session, provider, replace(TYPED, topic_id=foreign), today=TODAY)
