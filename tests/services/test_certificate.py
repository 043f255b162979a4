"""Documents on training: entered below, confirmed above, refused, mended, annulled; one by one and many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Certificate, Evidence, StaffMember, TrainingNorm
from app.models.enumeration import EvidenceKind
from app.models.enumeration_of_training import CertificateStatus, DocumentKind, PositionKind
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import certificate as certificates
from app.services import certificate_scan, staff_transfer, training_work
from app.services.certificate import TypedCertificate
from app.services.certificate_examination import examine_many
from app.services.evidence import TypedEvidence
from app.services.staff_member import TypedPosition
from app.services.training_work import Call
from tests.factories.training import add_certificate, add_person, add_position, add_programme, add_topic, writing
from tests.services.statements import counted

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
TODAY = date(2026, 11, 22)
S = CertificateStatus
TYPED = TypedCertificate(
    document_kind=DocumentKind.ADVANCED,
    series="  ",
    number=" № 6524 001 ",
    registration_number="12/у",
    issued_on=date(2026, 10, 10),
    hours=36,
    programme_title="Система  оценки",
    topic_id=None,
    issuer_name="Академия",
    started_on=None,
    ended_on=None,
    holder_name="",
)


@pytest.fixture
def person(engine, world):
    return add_person(engine, world)


def enter(work, actor, person, login="school", **changes):
    session = work(login)
    holder = session.get_one(StaffMember, person)
    made = certificates.enter(session, actor(login), holder, replace(TYPED, **changes), today=TODAY, now=NOW)
    session.commit()
    return made.id


def state(engine, number):
    with writing(engine) as session:
        one = session.get_one(Certificate, number)
        return one.status, one.confirmed_by, one.remark


def test_entered_confirmed_and_annulled(engine, world, work, actor, person):
    topic = add_topic(engine, world)
    number = enter(work, actor, person, topic_id=topic)
    session = work("municipality")
    one = session.get_one(Certificate, number)
    kept = (one.number, one.series, one.programme_title, one.valid_until, one.status, one.entered_by_unit_id)
    assert kept == ("6524001", "", "Система оценки", date(2029, 10, 9), S.ENTERED, world.units["school"])
    assert one.org_unit_id == world.units["school"]
    own = work("school")
    with pytest.raises(NotPermitted):
        certificates.confirm(own, actor("school"), own.get_one(Certificate, number), today=TODAY, now=NOW)
    own.rollback()
    me = actor("municipality")
    with pytest.raises(Conflict):
        certificates.confirm(session, me, one, version=one.version + 1, today=TODAY, now=NOW)
    certificates.confirm(session, me, one, version=one.version, today=TODAY, now=NOW)
    session.commit()
    assert (one.status, one.confirmed_at, one.confirmed_by) == (S.CONFIRMED, NOW, me.signature)
    with pytest.raises(WrongState):
        certificates.change(session, me, one, replace(TYPED, hours=72), version=None, today=TODAY)
    with pytest.raises(Invalid):
        certificates.unconfirm(session, me, one, note=" ")
    session.rollback()
    certificates.unconfirm(session, me, one, note="не тот человек")
    assert (one.status, one.confirmed_at) == (S.ENTERED, None)
    certificates.annul(session, me, one, note="чужой")
    session.commit()
    assert state(engine, number) == (S.ANNULLED, "", "чужой")
    told = session.scalars(
        select(AuditEvent.action).where(AuditEvent.record_type == "certificate").order_by(AuditEvent.id)
    )
    assert list(told) == ["create", "confirm", "unconfirm", "annul"]


def test_refused_mended_and_sent_again(engine, world, work, actor, person):
    number = enter(work, actor, person)
    session = work("municipality")
    one = session.get_one(Certificate, number)
    with pytest.raises(Invalid):
        certificates.refuse(session, actor("municipality"), one)
    session.rollback()
    certificates.refuse(session, actor("municipality"), one, note="не та дата")
    session.commit()
    school = work("school")
    mine = school.get_one(Certificate, number)
    assert mine.remark == "не та дата"
    changed = replace(TYPED, issued_on=date(2026, 9, 1), document_kind=DocumentKind.OTHER)
    certificates.change(school, actor("school"), mine, changed, version=mine.version, today=TODAY)
    # The last day follows the kind and the day of issue.
    assert mine.valid_until is None
    certificates.resubmit(school, actor("school"), mine)
    school.commit()
    assert state(engine, number) == (S.ENTERED, "", "")
    certificates.annul(school, actor("school"), mine, note="внесли дважды")
    school.commit()
    assert state(engine, number)[0] is S.ANNULLED


def test_what_is_refused_at_the_entry(engine, world, work, actor, person):
    programme = add_programme(engine, world)
    foreign = add_topic(engine, world, "foreign_region")
    for field, changes in (
        ("hours", {"hours": 15}),
        ("hours", {"hours": 10_001}),
        ("issued_on", {"issued_on": TODAY + timedelta(days=1)}),
        ("issued_on", {"issued_on": date(202, 1, 1)}),
        ("number", {"number": " № "}),
        ("programme_title", {"programme_title": " "}),
        ("issuer_name", {"issuer_name": ""}),
        ("topic_id", {"topic_id": foreign}),
        ("programme_id", {"programme_id": 10**9}),
        ("series", {"series": "9" * 51}),
    ):
        with pytest.raises(Invalid) as refusal:
            enter(work, actor, person, **changes)
        assert refusal.value.field == field, changes
    # The programme brings its own words and topic.
    number, topic = enter(work, actor, person, programme_id=programme, programme_title=""), add_topic(engine, world)
    with writing(engine) as session:
        one = session.get_one(Certificate, number)
        assert (one.programme_title, one.topic_id) == ("Система оценки качества образования", topic)
    # The region's own norm holds over the product's.
    with writing(engine) as session:
        session.add(
            TrainingNorm(
                org_unit_id=world.units["region"],
                document_kind=DocumentKind.ADVANCED,
                min_hours=40,
                valid_months=12,
                valid_from=date(2026, 10, 1),
                source="приказ министерства",
            )
        )
    with pytest.raises(Invalid, match="приказ министерства"):
        enter(work, actor, person, number="2")
    late = enter(work, actor, person, number="2", hours=40)
    before = enter(work, actor, person, number="3", issued_on=date(2026, 9, 30))
    with writing(engine) as session:
        assert session.get_one(Certificate, late).valid_until == date(2027, 10, 9)
        assert session.get_one(Certificate, before).valid_until == date(2029, 9, 29)


def test_a_number_used_twice_is_told_across_the_region(engine, world, work, actor, person):
    """Whose it is stays unsaid: the other school lies beside this one."""
    other = add_person(engine, world, "school_b", last_name="Тайнов")
    foreign = add_person(engine, world, "foreign_school")
    add_certificate(engine, world, other, number="6524001", issuer_name="«АКАДЕМИЯ»", status=S.ENTERED)
    add_certificate(engine, world, other, number="777", issuer_name="Другая академия")
    add_certificate(engine, world, other, number="778", issuer_name="Академия", status=S.ANNULLED)
    add_certificate(engine, world, foreign, number="779", issuer_name="Академия", entered_by="foreign_school")
    made = {number: enter(work, actor, person, number=number) for number in ("6524001", "777", "778", "779")}
    session = work("municipality")
    rows = [session.get_one(Certificate, one) for one in made.values()]
    with counted(engine) as sent:
        found = examine_many(session, rows, today=TODAY)
    assert len(sent) == 3
    fields = {number: [remark.field for remark in found[one]] for number, one in made.items()}
    assert fields == {"6524001": ["number", "topic_id"], "777": ["topic_id"], "778": ["topic_id"], "779": ["topic_id"]}
    assert "Тайнов" not in " ".join(remark.sentence for remark in found[made["6524001"]])
    with pytest.raises(Invalid) as refusal:
        enter(work, actor, person, issuer_name="Совсем другая")
    assert refusal.value.field == "number"


def test_many_are_confirmed_with_a_verdict_for_each(engine, world, work, actor, person):
    sound = enter(work, actor, person)
    seen = enter(work, actor, person, number="2")
    wrong = add_certificate(engine, world, person, number="3", hours=2, status=S.ENTERED)
    issued = add_certificate(engine, world, person, number="4", issuer="provider", status=S.ENTERED)
    done = add_certificate(engine, world, person, number="5")
    elsewhere = add_certificate(engine, world, add_person(engine, world, "school_b"), status=S.ENTERED)
    session = work("municipality")
    chosen = [(wrong, None), (sound, 1), (seen, 99), (issued, None), (done, None)]
    me = actor("municipality")
    with counted(engine) as sent:
        verdicts = certificates.act_many(session, me, "confirm", chosen, now=NOW, today=TODAY)
    # Documents, people, and what examines them: read once, however many are chosen.
    assert sum(one.startswith("SELECT") for one in sent) == 5
    session.commit()
    assert [(one.record_id, one.ok) for one in verdicts] == [
        (wrong, False), (sound, True), (seen, False), (issued, False), (done, False)
    ]  # fmt: skip
    assert "от 16 ч" in verdicts[0].sentence
    assert "изменили" in verdicts[2].sentence
    assert verdicts[1].label.startswith("Иванова Анна Петровна: удостоверение")
    assert [state(engine, one)[0] for one in (wrong, sound, seen)] == [S.ENTERED, S.CONFIRMED, S.ENTERED]
    with pytest.raises(NotFound):
        certificates.act_many(session, me, "confirm", [(seen, None), (elsewhere, None)], now=NOW, today=TODAY)
    with pytest.raises(NotPermitted):
        certificates.act_many(work("school"), actor("school"), "confirm", [(seen, None)], now=NOW, today=TODAY)
    told = certificates.act_many(session, me, "refuse", [(seen, None)], note="не читается", now=NOW, today=TODAY)
    session.commit()
    assert (told[0].ok, state(engine, seen)) == (True, (S.REFUSED, "", "не читается"))


def test_who_sees_and_who_enters(engine, world, work, actor, person):
    number = enter(work, actor, person)
    for login in ("school2", "school_b", "municipality2", "provider", "foreign_region"):
        assert work(login).get(Certificate, number) is None, login
    for login in ("observer", "colleague"):
        with pytest.raises(NotPermitted):
            enter(work, actor, person, login, number="9")
    # A second job opens the card and its documents to that school.
    add_position(engine, world, person, "school_b")
    assert work("school_b").get(Certificate, number) is not None
    besides = enter(work, actor, person, "school_b", number="9")
    assert work("school").get_one(Certificate, besides).entered_by_unit_id == world.units["school_b"]
    # A provider enters documents of its own people.
    methodist = add_person(engine, world, "provider", last_name="Методова")
    enter(work, actor, methodist, "provider")
    with pytest.raises(NotPermitted):
        certificates.require_entering(work("provider"), actor("provider"), work("region").get_one(StaffMember, person))


def test_the_scan_is_evidence_of_the_unit_of_the_person(engine, world, work, actor, person):
    class Stored:
        digest, size, media_type, file_name = "a" * 64, 10, "application/pdf", "скан.pdf"

    number = enter(work, actor, person)
    session = work("municipality")
    one = session.get_one(Certificate, number)
    with pytest.raises(Invalid):
        certificate_scan.attach(session, actor("municipality"), one, TypedEvidence(), now=NOW)
    session.rollback()
    certificate_scan.attach(session, actor("municipality"), one, TypedEvidence(file=Stored()), now=NOW)
    certificates.confirm(session, actor("municipality"), one, today=TODAY, now=NOW)
    session.commit()
    school = work("school")
    mine = school.get_one(Certificate, number)
    piece = certificate_scan.scan_of(school, mine)
    assert isinstance(piece, Evidence)
    assert (piece.kind, piece.org_unit_id, piece.number) == (
        EvidenceKind.CERTIFICATE, world.units["school"], "6524001"
    )  # fmt: skip
    assert piece.revisions[0].file_name == "скан.pdf"
    # Confirmed with its scan: neither is changed any more.
    with pytest.raises(WrongState):
        certificate_scan.attach(school, actor("school"), mine, TypedEvidence(file=Stored()), now=NOW)
    school.rollback()
    late = add_certificate(engine, world, person, number="44")
    certificate_scan.attach(
        school, actor("school"), school.get_one(Certificate, late), TypedEvidence(file=Stored()), now=NOW
    )


def test_a_refused_document_goes_along_with_its_person(engine, world, work, actor, person):
    """The school that entered it sees the person no more: the next one is told of it, mends it and sends it again."""
    number = add_certificate(engine, world, person, status=S.REFUSED)
    town = work("municipality")
    staff_transfer.move(
        town,
        actor("municipality"),
        town.get_one(StaffMember, person),
        world.units["school2"],
        TypedPosition(PositionKind.HEAD),
        ended_on=TODAY,
        today=TODAY,
    )
    town.commit()
    session, school = work("school2"), actor("school2")
    one = session.get_one(Certificate, number)
    assert training_work.build(session, school, today=TODAY).calls[Call.MEND_DOCUMENTS] == 1
    certificates.change(session, school, one, TYPED, version=one.version, today=TODAY)
    certificates.resubmit(session, school, one)
    session.commit()
    assert state(engine, number)[0] is S.ENTERED
