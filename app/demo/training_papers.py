"""Documents from outside the tree: entered by schools, confirmed by municipalities, in every state."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.demo.play import Play
from app.demo.region import HOME_SCHOOL
from app.demo.school_year import Days
from app.demo.timeline import DAY, Moment
from app.demo.training_people import Staff
from app.models import Certificate
from app.models.enumeration_of_training import CertificateStatus, DocumentKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import certificate, staff_member
from app.services.certificate_details import TypedCertificate

if TYPE_CHECKING:
    from app.demo.training import Studies

ACADEMY = "Академия непрерывного образования (демо)"
# Of each municipality every so many-th waits on, and the next comes back.
EVERY = 4
# One of ten papers is of a seminar, with fewer hours than further training has.
FEW, ENOUGH, TENTH = 8, 36, 3
TOWNS = ("Томаринский", "Анивский", "Долинский", "Холмский", "Поронайский")


def plan(play: Play, days: Days, staff: Staff, studies: Studies) -> None:
    for place, town in enumerate(TOWNS):
        for number, school in enumerate(play.tree.schools_of(town)[:4]):
            act = partial(_enter, studies, staff, days, school, place * 4 + number)
            play.timeline.plan(play.timeline.at(days.ago(27 - number), 11 + number), play.someone(school), act)
        judge = partial(_judge, place)
        play.timeline.plan(play.timeline.at(days.ago(15), 15), play.someone(play.tree.municipalities[town]), judge)
    home = play.tree.named[HOME_SCHOOL]
    soon = partial(_expiring, studies, staff, home)
    play.timeline.plan(play.timeline.at(days.ago(24), 9), play.someone(home), soon)
    tomari = play.someone(play.tree.municipalities["Томаринский"])
    play.timeline.plan(play.timeline.at(days.ago(12), 15), tomari, partial(_confirm_of, home))


def _enter(  # noqa: PLR0917 - the first five are bound where the act is planned
    studies: Studies,
    staff: Staff,
    days: Days,
    school: int,
    number: int,
    session: GuardedSession,
    actor: Actor,
    moment: Moment,
) -> None:
    people = staff.of.get(school)
    if people:
        # The second of them, so that many schools still lack anyone trained.
        _write(session, actor, people[-1], studies.topic, days.ago(90 + number), number, moment)


def _expiring(studies: Studies, staff: Staff, home: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:  # noqa: PLR0917 - the first three are bound
    """Three years are nearly over for one, and over for another."""
    head, deputy = staff.of[home][0], staff.of[home][1]
    for person, days, number in ((head, 3 * 365 - 45, 71), (deputy, 3 * 365 + 200, 72)):
        issued = moment.today - days * DAY
        _write(session, actor, person, studies.topic, issued, number, moment)


def _write(  # noqa: PLR0917 - one line of a register
    session: GuardedSession,
    actor: Actor,
    person: int,
    topic: int,
    issued_on: date,
    number: int,
    moment: Moment,
) -> None:
    typed = TypedCertificate(
        document_kind=DocumentKind.OTHER if number % 10 == TENTH else DocumentKind.ADVANCED,
        series="ДЕМО",
        number=f"{7400 + number}",
        registration_number=f"{310 + number}",
        issued_on=issued_on,
        hours=FEW if number % 10 == TENTH else ENOUGH,
        programme_title="Оценка качества образования в школе (демо)",
        topic_id=topic,
        issuer_name=ACADEMY,
        started_on=issued_on - 12 * DAY,
        ended_on=issued_on - 2 * DAY,
        holder_name="",
    )
    card = staff_member.the_one(session, person)
    certificate.enter(session, actor, card, typed, today=moment.today, now=moment.now)


def _judge(place: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """Of each municipality: one waits on, one comes back, one is annulled later, the rest count."""
    waiting = select(Certificate).where(Certificate.status == CertificateStatus.ENTERED).order_by(Certificate.id)
    for number, one in enumerate(session.scalars(waiting).all()):
        if (number + place) % EVERY == 0:
            continue
        if one.hours == FEW or (number + place) % EVERY == 1:
            short = "Меньше 16 часов: это не удостоверение о повышении квалификации."
            note = short if one.hours == FEW else "Скан не читается, номер не виден."
            certificate.refuse(session, actor, one, note=note)
            continue
        certificate.confirm(session, actor, one, today=moment.today, now=moment.now)
        if place == 1:
            certificate.annul(session, actor, one, note="Внесён по ошибке: документ другого человека.")


def _confirm_of(home: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    waiting = select(Certificate).where(
        Certificate.status == CertificateStatus.ENTERED, Certificate.org_unit_id == home
    )
    for one in session.scalars(waiting).all():
        certificate.confirm(session, actor, one, today=moment.today, now=moment.now)
