"""What sites told of people: the register, one of them beside what stands here, deciding on one or on many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from flask import flash, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.admin.learning_outcome_page import gather
from app.admin.learning_outcome_register import LISTING
from app.admin.learning_words import OUTCOME_STATES
from app.admin.record_view import RecordView
from app.admin.ticked_rows import MOST_TICKED
from app.excel.learning_outcome import SHEET
from app.forms.base import row_number
from app.models import LearningCourse, LearningOutcome, LearningPerson
from app.models.enumeration_of_training import EnrolmentStatus
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, Refusal, WrongState
from app.services import act_on_many, clock, learning_decision
from app.services.act_on_many import Verdict
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Итоги и расхождения", "/learning-outcomes/")
NOTHING_TICKED = "Отметьте в списке хотя бы один итог."
# What is told on the page itself; what is foreign or forbidden is an error of its own.
REFUSED = (Conflict, Invalid, WrongState)
LONGEST_MARK = 60


class LearningOutcomeView(RecordView):
    model_class = LearningOutcome
    read = Permission.LEARNING_SITE_READ
    write = Permission.ENROLMENT_KEEP
    listing = LISTING
    sheet = SHEET
    title = "Итоги и расхождения"
    lead = "Что сказано о слушателях в СДО и что записано здесь. Где человек записал другое, система ничего не меняет."
    empty: ClassVar[tuple[str, str]] = (
        "Итогов пока нет",
        "Они появятся, когда будет прочитан курс, привязанный к потоку, или загружен его файл.",
    )
    bulk: ClassVar[tuple[tuple[str, str, Permission], ...]] = (
        ("Взять из СДО", "take-many", Permission.ENROLMENT_KEEP),
        ("Оставить здешнее", "keep-many", Permission.ENROLMENT_KEEP),
    )
    section = "learning"

    @staticmethod
    def _check_cell(row: Any) -> str:
        """Only where there is something to decide; with what was seen, for what has changed is not decided unseen."""
        if row.state != "conflict":
            return '<td class="select"></td>'
        mark = learning_decision.mark_of(cast("Any", row), row.enrolment_version)
        return (
            f'<td class="select"><input type="checkbox" form="bulk" name="id" value="{row.id:d}:{mark}" '
            f'data-bulk-row aria-label="Выбрать строку {row.id:d}"></td>'
        )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.person,
            row.staff,
            row.group,
            row.course,
            OUTCOME_STATES[row.state],
            row.told_passed,
            row.told_on,
            row.told_grade,
            EnrolmentStatus(row.status).label if row.status is not None else "",
            row.completed_on,
            row.grade or "",
            row.taken_at,
            row.obstacle,
            row.decided_by,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(self.get_one(str(record_id)))

    def _page(self, outcome: LearningOutcome, problem: str = "") -> str:
        page = gather(guarded(), current_actor(), outcome)
        return render_template(
            "learning_outcome/page.html",
            shell=shell(("Данные из СДО", "/learning-sites/"), SECTION, (page.person.label, None)),
            page=page,
            problem=problem,
        )

    @expose("/<int:record_id>/<any(take, keep):decision>", methods=("POST",))
    def decide(self, record_id: int, decision: str) -> Answer:
        outcome = self.get_one(str(record_id))
        try:
            told = _VERBS[decision](outcome, request.form.get("mark", "")[:LONGEST_MARK] or None)
        except REFUSED as refusal:
            return self._refused(record_id, refusal)
        flash(told, "success")
        return redirect(f"/learning-outcomes/{record_id}")

    def _refused(self, record_id: int, refusal: Refusal) -> Answer:
        guarded().rollback()
        status = 422 if isinstance(refusal, Invalid) else 409
        return self._page(self.get_one(str(record_id)), refusal.sentence), status

    @expose("/take-many", methods=("POST",))
    def take_many(self) -> Answer:
        return _many(_take, "Взято из СДО")

    @expose("/keep-many", methods=("POST",))
    def keep_many(self) -> Answer:
        return _many(_keep, "Оставлено здешнее")


def _take(outcome: LearningOutcome, mark: str | None) -> str:
    return learning_decision.take_theirs(guarded(), current_actor(), outcome, mark=mark, now=clock.now(), today=today())


def _keep(outcome: LearningOutcome, mark: str | None) -> str:
    return learning_decision.keep_ours(guarded(), current_actor(), outcome, mark=mark, now=clock.now())


_VERBS: dict[str, Callable[[LearningOutcome, str | None], str]] = {"take": _take, "keep": _keep}


def _ticked() -> dict[int, str | None]:
    """«number:mark», the mark of what the person saw. Raises Invalid where nothing is ticked."""
    found: dict[int, str | None] = {}
    for raw in request.form.getlist("id")[:MOST_TICKED]:
        number, _, mark = raw.partition(":")
        known = row_number(number)
        if known is not None:
            found[known] = mark[:LONGEST_MARK] or None
    if not found:
        raise Invalid(NOTHING_TICKED)
    return found


def _many(verb: Callable[[LearningOutcome, str | None], str], title: str) -> Answer:
    """Each by itself: one that is refused leaves the others done."""
    work = guarded()
    current_actor().require(Permission.ENROLMENT_KEEP)
    course = _course_of_form()
    back = f"/learning-courses/{course.id}" if course is not None else SECTION[1]
    try:
        marks = _ticked()
    except Invalid as refusal:
        flash(refusal.sentence, "error")
        return redirect(back)
    chosen = [(number, None) for number in marks]
    learning_decision.hold_groups(work, outcomes=marks)
    found = act_on_many.held(work, LearningOutcome, chosen)
    named = work.execute(
        select(LearningOutcome.id, LearningPerson.full_name)
        .join(LearningPerson, LearningPerson.id == LearningOutcome.person_id)
        .where(LearningOutcome.id.in_(marks))
    )
    labels = dict.fromkeys(found, "без имени") | {row.id: row.full_name for row in named if row.full_name}
    said: dict[int, str] = {}

    def act(outcome: LearningOutcome, _version: int | None) -> None:
        said[outcome.id] = verb(outcome, marks[outcome.id])

    told = act_on_many.act_on_each(work, found, chosen, act, done="", labels=labels)
    verdicts = [
        Verdict(one.record_id, one.label, one.ok, said[one.record_id] if one.ok else one.sentence) for one in told
    ]
    return render_template(
        "learning_outcome/verdicts.html",
        shell=shell(("Данные из СДО", "/learning-sites/"), SECTION, (title, None)),
        title=title,
        verdicts=verdicts,
        back=back,
        back_label="К курсу" if course is not None else "К списку",
    )


def _course_of_form() -> LearningCourse | None:
    number = row_number(request.form.get("course"))
    return guarded().get(LearningCourse, number) if number is not None else None
