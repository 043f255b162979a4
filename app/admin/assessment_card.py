"""One criterion of a sheet as its card shows it: the answers to pick from, the values side by side, what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.admin.assessment_words import decimal_words
from app.admin.cells import plural
from app.forms.assessment import NOT_APPLICABLE, ValueForm
from app.models.enumeration import ScaleKind, ScoreSource
from app.services.assessment_sheet import Line, Shown
from app.services.assessment_value import words
from app.services.framework_contents import CriterionView

GOOD, MIDDLE, BAD = "good", "middle", "bad"


@dataclass(slots=True)
class Typed:
    """What stands in the form of a card: what was saved, or what was typed and refused."""

    value: str = ""
    comment: str = ""
    na_reason: str = ""
    dispute_reason: str = ""
    remark: str = ""
    version: int | None = None
    problem: str = ""
    problem_field: str = ""

    @classmethod
    def refused(cls, form: ValueForm, sentence: str, at: str | None, version: int | None) -> Typed:
        typed = cls(value=NOT_APPLICABLE if form.is_na else form.value.data or "", version=version)
        for name in ("comment", "na_reason", "dispute_reason", "remark"):
            if name in form:
                setattr(typed, name, form[name].data or "")
        # «неприменимо» is one of the answers here.
        typed.problem, typed.problem_field = sentence, {"is_na": "value", "na": "value"}.get(at or "", at or "")
        return typed


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    description: str
    tone: str


@dataclass(frozen=True, slots=True)
class ExpertWords:
    name: str
    words: str
    comment: str


@dataclass
class Card:
    """A line of the sheet in words; `answer`, `check` and `agree` are what stands in its forms."""

    line: Line
    answer: Typed
    check: Typed
    agree: Typed
    counted_at: str = ""
    options: Sequence[Option] = field(default_factory=tuple)

    @property
    def criterion(self) -> CriterionView:
        return self.line.criterion

    @property
    def is_answered(self) -> bool:
        return self.line.own is not None

    @property
    def own(self) -> Shown | None:
        return self.line.own

    @property
    def checked(self) -> Shown | None:
        return self.line.checked

    @property
    def agreed(self) -> Shown | None:
        return self.line.agreed

    @property
    def remark(self) -> str:
        return self.line.remark

    @property
    def differs(self) -> bool:
        return self.line.differs

    @property
    def counted(self) -> str:
        score = self.line.score
        return self.criterion.shown(score.counted_value) if score is not None and score.counted_at else ""

    @property
    def source_words(self) -> str:
        """Where the answer came from, unless a person typed it."""
        score = self.line.score
        if score is None or self.line.own is None or score.source is ScoreSource.TYPED:
            return ""
        return score.source.label

    @property
    def weight_words(self) -> str:
        return f"вес {decimal_words(self.criterion.weight)}" if self.criterion.weight != 1 else ""

    @property
    def points_words(self) -> str:
        """What counts in the end, in points: «1 из 2»."""
        final = self.line.final
        if final is None:
            return ""
        if final.is_na or final.points is None:
            return "не учитывается"
        return f"{points_words(final.points)} из {decimal_words(self.criterion.max_points)}"

    @property
    def experts(self) -> list[ExpertWords]:
        return [
            ExpertWords(one.expert_name, words(self.criterion, one.value, is_na=one.is_na), one.comment)
            for one in self.line.experts
            if one.handed_in
        ]

    @property
    def last_comment(self) -> str:
        return self.line.last.comment if self.line.last is not None else ""

    @property
    def last_words(self) -> str:
        """Of the round before: what was answered, and what it came to in the end where that is something else."""
        last = self.line.last
        if last is None:
            return ""
        own, final = last.own, last.final
        if own is not None and final is not None and own.key != final.key:
            return f"{own.words}; в зачёт – {final.words}"
        shown = own or final
        return shown.words if shown is not None else ""

    @property
    def can_carry(self) -> bool:
        """Offered for an empty answer: what is there is never overwritten."""
        return self.line.own is None and self.line.last is not None and self.line.last.may_carry

    @property
    def thresholds(self) -> list[str]:
        """What a share or a number is worth; the levels of the other scales stand at the answers."""
        if self.options:
            return []
        scale = self.criterion
        return [
            f"от {scale.shown(one.threshold)} – {points_words(one.points)}"
            + (f": {one.label or one.description}" if one.label or one.description else "")
            for one in reversed(scale.levels)
        ]

    @property
    def has_guidance(self) -> bool:
        return bool(self.criterion.guidance or self.criterion.basis or self.thresholds)


def card_of(line: Line, counted_at: str = "") -> Card:
    score = line.score
    own, version = line.own, line.version
    return Card(
        line,
        answer=Typed(
            raw(own),
            score.comment if score is not None else "",
            score.na_reason if score is not None else "",
            score.dispute_reason if score is not None else "",
            version=version,
        ),
        check=Typed(
            raw(line.checked),
            line.checked.comment if line.checked is not None else "",
            remark=line.remark,
            version=version,
        ),
        agree=Typed(raw(line.agreed), line.agreed.comment if line.agreed is not None else "", version=version),
        counted_at=counted_at,
        options=_options(line.criterion),
    )


def raw(shown: Shown | None) -> str:
    """As the inputs of a form hold it."""
    if shown is None:
        return ""
    return NOT_APPLICABLE if shown.is_na else decimal_words(shown.value) if shown.value is not None else ""


def points_words(points: Decimal) -> str:
    """«2 балла», «1,5 балла»."""
    if points != points.to_integral_value():
        return f"{decimal_words(points)} балла"
    return f"{decimal_words(points)} {plural(int(points), 'балл', 'балла', 'баллов')}"


def _options(criterion: CriterionView) -> tuple[Option, ...]:
    by_threshold = {one.threshold: one for one in criterion.levels}
    made = []
    for value, label in criterion.choices:
        level = by_threshold.get(value)
        points = level.points if level is not None else criterion.max_points * value
        said = level.description if level is not None and level.description != level.label else ""
        made.append(Option(decimal_words(value), label, said, _tone(criterion, points)))
    return tuple(made)


def _tone(criterion: CriterionView, points: Decimal) -> str:
    if criterion.scale is ScaleKind.YES_NO or points in {0, criterion.max_points}:
        return GOOD if points else BAD
    return MIDDLE
