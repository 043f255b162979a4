"""What is wrong with a document on training: told where it is entered, where it is confirmed, and in lists of many.

An error keeps it from being entered or confirmed; a remark is for the eyes of whoever confirms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.person_name import alike
from app.models import Certificate, StaffMember
from app.models.enumeration_of_training import DocumentKind
from app.services.certificate_number import Clash, Numbered, clashes
from app.services.training_norm import Norm, hours_refusal, norm_book, norm_on, valid_until


class Document(Protocol):
    """What a paper says; a row of the register and what a person types say it alike."""

    @property
    def document_kind(self) -> DocumentKind: ...
    @property
    def series(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def issued_on(self) -> date: ...
    @property
    def hours(self) -> int: ...
    @property
    def issuer_name(self) -> str: ...
    @property
    def topic_id(self) -> int | None: ...
    @property
    def started_on(self) -> date | None: ...
    @property
    def ended_on(self) -> date | None: ...
    @property
    def holder_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Remark:
    """`field` is the form's field at which the sentence belongs."""

    sentence: str
    field: str
    is_error: bool = False


def remarks_on(document: Document, card_name: str, norm: Norm, clash: Clash, *, today: date) -> list[Remark]:
    """Errors first. Least hours and the term come from the norm of the day of issue."""
    found = [*_of_hours(document, norm), *_of_days(document, norm, today), *_of_number(clash)]
    if document.holder_name.strip() and not alike(document.holder_name, card_name):
        told = f"Имя в документе «{document.holder_name}» отличается от имени в карточке «{card_name}»."
        found.append(Remark(told, "holder_name"))
    if document.topic_id is None:
        found.append(Remark("Тема не указана: в охвате и в мониторинге документ не учитывается.", "topic_id"))
    return sorted(found, key=lambda remark: not remark.is_error)


def _of_hours(document: Document, norm: Norm) -> Iterable[Remark]:
    refused = hours_refusal(norm, document.hours)
    if refused is not None:
        yield Remark(f"{refused} Проверьте часы или вид документа.", "hours", is_error=True)


def _of_days(document: Document, norm: Norm, today: date) -> Iterable[Remark]:
    issued, started, ended = document.issued_on, document.started_on, document.ended_on
    if issued > today:
        yield Remark(f"День выдачи {issued:%d.%m.%Y} ещё не наступил.", "issued_on", is_error=True)
    if started is not None and ended is not None and ended < started:
        yield Remark("Обучение заканчивается раньше, чем начинается.", "ended_on", is_error=True)
    elif started is not None and issued < started:
        told = f"Документ выдан {issued:%d.%m.%Y}, раньше начала обучения {started:%d.%m.%Y}."
        yield Remark(told, "issued_on", is_error=True)
    elif ended is not None and issued < ended:
        told = f"Документ выдан {issued:%d.%m.%Y}, до окончания обучения {ended:%d.%m.%Y}."
        yield Remark(told, "issued_on")
    last = valid_until(norm, issued)
    if last is not None and last < today:
        yield Remark(f"Срок действия истёк {last:%d.%m.%Y}: в охвате документ не учитывается.", "issued_on")


def _of_number(clash: Clash) -> Iterable[Remark]:
    if clash.same_person:
        yield Remark("Документ с этим номером у этого человека уже внесён.", "number", is_error=True)
    elif clash.another:
        told = "Документ той же организации с этим номером уже внесён у другого человека: проверьте номер."
        yield Remark(told, "number")


def examine(
    session: Session, document: Document, person: StaffMember, *, today: date, own_id: int | None = None
) -> list[Remark]:
    """What is wrong with the document as the person's; `own_id` where it is on record already."""
    asked = numbered(document, person.id, own_id)
    clash = clashes(session, person.region_id, [asked])[asked]
    norm = norm_on(session, person.region_id, document.document_kind, document.issued_on)
    return remarks_on(document, person.label, norm, clash, today=today)


def examine_many(session: Session, certificates: Sequence[Certificate], *, today: date) -> dict[int, list[Remark]]:
    """By number of the row, by three statements. Documents of one region."""
    if not certificates:
        return {}
    region_id = certificates[0].region_id
    asked = {one.id: numbered(one, one.staff_member_id, one.id) for one in certificates}
    beside = clashes(session, region_id, set(asked.values()))
    people = {one.staff_member_id for one in certificates}
    names = {
        row.id: " ".join(part for part in (row.last_name, row.first_name, row.patronymic) if part)
        for row in session.execute(
            select(StaffMember.id, StaffMember.last_name, StaffMember.first_name, StaffMember.patronymic).where(
                StaffMember.id.in_(people)
            )
        )
    }
    norms = norm_book(session, region_id)
    return {
        one.id: remarks_on(
            one,
            names[one.staff_member_id],
            norms.on(one.document_kind, one.issued_on),
            beside[asked[one.id]],
            today=today,
        )
        for one in certificates
    }


def numbered(document: Document, staff_member_id: int, own_id: int | None) -> Numbered:
    return Numbered(
        staff_member_id, document.document_kind, document.series, document.number, document.issuer_name, own_id
    )


def errors_of(remarks: Iterable[Remark]) -> list[Remark]:
    return [remark for remark in remarks if remark.is_error]
