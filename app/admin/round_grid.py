"""The checker's grid of a round: units × criteria, and acts on many sheets at once with a verdict for each."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.asked import in_range
from app.admin.listing import number
from app.admin.page_view import PageView
from app.admin.round_grid_cells import LEGEND, row_for_page
from app.admin.round_query import KIND_WORDS, RoundQuery
from app.admin.round_trail import round_crumbs
from app.models.enumeration import AssessmentStatus, RoundStatus, UnitKind
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import clock, round_grid
from app.services.round_grid import Grid
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

MOST_CHOSEN = 2000
TITLES = {"accept": "Приём листов", "return": "Возврат с замечанием", "approve": "Утверждение листов"}
BUTTONS = {"accept": "Принять отмеченные", "return": "Вернуть отмеченные", "approve": "Утвердить отмеченные"}


class RoundGridView(PageView):
    """Stands beside the register of rounds, at the same prefix, under an endpoint of its own."""

    closed = "Сетка проверки не открыта для ваших полномочий."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "grid"
        super().__init__(name="Сетка проверки", endpoint="round_grid", url="/monitoring-rounds")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.ASSESSMENT_READ)

    @expose("/<int:record_id>/grid")
    def grid(self, record_id: int) -> str:
        query = RoundQuery.asked()
        actor = current_actor()
        found = round_grid.build(
            guarded(),
            actor,
            in_range(record_id),
            municipality_id=query.municipality_id,
            kind=query.kind,
            status=query.status,
            only_clean=query.clean,
        )
        address = self.get_url("round_grid.grid", record_id=record_id)
        starts = _starts(found)
        is_region = actor.unit_kind is UnitKind.REGION
        return render_template(
            "round/grid.html",
            shell=shell(*round_crumbs(found.round, "Сетка проверки")),
            grid=found,
            query=query,
            address=address,
            is_draft=found.round.status is RoundStatus.DRAFT,
            opened=found.opened if is_region else None,
            municipalities=found.municipalities if is_region and found.kind is UnitKind.SCHOOL else (),
            kinds=[(kind.value, KIND_WORDS[kind], kind is found.kind) for kind in found.kinds],
            statuses=[(status.value, status.label) for status in AssessmentStatus],
            chips=_chips(found, query, address, is_region=is_region),
            clear_url=query.url(address, municipality="", kind="", status="", clean=""),
            clean_url=query.url(address, clean="1"),
            columns=[(one, one.id in starts) for one in found.criteria],
            shown=len(found.rows),
            rows=_rows(found, starts, grouped=is_region and found.opened is None),
            alone=actor.unit_kind is UnitKind.SCHOOL,
            finds=actor.may(Permission.FINDING_WRITE) and found.round.status is not RoundStatus.DRAFT,
            acts=[
                {"label": BUTTONS[act], "action": query.url(f"{address}/{act}", sort=""), "danger": act == "return"}
                for act in found.acts()
            ],
            legend=LEGEND,
        )

    @expose("/<int:record_id>/grid/<any(accept, return, approve):act>", methods=("POST",))
    def act(self, record_id: int, act: str) -> str | Response | tuple[str, int]:
        """A return asks for its remark first. Each row's refusal is its verdict; the others go on."""
        head = round_grid.head(guarded(), current_actor(), in_range(record_id))
        query = RoundQuery.asked()
        chosen = _chosen()
        back = query.url(self.get_url("round_grid.grid", record_id=record_id))
        note = request.form.get("note", "").strip()
        if act == "return" and not note:
            page = render_template(
                "round/return_many.html",
                shell=shell(*round_crumbs(head, TITLES[act])),
                keys=[f"{sheet}:{version}" for sheet, version in chosen],
                action=query.url(self.get_url("round_grid.act", record_id=record_id, act=act)),
                back=back,
                missing="note" in request.form,
            )
            return (page, 422) if "note" in request.form else page
        verdicts = round_grid.act_on(
            guarded(), current_actor(), head, act, chosen, note=note, today=today(), now=clock.now()
        )
        return render_template(
            "round/verdicts.html",
            shell=shell(*round_crumbs(head, TITLES[act])),
            title=TITLES[act],
            verdicts=verdicts,
            back=back,
        )


def _rows(found: Grid, starts: frozenset[int], *, grouped: bool) -> list[dict[str, Any]]:
    """The rows, with a heading before the schools of each municipality where there are several."""
    rows: list[dict[str, Any]] = []
    places = dict(found.municipalities)
    last = None
    for row in found.rows:
        number = row.sheet.municipality_id
        if grouped and found.kind is UnitKind.SCHOOL and number != last:
            rows.append({"group": places.get(number, row.sheet.municipality)})
            last = number
        rows.append(row_for_page(row, found.criteria, starts))
    return rows


def _starts(found: Grid) -> frozenset[int]:
    """The first criterion of each section: a line stands before it."""
    first: dict[str, int] = {}
    for one in found.criteria:
        first.setdefault(one.section, one.id)
    return frozenset(first.values())


def _chosen() -> list[tuple[int, int]]:
    """The ticked rows, «number:version»; raises Invalid where there are none, or where a row is no such pair."""
    chosen: dict[int, int] = {}
    for raw in request.form.getlist("id")[:MOST_CHOSEN]:
        sheet, _, version = raw.partition(":")
        try:
            chosen[number(sheet)] = number(version)
        except ValueError as error:
            raise Invalid("Откройте сетку заново и отметьте листы ещё раз.") from error
    if not chosen:
        raise Invalid("Отметьте в сетке хотя бы один лист.")
    return list(chosen.items())


def _chips(found: Grid, query: RoundQuery, address: str, *, is_region: bool) -> list[tuple[str, str, Any]]:
    chips: list[tuple[str, str, Any]] = []
    if is_region and query.municipality_id is not None and found.opened is not None:
        chips.append(("Муниципалитет", found.opened[1], query.url(address, municipality="")))
    if query.kind is not None and len(found.kinds) > 1:
        chips.append(("Листы", KIND_WORDS[found.kind].lower(), query.url(address, kind="")))
    if query.status is not None:
        chips.append(("Состояние", query.status.label, query.url(address, status="")))
    if query.clean:
        chips.append(("Без вопросов", "всё отвечено, без расхождений и замечаний", query.url(address, clean="")))
    return chips
