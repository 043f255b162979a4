"""The checker's side of a sheet: values and remarks by criterion, and what becomes of the whole; many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.assessment_page import Answer, AssessmentPage
from app.admin.ticked_rows import ticked_rows
from app.forms.assessment import CheckForm, NoteForm, ValueForm
from app.models import Assessment
from app.policies.refusal import Invalid
from app.services import assessment as assessments
from app.services import assessment_check, clock
from app.services.assessment_check import Checked
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

NOTHING_TICKED = "Отметьте в списке хотя бы один лист."
VERDICTS = "submit, recall, return, accept, approve, unapprove, excuse, summon"
# What is told when it is done; and what has to be said in words.
TOLD = {
    "submit": "Лист отправлен на проверку.",
    "recall": "Лист отозван: поправьте его и отправьте снова.",
    "return": "Лист возвращён с замечаниями.",
    "accept": "Лист принят.",
    "approve": "Лист утверждён, снимок заверен.",
    "unapprove": "Утверждение снято: лист снова принят.",
    "excuse": "Организация освобождена от заполнения.",
    "summon": "Лист возвращён к заполнению.",
}


class AssessmentVerdicts:
    """The part of the view of sheets that checks; the rest is the view's."""

    get_one: Callable[[str], Any]
    _gathered: Callable[..., AssessmentPage]
    _page: Callable[[AssessmentPage], str]
    _value: Callable[[int, int, ValueForm, str, Callable[[Assessment], None]], Answer]

    @expose("/<int:record_id>/criteria/<int:criterion_id>/check", methods=("POST",))
    def check(self, record_id: int, criterion_id: int) -> Answer:
        """The checker's value and remark, one form: an empty value agrees with the unit's own."""
        form = CheckForm(request.form)

        def act(assessment: Assessment) -> None:
            value = form.number()
            is_own = value is not None or form.is_na
            if not is_own and (form.comment.data or "").strip():
                raise Invalid("Пояснение пишут к своей оценке. Поставьте её или перенесите текст в замечание.")
            given = Checked(value, form.is_na, form.comment.data or "") if is_own else None
            work, actor, version = guarded(), current_actor(), form.version.data
            score = assessment_check.check(
                work, actor, assessment, criterion_id, given, version=version, now=clock.now()
            )
            assessment_check.remark(
                work, actor, assessment, criterion_id, form.remark.data or "", version=score.version
            )

        return self._value(record_id, criterion_id, form, "check", act)

    @expose(f"/<int:record_id>/<any({VERDICTS}):verdict>", methods=("POST",))
    def verdict(self, record_id: int, verdict: str) -> Answer:
        assessment, form = self.get_one(str(record_id)), NoteForm(request.form)
        try:
            _decide(verdict, assessment, form)
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            page = self._gathered(record_id)
            page.open_form, page.note_form = verdict, form
            return self._page(page), 422
        flash(TOLD[verdict], "success")
        return redirect(f"/assessments/{record_id}")

    @expose("/accept-many", methods=("POST",))
    def accept_many(self) -> Answer:
        verdicts = assessments.act_many(
            guarded(), current_actor(), "accept", ticked_rows(NOTHING_TICKED), today=today(), now=clock.now()
        )
        return render_template(
            "assessment/verdicts.html",
            shell=shell(("Листы оценки", "/assessments/"), ("Приём листов", None)),
            title="Приём листов",
            verdicts=verdicts,
            back="/assessments/",
        )


def _decide(verdict: str, assessment: Assessment, form: NoteForm) -> None:
    work, actor, day, now = guarded(), current_actor(), today(), clock.now()
    if not form.validate():
        raise Invalid("Пояснение не записано: сократите его.")
    note, version = form.note.data or "", form.version.data
    if verdict == "submit":
        assessments.submit(work, actor, assessment, version=version, today=day, now=now)
    elif verdict == "recall":
        assessments.recall(work, actor, assessment, version=version, today=day, now=now)
    else:
        acts = {
            "return": assessments.return_,
            "accept": assessments.accept,
            "approve": assessments.approve,
            "unapprove": assessments.unapprove,
            "excuse": assessments.excuse,
            "summon": assessments.summon,
        }
        acts[verdict](work, actor, assessment, version=version, today=day, now=now, note=note)
