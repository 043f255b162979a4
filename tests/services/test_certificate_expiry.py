"""Documents whose term runs out: told while nothing newer stands, and counted for the home page."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from app.models import Certificate
from app.models.enumeration_of_training import CertificateStatus as S
from app.services import certificate_expiry, training_work
from app.services.training_work import Call
from tests.factories.training import add_certificate, add_person, add_topic

TODAY = date(2026, 11, 22)


def test_what_runs_out_is_told_while_nothing_newer_stands(engine, world, work, actor):
    person = add_person(engine, world)
    topic = add_topic(engine, world)
    soon = TODAY + timedelta(days=90)
    wanted = add_certificate(engine, world, person, topic=topic, number="1", valid_until=soon)
    other = add_person(engine, world, "school2", last_name="Ли")
    renewed = {"topic": topic, "issued_on": date(2023, 12, 1)}
    add_certificate(engine, world, other, number="2", valid_until=TODAY, **renewed)
    add_certificate(engine, world, other, topic=topic, number="3", issued_on=date(2026, 11, 1))
    late = add_person(engine, world, "school2", last_name="Цой")
    last_day = add_certificate(engine, world, late, number="4", valid_until=TODAY, **renewed)
    add_certificate(engine, world, late, topic=topic, number="5", issued_on=date(2026, 11, 1), status=S.ENTERED)
    gone = add_person(engine, world, "school2", last_name="Пак")
    expired = add_certificate(engine, world, gone, number="6", valid_until=TODAY - timedelta(days=1), **renewed)
    add_certificate(engine, world, gone, number="7", valid_until=soon + timedelta(days=1))
    add_certificate(engine, world, gone, number="8", valid_until=None)
    add_certificate(engine, world, add_person(engine, world, "school_b"), number="9", valid_until=TODAY)
    add_certificate(engine, world, person, number="10", status=S.REFUSED)
    session = work("municipality")

    def found(session, condition):
        return set(session.scalars(select(Certificate.id).where(condition)))

    assert found(session, certificate_expiry.runs_out(TODAY)) == {wanted, last_day}
    assert found(session, certificate_expiry.has_run_out(TODAY)) == {expired}
    assert expired not in found(session, certificate_expiry.holds(TODAY))
    assert found(work("school"), certificate_expiry.runs_out(TODAY)) == {wanted}
    # The home page counts what the list shows.
    told = training_work.build(session, actor("municipality"), today=TODAY).calls
    assert told == {Call.CONFIRM_DOCUMENTS: 1}
    told = training_work.build(work("school"), actor("school"), today=TODAY).calls
    assert told == {Call.MEND_DOCUMENTS: 1, Call.EXPIRING: 1}


def test_who_is_the_first_to_confirm(engine, world, work, actor):
    """A municipality what its schools entered; the region what municipalities, its own schools and it itself did."""
    made = {
        maker: add_certificate(
            engine, world, add_person(engine, world, unit), status=S.ENTERED, entered_by=maker, number=maker
        )
        for maker, unit in (
            ("school", "school"), ("municipality", "school2"), ("regional_school", "regional_school"),
            ("region", "school2"), ("school_b", "school_b"),
        )
    }  # fmt: skip
    for login, wanted in {
        "municipality": {"school", "region"},
        "region": {"municipality", "regional_school", "region"},
    }.items():
        found = set(work(login).scalars(select(Certificate.id).where(certificate_expiry.waits_for(actor(login)))))
        assert {maker for maker, number in made.items() if number in found} == wanted, login
