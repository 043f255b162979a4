"""The unit's own side of a sheet: answers one by one, their proof, what is carried over and counted, the sending."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.assessment_card import Card, Typed
from app.admin.assessment_page import Answer, AssessmentPage
from app.admin.typed_evidence import offer_existing, typed_evidence
from app.forms.assessment import AnswerForm, ValueForm
from app.forms.evidence import ProofForm
from app.models import Assessment
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, Refusal, WrongState
from app.services import assessment_answer, clock, metric
from app.services.evidence import TypedEvidence
from app.web.errors import STATUS
from app.web.session import current_actor, guarded, today
from app.web.shell import Shell, shell

OF_HTMX = "HX-Request"


class AssessmentFilling:
    """The part of the view of sheets with which a unit fills its own; the rest is the view's."""

    get_one: Callable[[str], Any]
    _gathered: Callable[..., AssessmentPage]
    _page: Callable[[AssessmentPage], str]
    _shell: Callable[..., Shell]
    _done: Callable[..., Answer]

    # ── answers ──────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/criteria/<int:criterion_id>", methods=("POST",))
    def answer(self, record_id: int, criterion_id: int) -> Answer:
        form = AnswerForm(request.form)

        def act(assessment: Assessment) -> None:
            assessment_answer.answer(
                guarded(),
                current_actor(),
                assessment,
                criterion_id,
                assessment_answer.Typed(
                    form.number(),
                    form.is_na,
                    form.na_reason.data or "",
                    form.comment.data or "",
                    form.dispute_reason.data or "",
                ),
                version=form.version.data,
                now=clock.now(),
                today=today(),
            )

        return self._value(record_id, criterion_id, form, "answer", act)

    def _value(
        self, record_id: int, criterion_id: int, form: ValueForm, side: str, act: Callable[[Assessment], None]
    ) -> Answer:
        """A value of the card's form named `side`: saved, or refused with all that was typed kept.

        A script is answered with figures, a form posted without one with the page.
        """
        assessment = self.get_one(str(record_id))
        was = assessment.version
        try:
            _require_sound(form)
            act(assessment)
        except Refusal as refusal:
            if isinstance(refusal, NotFound):
                raise
            return self._refused(record_id, criterion_id, form, side, refusal)
        if _wants_figures():
            return self._saved(record_id, criterion_id, side, was)
        return self._done(record_id, lambda _: "Сохранено.", f"#criterion-{criterion_id}")

    def _refused(self, record_id: int, criterion_id: int, form: ValueForm, side: str, refusal: Refusal) -> Answer:
        status = STATUS.get(type(refusal), 422)
        guarded().rollback()
        if isinstance(refusal, NotPermitted) and not _wants_figures():
            raise refusal
        page = self._gathered(record_id)
        card = _card(page, criterion_id)
        now: Typed = getattr(card, side)
        if _wants_figures():
            told: dict[str, Any] = {"sentence": refusal.sentence, "field": _place(refusal), "kind": _kind(refusal)}
            if isinstance(refusal, Conflict):
                told["theirs"] = {**_fields(now), "version": now.version}
            return _figures(told), status
        if isinstance(refusal, WrongState):
            raise refusal
        # What the person has seen by now is what stands in the sheet: the next try is against that.
        setattr(card, side, Typed.refused(form, refusal.sentence, refusal.field, now.version))
        return self._page(page), status

    def _saved(self, record_id: int, criterion_id: int, side: str, was: int) -> Response:
        page = self._gathered(record_id, whole=False)
        card = _card(page, criterion_id)
        now: Typed = getattr(card, side)
        parts = {"sheet-rail": _tight(render_template("assessment/rail.html", page=page))}
        if page.fills:
            parts["sheet-progress"] = _tight(render_template("assessment/progress.html", page=page))
        told = {
            "version": now.version,
            "saved_at": f"{clock.local(clock.now(), current_actor().time_zone):%H:%M}",
            "answered": card.is_answered,
            "differs": card.differs,
            "points": card.points_words,
            "source": card.source_words,
            "result": page.result_words,
            "sheet": {"was": was, "now": page.assessment.version},
            "parts": parts,
        }
        return _figures(told)

    # ── proof ────────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/criteria/<int:criterion_id>/evidence", methods=("GET", "POST"))
    def proof(self, record_id: int, criterion_id: int) -> Answer:
        assessment = self.get_one(str(record_id))
        form = ProofForm(request.form if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            try:
                pieces = _typed_proof(form)
                assessment_answer.attach(
                    guarded(), current_actor(), assessment, criterion_id, pieces, now=clock.now(), today=today()
                )
            except Invalid as refusal:
                guarded().rollback()
                form.show(refusal)
            else:
                return self._shown_proof(record_id, criterion_id, "Подтверждение приложено.")
        page = self._gathered(record_id, whole=False)
        card = _card(page, criterion_id)
        if not page.fills:
            raise NotPermitted("Подтверждения прикладывает сама организация, пока она заполняет лист.")
        offer_existing(form, page.assessment.org_unit_id, {piece.id for piece in card.line.evidence})
        is_part = bool(request.headers.get(OF_HTMX))
        html = render_template(
            "assessment/proof_form.html" if is_part else "assessment/proof_page.html",
            shell=shell() if is_part else self._shell(page, (f"Подтверждение: {card.criterion.code}", None)),
            page=page,
            line=card,
            form=form,
            is_part=is_part,
        )
        if not (form.errors or form.form_errors):
            return html
        # A refused form stands where it stood: what is attached already stays beside it.
        return html, 422, {"HX-Retarget": f"#proof-{criterion_id}"}

    @expose("/<int:record_id>/criteria/<int:criterion_id>/evidence/<int:evidence_id>/detach", methods=("POST",))
    def detach(self, record_id: int, criterion_id: int, evidence_id: int) -> Answer:
        assessment = self.get_one(str(record_id))
        assessment_answer.detach(guarded(), current_actor(), assessment, criterion_id, evidence_id, today=today())
        return self._shown_proof(record_id, criterion_id, "Подтверждение убрано.")

    def _shown_proof(self, record_id: int, criterion_id: int, sentence: str) -> Answer:
        if not request.headers.get(OF_HTMX):
            return self._done(record_id, lambda _: sentence, f"#criterion-{criterion_id}")
        return self._part(record_id, criterion_id, "assessment/proof_part.html")

    def _part(self, record_id: int, criterion_id: int, template: str) -> str:
        """What has changed of one card, with the progress of the sheet beside it."""
        page = self._gathered(record_id, whole=False)
        return render_template(template, shell=shell(), page=page, line=_card(page, criterion_id))

    # ── carried over, counted ────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/criteria/<int:criterion_id>/carry", methods=("POST",))
    def carry(self, record_id: int, criterion_id: int) -> Answer:
        assessment = self.get_one(str(record_id))
        carried = assessment_answer.carry_over(
            guarded(), current_actor(), assessment, [criterion_id], now=clock.now(), today=today()
        )
        if request.headers.get(OF_HTMX):
            return self._part(record_id, criterion_id, "assessment/criterion_part.html")
        return self._done(record_id, lambda _: _carried(carried), f"#criterion-{criterion_id}")

    @expose("/<int:record_id>/carry-over", methods=("POST",))
    def carry_over(self, record_id: int) -> Answer:
        def act(assessment: Assessment) -> str:
            return _carried(
                assessment_answer.carry_over(
                    guarded(), current_actor(), assessment, None, now=clock.now(), today=today()
                )
            )

        return self._done(record_id, act)

    @expose("/<int:record_id>/measure", methods=("POST",))
    def measure(self, record_id: int) -> Answer:
        def act(assessment: Assessment) -> str:
            counted = metric.fill_measured(guarded(), current_actor(), assessment, now=clock.now(), today=today())
            if not counted:
                return "Новых ответов нет: на эти критерии ответ уже дан или данных для подсчёта ещё нет."
            return f"Посчитано критериев: {counted}. Они помечены, с подсчётом можно не согласиться."

        return self._done(record_id, act)

    # ── the sending ──────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/send")
    def send(self, record_id: int) -> Answer:
        """What is missing, before the sheet goes."""
        self.get_one(str(record_id))
        page = self._gathered(record_id, whole=False)
        if page.found is None or page.checks:
            raise WrongState("Этот лист сейчас не отправляется.")
        page.here = f"/assessments/{record_id}"
        frame = self._shell(page, ("Отправка", None))
        return render_template("assessment/send.html", shell=frame, page=page)


def _require_sound(form: ValueForm) -> None:
    if not form.validate():
        name, sentences = next(iter(form.errors.items()))
        raise Invalid(str(sentences[0]), field=name)


def _figures(told: dict[str, Any]) -> Response:
    """Cyrillic as it is: escaped it would be three times as long, and the line is slow."""
    return Response(json.dumps(told, ensure_ascii=False), mimetype="application/json")


def _tight(html: str) -> str:
    return " ".join(html.split())


def _wants_figures() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _card(page: AssessmentPage, criterion_id: int) -> Card:
    card = page.line(criterion_id)
    if card is None:
        raise NotFound
    return card


def _place(refusal: Refusal) -> str:
    return {"is_na": "value", "na": "value"}.get(refusal.field or "", refusal.field or "")


def _kind(refusal: Refusal) -> str:
    return "conflict" if isinstance(refusal, Conflict) else "refused"


def _fields(typed: Typed) -> dict[str, str]:
    return {
        "value": typed.value,
        "comment": typed.comment,
        "na_reason": typed.na_reason,
        "dispute_reason": typed.dispute_reason,
        "remark": typed.remark,
    }


def _carried(count: int) -> str:
    if not count:
        return "Переносить нечего: пустых критериев с прошлым ответом не осталось."
    return f"Перенесено ответов: {count}. Они помечены, проверьте каждый."


def _typed_proof(form: ProofForm) -> list[TypedEvidence]:
    pieces = typed_evidence(form)
    if not pieces:
        raise Invalid("Отметьте приложенное раньше, выберите файл или вставьте ссылку.", field="evidence")
    return pieces
