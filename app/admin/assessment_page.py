"""What the page of one sheet shows, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from werkzeug.wrappers import Response

from app.admin.assessment_card import Card
from app.admin.assessment_words import changed_words, percent_words, state_of
from app.admin.cells import size_words, term_word
from app.admin.finding_mark import Mark
from app.forms.assessment import NoteForm
from app.models import Assessment, EvidenceRevision, Expertise, MonitoringRound, OrgUnit
from app.models.assessment import FILLED_STATUSES
from app.models.enumeration import AssessmentStatus, ExpertiseStatus, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import clock, metric
from app.services.assessment_examination import Examination, Remark
from app.services.assessment_sheet import Sheet
from app.services.round_term import Term, term_of

# What a page of a sheet answers: with a state, and with headers where htmx is told something.
Answer = str | Response | tuple[str, int] | tuple[Response, int] | tuple[str, int, dict[str, str]]
BY_FILLING = frozenset({"submit"})


@dataclass(frozen=True)
class Section:
    id: int
    title: str
    description: str
    lines: list[Card]

    @property
    def answered(self) -> int:
        return sum(line.is_answered for line in self.lines)


@dataclass
class AssessmentPage:
    """`here` stands before the anchors: empty on the sheet itself, its address on other pages."""

    sheet: Sheet
    actor: Actor
    today: date
    sections: list[Section]
    files: dict[int, list[EvidenceRevision]]
    expertises: list[Expertise]
    candidates: list[tuple[int, str]]
    assigns: bool
    found: Examination | None
    history: list[dict[str, Any]] = field(default_factory=list)
    # By criterion: the finding that stands, or the way to write one down.
    findings: Mapping[int, Mark] = field(default_factory=dict)
    previous_title: str = ""
    here: str = ""
    open_form: str = ""
    note_form: NoteForm = field(default_factory=NoteForm)

    @property
    def id(self) -> int:
        return self.assessment.id

    @property
    def assessment(self) -> Assessment:
        return self.sheet.assessment

    @property
    def round(self) -> MonitoringRound:
        return self.sheet.round

    @property
    def unit(self) -> OrgUnit:
        return self.sheet.unit

    @property
    def fills(self) -> bool:
        return self.sheet.may_fill

    @property
    def checks(self) -> bool:
        return self.sheet.may_check

    @cached_property
    def actions(self) -> frozenset[str]:
        return frozenset(step.action for step in self.sheet.actions)

    @property
    def acts(self) -> frozenset[str]:
        """What is decided at the foot; the sending has a page of its own."""
        return self.actions - BY_FILLING

    @property
    def agrees(self) -> bool:
        """All experts have handed in, and the actor leads the check."""
        return self.assigns and bool(self.expertises) and not self.owing

    @property
    def owing(self) -> bool:
        return any(one.status is not ExpertiseStatus.HANDED_IN for one in self.expertises)

    @property
    def owes(self) -> bool:
        """The actor still judges this sheet: until then nobody else's judgement is theirs to read."""
        return any(
            one.user_id == self.actor.user_id and one.status is not ExpertiseStatus.HANDED_IN for one in self.expertises
        )

    @cached_property
    def equal_count(self) -> int:
        """Criteria for which all experts gave the same and nothing is agreed yet."""
        return sum(
            line.line.agreed is None
            and len(line.line.experts) == len(self.expertises)
            and len({(one.value, one.is_na) for one in line.line.experts}) == 1
            for line in self.lines
        )

    @cached_property
    def lines(self) -> list[Card]:
        return [line for section in self.sections for line in section.lines]

    def line(self, criterion_id: int) -> Card | None:
        return next((line for line in self.lines if line.criterion.id == criterion_id), None)

    # ── words ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def look(self) -> str:
        return state_of(self.assessment.status, self.assessment.started_at)[0]

    @property
    def state_words(self) -> str:
        return state_of(self.assessment.status, self.assessment.started_at)[1]

    @property
    def own_word(self) -> str:
        return "Ответ муниципалитета" if self.assessment.sheet_kind is UnitKind.MUNICIPALITY else "Ответ школы"

    @property
    def is_late(self) -> bool:
        """Sent late; that the term of an unsent sheet has passed is told beside the term."""
        found = term_of(self.assessment.status, self.assessment.first_submitted_on, self.round.due_on, self.today)
        return found is Term.LATE

    @property
    def term(self) -> tuple[str, str, str]:
        """The day, the word beside it and the tone of both; the word only while the sheet is awaited."""
        due_on = self.round.due_on
        # A returned sheet was handed in; one recalled is in the unit's hands again.
        awaited = self.assessment.status is AssessmentStatus.DRAFT
        word, tone = term_word(due_on, self.today) if awaited else ("", "")
        return f"{due_on:%d.%m.%Y}", word, tone

    @property
    def result_words(self) -> str:
        share, level = self.assessment.share, self.assessment.level
        if share is None:
            return "пока нет"
        return f"{percent_words(share)} · {level}" if level else percent_words(share)

    @property
    def share_words(self) -> str:
        return percent_words(self.assessment.share)

    @property
    def late_words(self) -> str:
        return "отправлен с опозданием"

    @property
    def framework_id(self) -> int:
        return self.sheet.contents.framework.id

    @property
    def framework_label(self) -> str:
        return self.sheet.contents.framework.label

    @property
    def caution(self) -> str:
        return self.sheet.contents.framework.caution

    @property
    def changes(self) -> list[Any]:
        return list(self.sheet.changes)

    @property
    def changed_words(self) -> str:
        return changed_words(self.assessment.changed_after_approval)

    @property
    def notices(self) -> list[str]:
        """What the reader has to know of the state before reading on."""
        status, own = self.assessment.status, self.assessment.org_unit_id == self.actor.unit_id
        if own and status in FILLED_STATUSES:
            told = [self.sheet.window.sentence] if not self.sheet.window.in_time else []
            if self.sheet.window.is_open and not self.actor.may(Permission.ASSESSMENT_FILL):
                told.append("Ответы вносит сотрудник с полномочием «исполнитель».")
            return told
        if own and status is AssessmentStatus.SUBMITTED:
            return ["Лист на проверке: пока его не вернут или вы его не отзовёте, ответы не меняются."]
        if not own and status in FILLED_STATUSES:
            return ["Лист ещё заполняется: значения могут измениться."]
        return []

    @property
    def remark_count(self) -> int:
        return sum(bool(line.remark) for line in self.lines)

    @property
    def carryable(self) -> int:
        return sum(line.can_carry for line in self.lines)

    @property
    def measurable(self) -> int:
        """Criteria that the system can count and has not counted yet."""
        return sum(
            line.criterion.metric is not None and metric.can_count(line.criterion.metric) and not line.counted
            for line in self.lines
        )

    def moment(self, at: datetime) -> str:
        return f"{clock.local(at, self.actor.time_zone):%d.%m.%Y %H:%M}"

    size_words = staticmethod(size_words)

    # ── what stands in the way ───────────────────────────────────────────────────────────────────────

    @property
    def examination(self) -> Examination:
        return self.found or Examination()

    @property
    def unanswered(self) -> list[Card]:
        numbers = {one.criterion_id for one in self.examination.errors if one.code == "unanswered"}
        return [line for line in self.lines if line.criterion.id in numbers]

    @property
    def gaps(self) -> list[tuple[str, str, list[Remark]]]:
        """Title, look, remarks; the unanswered ones are told in one line above."""
        found = self.examination
        return [
            ("Ошибки", "error", [one for one in found.errors if one.code != "unanswered"]),
            ("Предупреждения", "warning", found.warnings),
            ("Советы", "advice", found.advice),
        ]

    @property
    def gaps_count(self) -> int:
        found = self.examination
        return len(found.errors) + len(found.warnings) + len(found.advice)
