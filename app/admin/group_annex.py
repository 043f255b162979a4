"""The list of a group in Excel."""

from __future__ import annotations

from flask import Response
from flask_admin import expose
from sqlalchemy import select

from app.admin.asked import in_range
from app.admin.downloads import attachment, spool
from app.admin.trainee_acts import the_group
from app.admin.trainee_rows import Trainee, trainees_of
from app.admin.unit_names import UNIT_NAME, with_unit_names
from app.documents.file_name import workbook_name
from app.excel.annexes import group_list
from app.excel.annexes.group_list import Day, GroupList, Person
from app.models import Programme, TrainingGroup
from app.policies.permission import Permission
from app.services import audit, clock, enrolment_attendance
from app.services.enrolment_attendance import GridRow
from app.web.session import begin_writing, current_actor, guarded


class GroupAnnex:
    """The part of the view of a group's people that writes the workbook."""

    @expose("/<int:group_id>/annex")
    def annex(self, group_id: int) -> Response:
        """The people of a group in the asker's scope; the journal keeps who took them and how many."""
        actor, session = current_actor(), guarded()
        actor.require(Permission.EXPORT)
        group = the_group(in_range(group_id))
        made = _list(group)
        target = spool()
        group_list.write(target, made)
        title = group.title
        begin_writing()
        audit.record_list_export(
            session, "enrolment", title, rows=len(made.people), narrowed=f"список потока «{title}»"
        )
        return attachment(target, workbook_name(f"{made.title} список на {made.as_of:%d.%m.%Y}"))


def _list(group: TrainingGroup) -> GroupList:
    actor, session = current_actor(), guarded()
    programme = session.get_one(Programme, group.programme_id)
    provider = session.scalar(
        with_unit_names(select(UNIT_NAME).select_from(TrainingGroup), TrainingGroup).where(TrainingGroup.id == group.id)
    )
    grid = enrolment_attendance.grid(session, actor, group)
    marks = {row.enrolment.id: row for row in grid.rows}
    numbers = [day.id for day in grid.days]
    people = [_person(one, marks.get(one.enrolment.id), numbers) for one in trainees_of(session, group, sees_all=False)]
    return GroupList(
        title=group.title,
        lines=(
            f"Программа «{programme.title}», {programme.hours} ч",
            f"{provider}; с {group.starts_on:%d.%m.%Y} по {group.ends_on:%d.%m.%Y}; мест {group.seats}",
        ),
        as_of=clock.local(clock.now(), actor.time_zone),
        made_by=actor.user_name,
        scope_label=actor.unit_name,
        people=tuple(people),
        days=tuple(Day(day.held_on, day.title) for day in grid.days),
    )


def _person(one: Trainee, row: GridRow | None, days: list[int]) -> Person:
    enrolment, document = one.enrolment, one.document
    return Person(
        name=one.name,
        unit=one.unit,
        municipality=one.municipality,
        position=enrolment.position,
        status=enrolment.status.label,
        enrolled_on=enrolment.enrolled_on,
        act=enrolment.enrolment_act,
        attendance=one.presence.label,
        result=" · ".join(
            word for word in (enrolment.result.label if enrolment.result else "", enrolment.grade) if word
        ),
        completed_on=enrolment.completed_on,
        document=f"{document.series} {document.number}".strip() if document else "",
        registration=document.registration_number if document else "",
        issued_on=document.issued_on if document else None,
        note=enrolment.left_reason,
        marks=tuple(row.marks.get(day) for day in days) if row is not None else (),
    )
