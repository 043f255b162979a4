"""Sets of criteria: the register, the page of a set, new sets and editions, publication."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.framework_page import SECTION, WORDS, Answer, gather
from app.admin.framework_register import LISTING
from app.admin.framework_workbook import FrameworkWorkbookPages
from app.excel.framework import SHEET
from app.forms.framework import HeadForm
from app.models import Framework
from app.models.enumeration import UnitKind
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import clock
from app.services import framework as frameworks
from app.services.framework_contents import contents
from app.services.framework_difference import differences
from app.services.framework_outline import outline_of
from app.services.framework_proposal import load_proposal, proposal
from app.web.session import current_actor, guarded
from app.web.shell import shell


class FrameworkView(FrameworkWorkbookPages):
    model_class = Framework
    read = Permission.FRAMEWORK_READ
    write = Permission.FRAMEWORK_WRITE
    listing = LISTING
    sheet = SHEET
    title = "Наборы критериев"
    lead = "По каким критериям, шкалам и уровням оценивается ВСОКО; опубликованный набор не меняется."
    empty: ClassVar[tuple[str, str]] = (
        "Наборов критериев пока нет",
        "Здесь появятся наборы вашей организации и опубликованные вышестоящей.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Новый набор",
        "framework.create_view",
        Permission.FRAMEWORK_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.title,
            row.edition,
            row.status.label,
            row.criteria,
            row.maker,
            row.published_at,
            row.caution,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> Answer:
        return self.page_of(cast(Framework, self.get_one(str(record_id))))

    @expose("/new", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.FRAMEWORK_WRITE)
        form = HeadForm(request.form if request.method == "POST" else None)
        if request.method == "GET":
            return self._new_page(form)
        if not form.validate():
            return self._new_page(form), 422
        values = form.values
        try:
            made = frameworks.create(
                guarded(), actor, title=values.title, caution=values.caution, source=values.source, note=values.note
            )
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._new_page(form), 422
        flash("Черновик создан. Добавьте разделы и критерии.", "success")
        return redirect(f"/frameworks/{made.id}")

    def _new_page(self, form: HeadForm) -> str:
        outline = proposal()
        begun = frameworks.draft_of(guarded(), current_actor(), outline.title)
        return render_template(
            "framework/new.html",
            shell=shell(SECTION, ("Новый набор", None)),
            form=form,
            outline=outline,
            begun=begun,
            # A municipality takes its region's set as a basis; the proposal is the region's to load.
            may_load=current_actor().unit_kind is UnitKind.REGION,
            words=WORDS,
        )

    @expose("/proposal", methods=("POST",))
    def load_proposed(self) -> Answer:
        made = load_proposal(guarded(), current_actor())
        flash("Предложенный набор загружен черновиком: проверьте, измените, что нужно, и опубликуйте.", "success")
        return redirect(f"/frameworks/{made.id}")

    @expose("/<int:record_id>/new-edition", methods=("POST",))
    def new_edition(self, record_id: int) -> Answer:
        framework = cast(Framework, self.get_one(str(record_id)))
        made = frameworks.new_edition(guarded(), current_actor(), framework)
        flash(f"Черновик готов: {made.label}. Меняйте его; прежняя редакция остаётся как есть.", "success")
        return redirect(f"/frameworks/{made.id}")

    @expose("/<int:record_id>/publish", methods=("GET", "POST"))
    def publish(self, record_id: int) -> Answer:
        current_actor().require(Permission.FRAMEWORK_PUBLISH)
        framework = self.draft_to_write(record_id)
        if request.method == "GET":
            return self._publish_page(framework)
        try:
            frameworks.publish(guarded(), current_actor(), framework, now=clock.now())
        except Invalid as refusal:
            return self._publish_page(self.again(record_id), refusal.sentence), 422
        flash(f"Набор опубликован: {framework.label}. По нему можно открывать циклы мониторинга.", "success")
        return redirect(f"/frameworks/{record_id}")

    def _publish_page(self, framework: Framework, problem: str = "") -> str:
        page = gather(guarded(), current_actor(), framework)
        base = page.based_on
        changes = (
            differences(outline_of(base, contents(guarded(), base.id)), outline_of(framework, page.contents))
            if base is not None
            else ()
        )
        return render_template(
            "framework/publish.html",
            shell=shell(SECTION, (framework.label, f"/frameworks/{framework.id}"), ("Публикация", None)),
            framework=framework,
            page=page,
            differences=changes,
            problem=problem,
            words=WORDS,
        )

    @expose("/<int:record_id>/retire", methods=("POST",))
    def retire(self, record_id: int) -> Answer:
        framework = cast(Framework, self.get_one(str(record_id)))
        frameworks.retire(guarded(), current_actor(), framework, note=request.form.get("note", ""))
        flash("Набор выведен из применения: новых циклов по нему не открыть, прежние остаются.", "success")
        return redirect(f"/frameworks/{record_id}")
