"""The unit's own workbook: given out to be filled in without a line, taken back and merged."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.downloads import attachment, spool
from app.admin.page_view import PageView
from app.admin.workbook_intake import means, taken_in
from app.excel.sheet import Heading
from app.policies.refusal import Invalid
from app.services import clock, personal_workbook
from app.web.session import begin_writing, current_actor, guarded
from app.web.shell import shell


class PersonalWorkbookView(PageView):
    closed = "Рабочую книгу получает исполнитель организации: в ней поручения самой организации."

    def __init__(self) -> None:
        super().__init__(name="Рабочая книга", endpoint="personal_workbook", url="/workbook")

    def is_accessible(self) -> bool:
        return bool(personal_workbook.parts_for(current_actor()))

    @expose("/", methods=("GET", "POST"))
    def index(self) -> str | Response | tuple[str, int]:
        if request.method == "GET":
            return _page()
        try:
            return redirect(f"/imports/{taken_in(personal_workbook.REGISTER, {})}")
        except Invalid as refusal:
            return _page(refusal.sentence), 422

    @expose("/export")
    def export(self) -> Response:
        actor, now, key = current_actor(), clock.now(), means().seal_key
        heading = Heading(
            lines=("Рабочая книга организации",),
            as_of=clock.local(now, actor.time_zone),
            made_by=actor.user_name,
            scope_label=actor.unit_name,
        )
        target = spool()
        rows = personal_workbook.issue(guarded(), actor, target, heading, key=key, now=now)
        begin_writing()
        personal_workbook.record_issue(guarded(), actor, rows)
        return attachment(target, f"Рабочая книга {heading.as_of:%Y-%m-%d}.xlsx")


def _page(refusal: str = "") -> str:
    parts = personal_workbook.parts_for(current_actor())
    return render_template(
        "workbook_import/personal.html",
        shell=shell(("Рабочая книга", None)),
        refusal=refusal,
        sheets=[part.sheet for part in parts],
    )
