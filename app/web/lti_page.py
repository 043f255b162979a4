"""What a verified launch answers with: a page in the platform's frame, or the way into the product."""

from __future__ import annotations

from flask import render_template
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.enumeration_of_platforms import TicketPurpose
from app.services import clock, lti_account, lti_course, lti_score, lti_target, lti_ticket, lti_welcome
from app.services.lti_launch import DEEP_LINKING, Launch, LaunchRefused
from app.services.lti_welcome import Figures, Welcome
from app.web import lti_choosing, lti_entry
from app.web.session import settings
from app.web.shell import Person, shell

NOT_SHOWN = (
    "То, на что ведёт эта ссылка, вам не открыто или больше не существует. Попросите преподавателя обновить ссылку. "
    "Можно открыть свою работу."
)
NOBODY_HERE = (
    "Ваша учётная запись связана с этой платформой, но полномочий в её организациях у вас больше нет. Обратитесь к "
    "администратору своей организации."
)


def launched(launch: Launch, *, in_frame: bool) -> Response:
    """In a frame always a page; in a window of its own a linked person is signed in at once. Raises LaunchRefused."""
    if launch.refusal:
        raise LaunchRefused(launch.refusal)
    if launch.user_id is None:
        return _unlinked(launch, in_frame=in_frame)
    actors = lti_account.actors_within(db.engine, launch.user_id, launch.unit_id, demo=settings().demo)
    if not actors:
        raise LaunchRefused(NOBODY_HERE)
    if launch.message == DEEP_LINKING:
        return lti_choosing.begun(launch, actors)
    now = clock.now()
    target = lti_target.named_by(launch.custom)
    if not in_frame:
        actor, seen = lti_welcome.chosen(db.engine, actors, target)
        if seen is not None:
            lti_score.note(db.engine, launch.account_id or 0, lti_score.line_of(launch), seen.target, now=now)
        wanted = seen.target if seen is not None else target or lti_target.Target()
        return _entered(launch, actor.unit_id, wanted.path)
    found = lti_welcome.welcome(db.engine, launch, actors, now=now)
    if found.seen is not None:
        lti_score.note(db.engine, launch.account_id or 0, lti_score.line_of(launch), found.seen.target, now=now)
    return _framed(launch, found)


def _entered(launch: Launch, unit_id: int | None, path: str) -> Response:
    return lti_entry.enter(
        platform_id=launch.platform_id,
        deployment_id=launch.deployment_id,
        user_id=launch.user_id or 0,
        unit_id=unit_id,
        path=path,
    )


def _framed(launch: Launch, found: Welcome) -> Response:
    actor, seen = found.actor, found.seen or lti_target.WORK
    page = render_template(
        "lti/launched.html",
        shell=shell(),
        platform=launch.platform_title,
        seen=seen,
        notice=NOT_SHOWN if found.seen is None else "",
        actor=Person(actor.user_id, actor.user_name, actor.unit_name, ", ".join(sorted(d.label for d in actor.duties))),
        figures=_figures(found.figures),
        ticket=_ticket(launch, found, seen.target.path),
        roster=_roster(launch, found) if found.keeps_groups else None,
    )
    return Response(page, mimetype="text/html")


def _figures(found: Figures) -> list[tuple[int, str, str]]:
    """What is nought is left out: a page in a frame is small."""
    lines = (
        (found.overdue, "просрочено", "red"),
        (found.soon, "срок в ближайшие 7 дней", "orange"),
        (found.returned, "возвращено", "orange"),
        (found.waiting, "ждёт вас сейчас", ""),
    )
    return [line for line in lines if line[0]]


def _ticket(launch: Launch, found: Welcome, path: str) -> str:
    return lti_ticket.issue(
        db.engine,
        TicketPurpose.ENTER,
        platform_id=launch.platform_id,
        deployment_id=launch.deployment_id,
        user_id=launch.user_id,
        unit_id=found.actor.unit_id,
        payload={"path": path},
        now=clock.now(),
    )


def _roster(launch: Launch, found: Welcome) -> dict[str, str]:
    """The way to the list of the course, for whoever keeps groups."""
    lti_course.renew(db.engine, launch)
    course = lti_ticket.issue(
        db.engine,
        TicketPurpose.ROSTER,
        platform_id=launch.platform_id,
        deployment_id=launch.deployment_id,
        user_id=launch.user_id,
        unit_id=found.actor.unit_id,
        payload={
            "context_id": launch.context_id,
            "context_title": launch.context_title,
            "memberships_url": launch.memberships_url,
            "within": launch.unit_id,
        },
        now=clock.now(),
    )
    title = launch.context_title or "этого курса"
    if found.course_of:
        why = f"Участники курса «{title}» сверяются с потоком «{found.course_of}»."
        label = "Сверить список курса"
    else:
        why = f"Участников курса «{title}» можно сверить с потоком обучения."
        label = "Связать курс с потоком"
    return {"ticket": _ticket(launch, found, f"/training-groups/course?ticket={course}"), "why": why, "label": label}


def _unlinked(launch: Launch, *, in_frame: bool) -> Response:
    line = lti_score.line_of(launch)
    ticket = lti_ticket.issue(
        db.engine,
        TicketPurpose.LINK,
        platform_id=launch.platform_id,
        deployment_id=launch.deployment_id,
        unit_id=launch.unit_id,
        payload={
            "subject": launch.subject,
            "name": name_of(launch),
            "platform": launch.platform_title,
            "custom": dict(launch.custom),
            "line": {"url": line.url, "allowed": line.allowed},
        },
        now=clock.now(),
    )
    page = render_template(
        "lti/unlinked.html",
        shell=shell(),
        platform=launch.platform_title,
        person=name_of(launch),
        subject=launch.subject,
        email=launch.email,
        ticket=ticket,
        in_frame=in_frame,
    )
    return Response(page, mimetype="text/html")


def name_of(launch: Launch) -> str:
    """Surname first, as people are listed here; nothing where the platform keeps names to itself."""
    return " ".join(part for part in (launch.family_name, launch.given_name) if part) or launch.name
