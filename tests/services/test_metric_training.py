"""The metric of training: a confirmed document of a head or a deputy, on a topic that counts, within its term."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.models import Assessment, Evidence, TrainingTopic
from app.models.enumeration import EvidenceKind, Metric, ScaleKind
from app.models.enumeration_of_training import CertificateStatus, PositionKind
from app.services import metric
from tests.factories.monitoring import C, build_framework, hold_round
from tests.factories.training import add_certificate, add_person, add_position, add_topic, writing
from tests.services.statements import counted
from tests.services.trained_heads import DAY as TODAY
from tests.services.trained_heads import train

CRITERIA = (C("О1", scale=ScaleKind.YES_NO, max_points="1", levels=(), more={"metric": Metric.HEAD_TRAINED}),)


@pytest.fixture
def held(engine, world):
    return hold_round(engine, world, framework=build_framework(engine, world, criteria=CRITERIA))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, ""),
        ({"kind": PositionKind.DEPUTY}, ""),
        ({"valid_until": TODAY}, ""),
        ({"valid_until": None}, ""),
        ({"since": None}, ""),
        ({"valid_until": date(2026, 10, 4), "issued_on": date(2023, 10, 5)}, "срок действия истёк 04.10.2026"),
        ({"issued_on": date(2026, 10, 6)}, "день выдачи ещё не наступил"),
        ({"status": CertificateStatus.ENTERED}, "документ ждёт подтверждения"),
        ({"topic": "other"}, "тема «Иное» в мониторинге не учитывается"),
        ({"kind": PositionKind.TEACHER}, None),
        ({"since": date(2026, 10, 6)}, None),
        ({"status": CertificateStatus.ANNULLED}, "документов об обучении нет"),
    ],
)
def test_a_head_or_deputy_with_a_document_that_holds(engine, world, work, actor, held, values, why):
    """`why` None: the person does not stand behind the number at all."""
    if values.get("topic") == "other":
        values = values | {"topic": add_topic(engine, world, title="Иное")}
        with writing(engine) as session:
            session.get_one(TrainingTopic, values["topic"]).counts_in_monitoring = False
    train(engine, world, "school", **values)
    train(engine, world, "school2")
    # A scan among the evidence is no document of a person.
    with writing(engine) as session:
        kind = EvidenceKind.CERTIFICATE
        session.add(Evidence(org_unit_id=world.units["school"], kind=kind, title="Удостоверение", dated_on=TODAY))
    session = work("school")
    sheet = session.get_one(Assessment, held.assessments["school"])
    found = metric.rows_of(session, actor("school"), sheet, held.criteria["О1"], today=TODAY)
    assert found.value == Decimal(int(why == ""))
    assert [(row.counts, row.why) for row in found.rows] == ([] if why is None else [(not why, why)])


def test_the_rows_behind_are_people_with_their_documents(engine, world, work, actor, held):
    """Decoys: who has left, another's second job in the school, two positions of one person."""
    topic = add_topic(engine, world)
    head = add_person(engine, world, "school", last_name="Ким", title="директор")
    add_position(engine, world, head, "school", kind=PositionKind.DEPUTY)
    paper = add_certificate(engine, world, head, topic=topic, number="1", issued_on=date(2026, 9, 1))
    add_person(engine, world, "school", last_name="Ли", kind=PositionKind.DEPUTY)
    gone = add_person(engine, world, "school", last_name="Цой", kind=None)
    add_position(engine, world, gone, "school", kind=PositionKind.HEAD, ended_on=date(2026, 10, 4))
    add_certificate(engine, world, gone, topic=topic, number="2", issued_on=date(2026, 9, 1))
    other = add_person(engine, world, "school_b", last_name="Пак")
    add_position(engine, world, other, "school", kind=PositionKind.DEPUTY, started_on=date(2026, 9, 1))
    besides = add_certificate(engine, world, other, topic=topic, number="3", issued_on=date(2026, 9, 1))
    session = work("school")
    sheet = session.get_one(Assessment, held.assessments["school"])
    with counted(engine) as sent:
        found = metric.rows_of(session, actor("school"), sheet, held.criteria["О1"], today=TODAY)
    assert len(sent) <= 8
    assert {(row.label.split(",")[0].split()[0], row.counts, row.certificate_id) for row in found.rows} == {
        ("Ким", True, paper), ("Ли", False, None), ("Пак", True, besides)
    }  # fmt: skip
    assert len(found.rows) == 3
    assert "Найдено: 2" in found.sentence
