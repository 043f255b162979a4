"""Issued documents out to the federal register (ФИС ФРДО): which, what is missing in them, the workbook, the marks.

A provider takes its own documents; the region those of all its providers. СНИЛС and days of birth come from
services/staff_identity.py, which leaves a row of the journal for each person, and go into the workbook only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from sqlalchemy import ColumnElement, func, select

from app.analysis import personal_number
from app.analysis.person_name import split_name
from app.excel.document_register import register_shape, write_documents
from app.excel.sheet import Heading
from app.models import Certificate, Enrolment, OrgUnit, Programme, StaffMember, TrainingGroup
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CertificateStatus, DocumentKind, StudyForm
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import audit, staff_identity
from app.services.document_register_cleaning import cells_of
from app.services.staff_identity import Identity, Known

REGISTER = "document_register"
# What the register takes; other documents have no place in it.
KINDS = (DocumentKind.ADVANCED, DocumentKind.RETRAINING)
# One workbook; the register's own files are of hundreds of rows.
MOST_DOCUMENTS = 5000
AT_ONCE = 500
LAST_EXPORTS = 10
NO_CARD = "карточка работника"
REASON = "выгрузка в ФИС ФРДО"


@dataclass(frozen=True, slots=True)
class Selection:
    """Days of issue, both inclusive; `only_new`: not marked as reported; `provider_id`: one of the region's."""

    starts_on: date | None = None
    ends_on: date | None = None
    only_new: bool = True
    provider_id: int | None = None

    @property
    def label(self) -> str:
        days = [f"с {self.starts_on:%d.%m.%Y}"] if self.starts_on else []
        days += [f"по {self.ends_on:%d.%m.%Y}"] if self.ends_on else []
        return ", ".join([" ".join(days) or "за всё время", "ещё не выгруженные" if self.only_new else "все"])


@dataclass(frozen=True, slots=True)
class Ready:
    """A document on its way out; `gaps` name what the register requires and the card has not."""

    certificate: Certificate
    person: StaffMember | None
    gaps: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.gaps


@dataclass(frozen=True, slots=True)
class Overview:
    rows: tuple[Ready, ...]

    @property
    def complete(self) -> tuple[Ready, ...]:
        return tuple(row for row in self.rows if row.is_complete)

    @property
    def incomplete(self) -> tuple[Ready, ...]:
        return tuple(row for row in self.rows if not row.is_complete)


@dataclass(frozen=True, slots=True)
class Exported:
    rows: int
    left_out: int
    marked: int


def overview(session: GuardedSession, actor: Actor, selection: Selection) -> Overview:
    """What would go out, by day of issue. Raises NotPermitted, Invalid for more than one workbook holds."""
    actor.require(Permission.REGISTER_OF_DOCUMENTS)
    found = list(
        session.scalars(
            select(Certificate)
            .where(*_chosen(actor, selection))
            .order_by(Certificate.issued_on, Certificate.number, Certificate.id)
            .limit(MOST_DOCUMENTS + 1)
        )
    )
    if len(found) > MOST_DOCUMENTS:
        raise Invalid(f"Документов больше {MOST_DOCUMENTS}: выберите период короче.", field="ends_on")
    people = _people(session, {one.staff_member_id for one in found})
    known = staff_identity.known(session, actor, people)
    return Overview(
        tuple(
            Ready(one, person, _gaps(person, known.get(one.staff_member_id, Known())))
            for one in found
            for person in (people.get(one.staff_member_id),)
        )
    )


def export(
    session: GuardedSession,
    actor: Actor,
    selection: Selection,
    target: BinaryIO,
    heading: Heading,
    *,
    with_incomplete: bool,
    mark: bool,
    today: date,
) -> Exported:
    """Write the workbook; complete rows are marked as reported. Raises NotPermitted, Invalid for nothing to write.

    Rows with gaps go out only `with_incomplete`, with empty cells, and are never marked.
    """
    whole = overview(session, actor, selection)
    going = whole.rows if with_incomplete else whole.complete
    going = tuple(row for row in going if row.person is not None)
    if not going:
        raise Invalid("Выгружать нечего: под условия не подходит ни один документ с полными сведениями.")
    identities = staff_identity.identities(session, actor, {row.certificate.staff_member_id for row in going}, REASON)
    forms = _forms(session, [row.certificate for row in going])
    written = write_documents(target, (_cells(row, identities, forms) for row in going), heading)
    marked = [row.certificate for row in going if mark and row.is_complete]
    for certificate in marked:
        certificate.reported_on = today
    session.flush()
    audit.record_list_export(session, REGISTER, "ФИС ФРДО", rows=written, narrowed=selection.label)
    return Exported(written, len(whole.rows) - len(going), len(marked))


def reported_days(session: GuardedSession, actor: Actor) -> Sequence[tuple[date, int]]:
    """The last days on which documents were marked as reported, and how many are."""
    actor.require(Permission.REGISTER_OF_DOCUMENTS)
    rows = session.execute(
        select(Certificate.reported_on, func.count(Certificate.id))
        .where(*_own(actor), Certificate.reported_on.is_not(None))
        .group_by(Certificate.reported_on)
        .order_by(Certificate.reported_on.desc())
        .limit(LAST_EXPORTS)
    )
    return [(day, count) for day, count in rows if day is not None]


def unmark(session: GuardedSession, actor: Actor, day: date) -> int:
    """Takes the mark off all documents of one day: the register refused the file. Returns how many. Raises Invalid."""
    actor.require(Permission.REGISTER_OF_DOCUMENTS)
    found = list(session.scalars(select(Certificate).where(*_own(actor), Certificate.reported_on == day)))
    if not found:
        raise Invalid(f"Документов с отметкой о выгрузке {day:%d.%m.%Y} нет.")
    for certificate in found:
        certificate.reported_on = None
        certificate.pending_action = ("unreport", "Снята отметка о выгрузке в ФИС ФРДО.")
    session.flush()
    return len(found)


def annulled_after_export(session: GuardedSession, actor: Actor) -> Sequence[Certificate]:
    """Reported and annulled since: the register is to be told by hand."""
    actor.require(Permission.REGISTER_OF_DOCUMENTS)
    statement = select(Certificate).where(
        _issuer(actor), Certificate.status == CertificateStatus.ANNULLED, Certificate.reported_on.is_not(None)
    )
    return list(session.scalars(statement.order_by(Certificate.issued_on.desc(), Certificate.id).limit(AT_ONCE)))


def providers(session: GuardedSession, actor: Actor) -> Sequence[tuple[int, str]]:
    """Whose documents may be chosen: the region's providers; nothing for a provider, which has its own."""
    if actor.unit_kind is not UnitKind.REGION:
        return []
    rows = session.execute(
        select(OrgUnit.id, OrgUnit.short_name, OrgUnit.name).where(OrgUnit.kind == UnitKind.PROVIDER)
    )
    return sorted(((row.id, row.short_name or row.name) for row in rows), key=lambda one: one[1])


def _issuer(actor: Actor) -> ColumnElement[bool]:
    if actor.unit_kind is UnitKind.REGION:
        # People of the region may have been trained by a provider of another one.
        mine = select(OrgUnit.id).where(OrgUnit.kind == UnitKind.PROVIDER, OrgUnit.region_id == actor.unit_id)
        return Certificate.issuer_unit_id.in_(mine)
    return Certificate.issuer_unit_id == actor.unit_id


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        _issuer(actor),
        Certificate.status == CertificateStatus.CONFIRMED,
        Certificate.document_kind.in_(KINDS),
    )


def _chosen(actor: Actor, selection: Selection) -> Iterable[ColumnElement[bool]]:
    yield from _own(actor)
    if selection.provider_id is not None:
        yield Certificate.issuer_unit_id == selection.provider_id
    if selection.starts_on is not None:
        yield Certificate.issued_on >= selection.starts_on
    if selection.ends_on is not None:
        yield Certificate.issued_on <= selection.ends_on
    if selection.only_new:
        yield Certificate.reported_on.is_(None)


def _people(session: GuardedSession, ids: Collection[int]) -> dict[int, StaffMember]:
    numbers = sorted(ids)
    return {
        person.id: person
        for first in range(0, len(numbers), AT_ONCE)
        for person in session.scalars(select(StaffMember).where(StaffMember.id.in_(numbers[first : first + AT_ONCE])))
    }


def _gaps(person: StaffMember | None, known: Known) -> tuple[str, ...]:
    if person is None:
        return (NO_CARD,)
    told = {"born_on": known.born_on, "sex": known.sex, "snils": known.snils}
    shape = register_shape()
    return tuple(column.title for column in shape.required if not told.get(column.key, True))


def _forms(session: GuardedSession, certificates: Sequence[Certificate]) -> dict[int, StudyForm]:
    """By document: the form of the group in which it was earned, else of its programme."""
    groups: dict[int, StudyForm] = {}
    programmes: dict[int, StudyForm] = {}
    enrolments = sorted({one.enrolment_id for one in certificates if one.enrolment_id is not None})
    for first in range(0, len(enrolments), AT_ONCE):
        statement = (
            select(Enrolment.id, TrainingGroup.form)
            .join(TrainingGroup, TrainingGroup.id == Enrolment.group_id)
            .where(Enrolment.id.in_(enrolments[first : first + AT_ONCE]))
        )
        groups |= {row.id: row.form for row in session.execute(statement)}
    for row in session.execute(select(Programme.id, Programme.form)):
        programmes[row.id] = row.form
    found: dict[int, StudyForm] = {}
    for one in certificates:
        form = groups.get(one.enrolment_id or 0) or programmes.get(one.programme_id or 0)
        if form is not None:
            found[one.id] = form
    return found


def _cells(row: Ready, identities: Mapping[int, Identity], forms: Mapping[int, StudyForm]) -> dict[str, object]:
    certificate, person = row.certificate, row.person
    assert person is not None
    identity = identities.get(person.id, Identity())
    last_name, first_name, patronymic = person.last_name, person.first_name, person.patronymic
    if certificate.holder_name not in {"", person.label}:
        last_name, first_name, patronymic = split_name(certificate.holder_name)
    ended_on = certificate.ended_on or certificate.issued_on
    form = forms.get(certificate.id)
    values: dict[str, object] = {
        "document_kind": certificate.document_kind.value,
        "series": certificate.series,
        "number": certificate.number,
        "issued_on": certificate.issued_on,
        "registration_number": certificate.registration_number,
        "programme_kind": certificate.document_kind.value,
        "programme_title": certificate.programme_title,
        "started_in": (certificate.started_on or ended_on).year,
        "ended_in": ended_on.year,
        "hours": certificate.hours,
        "last_name": last_name,
        "first_name": first_name,
        "patronymic": patronymic,
        "born_on": identity.born_on,
        "sex": identity.sex.value if identity.sex is not None else None,
        "snils": identity.snils if personal_number.is_valid(identity.snils) else None,
        "study_form": form.value if form is not None else None,
        "citizenship": identity.citizenship,
    }
    return cells_of(values)
