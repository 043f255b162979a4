"""How two sets of criteria differ, place by place: two editions, or a brought workbook and what stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.services.framework_contents import plain
from app.services.framework_outline import CriterionValues, Outline, best_points
from app.services.row_verdict import shown

ADDED, CHANGED, REMOVED = "добавлено", "изменено", "убрано"
NAMES = {
    "title": "критерий",
    "guidance": "как оценивать",
    "scale": "шкала",
    "weight": "вес",
    "measure": "измеряется в",
    "evidence_required": "нужно подтверждение",
    "may_be_na": "может быть н/п",
    "for_schools": "для школ",
    "for_municipalities": "для муниципалитетов",
    "small_schools": "малокомплектные",
    "metric": "считает система",
    "rests_on_code": "опирается на",
    "basis": "основание",
    "source": "источник",
}
HEAD_NAMES = {"title": "название", "caution": "предупреждение", "source": "источник", "note": "примечание"}


@dataclass(frozen=True, slots=True)
class Difference:
    """`changes` are (what, before, after) in words."""

    kind: str
    place: str
    changes: tuple[tuple[str, str, str], ...] = ()


def differences(before: Outline, after: Outline) -> tuple[Difference, ...]:
    """In the order of the new set; what is gone stands last. Criteria are the same when their codes are."""
    return tuple(_differences(before, after))


def _differences(before: Outline, after: Outline) -> Iterator[Difference]:
    head = _changed(before, after, HEAD_NAMES)
    if head:
        yield Difference(CHANGED, "Набор", head)
    if sorted(before.bands) != sorted(after.bands):
        yield Difference(CHANGED, "Границы уровней", (("уровни", _bands(before), _bands(after)),))
    sections = {one.title: one for one in before.sections}
    for section in after.sections:
        if section.title not in sections:
            yield Difference(ADDED, f"Раздел «{section.title}»")
        elif section.description != sections[section.title].description:
            told = ("пояснение", sections[section.title].description, section.description)
            yield Difference(CHANGED, f"Раздел «{section.title}»", (told,))
    yield from _of_criteria(before, after)
    present = {one.title for one in after.sections}
    for title in sections:
        if title not in present:
            yield Difference(REMOVED, f"Раздел «{title}»")


def _of_criteria(before: Outline, after: Outline) -> Iterator[Difference]:
    known = {one.code: (section.title, one) for section in before.sections for one in section.criteria}
    for section in after.sections:
        for one in section.criteria:
            if one.code not in known:
                yield Difference(ADDED, f"Критерий {one.code}", (("критерий", "", one.title),))
                continue
            old_section, old = known[one.code]
            changes = _changed(old, one, NAMES)
            if old_section != section.title:
                changes = (("раздел", old_section, section.title), *changes)
            if _scale(old) != _scale(one):
                changes = (*changes, ("уровни шкалы", _scale(old), _scale(one)))
            if changes:
                yield Difference(CHANGED, f"Критерий {one.code}", changes)
    present = {one.code for one in after.criteria}
    for code, (_, one) in known.items():
        if code not in present:
            yield Difference(REMOVED, f"Критерий {code}", (("критерий", one.title, ""),))


def _changed(before: object, after: object, names: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    pairs = [(words, getattr(before, name), getattr(after, name)) for name, words in names.items()]
    return tuple((words, _told(old), _told(new)) for words, old, new in pairs if old != new)


def _told(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else shown(value)


def _scale(one: CriterionValues) -> str:
    levels = sorted(one.levels, key=lambda level: level.threshold)
    if not levels:
        return f"высший балл {plain(best_points(one))}"
    return "; ".join(
        f"{plain(level.threshold)} – {plain(level.points)} б."
        + (f" {level.label}" if level.label else "")
        + (f" ({level.description})" if level.description else "")
        for level in levels
    )


def _bands(outline: Outline) -> str:
    ordered = sorted(outline.bands, key=lambda band: -band[1])
    return "; ".join(f"{name} от {plain(share)} %" for name, share in ordered)
