"""ФИС ФРДО: issued documents out in the register's own workbook, and such a workbook in; every page is journalled."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from typing import ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.admin.downloads import attachment, spool
from app.admin.page_view import PageView
from app.excel.document_register import register_shape
from app.excel.sheet import Heading
from app.forms.document_register import BringForm, ExportForm
from app.models.enumeration import UnitKind
from app.policies.permission import Permission
from app.policies.refusal import Invalid, Refusal
from app.services import clock, document_register_export, document_register_import, document_register_judgement
from app.services.document_register_cleaning import CleanBook, clean_book, write_clean
from app.services.document_register_export import Overview
from app.services.document_register_judgement import RowKind
from app.services.training_topic import topics
from app.web.session import begin_reading, begin_writing, current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
MAX_BYTES = 5 * 1024 * 1024
# Rows of what is missing that one page shows.
SHOWN = 200
SECTION = ("Обучение", "/training-groups/")
PAGE = ("ФИС ФРДО", "/document-register/")
BRING = ("Загрузка", "/document-register/import")


class DocumentRegisterView(PageView):
    read: ClassVar[Permission] = Permission.REGISTER_OF_DOCUMENTS
    closed = "Выгрузку в ФИС ФРДО ведёт координатор обучения региона или организации ДПО."

    def __init__(self) -> None:
        super().__init__(name="ФИС ФРДО", endpoint="document_register", url="/document-register")

    def is_accessible(self) -> bool:
        return current_actor().may(self.read)

    @expose("/")
    def index(self) -> str:
        return _export_page(_with_providers(ExportForm(MultiDict({"mark": "y"}) | request.args)))

    @expose("/export", methods=("POST",))
    def export(self) -> Answer:
        """The workbook; the journal keeps for each person who took their number away."""
        form, actor = _with_providers(ExportForm(request.form)), current_actor()
        if not form.validate():
            return _export_page(form), 422
        with ExitStack() as held:
            target = held.enter_context(spool())
            try:
                made = document_register_export.export(
                    guarded(),
                    actor,
                    form.selection(),
                    target,
                    _heading("ФИС ФРДО"),
                    with_incomplete=form.with_incomplete.data,
                    mark=form.mark.data,
                    today=today(),
                )
            except Invalid as refusal:
                guarded().rollback()
                form.show(refusal)
                return _export_page(form), 422
            # From here on the answer closes the file.
            held.pop_all()
        return attachment(target, f"ФИС ФРДО {today():%Y-%m-%d}, строк {made.rows}.xlsx")

    @expose("/unmark", methods=("POST",))
    def unmark(self) -> Response:
        try:
            day = date.fromisoformat(request.form.get("day", ""))
        except ValueError as error:
            raise Invalid("Выберите день выгрузки из списка.") from error
        count = document_register_export.unmark(guarded(), current_actor(), day)
        flash(f"Отметка о выгрузке {day:%d.%m.%Y} снята, документов: {count}.", "success")
        return redirect(PAGE[1])

    @expose("/import", methods=("GET", "POST"))
    def bring(self) -> Answer:
        """The dry run: nothing is written but who made it, and the file is not kept."""
        form = _with_topics(BringForm(request.form if request.method == "POST" else None))
        if request.method == "GET":
            return _bring_page(form)
        if not form.validate():
            return _bring_page(form), 422
        try:
            book, name = _brought()
            found = document_register_judgement.judge(guarded(), current_actor(), book, form.told(), today=today())
            begin_writing()
            document_register_judgement.record(guarded(), current_actor(), found)
        except Invalid as refusal:
            return _bring_page(form, refusal), 422
        return render_template(
            "document_register/dry_run.html",
            shell=shell(SECTION, PAGE, BRING, (name, None)),
            found=found,
            file_name=name,
            kinds=RowKind,
            carried=document_register_import.packed(found.carried, found.told),
            is_own=_is_own(),
        )

    @expose("/clean", methods=("POST",))
    def clean(self) -> Answer:
        """The same file in the register's own shape; nothing is read or written besides."""
        form = _with_topics(BringForm(request.form))
        try:
            book, _ = _brought()
        except Invalid as refusal:
            return _bring_page(form, refusal), 422
        target = spool()
        rows = write_clean(current_actor(), book, target, _heading("ФИС ФРДО, очищенная книга"))
        return attachment(target, f"ФИС ФРДО, очищено строк {rows}.xlsx")

    @expose("/import/apply", methods=("POST",))
    def apply_import(self) -> Answer:
        """Writes the rows that the person has ticked; a row that is refused leaves the others."""
        form = _with_topics(BringForm())
        try:
            rows, told = document_register_import.unpacked(request.form.get("carried", ""))
            chosen = {one for one in request.form.getlist("row", type=int) if one}
            going = [row for row in rows if row.number in chosen]
            if not going:
                raise Invalid("Не отмечено ни одной строки: загрузите книгу ещё раз и отметьте нужные.", field="file")  # noqa: TRY301 - shown as the others
            verdicts = document_register_import.write(
                guarded(), current_actor(), going, told, today=today(), now=clock.now()
            )
        except Invalid as refusal:
            guarded().rollback()
            return _bring_page(form, refusal), 422
        written = sum(verdict.ok for verdict in verdicts)
        if written == len(verdicts):
            flash(f"Документов внесено: {written}.", "success")
            return redirect("/certificates/")
        return render_template(
            "document_register/verdicts.html",
            shell=shell(SECTION, PAGE, BRING, ("Что получилось", None)),
            verdicts=verdicts,
            written=written,
        )


def _export_page(form: ExportForm) -> str:
    session, actor = guarded(), current_actor()
    found = Overview(())
    # Texts of the address that are no days have their sentence at the field.
    if not request.args or form.validate():
        try:
            found = document_register_export.overview(session, actor, form.selection())
        except Invalid as refusal:
            form.show(refusal)
    return render_template(
        "document_register/index.html",
        shell=shell(SECTION, ("ФИС ФРДО", None)),
        form=form,
        found=found,
        shown=SHOWN,
        days=document_register_export.reported_days(session, actor),
        annulled=document_register_export.annulled_after_export(session, actor),
        shape=register_shape(),
        is_own=_is_own(),
    )


def _bring_page(form: BringForm, refusal: Refusal | None = None) -> str:
    at_file = refusal is not None and refusal.field not in form.data
    if refusal is not None and not at_file:
        form.show(refusal)
    return render_template(
        "document_register/import.html",
        shell=shell(SECTION, PAGE, ("Загрузка", None)),
        form=form,
        refusal=refusal.sentence if refusal is not None and at_file else "",
        max_bytes=MAX_BYTES,
        shape=register_shape(),
        is_own=_is_own(),
    )


def _brought() -> tuple[CleanBook, str]:
    """The cleaned rows of the chosen file and its name. Raises Invalid at `file`."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("Выберите книгу: файл .xlsx, .xls, .ods или .csv.", field="file")
    content = file.stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Invalid("Файл больше 5 МБ: разделите книгу на части.", field="file")
    # Reading a workbook may take seconds: nobody's writing waits for it.
    begin_reading()
    return clean_book(content, file.filename), file.filename


def _heading(title: str) -> Heading:
    actor = current_actor()
    return Heading(
        lines=(title,),
        as_of=clock.local(clock.now(), actor.time_zone),
        made_by=actor.user_name,
        scope_label=actor.unit_name,
    )


def _with_providers(form: ExportForm) -> ExportForm:
    own = document_register_export.providers(guarded(), current_actor())
    form.provider_id.choices = [("", "все организации ДПО"), *((str(number), name) for number, name in own)]
    return form


def _with_topics(form: BringForm) -> BringForm:
    form.topic_id.choices = [("", "не указана"), *((str(one.id), one.title) for one in topics(guarded()))]
    return form


def _is_own() -> bool:
    """A provider brings and takes its own documents."""
    return current_actor().unit_kind is UnitKind.PROVIDER
