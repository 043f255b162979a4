"""«Отчёты»: the standard annexes and registers in one place, what each contains and when it was last made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from urllib.parse import urlencode

from flask import current_app, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.admin.downloads import WORKBOOK, attachment, spool
from app.admin.listing import number
from app.admin.page_view import PageView
from app.admin.past_day import past_asked
from app.admin.record_view import RecordView
from app.admin.register_export import FETCHED, heading_of, sheet_rows
from app.excel.sheet import Heading
from app.excel.writer import Table, write_registers
from app.jobs.run import Outcome, Run
from app.jobs.tasks import task
from app.models import MonitoringRound, Order, TrainingRequirement
from app.models.enumeration import OrderStatus, RoundStatus
from app.models.enumeration_of_training import RequirementStatus
from app.policies.permission import Permission
from app.policies.refusal import NotPermitted
from app.services import audit, clock, job, own_exports
from app.web.session import acting_as, begin_writing, current_actor, guarded, this_app
from app.web.shell import MenuEntry, shell

SUMMARY = "summary_workbook"
SUMMARY_KIND = "export_summary"
# Rows in all; what takes more than a moment is made by a job.
AT_ONCE = 5_000
MOST_ORDERS = 200


@dataclass(frozen=True, slots=True)
class Register:
    """A register in the catalogue."""

    title: str
    lead: str
    columns: str
    export_url: str
    list_url: str
    last_made: datetime | None


class ReportView(PageView):
    def __init__(self) -> None:
        super().__init__(name="Отчёты", endpoint="report", url="/reports")

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.EXPORT)

    @expose("/")
    def index(self) -> str:
        actor, work = current_actor(), guarded()
        made = {word: clock.local(at, actor.time_zone) for word, at in own_exports.last_made(work, actor).items()}
        orders = work.scalars(
            select(Order).where(Order.status != OrderStatus.DRAFT).order_by(Order.id.desc()).limit(MOST_ORDERS)
        ).all()
        rounds = work.scalars(
            select(MonitoringRound)
            .where(MonitoringRound.status != RoundStatus.DRAFT)
            .order_by(MonitoringRound.id.desc())
            .limit(MOST_ORDERS)
        ).all()
        requirements = work.scalars(
            select(TrainingRequirement)
            .where(TrainingRequirement.status != RequirementStatus.DRAFT)
            .order_by(TrainingRequirement.id.desc())
            .limit(MOST_ORDERS)
        ).all()
        return render_template(
            "report/list.html",
            shell=shell(("Отчёты", None)),
            orders=[(order.id, order.label) for order in orders] if actor.may(Permission.ORDER_READ) else [],
            rounds=[(held.id, held.title) for held in rounds] if actor.may(Permission.ASSESSMENT_READ) else [],
            requirements=[(one.id, one.title) for one in requirements if actor.may(Permission.REQUIREMENT_READ)],
            today=clock.today(actor.time_zone),
            coverage_made=made.get(own_exports.COVERAGE_ANNEX),
            round_annex_made=made.get(own_exports.ROUND_ANNEX),
            annex_made=made.get(own_exports.ANNEX),
            summary_made=made.get(SUMMARY),
            shows_measures=actor.may(Permission.MEASURE_READ),
            plan_made=made.get(own_exports.MEASURE_PLAN),
            measures_made=made.get(own_exports.MEASURE_SUMMARY),
            shows_findings=actor.may(Permission.FINDING_READ),
            findings_made=made.get(own_exports.FINDING_REGISTER),
            registers=[
                Register(
                    view.title,
                    view.lead,
                    ", ".join(column.title for column in view.sheet.columns),
                    f"{view.url}/export",
                    f"{view.url}/",
                    made.get(view.endpoint_name()),
                )
                for view in _registers()
            ],
        )

    @expose("/order-execution")
    def order_execution(self) -> Response:
        """The annex of the chosen order."""
        try:
            order_id = number(request.args.get("order", ""))
        except ValueError as error:
            raise BadRequest from error
        day = request.args.get("on_day", "")
        query = f"?{urlencode({'on_day': day})}" if day else ""
        return redirect(f"/orders/{order_id}/annex{query}")

    @expose("/round-results")
    def round_results(self) -> Response:
        """The annex of the chosen round."""
        try:
            round_id = number(request.args.get("round", ""))
        except ValueError as error:
            raise BadRequest from error
        return redirect(f"/monitoring-rounds/{round_id}/annex")

    @expose("/training-coverage")
    def training_coverage(self) -> Response:
        """The annex of the chosen requirement."""
        try:
            requirement_id = number(request.args.get("requirement", ""))
        except ValueError as error:
            raise BadRequest from error
        return redirect(f"/training-requirements/{requirement_id}/annex")

    @expose("/summary/export")
    def summary(self) -> Response:
        """One workbook with a sheet for each register, on one day."""
        actor, arguments = current_actor(), _arguments(request.args.get("on_day", ""))
        past_asked(arguments)
        counts = (guarded().scalar(view.listing.count(view.asked(arguments), AT_ONCE)) for view in _registers())
        rows = sum(int(count or 0) for count in counts)
        if rows > AT_ONCE:
            begin_writing()
            asked = job.ask(
                guarded(),
                actor,
                SUMMARY_KIND,
                "Сводная книга по всем реестрам",
                {"on_day": request.args.get("on_day", "")},
                now=clock.now(),
            )
            return redirect(f"/jobs/{asked.id}")
        target = spool()
        rows, heading = _write(target, arguments, lambda rows: rows)
        begin_writing()
        _record(rows, heading)
        return attachment(target, _file_name(heading))


def _registers() -> list[RecordView]:
    """Those that the actor may open, in the order of the menu and of the tabs under it."""
    views: dict[str, RecordView] = current_app.extensions["registers"]
    tabs = [[_word(one) for one in entries] for _, entries in current_app.extensions["sections"].values()]
    # A tab may itself open a section with tabs of its own, whose first it is.
    below = {words[0]: words for words in tabs if words}
    order: list[str] = []
    for entry in current_app.extensions["menu"]:
        for word in next((words for words in tabs if _word(entry) in words), [_word(entry)]):
            order += [one for one in below.get(word, [word]) if one not in order]
    open_to_actor = [word for word, view in views.items() if current_actor().may(view.read)]
    return [views[word] for word in sorted(open_to_actor, key=order.index)]


def _word(entry: MenuEntry) -> str:
    return entry.endpoint.split(".")[0]


def _arguments(on_day: str) -> MultiDict[str, str]:
    return MultiDict({"on_day": on_day} if on_day else {})


Watch = Callable[[Iterator[Sequence[object]]], Iterator[Sequence[object]]]


def _write(target: BinaryIO, arguments: MultiDict[str, str], watch: Watch) -> tuple[int, Heading]:
    """Writes a sheet for each register that the actor may open; returns how many rows there are in all."""
    tables: list[Table] = []
    heading: Heading | None = None
    for view in _registers():
        state = view.asked(arguments)
        heading = heading_of(view, view.sheet, state)
        tables.append(Table(view.sheet, watch(sheet_rows(view, view.sheet, state)), heading))
    if heading is None:
        raise NotPermitted("Для вас нет ни одного реестра.")
    return write_registers(target, tables), heading


def _record(rows: int, heading: Heading) -> None:
    audit.record_list_export(guarded(), SUMMARY, "Сводная книга", rows=rows, narrowed=heading.filter_label)


def _file_name(heading: Heading) -> str:
    return f"Сводная книга {heading.as_of:%Y-%m-%d}.xlsx"


@task(SUMMARY_KIND)
def export_summary(run: Run) -> Outcome:
    """Runs the page's own code as the asker."""
    run.actor.require(Permission.EXPORT)
    app = this_app()
    done = 0

    def watched(rows: Iterator[Sequence[object]]) -> Iterator[Sequence[object]]:
        nonlocal done
        for row in rows:
            if done % FETCHED == 0:
                run.progress(done, None)
            done += 1
            yield row

    with acting_as(app, run.actor, run.session), cast("BinaryIO", TemporaryFile()) as target:
        rows, heading = _write(target, _arguments(str(run.parameters.get("on_day", ""))), watched)
        target.seek(0)
        result = run.keep(target, _file_name(heading), WORKBOOK)
        run.begin_writing()
        _record(rows, heading)
    return Outcome(f"Строк во всех листах: {rows}.", result)
