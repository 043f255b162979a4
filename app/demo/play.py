"""What people did with an assignment, planned on the timeline: each act is a use case called by its person."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app.demo import paper
from app.demo.accounts import People
from app.demo.region import Tree
from app.demo.timeline import Moment, Timeline, dice
from app.documents.file_store import FileStore, StoredContent
from app.models import Assignment, Order, OrderPoint, OrgUnit
from app.models.enumeration import EvidenceKind, PeriodStatus, ReportKind, ReportOutcome, TermKind, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import assignment as assignments
from app.services import assignment_report as reports
from app.services import term_extension as extensions
from app.services.assignment_report import TypedReport
from app.services.evidence import TypedEvidence

CHECKING_HOUR = 16
FORMS: tuple[tuple[str, Callable[[list[str]], bytes]], ...] = (
    ("pdf", paper.pdf),
    ("docx", paper.docx),
    ("txt", paper.text),
)
COPIES = 2
# How often an account of the demo did it itself, and not a colleague.
BY_ACCOUNT = 0.4


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment as the demo tells of it; `point` is «3.3» or «4а»."""

    id: int
    point: str
    unit_id: int
    unit_name: str
    unit_kind: UnitKind
    municipality_id: int
    given_by_id: int
    site: str
    due_on: date | None
    is_recurring: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """A document to be attached: its title also names the file."""

    title: str
    kind: EvidenceKind = EvidenceKind.LOCAL_ACT
    dated_on: date | None = None
    # Shown as a link where the school has a site.
    on_site: bool = False


@dataclass
class Play:
    timeline: Timeline
    tree: Tree
    people: People
    store: FileStore
    accounts_of: dict[int, str] = field(default_factory=dict)
    _files: dict[tuple[str, str, int], StoredContent] = field(default_factory=dict)

    def actor(self, session: GuardedSession, unit_id: int, *key: object) -> Actor:
        """Someone of the unit: mostly its staff, now and then the account of the demo."""
        login = self.accounts_of.get(unit_id)
        if login is not None and dice("who", login, *key).random() < BY_ACCOUNT:
            return self.people.account(session, login)
        return self.people.of_unit(session, unit_id)

    def someone(self, unit_id: int, *key: object) -> Actor:
        with GuardedSession(self.timeline.connection, join_transaction_mode="rollback_only") as session:
            return self.actor(session, unit_id, *key)

    def checker(self, task: Task) -> Actor:
        above = task.municipality_id if task.unit_kind is UnitKind.SCHOOL else self.tree.region
        return self.someone(above)

    def tasks(self, session: GuardedSession, order_id: int, *points: str) -> list[Task]:
        """The assignments of the order, in the order of points and units."""
        rows = session.execute(
            select(Assignment, OrderPoint, OrgUnit)
            .join(OrderPoint, OrderPoint.id == Assignment.order_point_id)
            .join(OrgUnit, OrgUnit.id == Assignment.org_unit_id)
            .where(Assignment.order_id == order_id)
            .order_by(OrderPoint.position, OrgUnit.id)
        )
        found = [
            Task(
                assignment.id,
                point.label,
                unit.id,
                unit.label,
                unit.kind,
                unit.municipality_id,
                assignment.given_by_id,
                unit.site,
                assignment.due_on,
                point.term_kind is TermKind.RECURRING,
            )
            for assignment, point, unit in rows
        ]
        return [task for task in found if not points or task.point in points]

    # ── what the unit does ──────────────────────────────────────────────────────────────────────────────

    def take(self, task: Task, day: date) -> None:
        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            assignments.take(session, actor, assignments.the_one(session, task.id), today=moment.today)

        self._by_unit(task, day, "take", act)

    def acknowledge(self, task: Task, day: date) -> None:
        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            assignments.acknowledge(session, actor, assignments.the_one(session, task.id), today=moment.today)

        self._by_unit(task, day, "acknowledge", act)

    def report(
        self,
        task: Task,
        day: date,
        text: str,
        *,
        outcome: ReportOutcome = ReportOutcome.DONE,
        kind: ReportKind = ReportKind.FINAL,
        reason: str = "",
        proofs: Iterable[Proof] = (),
    ) -> None:
        """For a recurring point: on its earliest period that is open."""

        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            assignment = assignments.the_one(session, task.id)
            on_period = task.is_recurring and kind is ReportKind.FINAL
            periods = assignments.periods_of(session, assignment) if on_period else []
            typed = TypedReport(
                kind,
                outcome,
                text,
                reason=reason,
                period_id=next((period.id for period in periods if period.status is PeriodStatus.OPEN), None),
                evidence=[self._evidence(task, proof, moment.today) for proof in proofs],
            )
            reports.submit(session, actor, assignment, typed, today=moment.today, now=moment.now)

        self._by_unit(task, day, f"report-{day}", act)

    def ask(self, task: Task, day: date, *, due_after: date, reason: str) -> None:
        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            assignment = assignments.the_one(session, task.id)
            extensions.ask(session, actor, assignment, due_after=due_after, reason=reason, now=moment.now)

        self._by_unit(task, day, "ask", act)

    # ── what those above do ─────────────────────────────────────────────────────────────────────────────

    def accept(self, task: Task, day: date, note: str = "") -> None:
        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            reports.accept(session, actor, assignments.the_one(session, task.id), now=moment.now, note=note)

        self._above(task, day, act)

    def send_back(self, task: Task, day: date, remark: str) -> None:
        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            reports.send_back(session, actor, assignments.the_one(session, task.id), now=moment.now, remark=remark)

        self._above(task, day, act)

    def note_interim(self, task: Task, day: date) -> None:
        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            for report in reports.of_assignment(session, assignments.the_one(session, task.id)):
                if report.kind is ReportKind.INTERIM and report.checked_at is None:
                    reports.note_interim(session, actor, report, now=moment.now)

        self._above(task, day, act)

    def decide(self, task: Task, day: date, *, refusal: str = "", note: str = "") -> None:
        """Grants the waiting request for a later term, or refuses it with this sentence."""

        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            waiting = extensions.of_assignment(session, assignments.the_one(session, task.id))[0]
            if refusal:
                extensions.refuse(session, actor, waiting, now=moment.now, note=refusal)
            else:
                extensions.grant(session, actor, waiting, now=moment.now, note=note)

        # Whoever gave the assignment decides on its term.
        self.timeline.plan(self.timeline.at(day, CHECKING_HOUR), self.someone(task.given_by_id), act)

    def cascade(
        self, task: Task, day: date, *, school_ids: list[int], due_on: date, note: str, then: Callable[[Task], None]
    ) -> None:
        """The municipality splits its assignment among these schools; `then` plans the life of each child."""

        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            parent = assignments.the_one(session, task.id)
            assignments.cascade(
                session, actor, parent, school_ids=school_ids, due_on=due_on, note=note, today=moment.today
            )
            children = self.tasks(session, parent.order_id, task.point)
            for child in children:
                if child.unit_id in school_ids:
                    then(child)

        self._by_unit(task, day, "cascade", act)

    def withdraw(self, task: Task, day: date, note: str) -> None:
        """What a municipality gave to its school."""

        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            assignment = assignments.the_one(session, task.id)
            assignments.withdraw(session, actor, assignment, today=moment.today, note=note)

        self._above(task, day, act)

    def take_off_control(self, order_id: int, day: date, note: str, *points: str) -> None:
        """All that is fulfilled by then, in one act of the issuer."""

        def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
            order = session.get_one(Order, order_id)
            for task in self.tasks(session, order.id, *points):
                assignment = assignments.the_one(session, task.id)
                if assignment.done_on is None or assignment.off_control_on or assignment.given_by_id != actor.unit_id:
                    continue
                assignments.take_off_control(session, actor, assignment, today=moment.today, note=note)

        self.timeline.plan(self.timeline.at(day, CHECKING_HOUR, 30), self.someone(self.tree.region, "off", day), act)

    def _by_unit(self, task: Task, day: date, what: str, act: Callable[[GuardedSession, Actor, Moment], None]) -> None:
        at = self.timeline.moment(day, dice(what, task.point, task.unit_name, day))
        self.timeline.plan(at, self.someone(task.unit_id, task.point), act)

    def _above(self, task: Task, day: date, act: Callable[[GuardedSession, Actor, Moment], None]) -> None:
        """At one hour: what was checked on one day was checked in one sitting."""
        self.timeline.plan(self.timeline.at(day, CHECKING_HOUR), self.checker(task), act)

    def _evidence(self, task: Task, proof: Proof, today: date) -> TypedEvidence:
        throw = dice("evidence", task.point, task.unit_name, proof.title)
        dated_on = proof.dated_on or today
        number = f"{throw.randrange(12, 480)}-ОД"
        if proof.on_site and task.site:
            return TypedEvidence(EvidenceKind.SITE_PAGE, title=proof.title, url=f"https://{task.site}/sveden/document")
        extension, made = throw.choice(FORMS)
        stored = self._file(proof.title, extension, made, throw.randrange(COPIES))
        return TypedEvidence(proof.kind, title=proof.title, number=number, dated_on=dated_on, file=stored)

    def _file(self, title: str, extension: str, made: Callable[[list[str]], bytes], copy: int) -> StoredContent:
        """A few files serve all: each costs the disk a full write."""
        key = (title, extension, copy)
        if key not in self._files:
            content = made([title, "", f"Демонстрационный файл № {copy + 1}: содержание вымышлено."])
            self._files[key] = self.store.put(io.BytesIO(content), f"{title}.{extension}")
        return self._files[key]
