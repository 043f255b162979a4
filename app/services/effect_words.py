"""The verdict on a measure in whole sentences."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.analysis.measure_effect import EffectFigures, EffectRule, GroupFigures
from app.analysis.round_figures import change_text, percent_text
from app.models import CorrectiveMeasure
from app.models.enumeration_of_measures import EffectVerdict
from app.services.effect_figures import Missing

WHOLE = 100


def sentence(verdict: EffectVerdict, figures: EffectFigures, rule: EffectRule) -> str:
    """«Помогло» or «не видно» with the figures behind it, as far as they may be told."""
    own, others = _moved(figures.treated), _moved(figures.similar)
    told = f"Организации меры: {own}. " if own else ""
    if others:
        told += f"Похожие без такой меры ({figures.similar.n}): {others}. "
    if figures.left_out:
        told += f"Не с кем сравнить организаций меры: {figures.left_out}. "
    if verdict is EffectVerdict.HELPED:
        return f"{told}Прирост выше, чем у похожих: мера помогла."
    if figures.treated.change is not None and figures.treated.change <= 0:
        return f"{told}Роста нет: действия меры не видно."
    margin = percent_text(rule.margin * WHOLE, 0)
    return f"{told}Прирост не выше, чем у похожих, хотя бы на {margin}\u00a0п.\u00a0п.: действия меры не видно."


def why_too_little(missing: Missing | None, code: str, done_on: date, rule: EffectRule) -> str:
    """Why nothing can be said, and what would have to happen."""
    if missing is Missing.NO_BASE:
        return f"В исходном цикле у организаций меры нет принятого балла по критерию {code}: сравнивать не с чем."
    if missing is Missing.NO_ROUND:
        return f"Следующий цикл с критерием {code} ещё не открыт: вывод появится после него."
    if missing is Missing.NOT_SENT:
        return (
            f"В следующем цикле нет принятых листов организаций меры, отправленных с {done_on:%d.%m.%Y} "
            "(день выполнения меры): вывод появится, когда листы примут."
        )
    return f"Похожих организаций, которые не принимали такой меры, меньше {rule.min_similar}: сравнить не с кем."


def figure_sentence(measure: CorrectiveMeasure, verdict: EffectVerdict, *, told: bool) -> str:
    """Of a figure that nobody else has: by its target alone. What it was and became only where it is `told`."""
    values = (measure.figure_before, measure.figure_target, measure.figure_after)
    before, target, after = (number_text(one) for one in values)
    moved = f"было {before}, цель {target}, стало {after}" if told else f"цель {target}"
    end = "Цель достигнута" if verdict is EffectVerdict.HELPED else "Цель не достигнута"
    return f"{measure.figure_name}: {moved}. {end}. С другими не сравнивалось."


def lacking_figure(measure: CorrectiveMeasure) -> str:
    if measure.figure_before is not None and measure.figure_before == measure.figure_target:
        return "Показатель и до меры был равен цели: о её действии он не говорит."
    named = (
        ("исходное значение", measure.figure_before),
        ("цель", measure.figure_target),
        ("достигнутое значение", measure.figure_after),
    )
    lacking = ", ".join(word for word, value in named if value is None)
    return f"У показателя «{measure.figure_name}» не указано: {lacking}."


def number_text(value: Decimal | None) -> str:
    """«1,5»: without needless noughts; a dash for what is unknown."""
    return "–" if value is None else f"{value.normalize():f}".replace(".", ",")


def _moved(group: GroupFigures) -> str:
    if group.before is None or group.after is None or group.change is None:
        return ""
    before, after = percent_text(group.before * WHOLE, 0), percent_text(group.after * WHOLE, 0)
    return f"{before}\u00a0→ {after}\u00a0% лучшего балла ({change_text(group.change * WHOLE, 0)}\u00a0п.\u00a0п.)"
