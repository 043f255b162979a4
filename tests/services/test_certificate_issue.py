"""Documents issued to those who have completed: their numbers, their term, and what an annulment takes back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Certificate, Enrolment, TrainingGroup
from app.models.enumeration_of_training import CertificateStatus, DocumentKind, EnrolmentStatus, GroupStatus
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import certificate, certificate_issue
from app.services.certificate_issue import Numbers
from tests.factories.training import (
    DAY,
    add_certificate,
    add_group,
    add_person,
    add_programme,
    add_topic,
    enrol,
)
from tests.services.training_work import unnamed

TODAY = date(2026, 12, 20)
NOW = datetime(2026, 12, 20, 1, tzinfo=UTC)
WHEN = {"now": NOW, "today": TODAY}
Status = EnrolmentStatus


@pytest.fixture
def course(engine, world):
    """A finished group: two have completed, one has not, and a decoy of another group has."""
    programme = add_programme(engine, world, hours=36)
    group = add_group(engine, world, programme, status=GroupStatus.FINISHED, starts_on=date(2026, 8, 20), ends_on=DAY)
    other = add_group(engine, world, programme, title="Поток 2", status=GroupStatus.FINISHED)
    rows = [
        enrol(engine, group, add_person(engine, world, last_name=name), status=status)
        for name, status in (
            ("Андреева", Status.COMPLETED),
            ("Борисова", Status.STUDYING),
            ("Власова", Status.COMPLETED),
        )
    ]
    return group, rows, enrol(engine, other, add_person(engine, world, last_name="Иная"), status=Status.COMPLETED)


def held(session, group: int) -> TrainingGroup:
    return session.get_one(TrainingGroup, group)


def test_documents_are_numbered_in_a_row_and_counted_at_once(engine, world, course, acting, work):
    group, rows, other = course
    session, provider = acting("provider")
    chosen = [(row, None) for row in rows]
    verdicts = certificate_issue.issue(
        session, provider, held(session, group), chosen, numbers=Numbers("СЖ", "2026-0099", ""), issued_on=TODAY, **WHEN
    )
    assert [(one.ok, one.sentence) for one in verdicts] == [
        (True, "Выдан документ № 2026-0099."),
        (False, "Действие «Документ выдан» невозможно: сейчас состояние «обучается»."),
        (True, "Выдан документ № 2026-0100."),
    ]
    session.commit()
    first, second = session.scalars(select(Certificate).order_by(Certificate.id)).all()
    assert (first.series, first.number, first.registration_number, second.number) == (
        "СЖ",
        "2026-0099",
        "",
        "2026-0100",
    )
    assert (first.status, first.confirmed_at, first.confirmed_by) == (
        CertificateStatus.CONFIRMED,
        NOW,
        provider.signature,
    )
    assert (first.issued_on, first.valid_until, first.hours) == (TODAY, date(2029, 12, 19), 36)
    assert (first.issuer_unit_id, first.issuer_name) == (world.units["provider"], "Институт развития: Сахалинская")
    assert (first.topic_id, first.enrolment_id, first.ended_on) == (add_topic(engine, world), rows[0], DAY)
    # As it is printed, whatever the card is called later.
    assert (first.holder_name, second.holder_name) == ("Андреева Анна Петровна", "Власова Анна Петровна")
    assert (first.org_unit_id, first.entered_by_unit_id) == (world.units["school"], world.units["provider"])
    assert session.get_one(Enrolment, rows[0]).status is Status.CERTIFIED
    # The school has its people's documents, the school beside nothing.
    assert len(work("school").scalars(select(Certificate)).all()) == 2
    assert work("school_b").scalars(select(Certificate)).all() == []
    actions = work("region").scalars(select(AuditEvent.action).where(AuditEvent.record_type == "certificate"))
    assert list(actions) == ["issue", "issue"]
    # The next ones go on; one that is given already is refused before anything is written.
    proposed = certificate_issue.proposed_number(session, provider, held(session, group), today=TODAY)
    assert proposed == Numbers("СЖ", "2026-0101", "")
    assert certificate_issue.proposed_number(
        session, provider, held(session, group), today=date(2027, 1, 11)
    ) == Numbers("СЖ", "2027-0001", "")
    session, region = acting("region")
    elsewhere = held(session, session.get_one(Enrolment, other).group_id)
    with pytest.raises(Invalid) as refused:
        certificate_issue.issue(
            session, region, elsewhere, [(other, None)], numbers=Numbers("СЖ", "2026-0100"), issued_on=TODAY, **WHEN
        )
    assert refused.value.field == "number"
    # Another series has its own numbers; the region may issue for its provider.
    (verdict,) = certificate_issue.issue(
        session, region, elsewhere, [(other, None)], numbers=Numbers("АБ", "2026-0100"), issued_on=TODAY, **WHEN
    )
    assert verdict.ok
    # A document of one group is not issued from the page of another.
    with pytest.raises(NotFound):
        certificate_issue.issue(
            session, region, held(session, group), [(other, None)], numbers=Numbers(), issued_on=TODAY, **WHEN
        )


def test_what_cannot_be_issued(engine, world, course, acting):
    group, rows, _ = course
    small = add_programme(engine, world, title="Краткая", hours=12)
    short = add_group(engine, world, small, title="Краткий", status=GroupStatus.FINISHED)
    brief = enrol(engine, short, add_person(engine, world, last_name="Краткая"), status=Status.COMPLETED)
    session, provider = acting("provider")
    chosen = [(rows[0], None)]
    for numbers, day, field in (
        (Numbers(number="б/н"), TODAY, "number"),
        (Numbers(number=""), TODAY, "number"),
        (Numbers(registration="рег."), TODAY, "registration"),
        (Numbers(series="С" * 61), TODAY, "series"),
        (Numbers(), date(2026, 12, 21), "issued_on"),
    ):
        with pytest.raises(Invalid) as refused:
            certificate_issue.issue(
                session, provider, held(session, group), chosen, numbers=numbers, issued_on=day, **WHEN
            )
        assert refused.value.field == field
    early = certificate_issue.issue(
        session, provider, held(session, group), chosen, numbers=Numbers(), issued_on=date(2026, 8, 31), **WHEN
    )
    assert [one.ok for one in early] == [False]
    with pytest.raises(WrongState, match="от 16 ч"):
        certificate_issue.issue(
            session, provider, held(session, short), [(brief, None)], numbers=Numbers(), issued_on=TODAY, **WHEN
        )
    session.rollback()
    session, school = acting("school")
    with pytest.raises(NotPermitted):
        certificate_issue.issue(
            session, school, held(session, group), chosen, numbers=Numbers(), issued_on=TODAY, **WHEN
        )


def test_the_next_number_follows_the_highest_of_the_last_ones_kind(engine, world, course, acting):
    group, _, _ = course
    person = add_person(engine, world, last_name="Прежняя")
    foreign = add_person(engine, world, "foreign_school", last_name="Чужая")
    own = {"issuer": "provider", "series": "СЖ"}
    for number, values in (
        ("0121", own),
        ("0140", own | {"status": CertificateStatus.ANNULLED}),
        # Decoys: another series, another kind, another prefix, another issuer, no figures.
        ("0900", own | {"series": "АБ"}),
        ("0901", own | {"document_kind": DocumentKind.RETRAINING}),
        ("Д-0902", own),
        ("0903", {"series": "СЖ"}),
        ("0014б", own),
    ):
        add_certificate(engine, world, person, number=number, **values)
    add_certificate(engine, world, foreign, number="0999", issuer="foreign_provider", series="СЖ")
    add_certificate(engine, world, person, number="0098", registration_number="12", **own)
    session, provider = acting("provider")
    proposed = certificate_issue.proposed_number(session, provider, held(session, group), today=TODAY)
    assert proposed == Numbers("СЖ", "0141", "13")


def test_an_annulled_document_gives_the_trainee_back(engine, world, course, acting, work):
    group, rows, _ = course
    session, provider = acting("provider")
    # On the very day of completion.
    certificate_issue.issue(
        session, provider, held(session, group), [(rows[0], None)], numbers=Numbers("", "7"), issued_on=DAY, **WHEN
    )
    session.commit()
    session, school = acting("school")
    document = session.scalars(select(Certificate)).one()
    with pytest.raises(NotPermitted):
        certificate_issue.annul(session, school, document, note="ошибка")
    session.rollback()
    session, provider = acting("provider")
    document = session.scalars(select(Certificate)).one()
    with pytest.raises(Invalid):
        certificate_issue.annul(session, provider, document, note=" ")
    with pytest.raises(Conflict):
        certificate_issue.annul(session, provider, document, note="опечатка", version=document.version + 1)
    # Not as one from outside: its trainee would stay «документ выдан».
    with pytest.raises(WrongState):
        certificate.annul(session, provider, document, note="опечатка")
    certificate_issue.annul(session, provider, document, note="опечатка", version=document.version)
    assert (document.status, document.confirmed_at) == (CertificateStatus.ANNULLED, None)
    assert session.get_one(Enrolment, rows[0]).status is Status.COMPLETED
    # Its number is free again, and so is the trainee for another document.
    again = certificate_issue.issue(
        session, provider, held(session, group), [(rows[0], None)], numbers=Numbers("", "7"), issued_on=TODAY, **WHEN
    )
    assert [one.ok for one in again] == [True]
    session.commit()
    assert unnamed(work) == []
    session.commit()
    assert list(certificate_issue.documents_of(work("school"), rows)) == [rows[0]]
