"""Loading the demo: once, whole or not at all, the same for the same day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.demo import district_letter, founding_order, measures, monitoring, platforms, presets, school_year, training
from app.demo.accounts import hire
from app.demo.play import Play
from app.demo.region import HOME_SCHOOL, RENAMED_SINCE, SAKHALIN, Tree, build_sakhalin, build_tula, rename
from app.demo.timeline import DAY, Moment, Timeline
from app.documents.file_store import FileStore
from app.models import OrgUnit, User
from app.models.enumeration import OrderKind, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.refusal import WrongState

# The tree stands before the first document of the demo is signed.
FOUNDED = Moment(datetime(2022, 8, 31, 22, 0, tzinfo=UTC), date(2022, 9, 1))
FOUNDER = Actor(user_id=None, user_name="Загрузка демонстрации", is_installation_admin=True)

Tell = Callable[[str], None]


def load(engine: Engine, store: FileStore, *, today: date, tell: Tell) -> bool:
    """False where the demo stands already. One transaction: an interrupted load leaves nothing.

    Raises WrongState for a database with data of its own.
    """
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        # The day of loading itself has not been lived yet.
        timeline = Timeline(connection, "Asia/Sakhalin", today - DAY, tell)
        with timeline.session(FOUNDER, FOUNDED) as session:
            if is_loaded(session):
                return False
            _require_empty(session)
            tell("Дерево организаций и учётные записи")
            sakhalin, tula = build_sakhalin(session, FOUNDER), build_tula(session, FOUNDER)
            people = hire(session, sakhalin, tula)
            session.flush()
        play = Play(timeline, sakhalin, people, store)
        play.accounts_of = {
            sakhalin.region: "region",
            sakhalin.municipalities["Томаринский"]: "municipality",
            sakhalin.named[HOME_SCHOOL]: "school",
            sakhalin.providers[0]: "institute",
        }
        tell("Распоряжения и история их исполнения")
        founding_order.plan(play)
        timeline.plan(timeline.at(RENAMED_SINCE, 9), FOUNDER, partial(_rename, sakhalin))
        timeline.run()
        # Since 2025 people sign with the new names of their municipalities.
        people.forget()
        school_year.plan(play, today)
        monitoring.plan(play, today)
        training.plan(play, today)
        measures.plan(play, today)
        platforms.plan(play, today)
        presets.plan(play, timeline.until)
        timeline.run()
        # When the day begins on Sakhalin, it is still yesterday afternoon in Tula.
        yesterday = today - DAY
        district = Timeline(connection, "Europe/Moscow", yesterday - DAY, tell)
        there = Play(district, tula, people, store, {tula.municipalities["Заокский"]: "zaoksky"})
        district_letter.plan(there)
        school_year.plan_own_order(there, yesterday, "Заокский", OrderKind.LETTER)
        district.run()
    return True


def _rename(tree: Tree, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    rename(session, actor, tree, moment.today)


def is_loaded(session: Session) -> bool:
    known = select(OrgUnit.id).where(OrgUnit.kind == UnitKind.REGION, OrgUnit.name == SAKHALIN)
    staffed = select(User.id).where(User.is_demo)
    return session.scalar(known.limit(1)) is not None and session.scalar(staffed.limit(1)) is not None


def _require_empty(session: Session) -> None:
    if session.scalar(select(OrgUnit.id).limit(1)) is not None or session.scalar(select(User.id).limit(1)) is not None:
        raise WrongState(
            "В базе уже есть организации или учётные записи, и они не демонстрационные. Демонстрация загружается "
            "только в пустую базу: укажите другую (DATABASE_URL) или другую папку данных (INSTANCE_PATH)."
        )
