"""Documents on training from a workbook: known again by the person (unit and name), kind, series and number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.analysis.person_name import split_name
from app.excel.certificate import SHEET
from app.excel.incoming import IncomingRow
from app.models import Certificate, OrgUnit, StaffMember, StaffPosition, TrainingTopic
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CertificateStatus, DocumentKind
from app.models.staff_member import name_key
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services import certificate as certificates
from app.services import clock
from app.services.bulk_import import Importer
from app.services.certificate_details import TypedCertificate, code, tidied
from app.services.certificate_examination import errors_of, numbered, remarks_on
from app.services.certificate_number import clashes
from app.services.known_words import Directory, compared, member_of
from app.services.org_unit_alike import suggestion
from app.services.row_verdict import Change, Planned, RowVerdict, VerdictKind, shown
from app.services.training_norm import norm_book

KINDS: dict[DocumentKind, tuple[str, ...]] = {
    DocumentKind.ADVANCED: (
        DocumentKind.ADVANCED.label,
        "удостоверение",
        "повышение квалификации",
        "ПК",
        "КПК",
        "удостоверение о ПК",
    ),
    DocumentKind.RETRAINING: (
        DocumentKind.RETRAINING.label,
        "диплом",
        "профессиональная переподготовка",
        "переподготовка",
        "ПП",
        "диплом о ПП",
    ),
    DocumentKind.OTHER: (DocumentKind.OTHER.label, "иной", "сертификат", "справка"),
}
# The column of the workbook for each value of the document.
COLUMN_OF = {
    "document_kind": "kind",
    "series": "series",
    "number": "number",
    "registration_number": "registration_number",
    "issued_on": "issued_on",
    "hours": "hours",
    "programme_title": "programme",
    "topic_id": "topic",
    "issuer_name": "issuer",
    "started_on": "started_on",
    "ended_on": "ended_on",
    "holder_name": "holder_name",
}
TEXTS = {"registration_number", "programme_title", "issuer_name", "holder_name"}


@dataclass(slots=True)
class Known:
    id: int
    version: int
    typed: TypedCertificate


Mark = tuple[int, DocumentKind, str, str]


class CertificateJudge:
    def __init__(self, session: GuardedSession, actor: Actor, today: date) -> None:
        self._session, self._actor, self._today = session, actor, today
        self._units: Directory[int] = Directory("Организация")
        labels = []
        for unit in session.execute(
            select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name, OrgUnit.code).order_by(OrgUnit.id)
        ):
            self._units.add(unit.id, (unit.name, unit.short_name, unit.code))
            labels.append(unit.short_name or unit.name)
        self._unit_labels = tuple(labels)
        self._people = _people(session)
        self._norms = norm_book(session, actor.region_id)
        self._topics = {row.id: row.title for row in session.execute(select(TrainingTopic.id, TrainingTopic.title))}
        self._known = _known(session)
        self._seen: dict[Mark, int] = {}

    def label(self, row: IncomingRow) -> str:
        words = (row.values.get("person"), row.values.get("number"))
        return ", ".join(str(word) for word in words if word)

    def judge(self, row: IncomingRow) -> Planned:
        person_id = self._person(row)
        kind = member_of(KINDS, str(row.values.get("kind") or ""))
        if kind is None:
            told = f"Вид документа «{row.values.get('kind')}» не понят. Есть такие: {_kinds()}."
            raise Invalid(told, field="kind")
        series, number = (code(str(row.values.get(key) or ""), key) for key in ("series", "number"))
        mark = (person_id, kind, series, number)
        if mark in self._seen:
            raise Invalid(f"Повторяет строку {self._seen[mark]}: оставьте одну из них.", field="number")
        self._seen[mark] = row.number
        there = self._known.get(mark)
        given = self._given(row) | {"document_kind": kind, "series": series, "number": number}
        return self._made(row, person_id, given) if there is None else self._changed(row, person_id, there, given)

    def _person(self, row: IncomingRow) -> int:
        unit, name = str(row.values.get("unit") or ""), str(row.values.get("person") or "")
        if not self._units.find(unit):
            told = f"Организации «{unit}» среди ваших нет: проверьте наименование.{suggestion(unit, self._unit_labels)}"
            raise Invalid(told, field="unit")
        unit_id = self._units.the_one(unit, column="unit")
        found = self._people.get((unit_id, name_key(*split_name(name))), set())
        if not found:
            told = f"Работника «{name}» в организации «{unit}» нет: сначала внесите его в список работников."
            raise Invalid(told, field="person")
        if len(found) > 1:
            told = f"Работников «{name}» в организации несколько: внесите документ из карточки нужного."
            raise Invalid(told, field="person")
        return next(iter(found))

    def _given(self, row: IncomingRow) -> dict[str, Any]:
        """What the row brings, by the names of the document's values."""
        given: dict[str, Any] = {}
        for name, column in COLUMN_OF.items():
            if column in row.values and name not in {"document_kind", "series", "number"}:
                given[name] = row.values[column]
        for name in TEXTS & given.keys():
            given[name] = " ".join(str(given[name] or "").split())
        if "topic_id" in given:
            given["topic_id"] = self._topic(str(given["topic_id"] or ""))
        return given

    def _topic(self, written: str) -> int | None:
        if not written.strip():
            return None
        found = [number for number, title in self._topics.items() if compared(title) == compared(written)]
        if not found:
            known = "; ".join(sorted(self._topics.values())) or "тем пока нет"
            raise Invalid(f"Темы «{written}» в списке региона нет. Есть такие: {known}.", field="topic")
        return int(found[0])

    def _made(self, row: IncomingRow, person_id: int, given: dict[str, Any]) -> Planned:
        person = self._get(person_id)
        certificates.require_entering(self._session, self._actor, person)
        blank: dict[str, Any] = {one.name: "" for one in fields(TypedCertificate)}
        blank |= {"topic_id": None, "started_on": None, "ended_on": None, "programme_id": None}
        typed = self._checked(TypedCertificate(**(blank | given)), person)
        changes = self._changes(None, typed)

        def act() -> None:
            holder = self._get(person_id)
            certificates.enter(self._session, self._actor, holder, typed, today=self._today, now=clock.now())

        return Planned(RowVerdict(row.number, VerdictKind.CREATED, self.label(row), changes), act)

    def _changed(self, row: IncomingRow, person_id: int, there: Known, given: dict[str, Any]) -> Planned:
        label = self.label(row)
        wanted = replace(there.typed, **given)
        if wanted == there.typed:
            return Planned(RowVerdict(row.number, VerdictKind.SAME, label))
        # Raises where it is confirmed, issued in the tree, or another unit's entry.
        certificates.require_change(self._held(there), self._actor)
        typed = self._checked(wanted, self._get(person_id), there.id)
        changes = self._changes(there.typed, typed)
        if not changes:
            return Planned(RowVerdict(row.number, VerdictKind.SAME, label))

        def act() -> None:
            found = certificates.the_one(self._session, there.id)
            if found.version != there.version:
                raise Conflict("Документ успел изменить кто-то другой. Проверьте файл ещё раз.")
            certificates.change(self._session, self._actor, found, typed, version=None, today=self._today)

        return Planned(RowVerdict(row.number, VerdictKind.CHANGED, label, changes), act)

    def _checked(self, typed: TypedCertificate, person: StaffMember, own_id: int | None = None) -> TypedCertificate:
        """Tidy and without errors; raises Invalid at the column."""
        try:
            tidy = tidied(self._session, typed)
        except Invalid as refusal:
            raise Invalid(refusal.sentence, field=COLUMN_OF.get(refusal.field or "", refusal.field)) from refusal
        asked = numbered(tidy, person.id, own_id)
        clash = clashes(self._session, person.region_id, [asked])[asked]
        norm = self._norms.on(tidy.document_kind, tidy.issued_on)
        errors = errors_of(remarks_on(tidy, person.label, norm, clash, today=self._today))
        if errors:
            told = " ".join(error.sentence for error in errors)
            raise Invalid(told, field=COLUMN_OF.get(errors[0].field, errors[0].field))
        return tidy

    def _changes(self, before: TypedCertificate | None, after: TypedCertificate) -> tuple[Change, ...]:
        titles = {column.key: column.title for column in SHEET.columns}
        found = []
        for name, column in COLUMN_OF.items():
            was = self._shown(name, getattr(before, name)) if before is not None else ""
            now = self._shown(name, getattr(after, name))
            if was != now:
                found.append(Change(column, titles[column], was, now))
        return tuple(found)

    def _shown(self, name: str, value: Any) -> str:
        return self._topics.get(value, "") if name == "topic_id" else shown(value)

    def _get(self, person_id: int) -> StaffMember:
        found = self._session.get(StaffMember, person_id)
        if found is None:
            raise NotFound
        return found

    def _held(self, there: Known) -> Certificate:
        found = self._session.get(Certificate, there.id)
        if found is None:
            raise NotFound
        return found


def _kinds() -> str:
    return ", ".join(kind.label for kind in DocumentKind)


def _people(session: GuardedSession) -> dict[tuple[int, str], set[int]]:
    """The people of each unit by their names: those whose main place it is, and those who hold a position there."""
    found: dict[tuple[int, str], set[int]] = {}
    for row in session.execute(select(StaffMember.id, StaffMember.org_unit_id, StaffMember.name_key)):
        found.setdefault((row.org_unit_id, row.name_key), set()).add(row.id)
    besides = (
        select(StaffMember.id, StaffPosition.org_unit_id, StaffMember.name_key)
        .join(StaffPosition, StaffPosition.staff_member_id == StaffMember.id)
        .where(StaffPosition.ended_on.is_(None))
    )
    for row in session.execute(besides):
        found.setdefault((row.org_unit_id, row.name_key), set()).add(row.id)
    return found


def _known(session: GuardedSession) -> dict[Mark, Known]:
    values = [getattr(Certificate, one.name) for one in fields(TypedCertificate)]
    standing = select(Certificate.id, Certificate.version, Certificate.staff_member_id, *values)
    return {
        (one.staff_member_id, one.document_kind, one.series, one.number): Known(
            one.id, one.version, TypedCertificate(*one[3:])
        )
        for one in session.execute(standing.where(Certificate.status != CertificateStatus.ANNULLED))
    }


def directories(session: GuardedSession, actor: Actor) -> Mapping[str, Sequence[str]]:
    del actor
    units = session.execute(
        select(OrgUnit.kind, OrgUnit.name, OrgUnit.short_name).where(OrgUnit.closed_on.is_(None)).order_by(OrgUnit.id)
    ).all()
    return {
        "units": sorted(row.short_name or row.name for row in units if row.kind is not UnitKind.REGION),
        "kinds": [kind.label for kind in DocumentKind],
        "topics": sorted(session.scalars(select(TrainingTopic.title))),
    }


IMPORTER = Importer("certificate", SHEET, Permission.CERTIFICATE_WRITE, CertificateJudge, directories)
