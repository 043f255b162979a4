"""Writing a finding down: by hand, from an answer of a sheet, from an assignment; changing it; telling its cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.asked import asked_number
from app.admin.staff_member_page import acting_units
from app.forms.base import row_number
from app.forms.finding import AnalysisForm, FindingChangeForm, FindingForm, HandmadeChangeForm, NewFindingForm
from app.models import Assessment, Assignment, CriterionScore, Finding, OrgUnit
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services import finding as findings
from app.services import finding_cause, finding_proposal
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Недостатки", "/findings/")


class FindingEntry:
    """The part of the view of findings that writes what they say; the rest is the view's."""

    get_one: Callable[[str], Any]
    _page: Callable[..., str]

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        """From an answer (`score`) or an assignment (`assignment`) the words are proposed; else all is typed."""
        current_actor().require(Permission.FINDING_WRITE)
        score_id, assignment_id = asked_number("score"), asked_number("assignment")
        if score_id is not None:
            return _from_score(score_id)
        if assignment_id is not None:
            return _from_assignment(assignment_id)
        return _by_hand()

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        finding: Finding = self.get_one(str(record_id))
        findings.require_change(finding, current_actor())
        kind = HandmadeChangeForm if finding.source in findings.HANDMADE else FindingChangeForm
        if request.method == "GET":
            form = kind(obj=finding, severity=finding.severity.value, source=finding.source.value)
            form.put_whys(finding)
            return _edit(finding, form)
        form = kind(request.form)
        _offer(form, finding)
        if not form.validate():
            return _edit(finding, form), 422
        try:
            findings.change(
                guarded(),
                current_actor(),
                finding,
                form.typed(),
                version=row_number(form.version.data) or 0,
                today=today(),
            )
        except (Conflict, Invalid) as refusal:
            guarded().rollback()
            finding = self.get_one(str(record_id))
            current = None
            if isinstance(refusal, Conflict):
                current = finding
                # The next save is made knowing what stands there now.
                form.version.data = str(finding.version)
            form.show(refusal)
            return _edit(finding, form, current), 409 if isinstance(refusal, Conflict) else 422
        flash("Недостаток сохранён.", "success")
        return redirect(f"/findings/{record_id}")

    @expose("/<int:record_id>/analysis", methods=("POST",))
    def analysis(self, record_id: int) -> Answer:
        finding, form = self.get_one(str(record_id)), AnalysisForm(request.form)
        form.offer(finding_cause.in_use(guarded(), kept=finding.cause_id))
        if not form.validate():
            return self._page(finding, open_form="analysis", analysis=form), 422
        try:
            findings.analyse(
                guarded(),
                current_actor(),
                finding,
                version=form.version.data,
                cause_id=form.cause_id.data,
                whys=form.whys,
            )
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._page(self.get_one(str(record_id)), open_form="analysis", analysis=form), 422
        flash("Причина записана.", "success")
        return redirect(f"/findings/{record_id}")


def _from_score(score_id: int) -> Answer:
    work, actor = guarded(), current_actor()
    score = work.get(CriterionScore, score_id)
    sheet = work.get(Assessment, score.assessment_id) if score is not None else None
    if score is None or sheet is None:
        raise NotFound
    there = findings.standing(work, score_id=score_id)
    if there is not None:
        return _standing_already(there)
    criterion = finding_proposal.require_weak_score(work, sheet, score)
    back = f"/assessments/{sheet.id}"
    seen = f"Критерий {criterion.code}. {criterion.title}"
    if request.method == "GET":
        form = FindingForm(
            text=finding_proposal.worded(criterion, score),
            severity=finding_proposal.proposed_severity(score.final_points, criterion.max_points).value,
            found_on=today(),
        )
        return _new(form, back, _unit_name(sheet.org_unit_id), seen)
    form = FindingForm(request.form)
    _offer(form)
    if form.validate():
        try:
            made = findings.from_score(work, actor, score_id, form.typed(), today=today())
        except Invalid as refusal:
            work.rollback()
            form.show(refusal)
        else:
            return _made(made)
    return _new(form, back, _unit_name(sheet.org_unit_id), seen), 422


def _from_assignment(assignment_id: int) -> Answer:
    work, actor = guarded(), current_actor()
    assignment = work.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound
    there = findings.standing(work, assignment_id=assignment_id)
    if there is not None:
        return _standing_already(there)
    finding_proposal.require_weak_assignment(work, assignment, today=today())
    proposed = finding_proposal.assignment_text(work, assignment, today=today())
    unit_id, back = assignment.org_unit_id, f"/assignments/{assignment_id}"
    if request.method == "GET":
        return _new(FindingForm(text=proposed, found_on=today()), back, _unit_name(unit_id), "Поручение")
    form = FindingForm(request.form)
    _offer(form)
    if form.validate():
        try:
            made = findings.from_assignment(work, actor, assignment_id, form.typed(), today=today())
        except Invalid as refusal:
            work.rollback()
            form.show(refusal)
        else:
            return _made(made)
    return _new(form, back, _unit_name(unit_id), "Поручение"), 422


def _by_hand() -> Answer:
    work, actor = guarded(), current_actor()
    if request.method == "GET":
        form = NewFindingForm(found_on=today())
        form.offer_units(acting_units(work), chosen=asked_number("unit"))
        return _new(form, SECTION[1])
    form = NewFindingForm(request.form)
    form.offer_units(acting_units(work))
    _offer(form)
    if form.validate():
        try:
            made = findings.create(work, actor, unit_id=form.unit_id.data or 0, typed=form.typed(), today=today())
        except Invalid as refusal:
            work.rollback()
            form.show(refusal)
        else:
            return _made(made)
    return _new(form, SECTION[1]), 422


def _made(made: Finding) -> Response:
    flash("Недостаток записан. Теперь запланируйте меру.", "success")
    return redirect(f"/findings/{made.id}")


def _standing_already(there: Finding) -> Response:
    flash("Этот недостаток уже записан: вот он.", "info")
    return redirect(f"/findings/{there.id}")


def _unit_name(unit_id: int) -> str:
    unit = guarded().get(OrgUnit, unit_id)
    if unit is None:
        raise NotFound
    return unit.short_name or unit.name


def _offer(form: FindingForm, finding: Finding | None = None) -> None:
    form.offer(finding_cause.in_use(guarded(), kept=finding.cause_id if finding is not None else None))


def _new(form: FindingForm, back: str, unit_name: str = "", seen: str = "") -> str:
    _offer(form)
    return render_template(
        "finding/new.html",
        shell=shell(SECTION, ("Записать недостаток", None)),
        form=form,
        back=back,
        unit_name=unit_name,
        seen=seen,
        latest=today(),
    )


def _edit(finding: Finding, form: FindingForm, current: Finding | None = None) -> str:
    _offer(form, finding)
    return render_template(
        "finding/edit.html",
        shell=shell(SECTION, ("Недостаток", f"/findings/{finding.id}"), ("Изменить", None)),
        form=form,
        finding=finding,
        current=current,
        unit_name=_unit_name(finding.org_unit_id),
        latest=today(),
    )
