"""Workbooks on their way in: the template, the dry run with what each row would do, the writing, the file back."""

from __future__ import annotations

from itertools import islice
from typing import ClassVar
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.admin.downloads import attachment, spool
from app.admin.listing import number
from app.admin.page_view import PageView
from app.admin.workbook_intake import apply_by_job, is_for_a_job, means, result_store, taken_in
from app.excel.marked import marked_copy
from app.excel.sheet import Heading
from app.excel.table import WorkbookRefused
from app.excel.template import write_template
from app.models import WorkbookImport
from app.models.enumeration import ImportStatus
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, Refusal
from app.services import clock, job, workbook_import, workbook_verdicts
from app.services.bulk_import import Importer
from app.services.importers import IMPORTERS, importer_of
from app.services.personal_workbook import PARTS
from app.services.row_verdict import VerdictKind
from app.services.workbook_judgement import EMPTIES
from app.web.session import begin_writing, current_actor, guarded
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
ROWS = 100
# Where the register of a word stands.
REGISTERS = {
    "assignment": ("Поручения", "/assignments/"),
    "certificate": ("Документы об обучении", "/certificates/"),
    "order": ("Распоряжения", "/orders/"),
    "org_unit": ("Организации", "/org-units/"),
    "personal": ("Рабочая книга", "/workbook/"),
    "staff_member": ("Работники", "/staff-members/"),
    "user": ("Пользователи", "/users/"),
}
# Jobs go after a time; an import that still waited for one then has lost it.
FORGOTTEN = "Задание с этим файлом не закончилось и уже удалено. Загрузите файл заново."
SHOWN_FIRST = (VerdictKind.CONFLICT, VerdictKind.WRONG, VerdictKind.CHANGED, VerdictKind.CREATED)


class WorkbookImportView(PageView):
    read: ClassVar[Permission] = Permission.WORKBOOK_IMPORT

    def __init__(self) -> None:
        super().__init__(name="Загрузки", endpoint="workbook_import", url="/imports")

    def is_accessible(self) -> bool:
        return current_actor().may(self.read)

    @expose("/")
    def index(self) -> str:
        actor = current_actor()
        return render_template(
            "workbook_import/list.html",
            shell=shell(("Загрузки из Excel", None)),
            imports=workbook_import.newest(guarded()),
            zone=actor.time_zone,
            local=clock.local,
            registers=[
                (word, REGISTERS[word][0]) for word, one in sorted(IMPORTERS.items()) if actor.may(one.permission)
            ],
            names=REGISTERS,
        )

    @expose("/template")
    def template(self) -> Response:
        """Headings, notes and drop-downs with the asker's own units: from the same Sheet as the export."""
        importer, actor = _asked_register(), current_actor()
        heading = Heading(
            lines=(f"{importer.sheet.title}: шаблон для загрузки",),
            as_of=clock.local(clock.now(), actor.time_zone),
            made_by=actor.user_name,
            scope_label=actor.unit_name or "все регионы",
        )
        target = spool()
        write_template(target, importer.sheet, heading, importer.directories(guarded(), actor))
        return attachment(target, f"{importer.sheet.name}, шаблон.xlsx")

    @expose("/new", methods=("GET", "POST"))
    def bring(self) -> Answer:
        importer = _asked_register()
        if request.method == "GET":
            return _form(importer)
        try:
            imported = taken_in(importer.register, {EMPTIES: request.form.get("clear_empty") == "1"})
        except Invalid as refusal:
            return _form(importer, refusal), 422
        return redirect(f"/imports/{imported}")

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        imported = workbook_import.the_one(guarded(), record_id)
        kind, page = _asked_kind(imported), _asked_page()
        found = workbook_verdicts.matching(workbook_verdicts.verdicts(result_store(), imported), kind)
        try:
            rows, is_kept = list(islice(found, (page - 1) * ROWS, page * ROWS + 1)), True
        except NotFound:
            rows, is_kept = [], False
        stopped = _stopped(imported)
        return render_template(
            "workbook_import/part.html" if request.headers.get("HX-Request") else "workbook_import/page.html",
            shell=shell(("Загрузки из Excel", "/imports/"), (imported.file_name, None)),
            imported=imported,
            counts=imported.counts,
            kinds=[(one, imported.counts.get(one.value, 0)) for one in VerdictKind],
            kind=kind,
            rows=rows[:ROWS],
            is_kept=is_kept,
            page=page,
            more=len(rows) > ROWS,
            register=REGISTERS[imported.register],
            brought_at=clock.local(imported.brought_at, current_actor().time_zone),
            waits=imported.status in {ImportStatus.BROUGHT, ImportStatus.APPLYING} and not stopped,
            stopped=stopped,
            # After a row was refused at the act itself, the others can still be written.
            may_skip=bool(stopped) or request.args.get("skip") == "1",
            may_apply=is_kept
            and (
                imported.status is ImportStatus.JUDGED or (imported.status is ImportStatus.APPLYING and bool(stopped))
            ),
            may_choose=is_kept and imported.status is ImportStatus.JUDGED and imported.is_personal,
            told=workbook_import.told(imported.counts) if imported.status is ImportStatus.APPLIED else "",
            address=lambda **more: f"/imports/{record_id}?" + urlencode({k: v for k, v in more.items() if v}),
        )

    @expose("/<int:record_id>/apply", methods=("POST",))
    def apply(self, record_id: int) -> Answer:
        work, actor = guarded(), current_actor()
        imported = workbook_import.the_one(work, record_id)
        only_right = request.form.get("only_right") == "1"
        try:
            if is_for_a_job(imported):
                return redirect(f"/jobs/{apply_by_job(imported, only_right=only_right)}")
            done = workbook_import.apply(work, actor, imported, means=means(), only_right=only_right)
        except Invalid as refusal:
            # Nothing of the attempt stays.
            begin_writing()
            flash(refusal.sentence, "error")
            return redirect(f"/imports/{record_id}?skip=1")
        if done:
            flash(f"Записано: {workbook_import.told(imported.counts)}.", "success")
        else:
            flash("С проверки записи изменились: посмотрите, что файл сделает теперь, и запишите ещё раз.", "warning")
        return redirect(f"/imports/{record_id}")

    @expose("/<int:record_id>/choose", methods=("POST",))
    def choose(self, record_id: int) -> Response:
        """Whose value stands where the file and somebody else changed a cell: fields «row:column» = file | present."""
        imported = workbook_import.the_one(guarded(), record_id)
        waiting = workbook_verdicts.waiting(result_store(), imported)
        chosen: dict[str, dict[str, str]] = {}
        for name, side in request.form.items():
            row, colon, column = name.partition(":")
            if colon and side and column in waiting.get(row, ()):
                chosen.setdefault(row, {})[column] = side
        try:
            workbook_import.choose(guarded(), current_actor(), imported, chosen, means=means())
        except ValueError as error:
            raise BadRequest from error
        return redirect(f"/imports/{record_id}")

    @expose("/<int:record_id>/put-aside", methods=("POST",))
    def put_aside(self, record_id: int) -> Response:
        workbook_import.put_aside(guarded(), current_actor(), workbook_import.the_one(guarded(), record_id))
        flash("Файл не записан: ничего не изменилось.", "info")
        return redirect("/imports/")

    @expose("/<int:record_id>/marked")
    def marked(self, record_id: int) -> Response:
        """The person's own file with a column that says what to mend."""
        imported = workbook_import.the_one(guarded(), record_id)
        if not imported.verdicts_digest:
            # It may be a file that nobody could read.
            raise NotFound("Этот файл не проверен: отмечать в нём нечего.")
        store = result_store()
        sentences: dict[str, dict[int, str]] = {}
        for one in workbook_verdicts.verdicts(store, imported):
            if one.sentences:
                sentences.setdefault(one.sheet or _sheet_of(imported), {})[one.row] = one.told
        content, name = workbook_import.content_of(store, imported), imported.file_name
        try:
            for sheet, told in (sentences or {_sheet_of(imported): {}}).items():
                content, name = marked_copy(
                    content, name, told, heading_row=int(imported.counts.get("heading_row", 0)), prefer=sheet
                )
        except WorkbookRefused as refusal:
            raise Invalid(str(refusal)) from refusal
        target = spool()
        target.write(content)
        return attachment(target, name)


def _asked_register() -> Importer:
    importer = importer_of(request.args.get("register", ""))
    current_actor().require(importer.permission)
    return importer


def _form(importer: Importer, refusal: Refusal | None = None) -> str:
    section, address = REGISTERS[importer.register]
    return render_template(
        "workbook_import/new.html",
        shell=shell((section, address), ("Загрузить из Excel", None)),
        importer=importer,
        section=section,
        address=address,
        columns=[column for column in importer.sheet.columns if column.loaded],
        shown=[column.title for column in importer.sheet.columns if not column.loaded],
        refusal=refusal.sentence if refusal is not None else "",
        clear_empty=request.form.get("clear_empty") == "1",
    )


def _sheet_of(imported: WorkbookImport) -> str:
    """The name of the sheet that was read, where the book has several."""
    return PARTS[0].sheet.name if imported.is_personal else importer_of(imported.register).sheet.name


def _stopped(imported: WorkbookImport) -> str:
    """Why the job behind the import came to nothing; empty while it works, or where none is needed."""
    if imported.status not in {ImportStatus.BROUGHT, ImportStatus.APPLYING}:
        return ""
    if imported.job_id is None:
        return FORGOTTEN
    behind = job.the_one(guarded(), imported.job_id)
    return "" if behind.status in job.UNFINISHED else behind.message or f"Задание {behind.status.label}."


def _asked_kind(imported: WorkbookImport) -> VerdictKind | None:
    """Without a choice: what waits for a decision or is wrong, where something is; otherwise what would change."""
    asked = request.args.get("show")
    if asked == "all":
        return None
    if asked:
        try:
            return VerdictKind(asked)
        except ValueError as error:
            raise BadRequest from error
    return next((kind for kind in SHOWN_FIRST if imported.counts.get(kind.value)), None)


def _asked_page() -> int:
    try:
        return min(number(request.args.get("page", "1")), 10_000)
    except ValueError as error:
        raise BadRequest from error
