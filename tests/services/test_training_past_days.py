"""On a past day nobody sees more of training than was shown to them then."""

from __future__ import annotations

from sqlalchemy import select

from app.models import Enrolment, Programme, TrainingGroup
from app.models.enumeration_of_training import DocumentKind, EnrolmentStatus, GroupStatus, ProgrammeStatus
from app.services.state_on_day import PastDay, on_day
from tests.factories.training import add_group, add_person, add_programme
from tests.services.past_days import ZONE, days, people

__all__ = ["days", "people"]


def test_drafts_and_plans_stay_with_those_who_made_them(engine, work, world, actor, days, people):
    agreed = add_programme(engine, world, title="Согласованная")
    group = add_group(engine, world, agreed, title="Открытый")
    person = add_person(engine, world, "school")
    made = {}

    def create(people, session, me):
        own = {"org_unit_id": world.units["provider"]}
        programme = Programme(**own, title="Тайна", hours=36, document_kind=DocumentKind.ADVANCED)
        dates = {"starts_on": days.today, "ends_on": days.today}
        draft = TrainingGroup(**own, programme_id=agreed, title="Тайный", seats=5, **dates)
        session.add_all([programme, draft])
        session.flush()
        made.update(programme=programme.id, group=draft.id)
        return True

    def ask(people, session, me):
        session.get_one(Programme, made["programme"]).status = ProgrammeStatus.ON_AGREEMENT
        return True

    def offer(people, session, me):
        programme, opened = (
            session.get_one(model, made[key]) for model, key in ((Programme, "programme"), (TrainingGroup, "group"))
        )
        programme.title, programme.status, programme.agreed_on = "Объявлено", ProgrammeStatus.AGREED, days.today
        opened.title, opened.status = "Объявленный", GroupStatus.OPEN
        return True

    def plan(people, session, me):
        row = Enrolment(
            staff_member_id=person,
            group_id=group,
            provider_unit_id=world.units["provider"],
            sent_by_unit_id=world.units["school"],
            status=EnrolmentStatus.PLANNED,
        )
        session.add(row)
        session.flush()
        made["way"] = row.id
        return True

    def apply(people, session, me):
        row = session.get_one(Enrolment, made["way"])
        row.status, row.applied_at = EnrolmentStatus.APPLIED, days.moment
        return True

    def told(login, past):
        with work(login) as session:
            return {
                key: [
                    tuple(row) for row in session.execute(on_day(wanted, PastDay.of(past, ZONE, actor(login).unit_id)))
                ]
                for key, wanted in (
                    ("programme", select(Programme.title).where(Programme.id == made["programme"])),
                    ("group", select(TrainingGroup.title).where(TrainingGroup.id == made["group"])),
                    ("way", select(Enrolment.status).where(Enrolment.id == made["way"])),
                )
            }

    assert people.as_one("provider", create)
    assert people.as_one("school", plan)
    first = days.today
    days.pass_one()
    assert people.as_one("provider", ask)
    second = days.today
    days.pass_one()
    assert people.as_one("provider", offer)
    assert people.as_one("school", apply)
    now = {"programme": [("Объявлено",)], "group": [("Объявленный",)], "way": [(EnrolmentStatus.APPLIED,)]}
    for login in ("provider", "region", "school"):
        assert told(login, days.today) == now, login
    planned = [(EnrolmentStatus.PLANNED,)]
    assert told("provider", first) == {"programme": [("Тайна",)], "group": [("Тайный",)], "way": []}
    assert told("region", first) == {"programme": [], "group": [], "way": planned}
    assert told("region", second) == {"programme": [("Тайна",)], "group": [], "way": planned}
    for day in (first, second):
        assert told("school", day) == {"programme": [], "group": [], "way": planned}
