"""Weak criteria of a round: a threshold, a preview, and a finding for each answer that is left ticked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask_admin import expose
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.admin.listing import number
from app.admin.page_view import PageView
from app.forms.base import row_number
from app.forms.finding import SweepForm
from app.models import MonitoringRound
from app.models.enumeration import RoundStatus, UnitKind
from app.models.enumeration_of_measures import FindingSeverity
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import finding_cause, finding_sweep
from app.services.finding_sweep import SeverityRule, WeakRow
from app.services.framework_contents import CriterionView, contents, plain
from app.services.round_sheets import RoundHead, places, round_head, sheets_of
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Недостатки", "/findings/")
# What a page shows, and so what one act writes, at most.
MOST_SHOWN = 2_000
USUAL_PERCENT = Decimal(50)
WHOLE = Decimal(100)
HIGHEST_LIMIT = Decimal(1_000_000)
KINDS = {"school": UnitKind.SCHOOL, "municipality": UnitKind.MUNICIPALITY}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked for; what cannot be read of it is told at the form."""

    by: str
    limit: Decimal | None
    limit_text: str
    criteria: frozenset[int]
    municipality_id: int | None
    kind: UnitKind | None
    also_submitted: bool
    problems: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]

    @property
    def below(self) -> Decimal | None:
        return self.limit if self.by == "percent" else None

    @property
    def at_most(self) -> Decimal | None:
        return self.limit if self.by == "points" else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the preview."""

    weak: WeakRow
    severity: FindingSeverity
    is_regional: bool

    def __getattr__(self, name: str) -> Any:
        return getattr(self.weak, name)

    @property
    def points_text(self) -> str:
        return f"{plain(self.weak.points)} из {plain(self.weak.criterion.max_points)}"


class FindingSweepView(PageView):
    """Stands beside the register of findings, at the same prefix, under an endpoint of its own."""

    closed = "Недостатки не открыты для ваших полномочий."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "index"
        super().__init__(name="Слабые критерии цикла", endpoint="finding_sweep", url="/findings")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        actor = current_actor()
        return actor.may(Permission.FINDING_READ) and actor.may(Permission.ASSESSMENT_READ)

    @expose("/sweep")
    def index(self) -> Answer:
        round_id = _number(request.args.get("round", ""))
        if round_id is None:
            return _rounds()
        form = _form(request.args)
        return _preview(round_head(guarded(), round_id), _asked(request.args), form)

    @expose("/sweep", methods=("POST",))
    def write(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.FINDING_WRITE)
        head = round_head(guarded(), _number(request.form.get("round", "")) or 0)
        form, asked = _form(request.form), _asked(request.form)
        if not form.validate() or asked.problems:
            return _preview(head, asked, form), 422
        chosen = [found for raw in request.form.getlist("score") if (found := row_number(raw)) is not None]
        try:
            verdicts = finding_sweep.sweep(
                guarded(),
                actor,
                head.id,
                chosen,
                severity=form.rule,
                cause_id=form.cause_id.data,
                today=today(),
                also_submitted=asked.also_submitted,
            )
        except Invalid as refusal:
            guarded().rollback()
            form.form_errors.append(refusal.sentence)
            return _preview(round_head(guarded(), head.id), asked, form), 422
        codes = {verdict.code for verdict in verdicts if verdict.ok}
        return render_template(
            "finding/verdicts.html",
            shell=shell(SECTION, ("Слабые критерии цикла", None)),
            title="Недостатки записаны",
            verdicts=verdicts,
            made_query=urlencode({"round": head.id, "criterion": sorted(codes)}, doseq=True),
            may_order=bool(codes) and actor.may(Permission.ORDER_WRITE),
        )


def _form(given: MultiDict[str, str]) -> SweepForm:
    # The page opens with what the form proposes; what was typed replaces it.
    form = SweepForm(given if "severity" in given else None)
    form.offer(finding_cause.in_use(guarded()))
    return form


def _number(raw: str) -> int | None:
    if not raw:
        return None
    try:
        return number(raw)
    except ValueError as error:
        raise BadRequest from error


def _asked(given: MultiDict[str, str]) -> Asked:
    """Raises BadRequest for what no form of the page can send."""
    by, kind = given.get("by", "percent"), given.get("kind", "")
    if by not in {"percent", "points"} or kind not in {"", *KINDS}:
        raise BadRequest
    criteria = frozenset(_number(raw) or 0 for raw in given.getlist("criterion")[:500])
    # Whoever comes from a criterion looks for all below the best; else half is the threshold.
    usual = WHOLE if criteria else USUAL_PERCENT
    text = given.get("limit", "").strip() or ("" if "limit" in given else plain(usual))
    limit = _decimal(text)
    problems = () if limit is not None else ("Порог — число, например 50 или 0,5.",)
    names = ("round", "by", "municipality", "kind", "sent", "severity", "critical_to", "major_to")
    kept = [(name, given.get(name, "")) for name in names if given.get(name)]
    kept += [("limit", text), *(("criterion", str(one)) for one in sorted(criteria))]
    return Asked(
        by=by,
        limit=limit,
        limit_text=text,
        criteria=criteria,
        municipality_id=_number(given.get("municipality", "")),
        kind=KINDS.get(kind),
        also_submitted=given.get("sent") == "1",
        problems=problems,
        kept=tuple(kept),
    )


def _decimal(text: str) -> Decimal | None:
    try:
        found = Decimal(text.replace(",", ".").replace("%", "").strip())
    except InvalidOperation:
        return None
    # Hundredths are as fine as points are kept.
    return found.quantize(Decimal("0.01")) if found.is_finite() and 0 <= found <= HIGHEST_LIMIT else None


def _rounds() -> str:
    rounds = guarded().execute(
        select(MonitoringRound.id, MonitoringRound.title, MonitoringRound.status)
        .where(MonitoringRound.status != RoundStatus.DRAFT)
        .order_by(MonitoringRound.opens_on.desc(), MonitoringRound.id.desc())
    )
    return render_template(
        "finding/sweep_rounds.html",
        shell=shell(SECTION, ("Слабые критерии цикла", None)),
        rounds=[(row.id, row.title, row.status.label) for row in rounds],
    )


def _preview(head: RoundHead, asked: Asked, form: SweepForm) -> str:
    work, actor = guarded(), current_actor()
    readable = not asked.problems and ("severity" not in request.values or form.validate())
    rows = (
        finding_sweep.weak(
            work,
            actor,
            head.id,
            below=asked.below,
            at_most=asked.at_most,
            criterion_ids=asked.criteria,
            municipality_id=asked.municipality_id,
            kind=asked.kind,
            also_submitted=asked.also_submitted,
        )
        if readable
        else []
    )
    shown = [_shown(row, form.rule) for row in rows[:MOST_SHOWN]]
    sheets = sheets_of(work, head.id)
    counts = Counter(row.severity for row in shown if row.weak.finding_id is None)
    return render_template(
        "finding/sweep.html",
        shell=shell(SECTION, ("Слабые критерии цикла", "/findings/sweep"), (head.title, None)),
        head=head,
        asked=asked,
        form=form,
        criteria=_criteria(contents(work, head.framework_id).criteria, {sheet.kind for sheet in sheets}),
        chosen_codes=[one.code for one in contents(work, head.framework_id).criteria if one.id in asked.criteria],
        places=places(sheets) if actor.unit_kind is UnitKind.REGION else [],
        rows=shown,
        cut=max(len(rows) - MOST_SHOWN, 0),
        fresh=counts.total(),
        found=sum(row.finding_id is not None for row in rows),
        units=len({row.org_unit_id for row in rows}),
        by_severity=[(one.value, one.label, counts[one]) for one in reversed(FindingSeverity) if counts[one]],
        rule_words=_rule_words(form.rule) if not form.errors else "проверьте числа",
        own_rule=readable and form.rule != SeverityRule(),
        may_write=actor.may(Permission.FINDING_WRITE),
    )


def _rule_words(rule: SeverityRule | FindingSeverity) -> str:
    if isinstance(rule, FindingSeverity):
        return f"у всех «{rule.label}»"
    return f"до {plain(rule.critical_to)} % от наивысшего балла критический, до {plain(rule.major_to)} % существенный"


def _criteria(criteria: Sequence[CriterionView], kinds: set[UnitKind]) -> list[CriterionView]:
    return [one for one in criteria if any(one.is_for(kind) for kind in kinds)]


def _shown(row: WeakRow, rule: SeverityRule | FindingSeverity) -> Shown:
    severity = rule.of(row.points, row.criterion.max_points) if isinstance(rule, SeverityRule) else rule
    return Shown(row, severity, row.is_regional)
