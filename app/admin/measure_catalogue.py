"""The region's lists behind the plans: causes of findings, and templates of measures by criterion."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.admin.asked import in_range
from app.admin.page_view import PageView
from app.forms.base import row_number
from app.forms.measure_template import CauseChangeForm, CauseForm, TemplateChangeForm, TemplateForm
from app.models import Criterion, FindingCause, Framework, MeasureTemplate
from app.models.enumeration import FrameworkStatus
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, Refusal
from app.services import finding_cause as causes
from app.services import measure_template as templates
from app.services import measure_template_starter as starter
from app.services.order_head import as_people_sort
from app.web.session import current_actor, guarded
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
HERE = "/measure-catalogue/"
SECTION = ("Причины и шаблоны мер", HERE)
HALTED = 409


class MeasureCatalogueView(PageView):
    closed: ClassVar[str] = "Причины и шаблоны мер открыты тем, кто работает с недостатками и мерами."

    def __init__(self) -> None:
        super().__init__(name="Причины и шаблоны мер", endpoint="measure_catalogue", url="/measure-catalogue")

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.MEASURE_READ)

    @expose("/")
    def index(self) -> str:
        return _page()

    # ── causes ───────────────────────────────────────────────────────────────────────────────────────

    @expose("/causes", methods=("POST",))
    def cause_new(self) -> Answer:
        _require()
        form = CauseForm(request.form)
        if form.validate():
            try:
                causes.create(guarded(), current_actor(), title=form.title.data or "")
            except Invalid as refusal:
                guarded().rollback()
                form.show(refusal)
            else:
                flash("Причина добавлена.", "success")
                return redirect(f"{HERE}#causes")
        return _page(cause=form), 422

    @expose("/causes/starter", methods=("POST",))
    def cause_starter(self) -> Response:
        added = causes.put_starter(guarded(), current_actor())
        flash(f"Добавлено причин: {added}. Поправьте список под регион.", "success")
        return redirect(f"{HERE}#causes")

    @expose("/causes/<int:cause_id>/edit", methods=("GET", "POST"))
    def cause_edit(self, cause_id: int) -> Answer:
        _require()
        cause = causes.cause_of(guarded(), in_range(cause_id))
        if request.method == "GET":
            return _cause_page(CauseChangeForm(obj=cause), cause)
        form = CauseChangeForm(request.form)
        if not form.validate():
            return _cause_page(form, cause), 422
        try:
            causes.change(
                guarded(),
                current_actor(),
                cause,
                version=row_number(form.version.data) or 0,
                title=form.title.data or "",
                position=form.position.data or 0,
                is_active=bool(form.is_active.data),
            )
        except (Conflict, Invalid) as refusal:
            status = _again(form, refusal)
            cause = causes.cause_of(guarded(), cause_id)
            form.version.data = str(cause.version)
            return _cause_page(form, cause), status
        flash("Причина сохранена.", "success")
        return redirect(f"{HERE}#causes")

    # ── templates ────────────────────────────────────────────────────────────────────────────────────

    @expose("/templates/starter", methods=("POST",))
    def template_starter(self) -> Response:
        added = starter.put(guarded(), current_actor())
        flash(f"Добавлено шаблонов: {added}. Поправьте их под регион.", "success")
        return redirect(f"{HERE}#templates")

    @expose("/templates/new", methods=("GET", "POST"))
    def template_new(self) -> Answer:
        _require()
        if request.method == "GET":
            return _template_page(TemplateForm(criterion_code=request.args.get("criterion", "")[:20]), None)
        form = TemplateForm(request.form)
        if form.validate():
            try:
                templates.create(guarded(), current_actor(), form.typed())
            except Invalid as refusal:
                guarded().rollback()
                form.show(refusal)
            else:
                flash("Шаблон добавлен: он предлагается при планировании меры по этому критерию.", "success")
                return redirect(f"{HERE}#templates")
        return _template_page(form, None), 422

    @expose("/templates/<int:template_id>/edit", methods=("GET", "POST"))
    def template_edit(self, template_id: int) -> Answer:
        _require()
        template = templates.template_of(guarded(), in_range(template_id))
        if request.method == "GET":
            return _template_page(TemplateChangeForm(obj=template), template)
        form = TemplateChangeForm(request.form)
        if not form.validate():
            return _template_page(form, template), 422
        try:
            version = row_number(form.version.data) or 0
            templates.change(guarded(), current_actor(), template, form.typed(), version=version)
        except (Conflict, Invalid) as refusal:
            status = _again(form, refusal)
            template = templates.template_of(guarded(), template_id)
            form.version.data = str(template.version)
            return _template_page(form, template), status
        flash("Шаблон сохранён. Меры, которые по нему уже запланированы, не изменились.", "success")
        return redirect(f"{HERE}#templates")


def _require() -> None:
    current_actor().require(Permission.MEASURE_CATALOGUE)


def _again(form: CauseChangeForm | TemplateChangeForm, refusal: Refusal) -> int:
    guarded().rollback()
    form.show(refusal)
    return HALTED if isinstance(refusal, Conflict) else 422


def _page(cause: CauseForm | None = None) -> str:
    work = guarded()
    by_code: dict[str, list[MeasureTemplate]] = {}
    for one in templates.templates(work):
        by_code.setdefault(one.criterion_code, []).append(one)
    return render_template(
        "measure_catalogue/page.html",
        shell=shell((SECTION[0], None)),
        causes=causes.causes(work),
        cause_counts=causes.counted(work),
        cause_form=cause or CauseForm(),
        open_cause=cause is not None,
        starter_source=causes.starter_source(),
        by_code=by_code,
        titles=dict(_criteria()),
        template_counts=templates.counted(work),
        template_source=starter.source(),
        keeps=current_actor().may(Permission.MEASURE_CATALOGUE),
    )


def _cause_page(form: CauseChangeForm, cause: FindingCause) -> str:
    return render_template(
        "measure_catalogue/cause.html", shell=shell(SECTION, ("Причина", None)), form=form, cause=cause
    )


def _template_page(form: TemplateForm, template: MeasureTemplate | None) -> str:
    return render_template(
        "measure_catalogue/template.html",
        shell=shell(SECTION, ("Шаблон меры", None)),
        form=form,
        template=template,
        criteria=_criteria(),
    )


def _criteria() -> list[tuple[str, str]]:
    """Codes of criteria in the sets that the reader sees, with the title of the newest edition."""
    rows: Any = guarded().execute(
        select(Criterion.code, Criterion.title)
        .join(Framework, Framework.id == Criterion.framework_id)
        .where(Framework.status == FrameworkStatus.PUBLISHED)
        .order_by(Framework.id)
    )
    titles = {row.code: row.title for row in rows}
    return sorted(titles.items(), key=lambda one: as_people_sort(one[0]))
