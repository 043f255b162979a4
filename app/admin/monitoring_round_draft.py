"""The way of a round to its opening: what is typed, whom it reaches, the number that a person confirms."""

from __future__ import annotations

from typing import cast

from flask import flash, redirect, render_template, request
from flask_admin import expose
from markupsafe import escape
from werkzeug.wrappers import Response

from app.admin.monitoring_round_words import dates_of, reached_words, rule_words, sheet_words
from app.admin.order_words import shown_value
from app.admin.record_view import RecordView
from app.forms.monitoring_round import RoundForm, choice_of, rule_of
from app.forms.order import AddresseeChoice
from app.models import Framework, MonitoringRound
from app.models.enumeration import AddresseeClauseKind, UnitKind
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services import clock, metric_round
from app.services import monitoring_round as rounds
from app.services.order_addressees import UnitRegister, register_of
from app.services.round_addressees import clauses_of, units_of
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Мониторинг ВСОКО", "/monitoring-rounds/")
LONGEST_COUNT = 9
NAMES = frozenset({"units", "excepts"})
GROUPS = (AddresseeClauseKind.ALL_MUNICIPALITIES, AddresseeClauseKind.ALL_SCHOOLS)


class RoundEditor:
    """The form of a draft with its addressee part, ready for the template; `held` is None for a new one."""

    def __init__(self, held: MonitoringRound | None, form: RoundForm, choice: AddresseeChoice | None) -> None:
        session, actor = guarded(), current_actor()
        self.held, self.form = held, form
        self.register: UnitRegister = register_of(session, actor.unit_id or 0, today=today())
        municipal = actor.unit_kind is UnitKind.MUNICIPALITY
        self.groups = [AddresseeClauseKind.ALL_SCHOOLS] if municipal else list(GROUPS)
        self.choice = choice or choice_of(
            clauses_of(held) if held is not None else [(group, None) for group in self.groups], self.register
        )
        self.towns = [(unit.id, self.register.label(unit.id)) for unit in self.register.of_kind(UnitKind.MUNICIPALITY)]
        self.problems: dict[str, str] = {}
        self.both: list[tuple[str, str, str]] = []
        frameworks = rounds.frameworks_to_choose(session, actor)
        self.has_frameworks = bool(frameworks)
        form.framework_id.choices = [(one.id, one.label) for one in frameworks]
        self._keep_saved_framework(held)
        form.previous_round_id.choices = [
            ("", "нет"),
            *((one.id, one.title) for one in rounds.previous_to_choose(session, actor, held)),
        ]

    def _keep_saved_framework(self, held: MonitoringRound | None) -> None:
        """A set chosen while it was published stays in the form, told as what it is now."""
        listed = {value for value, _ in self.form.framework_id.choices}
        if held is None or held.framework_id in listed:
            return
        saved = guarded().get(Framework, held.framework_id)
        if saved is not None:
            self.form.framework_id.choices.append((saved.id, f"{saved.label} ({saved.status.label})"))

    @property
    def reached(self) -> str:
        try:
            return reached_words(units_of(rule_of(self.choice, self.register), self.register))
        except Invalid:
            return ""

    def show(self, refusal: Invalid) -> None:
        if refusal.field in NAMES:
            self.problems[refusal.field or ""] = refusal.sentence
            self.form.form_errors.append(refusal.sentence)
        else:
            self.form.show(refusal)


class MonitoringRoundDraftPages(RecordView):
    """Part of `MonitoringRoundView`."""

    def _round(self, record_id: int) -> MonitoringRound:
        return cast(MonitoringRound, self.get_one(str(record_id)))

    # ── what is typed ────────────────────────────────────────────────────────────────────────────────

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.ROUND_WRITE)
        if request.method == "GET":
            return self._editor_page(RoundEditor(None, RoundForm(opens_on=today()), None))
        editor = RoundEditor(None, RoundForm(request.form), AddresseeChoice(request.form))
        if not editor.form.validate():
            return self._editor_page(editor), 422
        try:
            wanted = rule_of(editor.choice, editor.register)
            held = rounds.create(guarded(), actor, editor.form.values)
            rounds.set_addressees(guarded(), actor, held, wanted)
        except Invalid as refusal:
            guarded().rollback()
            editor.show(refusal)
            return self._editor_page(editor), 422
        flash("Черновик цикла сохранён. Проверьте, кого он охватит, и откройте.", "success")
        return redirect(f"/monitoring-rounds/{held.id}")

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        actor, held = current_actor(), self._round(record_id)
        rounds.require_draft(actor, held)
        if request.method == "GET":
            return self._editor_page(RoundEditor(held, RoundForm(obj=held), None))
        editor = RoundEditor(held, RoundForm(request.form), AddresseeChoice(request.form))
        if not editor.form.validate():
            return self._editor_page(editor), 422
        values = editor.form.values
        try:
            wanted = rule_of(editor.choice, editor.register)
            rounds.change(guarded(), actor, held, version=editor.form.version.data or 0, values=values)
            rounds.set_addressees(guarded(), actor, held, wanted)
        except Conflict as conflict:
            # Both versions stand side by side; a second save is made against the version that is shown.
            editor.both = [
                (getattr(editor.form, name).label.text, shown_value(saved), shown_value(typed))
                for name, saved, typed in rounds.differences(held, values)
            ]
            editor.form.version.raw_data = None
            editor.form.version.data = held.version
            editor.form.form_errors.append(conflict.sentence)
            return self._editor_page(editor), 409
        except Invalid as refusal:
            guarded().rollback()
            editor.held = self._round(record_id)
            editor.show(refusal)
            return self._editor_page(editor), 422
        flash("Цикл сохранён.", "success")
        return redirect(f"/monitoring-rounds/{record_id}")

    @staticmethod
    def _editor_page(editor: RoundEditor) -> str:
        held = editor.held
        trail: tuple[tuple[str, str | None], ...] = (
            (("Новый цикл", None),)
            if held is None
            else ((held.title, f"/monitoring-rounds/{held.id}"), ("Изменить", None))
        )
        return render_template("monitoring_round/edit.html", shell=shell(SECTION, *trail), editor=editor, held=held)

    @expose("/reached")
    def reached(self) -> str:
        """Whom the rule in the form reaches now, before it is saved: a line of the form, over htmx."""
        actor = current_actor()
        actor.require(Permission.ROUND_WRITE)
        register = register_of(guarded(), actor.unit_id or 0, today=today())
        choice = AddresseeChoice(request.args)
        known = {unit.id for unit in register.below()}
        if any(unit_id not in known for unit_id in (*choice.municipalities, *choice.schools_of)):
            raise NotFound
        try:
            units = units_of(rule_of(choice, register), register)
        except Invalid as refusal:
            return str(escape(refusal.sentence))
        return str(escape(f"Сейчас лист получат: {reached_words(units)}"))

    # ── before the opening, and the opening ──────────────────────────────────────────────────────────

    def draft_page(self, held: MonitoringRound, problem: str = "") -> str:
        session, actor = guarded(), current_actor()
        seen = rounds.preview(session, actor, held, today=today())
        register_labels = {place.unit_id: place.name for place in seen.places}
        labels = register_labels | self._names(held)
        return render_template(
            "monitoring_round/draft.html",
            shell=shell(SECTION, (held.title, None)),
            held=held,
            seen=seen,
            reached=reached_words(seen.units),
            total_words=sheet_words(seen.total),
            rule=rule_words(clauses_of(held), labels),
            dates=dates_of(held, today()),
            framework=session.get(Framework, held.framework_id),
            previous=session.get(MonitoringRound, held.previous_round_id) if held.previous_round_id else None,
            may_write=actor.may(Permission.ROUND_WRITE),
            may_open=actor.may(Permission.ROUND_OPEN),
            problem=problem,
        )

    @staticmethod
    def _names(held: MonitoringRound) -> dict[int, str]:
        register = register_of(guarded(), current_actor().unit_id or 0)
        return {unit_id: register.label(unit_id) for _, unit_id in clauses_of(held) if unit_id}

    @expose("/<int:record_id>/open", methods=("POST",))
    def open(self, record_id: int) -> Answer:
        held = self._round(record_id)
        raw = request.form.get("expected", "")[:LONGEST_COUNT]
        # Without the number that the person saw nothing is opened.
        expected = int(raw) if raw.isascii() and raw.isdecimal() else 0
        try:
            count = rounds.open_round(
                guarded(), current_actor(), held, today=today(), now=clock.now(), expected=expected
            )
        except (Invalid, Conflict) as refusal:
            guarded().rollback()
            page = self.draft_page(self._round(record_id), refusal.sentence)
            return page, 409 if isinstance(refusal, Conflict) else 422
        metric_round.ask(guarded(), current_actor(), held, now=clock.now())
        flash(f"Цикл открыт: {sheet_words(count)}. Адресаты видят его сейчас.", "success")
        return redirect(f"/monitoring-rounds/{record_id}")

    @expose("/<int:record_id>/delete", methods=("POST",))
    def delete_draft(self, record_id: int) -> Answer:
        held = self._round(record_id)
        title = held.title
        rounds.delete_draft(guarded(), current_actor(), held)
        flash(f"Черновик удалён: {title}.", "success")
        return redirect("/monitoring-rounds/")

    @expose("/<int:record_id>/again", methods=("POST",))
    def again(self, record_id: int) -> Answer:
        """«Подготовить следующий цикл»: a draft of the next round, one click from this one."""
        made = rounds.following(guarded(), current_actor(), self._round(record_id), today=today())
        flash("Черновик следующего цикла готов: проверьте сроки и откройте.", "success")
        return redirect(f"/monitoring-rounds/{made.id}")
