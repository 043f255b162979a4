"""Learning platforms of the demo: one that opens the product, and a site of the institute that tells of a group.

Of the people of the site some are taken over, some nobody knows, and of one the site says otherwise than the group.
Their addresses end in `.example`, which names nobody: nothing is ever asked there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import select

from app.demo.play import Play
from app.demo.school_year import Days
from app.demo.timeline import Act, Moment
from app.excel.lti_account_list import ListedPerson
from app.models import (
    Enrolment,
    LearningCourse,
    LearningPerson,
    LearningSite,
    OrgUnit,
    StaffMember,
    TrainingGroup,
    User,
)
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, TrainingResult
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import (
    enrolment_order,
    learning_course,
    learning_decision,
    learning_site,
    learning_take,
    lti_account_list,
    lti_deployment,
    lti_platform,
)
from app.services.enrolment_order import TypedResult
from app.services.learning_site import TypedSite
from app.services.learning_told import CourseTold, OutcomeTold, PersonTold
from app.services.lti_account_list import LINKABLE
from app.services.lti_platform import TypedPlatform
from app.services.outside import outside_of

ADDRESS = "https://sdo.iroso.example"
SITE = "СДО института (демо)"
COURSE = CourseTold("12", "ВСОКО: от процедур к решениям, поток 3 (демо)", (), "ВСОКО-36-3", "ВСОКО-36/3")
OTHERS = (
    CourseTold("7", "Управление образовательной организацией (демо)", (), "УПР-24", "УПР-24"),
    CourseTold("15", "Объективность оценивания: практикум (демо)", (), "", "ОЦ-18"),
)
# Of the people of the group, in the order of their numbers: so many had finished by each reading.
FIRST, SECOND = 8, 12
# In the site, and on no list of the group; the last is the teacher's own trial account.
UNKNOWN = (
    ("901", "Слушатель-901", "Проба Тестовна", "slushatel901@sdo.iroso.example"),
    ("902", "Слушатель-902", "Опыт Пробович", "slushatel902@sdo.iroso.example"),
    ("903", "Пробный", "Доступ", ""),
)
ACCOUNTS = ("school", "municipality", "institute")


def plan(play: Play, today: date) -> None:
    days = Days(today)
    institute, region = play.tree.providers[0], play.tree.region

    def at(ago: int, hour: int, unit_id: int, act: Act) -> None:
        play.timeline.plan(play.timeline.at(days.ago(ago), hour), play.someone(unit_id), act)

    at(3, 10, region, _platform)
    at(3, 12, institute, _site)
    at(2, 16, institute, partial(_read, days, FIRST))
    at(1, 11, institute, _correct)
    at(1, 16, institute, partial(_read, days, SECOND))
    at(1, 17, institute, _ignore)


def _platform(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """The institute's platform serves the whole region: hence the region keeps it."""
    unit = session.get_one(OrgUnit, actor.unit_id)
    typed = TypedPlatform("Moodle института (демо)", ADDRESS, "demoVSOKOtool01", family="moodle")
    platform = lti_platform.create(session, actor, typed, unit=unit)
    platform.is_demo = True
    lti_deployment.place(session, actor, platform, deployment_id="1", unit=unit, title="Все курсы")
    people = session.execute(select(User.login, User.name).where(User.login.in_(ACCOUNTS)).order_by(User.login)).all()
    listed = [
        ListedPerson(place + 2, str(63 + place), name=one.name, login=one.login) for place, one in enumerate(people)
    ]
    pairs = [one.pair for one in lti_account_list.plan(session, actor, platform, listed) if one.fit in LINKABLE]
    lti_account_list.apply(session, actor, platform, listed, pairs, now=moment.now)


def _site(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    token = "demonstration" if outside_of(session).box.is_open else ""
    site = learning_site.create(session, actor, TypedSite(SITE, ADDRESS, 30, 60, token))
    learning_course.refresh(session, actor, site, (COURSE, *OTHERS), now=moment.now)
    studying = select(TrainingGroup).where(TrainingGroup.status == GroupStatus.STUDYING)
    group = session.scalars(studying.order_by(TrainingGroup.starts_on.desc())).first()
    course = _course(session)
    if group is not None:
        learning_course.tie(session, actor, course, group.id, version=course.version)


def _course(session: GuardedSession) -> LearningCourse:
    return session.scalars(select(LearningCourse).where(LearningCourse.remote_id == COURSE.remote_id)).one()


@dataclass(frozen=True, slots=True)
class Trainee:
    enrolment: Enrolment
    person: StaffMember


def _trainees(session: GuardedSession, course: LearningCourse) -> list[Trainee]:
    rows = session.execute(
        select(Enrolment, StaffMember)
        .join(StaffMember, StaffMember.id == Enrolment.staff_member_id)
        .where(
            Enrolment.group_id == course.group_id,
            Enrolment.status.in_((EnrolmentStatus.STUDYING, EnrolmentStatus.COMPLETED)),
        )
        .order_by(Enrolment.id)
    )
    return [Trainee(row[0], row[1]) for row in rows]


def _read(days: Days, finished: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """What a nightly reading does with the answers of a site: here with answers made up."""
    course = _course(session)
    outcomes = [
        OutcomeTold(
            _told(str(100 + place), one.person),
            passed=place < finished,
            completed_on=days.ago(3 if place < FIRST else 2) if place < finished else None,
            # The second reading brings a mark that was put right in the site, too.
            grade=str(95 if (place, finished) == (2, SECOND) else 70 + place * 2) if place < finished else "",
        )
        for place, one in enumerate(_trainees(session, course))
    ]
    outcomes += [
        OutcomeTold(PersonTold(number, f"{last} {first}", last, first, email=email))
        for number, last, first, email in UNKNOWN
    ]
    told = CourseTold(COURSE.remote_id, COURSE.title, tuple(outcomes), COURSE.idnumber, COURSE.short_name)
    learning_take.take(session, actor, course, told, now=moment.now, today=moment.today)
    site = session.get_one(LearningSite, course.site_id)
    course.pulled_at = site.pulled_at = site.checked_at = moment.now
    site.site_name, site.release = "ТестСДО", "4.5.6"


def _told(number: str, person: StaffMember) -> PersonTold:
    """As sites have it: the patronymic stands with the first name."""
    first = f"{person.first_name} {person.patronymic}".strip()
    return PersonTold(number, f"{first} {person.last_name}", person.last_name, first, email=person.email)


def _correct(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """The coordinator writes another mark than the site gave: from now on a reading does not overwrite it."""
    course = _course(session)
    trainees = [one for one in _trainees(session, course) if one.enrolment.status is EnrolmentStatus.COMPLETED]
    if len(trainees) <= 2:  # noqa: PLR2004 - the third, whose mark the site will put right as well
        return
    one = trainees[2].enrolment
    typed = TypedResult(TrainingResult.PASSED, "90", one.completed_on, version=one.version)
    group = session.get_one(TrainingGroup, course.group_id)
    enrolment_order.set_results(session, actor, group, {one.id: typed}, today=moment.today)


def _ignore(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    trial = session.scalars(select(LearningPerson).where(LearningPerson.remote_id == UNKNOWN[-1][0])).one()
    learning_decision.ignore(session, actor, trial, version=trial.version, now=moment.now)
