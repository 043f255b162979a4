"""People on a day: shown where they stood on it, and nowhere else with what was theirs there."""

from __future__ import annotations

from sqlalchemy import select

from app.models import Membership, OrgUnit, User
from app.models.enumeration import Duty
from app.services import user as users
from app.services.state_on_day import PastDay, on_day
from tests.services.past_days import ZONE, days, people

__all__ = ["days", "people"]


def test_whoever_stood_elsewhere_then_is_not_shown_with_what_was_theirs_there(work, world, days, people, actor):
    made = []

    def past(login):
        return PastDay.of(days.today, ZONE, actor(login).unit_id)

    def rows(login, statement, then):
        with work(login) as session:
            return session.execute(on_day(statement, then)).all()

    def create(people, session, me):
        unit = session.get_one(OrgUnit, world.units["foreign_school"])
        account = {"login": "новый", "name": "Новый", "email": "old@tula.ru"}
        made.append(users.create(session, me, **account, unit=unit, duties=[Duty.OPERATOR]).id)
        return True

    def come(people, session, me):
        user = session.get_one(User, made[0])
        user.email = "new@sakhalin.ru"
        session.delete(session.scalars(select(Membership).where(Membership.user_id == user.id)).one())
        unit = session.get_one(OrgUnit, world.units["school"])
        session.add(Membership(user_id=user.id, org_unit_id=unit.id, duty=Duty.OPERATOR))
        return True

    assert people.as_one("foreign_region", create)
    then = {login: past(login) for login in ("region", "school", "foreign_region", "admin")}
    days.pass_one()
    assert people.as_one("admin", come)
    one = select(User.email).where(User.id == made[0])
    for login in ("region", "school"):
        assert rows(login, one, then[login]) == []
        assert rows(login, one.where(User.search.like("%old@tula%")), then[login]) == []
        assert rows(login, one, past(login)) == [("new@sakhalin.ru",)]
    assert rows("admin", one, then["admin"]) == [("old@tula.ru",)]
    # Not here any more; whose rows are shown is a matter of today.
    assert rows("foreign_region", one, then["foreign_region"]) == []
