"""One page for the chain criterion → finding → measure → order point → training → next round, from any of its links."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask_admin import expose
from werkzeug.exceptions import BadRequest

from app.admin.asked import asked_number, in_range
from app.admin.page_view import PageView
from app.models.enumeration_of_measures import FindingStatus
from app.policies.permission import Permission
from app.services.effect_words import number_text
from app.services.measure_chain import Chain, chain
from app.services.measure_chain_ends import LinkKind, Start
from app.services.measure_chain_rounds import Place
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

LONGEST_CODE = 100
WITH = {
    LinkKind.CRITERION: "с оценкой по критерию",
    LinkKind.FINDING: "с недостатком",
    LinkKind.MEASURE: "с мерой",
    LinkKind.POINT: "с пунктом распоряжения",
    LinkKind.GROUP: "с потоком обучения",
    LinkKind.REQUIREMENT: "с требованием к обучению",
}


class MeasureChainView(PageView):
    """Stands beside the register of measures, at the same prefix, under an endpoint of its own."""

    closed = "Цепочка мер не открыта для ваших полномочий."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "chain"
        super().__init__(name="Цепочка", endpoint="measure_chain", url="/corrective-measures")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        actor = current_actor()
        return actor.may(Permission.MEASURE_READ) and actor.may(Permission.FINDING_READ)

    @expose("/chain")
    def chain(self) -> str:
        start, actor = asked_start(), current_actor()
        found = chain(guarded(), actor, start, today=today()) if start is not None else None
        return render_template(
            "measure_chain/page.html",
            shell=shell(("Недостатки и меры", "/corrective-measures/"), ("Цепочка", None)),
            found=found,
            start=start,
            start_words=WITH[start.kind] if start is not None else "",
            day=today(),
            number_text=number_text,
            unanswered=_unanswered(found),
            may_find=actor.may(Permission.FINDING_WRITE),
            may_plan=actor.may(Permission.MEASURE_WRITE),
            may_order=actor.may(Permission.ORDER_WRITE),
            may_train=actor.may(Permission.REQUIREMENT_READ),
            full_register=_register(start),
        )


def asked_start() -> Start | None:
    """The one link that the address names, None where it names none. Raises BadRequest for more than one."""
    given = [kind for kind in LinkKind if request.args.get(kind.value)]
    if not given:
        return None
    if len(given) > 1:
        raise BadRequest
    if given[0] is not LinkKind.CRITERION:
        return Start(given[0], in_range(asked_number(given[0].value) or 0))
    code, round_id, unit_id = request.args["criterion"], asked_number("round"), asked_number("unit")
    if round_id is None or unit_id is None or len(code) > LONGEST_CODE:
        raise BadRequest
    return Start(LinkKind.CRITERION, place=Place(code, in_range(round_id), in_range(unit_id)))


def _unanswered(found: Chain | None) -> list[int]:
    """Open findings of the page that a measure may be planned for."""
    shown: list[Any] = [one.record for one in found.findings.shown] if found is not None else []
    return [one.id for one in shown if one.status is FindingStatus.OPEN]


def _register(start: Start | None) -> str:
    """Where all measures of a link stand that has more of them than a page shows; empty where there is no such list."""
    if start is None or start.kind not in {LinkKind.FINDING, LinkKind.POINT}:
        return ""
    return f"/corrective-measures/?{urlencode({start.kind.value: start.number})}"
