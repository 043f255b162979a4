"""What keeps a set of criteria from being published, told place by place. Pure: it reads an outline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from app.excel.heading_match import homoglyph_folded
from app.models.enumeration import ScaleKind
from app.services.framework_contents import plain
from app.services.framework_outline import CriterionValues, Outline, best_points

HUNDRED = Decimal(100)
FEWEST_LEVELS = 2
GRADES = (Decimal(0), Decimal(1), Decimal(2))
# Scales whose answers are worth what their levels say.
BY_LEVELS = frozenset({ScaleKind.GRADED, ScaleKind.CHOICE, ScaleKind.NUMBER})


@dataclass(frozen=True, slots=True)
class Problem:
    """`place` names it for people; `code` is the criterion's, `section` the title, "" for the set as a whole."""

    place: str
    sentence: str
    code: str = ""
    section: str = ""


def problems_of(outline: Outline) -> tuple[Problem, ...]:
    """Empty for a set that can be published."""
    return tuple(_problems(outline))


def _problems(outline: Outline) -> Iterator[Problem]:
    if not outline.sections:
        yield Problem("Набор", "В наборе нет разделов: добавьте хотя бы один.")
    for section in outline.sections:
        if not section.criteria:
            place = f"Раздел «{section.title}»"
            yield Problem(place, "В разделе нет критериев: добавьте их или удалите раздел.", section=section.title)
    yield from _band_problems(outline.bands)
    yield from _code_problems(outline)
    by_code = {one.code: one for one in outline.criteria}
    for one in outline.criteria:
        for sentence in (*scale_problems(one), *_rest_problems(one, by_code)):
            yield Problem(f"Критерий {one.code}", sentence, one.code)


def _code_problems(outline: Outline) -> Iterator[Problem]:
    """Codes are compared as they look: «К1» in Latin letters is taken for the other by everybody but the computer."""
    alike: dict[str, list[str]] = {}
    for one in outline.criteria:
        alike.setdefault(homoglyph_folded(one.code), []).append(one.code)
    for codes in alike.values():
        if len(set(codes)) < len(codes):
            yield Problem(f"Критерий {codes[0]}", "Код стоит у нескольких критериев: дайте каждому свой.", codes[0])
        elif len(codes) > 1:
            sentence = f"Код выглядит так же, как {codes[0]}: проверьте, нет ли в нём латинских букв."
            yield Problem(f"Критерий {codes[1]}", sentence, codes[1])


def _band_problems(bands: Iterable[tuple[str, Decimal]]) -> Iterator[Problem]:
    place, bands = "Границы уровней", list(bands)
    if not bands:
        yield Problem(place, "Уровни результата не заданы: укажите хотя бы один, с границей 0 %.")
        return
    if min(share for _, share in bands) != 0:
        yield Problem(place, "Нижний уровень начинается не с 0 %: у слабого листа не было бы уровня.")
    for what, values in (
        ("название", [name.casefold() for name, _ in bands]),
        ("граница", [f"{plain(share)} %" for _, share in bands]),
    ):
        doubled = [value for value, count in Counter(values).items() if count > 1]
        if doubled:
            yield Problem(place, f"У двух уровней одно и то же: {what} «{doubled[0]}».")
    if any(not 0 <= share <= HUNDRED for _, share in bands):
        yield Problem(place, "Граница уровня – число от 0 до 100 процентов.")


def scale_problems(one: CriterionValues) -> Iterator[str]:
    """What is wrong with the scale of a criterion: sentences."""
    levels = sorted(one.levels, key=lambda level: level.threshold)
    if one.scale in BY_LEVELS and len(levels) < FEWEST_LEVELS:
        yield f"У шкалы «{one.scale.label}» нужны хотя бы два уровня: опишите, что сколько баллов стоит."
        return
    if any(before.threshold == after.threshold for before, after in pairwise(levels)):
        yield "У двух уровней шкалы одно значение: значения должны различаться."
    if one.scale is ScaleKind.GRADED and tuple(level.threshold for level in levels) != GRADES:
        yield "У шкалы «0–1–2» три уровня: 0, 1 и 2. Для других значений возьмите «выбор уровня»."
    if one.scale in {ScaleKind.GRADED, ScaleKind.CHOICE} and not all(level.label for level in levels):
        yield "У каждого уровня шкалы нужно название: по нему выбирают ответ."
    if one.scale is ScaleKind.GRADED and any(before.points > after.points for before, after in pairwise(levels)):
        yield "Баллы шкалы «0–1–2» должны расти вместе с оценкой."
    if one.scale is ScaleKind.SHARE:
        if not levels and best_points(one) != HUNDRED:
            yield "Доля без порогов стоит столько баллов, сколько в ней процентов: высший балл – 100."
        if any(not 0 <= level.threshold <= HUNDRED for level in levels):
            yield "Порог доли – число от 0 до 100 процентов."
    if one.scale is not ScaleKind.YES_NO and levels and best_points(one) <= 0:
        yield "Ни один уровень шкалы не даёт баллов: лучший ответ должен чего-то стоить."


def _rest_problems(one: CriterionValues, by_code: dict[str, CriterionValues]) -> Iterator[str]:
    if not one.rests_on_code:
        return
    base = by_code.get(one.rests_on_code)
    if base is None:
        yield f"Опирается на критерий {one.rests_on_code}, которого в наборе нет."
        return
    if base is one:
        yield "Критерий опирается сам на себя."
        return
    met = {one.code}
    while base is not None and base.code not in met:
        met.add(base.code)
        base = by_code.get(base.rests_on_code)
    if base is not None and base.code == one.code:
        yield "Критерии опираются друг на друга по кругу: уберите одну из опор."
    base = by_code[one.rests_on_code]
    if not (one.for_schools and base.for_schools) and not (one.for_municipalities and base.for_municipalities):
        yield f"Опирается на критерий {base.code}, но они стоят в листах разных организаций."
