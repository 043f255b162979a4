"""The people whom a learning platform tells, one line each: who they are here, and what is to become of the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select

from app.models import Enrolment, LearningOutcome, LearningPerson, TrainingGroup
from app.models.enumeration_of_platforms import MatchGround
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import learning_judgement as rule
from app.services import learning_record as record
from app.services.learning_judgement import Judged, Result, TakenState
from app.services.learning_match import Candidate, Match, match
from app.services.learning_told import CourseTold, OutcomeTold

NOT_HERE = "Человек известен, но в этом потоке его нет."
NOBODY = "Такого человека в потоке не нашлось: выберите его сами или отметьте, что он не нужен."
SEVERAL = "Похожих людей в потоке несколько или имя не совпало: выберите человека сами."
OTHER_ACCOUNT = "Этот человек записан на курс и под другой учётной записью: учтена она."


@dataclass(frozen=True, slots=True)
class TakenRow:
    """`name` as the platform has it, `here` as the card has it; `sentence` says why, whole and in Russian."""

    remote_id: str
    name: str
    state: TakenState
    sentence: str = ""
    here: str = ""
    staff_member_id: int | None = None
    enrolment_id: int | None = None
    ground: MatchGround | None = None
    candidates: tuple[Candidate, ...] = ()
    told_passed: bool = False
    told_on: date | None = None
    told_grade: str = ""
    present_passed: bool = False
    present_on: date | None = None
    present_grade: str = ""
    email: str = ""
    institution: str = ""


@dataclass(slots=True)
class Line:
    """One told person on the way through."""

    told: OutcomeTold
    found: Match
    person: LearningPerson | None
    enrolment: Enrolment | None
    outcome: LearningOutcome | None
    verdict: Judged

    @property
    def result(self) -> Result:
        """Passed without a day is not passed: the day stands in the document."""
        passed = self.told.passed and self.told.completed_on is not None
        return Result(passed, self.told.completed_on if passed else None, self.told.grade)

    @property
    def name(self) -> str:
        return record.name_of(self.told.person)

    def row(self) -> TakenRow:
        who, found = self.told.person, self.found
        present = rule.present_of(self.enrolment) if self.enrolment is not None else Result()
        return TakenRow(
            who.remote_id,
            self.name,
            self.verdict.state,
            self.verdict.sentence,
            here=found.name,
            staff_member_id=found.staff_member_id,
            enrolment_id=found.enrolment_id,
            ground=found.ground or (self.person.ground if self.person is not None else None),
            candidates=found.candidates,
            told_passed=self.told.passed,
            told_on=self.told.completed_on,
            told_grade=self.told.grade,
            present_passed=present.passed,
            present_on=present.on,
            present_grade=present.grade,
            email=who.email,
            institution=who.institution,
        )


@dataclass(slots=True)
class Reading:
    """What was told and what is known of it; `chosen`: whom a person takes a told one for, by `remote_id`."""

    group: TrainingGroup
    told: CourseTold
    people: Mapping[str, LearningPerson]
    # By the number of the person.
    outcomes: Mapping[int, LearningOutcome]
    chosen: Mapping[str, int]
    # All of the group that are in sight, by number.
    enrolments: dict[int, Enrolment] = field(default_factory=dict)

    def lines(self, session: GuardedSession, actor: Actor) -> list[Line]:
        """By name. Reads whom the told ones are, and the enrolments as the database holds them."""
        told = {one.person.remote_id: one for one in self.told.outcomes}
        ignored = {one.remote_id for one in self.people.values() if one.is_ignored} - set(self.chosen)
        known = {
            one.remote_id: one.staff_member_id
            for one in self.people.values()
            if one.staff_member_id is not None and one.remote_id in told
        }
        sought = [one.person for one in told.values() if one.person.remote_id not in ignored]
        found = match(session, actor, self.group, sought, {**known, **self.chosen})
        wanted = select(Enrolment).where(Enrolment.group_id == self.group.id)
        rows = session.scalars(wanted.execution_options(populate_existing=True))
        self.enrolments = {one.id: one for one in rows}
        lines = [
            self._line(one, found.get(number, Match()), is_ignored=number in ignored) for number, one in told.items()
        ]
        return _one_each(lines)

    def judge(self, lines: list[Line], *, today: date) -> None:
        for line in lines:
            if line.verdict.state is TakenState.WAITING:
                line.verdict = _verdict(line, self.group, today)

    def _line(self, told: OutcomeTold, found: Match, *, is_ignored: bool) -> Line:
        person = self.people.get(told.person.remote_id)
        enrolment = self.enrolments.get(found.enrolment_id or 0)
        if enrolment is not None:
            enrolment.label = found.name
        outcome = self.outcomes.get(person.id) if person is not None else None
        state = TakenState.IGNORED if is_ignored else TakenState.WAITING
        # PostgreSQL keeps no zero characters in a text.
        told = replace(told, grade=told.grade.replace("\x00", "").strip())
        return Line(told, found, person, enrolment, outcome, Judged(state))


def _one_each(lines: list[Line]) -> list[Line]:
    """Of two accounts of one person the better result counts."""
    seen: set[int] = set()
    for line in sorted(lines, key=lambda one: (not one.told.passed, one.told.completed_on or date.max)):
        number = line.found.enrolment_id
        if number is not None and number in seen:
            line.enrolment, line.found = None, replace(line.found, enrolment_id=None)
            line.verdict = Judged(TakenState.OBSTACLE, OTHER_ACCOUNT)
        elif number is not None:
            seen.add(number)
    return sorted(lines, key=lambda line: (line.name.casefold(), line.told.person.remote_id))


def _verdict(line: Line, group: TrainingGroup, today: date) -> Judged:
    if line.found.staff_member_id is None:
        return Judged(TakenState.WAITING, SEVERAL if line.found.candidates else NOBODY)
    if line.enrolment is None:
        return Judged(TakenState.OBSTACLE, NOT_HERE)
    if line.told.passed and not line.result.passed:
        recorded = line.enrolment.status in rule.DONE
        return Judged(TakenState.SAME) if recorded else Judged(TakenState.OBSTACLE, rule.NO_DAY)
    outcome = line.outcome if record.is_of(line.outcome, line.enrolment) else None
    return rule.judged(line.result, group, line.enrolment, outcome, today=today)
