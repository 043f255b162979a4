"""The list of documents on training as data: columns, filters, search."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, case, func, literal, select

from app.admin.cells import (
    badge_cell,
    clipped_cell,
    date_cell,
    label_cell,
    link_cell,
    number_cell,
    plain_cell,
    plural,
    short_cell,
)
from app.admin.listing import Cell, ListColumn, ListFilter, Listing, Option, PerPage, number, one_of
from app.admin.unit_names import MUNICIPALITY_NAME, UNIT_NAME, municipality_options, unit_search, with_unit_names
from app.admin.year_filter import year_filter
from app.models import Certificate, StaffMember, TrainingTopic
from app.models.enumeration_of_training import CertificateStatus, DocumentKind
from app.services.certificate_expiry import EXPIRES_SOON, has_run_out, holds, runs_out
from app.web.session import guarded
from app.web.session import today as day_shown

# Whoever sees a document sees its person: the name is a label of the row.
STAFF = cast(Table, StaffMember.__table__).alias("person_of_row")
TOPIC = cast(Table, TrainingTopic.__table__).alias("topic_of_row")
PERSON_NAME = func.trim(STAFF.c.last_name + " " + STAFF.c.first_name + " " + STAFF.c.patronymic)
NEVER = date(9999, 12, 31)
MOST_ISSUERS, LONGEST_ISSUER = 200, 500
VALIDITY = {"valid": "действует", "soon": "истекает в ближайшие три месяца", "expired": "истёк, нового нет"}
WITHIN_TREE, OUTSIDE = "tree", "outside"


def _joins(statement: Select[Any]) -> Select[Any]:
    named = with_unit_names(statement, Certificate).join(STAFF, STAFF.c.id == Certificate.staff_member_id)
    return named.outerjoin(TOPIC, TOPIC.c.id == Certificate.topic_id)


def _search(pattern: str) -> list[ColumnElement[bool]]:
    people = select(StaffMember.id).where(StaffMember.search.like(pattern, escape="\\"))
    return [
        Certificate.search.like(pattern, escape="\\"),
        Certificate.staff_member_id.in_(people),
        unit_search(Certificate, pattern),
    ]


def _validity(value: str) -> ColumnElement[bool]:
    day = day_shown()
    return {"valid": holds, "soon": runs_out, "expired": has_run_out}[value](day)


def _validity_word(raw: str) -> str:
    if raw not in VALIDITY:
        raise ValueError(raw)
    return raw


def _origin(value: str) -> ColumnElement[bool]:
    own = Certificate.issuer_unit_id
    return own.is_not(None) if value == WITHIN_TREE else own.is_(None)


def _origin_word(raw: str) -> str:
    if raw not in {WITHIN_TREE, OUTSIDE}:
        raise ValueError(raw)
    return raw


def _issuer(raw: str) -> str:
    if len(raw) > LONGEST_ISSUER or "\x00" in raw:
        raise ValueError(raw)
    return raw


def _issuer_options() -> list[Option]:
    """As they are written on the documents of the scope; one of no option may still stand in an address."""
    names = guarded().scalars(select(Certificate.issuer_name).distinct().order_by(Certificate.issuer_name))
    return [Option(name, name) for name in list(names)[:MOST_ISSUERS]]


def _topic_options() -> list[Option]:
    rows = guarded().execute(select(TrainingTopic.id, TrainingTopic.title).order_by(TrainingTopic.title))
    return [Option(str(row.id), row.title) for row in rows]


def validity_word(valid_until: date, today: date, soon: timedelta = EXPIRES_SOON) -> tuple[str, str]:
    """«срок истёк», «через 12 дней», with the tone of the mark; nothing while there is time."""
    days = (valid_until - today).days
    if days < 0:
        return "срок истёк", "late"
    if days == 0:
        return "последний день", "soon"
    if days <= soon.days:
        return f"через {days} {plural(days, 'день', 'дня', 'дней')}", "soon"
    return "", ""


def _validities() -> Cell:
    today = day_shown()

    def cell(value: date | None, row: Any) -> str:
        if value is None:
            return '<td class="quiet">бессрочно</td>'
        counts = row.status is CertificateStatus.CONFIRMED
        word, tone = validity_word(value, today) if counts else ("", "")
        tail = f" · {word}" if word else ""
        return f'<td class="nowrap"><span class="term {tone}">{value:%d.%m.%Y}{tail}</span></td>'

    return cell


LISTING = Listing(
    model=Certificate,
    columns=(
        ListColumn("person", "Работник", PERSON_NAME, link_cell("/certificates/"), held=True, sort=PERSON_NAME),
        ListColumn("unit", "Организация", UNIT_NAME, plain_cell),
        ListColumn("municipality", "Муниципалитет", MUNICIPALITY_NAME, plain_cell),
        ListColumn("status", "Состояние", Certificate.status, badge_cell(CertificateStatus, "certificate-")),
        ListColumn(
            "valid_until",
            "Действует по",
            Certificate.valid_until,
            PerPage(_validities),
            sort=func.coalesce(Certificate.valid_until, literal(NEVER)),
            sort_type=date,
        ),
        ListColumn("topic", "Тема", func.coalesce(TOPIC.c.title, ""), clipped_cell),
        ListColumn("hours", "Часов", Certificate.hours, number_cell, kind="number"),
        ListColumn(
            "numbered",
            "Номер",
            case((Certificate.series != "", Certificate.series + " " + Certificate.number), else_=Certificate.number),
            short_cell,
        ),
        ListColumn("issued_on", "Выдан", Certificate.issued_on, date_cell, sort=Certificate.issued_on, sort_type=date),
        ListColumn("issuer", "Кем выдан", Certificate.issuer_name, clipped_cell),
        ListColumn("programme", "Программа", Certificate.programme_title, clipped_cell),
        ListColumn("kind", "Вид документа", Certificate.document_kind, label_cell(DocumentKind)),
        ListColumn("series", "", Certificate.series, hidden=True),
        ListColumn("number", "", Certificate.number, hidden=True),
        ListColumn("registration_number", "", Certificate.registration_number, hidden=True),
        ListColumn("started_on", "", Certificate.started_on, hidden=True),
        ListColumn("ended_on", "", Certificate.ended_on, hidden=True),
        ListColumn("holder_name", "", Certificate.holder_name, hidden=True),
        ListColumn("confirmed_by", "", Certificate.confirmed_by, hidden=True),
        ListColumn("remark", "", Certificate.remark, hidden=True),
        ListColumn("version", "", Certificate.version, hidden=True),
    ),
    filters=(
        ListFilter(
            "status",
            "Состояние",
            lambda value: Certificate.status == value,
            one_of(CertificateStatus),
            lambda: [Option(status.value, status.label) for status in CertificateStatus],
        ),
        ListFilter(
            "validity",
            "Срок действия",
            _validity,
            _validity_word,
            lambda: [Option(value, label) for value, label in VALIDITY.items()],
        ),
        ListFilter(
            "kind",
            "Вид документа",
            lambda value: Certificate.document_kind == value,
            one_of(DocumentKind),
            lambda: [Option(kind.value, kind.label) for kind in DocumentKind],
        ),
        ListFilter("topic", "Тема", lambda value: Certificate.topic_id == value, number, _topic_options),
        ListFilter(
            "municipality",
            "Муниципалитет",
            lambda value: Certificate.municipality_id == value,
            number,
            municipality_options,
        ),
        ListFilter("issuer", "Кем выдан", lambda value: Certificate.issuer_name == value, _issuer, _issuer_options),
        ListFilter(
            "origin",
            "Откуда",
            _origin,
            _origin_word,
            lambda: [Option(WITHIN_TREE, "выдан в системе"), Option(OUTSIDE, "внесён организацией")],
        ),
        year_filter("Год выдачи", Certificate.issued_on),
        ListFilter("unit", "Организация", lambda value: Certificate.org_unit_id == value, number, kind="hidden"),
        ListFilter("staff", "Работник", lambda value: Certificate.staff_member_id == value, number, kind="hidden"),
    ),
    search=_search,
    joins=_joins,
    default_sort="issued_on",
)
