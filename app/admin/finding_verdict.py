"""What becomes of findings: one by one from the page of one, or many at once from the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.ticked_rows import carried_on, ticked_rows
from app.forms.finding import AnalysisForm, FindingNoteForm
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import finding as findings
from app.services import finding_cause, finding_many
from app.services.act_on_many import Verdict
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Недостатки", "/findings/")
NOTHING_TICKED = "Отметьте в списке хотя бы один недостаток."
# As many numbers as an address of a page may carry.
MOST_CARRIED = 200
VERDICTS = "resolve, dismiss, reopen"
TOLD = {
    "resolve": "Недостаток отмечен устранённым.",
    "dismiss": "Недостаток снят.",
    "reopen": "Недостаток открыт снова.",
}


class Many(NamedTuple):
    """What the page of an act on many says: title, the field's legend, the button, whether words are demanded."""

    title: str
    legend: str
    label: str
    sentence: str


MANY = {
    "resolve": Many(
        "Отметить недостатки устранёнными", "Чем подтверждается", "Отметить устранёнными", "Запись останется у каждого."
    ),
    "dismiss": Many("Снять недостатки", "Почему недостатки снимаются", "Снять", "Причину увидит каждая организация."),
}


class FindingVerdicts:
    """The part of the view of findings that decides; the rest is the view's."""

    get_one: Callable[[str], Any]
    _page: Callable[..., str]

    @expose(f"/<int:record_id>/<any({VERDICTS}):verdict>", methods=("POST",))
    def verdict(self, record_id: int, verdict: str) -> Answer:
        finding, form = self.get_one(str(record_id)), FindingNoteForm(request.form)
        if not form.validate():
            return self._page(finding, open_form=verdict, note_form=form), 422
        act = {"resolve": findings.resolve, "dismiss": findings.dismiss, "reopen": findings.reopen}[verdict]
        try:
            act(
                guarded(),
                current_actor(),
                finding,
                version=form.version.data,
                note=form.note.data or "",
                today=today(),
            )
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._page(self.get_one(str(record_id)), open_form=verdict, note_form=form), 422
        flash(TOLD[verdict], "success")
        return redirect(f"/findings/{record_id}")

    # ── many at once ─────────────────────────────────────────────────────────────────────────────────

    @expose("/resolve-many", methods=("POST",))
    def resolve_many(self) -> Answer:
        return _act_on_many("resolve")

    @expose("/dismiss-many", methods=("POST",))
    def dismiss_many(self) -> Answer:
        return _act_on_many("dismiss")

    @expose("/cause-many", methods=("POST",))
    def cause_many(self) -> Answer:
        """One cause for all that are ticked: asked first, then written."""
        actor = current_actor()
        actor.require(Permission.FINDING_WRITE)
        chosen, form = ticked_rows(NOTHING_TICKED), AnalysisForm(request.form)
        form.offer(finding_cause.in_use(guarded()))
        if "cause_id" in request.form:
            if form.cause_id.data is None:
                form.show(Invalid("Выберите причину.", field="cause_id"))
            else:
                verdicts = finding_many.give_cause(guarded(), actor, chosen, cause_id=form.cause_id.data)
                return _verdicts("Причина недостатков", verdicts)
        page = render_template(
            "finding/cause_many.html",
            shell=shell(SECTION, ("Причина недостатков", None)),
            ids=carried_on(chosen),
            form=form,
        )
        return (page, 422) if form.errors else page

    @expose("/plan", methods=("POST",))
    def plan(self) -> Response:
        """To the page that plans a measure for what is ticked."""
        current_actor().require(Permission.MEASURE_WRITE)
        return _carried("/corrective-measures/new/")

    @expose("/to-order", methods=("POST",))
    def to_order(self) -> Response:
        """To the page that makes a draft order of what is ticked."""
        current_actor().require(Permission.ORDER_WRITE)
        return _carried("/findings/order")


def _act_on_many(action: str) -> Answer:
    """Asks for the words first, then acts on each with them."""
    actor = current_actor()
    actor.require(Permission.FINDING_CLOSE)
    chosen, form, told = ticked_rows(NOTHING_TICKED), FindingNoteForm(request.form), MANY[action]
    if "note" in request.form:
        if form.validate() and (action != "dismiss" or (form.note.data or "").strip()):
            done = findings.act_many(guarded(), actor, action, chosen, note=form.note.data or "", today=today())
            return _verdicts(told.title, done)
        if not form.note.errors:
            form.show(Invalid("Напишите причину: её увидит каждая организация.", field="note"))
    page = render_template(
        "finding/act_many.html",
        shell=shell(SECTION, (told.title, None)),
        ids=carried_on(chosen),
        form=form,
        told=told,
        action=action,
    )
    return (page, 422) if form.note.errors else page


def _verdicts(title: str, verdicts: list[Verdict]) -> str:
    return render_template("finding/verdicts.html", shell=shell(SECTION, (title, None)), title=title, verdicts=verdicts)


def _carried(address: str) -> Response:
    numbers = [number for number, _ in ticked_rows(NOTHING_TICKED)]
    if len(numbers) > MOST_CARRIED:
        raise Invalid(f"За один раз берётся не больше {MOST_CARRIED} недостатков: сузьте список фильтрами.")
    return redirect(f"{address}?{urlencode({'finding': numbers}, doseq=True)}", code=303)
