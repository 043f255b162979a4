"""Verdicts on documents on training: one by one from the page of one, or many at once from the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.admin.ticked_rows import carried_on, ticked_rows
from app.admin.unit_names import UNIT_NAME, UNIT_OF_ROW
from app.forms.certificate import CertificateNoteForm
from app.models import Certificate, StaffMember
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, Refusal
from app.services import certificate as certificates
from app.services import certificate_issue, clock
from app.services.certificate_examination import Remark, errors_of, examine_many
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.certificate import WORKFLOW

Answer = str | Response | tuple[str, int]
SECTION = ("Документы", "/certificates/")
NOTHING_TICKED = "Отметьте в списке хотя бы один документ."
VERDICTS = "confirm, refuse, resubmit, unconfirm, annul"
TOLD = {
    "confirm": "Документ подтверждён и учитывается в охвате.",
    "refuse": "Документ отклонён: причину увидит организация, которая его внесла.",
    "resubmit": "Документ снова отправлен на подтверждение.",
    "unconfirm": "Подтверждение снято: документ снова ждёт подтверждения.",
    "annul": "Документ аннулирован.",
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """One chosen document before the act; `obstacle` says why it cannot be confirmed."""

    certificate: Certificate
    person: str
    unit: str
    remarks: Sequence[Remark]
    obstacle: str


class CertificateVerdicts:
    """The part of the view of documents that decides; the rest is the view's."""

    get_one: Callable[[str], Any]
    _page: Callable[..., str]

    @expose(f"/<int:record_id>/<any({VERDICTS}):verdict>", methods=("POST",))
    def verdict(self, record_id: int, verdict: str) -> Answer:
        certificate, form = self.get_one(str(record_id)), CertificateNoteForm(request.form)
        if not form.validate():
            return self._page(certificate, open_form=verdict, note_form=form), 422
        try:
            _decide(verdict, certificate, form)
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._page(self.get_one(str(record_id)), open_form=verdict, note_form=form), 422
        flash(TOLD[verdict], "success")
        return redirect(f"/certificates/{record_id}")

    # ── many at once ─────────────────────────────────────────────────────────────────────────────────

    @expose("/confirm-many", methods=("POST",))
    def confirm_many(self) -> Answer:
        """First what is wrong with each, those with remarks unticked; then the act on what was left ticked."""
        actor = current_actor()
        actor.require(Permission.CERTIFICATE_CONFIRM)
        if request.form.get("sure") == "1":
            return _done("Подтверждение документов", "confirm")
        return render_template(
            "certificate/confirm_many.html",
            shell=shell(SECTION, ("Подтверждение документов", None)),
            weighed=_weighed([number for number, _ in ticked_rows(NOTHING_TICKED)]),
        )

    @expose("/refuse-many", methods=("POST",))
    def refuse_many(self) -> Answer:
        """Asks for the reason first, then refuses each with it."""
        current_actor().require(Permission.CERTIFICATE_CONFIRM)
        chosen, form = ticked_rows(NOTHING_TICKED), CertificateNoteForm(request.form)
        if "note" in request.form:
            if (form.note.data or "").strip() and form.validate():
                return _done("Отклонение документов", "refuse")
            form.show(Invalid("Напишите причину: её увидит каждая организация.", field="note"))
        page = render_template(
            "certificate/refuse_many.html",
            shell=shell(SECTION, ("Отклонение документов", None)),
            ids=carried_on(chosen),
            form=form,
        )
        return (page, 422) if form.note.errors else page


def _decide(verdict: str, certificate: Certificate, form: CertificateNoteForm) -> None:
    work, actor, day, now = guarded(), current_actor(), today(), clock.now()
    note, version = form.note.data or "", form.version.data
    if verdict == "confirm":
        certificates.confirm(work, actor, certificate, version=version, today=day, now=now, note=note)
    elif verdict == "refuse":
        certificates.refuse(work, actor, certificate, version=version, note=note)
    elif verdict == "resubmit":
        certificates.resubmit(work, actor, certificate, version=version)
    elif verdict == "unconfirm":
        certificates.unconfirm(work, actor, certificate, version=version, note=note)
    elif certificate.issuer_unit_id is not None:
        certificate_issue.annul(work, actor, certificate, note=note, version=version)
    else:
        certificates.annul(work, actor, certificate, version=version, note=note)


def _weighed(numbers: Sequence[int]) -> list[Weighed]:
    """Raises NotFound for a document outside the scope."""
    work, actor = guarded(), current_actor()
    rows = work.execute(
        select(Certificate, StaffMember, UNIT_NAME.label("unit"))
        .join(StaffMember, StaffMember.id == Certificate.staff_member_id)
        .join(UNIT_OF_ROW, UNIT_OF_ROW.c.id == Certificate.org_unit_id)
        .where(Certificate.id.in_(set(numbers)))
        .order_by(UNIT_NAME, StaffMember.last_name, Certificate.id)
    ).all()
    if len(rows) != len(set(numbers)):
        raise NotFound
    remarks = examine_many(work, [certificate for certificate, _, _ in rows], today=today())
    found = []
    for certificate, person, unit in rows:
        said = remarks[certificate.id]
        obstacle = " ".join(error.sentence for error in errors_of(said))
        try:
            WORKFLOW.require("confirm", certificate, actor)
        except Refusal as refusal:
            obstacle = refusal.sentence
        found.append(Weighed(certificate, person.label, unit, said, obstacle))
    return found


def _done(title: str, action: str) -> str:
    verdicts = certificates.act_many(
        guarded(),
        current_actor(),
        action,
        ticked_rows(NOTHING_TICKED),
        note=request.form.get("note", ""),
        now=clock.now(),
        today=today(),
    )
    return render_template(
        "certificate/verdicts.html", shell=shell(SECTION, (title, None)), title=title, verdicts=verdicts
    )
