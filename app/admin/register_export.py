"""A register as a workbook: the rows as filtered, searched and sorted, with chosen columns, in the asker's scope.

Up to `STREAMED_ROWS` the file is sent while it is made; above that a job makes it with the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextvars import Context
from operator import itemgetter
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from flask import Flask, current_app, g, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.admin.downloads import WORKBOOK, streamed
from app.admin.listing import ListState
from app.admin.past_day import told_past
from app.excel.sheet import Heading, Sheet
from app.excel.writer import stream_register, write_register
from app.extensions import db
from app.jobs.run import Outcome, Run
from app.jobs.tasks import task
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import audit, clock, job
from app.web.session import acting_as, begin_writing, current_actor, guarded, this_app

if TYPE_CHECKING:
    from app.admin.record_view import RecordView

STREAMED_ROWS = 50_000
FETCHED = 1_000
KIND = "export_register"
COLUMN = "column"


def chosen_sheet(view: RecordView, arguments: MultiDict[str, str]) -> Sheet:
    """The register's sheet, or with the columns that the address names, in their order. Raises BadRequest."""
    chosen = list(dict.fromkeys(arguments.getlist(COLUMN)))
    if not set(chosen) <= set(view.sheet.keys):
        raise BadRequest
    return view.sheet.narrowed(chosen) if chosen else view.sheet


def answer(view: RecordView) -> Response:
    """Raises NotPermitted, BadRequest; above the limit a job is asked for, and its page is the answer."""
    actor = current_actor()
    actor.require(Permission.EXPORT)
    state, sheet = view.asked(request.args), chosen_sheet(view, request.args)
    limit: int = current_app.config.get("STREAMED_ROWS", STREAMED_ROWS)
    rows = int(guarded().scalar(view.listing.count(state, limit)) or 0)
    begin_writing()
    if rows > limit:
        pairs = [[key, value] for key, value in request.args.items(multi=True)]
        asked = job.ask(
            guarded(),
            actor,
            KIND,
            f"{view.title}: выгрузка в Excel",
            {"register": view.endpoint_name(), "arguments": pairs},
            now=clock.now(),
        )
        return redirect(f"/jobs/{asked.id}")
    heading = heading_of(view, sheet, state)
    audit.record_list_export(guarded(), view.endpoint_name(), view.title, rows=rows, narrowed=heading.filter_label)
    app = this_app()
    work = GuardedSession(db.engine, info={"actor": actor})
    blocks = stream_register(sheet, sheet_rows(view, sheet, state), heading)
    return streamed(_in_scope(app, actor, work, blocks), file_name(sheet, heading))


def _in_scope(app: Flask, actor: Actor, work: GuardedSession, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The request is over when the rows are read: they have a session of their own, in the same scope.

    Between two blocks nothing of it stands in the thread: a request that found the application's context of a file
    still on its way, or never closed by a server, would take it over with the person in it.
    """
    apart = Context()
    acting = _acting(app, actor, work, blocks)
    try:
        while (block := apart.run(next, acting, None)) is not None:
            yield block
    finally:
        apart.run(acting.close)


def _acting(app: Flask, actor: Actor, work: GuardedSession, blocks: Iterator[bytes]) -> Generator[bytes, None, None]:
    with work, acting_as(app, actor, work):
        yield from blocks


def sheet_rows(view: RecordView, sheet: Sheet, state: ListState) -> Iterator[Sequence[object]]:
    """The cells of each row, in the order of the sheet's columns. Nothing is asked before the first is wanted."""
    pick = _picked(view.sheet, sheet)
    # What is overdue is overdue by the day that is shown, in a job and while a file is sent as on the page.
    g.day_shown = state.on_day
    result = guarded().execute(view.listing.every_row(state), execution_options={"yield_per": FETCHED})
    for row in result:
        yield pick(view.sheet_row(row))


def heading_of(view: RecordView, sheet: Sheet, state: ListState) -> Heading:
    actor, past = current_actor(), state.past
    now = clock.local(clock.now(), actor.time_zone)
    return Heading(
        lines=(sheet.title, *told_past(past, now)),
        as_of=now if past is None else min(now, past.last_minute),
        made_by=actor.user_name,
        scope_label=actor.unit_name or "все регионы",
        filter_label="; ".join(f"{label}: {value}" for label, value, _ in view.chips(state)),
    )


def file_name(sheet: Sheet, heading: Heading) -> str:
    return f"{sheet.name} {heading.as_of:%Y-%m-%d}.xlsx"


@task(KIND)
def export_register(run: Run) -> Outcome:
    """Runs the page's own code as the asker: the same columns, filters and scope."""
    run.actor.require(Permission.EXPORT)
    app = this_app()
    with acting_as(app, run.actor, run.session), cast("BinaryIO", TemporaryFile()) as target:
        view: RecordView = current_app.extensions["registers"][str(run.parameters["register"])]
        run.actor.require(view.read)
        arguments = MultiDict((str(key), str(value)) for key, value in run.parameters["arguments"])
        state, sheet = view.asked(arguments), chosen_sheet(view, arguments)
        heading = heading_of(view, sheet, state)
        total = int(run.session.scalar(view.listing.count(state, 10**9)) or 0)
        rows = write_register(target, sheet, _told(run, sheet_rows(view, sheet, state), total), heading)
        target.seek(0)
        result = run.keep(target, file_name(sheet, heading), WORKBOOK)
        run.begin_writing()
        audit.record_list_export(
            run.session, view.endpoint_name(), view.title, rows=rows, narrowed=heading.filter_label
        )
    return Outcome(f"Строк в файле: {rows}.", result)


def _told(run: Run, rows: Iterator[Sequence[object]], total: int) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows):
        if number % FETCHED == 0:
            run.progress(number, total)
        yield row


def _picked(whole: Sheet, chosen: Sheet) -> Callable[[Sequence[object]], Sequence[object]]:
    if whole.keys == chosen.keys:
        return lambda row: row
    places = [whole.keys.index(key) for key in chosen.keys]
    if len(places) == 1:
        return lambda row: (row[places[0]],)
    getter: Any = itemgetter(*places)
    return cast("Callable[[Sequence[object]], Sequence[object]]", getter)
