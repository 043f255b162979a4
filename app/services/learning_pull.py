"""Reading sites: who asks, which courses are read, what was read and what went wrong."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from app.models import (
    Enrolment,
    Job,
    LearningAnswer,
    LearningCourse,
    LearningOutcome,
    LearningPerson,
    LearningSite,
    OrgUnit,
)
from app.models.enumeration import JobStatus
from app.models.enumeration_of_training import EnrolmentStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import NotFound, NotPermitted, WrongState
from app.services import audit, clock, identity, job
from app.services.learning_judgement import WRITING
from app.services.learning_take import Taken
from app.services.learning_told import CourseTold
from app.services.outside import outside_of

PULL: Final = "learning.pull"
NEEDED = (Permission.LEARNING_SITE_WRITE, Permission.ENROLMENT_KEEP)
# Hours of the region's clocks in which sites are read; a reading that failed is tried again within them.
NIGHT: Final = range(2, 5)
UNFINISHED = (JobStatus.WAITING, JobStatus.RUNNING)
OFF = "СДО отключена: включите её, чтобы брать данные."
KEYLESS = "У СДО не задан адрес или ключ (токен): введите их на её странице."
NOT_TO_SEE = "В ответах сайта бывают СНИЛС: их скачивает координатор обучения."
NOBODY = (
    "Ночное чтение остановлено: у того, от чьего имени оно шло, больше нет полномочий. Включите его заново от своего "
    "имени."
)


class KeyLostError(WrongState):
    """What was kept of the site's key does not open: the site says so until it is entered anew."""


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """A course to be read. `settled`: people by `remote_id` with the day of completion that their document rests on."""

    id: int
    remote_id: str
    label: str
    settled: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """All that a reading needs of a site, so that no transaction is open while it answers."""

    id: int
    label: str
    address: str
    token: str = field(repr=False)
    a_minute: int = 120
    courses: tuple[CourseFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """`body` as it came."""

    function: str
    subject: str
    body: bytes = field(repr=False)


def ask(
    session: GuardedSession, actor: Actor, site: LearningSite, *, course: LearningCourse | None = None, now: datetime
) -> Job:
    """A job that reads the list of courses and every course tied to a group, or this one course.

    Raises NotPermitted, WrongState for a site that is off or has no token.
    """
    for permission in NEEDED:
        actor.require(permission)
    _require_ready(site)
    title = f"Данные из СДО «{site.label}»" + (f": «{course.label}»" if course is not None else "")
    parameters = {"site_id": site.id, "course_id": course.id if course is not None else None}
    page = f"/learning-courses/{course.id}" if course is not None else f"/learning-sites/{site.id}"
    return job.ask(session, actor, PULL, title, parameters, now=now, leads_to=page)


def begin_nightly(session: GuardedSession, *, now: datetime) -> list[Job]:
    """A job for each site that is due by the clocks of its region; `session` sees all rows.

    In the name of whoever switched it on, with the rights of this moment; without them it is switched off.
    """
    closed = select(OrgUnit.id).where(OrgUnit.closed_on.is_not(None))
    wanted = (
        select(LearningSite, OrgUnit.time_zone)
        .join(OrgUnit, OrgUnit.id == LearningSite.region_id)
        .where(LearningSite.is_nightly, LearningSite.is_active, LearningSite.org_unit_id.not_in(closed))
        .order_by(LearningSite.id)
    )
    due = [site for site, zone in session.execute(wanted).all() if _is_due(site, now, zone)]
    if not due:
        return []
    under_way = {
        parameters.get("site_id")
        for parameters in session.scalars(select(Job.parameters).where(Job.kind == PULL, Job.status.in_(UNFINISHED)))
    }
    return [made for site in due if site.id not in under_way and (made := _begin(session, site, now)) is not None]


def facts(session: GuardedSession, actor: Actor, site_id: int, course_id: int | None) -> SiteFacts:
    """What is to be read. Raises NotFound, NotPermitted, WrongState without an address or a token, KeyLostError."""
    for permission in NEEDED:
        actor.require(permission)
    site = the_site(session, site_id)
    _require_ready(site)
    wanted = select(LearningCourse).where(LearningCourse.site_id == site.id, LearningCourse.group_id.is_not(None))
    if course_id is not None:
        wanted = wanted.where(LearningCourse.id == course_id)
    found = session.scalars(wanted.order_by(LearningCourse.id)).all()
    # Whoever asks for one course wants it looked through whole.
    settled = _settled(session, [one.id for one in found]) if course_id is None else {}
    courses = tuple(CourseFacts(one.id, one.remote_id, one.label, settled.get(one.id, {})) for one in found)
    try:
        token = outside_of(session).box.unseal(site.token_sealed)
    except WrongState as refusal:
        raise KeyLostError(refusal.sentence) from None
    return SiteFacts(site.id, site.label, site.address, token, site.a_minute, courses)


def _settled(session: GuardedSession, course_ids: Collection[int]) -> dict[int, dict[str, date]]:
    """Of whom no answer can change anything: the result was taken and a document was issued on it."""
    rows = session.execute(
        select(LearningOutcome.course_id, LearningPerson.remote_id, LearningOutcome.taken_on)
        .join(LearningPerson, LearningPerson.id == LearningOutcome.person_id)
        .join(Enrolment, Enrolment.id == LearningOutcome.enrolment_id)
        .where(
            LearningOutcome.course_id.in_(course_ids),
            LearningOutcome.taken_passed,
            LearningOutcome.told_passed,
            LearningOutcome.taken_on == LearningOutcome.told_on,
            Enrolment.status == EnrolmentStatus.CERTIFIED,
        )
    )
    found: dict[int, dict[str, date]] = defaultdict(dict)
    for row in rows:
        found[row.course_id][row.remote_id] = row.taken_on
    return found


def the_site(session: GuardedSession, site_id: int) -> LearningSite:
    """Raises NotFound outside the scope."""
    found = session.get(LearningSite, site_id)
    if found is None:
        raise NotFound
    return found


def read(
    session: GuardedSession,
    course: LearningCourse,
    told: CourseTold,
    taken: Taken,
    answers: Sequence[RawAnswer],
    *,
    now: datetime,
) -> None:
    """Writes down that the course was read; the answers only where they say something new."""
    digest = digest_of(told)
    is_new = digest != course.digest
    course.pulled_at, course.digest, course.problem = now, digest, ""
    if is_new:
        keep_answers(session, the_site(session, course.site_id), answers, now=now)
    session.flush()
    if is_new or taken.count(*WRITING):
        audit.record_event(session, course, "pull", taken.sentence)


def went_wrong(session: GuardedSession, course_id: int, sentence: str) -> None:
    course = session.get(LearningCourse, course_id)
    if course is not None and course.problem != sentence:
        course.problem = sentence


def site_read(session: GuardedSession, site_id: int, *, problem: str = "", now: datetime | None = None) -> None:
    """The end of a reading, or what made an end of it; `now` of one of the whole site."""
    wanted = select(LearningSite).where(LearningSite.id == site_id).with_for_update()
    site = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if site is None:
        raise NotFound
    site.problem = problem
    if now is not None:
        site.pulled_at = now


def keep_answers(session: GuardedSession, site: LearningSite, answers: Sequence[RawAnswer], *, now: datetime) -> None:
    """Compressed and sealed, for as many days as the site says."""
    box = outside_of(session).box
    for one in answers:
        session.add(
            LearningAnswer(
                org_unit_id=site.org_unit_id,
                site_id=site.id,
                function=one.function,
                subject=one.subject,
                body=box.seal_bytes(zlib.compress(one.body)),
                size=len(one.body),
                came_at=now,
                kept_until=now + timedelta(days=site.kept_days),
            )
        )


def may_see_answers(actor: Actor) -> bool:
    """A site tells whatever it keeps of a person, the СНИЛС too."""
    return actor.may(Permission.LEARNING_SITE_WRITE) and actor.may(Permission.STAFF_IDENTITY)


def answer_body(session: GuardedSession, actor: Actor, answer_id: int, *, site_id: int) -> tuple[str, bytes]:
    """The name of a file and the raw answer as it came; who looked stands in the journal.

    Raises NotPermitted, NotFound, WrongState where the key of the environment is another.
    """
    if not may_see_answers(actor):
        raise NotPermitted(NOT_TO_SEE)
    answer = session.get(LearningAnswer, answer_id)
    if answer is None or answer.site_id != site_id:
        raise NotFound
    body = zlib.decompress(outside_of(session).box.unseal_bytes(answer.body))
    told = f"{answer.function}, {answer.subject}".strip(", ")
    audit.record_event(session, the_site(session, answer.site_id), "see_answer", told)
    name = re.sub(r"[^\w.-]+", "_", f"{answer.function} {answer.subject}").strip("_")
    return f"{name}.json", body


def forget_old(session: GuardedSession, *, now: datetime) -> None:
    """Raw answers whose time is over; `session` sees all rows."""
    session.execute(delete(LearningAnswer).where(LearningAnswer.kept_until <= now))


def digest_of(told: CourseTold) -> str:
    """Of all that is told, in whatever order."""
    lines = sorted(repr((one.person.remote_id, one)) + one.person.snils for one in told.outcomes)
    return hashlib.sha256("\n".join([told.remote_id, *lines]).encode()).hexdigest()


def _is_due(site: LearningSite, now: datetime, time_zone: str | None) -> bool:
    here = clock.local(now, time_zone or "")
    if here.hour not in NIGHT:
        return False
    return site.pulled_at is None or clock.local(site.pulled_at, time_zone or "").date() < here.date()


def _begin(session: GuardedSession, site: LearningSite, now: datetime) -> Job | None:
    for unit_id in dict.fromkeys((site.org_unit_id, site.region_id)):
        actor = identity.actor_standing_in(
            session, user_id=site.runs_as_id or 0, unit_id=unit_id, demo=outside_of(session).demo
        )
        if actor is None or not all(actor.may(one) for one in NEEDED):
            continue
        made = Job(
            user_id=actor.user_id,
            org_unit_id=unit_id,
            kind=PULL,
            title=f"Данные из СДО «{site.label}»: ночное чтение",
            parameters={"site_id": site.id, "course_id": None},
            asked_at=now,
            leads_to=f"/learning-sites/{site.id}",
        )
        session.add(made)
        session.flush()
        job.send_after_commit(session, made.id)
        return made
    site.is_nightly, site.problem = False, NOBODY
    site.pending_action = ("change", NOBODY)
    session.flush()
    return None


def _require_ready(site: LearningSite) -> None:
    if not site.is_active:
        raise WrongState(OFF)
    if not site.address or not site.token_sealed:
        raise WrongState(KEYLESS)
