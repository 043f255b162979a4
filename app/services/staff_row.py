"""One row of a workbook of people on the staff: its name, its position, its days."""

from __future__ import annotations

from datetime import date

from app.analysis.person_name import NameParts
from app.excel.incoming import IncomingRow
from app.models.enumeration_of_training import PositionKind
from app.policies.refusal import Invalid
from app.services import staff_member
from app.services.known_words import member_of
from app.services.staff_card import TypedCard, checked
from app.services.staff_member import TypedPosition

KINDS = {
    PositionKind.HEAD: ("руководитель", "директор", "заведующий", "начальник", "head"),
    PositionKind.DEPUTY: ("заместитель", "заместитель руководителя", "заместитель директора", "зам", "deputy"),
    PositionKind.MUNICIPAL_SPECIALIST: ("муниципальный специалист", "специалист муниципалитета"),
    PositionKind.METHODIST: ("методист",),
    PositionKind.TEACHER: ("педагогический работник", "педагог", "учитель"),
    PositionKind.OTHER: ("иная должность", "иная", "другая"),
}
COLUMN_OF = {"title": "position", "kind": "position_kind", "last_name": "full_name", "first_name": "full_name"}
COLUMN_OF |= {"patronymic": "full_name", "org_unit_id": "unit"}


def card_of(row: IncomingRow, name: NameParts) -> TypedCard:
    """Raises Invalid at the column."""
    if not name.first_name or name.first_name.endswith("."):
        raise Invalid("Нужны фамилия, имя и отчество полностью, через пробел.", field="full_name")
    try:
        return checked(TypedCard(*name, email=str(row.values.get("email") or "")))
    except Invalid as refusal:
        raise at_column(refusal) from refusal


def position_of(row: IncomingRow, today: date) -> TypedPosition | None:
    """None for a row that speaks of no position. Raises Invalid at the column."""
    written = str(row.values.get("position_kind") or "")
    title = " ".join(str(row.values.get("position") or "").split())
    kind = _kind(written, title)
    if kind is None:
        if row.values.get("ended_on") or row.values.get("started_on"):
            raise Invalid("Укажите вид должности: к ней относятся эти дни.", field="position_kind")
        return None
    try:
        return staff_member.checked_position(TypedPosition(kind, title, day_of(row, "started_on")), today)
    except Invalid as refusal:
        raise at_column(refusal) from refusal


def day_of(row: IncomingRow, key: str) -> date | None:
    value = row.values.get(key)
    return value if isinstance(value, date) else None


def _kind(written: str, title: str) -> PositionKind | None:
    """Raises Invalid for a word that is no kind."""
    if not written.strip():
        if title:
            raise Invalid("Укажите вид должности: по нему считается охват обучением.", field="position_kind")
        return None
    kind = member_of({one: (*words, one.label, one.value) for one, words in KINDS.items()}, written)
    if kind is None:
        known = ", ".join(one.label for one in PositionKind)
        raise Invalid(f"Вид должности «{written}» не понят. Есть такие: {known}.", field="position_kind")
    return kind


def at_column(refusal: Invalid) -> Invalid:
    return Invalid(refusal.sentence, field=COLUMN_OF.get(refusal.field or "", refusal.field))
