"""Choosing what links of a course open (LTI Deep Linking 2.0): the choices of a person, and the signed answer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from app.models import Assessment, CorrectiveMeasure, MonitoringRound, OrgUnit, TrainingGroup
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration import RoundStatus
from app.models.enumeration_of_measures import MeasureStatus
from app.models.enumeration_of_platforms import LaunchTarget
from app.models.enumeration_of_training import GroupStatus
from app.models.search_text import like_pattern
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import lti_key, lti_target
from app.services.lti_message import LTI
from app.services.lti_target import SCORED, Seen, Target
from app.services.outside import outside_of

RESPONSE = "LtiDeepLinkingResponse"
ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
LIVES = timedelta(minutes=5)
MOST_SHOWN = 20
MOST_CHOSEN = 20
LONGEST_TITLE = 250
OPEN_GROUPS = (GroupStatus.OPEN, GroupStatus.STUDYING, GroupStatus.FINISHED)


@dataclass(frozen=True, slots=True)
class Part:
    """Choices of one kind; `more`: there are others, a narrower question finds them."""

    title: str
    choices: tuple[Seen, ...]
    more: bool = False


def choices(session: Session, actor: Actor, query: str = "") -> list[Part]:
    """What the actor may put into a course: their own work page, sheets, groups and measures in their scope."""
    parts = [Part("Главная страница", (lti_target.WORK,))] if not query else []
    if actor.may(Permission.ASSESSMENT_READ):
        parts += [_rounds(session, query), _sheets(session, actor, query)]
    if actor.may(Permission.GROUP_READ):
        parts.append(_groups(session, query))
    if actor.may(Permission.MEASURE_READ):
        parts.append(_measures(session, actor, query))
    return [part for part in parts if part.choices]


def _cut(title: str, found: Sequence[Seen]) -> Part:
    return Part(title, tuple(found[:MOST_SHOWN]), len(found) > MOST_SHOWN)


def _rounds(session: Session, query: str) -> Part:
    statement = select(MonitoringRound).where(MonitoringRound.status != RoundStatus.DRAFT)
    if query:
        statement = statement.where(MonitoringRound.search.like(like_pattern(query), escape="\\"))
    rows = session.scalars(
        statement.order_by(MonitoringRound.opens_on.desc(), MonitoringRound.id).limit(MOST_SHOWN + 1)
    )
    return _cut("Листы оценки: каждому свой", [lti_target.of_round(one.id, one.title) for one in rows])


def _sheets(session: Session, actor: Actor, query: str) -> Part:
    statement = lti_target.SHEETS.order_by(Assessment.round_id.desc(), Assessment.id)
    if query:
        pattern = like_pattern(query)
        units = select(OrgUnit.id).where(OrgUnit.search.like(pattern, escape="\\"))
        statement = statement.where(
            or_(Assessment.org_unit_id.in_(units), lti_target.ROUND.c.search.like(pattern, escape="\\"))
        )
    rows = session.execute(statement.limit(MOST_SHOWN + 1))
    return _cut("Листы оценки отдельных организаций", [lti_target.of_sheet(row, actor) for row in rows])


def _groups(session: Session, query: str) -> Part:
    statement = select(TrainingGroup).where(TrainingGroup.status.in_(OPEN_GROUPS))
    if query:
        statement = statement.where(TrainingGroup.search.like(like_pattern(query), escape="\\"))
    rows = session.scalars(statement.order_by(TrainingGroup.starts_on.desc(), TrainingGroup.id).limit(MOST_SHOWN + 1))
    return _cut("Потоки обучения", [lti_target.of_group(one) for one in rows])


def _measures(session: Session, actor: Actor, query: str) -> Part:
    statement = lti_target.MEASURES.where(
        CorrectiveMeasure.status.in_((*LIVE_STATUSES, MeasureStatus.DONE, MeasureStatus.VERIFIED))
    )
    if query:
        statement = statement.where(CorrectiveMeasure.search.like(like_pattern(query), escape="\\"))
    rows = session.execute(statement.order_by(CorrectiveMeasure.due_on, CorrectiveMeasure.id).limit(MOST_SHOWN + 1))
    return _cut("Корректирующие меры", [lti_target.of_measure(row, actor) for row in rows])


def chosen(session: Session, actor: Actor, target: Target) -> Seen | None:
    """A choice as the platform is to hold it: a sheet told by its round stays so."""
    if not target.round_id:
        return lti_target.seen(session, actor, target)
    one = session.get(MonitoringRound, target.round_id) if actor.may(Permission.ASSESSMENT_READ) else None
    return None if one is None or one.status is RoundStatus.DRAFT else lti_target.of_round(one.id, one.title)


def response(
    engine: Engine,
    asked: Mapping[str, Any],
    items: Sequence[Seen],
    *,
    scored: bool = False,
    now: datetime,
) -> str:
    """The signed answer for the platform. `asked` is what the ticket kept of its request: client_id, issuer,
    deployment, data. `scored`: sheets and measures come with a line item for their mark.

    Raises WrongState where nothing can be signed.
    """
    launch_url = outside_of(engine).url("/lti/launch")
    claims: dict[str, Any] = {
        "iss": asked["client_id"],
        "aud": asked["issuer"],
        "iat": int(now.timestamp()),
        "exp": int((now + LIVES).timestamp()),
        "nonce": secrets.token_urlsafe(24),
        f"{LTI}deployment_id": asked["deployment"],
        f"{LTI}message_type": RESPONSE,
        f"{LTI}version": "1.3.0",
        ITEMS: [_item(one, launch_url, scored=scored) for one in items],
    }
    if asked.get("data"):
        claims[DATA] = asked["data"]
    return lti_key.sign(engine, claims, now)


def _item(seen: Seen, launch_url: str, *, scored: bool) -> dict[str, Any]:
    title = seen.title[:LONGEST_TITLE]
    item: dict[str, Any] = {
        "type": "ltiResourceLink",
        "title": title,
        "url": launch_url,
        "custom": seen.target.custom,
    }
    if scored and seen.target.kind in SCORED:
        item["lineItem"] = {
            "scoreMaximum": 1,
            "label": title,
            "resourceId": name_of(seen.target).replace(":", "-"),
            "tag": seen.target.kind.value,
        }
    return item


def named(text: str) -> Target | None:
    """«assessment:12», «round:3», «work» of a form; None for anything else."""
    kind, _, number = text.partition(":")
    if kind == lti_target.OF_ROUND:
        told = {lti_target.TARGET: LaunchTarget.ASSESSMENT.value, lti_target.OF_ROUND: number}
    else:
        told = {lti_target.TARGET: kind or "?", lti_target.RECORD: number}
    return lti_target.named_by(told)


def name_of(target: Target) -> str:
    if target.round_id:
        return f"{lti_target.OF_ROUND}:{target.round_id}"
    return f"{target.kind.value}:{target.record_id}" if target.record_id else target.kind.value
