"""What becomes of a measure: one by one from its page, or many at once from the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.admin.corrective_measure_entry import SECTION
from app.admin.corrective_measure_words import figure_words
from app.admin.ticked_rows import carried_on, ticked_rows
from app.admin.unit_names import UNIT_NAME, UNIT_OF_ROW
from app.forms.corrective_measure import MeasureNoteForm
from app.models import CorrectiveMeasure
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, Refusal
from app.services import corrective_measure as measures
from app.services import measure_proof
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.corrective_measure import WORKFLOW

Answer = str | Response | tuple[str, int]
NOTHING_TICKED = "Отметьте в списке хотя бы одну меру."
VERDICTS = "start, withdraw, verify, refuse, resume, unverify, cancel"
TOLD = {
    "start": "Мера взята в работу.",
    "withdraw": "Мера снова в работе: исправьте и отметьте её выполненной ещё раз.",
    "verify": "Выполнение подтверждено.",
    "refuse": "Выполнение не подтверждено: замечание увидит организация, которая выполняет меру.",
    "resume": "Мера снова в работе.",
    "unverify": "Подтверждение снято: мера снова ждёт подтверждения.",
    "cancel": "Мера отменена.",
}


@dataclass(frozen=True, slots=True)
class Weighed:
    """One chosen measure before the act; `obstacle` says why it cannot be verified."""

    measure: CorrectiveMeasure
    unit: str
    figure: str
    proof: int
    obstacle: str


class MeasureVerdicts:
    """The part of the view of measures that decides; the rest is the view's."""

    get_one: Callable[[str], Any]
    _page: Callable[..., str]

    @expose(f"/<int:record_id>/<any({VERDICTS}):verdict>", methods=("POST",))
    def verdict(self, record_id: int, verdict: str) -> Answer:
        measure, form = self.get_one(str(record_id)), MeasureNoteForm(request.form)
        if not form.validate():
            return self._page(measure, open_form=verdict, note_form=form), 422
        try:
            _decide(verdict, measure, form)
        except (Conflict, Invalid) as refusal:
            guarded().rollback()
            form.show(refusal)
            page = self._page(self.get_one(str(record_id)), open_form=verdict, note_form=form)
            return page, 422 if isinstance(refusal, Invalid) else 409
        flash(TOLD[verdict], "success")
        return redirect(f"/corrective-measures/{record_id}")

    # ── many at once ─────────────────────────────────────────────────────────────────────────────────

    @expose("/verify-many", methods=("POST",))
    def verify_many(self) -> Answer:
        """First what each rests on, those that cannot be verified unticked; then the act on what was left ticked."""
        current_actor().require(Permission.MEASURE_VERIFY)
        if request.form.get("sure") == "1":
            return _done("Подтверждение мер", "verify")
        return render_template(
            "corrective_measure/verify_many.html",
            shell=shell(SECTION, ("Подтверждение мер", None)),
            weighed=_weighed([number for number, _ in ticked_rows(NOTHING_TICKED)]),
        )

    @expose("/refuse-many", methods=("POST",))
    def refuse_many(self) -> Answer:
        """Asks for the remark first, then refuses each with it."""
        current_actor().require(Permission.MEASURE_VERIFY)
        chosen, form = ticked_rows(NOTHING_TICKED), MeasureNoteForm(request.form)
        if "note" in request.form:
            if (form.note.data or "").strip() and form.validate():
                return _done("Меры не подтверждены", "refuse")
            form.show(Invalid("Напишите замечание: его увидит каждая организация.", field="note"))
        page = render_template(
            "corrective_measure/refuse_many.html",
            shell=shell(SECTION, ("Не подтвердить меры", None)),
            ids=carried_on(chosen),
            form=form,
        )
        return (page, 422) if form.note.errors else page


def _decide(verdict: str, measure: CorrectiveMeasure, form: MeasureNoteForm) -> None:
    work, actor, day = guarded(), current_actor(), today()
    note, version = form.note.data or "", form.version.data
    if verdict == "start":
        measures.start(work, actor, measure, version=version, today=day)
    elif verdict == "verify":
        measures.verify(work, actor, measure, version=version, note=note, resolves=form.resolved, today=day)
    elif verdict == "resume":
        measures.resume(work, actor, measure, version=version)
    else:
        NOTED[verdict](work, actor, measure, version=version, note=note)


NOTED: dict[str, Callable[..., CorrectiveMeasure]] = {
    "withdraw": measures.withdraw,
    "refuse": measures.refuse,
    "unverify": measures.unverify,
    "cancel": measures.cancel,
}


def _weighed(numbers: Sequence[int]) -> list[Weighed]:
    """Raises NotFound for a measure outside the scope."""
    work, actor = guarded(), current_actor()
    rows = work.execute(
        select(CorrectiveMeasure, UNIT_NAME.label("unit"))
        .join(UNIT_OF_ROW, UNIT_OF_ROW.c.id == CorrectiveMeasure.org_unit_id)
        .where(CorrectiveMeasure.id.in_(set(numbers)))
        .order_by(UNIT_NAME, CorrectiveMeasure.id)
    ).all()
    if len(rows) != len(set(numbers)):
        raise NotFound
    proof = measure_proof.pieces_of(work, [measure.id for measure, _ in rows])
    found = []
    for measure, unit in rows:
        obstacle = ""
        try:
            WORKFLOW.require("verify", measure, actor)
        except Refusal as refusal:
            obstacle = refusal.sentence
        figure = figure_words(measure.figure_source, measure.figure_before, measure.figure_target, measure.figure_after)
        found.append(Weighed(measure, unit, figure, len(proof[measure.id]), obstacle))
    return found


def _done(title: str, action: str) -> str:
    verdicts = measures.act_many(
        guarded(),
        current_actor(),
        action,
        ticked_rows(NOTHING_TICKED),
        note=request.form.get("note", ""),
        today=today(),
    )
    return render_template(
        "corrective_measure/verdicts.html", shell=shell(SECTION, (title, None)), title=title, verdicts=verdicts
    )
