"""Programmes of further training: made by a provider, agreed by the ministry, placed in the federal register."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import OrgUnit, Programme, TrainingGroup, TrainingTopic
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import DocumentKind, PositionKind, ProgrammeStatus, StudyForm
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services.training_norm import MOST_HOURS, hours_refusal, norm_on
from app.workflows.programme import WORKFLOW, by_keeper

STALE = "Программу успели изменить: ниже то, что сохранено сейчас, и то, что ввели вы."
LONGEST_TITLE, LONGEST_ANNOTATION, LONGEST_ACT = 500, 10_000, 500
CHANGEABLE = frozenset({ProgrammeStatus.DRAFT, ProgrammeStatus.RETURNED})
# By a programme in one of these states people are trained.
USABLE = frozenset({ProgrammeStatus.AGREED, ProgrammeStatus.IN_REGISTER})


@dataclass(frozen=True, slots=True)
class TypedProgramme:
    """A programme as a person gives it; no `positions`: for everyone."""

    title: str
    hours: int
    document_kind: DocumentKind = DocumentKind.ADVANCED
    topic_id: int | None = None
    form: StudyForm = StudyForm.FULL_TIME
    annotation: str = ""
    positions: tuple[PositionKind, ...] = ()
    agree_by: date | None = None
    register_by: date | None = None


def create(
    session: Session, actor: Actor, typed: TypedProgramme, *, provider_id: int | None = None, today: date
) -> Programme:
    """A draft of the actor's unit. One that the region makes for a provider is on agreement from the start: a
    provider's draft is seen by the provider alone. Raises Invalid at the field.
    """
    actor.require(Permission.PROGRAMME_WRITE)
    for_other = provider_id is not None and provider_id != actor.unit_id
    if for_other:
        _require_provider(session, actor, provider_id or 0)
    made = Programme(
        org_unit_id=provider_id if for_other else actor.unit_id,
        status=ProgrammeStatus.ON_AGREEMENT if for_other else ProgrammeStatus.DRAFT,
        submitted_on=today if for_other else None,
    )
    _put(session, actor, made, typed, today)
    session.add(made)
    session.flush()
    return made


def change(
    session: Session, actor: Actor, programme: Programme, *, version: int, typed: TypedProgramme, today: date
) -> None:
    """Raises Conflict where somebody saved since `version`, WrongState after the draft, Invalid at the field."""
    require_keeper(actor, programme)
    if programme.status not in CHANGEABLE:
        raise WrongState(f"Программа сейчас «{programme.status.label}» и не меняется: можно перенести только сроки.")
    if programme.version != version:
        raise Conflict(STALE)
    _put(session, actor, programme, typed, today)
    session.flush()


def set_terms(
    session: Session,
    actor: Actor,
    programme: Programme,
    *,
    version: int,
    agree_by: date | None,
    register_by: date | None,
) -> None:
    """The two terms move in any state. Raises Conflict where somebody saved since `version`."""
    require_keeper(actor, programme)
    if programme.version != version:
        raise Conflict("Программу успели изменить: откройте её заново.")
    _check_terms(agree_by, register_by)
    programme.agree_by, programme.register_by = agree_by, register_by
    session.flush()


def delete_draft(session: Session, actor: Actor, programme: Programme) -> None:
    """The journal keeps what was deleted. Raises WrongState once it has left the draft or a group is made by it."""
    require_keeper(actor, programme)
    if programme.status is not ProgrammeStatus.DRAFT:
        raise WrongState("Удалить можно только черновик; согласованную программу исключают.")
    used = session.scalar(select(TrainingGroup.title).where(TrainingGroup.programme_id == programme.id).limit(1))
    if used is not None:
        raise WrongState(f"По программе создан поток «{used}»: сначала удалите его.")
    session.delete(programme)
    session.flush()


# ── the way to the register ──────────────────────────────────────────────────────────────────────────────


def submit(session: Session, actor: Actor, programme: Programme, *, today: date) -> None:
    """To the ministry. Raises WrongState where the hours are below the norm of the day."""
    WORKFLOW.require("submit", programme, actor)
    _check_hours(session, programme, programme.hours, programme.document_kind, today)
    programme.submitted_on, programme.remark = today, ""
    WORKFLOW.apply("submit", programme, actor)
    session.flush()


def return_(session: Session, actor: Actor, programme: Programme, *, remark: str) -> None:
    """Back to its maker with what is to be mended. Raises Invalid at `note` without a remark."""
    WORKFLOW.apply("return", programme, actor, note=remark)
    programme.remark = remark.strip()
    session.flush()


def agree(
    session: Session, actor: Actor, programme: Programme, *, act: str, today: date, agreed_on: date | None = None
) -> None:
    """Agreed by the act of a day not later than today. Raises Invalid at `act`, `agreed_on` or `hours`."""
    WORKFLOW.require("agree", programme, actor)
    said = _required(act, "act", "Укажите, чем согласована программа: вид акта или письма, номер, дата.")
    day = agreed_on or today
    if day > today:
        raise Invalid("День согласования ещё не наступил.", field="agreed_on")
    _check_hours(session, programme, programme.hours, programme.document_kind, day)
    programme.agreement_act, programme.agreed_on, programme.agreed_by = said, day, actor.signature
    WORKFLOW.apply("agree", programme, actor)
    session.flush()


def register(session: Session, actor: Actor, programme: Programme, *, number: str, on: date, today: date) -> None:
    """Its place in the federal register, taken after the agreement. Raises Invalid at `register_number`,
    `registered_on`.
    """
    require_keeper(actor, programme)
    told = _required(number, "register_number", "Укажите номер программы в федеральном реестре.")
    if on > today:
        raise Invalid("День включения в реестр ещё не наступил.", field="registered_on")
    if programme.agreed_on is not None and on < programme.agreed_on:
        agreed = f"{programme.agreed_on:%d.%m.%Y}"
        raise Invalid(f"Программа согласована {agreed}: раньше в реестр не включить.", field="registered_on")
    if programme.status is ProgrammeStatus.AGREED:
        programme.register_number, programme.registered_on = told, on
    WORKFLOW.apply("register", programme, actor)
    session.flush()


def exclude(session: Session, actor: Actor, programme: Programme, *, note: str) -> None:
    """No new group is opened by it; those that are open go on. Raises Invalid at `note` without a reason."""
    WORKFLOW.apply("exclude", programme, actor, note=note)
    programme.remark = note.strip()
    session.flush()


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────


def require_keeper(actor: Actor, programme: Programme) -> None:
    actor.require(Permission.PROGRAMME_WRITE)
    refused = by_keeper(programme, actor)
    if refused is not None:
        raise NotPermitted(refused)


def may_keep(actor: Actor, programme: Programme) -> bool:
    return actor.may(Permission.PROGRAMME_WRITE) and by_keeper(programme, actor) is None


def programme_of(session: Session, programme_id: int) -> Programme:
    """The programme, or NotFound."""
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise NotFound
    return programme


def differences(programme: Programme, typed: TypedProgramme) -> list[tuple[str, object, object]]:
    """Fields whose saved value differs from what was typed: name, saved, typed."""
    pairs = [(one.name, _held(programme, one.name), getattr(typed, one.name)) for one in fields(TypedProgramme)]
    return [(name, saved, given) for name, saved, given in pairs if saved != given]


def _held(programme: Programme, name: str) -> object:
    if name == "positions":
        return tuple(kind for kind in PositionKind if kind.value in programme.positions)
    return getattr(programme, name)


def providers(session: Session, actor: Actor) -> list[OrgUnit]:
    """Acting providers that the actor may make a programme for: the region's."""
    if actor.unit_kind is not UnitKind.REGION:
        return []
    mine = select(OrgUnit).where(
        OrgUnit.kind == UnitKind.PROVIDER, OrgUnit.region_id == actor.unit_id, OrgUnit.closed_on.is_(None)
    )
    return list(session.scalars(mine.order_by(OrgUnit.name, OrgUnit.id)))


def _require_provider(session: Session, actor: Actor, provider_id: int) -> None:
    if provider_id not in {unit.id for unit in providers(session, actor)}:
        raise Invalid("Такой организации ДПО нет среди действующих: выберите из списка.", field="provider_id")


def _put(session: Session, actor: Actor, programme: Programme, typed: TypedProgramme, today: date) -> None:
    title = _required(" ".join(typed.title.split()), "title", "Назовите программу.", LONGEST_TITLE)
    if not 0 < typed.hours <= MOST_HOURS:
        raise Invalid("Часы – целое число больше нуля.", field="hours")
    if len(typed.annotation) > LONGEST_ANNOTATION:
        raise Invalid("Аннотация не длиннее 10 000 знаков.", field="annotation")
    if typed.topic_id is not None and session.get(TrainingTopic, typed.topic_id) is None:
        raise Invalid("Такой темы нет: выберите из списка.", field="topic_id")
    _check_terms(typed.agree_by, typed.register_by)
    norm = norm_on(session, actor.region_id, typed.document_kind, today)
    short = hours_refusal(norm, typed.hours)
    if short is not None:
        raise Invalid(short, field="hours")
    programme.title, programme.hours, programme.document_kind = title, typed.hours, typed.document_kind
    programme.topic_id, programme.form, programme.annotation = typed.topic_id, typed.form, typed.annotation.strip()
    programme.positions = [kind.value for kind in PositionKind if kind in typed.positions]
    programme.agree_by, programme.register_by = typed.agree_by, typed.register_by


def _check_terms(agree_by: date | None, register_by: date | None) -> None:
    if agree_by is not None and register_by is not None and register_by < agree_by:
        raise Invalid("В реестр включают после согласования: этот срок не может быть раньше.", field="register_by")


def _check_hours(session: Session, programme: Programme, hours: int, kind: DocumentKind, day: date) -> None:
    """The norm may have grown since the programme was typed."""
    short = hours_refusal(norm_on(session, programme.region_id, kind, day), hours)
    if short is not None:
        raise WrongState(f"В программе {hours} ч. {short}")


def _required(typed: str, field: str, sentence: str, longest: int = LONGEST_ACT) -> str:
    said = typed.replace("\x00", "").strip()
    if not said:
        raise Invalid(sentence, field=field)
    if len(said) > longest:
        raise Invalid(f"Не длиннее {longest} знаков.", field=field)
    return said
