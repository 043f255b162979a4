"""The execution matrix of an order and its Excel annex."""

from __future__ import annotations

import re
import tempfile
from datetime import date
from typing import Any, BinaryIO, cast
from urllib.parse import urlencode

from flask import Response, render_template, request
from flask_admin import expose
from markupsafe import Markup

from app.admin.asked import asked_flag, asked_number, in_range
from app.admin.cells import term_word
from app.admin.downloads import attachment
from app.admin.matrix_cell import cell_of
from app.admin.page_view import PageView
from app.admin.past_day import past_asked
from app.excel.annexes.order_execution import write
from app.models.enumeration import AssignmentStatus, OrderStatus, UnitKind
from app.policies.permission import Permission
from app.services import audit, clock, order_execution, order_matrix
from app.services.order_head import Tally
from app.services.order_matrix import Matrix, Row
from app.services.state_on_day import PastDay
from app.services.training_coverage import PointCoverage, coverage_of_points
from app.web.session import begin_writing, current_actor, guarded
from app.web.shell import shell

GROUPS = {
    UnitKind.REGION: "Муниципалитеты",
    UnitKind.MUNICIPALITY: "Муниципалитеты",
    UnitKind.PROVIDER: "Организации дополнительного профессионального образования",
    UnitKind.SCHOOL: "Школы региона",
}


BESIDE, BELOW = Markup(" "), Markup("<br>")
LATE = Markup('<span class="late">▲<span class="sr-only">просрочено </span>{}</span>')
# The column is narrow: its heading says that these are municipalities.
KIND_OF_PLACE = re.compile(r"муниципальный округ|городской округ|муниципальный район", re.IGNORECASE)


class OrderMatrixView(PageView):
    """Stands beside the register of orders, at the same prefix, under an endpoint of its own."""

    closed = "Матрица исполнения не открыта для ваших полномочий."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "matrix"
        super().__init__(name="Матрица исполнения", endpoint="order_matrix", url="/orders")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.ASSIGNMENT_READ)

    @expose("/<int:order_id>/matrix")
    def matrix(self, order_id: int) -> str:
        actor = current_actor()
        past = past_asked(request.args)
        today = past.day if past is not None else clock.today(actor.time_zone)
        municipality_id, point_id = asked_number("municipality"), asked_number("point")
        if point_id is not None and municipality_id is not None and request.headers.get("HX-Request"):
            return self._schools(order_id, municipality_id, point_id)
        overdue = asked_flag("overdue")
        found = order_matrix.build(
            guarded(),
            actor,
            in_range(order_id),
            municipality_id=municipality_id,
            only_overdue=overdue,
            today=today,
            past=past,
        )
        address = self.get_url("order_matrix.matrix", order_id=order_id)
        is_region = actor.unit_kind is UnitKind.REGION
        return render_template(
            "order/matrix.html",
            shell=shell(
                ("Распоряжения", "/orders/"), (_capital(found.order.label), f"/orders/{order_id}"), ("Матрица", None)
            ),
            order=found.order,
            order_url=f"/orders/{order_id}",
            is_draft=found.order.status is OrderStatus.DRAFT,
            opened=found.opened if is_region else None,
            municipalities=found.municipalities if is_region else (),
            overdue=overdue,
            on_day=_day(past),
            address=address,
            chips=_chips(address, found, past, overdue=overdue, is_region=is_region),
            annex_url=_url(self.get_url("order_matrix.annex", order_id=order_id), on_day=_day(past))
            if actor.may(Permission.EXPORT)
            else None,
            columns=_columns(found, order_id, past),
            rows=_rows(found, address, today, past),
            totals=[*(_figures(found.column(point.id), BELOW) for point in found.points), _figures(found.total, BELOW)],
            total=found.total,
            folded=any(row.opens for row in found.rows),
            coverages=_coverages(found, today) if past is None else (),
            legend=[*((status.value, status.label) for status in AssignmentStatus), ("overdue", "просрочено")],
        )

    def _schools(self, order_id: int, municipality_id: int, point_id: int) -> str:
        """The panel behind «12 из 15»: the schools of one municipality on one point."""
        actor = current_actor()
        past = past_asked(request.args)
        today = past.day if past is not None else clock.today(actor.time_zone)
        head, point, name, schools = order_matrix.schools_of_cell(
            guarded(), actor, in_range(order_id), municipality_id, point_id, today=today, past=past
        )
        lines = []
        for row, held in schools:
            word, tone = term_word(held.due_on, today) if held.due_on and held.overdue else ("", "")
            lines.append((held, f"/assignments/{held.id}", row.name, word, tone))
        return render_template(
            "order/matrix_schools.html",
            order=head,
            point=point,
            municipality=name,
            lines=lines,
            full_href=_url(
                self.get_url("order_matrix.matrix", order_id=order_id), municipality=municipality_id, on_day=_day(past)
            ),
        )

    @expose("/<int:order_id>/annex")
    def annex(self, order_id: int) -> Response:
        """«Информация об исполнении …» in the asker's scope; the journal keeps who took it and how many rows."""
        actor = current_actor()
        now = clock.local(clock.now(), actor.time_zone)
        session = guarded()
        past = past_asked(request.args)
        annex = order_execution.build(session, actor, in_range(order_id), as_of=now, past=past)
        target = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed when the answer has been sent
        write(target, annex.execution)
        begin_writing()
        audit.record_event(session, annex.order, "export", rows=annex.rows_taken)
        return attachment(target, annex.file_name)


def _coverages(found: Matrix, today: date) -> list[tuple[str, PointCoverage]]:
    """Points bound to a training requirement, with its coverage in the municipality that is open, or in all."""
    cut = found.opened[0] if found.opened is not None else None
    covered = coverage_of_points(guarded(), [point.id for point in found.points], today, unit_id=cut)
    return [(point.label, covered[point.id]) for point in found.points if point.id in covered]


def _url(address: str, **arguments: Any) -> str:
    query = urlencode({name: value for name, value in arguments.items() if value})
    return f"{address}?{query}" if query else address


def _day(past: PastDay | None) -> str:
    return past.day.isoformat() if past is not None else ""


def _chips(
    address: str, found: Matrix, past: PastDay | None, *, overdue: bool, is_region: bool
) -> list[tuple[str, str, str]]:
    chips = []
    opened = found.opened if is_region else None
    kept = {"municipality": opened[0] if opened else "", "overdue": "1" if overdue else "", "on_day": _day(past)}
    if past is not None:
        chips.append(("Состояние на", f"{past.day:%d.%m.%Y}", _url(address, **{**kept, "on_day": ""})))
    if opened is not None:
        chips.append(("Муниципалитет", opened[1], _url(address, **{**kept, "municipality": ""})))
    if overdue:
        chips.append(("Просрочено", "только такие строки", _url(address, **{**kept, "overdue": ""})))
    return chips


def _columns(found: Matrix, order_id: int, past: PastDay | None) -> list[dict[str, Any]]:
    columns = []
    for point in found.points:
        note = f"отменён {point.revoked_on:%d.%m.%Y}" if point.revoked_on else point.term
        columns.append(
            {
                "label": point.label,
                "title": f"{point.modality.label.capitalize()}: {point.text}",
                "note": note,
                "href": _url("/assignments/", order=order_id, point=point.id, on_day=_day(past)),
            }
        )
    return columns


def _rows(found: Matrix, address: str, today: Any, past: PastDay | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    group = None
    kinds = {row.kind for row in found.rows}
    for row in found.rows:
        title = _group(found, row)
        if title != group and len(kinds) > 1:
            rows.append({"group": title})
        group = title
        name = _narrow(row.name) if row.opens else row.name
        closed = f" (закрыта {row.closed_on:%d.%m.%Y})" if row.closed_on is not None and row.closed_on <= today else ""
        rows.append(
            {
                "label": name + closed,
                "href": _url(address, municipality=row.unit_id, on_day=_day(past)) if row.opens else None,
                "cells": [_then(cell_of(row, point, address, today), past) for point in found.points],
                "total": _figures(row.tally),
            }
        )
    return rows


def _then(cell: dict[str, Any] | None, past: PastDay | None) -> dict[str, Any] | None:
    """What opens from the matrix of a past day is of that day; the page of one assignment is the present one."""
    if cell is not None and past is not None and "?" in cell["href"]:
        cell["href"] += f"&on_day={_day(past)}"
    return cell


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _narrow(name: str) -> str:
    """«Томаринский муниципальный округ» as «Томаринский», «Городской округ «Город Охинск»» as «Город Охинск»."""
    return KIND_OF_PLACE.sub("", name, count=1).strip(' «»"') or name


def _group(found: Matrix, row: Row) -> str:
    if found.opened is None:
        return GROUPS[row.kind]
    return "Муниципалитет" if row.kind is UnitKind.MUNICIPALITY else "Школы"


def _figures(tally: Tally, gap: Markup = BESIDE) -> str:
    """«12/15», and in red how many are overdue."""
    if not tally.total:
        return "–"
    late = gap + LATE.format(tally.overdue) if tally.overdue else ""
    return Markup("{}/{}{}").format(tally.fulfilled, tally.total, late)
