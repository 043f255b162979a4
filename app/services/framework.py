"""Sets of criteria: a draft made anew or from a published edition, examined, published, retired."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Framework, MonitoringRound
from app.models.enumeration import FrameworkStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.services.framework_contents import contents
from app.services.framework_examination import Problem, problems_of
from app.services.framework_outline import Outline, fill, outline_of
from app.workflows.framework import WORKFLOW

STALE = "Набор успели изменить: ниже то, что сохранено сейчас, и то, что ввели вы."
LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class HeadValues:
    """What a person says of the set as a whole."""

    title: str
    caution: str = ""
    source: str = ""
    note: str = ""


def require_draft(session: Session, actor: Actor, framework: Framework) -> None:
    """The actor may write this draft; it stays a draft until the transaction ends."""
    actor.require(Permission.FRAMEWORK_WRITE)
    if framework.org_unit_id != actor.unit_id:
        raise NotPermitted("Набор меняет только организация, которая его составляет.")
    # The lock keeps a simultaneous publication waiting on PostgreSQL; SQLite lets one writer in at a time.
    status = session.scalar(select(Framework.status).where(Framework.id == framework.id).with_for_update())
    if status is not FrameworkStatus.DRAFT:
        raise WrongState("Набор уже опубликован и не меняется: подготовьте новую редакцию.")


def may_edit(actor: Actor, framework: Framework) -> bool:
    return (
        framework.status is FrameworkStatus.DRAFT
        and framework.org_unit_id == actor.unit_id
        and actor.may(Permission.FRAMEWORK_WRITE)
    )


def create(
    session: Session, actor: Actor, *, title: str, caution: str = "", source: str = "", note: str = ""
) -> Framework:
    """An empty draft of the actor's unit; nobody outside the unit sees it. Raises Invalid at `title`."""
    return _created(session, actor, HeadValues(title, caution, source, note), edition=1, based_on=None)


def create_from(session: Session, actor: Actor, outline: Outline, *, based_on: Framework | None = None) -> Framework:
    """A draft with these contents: the first edition of its title, or the next one of `based_on`, one's own."""
    values = HeadValues(outline.title, outline.caution, outline.source, outline.note)
    edition = 1 if based_on is None else next_edition(session, actor, outline.title)
    made = _created(session, actor, values, edition=edition, based_on=based_on)
    fill(session, made, outline)
    return made


def change(session: Session, actor: Actor, framework: Framework, *, version: int, values: HeadValues) -> None:
    """Raises Conflict where somebody saved since `version`, Invalid at `title`."""
    require_draft(session, actor, framework)
    if framework.version != version:
        raise Conflict(STALE)
    cleaned = _cleaned(values)
    if cleaned.title != framework.title:
        _check_free(session, actor, cleaned.title, framework.edition)
    for one in fields(HeadValues):
        setattr(framework, one.name, getattr(cleaned, one.name))
    session.flush()


def differences(framework: Framework, values: HeadValues) -> list[tuple[str, str, str]]:
    """Fields whose saved value differs from what was typed: name, saved, typed."""
    pairs = [(one.name, getattr(framework, one.name), getattr(values, one.name)) for one in fields(HeadValues)]
    return [(name, saved, typed) for name, saved, typed in pairs if saved != typed]


def new_edition(session: Session, actor: Actor, framework: Framework) -> Framework:
    """A draft with the same contents, in the actor's unit: of one's own set the next edition, of another's one's own.

    Raises WrongState for a draft, and where such a draft is already being made.
    """
    actor.require(Permission.FRAMEWORK_WRITE)
    if framework.status is FrameworkStatus.DRAFT:
        raise WrongState("Это черновик: новая редакция делается из опубликованного набора.")
    begun = draft_of(session, actor, framework.title)
    if begun is not None:
        raise WrongState(f"Черновик уже есть: «{begun.label}». Правьте его или удалите.")
    whole = outline_of(framework, contents(session, framework.id))
    return create_from(session, actor, whole, based_on=framework)


def draft_of(session: Session, actor: Actor, title: str) -> Framework | None:
    """The draft of such a title in the actor's own unit."""
    return session.scalar(
        select(Framework).where(
            Framework.org_unit_id == actor.unit_id,
            Framework.title == title,
            Framework.status == FrameworkStatus.DRAFT,
        )
    )


def next_edition(session: Session, actor: Actor, title: str) -> int:
    last = select(func.max(Framework.edition)).where(Framework.org_unit_id == actor.unit_id, Framework.title == title)
    return (session.scalar(last) or 0) + 1


def examine(session: Session, framework: Framework) -> tuple[Problem, ...]:
    """What keeps the set from being published; empty where nothing does."""
    return problems_of(outline_of(framework, contents(session, framework.id)))


def publish(session: Session, actor: Actor, framework: Framework, *, now: datetime) -> None:
    """From here on the set never changes: the database refuses it. Raises Invalid where something is in the way."""
    WORKFLOW.require("publish", framework, actor)
    require_draft(session, actor, framework)
    problems = examine(session, framework)
    if problems:
        first = problems[0]
        more = f" И ещё замечаний: {len(problems) - 1}." if len(problems) > 1 else ""
        raise Invalid(f"Набор нельзя опубликовать. {first.place}: {first.sentence}{more}")
    framework.published_at, framework.published_by = now, actor.signature
    WORKFLOW.apply("publish", framework, actor)
    session.flush()


def retire(session: Session, actor: Actor, framework: Framework, *, note: str) -> None:
    """No new round can be held by it; those that were keep it. Raises Invalid at `note` without a reason."""
    WORKFLOW.apply("retire", framework, actor, note=note)
    session.flush()


def delete_draft(session: Session, actor: Actor, framework: Framework) -> None:
    """The draft goes with all its parts; its journal rows stay. Raises WrongState where a round is made of it."""
    require_draft(session, actor, framework)
    used = session.scalar(select(MonitoringRound.title).where(MonitoringRound.framework_id == framework.id).limit(1))
    if used is not None:
        raise WrongState(f"Набор указан в цикле «{used}»: сначала выберите в нём другой набор.")
    session.delete(framework)
    session.flush()


def _created(
    session: Session, actor: Actor, values: HeadValues, *, edition: int, based_on: Framework | None
) -> Framework:
    actor.require(Permission.FRAMEWORK_WRITE)
    cleaned = _cleaned(values)
    if edition == 1:
        _check_free(session, actor, cleaned.title, edition)
    made = Framework(
        org_unit_id=actor.unit_id,
        title=cleaned.title,
        edition=edition,
        based_on_id=None if based_on is None else based_on.id,
        caution=cleaned.caution,
        source=cleaned.source,
        note=cleaned.note,
    )
    session.add(made)
    session.flush()
    return made


def _cleaned(values: HeadValues) -> HeadValues:
    title = " ".join(values.title.split())
    if not title:
        raise Invalid("Назовите набор критериев.", field="title")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"Название не длиннее {LONGEST_TITLE} знаков.", field="title")
    return HeadValues(title, values.caution.strip(), values.source.strip(), values.note.strip())


def _check_free(session: Session, actor: Actor, title: str, edition: int) -> None:
    taken = select(Framework.id).where(
        Framework.org_unit_id == actor.unit_id, Framework.title == title, Framework.edition == edition
    )
    if session.scalar(taken) is not None:
        raise Invalid(
            "Набор с таким названием у вас уже есть: дайте другое или сделайте новую редакцию того.", field="title"
        )
