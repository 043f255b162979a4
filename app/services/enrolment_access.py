"""A group held for a change of its people, and the enrolments and names that acts on many need, read at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Enrolment, Programme, StaffMember, TrainingGroup
from app.models.enrolment import SEATED_STATUSES
from app.models.enumeration_of_training import GroupStatus
from app.policies.actor import Actor
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, Refusal, WrongState
from app.services import group_seats
from app.services.enrolment_verdict import Verdict
from app.workflows.enrolment import by_provider

LONGEST_REASON = 1000
# The number of an enrolment and the version that the person saw, if one was shown.
Chosen = Sequence[tuple[int, int | None]]

MEANWHILE = "Запись тем временем изменили: посмотрите, что изменилось, и повторите, если нужно."


def the_one(session: Session, enrolment_id: int) -> Enrolment:
    """Raises NotFound outside the scope."""
    found = session.get(Enrolment, enrolment_id)
    if found is None:
        raise NotFound
    return found


@dataclass(slots=True)
class Held:
    """A group that nobody else changes until this transaction ends; `free` follows what is done to its seats."""

    group: TrainingGroup
    programme: Programme
    # Below nought where more were admitted than there are seats.
    free: int
    waiting: int
    enrolments: dict[int, Enrolment] = field(default_factory=dict)

    def count(self, enrolment: Enrolment, *, was_seated: bool) -> None:
        self.free += int(was_seated) - int(is_seated(enrolment))


def is_seated(enrolment: Enrolment) -> bool:
    return enrolment.status in SEATED_STATUSES


def hold(session: Session, group: TrainingGroup) -> Held:
    """The group as the database holds it now. Seats are counted past the row scope. Raises NotFound."""
    session.flush()
    found = session.scalar(
        select(TrainingGroup)
        .where(TrainingGroup.id == group.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    programme = session.get(Programme, found.programme_id) if found is not None else None
    if found is None or programme is None:
        raise NotFound
    counted = group_seats.seats(session, [found.id])[found.id]
    return Held(found, programme, counted.seats - counted.taken, counted.waiting)


def hold_chosen(session: Session, group: TrainingGroup, chosen: Chosen) -> Held:
    """The group held, with these enrolments of it fresh. Raises NotFound, Invalid where nobody is chosen."""
    if not chosen:
        raise Invalid("Отметьте хотя бы одного человека.")
    held = hold(session, group)
    held.enrolments = fresh(session, held.group, {number for number, _ in chosen})
    return held


def fresh(session: Session, group: TrainingGroup, numbers: Collection[int]) -> dict[int, Enrolment]:
    """Enrolments of the group by number, as the database holds them. Raises NotFound for one of another group."""
    rows = session.scalars(
        select(Enrolment)
        .where(Enrolment.id.in_(numbers), Enrolment.group_id == group.id)
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in rows}
    if len(found) != len(set(numbers)):
        raise NotFound
    return found


def people_of(session: Session, person_ids: Collection[int]) -> dict[int, StaffMember]:
    """Raises NotFound where one of them is outside the scope."""
    people = session.scalars(select(StaffMember).where(StaffMember.id.in_(person_ids)))
    found = {person.id: person for person in people}
    if len(found) != len(set(person_ids)):
        raise NotFound
    return found


def names_of(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """Raises NotFound where one of them is outside the scope."""
    return {number: person.label for number, person in people_of(session, person_ids).items()}


def require_version(enrolment: Enrolment, version: int | None) -> None:
    if version is not None and enrolment.version != version:
        raise Conflict(f"{MEANWHILE} Сейчас состояние «{enrolment.status.label}».")


def require_provider(enrolment: Enrolment, actor: Actor) -> None:
    """Raises NotPermitted: a provider sees its own staff in other groups as well."""
    refused = by_provider(enrolment, actor)
    if refused is not None:
        raise NotPermitted(refused)


def require_group(group: TrainingGroup, *statuses: GroupStatus) -> None:
    """Raises WrongState."""
    if group.status not in statuses:
        wanted = " или ".join(f"«{status.label}»" for status in statuses)
        raise WrongState(f"Поток «{group.title}»: {group.status.label}. Действие возможно, когда он {wanted}.")


def tidy(text: str, longest: int, name: str, field_name: str) -> str:
    """Raises Invalid for a text that is too long."""
    # PostgreSQL keeps no zero characters in a text.
    text = text.replace("\x00", "").strip()
    if len(text) > longest:
        raise Invalid(f"{name}: не больше {longest} знаков.", field=field_name)
    return text


def reason_of(note: str) -> str:
    """Raises Invalid for an empty or endless reason."""
    reason = tidy(note, LONGEST_REASON, "Причина", "note")
    if not reason:
        raise Invalid("Напишите причину: без неё действие не записывается.", field="note")
    return reason


@dataclass(slots=True)
class Row:
    """One row of an act on many while it is acted on."""

    person_id: int
    enrolment_id: int | None
    said: list[str] = field(default_factory=list)

    def verdict(self, name: str, refused: str | None) -> Verdict:
        sentence = " ".join(self.said) if refused is None else refused
        return Verdict(self.person_id, self.enrolment_id, name, ok=refused is None, sentence=sentence)


def each(session: Session, held: Held, chosen: Chosen, act: Callable[[Enrolment], str]) -> list[Verdict]:
    """The act on each, in a savepoint of its own; a refused row leaves the others done."""
    # Held here, so that the session keeps them: the guard asks for whom each new row is.
    people = people_of(session, {one.staff_member_id for one in held.enrolments.values()})
    names = {number: person.label for number, person in people.items()}
    verdicts: list[Verdict] = []
    for number, version in dict(chosen).items():
        enrolment = held.enrolments[number]
        enrolment.label = names[enrolment.staff_member_id]
        before = is_seated(enrolment)
        with row_of(verdicts, names, enrolment.staff_member_id, number) as row:
            with session.begin_nested():
                require_version(enrolment, version)
                row.said.append(act(enrolment))
                session.flush()
            held.count(enrolment, was_seated=before)
    return verdicts


@contextmanager
def row_of(
    verdicts: list[Verdict], names: Mapping[int, str], person_id: int, enrolment_id: int | None
) -> Iterator[Row]:
    """One row of an act on many: a refusal inside is its verdict; what is foreign is refused for the whole."""
    row = Row(person_id, enrolment_id)
    refused = None
    try:
        yield row
    except NotFound:
        raise
    except Refusal as refusal:
        refused = refusal.sentence
    except IntegrityError:
        refused = MEANWHILE
    verdicts.append(row.verdict(names[person_id], refused))
