"""The way of a requirement into force: what is typed, whom it asks, the act that a person confirms."""

from __future__ import annotations

from datetime import date
from typing import cast

from flask import flash, redirect, render_template, request
from flask_admin import expose
from markupsafe import escape
from werkzeug.wrappers import Response

from app.admin.order_words import shown_value
from app.admin.record_view import RecordView
from app.admin.training_coverage_words import SECTION, counts_words, crumbs, positions_words, reached_words
from app.forms.monitoring_round import choice_of, rule_of
from app.forms.order import AddresseeChoice
from app.forms.training_requirement import RequirementForm
from app.models import TrainingRequirement, TrainingTopic
from app.models.enumeration import AddresseeClauseKind, UnitKind
from app.models.enumeration_of_training import CoverageCount, DocumentKind, PositionKind
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, WrongState
from app.services import training_requirement as requirements
from app.services.order_addressees import UnitRegister, register_of
from app.services.requirement_addressees import checked_clauses, clauses_of, units_of
from app.services.training_norm import norm_on
from app.services.training_topic import topics
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.training_requirement import by_maker

Answer = str | Response | tuple[str, int]
GROUPS = (AddresseeClauseKind.ALL_SCHOOLS, AddresseeClauseKind.ALL_MUNICIPALITIES)
NAMES = frozenset({"units", "excepts"})


class RequirementEditor:
    """The form of a draft with its addressee part, ready for the template; `held` is None for a new one."""

    def __init__(self, held: TrainingRequirement | None, form: RequirementForm, choice: AddresseeChoice | None) -> None:
        session, actor = guarded(), current_actor()
        self.held, self.form = held, form
        self.register: UnitRegister = register_of(session, actor.unit_id or 0, today=today())
        self.groups = list(GROUPS) if actor.unit_kind is UnitKind.REGION else [AddresseeClauseKind.ALL_SCHOOLS]
        saved = clauses_of(held) if held is not None else [(AddresseeClauseKind.ALL_SCHOOLS, None)]
        self.choice = choice or choice_of(saved, self.register)
        self.towns = [(unit.id, self.register.label(unit.id)) for unit in self.register.of_kind(UnitKind.MUNICIPALITY)]
        self.problems: dict[str, str] = {}
        self.both: list[tuple[str, str, str]] = []
        known = topics(session)
        self.has_topics = bool(known)
        form.topic_id.choices = [("", "выберите тему"), *((topic.id, topic.title) for topic in known)]
        if len(known) == 1 and not form.topic_id.data:
            form.topic_id.data = known[0].id

    @property
    def reached(self) -> str:
        try:
            wanted = checked_clauses(self.register, current_actor(), rule_of(self.choice, self.register))
        except Invalid:
            return ""
        return reached_words(units_of(wanted, self.register))

    def show(self, refusal: Invalid) -> None:
        if refusal.field in NAMES:
            self.problems[refusal.field or ""] = refusal.sentence
            self.form.form_errors.append(refusal.sentence)
        else:
            self.form.show(refusal)


def first_form() -> RequirementForm:
    """What the order of the region asks, as a start: head or deputy, within the calendar year."""
    day = today()
    return RequirementForm(
        positions=[PositionKind.HEAD.value, PositionKind.DEPUTY.value],
        counts=CoverageCount.UNITS.value,
        starts_on=date(day.year, 1, 1),
        due_on=date(day.year, 12, 31),
        min_hours=norm_on(guarded(), current_actor().region_id or 0, DocumentKind.ADVANCED, day).min_hours,
    )


def saved_form(held: TrainingRequirement) -> RequirementForm:
    return RequirementForm(obj=held, counts=held.counts.value)


def saved_or_typed(name: str, value: object) -> str:
    """A value of the comparison in words."""
    if name == "topic_id":
        topic = guarded().get(TrainingTopic, value) if value else None
        return topic.title if topic is not None else ""
    if isinstance(value, tuple):
        return ", ".join(one.label for one in value)
    return shown_value(value)


class TrainingRequirementDraftPages(RecordView):
    """Part of `TrainingRequirementView`."""

    def _requirement(self, record_id: int) -> TrainingRequirement:
        return cast(TrainingRequirement, self.get_one(str(record_id)))

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.REQUIREMENT_WRITE)
        if request.method == "GET":
            return self._editor_page(RequirementEditor(None, first_form(), None))
        editor = RequirementEditor(None, RequirementForm(request.form), AddresseeChoice(request.form))
        if not editor.form.validate():
            return self._editor_page(editor), 422
        try:
            wanted = rule_of(editor.choice, editor.register)
            made = requirements.create(guarded(), actor, editor.form.values)
            requirements.set_addressees(guarded(), actor, made, wanted)
        except Invalid as refusal:
            guarded().rollback()
            editor.show(refusal)
            return self._editor_page(editor), 422
        flash("Черновик требования сохранён. Проверьте, кого оно охватит, и введите в действие.", "success")
        return redirect(f"/training-requirements/{made.id}")

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        actor, held = current_actor(), self._requirement(record_id)
        requirements.require_draft(actor, held)
        if request.method == "GET":
            return self._editor_page(RequirementEditor(held, saved_form(held), None))
        editor = RequirementEditor(held, RequirementForm(request.form), AddresseeChoice(request.form))
        if not editor.form.validate():
            return self._editor_page(editor), 422
        values = editor.form.values
        try:
            wanted = rule_of(editor.choice, editor.register)
            requirements.change(guarded(), actor, held, version=editor.form.version.data or 0, values=values)
            requirements.set_addressees(guarded(), actor, held, wanted)
        except Conflict as conflict:
            # Both versions stand side by side; a second save is made against the version that is shown.
            editor.both = [
                (getattr(editor.form, name).label.text, saved_or_typed(name, saved), saved_or_typed(name, typed))
                for name, saved, typed in requirements.differences(held, values)
            ]
            editor.form.version.raw_data = None
            editor.form.version.data = held.version
            editor.form.form_errors.append(conflict.sentence)
            return self._editor_page(editor), 409
        except Invalid as refusal:
            guarded().rollback()
            editor.held = self._requirement(record_id)
            editor.show(refusal)
            return self._editor_page(editor), 422
        flash("Требование сохранено.", "success")
        return redirect(f"/training-requirements/{record_id}")

    @staticmethod
    def _editor_page(editor: RequirementEditor) -> str:
        held = editor.held
        trail = (SECTION, ("Новое требование", None)) if held is None else crumbs(held, "Изменить")
        return render_template("training_requirement/edit.html", shell=shell(*trail), editor=editor, held=held)

    @expose("/reached")
    def reached(self) -> str:
        """Whom the rule in the form asks now, before it is saved: a line of the form, over htmx."""
        actor = current_actor()
        actor.require(Permission.REQUIREMENT_WRITE)
        register = register_of(guarded(), actor.unit_id or 0, today=today())
        choice = AddresseeChoice(request.args)
        known = {unit.id for unit in register.below()}
        if any(unit_id not in known for unit_id in (*choice.municipalities, *choice.schools_of)):
            raise NotFound
        try:
            units = units_of(checked_clauses(register, actor, rule_of(choice, register)), register)
        except Invalid as refusal:
            return str(escape(refusal.sentence))
        return str(escape(f"Сейчас охватит: {reached_words(units)}"))

    def draft_page(self, held: TrainingRequirement, problem: str = "") -> str:
        session, actor = guarded(), current_actor()
        register = register_of(session, actor.unit_id or 0, today=today())
        units = units_of(clauses_of(held), register)
        return render_template(
            "training_requirement/draft.html",
            shell=shell(*crumbs(held)),
            held=held,
            topic=session.get_one(TrainingTopic, held.topic_id),
            positions=positions_words(held),
            counts=counts_words(held.counts),
            rule=self.rule_of(held),
            reached=reached_words(units),
            count=len(units),
            may_write=actor.may(Permission.REQUIREMENT_WRITE) and by_maker(held, actor) is None,
            problem=problem,
        )

    @staticmethod
    def rule_of(held: TrainingRequirement) -> list[str]:
        raise NotImplementedError

    @expose("/<int:record_id>/activate", methods=("POST",))
    def activate(self, record_id: int) -> Answer:
        held = self._requirement(record_id)
        try:
            requirements.activate(guarded(), current_actor(), held, today=today())
        except WrongState as refusal:
            guarded().rollback()
            held = self._requirement(record_id)
            if held.activated_on is not None:
                raise
            return self.draft_page(held, refusal.sentence), 409
        flash("Требование действует: те, кого оно охватывает, видят его сейчас.", "success")
        return redirect(f"/training-requirements/{record_id}")

    @expose("/<int:record_id>/delete", methods=("POST",))
    def delete_draft(self, record_id: int) -> Answer:
        held = self._requirement(record_id)
        title = held.title
        requirements.delete_draft(guarded(), current_actor(), held)
        flash(f"Черновик удалён: {title}.", "success")
        return redirect("/training-requirements/")
