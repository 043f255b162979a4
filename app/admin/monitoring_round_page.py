"""What the page of an opened round shows, gathered by a fixed number of statements whatever the round's size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode

from sqlalchemy import select

from app.admin.monitoring_round_words import DayWords, dates_of, rule_words
from app.models import AuditEvent, Framework, MonitoringRound, OrgUnit, RoundDateChange
from app.models.enumeration import RoundDate, RoundStatus, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import clock
from app.services.late_permit import PermitRow, permits_of
from app.services.round_addressees import clauses_of
from app.services.round_state import (
    BUCKETS,
    NOT_STARTED,
    RoundState,
    SheetRow,
    Tally,
    sheets_of,
    state_of_round,
    tally_of,
)
from app.services.round_window import Window, window_of
from app.workflows.engine import Transition
from app.workflows.monitoring_round import WORKFLOW

DEEDS = {
    "open": "Цикл открыт",
    "amend": "Изменение по акту",
    "close": "Цикл завершён",
    "reopen": "Цикл возобновлён",
}


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A row of the history of dates."""

    what: str
    before: date | None
    after: date
    act: str
    reason: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What the journal tells of the round besides its dates."""

    told: str
    note: str
    at: datetime
    by: str


@dataclass
class HubPage:
    held: MonitoringRound
    holder: str
    framework: Framework | None
    previous: MonitoringRound | None
    rule: list[str]
    dates: list[DayWords]
    moved: list[MovedDate]
    deeds: list[Deed]
    tally: Tally
    is_school: bool
    # The region sees municipalities, a municipality its sheets.
    state: RoundState | None = None
    sheets: list[SheetRow] = field(default_factory=list)
    own: SheetRow | None = None
    window: Window | None = None
    permits: Sequence[PermitRow] = ()
    holds: bool = False
    may_change: bool = False
    may_repeat: bool = False
    acts: tuple[Transition, ...] = ()

    @property
    def may_fill(self) -> bool:
        return self.own is not None and self.own.bucket in {NOT_STARTED, "draft", "returned"}

    @property
    def buckets(self) -> list[tuple[str, str, int]]:
        """(key, word, count) of every state, for bars, figures and headings."""
        return [(key, word, self.tally.counts[key]) for key, word in BUCKETS]

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        """As `stacked` of components/progress.html takes them."""
        return [(f"assessment-{key}", count, word) for key, word, count in self.buckets]

    def may(self, action: str) -> bool:
        return any(step.action == action for step in self.acts)

    def list_of(self, bucket: str = "", *, municipality: int | None = None, late: bool = False) -> str:
        """The address of the list of sheets behind a figure."""
        asked: dict[str, str | int] = {"round": self.held.id}
        if municipality is not None:
            asked["municipality"] = municipality
        if bucket:
            asked["status"] = "draft" if bucket == NOT_STARTED else bucket
        if bucket in {NOT_STARTED, "draft"}:
            asked["started"] = 0 if bucket == NOT_STARTED else 1
        if late:
            asked["late"] = 1
        return f"/assessments/?{urlencode(asked)}"


def gather(session: GuardedSession, actor: Actor, held: MonitoringRound, today: date) -> HubPage:
    clauses = clauses_of(held)
    named = {unit_id for _, unit_id in clauses if unit_id} | {held.org_unit_id}
    labels = {
        row.id: row.short_name or row.name
        for row in session.execute(select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name).where(OrgUnit.id.in_(named)))
    }
    page = HubPage(
        held=held,
        holder=_holder(actor, held, labels),
        framework=session.get(Framework, held.framework_id),
        previous=session.get(MonitoringRound, held.previous_round_id) if held.previous_round_id else None,
        rule=rule_words(clauses, labels),
        dates=dates_of(held, today),
        moved=_moved(session, actor, held),
        deeds=_deeds(session, actor, held),
        tally=Tally(),
        is_school=actor.unit_kind is UnitKind.SCHOOL,
        permits=[] if held.late_until is None else permits_of(session, held),
        holds=held.org_unit_id == actor.unit_id,
        acts=WORKFLOW.possible(held, actor),
    )
    page.may_change = page.holds and held.status is RoundStatus.OPEN and actor.may(Permission.ROUND_OPEN)
    page.may_repeat = page.holds and actor.may(Permission.ROUND_WRITE)
    if actor.unit_kind is UnitKind.REGION and not held.is_municipal:
        page.state = state_of_round(session, held, today=today)
        page.tally = page.state.total
    else:
        page.sheets = sheets_of(session, held, today=today)
        page.tally = tally_of(page.sheets)
        page.own = next((sheet for sheet in page.sheets if sheet.unit_id == actor.unit_id), None)
    if page.own is not None:
        page.window = window_of(session, held, page.own.unit_id, today=today)
    return page


def _holder(actor: Actor, held: MonitoringRound, labels: dict[int, str]) -> str:
    """Those above are told by name to everyone; a municipality beside is told as such."""
    if held.org_unit_id == actor.region_id:
        return actor.region_name or labels.get(held.org_unit_id, "регион")
    if held.org_unit_id == actor.municipality_id and actor.unit_kind is UnitKind.SCHOOL:
        return actor.parent_name
    return labels.get(held.org_unit_id, "другой муниципалитет")


def _moved(session: GuardedSession, actor: Actor, held: MonitoringRound) -> list[MovedDate]:
    rows = session.scalars(
        select(RoundDateChange)
        .where(RoundDateChange.round_id == held.id)
        .order_by(RoundDateChange.changed_at.desc(), RoundDateChange.id.desc())
    )
    return [
        MovedDate(
            RoundDate(row.what).label,
            row.before,
            row.after,
            row.act,
            row.reason,
            clock.local(row.changed_at, actor.time_zone),
            row.changed_by,
        )
        for row in rows
    ]


def _deeds(session: GuardedSession, actor: Actor, held: MonitoringRound) -> list[Deed]:
    """The journal of a round is its holder's."""
    rows = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.record_type == MonitoringRound.__tablename__,
            AuditEvent.record_id == held.id,
            AuditEvent.action.in_(DEEDS),
        )
        .order_by(AuditEvent.id.desc())
    )
    return [Deed(DEEDS[row.action], row.note, clock.local(row.at, actor.time_zone), row.actor_name) for row in rows]
