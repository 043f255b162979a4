"""Results of a group out of files of a learning platform: chosen, shown with what each person would get, written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.asked import in_range
from app.admin.learning_file_rows import sections_of
from app.admin.page_view import PageView
from app.admin.trainee_acts import Answer, group_crumbs, the_group
from app.excel.moodle_columns import ExportKind
from app.excel.moodle_export import MoodleExport, read_export
from app.excel.table import MAX_BYTES, MIB, WorkbookRefused
from app.models import TrainingGroup
from app.policies.permission import Permission
from app.policies.refusal import Invalid, WrongState
from app.services import clock, learning_file
from app.services.learning_file import Applied, Preview
from app.services.learning_file_carry import box_of, packed, unpacked
from app.services.learning_file_people import FilePerson, by_activities, people_of
from app.services.learning_take import TakenState
from app.services.secret_box import SecretBox
from app.web.session import begin_reading, begin_writing, current_actor, guarded, settings, today
from app.web.shell import shell

MOST_FILES = 10
LEAST_FOR_DOUBT = 4
MOST_OFFERED = 20_000
TITLE = "Данные из файлов СДО"
CHANGED = "С проверки записи потока изменились: посмотрите, что будет теперь, и запишите ещё раз."


@dataclass(slots=True)
class Brought:
    """What the form has so far: files read before and now, and a sentence for each that could not be read."""

    exports: list[MoodleExport] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    counts_activities: bool = False

    @property
    def people(self) -> list[FilePerson]:
        found = people_of(self.exports)
        return by_activities(found) if self.counts_activities else found

    @property
    def kinds(self) -> set[ExportKind]:
        return {one.kind for one in self.exports}


class LearningFileView(PageView):
    """Stands beside the register of groups, at the same prefix, under an endpoint of its own."""

    closed = "Результаты из файлов вносит координатор обучения региона или организации ДПО."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "choose"
        super().__init__(name="Данные из файлов СДО", endpoint="learning_file", url="/training-groups")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.ENROLMENT_KEEP)

    @expose("/<int:group_id>/from-moodle")
    def choose(self, group_id: int) -> Answer:
        group = the_group(in_range(group_id))
        learning_file.require_keeper(current_actor(), group)
        return _choosing(group, Brought())

    @expose("/<int:group_id>/from-moodle", methods=("POST",))
    def look(self, group_id: int) -> Answer:
        """Reads the files and shows what they would do; nothing is written and no file is kept."""
        learning_file.require_keeper(current_actor(), the_group(in_range(group_id)))
        return _read_and_shown(group_id)

    @expose("/<int:group_id>/from-moodle/apply", methods=("POST",))
    def apply(self, group_id: int) -> Answer:
        group = the_group(in_range(group_id))
        actor = current_actor()
        learning_file.require_keeper(actor, group)
        try:
            exports = unpacked(_box(group_id), request.form.get("carried", ""))
        except Invalid as refusal:
            return _choosing(group, Brought(refused=[refusal.sentence])), 422
        brought = Brought(exports, counts_activities=_ticked("activities"))
        if not exports or any(file.filename for file in request.files.getlist("files")):
            # Files chosen and not looked at yet are shown first.
            return _read_and_shown(group_id)
        people, choices = brought.people, _choices()
        shown = learning_file.preview(guarded(), actor, group, people, today=today())
        if shown.digest != request.form.get("digest"):
            return _looking(group, brought, CHANGED, 409)
        try:
            done = learning_file.apply(guarded(), actor, group, people, choices, now=clock.now(), today=today())
        except (Invalid, WrongState) as refusal:
            begin_writing()
            return _looking(the_group(group_id), brought, refusal.sentence, 422)
        return _done(group, done)


def _done(group: TrainingGroup, done: Applied) -> Answer:
    if not done.left and not done.problems:
        flash(done.taken.sentence, "success")
        return redirect(f"/training-groups/{group.id}#trainees")
    return render_template(
        "learning_file/done.html",
        shell=shell(*group_crumbs(group), (TITLE, None)),
        group=group,
        done=done,
        sections=sections_of(done.left, {}),
    )


def _choosing(group: TrainingGroup, brought: Brought) -> str:
    return render_template(
        "learning_file/choose.html",
        shell=shell(*group_crumbs(group), (TITLE, None)),
        group=group,
        refused=brought.refused,
        max_bytes=MAX_BYTES,
        kinds=ExportKind,
    )


def _read_and_shown(group_id: int) -> Answer:
    try:
        brought = _brought(group_id)
    except Invalid as refusal:
        return _choosing(the_group(group_id), Brought(refused=[refusal.sentence])), 422
    group = the_group(group_id)
    if not brought.exports:
        return _choosing(group, brought), 422
    return _looking(group, brought, status=422 if brought.refused else 200)


def _looking(group: TrainingGroup, brought: Brought, problem: str = "", status: int = 200) -> Answer:
    people = brought.people
    try:
        carried = packed(_box(group.id), brought.exports)
        found = learning_file.preview(guarded(), current_actor(), group, people, today=today())
    except (Invalid, WrongState) as refusal:
        return _choosing(group, Brought(refused=[refusal.sentence])), 422
    sections = sections_of(found.rows, found.told)
    matched = {row.staff_member_id for row in found.rows}
    waiting = sum(len(one.rows) for one in sections if one.state is TakenState.WAITING)
    free = [(number, name) for number, name in found.places if number not in matched]
    page = render_template(
        "learning_file/look.html",
        shell=shell(*group_crumbs(group), (TITLE, f"/training-groups/{group.id}/from-moodle"), ("Проверка", None)),
        group=group,
        brought=brought,
        found=found,
        sections=sections,
        # A long list beside each of many people makes a page of many megabytes: then those alike are offered alone.
        places=free if len(free) * waiting <= MOST_OFFERED else [],
        carried=carried,
        problem=problem,
        chosen=_choices(),
        max_bytes=MAX_BYTES,
        writes=sum(len(one.rows) for one in sections if one.writes),
        may_count_activities=ExportKind.ACTIVITIES in brought.kinds and ExportKind.COMPLETION not in brought.kinds,
        notes=_notes(brought, people),
        stranger=_stranger(found),
        is_running=group.status in learning_file.RUNNING,
    )
    return page, status


def _stranger(found: Preview) -> str:
    """A file of another course, as far as one can tell; nothing where most of its people are known."""
    known = sum(row.staff_member_id is not None or row.state is TakenState.IGNORED for row in found.rows)
    if len(found.rows) < LEAST_FOR_DOUBT or known * 2 >= len(found.rows):
        return ""
    return f"Из {len(found.rows)} человек в файлах в потоке узнаны {known}. Проверьте, того ли курса эти файлы."


def _notes(brought: Brought, people: Sequence[FilePerson]) -> list[str]:
    """What these files do not tell, in whole sentences."""
    told: list[str] = []
    kinds = brought.kinds
    if ExportKind.COMPLETION not in kinds and not brought.counts_activities:
        told.append(
            "Завершён ли курс, из этих файлов не видно. Добавьте отчёт «Завершение курса» (в Moodle: «Отчёты», "
            "«Завершение курса»)."
        )
    if any(one.in_points for one in brought.exports):
        told.append(
            "Оценки в файле в баллах. Чтобы записать проценты, отметьте в Moodle при экспорте оценок «Проценты»."
        )
    told.extend(sentence for person in people for sentence in person.problems)
    return told


def _box(group_id: int) -> SecretBox:
    return box_of(settings().secret_key, user_id=current_actor().user_id, group_id=group_id)


def _brought(group_id: int) -> Brought:
    """The files of the form, with those read before. Raises Invalid at `files`."""
    brought = Brought(
        unpacked(_box(group_id), request.form.get("carried", "")), counts_activities=_ticked("activities")
    )
    files = [
        (file.stream.read(MAX_BYTES + 1), file.filename[-200:])
        for file in request.files.getlist("files")
        if file.filename
    ]
    if not files and not brought.exports:
        raise Invalid("Выберите файлы, скачанные из СДО.", field="files")
    if len(files) + len(brought.exports) > MOST_FILES:
        raise Invalid(f"Выберите не больше {MOST_FILES} файлов за один раз.", field="files")
    # Reading may take seconds: nobody's writing waits for it.
    begin_reading()
    for content, name in files:
        if len(content) > MAX_BYTES:
            brought.refused.append(f"{name}: файл больше {MAX_BYTES // MIB} МБ. Скачайте отчёт заново.")
            continue
        try:
            read = read_export(content, name)
        except WorkbookRefused as refusal:
            brought.refused.append(f"{name}: {refusal}")
            continue
        # The same report brought once more takes the place of the older one.
        brought.exports = [one for one in brought.exports if (one.kind, one.file_name) != (read.kind, read.file_name)]
        brought.exports.append(read)
    return brought


def _ticked(name: str) -> bool:
    return request.form.get(name) == "1"


def _choices() -> dict[str, str]:
    """Fields «choice:<remote_id>» that say something."""
    return {
        name.removeprefix("choice:"): value
        for name, value in request.form.items()
        if name.startswith("choice:") and value
    }
