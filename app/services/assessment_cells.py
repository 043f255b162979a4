"""One criterion as cells of a workbook: how it is told in them, and how what people write there is read."""

from __future__ import annotations

import re
from decimal import Decimal

from app.excel.heading_match import homoglyph_folded
from app.excel.personal_workbook import NumberCell, Takes
from app.models.enumeration import ScaleKind
from app.policies.refusal import Invalid
from app.services.assessment_sheet import Line
from app.services.assessment_value import LARGEST
from app.services.framework_contents import CriterionView, plain
from app.services.known_words import compared

YES = "да"
_YES_WORDS = frozenset(map(homoglyph_folded, (YES, "д", "+", "1", "истина", "true", "yes", "н/п", "неприменимо")))
_NO_WORDS = frozenset(map(homoglyph_folded, ("нет", "-", "–", "—", "0", "ложь", "false", "no")))
_NA_WORDS = frozenset(map(homoglyph_folded, ("н/п", "нп", "неприменимо", "не применимо")))
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")


def cell_text(criterion: CriterionView, value: Decimal | None) -> str:
    """An answer as its cell holds it: the words of the choice, or the bare number."""
    if value is None:
        return ""
    return criterion.shown(value) if criterion.choices else plain(value)


def cell_takes(criterion: CriterionView) -> Takes:
    if criterion.choices:
        return tuple(dict.fromkeys(words for _, words in criterion.choices))
    if criterion.scale is ScaleKind.SHARE:
        return NumberCell(0, 100, is_percent=True)
    # A number without levels is worth itself.
    return (
        NumberCell(-float(LARGEST), float(LARGEST)) if criterion.levels else NumberCell(0, float(criterion.max_points))
    )


def judged(line: Line) -> str:
    """How the answer is judged, in full: there is no page to look it up on."""
    criterion = line.criterion
    lines = [criterion.guidance]
    if criterion.scale is ScaleKind.YES_NO:
        lines.append(f"да – {plain(criterion.max_points)} б., нет – 0")
    elif criterion.choices:
        described = {one.threshold: one.description for one in criterion.levels}
        points = {one.threshold: one.points for one in criterion.levels}
        for value, words in criterion.choices:
            told = f"{words} ({plain(points[value])} б.)"
            lines.append(f"{told}: {described[value]}" if described[value] else told)
    else:
        is_share, measure = criterion.scale is ScaleKind.SHARE, criterion.measure
        lines.append("Процент от 0 до 100." if is_share else f"Число: {measure}." if measure else "Число.")
        sign = " %" if is_share else ""
        lines += [f"от {plain(one.threshold)}{sign} – {plain(one.points)} б." for one in reversed(criterion.levels)]
    if criterion.evidence_required:
        lines.append("Нужно подтверждение: приложите его на странице листа.")
    if not criterion.may_be_na:
        lines.append("Применим всегда.")
    if line.is_counted:
        lines.append("Ответ посчитала система: оспорить его можно на странице листа.")
    return "\n".join(one.strip() for one in lines if one.strip())


def last_answer(line: Line) -> str:
    """What the unit answered in the round before, what counted in the end where that is another, and its words."""
    last = line.last
    if last is None:
        return ""
    own, final = last.own, last.final
    lines = [own.words] if own is not None else []
    if final is not None and (own is None or final.key != own.key):
        lines.append(f"засчитано: {final.words}")
    return "\n".join([*lines, last.comment] if last.comment else lines)


def na_read(text: str) -> bool:
    """Raises Invalid at `na`."""
    word = homoglyph_folded(text).rstrip(".")
    if word in _YES_WORDS:
        return True
    if not word or word in _NO_WORDS:
        return False
    raise Invalid(f"В «Неприменимо» стоит «{text}»: поставьте «да» или оставьте пустым.", field="na")


def value_read(criterion: CriterionView, text: str) -> Decimal:
    """What was picked or typed. Raises Invalid at `value`."""
    if homoglyph_folded(text).rstrip(".") in _NA_WORDS:
        told = "Для «неприменимо» есть свой столбец: поставьте в нём «да» и напишите причину, а ответ уберите."
        raise Invalid(told, field="value")
    if criterion.choices:
        return _picked(criterion, text)
    digits = "".join(text.split()).replace(",", ".").replace("−", "-")
    if criterion.scale is ScaleKind.SHARE:
        digits = digits.removesuffix("%")
    if not _NUMBER.fullmatch(digits):
        raise Invalid(f"«{text}» – не число. Напишите число, например 83,5.", field="value")
    return Decimal(digits)


def _picked(criterion: CriterionView, text: str) -> Decimal:
    """By the whole words of the choice first, then by its number or its name alone."""
    wanted = compared(text)
    found = [value for value, words in criterion.choices if compared(words) == wanted]
    if not found:
        named = {one.threshold for one in criterion.levels if one.label and compared(one.label) == wanted}
        numbered = {one.threshold for one in criterion.levels if plain(one.threshold) == text.replace(".", ",")}
        found = sorted(named | numbered)
    if len(found) == 1:
        return found[0]
    if found:
        raise Invalid(f"Под «{text}» подходит несколько ответов: дайте ответ на странице листа.", field="value")
    known = "; ".join(words for _, words in criterion.choices)
    raise Invalid(f"Ответа «{text}» у критерия нет. Выберите из списка: {known}.", field="value")
