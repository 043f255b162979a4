"""What the page of one expertise shows, and what came back from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.forms.assessment import NOT_APPLICABLE
from app.forms.expertise import ExpertValueForm
from app.models.enumeration import ExpertiseStatus
from app.policies.actor import Actor
from app.policies.refusal import Invalid
from app.services.expertise import TypedScore
from app.services.expertise_sheet import ExpertLine, ExpertSheet
from app.services.framework_contents import plain
from app.workflows.expertise import WORKFLOW

Form = MultiDict[str, Any]


@dataclass(frozen=True)
class ExpertisePage:
    sheet: ExpertSheet
    actor: Actor
    # What was typed and refused; None: what is kept is shown.
    typed: Form | None = None
    # By criterion.
    problems: dict[int, str] = field(default_factory=dict)

    @property
    def is_mine(self) -> bool:
        return self.sheet.expertise.user_id == self.actor.user_id

    @property
    def writes(self) -> bool:
        """The expert may type now; the services judge it again."""
        one = self.sheet.expertise
        return (
            one.status is ExpertiseStatus.ASSIGNED
            and not self.sheet.hindrance
            and WORKFLOW.allows("hand_in", one, self.actor)
        )

    @property
    def takes_back(self) -> bool:
        return not self.sheet.hindrance and WORKFLOW.allows("take_back", self.sheet.expertise, self.actor)

    @staticmethod
    def options(line: ExpertLine) -> list[tuple[str, str]]:
        """The answers to pick from; empty where a number is typed."""
        picked = [(plain(value), label) for value, label in line.criterion.choices]
        if picked and line.criterion.may_be_na:
            picked.append((NOT_APPLICABLE, "неприменимо"))
        return picked

    def value(self, line: ExpertLine) -> str:
        """What stands in the field: «2», «83,5», «na» or nothing."""
        if self.typed is not None:
            form = _form(line, self.typed)
            return NOT_APPLICABLE if form.is_na else form.value.data or ""
        if line.mine is None:
            return ""
        if line.mine.is_na:
            return NOT_APPLICABLE
        return plain(line.mine.value) if line.mine.value is not None else ""

    def comment(self, line: ExpertLine) -> str:
        if self.typed is not None:
            return _form(line, self.typed).comment.data or ""
        return line.mine.comment if line.mine is not None else ""


def _form(line: ExpertLine, typed: Form) -> ExpertValueForm:
    return ExpertValueForm(typed, prefix=f"c{line.criterion.id}-")


def typed_scores(sheet: ExpertSheet, typed: Form, problems: dict[int, str]) -> dict[int, TypedScore]:
    """By criterion; what is no number is told in `problems`. A criterion that the form leaves out stays as it is."""
    found = {}
    for line in sheet.lines:
        number = line.criterion.id
        if not any(f"c{number}-{name}" in typed for name in ("value", "na", "comment")):
            continue
        form = _form(line, typed)
        try:
            found[number] = TypedScore(form.number(), form.is_na, form.comment.data or "")
        except Invalid as refusal:
            problems[number] = refusal.sentence
    return found
