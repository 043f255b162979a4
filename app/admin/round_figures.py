"""The figures of a round as its page shows them: words, widths of bars, cells of the heat map."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from app.admin.cells import plural
from app.admin.order_matrix import KIND_OF_PLACE
from app.admin.round_query import RoundQuery
from app.analysis.round_figures import BIN, WHOLE, heat_step, percent_text
from app.models.enumeration import UnitKind
from app.services.round_results import CriterionFigure, GroupFigure, Results

WEAKEST = 5
# The step of the best level.
BEST = 4
NARROW = "\u202f"
CELL = Markup('<td{place}><a class="cell step-{step}" href="{href}" aria-label="{label}">{text}</a></td>')
NO_CELL = Markup('<td{place}><span class="sr-only">нет ответов</span></td>')
NEW_SECTION = Markup(' class="new-section"')


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a bar chart; `share` and `step` draw it, `text` says it."""

    label: str
    text: str
    share: float | None
    step: int | None
    note: str = ""
    title: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    range: str
    count: int
    height: float
    step: int | None


def percent_words(share: Fraction | Decimal | None) -> str:
    return "–" if share is None else f"{percent_text(share)}{NARROW}%"


def sheets_words(count: int) -> str:
    return f"{count} {plural(count, 'лист', 'листа', 'листов')}"


def list_url(found: Results, **more: Any) -> str:
    """The sheets behind a figure, in the register of sheets."""
    parts = {"round": found.round.id, "kind": found.kind.value, "municipality": found.opened and found.opened[0]} | more
    return "/assessments/?" + urlencode({name: value for name, value in parts.items() if value})


def figures_for_page(found: Results, query: RoundQuery, address: str) -> dict[str, Any]:
    return {
        "address": address,
        "mean": percent_words(found.whole.mean),
        "own": found.rows[0] if len(found.rows) == 1 else None,
        "accepted_list": list_url(found, status="accepted"),
        "approved_list": list_url(found, status="approved"),
        "changed_list": list_url(found, changed=1),
        "levels": level_bars(found),
        "histogram": _histogram(found),
        "sections": [_bar(one.title, one.mean) for one in found.sections],
        "weakest": [
            _bar(f"{one.code}. {one.title}", one.mean, sheets_words(one.n), one.section)
            for one in found.weakest(WEAKEST)
        ],
        "criteria": [(one, _bar(one.title, one.mean)) for one in found.criteria],
        "everything_url": query.url(address, all="1"),
    }


def level_bars(found: Results) -> list[Bar]:
    last = max(len(found.bands) - 1, 1)
    made = []
    for place, (name, count) in enumerate(found.levels):
        share = Fraction(WHOLE * count, found.whole.counted) if found.whole.counted else None
        made.append(
            Bar(
                label=(name or "без уровня").capitalize(),
                text=str(count),
                share=None if share is None else float(share),
                step=BEST - round(BEST * place / last) if name else None,
                note=percent_words(share),
            )
        )
    return made


def _histogram(found: Results) -> list[Column]:
    highest = max(found.distribution) or 1
    made = []
    for place, count in enumerate(found.distribution):
        least = place * BIN
        most = least + BIN
        words = f"от {least} до {most}" if most == WHOLE else f"от {least} до {most}, не включая {most}"
        made.append(Column(str(least), words, count, WHOLE * count / highest, heat_step(Fraction(least))))
    return made


def _bar(label: str, mean: Fraction | None, note: str = "", title: str = "") -> Bar:
    return Bar(label, percent_words(mean), None if mean is None else float(mean), heat_step(mean), note, title)


# ── the heat map ─────────────────────────────────────────────────────────────────────────────────────────────────────


def heat_columns(found: Results, query: RoundQuery, address: str) -> dict[str, Any]:
    """The headings, each of which orders the rows by itself: from the lowest, then from the highest."""
    columns = []
    section = None
    for one in found.criteria:
        column = _heading(f"c{one.id}", one.code, query, address)
        columns.append(column | {"title": f"{one.title}. Раздел «{one.section}»", "new": one.section != section})
        section = one.section
    of_units = found.kind is UnitKind.MUNICIPALITY or found.folded
    return {
        "first": _heading("name", "Муниципалитет" if of_units else "Школа", query, address),
        "criteria": columns,
        "mean": _heading("mean", "Доля", query, address),
        "totals": [percent_text(one.mean) for one in found.criteria] + [percent_text(found.whole.mean)],
    }


def _heading(key: str, label: str, query: RoundQuery, address: str) -> dict[str, Any]:
    current = query.sort or "name"
    sorted_ = {key: "ascending", f"-{key}": "descending"}.get(current)
    following = f"-{key}" if sorted_ == "ascending" else key
    return {
        "label": label,
        "href": query.url(address, sort="" if following == "name" else following) + "#heat",
        "sorted": sorted_,
    }


def heat_rows(found: Results, query: RoundQuery, address: str) -> list[dict[str, Any]]:
    """Municipalities or units with a ready cell for each criterion, in the asked order."""
    starts = {inside.criteria[0].id for inside in found.sections}
    return [_row(found, one, query, address, starts) for one in _in_order(found, query.sort)]


def _in_order(found: Results, sort: str) -> list[GroupFigure]:
    """By name as they come; by a figure with the unknown ones last. Raises BadRequest for another order."""
    down, key = sort.startswith("-"), sort.removeprefix("-") or "name"
    if key == "name":
        return list(reversed(found.rows)) if down else list(found.rows)
    criterion = next((one.criterion for one in found.criteria if key == f"c{one.id}"), None)
    if criterion is None and key != "mean":
        raise BadRequest
    figures = [(one.mean if criterion is None else one.cell(criterion), one) for one in found.rows]
    known = sorted(((value, one) for value, one in figures if value is not None), key=lambda each: each[0])
    if down:
        known.reverse()
    return [one for _, one in known] + [one for value, one in figures if value is None]


def _row(found: Results, one: GroupFigure, query: RoundQuery, address: str, starts: set[int]) -> dict[str, Any]:
    if one.opens:
        href, prefix = query.url(address, municipality=one.unit_id, sort=""), ""
        state = f"{one.counted} из {one.sheets}"
    else:
        href, prefix = f"/assessments/{one.assessment_id}", "#criterion-"
        state = "" if one.counted else (one.status.label if one.status else "")
    cells = Markup("").join(
        _cell(criterion, one, f"{href}{prefix}{criterion.id if prefix else ''}", new=criterion.id in starts)
        for criterion in found.criteria
    )
    return {
        "label": _narrow(one.name) if one.opens else one.name,
        "title": one.name,
        "href": href,
        "note": state,
        "changed": one.changed,
        "changed_href": list_url(found, changed=1, municipality=one.unit_id) if one.opens else f"{href}#changes",
        "cells": cells,
        "total": percent_text(one.mean),
        "level": one.level,
    }


def _narrow(name: str) -> str:
    """The column is narrow, and its heading says that these are municipalities."""
    return KIND_OF_PLACE.sub("", name, count=1).strip(' «»"') or name


def _cell(criterion: CriterionFigure, one: GroupFigure, href: str, *, new: bool) -> Markup:
    place = NEW_SECTION if new else Markup("")
    earned = one.earned.get(criterion.id)
    if earned is None or not (earned.n or earned.na):
        return NO_CELL.format(place=place)
    mean = earned.mean(criterion.criterion.max_points)
    words = f"{criterion.code}: {percent_words(mean)}" if earned.n else f"{criterion.code}: неприменимо"
    if one.opens:
        words += f", {sheets_words(earned.n)}" + (f", неприменимо: {earned.na}" if earned.na else "")
    return CELL.format(
        place=place,
        step="none" if mean is None else heat_step(mean),
        href=href,
        label=words,
        text="н/п" if mean is None else percent_text(mean, 0),
    )
