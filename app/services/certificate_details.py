"""What a document on training says, as a person gives it and as the register keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from app.models import Certificate, Programme, TrainingTopic
from app.models.enumeration_of_training import DocumentKind
from app.policies.refusal import Invalid
from app.services.training_norm import norm_on, valid_until

LONGEST_NUMBER, LONGEST_TEXT, LONGEST_NAME = 50, 500, 200
MOST_HOURS = 10_000
EARLIEST = date(1960, 1, 1)


@dataclass(frozen=True, slots=True)
class TypedCertificate:
    """`holder_name` as printed, where it differs from the card. The last day is not typed: it follows from the norm."""

    document_kind: DocumentKind
    series: str
    number: str
    registration_number: str
    issued_on: date
    hours: int
    programme_title: str
    topic_id: int | None
    issuer_name: str
    started_on: date | None
    ended_on: date | None
    holder_name: str
    programme_id: int | None = None


def tidied(session: Session, typed: TypedCertificate) -> TypedCertificate:
    """Blanks set right, the programme and the topic found in scope. Raises Invalid at the field."""
    programme = session.get(Programme, typed.programme_id) if typed.programme_id is not None else None
    if typed.programme_id is not None and programme is None:
        raise Invalid("Такой программы нет: выберите её из списка.", field="programme_id")
    topic_id = typed.topic_id if typed.topic_id is not None or programme is None else programme.topic_id
    if topic_id is not None and session.get(TrainingTopic, topic_id) is None:
        raise Invalid("Такой темы нет: выберите её из списка.", field="topic_id")
    title = _words(typed.programme_title, LONGEST_TEXT, "programme_title")
    tidy = replace(
        typed,
        series=code(typed.series, "series"),
        number=code(typed.number, "number"),
        registration_number=_words(typed.registration_number, LONGEST_NUMBER, "registration_number"),
        programme_title=title or (programme.title if programme is not None else ""),
        issuer_name=_words(typed.issuer_name, LONGEST_TEXT, "issuer_name"),
        holder_name=_words(typed.holder_name, LONGEST_NAME, "holder_name"),
        topic_id=topic_id,
    )
    _check(tidy)
    return tidy


def _check(typed: TypedCertificate) -> None:
    for field, value, sentence in (
        ("number", typed.number, "Введите номер документа."),
        ("programme_title", typed.programme_title, "Введите название программы, как оно стоит в документе."),
        ("issuer_name", typed.issuer_name, "Введите, какая организация выдала документ."),
    ):
        if not value:
            raise Invalid(sentence, field=field)
    if not 0 <= typed.hours <= MOST_HOURS:
        raise Invalid(f"Часов может быть от 0 до {MOST_HOURS}.", field="hours")
    for field, day in (("issued_on", typed.issued_on), ("started_on", typed.started_on), ("ended_on", typed.ended_on)):
        if day is not None and day < EARLIEST:
            raise Invalid(f"Год {day.year} похож на опечатку: проверьте дату.", field=field)


def put(session: Session, certificate: Certificate, typed: TypedCertificate, region_id: int) -> None:
    """Onto the row, with the last day by the norm of the region for the day of issue."""
    certificate.document_kind = typed.document_kind
    certificate.series, certificate.number = typed.series, typed.number
    certificate.registration_number = typed.registration_number
    certificate.issued_on, certificate.hours = typed.issued_on, typed.hours
    certificate.programme_id, certificate.programme_title = typed.programme_id, typed.programme_title
    certificate.topic_id, certificate.issuer_name = typed.topic_id, typed.issuer_name
    certificate.started_on, certificate.ended_on = typed.started_on, typed.ended_on
    certificate.holder_name = typed.holder_name
    norm = norm_on(session, region_id, typed.document_kind, typed.issued_on)
    certificate.valid_until = valid_until(norm, typed.issued_on)


def code(raw: str, field: str) -> str:
    """A series or a number without blanks and without the sign «№»; «нет» of official forms is nothing."""
    text = "".join(raw.replace("\x00", "").replace("№", "").split())
    if len(text) > LONGEST_NUMBER:
        raise Invalid(f"Слишком длинно: не больше {LONGEST_NUMBER} знаков.", field=field)
    return "" if field == "series" and text.casefold() in {"нет", "-", "–", "—"} else text


def _words(raw: str, longest: int, field: str) -> str:
    text = " ".join(raw.replace("\x00", "").split())
    if len(text) > longest:
        raise Invalid(f"Слишком длинно: не больше {longest} знаков.", field=field)
    return text
