"""What every letter of a unit says of the unit itself and of its signatory."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.addressee_line import with_initials
from app.documents.letter_fields import Value, line, paragraphs
from app.models import AnswerLetter, OrgUnit, StaffMember, StaffPosition
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import PositionKind
from app.policies.actor import Actor

# Where the number and the day are written by hand.
NO_NUMBER, NO_DAY = "_" * 10, "_" * 14
# Where the signatory is not known yet.
NO_POSITION, NO_NAME = "_" * 24, "_" * 20
_GREETING, _LONGEST_GREETING = "уважаем", 150


def day(value: date | None) -> str:
    return f"{value:%d.%m.%Y}" if value is not None else NO_DAY


def sender(session: Session, actor: Actor, unit: OrgUnit) -> dict[str, Value]:
    """The requisites of the unit that writes: the corner of its letters."""
    above = ""
    if unit.kind in {UnitKind.SCHOOL, UnitKind.PROVIDER} and unit.parent_id is not None:
        parent = session.get(OrgUnit, unit.parent_id)
        above = parent.name if parent is not None else actor.parent_name
    contacts = "\n".join(each for each in (unit.email, unit.site) if each)
    return {"вышестоящая": line(above), "организация": line(unit.name), "контакты": line(contacts)}


def running(text: str) -> dict[str, Value]:
    """The salutation, where the text begins with one, and the paragraphs."""
    first, _, rest = text.strip().partition("\n")
    greets = first.lower().startswith(_GREETING) and first.rstrip().endswith("!") and len(first) < _LONGEST_GREETING
    return {"обращение": line(first) if greets else "", "текст": paragraphs(rest if greets else text)}


def signatory(session: Session, unit_id: int) -> tuple[str, str]:
    """Position and name: of the unit's last letter, else of its head on the staff; empty where neither is known."""
    last = session.scalar(
        select(AnswerLetter)
        .where(AnswerLetter.org_unit_id == unit_id, AnswerLetter.signatory_name != "")
        .order_by(AnswerLetter.id.desc())
        .limit(1)
    )
    if last is not None:
        return last.signatory_position, last.signatory_name
    head = session.execute(
        select(StaffPosition.title, StaffMember.last_name, StaffMember.first_name, StaffMember.patronymic)
        .join(StaffMember, StaffMember.id == StaffPosition.staff_member_id)
        .where(
            StaffPosition.org_unit_id == unit_id,
            StaffPosition.kind == PositionKind.HEAD,
            StaffPosition.ended_on.is_(None),
        )
        .order_by(StaffPosition.id)
        .limit(1)
    ).one_or_none()
    if head is None:
        return "", ""
    title = head.title or "Руководитель"
    return title[:1].upper() + title[1:], with_initials(head.last_name, head.first_name, head.patronymic)


def executor(session: Session, actor: Actor) -> str:
    """As the unit's last letter by this person has it, with its telephone; else the name alone."""
    known = session.scalar(
        select(AnswerLetter.executor)
        .where(AnswerLetter.org_unit_id == actor.unit_id, AnswerLetter.executor.startswith(actor.user_name))
        .order_by(AnswerLetter.id.desc())
        .limit(1)
    )
    return known or actor.user_name
