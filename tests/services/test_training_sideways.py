"""Who sees a person from the side (a second job, a provider, one who knows the name) reaches no further than that."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.models import AuditEvent, Certificate, Enrolment, StaffMember
from app.models.enumeration_of_training import CertificateStatus, EnrolmentStatus, PositionKind
from app.policies.refusal import Invalid, NotPermitted, ScopeBreach
from app.services import certificate as certificates
from app.services import enrolment, staff_identity, staff_merge, staff_transfer
from app.services.certificate_expiry import waits_for
from app.services.staff_member import TypedPosition
from app.workflows.certificate import WORKFLOW
from tests.factories.training import add_certificate, add_group, add_person, add_position, add_programme, enrol

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
SNILS, SHOWN, NOTE = "11223344595", "112-233-445 95", "уйдёт на пенсию весной"
ANNA = {"last_name": "Иванова", "first_name": "Анна", "patronymic": "Петровна"}


@pytest.mark.parametrize("taker", ["school", "municipality2"])
def test_a_person_is_not_pulled_over_though_the_session_has_forgotten_the_old_place(engine, world, work, taker):
    """Works elsewhere and is seen from here by a second job: the guard asks what stood there before."""
    person = add_person(engine, world, "school2")
    add_position(engine, world, person, "school" if taker == "school" else "school_b")
    session = work(taker)
    session.connection(execution_options={"writes": True})
    row = session.get_one(StaffMember, person)
    session.expire_all()
    row.org_unit_id, row.region_id, row.municipality_id = world.units[taker], None, None
    row.is_working = True
    with pytest.raises(ScopeBreach):
        session.flush()


def test_nobody_learns_by_a_refused_form_that_a_person_is_on_record(engine, world, work, actor):
    """A refusal is rolled back: what is refused of the typed position is refused before anybody is sought."""
    add_person(engine, world, "school2", snils=SNILS)
    session, who = work("school_b"), actor("school_b")
    session.connection(execution_options={"writes": True})
    wrong = TypedPosition(PositionKind.OTHER)
    for last_name in ("Иванова", "Никто"):
        with pytest.raises(Invalid) as caught:
            staff_transfer.take(
                session, who, **ANNA | {"last_name": last_name}, snils=SNILS, typed=wrong, now=NOW, today=TODAY
            )
        assert caught.value.field == "title"
    assert not session.scalars(select(AuditEvent).where(AuditEvent.action == "seek_staff")).all()


def test_a_second_job_does_not_withdraw_what_the_main_place_has_applied_for(engine, world, work, actor):
    person = add_person(engine, world, "school")
    add_position(engine, world, person, "school2")
    add_position(engine, world, person, "school_b")
    sent = enrol(engine, add_group(engine, world, add_programme(engine, world)), person)

    def withdraw(login: str) -> tuple[bool, EnrolmentStatus]:
        session = work(login)
        session.connection(execution_options={"writes": True})
        (verdict,) = enrolment.act_many(
            session, actor(login), "withdraw", [(sent, None)], note="не поедет", now=NOW, today=TODAY
        )
        state = session.get_one(Enrolment, sent).status
        session.rollback()
        return verdict.ok, state

    for login in ("school2", "school_b", "municipality2"):
        assert withdraw(login) == (False, EnrolmentStatus.APPLIED), login
    for login in ("school", "municipality", "region"):
        assert withdraw(login) == (True, EnrolmentStatus.WITHDRAWN), login


def test_a_neighbour_decides_on_no_document_of_a_person_who_works_there_besides(engine, world, work, actor):
    person = add_person(engine, world, "school")
    add_position(engine, world, person, "school_b")
    home = add_certificate(engine, world, person, status=CertificateStatus.ENTERED, number="1")
    besides = add_certificate(
        engine, world, person, status=CertificateStatus.ENTERED, number="2", entered_by="school_b"
    )
    settled = add_certificate(engine, world, person, number="3")
    session, who = work("municipality2"), actor("municipality2")
    rows = {number: session.get_one(Certificate, number) for number in (home, besides, settled)}

    def may(login: str, number: int) -> set[str]:
        one = work(login).get_one(Certificate, number)
        return {step.action for step in WORKFLOW.possible(one, actor(login))}

    # Seen, and left to those above the school that keeps the person or has entered the document.
    assert may("municipality2", home) == may("municipality2", settled) == set()
    assert may("municipality2", besides) == {"confirm", "refuse", "annul"}
    assert may("municipality", home) == may("region", home) == {"confirm", "refuse", "annul"}
    assert [certificates.may_change(rows[number], who) for number in (home, besides, settled)] == [False, True, False]
    assert session.scalars(select(Certificate.id).where(waits_for(who))).all() == [besides]
    assert work("municipality").scalars(select(Certificate.id).where(waits_for(actor("municipality")))).all() == [
        home,
        besides,
    ]


def test_no_guess_of_a_number_is_tried_by_a_merge_with_another_units_card(engine, world, work, actor):
    """The preview of a merge compares what is hidden, and leaves no trace: among own cards only."""
    stranger = add_person(engine, world, "school2", snils=SNILS)
    add_position(engine, world, stranger, "school")
    guesses = [add_person(engine, world, "school", snils=number) for number in (SNILS, "12345678964")]
    session, who = work("school"), actor("school")

    def told(keep: int, other: int, by=(session, who)) -> tuple[list[str], list[str]]:
        cards = [by[0].get_one(StaffMember, number) for number in (keep, other)]
        seen = staff_merge.preview(*by, *cards)
        return list(seen.obstacles), list(seen.identity)

    right, wrong = (told(guess, stranger) for guess in guesses)
    assert right == wrong
    assert right[0][0].startswith("Одну из карточек ведёт другая организация")
    above = work("municipality"), actor("municipality")
    assert "СНИЛС в карточках разные" in told(guesses[1], stranger, above)[0][0]


def test_a_provider_sees_of_a_trainee_what_training_needs(engine, world, work, actor, browser):
    """СНИЛС while the person studies with it; the employer's note never."""
    person = add_person(engine, world, "school", snils=SNILS, born_on=date(1980, 5, 17), note=NOTE)
    group = add_group(engine, world, add_programme(engine, world))
    way = enrol(engine, group, person, status=EnrolmentStatus.STUDYING)
    institute, address = browser("provider"), f"/staff-members/{person}"
    assert NOTE not in institute.get(address).text
    assert NOTE in browser("school").get(address).text
    assert SHOWN in institute.post(f"{address}/reveal").text
    for state in (EnrolmentStatus.WAITING, EnrolmentStatus.REFUSED, EnrolmentStatus.DROPPED):
        with engine.begin() as connection:
            left = {"left_on": TODAY, "left_reason": "причина"} if state is not EnrolmentStatus.WAITING else {}
            connection.execute(Enrolment.__table__.update().where(Enrolment.id == way).values(status=state, **left))
        session, who = work("provider"), actor("provider")
        card = session.get_one(StaffMember, person)
        with pytest.raises(NotPermitted):
            staff_identity.reveal(session, who, card)
        with pytest.raises(NotPermitted):
            staff_identity.write(session, who, card, citizenship="398")
        assert not staff_identity.known(session, who, [person]), state
        assert not staff_identity.identities(session, who, [person], "выгрузка"), state
    page = institute.get(address)
    assert page.status_code == 200
    assert "/reveal" not in page.text
    assert institute.post(f"{address}/reveal").status_code == 403
