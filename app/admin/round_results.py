"""What a round shows: figures, heat map, distribution, and the round against an earlier one."""

from __future__ import annotations

from flask import render_template
from flask_admin import expose

from app.admin.asked import asked_number, in_range
from app.admin.page_view import PageView
from app.admin.round_compared import compared_for_page
from app.admin.round_figures import figures_for_page, heat_columns, heat_rows
from app.admin.round_query import KIND_WORDS, RoundQuery
from app.admin.round_trail import round_crumbs
from app.models.enumeration import RoundStatus, UnitKind
from app.policies.permission import Permission
from app.services import round_results
from app.services.round_results import Results
from app.web.session import current_actor, guarded
from app.web.shell import shell


class RoundResultsView(PageView):
    """Stands beside the register of rounds, at the same prefix, under an endpoint of its own."""

    closed = "Результаты мониторинга не открыты для ваших полномочий."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "results"
        super().__init__(name="Результаты цикла", endpoint="round_results", url="/monitoring-rounds")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.ASSESSMENT_READ)

    @expose("/<int:record_id>/results")
    def results(self, record_id: int) -> str:
        query = RoundQuery.asked()
        actor = current_actor()
        found = round_results.results(
            guarded(),
            actor,
            in_range(record_id),
            municipality_id=query.municipality_id,
            kind=query.kind,
            everything=query.everything,
        )
        address = self.get_url("round_results.results", record_id=record_id)
        return render_template(
            "round/results.html",
            shell=shell(*round_crumbs(found.round, "Результаты")),
            page=figures_for_page(found, query, address),
            columns=heat_columns(found, query, address),
            rows=heat_rows(found, query, address),
            results=found,
            is_draft=found.round.status is RoundStatus.DRAFT,
            alone=actor.unit_kind is UnitKind.SCHOOL,
            finds=actor.may(Permission.FINDING_WRITE) and found.round.status is not RoundStatus.DRAFT,
            **_cut(found, query, address, is_region=actor.unit_kind is UnitKind.REGION),
        )

    @expose("/<int:record_id>/compare")
    def compare(self, record_id: int) -> str:
        """With `with=` the other round; by default the previous one, else the latest that it may be compared with."""
        query = RoundQuery.asked()
        actor = current_actor()
        head, choices = round_results.others(guarded(), actor, in_range(record_id))
        asked = asked_number("with")
        numbers = [number for number, _ in choices]
        other = asked or (head.previous_round_id if head.previous_round_id in numbers else next(iter(numbers), None))
        address = self.get_url("round_results.compare", record_id=record_id)
        page = {
            "shell": shell(*round_crumbs(head, "Сравнение циклов")),
            "round": head,
            "choices": choices,
            "other": other,
            "address": address,
            "alone": actor.unit_kind is UnitKind.SCHOOL,
        }
        if other is None:
            return render_template("round/compare.html", found=None, **page)
        found = round_results.compare(
            guarded(),
            actor,
            head.id,
            other,
            municipality_id=query.municipality_id,
            kind=query.kind,
            everything=query.everything,
        )
        return render_template(
            "round/compare.html",
            found=found,
            compared=compared_for_page(found),
            **page,
            **_cut(found.now, query, address, other=other, is_region=actor.unit_kind is UnitKind.REGION),
        )


def _cut(
    found: Results, query: RoundQuery, address: str, *, other: int | None = None, is_region: bool
) -> dict[str, object]:
    """The form over the figures: whose sheets, which of them, and the chips of what is chosen."""
    kept = {"with": other}
    chips = []
    if is_region and found.opened is not None:
        chips.append(("Муниципалитет", found.opened[1], query.url(address, municipality="", **kept)))
    if len(found.kinds) > 1 and query.kind is not None:
        chips.append(("Листы", KIND_WORDS[found.kind].lower(), query.url(address, kind="", **kept)))
    if query.everything:
        chips.append(("Учтены", "все отправленные", query.url(address, all="", **kept)))
    return {
        "query": query,
        "chips": chips,
        "clear_url": query.url(address, municipality="", kind="", all="", **kept),
        "municipalities": found.municipalities if is_region and found.kind is UnitKind.SCHOOL else (),
        "opened": found.opened if is_region else None,
        "kinds": [(kind.value, KIND_WORDS[kind], kind is found.kind) for kind in found.kinds],
    }
