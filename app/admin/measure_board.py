"""The board of measures by state."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_admin import expose

from app.admin.cells import term_word
from app.admin.measure_cut import cut_asked, cut_form
from app.admin.page_view import PageView
from app.models import CorrectiveMeasure
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import MeasureStatus
from app.policies.permission import Permission
from app.services import measure_board
from app.services.measure_board import MOST_CARDS, BoardColumn
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

# What a column means to whoever reads it.
LEADS = {
    MeasureStatus.PLANNED: "ещё не начаты",
    MeasureStatus.IN_PROGRESS: "выполняются",
    MeasureStatus.DONE: "ждут подтверждения",
    MeasureStatus.NOT_VERIFIED: "вернулись на доработку",
    MeasureStatus.VERIFIED: "проверены уровнем выше",
}


class MeasureBoardView(PageView):
    closed = "Доска мер не открыта для ваших полномочий."

    def __init__(self) -> None:
        super().__init__(name="Доска мер", endpoint="measure_board", url="/corrective-measures/board")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.MEASURE_READ)

    @expose("/")
    def index(self) -> str:
        actor, day = current_actor(), today()
        asked = cut_asked(self.get_url("measure_board.index"))
        found = measure_board.board(guarded(), actor, asked.cut, today=day)
        return render_template(
            "measure_board/board.html",
            shell=shell(("Недостатки и меры", "/corrective-measures/"), ("Доска", None)),
            board=found,
            columns=[_column(column, asked.register_url(status=column.status.value)) for column in found.columns],
            asked=asked,
            form=cut_form(asked),
            chips=asked.chips,
            overdue_url=asked.register_url(term="overdue"),
            cancelled_url=asked.register_url(status=MeasureStatus.CANCELLED.value),
            names_unit=actor.unit_kind in {UnitKind.REGION, UnitKind.MUNICIPALITY},
            own_unit_id=actor.unit_id,
            may_write=actor.may(Permission.MEASURE_WRITE),
            term_of=lambda measure: _term(measure, day),
            most_cards=MOST_CARDS,
        )


def _column(column: BoardColumn, address: str) -> dict[str, Any]:
    return {
        "status": column.status,
        "lead": LEADS[column.status],
        "total": column.total,
        "cards": column.cards,
        "left_out": column.left_out,
        "url": address,
    }


def _term(measure: CorrectiveMeasure, day: Any) -> tuple[str, str, str]:
    """The day that matters in the state, with a word and its tone."""
    if measure.status in LIVE_STATUSES:
        word, tone = term_word(measure.due_on, day)
        return f"срок {measure.due_on:%d.%m.%Y}", word, tone
    if measure.verified_on is not None:
        return f"подтверждена {measure.verified_on:%d.%m.%Y}", "", ""
    done = f"выполнена {measure.done_on:%d.%m.%Y}" if measure.done_on is not None else f"срок {measure.due_on:%d.%m.%Y}"
    return done, "после срока" if measure.was_late else "", "soon" if measure.was_late else ""
