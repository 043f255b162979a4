"""Reading a site: asked outside of any transaction, each course written in one of its own."""

from __future__ import annotations

from time import sleep
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.integrations.moodle import MoodleClient, Pace
from app.integrations.moodle_answer import Course, CourseCompletion, CourseGrade, Person
from app.integrations.moodle_error import MoodleError, MoodleFault
from app.jobs.post_room import engine_of
from app.jobs.run import Outcome, Run
from app.jobs.schedule import Every, Turn, schedule
from app.jobs.short_transaction import short_transaction
from app.jobs.tasks import task
from app.policies.refusal import Refusal
from app.services import clock, learning_course, learning_pull
from app.services.learning_lines import TakenRow
from app.services.learning_pull import PULL, CourseFacts, KeyLostError, RawAnswer, SiteFacts
from app.services.learning_take import Taken, take
from app.services.learning_told import CourseTold, OutcomeTold, PersonTold
from app.services.outside import outside_of

MEANWHILE = "Пока курс читался, те же записи изменил кто-то другой: курс будет прочитан в следующий раз."

# Two readings of one site at once keep its limit together.
_PACES: WeakKeyDictionary[Engine, dict[int, Pace]] = WeakKeyDictionary()


@schedule("learning sites due", every=Every.HOUR)
def begin_nightly(turn: Turn) -> None:
    learning_pull.begin_nightly(turn.session, now=turn.now)


@schedule("old answers of learning sites", every=Every.DAY)
def forget_old(turn: Turn) -> None:
    learning_pull.forget_old(turn.session, now=turn.now)


@task(PULL)
def pull(run: Run) -> Outcome:
    """A kill leaves the courses that are done; reading them again changes nothing."""
    site_id, number = int(run.parameters["site_id"]), run.parameters.get("course_id")
    try:
        site = learning_pull.facts(run.session, run.actor, site_id, number)
    except KeyLostError as refusal:
        run.session.rollback()
        with short_transaction(run) as session:
            learning_pull.site_read(session, site_id, problem=refusal.sentence)
        raise
    run.session.rollback()
    reader = Reader(run, site)
    try:
        if number is None:
            reader.read_list()
        for done, course in enumerate(site.courses):
            run.progress(done, len(site.courses))
            reader.read_course(course)
    except MoodleError as error:
        with short_transaction(run) as session:
            learning_pull.site_read(session, site.id, problem=error.sentence)
        raise Refusal(f"{reader.sentence} {error.sentence}".strip()) from None
    run.progress(len(site.courses), len(site.courses))
    if number is None or reader.has_read:
        with short_transaction(run) as session:
            learning_pull.site_read(session, site.id, now=clock.now() if number is None else None)
    return Outcome(reader.sentence or "Курсов, связанных с потоками, нет: свяжите их и повторите.")


class Reader:
    """One reading of one site."""

    def __init__(self, run: Run, site: SiteFacts) -> None:
        self._run = run
        self._answers: list[RawAnswer] = []
        self._rows: list[TakenRow] = []
        self._problems: list[str] = []
        self._read = 0
        self._client = MoodleClient(
            outside_of(run.session).http,
            site.address,
            site.token,
            a_minute=site.a_minute,
            pace=_PACES.setdefault(engine_of(run.session), {}).setdefault(site.id, Pace()),
            sleep=self._pause,
            sink=lambda function, subject, body: self._answers.append(RawAnswer(function, subject, body)),
        )
        self._site = site

    @property
    def has_read(self) -> bool:
        return self._read > 0

    @property
    def sentence(self) -> str:
        """What has been done so far."""
        told = [f"Прочитано курсов: {self._read}. {Taken(tuple(self._rows)).sentence}"] if self._read else []
        return " ".join([*told, *self._problems])

    def read_list(self) -> None:
        told = [_course_told(one) for one in self._client.courses()]
        self._answers.clear()
        with short_transaction(self._run) as session:
            site = learning_pull.the_site(session, self._site.id)
            learning_course.refresh(session, self._run.actor, site, told, now=clock.now())

    def read_course(self, course: CourseFacts) -> None:
        """What is wrong with this course alone is written at it. Raises MoodleError where the site cannot be read."""
        self._answers.clear()
        try:
            told = self._asked(course)
            taken = self._taken(course, told)
        except MoodleError as error:
            self._went_wrong(course, error.sentence)
            if error.is_of_site:
                raise
        except Refusal as refusal:
            self._went_wrong(course, refusal.sentence)
        except (IntegrityError, StaleDataError):
            self._went_wrong(course, MEANWHILE)
        else:
            self._read += 1
            self._rows += taken.rows

    def _asked(self, course: CourseFacts) -> CourseTold:
        """Teachers are no concern of a group; of those whose enrolment is over the site tells nothing."""
        people = [one for one in self._client.people(course.remote_id) if one.is_learner and one.is_active]
        grades = self._client.grades(course.remote_id, [one.remote_id for one in people])
        outcomes: list[OutcomeTold] = []
        lost: MoodleError | None = None
        for done, one in enumerate(people):
            if len(self._site.courses) == 1:
                self._run.progress(done, len(people))
            self._run.check_cancelled()
            try:
                completion = self._completion(course, one.remote_id)
            except MoodleError as error:
                # Deleted since the course named them.
                if error.kind is not MoodleFault.MISSING:
                    raise
                lost = lost or error
                continue
            outcomes.append(_told(one, completion, grades.get(one.remote_id)))
        if lost is not None and not outcomes:
            raise lost
        return CourseTold(course.remote_id, course.label, tuple(outcomes))

    def _completion(self, course: CourseFacts, person_id: str) -> CourseCompletion | None:
        if person_id in course.settled:
            return CourseCompletion(passed=True, completed_on=course.settled[person_id])
        return self._client.completion(course.remote_id, person_id, ZoneInfo(self._run.actor.time_zone))

    def _taken(self, course: CourseFacts, told: CourseTold) -> Taken:
        now = clock.now()
        with short_transaction(self._run) as session:
            record = learning_course.the_one(session, course.id, to_write=True)
            taken = take(session, self._run.actor, record, told, now=now, today=self._run.today)
            learning_pull.read(session, record, told, taken, self._answers, now=now)
        return taken

    def _went_wrong(self, course: CourseFacts, sentence: str) -> None:
        self._problems.append(f"«{course.label}»: {sentence}")
        with short_transaction(self._run) as session:
            learning_pull.went_wrong(session, course.id, sentence)

    def _pause(self, seconds: float) -> None:
        sleep(seconds)
        self._run.check_cancelled()


def _course_told(course: Course) -> CourseTold:
    return CourseTold(course.remote_id, course.title, (), idnumber=course.idnumber, short_name=course.short_name)


def _told(person: Person, completion: CourseCompletion | None, grade: CourseGrade | None) -> OutcomeTold:
    who = PersonTold(
        person.remote_id,
        person.full_name,
        person.last_name,
        person.first_name,
        person.idnumber,
        person.email,
        person.institution,
        person.position,
        person.snils,
    )
    passed = completion is not None and completion.passed
    day = completion.completed_on if completion is not None and passed else None
    return OutcomeTold(who, passed, day, grade.text if grade is not None else "")
