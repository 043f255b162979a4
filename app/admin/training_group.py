"""Training groups: the register, the page of a group for every role, what is typed about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.asked import asked_number
from app.admin.order_words import shown_value
from app.admin.training_group_course import TrainingGroupCoursePages
from app.admin.training_group_page import SECTION, Answer
from app.admin.training_group_register import LISTING
from app.excel.training_group import SHEET
from app.forms.training_group import GroupForm
from app.models import TrainingGroup
from app.models.enumeration_of_training import GroupStatus
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, WrongState
from app.services import training_group as groups
from app.web.session import current_actor, guarded, today
from app.web.shell import shell


class TrainingGroupView(TrainingGroupCoursePages):
    model_class = TrainingGroup
    read = Permission.GROUP_READ
    write = Permission.GROUP_WRITE
    listing = LISTING
    sheet = SHEET
    section = "training"
    title = "Обучение"
    lead = "Потоки обучения: когда, по какой программе, сколько мест свободно и до какого дня принимаются заявки."
    empty: ClassVar[tuple[str, str]] = (
        "Потоков пока нет",
        "Поток появится здесь, когда организация, которая проводит обучение, откроет набор.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Новый поток",
        "training_group.create_view",
        Permission.GROUP_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.title,
            row.status.label,
            row.programme,
            row.hours,
            row.provider,
            row.starts_on,
            row.ends_on,
            row.apply_until,
            row.seats,
            row.taken,
            max(row.seats - row.taken, 0),
            row.waiting,
            row.form.label,
            row.place,
            row.coordinator,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> Answer:
        return self.page_of(self.group(record_id))

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.GROUP_WRITE)
        if request.method == "GET":
            return self._editor(self._begun(), None)
        form = GroupForm(request.form)
        if not form.validate():
            return self._editor(form, None), 422
        try:
            made = groups.create(guarded(), actor, form.values)
        except (Invalid, WrongState) as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._editor(form, None), 422
        if made.status is GroupStatus.OPEN:
            flash("Поток заведён, набор открыт: его видят школы и муниципалитеты.", "success")
        else:
            flash("Черновик потока сохранён. Проверьте его и откройте набор.", "success")
        return redirect(f"/training-groups/{made.id}")

    @staticmethod
    def _begun() -> GroupForm:
        """For the programme that the address names, with its form of study."""
        wanted = asked_number("programme")
        chosen = next(
            (one for one in groups.programmes_to_choose(guarded(), current_actor()) if one.id == wanted), None
        )
        return GroupForm() if chosen is None else GroupForm(programme_id=chosen.id, form=chosen.form.value)

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        group = self.group(record_id)
        groups.require_keeper(current_actor(), group)
        if group.status in groups.ENDED:
            raise WrongState(f"Поток {group.status.label}: в нём ничего не меняется.")
        if request.method == "GET":
            return self._editor(GroupForm.of(group), group)
        form = GroupForm(request.form)
        if not form.validate():
            return self._editor(form, group), 422
        values = form.values
        try:
            groups.change(guarded(), current_actor(), group, version=form.version.data or 0, typed=values)
        except Conflict as conflict:
            # Both versions stand side by side; a second save is made against the version that is shown.
            both = [
                (getattr(form, name).label.text, self._shown(name, saved), self._shown(name, typed))
                for name, saved, typed in groups.differences(group, values)
            ]
            form.version.raw_data, form.version.data = None, group.version
            form.form_errors.append(conflict.sentence)
            return self._editor(form, group, both), 409
        except Invalid as refusal:
            form.show(refusal)
            return self._editor(form, self.again(record_id)), 422
        flash("Поток сохранён.", "success")
        return redirect(f"/training-groups/{record_id}")

    @expose("/<int:record_id>/delete", methods=("POST",))
    def delete_draft(self, record_id: int) -> Answer:
        group = self.group(record_id)
        title = group.title
        groups.delete_draft(guarded(), current_actor(), group)
        flash(f"Черновик потока удалён: {title}.", "success")
        return redirect("/training-groups/")

    @staticmethod
    def _shown(name: str, value: object) -> str:
        if name == "programme_id":
            known = groups.programmes_to_choose(guarded(), current_actor())
            return next((one.title for one in known if one.id == value), "не выбрана")
        return shown_value(value)

    @staticmethod
    def _editor(form: GroupForm, group: TrainingGroup | None, both: Sequence[tuple[str, str, str]] = ()) -> str:
        actor = current_actor()
        known = groups.programmes_to_choose(guarded(), actor, group)
        listed = [
            (one.id, one.title if one.status in groups.USABLE else f"{one.title} ({one.status.label})") for one in known
        ]
        # A new group is never filed under a programme that nobody chose.
        form.programme_id.choices = [("", "выберите программу"), *listed] if group is None and listed else listed
        trail: tuple[tuple[str, str | None], ...] = (
            (("Новый поток", None),)
            if group is None
            else ((group.title, f"/training-groups/{group.id}"), ("Изменить", None))
        )
        return render_template(
            "training_group/edit.html",
            shell=shell(SECTION, *trail),
            form=form,
            group=group,
            both=both,
            others=any(one.org_unit_id != actor.unit_id for one in known),
            today=today(),
        )
