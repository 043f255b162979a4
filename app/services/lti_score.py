"""What a platform is told of its people: that the sheet was sent, that the measure was verified (AGS 2.0).

A launch with a line item leaves a row; once what it waits for is so, the mark «1 of 1» goes to the platform, again and
again with growing pauses where it does not get through. What the platform does with the mark is its teacher's affair.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import Engine, Table, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.integrations.http import HttpRequest
from app.models import Assessment, CorrectiveMeasure, Job, LtiAccount, LtiScore, User
from app.models.enumeration import AssessmentStatus
from app.models.enumeration_of_measures import MeasureStatus
from app.models.enumeration_of_platforms import LaunchTarget
from app.policies.refusal import Refusal
from app.policies.unscoped import open_session
from app.services import lti_account, lti_service
from app.services.job import send_after_commit
from app.services.lti_message import Launch
from app.services.lti_service import PlatformRefused, Reached
from app.services.lti_target import SCORED, Target

KIND = "lti.score"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
SENT = (AssessmentStatus.SUBMITTED, AssessmentStatus.ACCEPTED, AssessmentStatus.APPROVED)
# So long a mark that a job has taken is nobody else's, and so long is the first pause after a failure.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(days=1)
MOST_TRIES = 20
MOST_AT_ONCE = 50
COMMENTS = {
    LaunchTarget.ASSESSMENT: "Лист оценки ВСОКО отправлен",
    LaunchTarget.CORRECTIVE_MEASURE: "Корректирующая мера подтверждена",
}
TITLES = {
    LaunchTarget.ASSESSMENT: "Отметка в учебную платформу: лист оценки отправлен",
    LaunchTarget.CORRECTIVE_MEASURE: "Отметка в учебную платформу: мера подтверждена",
}
# Aliases of the tables: the platform's mark is of records that lie beside its unit.
_SHEET = cast(Table, Assessment.__table__).alias("sheet_of_score")
_MEASURE = cast(Table, CorrectiveMeasure.__table__).alias("measure_of_score")


@dataclass(frozen=True, slots=True)
class _Mark:
    """One mark to be sent, with all that is needed of it outside a transaction."""

    platform: Reached
    subject: str
    url: str
    target: LaunchTarget


@dataclass(frozen=True, slots=True)
class Line:
    """Where a launch lets marks go; `allowed`: the platform gives us the service."""

    url: str = ""
    allowed: bool = False


def line_of(launch: Launch) -> Line:
    return Line(launch.line_item_url, lti_service.SCORE_SCOPE in launch.scopes)


def note(engine: Engine, account_id: int, line: Line, target: Target, *, now: datetime) -> None:
    """Keeps where the mark goes, once for a person and a line item; nothing where the platform takes no mark."""
    if not line.url or not line.allowed or target.kind not in SCORED or not target.record_id:
        return
    try:
        with open_session(engine, reason="a mark for a platform is noted at a launch") as session:
            session.connection(execution_options={"writes": True})
            _noted(session, account_id, line, target, now)
    except IntegrityError:
        # The same link opened twice at one moment: the other one has noted it.
        return


def _noted(session: Session, account_id: int, line: Line, target: Target, now: datetime) -> None:
    account = session.get_one(LtiAccount, account_id)
    known = session.scalar(
        select(LtiScore).where(LtiScore.account_id == account.id, LtiScore.line_item_url == line.url)
    )
    if known is None:
        session.add(
            LtiScore(
                org_unit_id=account.org_unit_id,
                platform_id=account.platform_id,
                account_id=account.id,
                line_item_url=line.url,
                target=target.kind,
                record_id=target.record_id,
                asked_at=now,
            )
        )
    elif (known.target, known.record_id) != (target.kind, target.record_id):
        # The link now opens something else: what was told of the one before does not hold for it.
        known.target, known.record_id, known.asked_at = target.kind, target.record_id, now
        known.tries, known.next_try_at, known.sent_at, known.problem = 0, None, None, ""


def ask_to_send(session: Session, *, now: datetime) -> int:
    """A job for each mark that is due, in the name of the person whom it is about; how many. Past the row scope."""
    due = session.scalars(
        select(LtiScore)
        .outerjoin(_SHEET, and_(LtiScore.target == LaunchTarget.ASSESSMENT, _SHEET.c.id == LtiScore.record_id))
        .outerjoin(
            _MEASURE, and_(LtiScore.target == LaunchTarget.CORRECTIVE_MEASURE, _MEASURE.c.id == LtiScore.record_id)
        )
        .where(
            LtiScore.sent_at.is_(None),
            LtiScore.tries < MOST_TRIES,
            or_(LtiScore.next_try_at.is_(None), LtiScore.next_try_at <= now),
            or_(
                _SHEET.c.status.in_([one.value for one in SENT]),
                _MEASURE.c.status == MeasureStatus.VERIFIED.value,
            ),
        )
        .order_by(LtiScore.id)
        .limit(MOST_AT_ONCE)
    ).all()
    asked = 0
    for score in due:
        # Whoever comes next finds it taken; a job that never ran is made up for after the pause.
        score.next_try_at = now + pause(score.tries)
        account = session.get_one(LtiAccount, score.account_id)
        units = lti_account.standings_within(session, account.user_id, score.org_unit_id)
        if not units or not session.get_one(User, account.user_id).is_active:
            score.tries += 1
            score.problem = "У человека больше нет полномочий в организациях этой платформы: отметка не передана."
            continue
        job = Job(
            user_id=account.user_id,
            org_unit_id=units[0],
            kind=KIND,
            title=TITLES[score.target],
            parameters={"score_id": score.id},
            asked_at=now,
            leads_to=Target(score.target, score.record_id).path,
        )
        session.add(job)
        session.flush()
        send_after_commit(session, job.id)
        asked += 1
    return asked


def pause(tries: int) -> timedelta:
    """Twice as long after each failure, a day at most."""
    return min(FIRST_PAUSE * (1 << min(tries, 10)), LONGEST_PAUSE)


def deliver(engine: Engine, score_id: int, *, now: datetime) -> str:
    """Sends one mark and writes down what became of it, in transactions of their own; a whole Russian sentence.

    A mark that is gone or sent already is left alone.
    """
    try:
        mark = _taken(engine, score_id)
        if mark is None:
            return "Отметка уже передана или больше не нужна."
        _send(engine, mark, now)
    except Refusal as refusal:
        _written(engine, score_id, now, refusal.sentence)
        return refusal.sentence
    _written(engine, score_id, now, "")
    return f"{COMMENTS[mark.target]}: отметка передана в платформу «{mark.platform.title}»."


def _taken(engine: Engine, score_id: int) -> _Mark | None:
    with open_session(engine, reason="a mark for a platform is sent") as session:
        score = session.get(LtiScore, score_id)
        if score is None or score.sent_at is not None:
            return None
        subject = session.get_one(LtiAccount, score.account_id).subject
        platform_id, url, target = score.platform_id, score.line_item_url, score.target
    return _Mark(lti_service.reached(engine, platform_id), subject, url, target)


def _send(engine: Engine, mark: _Mark, now: datetime) -> None:
    """Raises PlatformRefused. An answer of 409 means that the platform knows a mark as new as this one: it is told."""
    score = {
        "userId": mark.subject,
        "scoreGiven": 1,
        "scoreMaximum": 1,
        "comment": COMMENTS[mark.target],
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": now.isoformat(timespec="milliseconds"),
    }
    body = json.dumps(score, ensure_ascii=False).encode()
    request = HttpRequest("POST", scores_of(mark.url), {"Content-Type": SCORE_TYPE, "Accept": "*/*"}, body=body)
    answer = lti_service.ask(engine, mark.platform, request, scope=lti_service.SCORE_SCOPE, now=now)
    if answer.status != HTTPStatus.CONFLICT and not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        raise PlatformRefused(lti_service.said(mark.platform, answer.status))


def _written(engine: Engine, score_id: int, now: datetime, problem: str) -> None:
    with open_session(engine, reason="a mark for a platform was sent, or not") as session:
        session.connection(execution_options={"writes": True})
        score = session.get(LtiScore, score_id)
        if score is None or score.sent_at is not None:
            return
        score.problem = problem
        if problem:
            score.tries += 1
            score.next_try_at = now + pause(score.tries)
        else:
            score.sent_at, score.next_try_at = now, None


def scores_of(line_item_url: str) -> str:
    """«/scores» goes to the path, before the question mark: Moodle names its tool there."""
    parts = urlsplit(line_item_url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))
