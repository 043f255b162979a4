"""Documents on training: the register, the page of one, entering, confirming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import render_template
from flask_admin import expose

from app.admin.certificate_entry import SECTION, CertificateEntry
from app.admin.certificate_page import gather
from app.admin.certificate_register import LISTING
from app.admin.certificate_verdict import CertificateVerdicts
from app.admin.record_view import RecordView
from app.excel.certificate import SHEET
from app.forms.certificate import CertificateNoteForm, ScanForm
from app.models import Certificate
from app.policies.permission import Permission
from app.web.session import current_actor, guarded, today
from app.web.shell import shell


class CertificateView(CertificateEntry, CertificateVerdicts, RecordView):
    model_class = Certificate
    read = Permission.CERTIFICATE_READ
    listing = LISTING
    sheet = SHEET
    title = "Документы"
    lead = "Удостоверения и дипломы работников: кем выданы, подтверждены ли, до какого дня действуют."
    empty: ClassVar[tuple[str, str]] = (
        "Документов нет",
        "Внесите первый или загрузите список из Excel: он появится здесь и будет ждать подтверждения.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Внести документ",
        ".create_view",
        Permission.CERTIFICATE_WRITE,
    )
    bulk: ClassVar[tuple[tuple[str, str, Permission], ...]] = (
        ("Подтвердить…", "confirm-many", Permission.CERTIFICATE_CONFIRM),
        ("Отклонить…", "refuse-many", Permission.CERTIFICATE_CONFIRM),
    )
    section = "training"

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.municipality,
            row.unit,
            row.person,
            row.kind.label,
            row.series,
            row.number,
            row.registration_number,
            row.issued_on,
            row.hours,
            row.programme,
            row.topic,
            row.issuer,
            row.started_on,
            row.ended_on,
            row.holder_name,
            row.valid_until,
            row.status.label,
            row.confirmed_by,
            row.remark,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(self.get_one(str(record_id)))

    def _page(self, certificate: Certificate, **forms: Any) -> str:
        page = gather(guarded(), current_actor(), certificate, today())
        return render_template(
            "certificate/page.html",
            shell=shell(SECTION, (page.person.label, None)),
            page=page,
            open_form=forms.get("open_form"),
            note_form=forms.get("note_form") or CertificateNoteForm(),
            scan_form=forms.get("scan_form") or ScanForm(),
        )
