"""Staff of the demo: plainly synthetic people in every school, and what became of some of them.

Their СНИЛС stand below 001-001-999, where no check number is kept and hardly anyone living has one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial

from app.demo.play import Play
from app.demo.region import HOME_SCHOOL
from app.demo.school_year import Days
from app.demo.timeline import DAY, Moment, dice
from app.models.enumeration_of_training import PositionKind, Sex
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import staff_identity, staff_member, staff_transfer
from app.services.staff_member import TypedPosition

ROOTS = ("Примеро", "Образцо", "Пробо", "Условно", "Тесто", "Макето", "Моделе", "Шаблоно", "Учебно", "Показо")
ENDINGS = {Sex.FEMALE: ("ва", "вская", "вцева", "вина"), Sex.MALE: ("в", "вский", "вцев", "вин")}
FIRST = {
    Sex.FEMALE: ("Анна", "Мария", "Ольга", "Елена", "Ирина", "Татьяна", "Наталья", "Светлана", "Юлия", "Вера", "Алёна"),
    Sex.MALE: ("Иван", "Пётр", "Сергей", "Андрей", "Олег", "Игорь", "Павел", "Денис", "Виктор", "Роман", "Семён"),
}
PATRONYMICS = {
    Sex.FEMALE: ("Ивановна", "Петровна", "Сергеевна", "Андреевна", "Олеговна", "Игоревна", "Павловна"),
    Sex.MALE: ("Иванович", "Петрович", "Сергеевич", "Андреевич", "Олегович", "Игоревич", "Павлович"),
}
# Most people at school who lead are women.
WOMEN = 0.75
HAS_NUMBER, HAS_BIRTHDAY = 0.8, 0.85
DEPUTIES = ("заместитель директора по учебно-воспитательной работе", "заместитель директора по воспитательной работе")
# One school has not told anything about its people; the coverage says so.
SILENT_TOWN = "Охинский"


@dataclass
class Staff:
    """Numbers of people by unit, the head first."""

    of: dict[int, list[int]] = field(default_factory=dict)
    hired: int = 0

    def add(self, unit: int, person: int) -> None:
        self.of.setdefault(unit, []).append(person)


def plan(play: Play, days: Days, staff: Staff) -> None:
    region = play.someone(play.tree.region)
    play.timeline.plan(play.timeline.at(days.ago(310), 10), region, partial(_hire, play, days, staff))
    town = play.tree.municipalities
    tomari = play.someone(town["Томаринский"], "staff")
    play.timeline.plan(play.timeline.at(days.ago(30), 11), tomari, partial(_twice, play))
    play.timeline.plan(play.timeline.at(days.ago(45), 12), region, partial(_transfer, play, staff))
    play.timeline.plan(play.timeline.at(days.ago(20), 9), tomari, partial(_second_job, play, staff))
    play.timeline.plan(play.timeline.at(days.ago(8), 17), tomari, partial(_leave, play, staff))


def _hire(  # noqa: PLR0917 - the first three are bound where the act is planned
    play: Play, days: Days, staff: Staff, session: GuardedSession, actor: Actor, moment: Moment
) -> None:
    """The ministry loads the list that its schools sent."""
    schools = [unit for units in play.tree.schools.values() for unit in units]
    silent = play.tree.schools_of(SILENT_TOWN)[-1]
    home = play.tree.named[HOME_SCHOOL]
    hire = partial(_person, session, actor, staff, moment)
    for unit in schools:
        throw = dice("staff", unit - schools[0])
        if unit == silent:
            continue
        hire(unit, PositionKind.HEAD, "директор", days)
        # Small schools have no deputy.
        for title in DEPUTIES[: throw.choice((0, 1, 1, 1, 2))] if unit != home else DEPUTIES:
            hire(unit, PositionKind.DEPUTY, title, days)
    hire(home, PositionKind.TEACHER, "учитель математики", days)
    for town in play.tree.municipalities.values():
        hire(town, PositionKind.MUNICIPAL_SPECIALIST, "главный специалист отдела образования", days)
    for _ in range(2):
        hire(play.tree.providers[0], PositionKind.METHODIST, "методист кафедры управления", days)


def _person(  # noqa: PLR0917 - the first four are bound by the caller
    session: GuardedSession,
    actor: Actor,
    staff: Staff,
    moment: Moment,
    unit: int,
    kind: PositionKind,
    title: str,
    days: Days,
) -> None:
    number = staff.hired
    staff.hired += 1
    throw = dice("person", number)
    sex = Sex.FEMALE if throw.random() < WOMEN else Sex.MALE
    last_name, first_name, patronymic = _name(number, sex)
    began = date(days.today.year - throw.randrange(2, 12), 9, 1)
    person = staff_member.create(
        session,
        actor,
        unit_id=unit,
        last_name=last_name,
        first_name=first_name,
        patronymic=patronymic,
        position=TypedPosition(kind, title, started_on=began),
        today=moment.today,
        is_demo=True,
    )
    staff.add(unit, person.id)
    if throw.random() < HAS_NUMBER:
        born = date(throw.randrange(1966, 1996), throw.randrange(1, 13), throw.randrange(1, 28))
        staff_identity.write(
            session,
            actor,
            person,
            snils=f"{number + 1000:09d}00",
            born_on=born if throw.random() < HAS_BIRTHDAY else None,
            sex=sex,
            today=moment.today,
        )


def _name(number: int, sex: Sex) -> tuple[str, str, str]:
    """Each number gives another name."""
    roots, endings, first, fathers = ROOTS, ENDINGS[sex], FIRST[sex], PATRONYMICS[sex]
    surnames = len(roots) * len(endings)
    root, ending = divmod(number % surnames, len(endings))
    given, father = divmod(number // surnames * 13 + number, len(fathers))
    return roots[root] + endings[ending], first[given % len(first)], fathers[father]


def _twice(play: Play, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """One person entered twice, with «ё» and without: what the page of duplicates is for."""
    unit = play.tree.schools_of("Томаринский")[0]
    for first_name in ("Алёна", "Алена"):
        staff_member.create(
            session,
            actor,
            unit_id=unit,
            last_name="Повторова",
            first_name=first_name,
            patronymic="Ивановна",
            position=TypedPosition(PositionKind.DEPUTY, DEPUTIES[0], started_on=moment.today - 200 * DAY),
            today=moment.today,
            is_demo=True,
        )


def _transfer(play: Play, staff: Staff, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """A trained deputy goes to another municipality: the documents go along."""
    there, here = play.tree.schools_of("Анивский"), play.tree.schools_of("Томаринский")
    unit = next(each for each in there if len(staff.of.get(each, ())) > 1)
    person = staff_member.the_one(session, staff.of[unit].pop())
    typed = TypedPosition(PositionKind.DEPUTY, DEPUTIES[0], started_on=moment.today, basis="приказ о приёме на работу")
    staff_transfer.move(session, actor, person, here[1], typed, ended_on=moment.today - DAY, today=moment.today)
    staff.add(here[1], person.id)


def _second_job(play: Play, staff: Staff, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    schools = play.tree.schools_of("Томаринский")
    person = staff_member.the_one(session, staff.of[play.tree.named[HOME_SCHOOL]][-1])
    other = next(each for each in schools if each != play.tree.named[HOME_SCHOOL])
    typed = TypedPosition(PositionKind.TEACHER, "учитель математики", started_on=moment.today, is_main=False)
    staff_member.add_position(session, actor, person, other, typed, today=moment.today)


def _leave(play: Play, staff: Staff, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """Works nowhere now: the next school takes the card over with all that stands on it."""
    person = staff_member.the_one(session, staff.of[play.tree.schools_of("Томаринский")[2]][-1])
    for position in staff_member.positions_of(session, person):
        if position.ended_on is None:
            staff_member.end_position(session, actor, position, ended_on=moment.today, today=moment.today)
