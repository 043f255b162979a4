"""Letters about weaknesses: one for each municipality with the findings of its own units, or for each school of one."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import letter
from app.documents.file_name import display_name
from app.documents.file_store import FileStore
from app.documents.letter_fields import Value, line
from app.documents.refusal import DocumentRefused
from app.models import Finding, FindingCause, OrgUnit
from app.models.enumeration_of_measures import LetterKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, WrongState
from app.services import letter_template, letter_words
from app.services.order_addressees import UnitRegister, register_of
from app.services.order_head import as_people_sort

# Each takes a tenth of a second or two, and a person waits for the archive.
MOST_LETTERS: Final = 60
MOST_ROWS: Final = 1_000


@dataclass(frozen=True, slots=True)
class TypedNotice:
    """What all the letters say; the addressee and the table are each one's own."""

    title: str
    body: str
    number: str = ""
    dated_on: date | None = None
    signatory_position: str = ""
    signatory_name: str = ""
    executor: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a letter goes to, and the findings that it tells: of this unit and of units below it, of nobody else."""

    unit_id: int
    name: str
    findings: tuple[Finding, ...]


def recipients(session: Session, actor: Actor, findings: Sequence[Finding], *, today: date) -> list[Recipient]:
    """From the region to municipalities, and to units straight under it; from a municipality to its schools."""
    register = register_of(session, actor.unit_id or 0, today=today)
    found: dict[int, list[Finding]] = {}
    for finding in findings:
        unit = register.by_id.get(finding.org_unit_id)
        if unit is None or unit.id == actor.unit_id:
            continue
        above = unit.municipality_id
        between = above if above not in {None, actor.region_id, actor.unit_id} and above in register.by_id else None
        found.setdefault(between or unit.id, []).append(finding)
    places = {unit.id: place for place, unit in enumerate(register.units)}
    return [
        Recipient(number, register.by_id[number].name, tuple(_sorted(register, found[number])))
        for number in sorted(found, key=lambda number: places[number])
    ]


def draft(session: Session, actor: Actor, title: str) -> TypedNotice:
    position, name = letter_words.signatory(session, actor.unit_id or 0)
    return TypedNotice(
        title=title.replace("Об устранении недостатков", "О недостатках").replace(
            "Об устранении выявленных недостатков", "О выявленных недостатках"
        ),
        body=(
            "Направляем перечень недостатков внутренней системы оценки качества образования, выявленных в "
            "подведомственных организациях.\n"
            "Просим разобрать их причины, запланировать меры по устранению и сообщить о результатах."
        ),
        signatory_position=position,
        signatory_name=name,
        executor=letter_words.executor(session, actor),
    )


def pack(
    session: Session,
    actor: Actor,
    told: Sequence[Recipient],
    typed: TypedNotice,
    target: BinaryIO,
    *,
    store: FileStore,
    moment: datetime,
) -> None:
    """An archive of a .docx for each. Raises Invalid at the field, WrongState where the template does not bear it."""
    actor.require(Permission.ORDER_WRITE)
    _check(told, typed)
    unit = session.get_one(OrgUnit, actor.unit_id)
    common: dict[str, Value] = {
        **letter_words.sender(session, actor, unit),
        **letter_words.running(typed.body),
        "номер": line(typed.number) or letter_words.NO_NUMBER,
        "дата": letter_words.day(typed.dated_on),
        "заголовок": line(typed.title),
        "должность": line(typed.signatory_position) or letter_words.NO_POSITION,
        "подписант": line(typed.signatory_name) or letter_words.NO_NAME,
        "исполнитель": line(typed.executor),
    }
    register = register_of(session, actor.unit_id or 0)
    causes = {one.id: one.title for one in session.scalars(select(FindingCause))}
    letters = [common | _own(one, register, causes) for one in told]
    own = letter_template.content_of(session, LetterKind.WEAKNESSES, store=store)
    try:
        files = letter.write(LetterKind.WEAKNESSES, letters, own)
    except DocumentRefused as refusal:
        raise WrongState(f"Письма по шаблону региона не составить. {refusal}") from refusal
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for place, (one, content) in enumerate(zip(told, files, strict=True), start=1):
            name = display_name(f"{place:02d} {one.name.replace('/', '-')}.docx")
            archive.writestr(zipfile.ZipInfo(name, moment.timetuple()[:6]), content)


def _own(one: Recipient, register: UnitRegister, causes: dict[int, str]) -> dict[str, Value]:
    return {
        "адресат": line(one.name),
        "муниципалитет": line(one.name),
        "недостатки": [
            {
                "номер": str(place),
                "организация": line(register.label(finding.org_unit_id)),
                "недостаток": line(finding.label),
                "тяжесть": finding.severity.label,
                "причина": line(causes.get(finding.cause_id or 0, "")),
            }
            for place, finding in enumerate(one.findings, start=1)
        ],
    }


def _sorted(register: UnitRegister, findings: Sequence[Finding]) -> list[Finding]:
    """By unit as people sort names, then by criterion."""
    return sorted(
        findings, key=lambda one: (as_people_sort(register.label(one.org_unit_id)), one.criterion_code, one.id)
    )


def _check(told: Sequence[Recipient], typed: TypedNotice) -> None:
    if not typed.title.strip():
        raise Invalid("Напишите заголовок: о чём письмо.", field="title")
    if not typed.body.strip():
        raise Invalid("Напишите текст письма.", field="body")
    if not told:
        raise Invalid("Открытых недостатков в выбранном нет: писать не о чем.")
    if len(told) > MOST_LETTERS:
        raise Invalid(
            f"Писем вышло бы {len(told)}, за один раз их не больше {MOST_LETTERS}: выберите меньше недостатков."
        )
    if any(len(one.findings) > MOST_ROWS for one in told):
        raise Invalid(f"В одном письме не больше {MOST_ROWS} строк: выберите меньше недостатков.")
