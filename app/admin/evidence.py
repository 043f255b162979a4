"""Proof: the register, the card of one piece, its files, the choice among what was shown before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.admin.evidence_page import gather
from app.admin.evidence_register import LISTING
from app.admin.listing import LONGEST_QUERY, number
from app.admin.record_view import RecordView
from app.admin.typed_evidence import existing_choices, typed_evidence
from app.admin.uploads import download, taken_in
from app.excel.evidence import SHEET
from app.forms.base import TypedForm, row_number
from app.forms.evidence import EvidenceCardForm, ProofForm, RevisionForm
from app.models import Evidence
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, WrongState
from app.services import clock, evidence, evidence_card
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Подтверждения", "/evidence/")
FIELDS = ("kind", "title", "number", "dated_on", "valid_until", "url")


class EvidenceView(RecordView):
    model_class = Evidence
    read = Permission.EVIDENCE_READ
    write = Permission.EVIDENCE_WRITE
    listing = LISTING
    sheet = SHEET
    title = "Подтверждения"
    lead = "Документы и ссылки, на которых держатся отчёты, ответы, меры: где приложены и до какого дня действуют."
    empty: ClassVar[tuple[str, str]] = (
        "Подтверждений нет",
        "Приложенное к отчёту, ответу по критерию или мере появится здесь, и его можно будет приложить ещё раз.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Добавить",
        "evidence.create_view",
        Permission.EVIDENCE_WRITE,
    )
    section = "measures"

    @classmethod
    def address(cls) -> str:
        return "/evidence"

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.municipality,
            row.unit,
            row.title,
            row.kind.label,
            row.number,
            row.dated_on,
            row.valid_until,
            row.uses,
            row.files,
            row.url,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(self.get_one(str(record_id)))

    def _page(self, piece: Evidence, open_form: str = "", **forms: Any) -> str:
        return render_template(
            "evidence/page.html",
            shell=shell(SECTION, (piece.label, None)),
            page=gather(guarded(), current_actor(), piece, today()),
            open_form=open_form,
            card_form=forms.get("card_form")
            or EvidenceCardForm(obj=piece, kind=piece.kind.value, version=piece.version),
            revision_form=forms.get("revision_form") or RevisionForm(version=piece.version),
            current=forms.get("current"),
        )

    # ── writes ───────────────────────────────────────────────────────────────────────────────────────

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        """Proof laid by before anything asks for it."""
        actor = current_actor()
        actor.require(Permission.EVIDENCE_WRITE)
        form = ProofForm(_sent() if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            try:
                typed = [one for one in typed_evidence(form) if one.existing_id is None]
                if not typed:
                    raise Invalid("Выберите файл или вставьте ссылку.", field="evidence")  # noqa: TRY301 - shown at its field like a refusal of the service
                pieces = evidence.gathered(guarded(), actor, actor.unit_id or 0, typed, now=clock.now())
            except Invalid as refusal:
                guarded().rollback()
                form.show(refusal)
            else:
                flash("Подтверждение добавлено: его можно приложить к отчёту, ответу или мере.", "success")
                return redirect(f"/evidence/{pieces[0].id}" if len(pieces) == 1 else "/evidence/")
        page = render_template("evidence/new.html", shell=shell(SECTION, ("Добавить", None)), form=form)
        return (page, 422) if form.errors or form.form_errors else page

    @expose("/<int:record_id>/change", methods=("POST",))
    def change(self, record_id: int) -> Answer:
        piece, form = self.get_one(str(record_id)), EvidenceCardForm(request.form)
        if not form.validate():
            return self._page(piece, "change", card_form=form), 422
        try:
            evidence_card.change(guarded(), current_actor(), piece, form.typed(), version=form.version.data or 0)
        except Conflict as refusal:
            guarded().rollback()
            piece = self.get_one(str(record_id))
            # The next save is made knowing what stands there now.
            form.version.process_data(piece.version)
            form.show(refusal)
            current = {key: getattr(piece, key) for key in FIELDS} | {"kind": piece.kind.value}
            return self._page(piece, "change", card_form=form, current=current), 409
        except Invalid as refusal:
            return self._refused(record_id, "change", refusal, form, card_form=form)
        flash("Карточка сохранена.", "success")
        return redirect(f"/evidence/{record_id}")

    @expose("/<int:record_id>/revision", methods=("POST",))
    def revision(self, record_id: int) -> Answer:
        piece, form = self.get_one(str(record_id)), RevisionForm(_sent())
        if not form.validate():
            return self._page(piece, "revision", revision_form=form), 422
        try:
            files = taken_in("file")
            if not files:
                raise Invalid("Выберите файл новой редакции.", field="file")  # noqa: TRY301 - shown at its field like a refusal of the service
            evidence_card.add_revision(
                guarded(), current_actor(), piece, files[0], version=form.version.data or 0, now=clock.now()
            )
        except Invalid as refusal:
            return self._refused(record_id, "revision", refusal, form, revision_form=form)
        flash("Новая редакция добавлена: теперь везде показывается она.", "success")
        return redirect(f"/evidence/{record_id}")

    def _refused(self, record_id: int, name: str, refusal: Invalid, form: TypedForm, **forms: Any) -> Answer:
        guarded().rollback()
        form.show(refusal)
        return self._page(self.get_one(str(record_id)), name, **forms), 422

    @expose("/<int:record_id>/remove", methods=("POST",))
    def remove(self, record_id: int) -> Answer:
        piece, version = self.get_one(str(record_id)), row_number(request.form.get("version")) or 0
        try:
            evidence_card.remove(guarded(), current_actor(), piece, version=version)
        except WrongState as refusal:
            guarded().rollback()
            flash(refusal.sentence, "error")
            return redirect(f"/evidence/{record_id}")
        flash("Подтверждение убрано.", "success")
        return redirect("/evidence/")

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────

    @expose("/choice")
    def choice(self) -> str:
        """«Приложенное раньше» for a form: what is ticked in it and what its search finds."""
        try:
            unit_id = number(request.args.get("unit", ""))
        except ValueError as error:
            raise NotFound from error
        query = request.args.get("proof_query", "")[:LONGEST_QUERY].replace("\x00", "")
        ticked = {found for raw in request.args.getlist("existing")[:100] if (found := row_number(raw))}
        return render_template("evidence/choice.html", choices=existing_choices(unit_id, query, ticked), ticked=ticked)

    @expose("/files/<int:revision_id>")
    def file(self, revision_id: int) -> Response:
        return download(evidence.revision_to_read(guarded(), revision_id))


def _sent() -> MultiDict[str, Any]:
    return MultiDict([*request.form.items(multi=True), *request.files.items(multi=True)])
