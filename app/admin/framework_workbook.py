"""A set of criteria out as a workbook, and back: the dry run with what is wrong and what differs, then a draft."""

from __future__ import annotations

from typing import cast

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.downloads import attachment, spool
from app.admin.framework_criterion import FrameworkCriterionPages
from app.admin.framework_page import SECTION, WORDS, Answer
from app.excel.sheet import Heading
from app.models import Framework
from app.policies.permission import Permission
from app.policies.refusal import Invalid, Refusal
from app.services import audit, clock, framework_import, framework_workbook
from app.web.session import begin_reading, begin_writing, current_actor, guarded
from app.web.shell import shell

MAX_BYTES = 5 * 1024 * 1024


class FrameworkWorkbookPages(FrameworkCriterionPages):
    """Part of `FrameworkView`."""

    @expose("/<int:record_id>/workbook")
    def annex(self, record_id: int) -> Response:
        """The whole set; the journal keeps who took it."""
        framework, actor = cast(Framework, self.get_one(str(record_id))), current_actor()
        heading = Heading(
            lines=(framework.label,),
            as_of=clock.local(clock.now(), actor.time_zone),
            made_by=actor.user_name,
            scope_label=actor.unit_name or "все регионы",
        )
        target = spool()
        rows = framework_workbook.write(guarded(), actor, framework, target, heading)
        begin_writing()
        audit.record_event(guarded(), framework, "export", rows=rows)
        return attachment(target, f"{framework.label}.xlsx")

    @expose("/import", methods=("GET", "POST"))
    def bring(self) -> Answer:
        """The dry run: nothing is written before the person has seen it."""
        actor = current_actor()
        actor.require(Permission.FRAMEWORK_WRITE)
        if request.method == "GET":
            return self._form()
        file = request.files.get("file")
        try:
            if file is None or not file.filename:
                raise Invalid("Выберите книгу набора: файл .xlsx.", field="file")  # noqa: TRY301 - shown as the others
            content = file.stream.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise Invalid("Файл больше 5 МБ: книга набора столько не занимает.", field="file")  # noqa: TRY301 - as above
            # Reading a workbook may take seconds: nobody's writing waits for it.
            begin_reading()
            found = framework_import.judge(guarded(), actor, content)
        except Invalid as refusal:
            return self._form(refusal), 422
        return render_template(
            "framework/dry_run.html",
            shell=shell(SECTION, ("Набор из книги", "/frameworks/import"), (file.filename, None)),
            found=found,
            file_name=file.filename,
            carried=framework_import.carried(found.outline) if found.outline is not None else "",
            words=WORDS,
        )

    @expose("/import/apply", methods=("POST",))
    def apply_import(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.FRAMEWORK_WRITE)
        try:
            outline = framework_import.brought_back(request.form.get("outline", ""))
            made = framework_import.apply(guarded(), actor, outline)
        except Invalid as refusal:
            guarded().rollback()
            return self._form(refusal), 422
        flash(f"Черновик сделан из книги: {made.label}.", "success")
        return redirect(f"/frameworks/{made.id}")

    @staticmethod
    def _form(refusal: Refusal | None = None) -> str:
        return render_template(
            "framework/import.html",
            shell=shell(SECTION, ("Набор из книги", None)),
            refusal=refusal.sentence if refusal is not None else "",
            max_bytes=MAX_BYTES,
        )
