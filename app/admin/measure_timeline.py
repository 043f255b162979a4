"""«Дорожная карта»: the measures of a unit, or of all below the reader, along the months of a school year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Response, render_template
from flask_admin import expose
from werkzeug.exceptions import BadRequest

from app.admin.asked import asked_number, asked_word
from app.admin.cells import term_word
from app.admin.downloads import attachment, spool
from app.admin.measure_cut import CutAsked, cut_asked, cut_form
from app.admin.page_view import PageView
from app.admin.year_filter import EARLIEST, LATEST
from app.analysis.measure_timeline import Bar, Window, bar, window
from app.excel.annexes import measure_plan as workbook
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import MeasureStatus
from app.policies.permission import Permission
from app.services import audit, clock, measure_plan, measure_plan_annex, own_exports
from app.services.measure_plan import MOST_SHOWN, Plan, PlanRow
from app.web.session import begin_writing, current_actor, guarded, today
from app.web.shell import shell

GROUPINGS = {"": "По организациям", "cause": "По причинам"}
NO_CAUSE = "Причина не указана"


@dataclass(frozen=True, slots=True)
class Line:
    """A measure on the chart; `words` say to a reader of the page what the bar shows."""

    row: PlanRow
    bar: Bar
    overdue: bool
    term_word: str
    term_tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    note: str
    href: str
    lines: list[Line]

    @property
    def overdue(self) -> int:
        return sum(line.overdue for line in self.lines)


class MeasureTimelineView(PageView):
    closed = "Дорожная карта мер не открыта для ваших полномочий."

    def __init__(self) -> None:
        super().__init__(name="Дорожная карта", endpoint="measure_timeline", url="/corrective-measures/timeline")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.MEASURE_READ)

    @expose("/")
    def index(self) -> str:
        actor, day = current_actor(), today()
        by, year = asked_word("by", tuple(GROUPINGS)), year_asked()
        asked = cut_asked(self.get_url("measure_timeline.index"), by=by, year=year)
        found = measure_plan.plan(guarded(), actor, asked.cut, year=year, today=day)
        shown = window(found.year, (row.due_on for row in found.rows))
        alone = actor.unit_kind not in {UnitKind.REGION, UnitKind.MUNICIPALITY}
        return render_template(
            "measure_timeline/timeline.html",
            shell=shell(("Недостатки и меры", "/corrective-measures/"), ("Дорожная карта", None)),
            plan=found,
            window=shown,
            today_x=shown.x(day) if shown.holds(day) else None,
            groups=groups_of(found, shown, asked, by, day),
            states=[
                (f"measure-{status.value}", found.states[status], status.label)
                for status in MeasureStatus
                if found.states[status]
            ],
            asked=asked,
            form=cut_form(asked),
            chips=asked.chips,
            by=by,
            groupings=GROUPINGS,
            year=found.year,
            left_out=found.total - len(found.rows),
            most_shown=MOST_SHOWN,
            alone=alone,
            names_unit=by == "cause" and not alone,
            overdue_url=asked.url(state="overdue"),
            annex_url=asked.url(self.get_url("measure_timeline.annex"), by="")
            if actor.may(Permission.EXPORT)
            else None,
            may_write=actor.may(Permission.MEASURE_WRITE),
        )

    @expose("/annex")
    def annex(self) -> Response:
        """«План мероприятий» in the asker's scope and cut; the journal keeps who took it."""
        actor, session = current_actor(), guarded()
        now = clock.local(clock.now(), actor.time_zone)
        asked = cut_asked(self.get_url("measure_timeline.index"))
        made = measure_plan_annex.build(session, actor, asked.cut, year=year_asked(), as_of=now, narrowed=asked.words)
        target = spool()
        workbook.write(target, made.content)
        begin_writing()
        audit.record_list_export(
            session, own_exports.MEASURE_PLAN, made.content.title, rows=made.rows_taken, narrowed=asked.words
        )
        return attachment(target, made.file_name)


def year_asked() -> int | None:
    """The calendar year in which the school year begins. Raises BadRequest for what no plan can reach."""
    year = asked_number("year")
    if year is not None and not EARLIEST <= year <= LATEST:
        raise BadRequest
    return year


def groups_of(found: Plan, shown: Window, asked: CutAsked, by: str, day: date) -> list[Group]:
    """By unit, or by cause: a measure of two causes stands under both."""
    lines = [_line(row, shown, day) for row in found.rows]
    return _by_cause(lines, asked) if by == "cause" else _by_unit(lines, asked)


def _by_unit(lines: Iterable[Line], asked: CutAsked) -> list[Group]:
    found: dict[int, Group] = {}
    for line in lines:
        row = line.row
        if row.unit_id not in found:
            note = "" if row.unit_id == row.municipality_id else row.municipality
            in_sight = current_actor().unit_kind is UnitKind.REGION or row.municipality_id == current_actor().unit_id
            found[row.unit_id] = Group(row.unit, note, asked.url(unit=row.unit_id) if in_sight else "", [])
        found[row.unit_id].lines.append(line)
    return list(found.values())


def _by_cause(lines: Iterable[Line], asked: CutAsked) -> list[Group]:
    found: dict[int, Group] = {}
    for line in lines:
        for number, title in line.row.causes or ((0, NO_CAUSE),):
            found.setdefault(number, Group(title, "", asked.url(cause=number) if number else "", [])).lines.append(line)
    # The commonest first; those without a cause last.
    return [found[number] for number in sorted(found, key=lambda number: (number == 0, -len(found[number].lines)))]


def _line(row: PlanRow, shown: Window, day: date) -> Line:
    overdue = row.is_overdue(day)
    word, tone = term_word(row.due_on, day) if row.status in LIVE_STATUSES else ("", "")
    if row.done_on is not None:
        late = row.done_on > row.due_on
        word, tone = f"выполнена {row.done_on:%d.%m.%Y}{', после срока' if late else ''}", "soon" if late else ""
    told = f"с {row.begins_on:%d.%m.%Y} по {row.due_on:%d.%m.%Y}, {row.status.label}"
    return Line(
        row,
        bar(shown, row.begins_on, row.due_on, row.done_on, late_until=row.late_until(day)),
        overdue,
        word,
        tone,
        f"{told}, {word}" if word else told,
    )
