"""A set of criteria as plain values, without row numbers: what is copied, compared, examined, put into workbooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from app.models import Criterion, CriterionLevel, Framework, FrameworkSection, LevelBand
from app.models.enumeration import Labelled, Metric, ScaleKind, SmallSchools
from app.services.framework_contents import Contents, CriterionView, LevelView

GRADED_LEVELS = (
    LevelView(Decimal(0), Decimal(0), "нет", ""),
    LevelView(Decimal(1), Decimal(1), "есть, но с замечанием", "устарело, скан, не на той странице или не по форме"),
    LevelView(Decimal(2), Decimal(2), "есть, актуально, на месте", ""),
)


@dataclass(frozen=True, slots=True)
class CriterionValues:
    """What a person says of a criterion. Levels in any order; `max_points` counts only where levels do not say it."""

    code: str
    title: str
    guidance: str = ""
    scale: ScaleKind = ScaleKind.GRADED
    max_points: Decimal = Decimal(2)
    weight: Decimal = Decimal(1)
    measure: str = ""
    evidence_required: bool = False
    may_be_na: bool = True
    for_schools: bool = True
    for_municipalities: bool = False
    small_schools: SmallSchools = SmallSchools.ANY
    metric: Metric | None = None
    rests_on_code: str = ""
    basis: str = ""
    source: str = ""
    levels: tuple[LevelView, ...] = ()


# Every column of a criterion that is a plain value of it.
PLAIN_FIELDS = tuple(one.name for one in fields(CriterionValues) if one.name != "levels")


@dataclass(frozen=True, slots=True)
class OutlineSection:
    title: str
    description: str = ""
    criteria: tuple[CriterionValues, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """`bands` are (name, from what percent on)."""

    title: str
    caution: str = ""
    source: str = ""
    note: str = ""
    sections: tuple[OutlineSection, ...] = ()
    bands: tuple[tuple[str, Decimal], ...] = ()

    @property
    def criteria(self) -> tuple[CriterionValues, ...]:
        return tuple(one for section in self.sections for one in section.criteria)


def best_points(values: CriterionValues) -> Decimal:
    """The points of the best answer: of the highest level, of a whole share, or as the person says."""
    if values.scale is not ScaleKind.YES_NO and values.levels:
        return max(one.points for one in values.levels)
    return Decimal(100) if values.scale is ScaleKind.SHARE else values.max_points


def outline_of(framework: Framework, contents: Contents) -> Outline:
    return Outline(
        framework.title,
        framework.caution,
        framework.source,
        framework.note,
        tuple(
            OutlineSection(section.title, section.description, tuple(values_of(one) for one in section.criteria))
            for section in contents.sections
        ),
        contents.bands,
    )


def values_of(criterion: CriterionView) -> CriterionValues:
    return CriterionValues(**{name: getattr(criterion, name) for name in PLAIN_FIELDS}, levels=criterion.levels)


def fill(session: Session, framework: Framework, outline: Outline) -> None:
    """Puts the parts of the outline into an empty draft."""
    for place, section in enumerate(outline.sections, 1):
        framework.sections.append(
            FrameworkSection(
                position=place,
                title=section.title,
                description=section.description,
                criteria=[new_criterion(one, position) for position, one in enumerate(section.criteria, 1)],
            )
        )
    framework.bands.extend(LevelBand(name=name, from_share=share) for name, share in outline.bands)
    session.flush()


def new_criterion(values: CriterionValues, position: int) -> Criterion:
    plain = {name: getattr(values, name) for name in PLAIN_FIELDS} | {"max_points": best_points(values)}
    return Criterion(position=position, levels=new_levels(values.levels), **plain)


def new_levels(levels: Iterable[LevelView]) -> list[CriterionLevel]:
    return [
        CriterionLevel(threshold=one.threshold, points=one.points, label=one.label, description=one.description)
        for one in levels
    ]


def packed(outline: Outline) -> dict[str, Any]:
    """As JSON holds it: numbers as text, words of vocabularies by value, nothing that is as usual."""
    return {
        "title": outline.title,
        "caution": outline.caution,
        "source": outline.source,
        "note": outline.note,
        "bands": [[name, str(share)] for name, share in outline.bands],
        "sections": [
            {
                "title": section.title,
                "description": section.description,
                "criteria": [_packed_criterion(one) for one in section.criteria],
            }
            for section in outline.sections
        ],
    }


def unpacked(told: Mapping[str, Any]) -> Outline:
    """The other way. Raises ValueError for what is no outline."""
    try:
        return Outline(
            str(told["title"]),
            str(told.get("caution", "")),
            str(told.get("source", "")),
            str(told.get("note", "")),
            tuple(
                OutlineSection(
                    str(section["title"]),
                    str(section.get("description", "")),
                    tuple(_unpacked_criterion(one) for one in section["criteria"]),
                )
                for section in told["sections"]
            ),
            tuple((str(name), Decimal(share)) for name, share in told["bands"]),
        )
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise ValueError("no set of criteria") from error


USUAL = CriterionValues("", "")


def _packed_criterion(one: CriterionValues) -> dict[str, Any]:
    told: dict[str, Any] = {"code": one.code, "title": one.title}
    for name in PLAIN_FIELDS[2:]:
        value = getattr(one, name)
        if value != getattr(USUAL, name):
            told[name] = str(value) if isinstance(value, Decimal | Labelled) else value
    if one.levels:
        told["levels"] = [[str(each.threshold), str(each.points), each.label, each.description] for each in one.levels]
    return told


def _unpacked_criterion(told: Mapping[str, Any]) -> CriterionValues:
    values: dict[str, Any] = {}
    for name in PLAIN_FIELDS:
        if name not in told:
            continue
        usual, raw = getattr(USUAL, name), told[name]
        if name == "metric":
            values[name] = None if raw is None else Metric(raw)
        elif isinstance(usual, bool):
            values[name] = bool(raw)
        else:
            values[name] = type(usual)(raw)
    levels = tuple(
        LevelView(Decimal(threshold), Decimal(points), str(label), str(description))
        for threshold, points, label, description in told.get("levels", ())
    )
    return CriterionValues(**values, levels=levels)
