"""When a mailing is due, by the clocks of its region: once a week, or so many days before an open term of its order."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Assignment, Job, Mailing, OrgUnit
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import JobStatus
from app.models.mailing import MailingStatus, MailTiming
from app.services import clock
from app.services.job import send_after_commit
from app.services.mailing import MAKE, obstacle, stop

BROKEN = (JobStatus.FAILED, JobStatus.INTERRUPTED)


def slot_of(session: Session, mailing: Mailing, now: datetime, time_zone: str) -> str:
    """The sending whose moment has come today and not before `armed_at`; empty where none has.

    What was missed earlier today is still due; what was missed on other days is not.
    """
    local = clock.local(now, time_zone)
    moment = local.replace(hour=mailing.hour, minute=0, second=0, microsecond=0)
    if local < moment or moment < mailing.armed_at:
        return ""
    if mailing.timing is MailTiming.WEEKLY:
        return local.date().isoformat() if local.weekday() == mailing.weekday else ""
    term = local.date() + timedelta(days=mailing.days_before or 0)
    unit = mailing.org_unit_id
    below = or_(Assignment.region_id == unit, Assignment.municipality_id == unit, Assignment.org_unit_id == unit)
    stands = select(Assignment.id).where(
        Assignment.order_id == mailing.order_id,
        Assignment.due_on == term,
        Assignment.status.not_in(CLOSED_STATUSES),
        below,
    )
    return f"term {term.isoformat()}" if session.scalar(stands.limit(1)) is not None else ""


def begin_due(session: Session, *, now: datetime, demo: bool) -> list[Job]:
    """A job for each mailing that is due; one whose maker lost the right to it is stopped. `session` sees all rows."""
    statement = (
        select(Mailing, OrgUnit.time_zone, Job.status)
        .join(OrgUnit, OrgUnit.id == Mailing.region_id)
        .outerjoin(Job, Job.id == Mailing.job_id)
        .where(Mailing.status == MailingStatus.ACTIVE)
        .order_by(Mailing.id)
        .with_for_update(of=Mailing)
        .execution_options(populate_existing=True)
    )
    begun = []
    for mailing, time_zone, last in session.execute(statement).all():
        sentence = obstacle(session, mailing, demo=demo)
        if sentence:
            stop(session, mailing, sentence)
            continue
        slot = slot_of(session, mailing, now, time_zone)
        # A sending that failed as a whole left no letter: it is tried again within its day.
        if slot and (slot != mailing.last_slot or last in BROKEN):
            begun.append(_begin(session, mailing, slot, now))
    return begun


def _begin(session: Session, mailing: Mailing, slot: str, now: datetime) -> Job:
    job = ask(session, mailing, MAKE, f"Рассылка «{mailing.title}»: подготовка", {"slot": slot}, now=now)
    mailing.last_slot, mailing.job_id = slot, job.id
    session.flush()
    return job


def ask(
    session: Session,
    mailing: Mailing,
    kind: str,
    title: str,
    more: dict[str, object],
    *,
    now: datetime,
    user_id: int | None = None,
) -> Job:
    """A job in the maker's name, asked for by the clock: the limit for what a person asks at once is not for it.

    `user_id` where somebody else of the unit asks.
    """
    job = Job(
        user_id=user_id or mailing.made_by_id,
        org_unit_id=mailing.org_unit_id,
        kind=kind,
        title=title,
        parameters={"mailing_id": mailing.id, **more},
        asked_at=now,
        leads_to=f"/mailings/{mailing.id}",
    )
    session.add(job)
    session.flush()
    send_after_commit(session, job.id)
    return job


def next_moment(mailing: Mailing, now: datetime, time_zone: str) -> datetime | None:
    """When a weekly mailing goes out next, on the region's clocks; None for one that waits for terms."""
    if mailing.timing is not MailTiming.WEEKLY or mailing.weekday is None:
        return None
    local = clock.local(now, time_zone)
    moment = local.replace(hour=mailing.hour, minute=0, second=0, microsecond=0)
    moment += timedelta(days=(mailing.weekday - local.weekday()) % 7)
    return moment if moment > local else moment + timedelta(days=7)
