"""What a workbook of the federal register (ФИС ФРДО) would bring: whose each document is, whether it is on record.

Nothing is written, and the rows of the judgement hold no СНИЛС and no day of birth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from app.models import Certificate, OrgUnit, Programme
from app.models.enumeration import Labelled, UnitKind
from app.models.enumeration_of_training import CertificateStatus, DocumentKind
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import audit
from app.services.certificate_details import TypedCertificate, tidied
from app.services.certificate_examination import errors_of, numbered, remarks_on
from app.services.certificate_number import Clash, clashes
from app.services.document_register_cleaning import CleanBook, CleanRow, sentences_of
from app.services.document_register_people import FoundBy, Match, full_name, matches
from app.services.training_norm import norm_book

AT_ONCE = 500
# Columns without which, or with a fault in which, a row makes no document.
USED = (
    *("document_kind", "programme_kind", "series", "number", "issued_on", "registration_number", "programme_title"),
    *("hours", "last_name", "first_name", "patronymic", "born_on", "snils"),
)
COMPARED = {
    "issued_on": "Дата выдачи",
    "hours": "Часы",
    "programme_title": "Программа",
    "registration_number": "Регистрационный номер",
    "issuer_name": "Кто выдал",
}


class RowKind(Labelled):
    NEW = "new", "новый"
    DOUBTFUL = "doubtful", "решите вы"
    SAME = "same", "уже есть"
    DIFFERS = "differs", "отличается"
    WRONG = "wrong", "ошибка"


@dataclass(frozen=True, slots=True)
class Told:
    """What the person says of the whole file: who issued the documents (a provider issued its own), on which topic they
    are where the programme is not known, whether the register has them already.
    """

    issuer_name: str = ""
    topic_id: int | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """One line of the dry run. It holds no СНИЛС and no day of birth."""

    number: int
    kind: RowKind
    name: str
    document: str
    sentences: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    person_id: int | None = None
    by: FoundBy | None = None
    certificate_id: int | None = None
    typed: TypedCertificate | None = None

    @property
    def can_be_written(self) -> bool:
        return self.kind in {RowKind.NEW, RowKind.DOUBTFUL}


@dataclass(frozen=True, slots=True)
class Carried:
    """What is left of a row once it is judged."""

    number: int
    person_id: int
    typed: TypedCertificate


@dataclass(frozen=True, slots=True)
class DryRun:
    rows: tuple[JudgedRow, ...]
    book: CleanBook
    told: Told

    @property
    def counts(self) -> Mapping[RowKind, int]:
        return Counter(row.kind for row in self.rows)

    @property
    def carried(self) -> tuple[Carried, ...]:
        return tuple(
            Carried(row.number, row.person_id, row.typed)
            for row in self.rows
            if row.can_be_written and row.person_id is not None and row.typed is not None
        )


def judge(session: GuardedSession, actor: Actor, book: CleanBook, told: Told, *, today: date) -> DryRun:
    """Reads only. Raises NotPermitted, Invalid at `issuer_name` or `topic_id`."""
    actor.require(Permission.REGISTER_OF_DOCUMENTS)
    checked = replace(told, issuer_name=issuer_of(session, actor, told))
    return DryRun(_Judge(session, actor, checked, today).judged(book.rows), book, checked)


def record(session: GuardedSession, actor: Actor, found: DryRun) -> None:
    """That hidden parts of cards were compared with a file: the answers tell which of its values are right."""
    unit = session.get_one(OrgUnit, actor.unit_id)
    audit.record_event(session, unit, "see_identity", f"Сверка с книгой ФИС ФРДО, строк: {len(found.rows)}.")


def issuer_of(session: GuardedSession, actor: Actor, told: Told) -> str:
    """A provider's own name; from others the name of whoever issued the documents. Raises Invalid at `issuer_name`."""
    if actor.unit_kind is UnitKind.PROVIDER:
        return session.get_one(OrgUnit, actor.unit_id).name
    name = " ".join(told.issuer_name.split())
    if not name:
        raise Invalid("Напишите, какая организация выдала документы: в книге этого нет.", field="issuer_name")
    return name


class _Judge:
    def __init__(self, session: GuardedSession, actor: Actor, told: Told, today: date) -> None:
        self._session, self._actor, self._told, self._today = session, actor, told, today
        self._norms = norm_book(session, actor.region_id)
        self._programmes = self._own_programmes()
        self._there: dict[tuple[DocumentKind, str, str], list[Certificate]] = {}
        self._seen: dict[tuple[DocumentKind, str, str], int] = {}

    def judged(self, rows: Sequence[CleanRow]) -> tuple[JudgedRow, ...]:
        found = matches(self._session, self._actor, rows)
        typed = {row.number: self._typed(row, found[row.number]) for row in rows}
        self._read(typed.values())
        asked = {
            number: numbered(one, person.id, None)
            for number, one in typed.items()
            if isinstance(one, TypedCertificate) and (person := found[number].person) is not None
        }
        beside = clashes(self._session, self._actor.region_id or 0, set(asked.values()))
        return tuple(
            self._row(row, found[row.number], typed[row.number], beside.get(asked.get(row.number), Clash()))  # type: ignore[arg-type] # rows without a person were not asked
            for row in rows
        )

    def _own_programmes(self) -> dict[tuple[DocumentKind, str], tuple[int, int | None]]:
        """A provider's documents are of its own programmes; the last one of a title."""
        if self._actor.unit_kind is not UnitKind.PROVIDER:
            return {}
        rows = self._session.execute(
            select(Programme.id, Programme.document_kind, Programme.title, Programme.topic_id)
            .where(Programme.org_unit_id == self._actor.unit_id)
            .order_by(Programme.id)
        )
        return {(row.document_kind, folded(row.title)): (row.id, row.topic_id) for row in rows}

    def _typed(self, row: CleanRow, match: Match) -> TypedCertificate | dict[str, str]:
        """The document of the row, or what is wrong with it."""
        wrong = sentences_of(row, USED)
        kind, issued_on, hours = _kind(row), row.day("issued_on"), row.figure("hours")
        if kind is None and "document_kind" not in wrong:
            wrong["document_kind"] = "Не указан вид документа: удостоверение или диплом."
        if hours is None and "hours" not in wrong:
            wrong["hours"] = "Не указан срок обучения в часах."
        if wrong or kind is None or issued_on is None or hours is None:
            return wrong
        title = row.text("programme_title")
        programme_id, topic_id = self._programmes.get((kind, folded(title)), (None, None))
        name = full_name(row)
        made = TypedCertificate(
            document_kind=kind,
            series=row.text("series"),
            number=row.text("number"),
            registration_number=row.text("registration_number"),
            issued_on=issued_on,
            hours=hours,
            programme_title=title,
            topic_id=topic_id or self._told.topic_id,
            issuer_name=self._told.issuer_name,
            started_on=None,
            ended_on=None,
            holder_name="" if match.person is None or match.person.label == name else name,
            programme_id=programme_id,
        )
        try:
            return tidied(self._session, made)
        except Invalid as refusal:
            if refusal.field in {"topic_id", "issuer_name"}:
                raise
            return {refusal.field or "": refusal.sentence}

    def _read(self, typed: Collection[TypedCertificate | dict[str, str]]) -> None:
        """What is on record under these numbers: of any issuer, since two of them may name it differently."""
        numbers = sorted({one.number for one in typed if isinstance(one, TypedCertificate)})
        for first in range(0, len(numbers), AT_ONCE):
            for one in self._session.scalars(
                select(Certificate).where(
                    Certificate.number.in_(numbers[first : first + AT_ONCE]),
                    Certificate.status != CertificateStatus.ANNULLED,
                )
            ):
                self._there.setdefault((one.document_kind, one.series, one.number), []).append(one)

    def _is_of_issuer(self, one: Certificate) -> bool:
        if self._actor.unit_kind is UnitKind.PROVIDER:
            return one.issuer_unit_id == self._actor.unit_id
        return folded(one.issuer_name) == folded(self._told.issuer_name)

    def _row(self, row: CleanRow, match: Match, typed: TypedCertificate | dict[str, str], clash: Clash) -> JudgedRow:
        name = match.person.label if match.person is not None else full_name(row)
        document = " ".join(filter(None, (row.text("series"), row.text("number"))))
        told = JudgedRow(row.number, RowKind.WRONG, name or "без имени", document)
        if isinstance(typed, dict):
            return replace(told, sentences=tuple(typed.values()))
        mark = typed.document_kind, typed.series, typed.number
        if mark in self._seen:
            return replace(told, sentences=(f"Повторяет строку {self._seen[mark]}: оставьте одну из них.",))
        self._seen[mark] = row.number
        if match.person is None:
            return replace(told, sentences=(match.refusal,))
        told = replace(told, person_id=match.person.id, by=match.by)
        there = self._there.get(mark, ())
        mine = next((one for one in there if one.staff_member_id == match.person.id), None)
        if mine is not None:
            # A unit may have been renamed since it issued.
            keys = [key for key in COMPARED if key != "issuer_name" or not self._is_of_issuer(mine)]
            return _compared(told, mine, typed, keys)
        another = next((one for one in there if self._is_of_issuer(one)), None)
        if another is not None:
            sentence = "Документ с этим номером уже внесён у другого человека: проверьте номер."
            return replace(told, sentences=(sentence,), certificate_id=another.id)
        return self._fresh(told, row, match, typed, clash)

    def _fresh(self, told: JudgedRow, row: CleanRow, match: Match, typed: TypedCertificate, clash: Clash) -> JudgedRow:
        """A document that is not on record: what speaks against it, and what is to be looked at."""
        assert match.person is not None
        norm = self._norms.on(typed.document_kind, typed.issued_on)
        remarks = remarks_on(typed, match.person.label, norm, clash, today=self._today)
        errors = errors_of(remarks)
        if errors:
            return replace(told, sentences=tuple(one.sentence for one in errors))
        sentences = [match.doubt] if match.doubt else []
        sentences += [one.sentence for one in remarks]
        if row.text("document_status") == "duplicate":
            sentences.append("Это дубликат: подлинник, если он внесён, аннулируйте.")
        kind = RowKind.NEW if match.is_sure else RowKind.DOUBTFUL
        return replace(told, kind=kind, sentences=tuple(sentences), typed=typed)


def _kind(row: CleanRow) -> DocumentKind | None:
    code = row.text("document_kind") or row.text("programme_kind")
    return DocumentKind(code) if code else None


def _compared(told: JudgedRow, there: Certificate, typed: TypedCertificate, keys: Sequence[str]) -> JudgedRow:
    differences = tuple(
        Difference(COMPARED[key], _shown(getattr(there, key)), _shown(getattr(typed, key)))
        for key in keys
        if folded(_shown(getattr(there, key))) != folded(_shown(getattr(typed, key)))
    )
    kind = RowKind.DIFFERS if differences else RowKind.SAME
    return replace(told, kind=kind, differences=differences, certificate_id=there.id)


def _shown(value: object) -> str:
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)
