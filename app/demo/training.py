"""Staff training of the demo: people, programmes with their agreement, groups in every state, documents, coverage.

Days are told in working days before the day of loading: 310 the staff, 120 and 60 the groups that finished, 30 the
requirement, 4 the group that studies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial

from sqlalchemy import select

from app.demo import training_groups, training_papers, training_people
from app.demo.play import Play
from app.demo.school_year import Days
from app.demo.timeline import Act, Moment
from app.demo.training_people import Staff
from app.models import Order, OrderPoint, Programme
from app.models.enumeration import AddresseeClauseKind
from app.models.enumeration_of_training import CoverageCount, DocumentKind, PositionKind, StudyForm
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import programme as programmes
from app.services import training_requirement as requirements
from app.services import training_topic
from app.services.programme import TypedProgramme
from app.services.training_requirement import RequirementValues

LEADERS = (PositionKind.HEAD, PositionKind.DEPUTY)
MAIN = "Внутренняя система оценки качества образования: от процедур к решениям (демо)"
TRAINING_POINT = "12"


@dataclass
class Studies:
    """Numbers of what the demo has made so far."""

    topic: int = 0
    other_topic: int = 0
    programmes: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)


def plan(play: Play, today: date) -> None:
    days, staff, studies = Days(today), Staff(), Studies()
    training_people.plan(play, days, staff)
    region, institute = play.someone(play.tree.region), play.someone(play.tree.providers[0])

    def at(ago: int, hour: int, actor: Actor, act: Act) -> None:
        play.timeline.plan(play.timeline.at(days.ago(ago), hour), actor, act)

    at(305, 9, region, partial(_topics, studies))
    at(300, 10, institute, partial(_main, studies, days))
    at(296, 15, region, partial(_agree, studies, MAIN, "приказ № ДЕМО-14 (демонстрационный)"))
    at(280, 12, institute, partial(_register, studies))
    at(40, 11, institute, partial(_others, studies, days))
    at(36, 15, region, partial(_answer, studies))
    at(2, 10, institute, partial(_exclude, studies))
    training_groups.plan(play, days, staff, studies)
    training_papers.plan(play, days, staff, studies)
    at(30, 12, region, partial(_require, play, studies, days))
    tomari = play.someone(play.tree.municipalities["Томаринский"])
    at(13, 12, tomari, partial(_require_own, studies, days))


def _topics(studies: Studies, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    del moment
    main = training_topic.create(
        session, actor, title="Внутренняя система оценки качества образования", counts_in_monitoring=True
    )
    other = training_topic.create(session, actor, title="Управление образовательной организацией")
    studies.topic, studies.other_topic = main.id, other.id


def _main(studies: Studies, days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    typed = TypedProgramme(
        MAIN,
        36,
        topic_id=studies.topic,
        form=StudyForm.MIXED,
        annotation="Для руководителей и заместителей: положение о ВСОКО, график процедур, анализ, решения.",
        positions=(*LEADERS, PositionKind.MUNICIPAL_SPECIALIST),
        agree_by=days.ago(290),
        register_by=days.ago(260),
    )
    made = programmes.create(session, actor, typed, today=moment.today)
    programmes.submit(session, actor, made, today=moment.today)
    studies.programmes[MAIN] = made.id


def _agree(  # noqa: PLR0917 - the first three are bound where the act is planned
    studies: Studies, title: str, act: str, session: GuardedSession, actor: Actor, moment: Moment
) -> None:
    programme = session.get_one(Programme, studies.programmes[title])
    programmes.agree(session, actor, programme, act=act, today=moment.today)


def _register(studies: Studies, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    programme = session.get_one(Programme, studies.programmes[MAIN])
    programmes.register(session, actor, programme, number="ДЕМО-000123", on=moment.today, today=moment.today)


def _others(studies: Studies, days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """One for each other state; the one that waits for agreement is late with it."""
    typed = partial(TypedProgramme, topic_id=studies.other_topic, positions=LEADERS)
    made = {
        "agreed": typed("Менеджмент в образовании (демо)", 256, DocumentKind.RETRAINING, register_by=days.ago(5)),
        "waiting": TypedProgramme(
            "Эксперт оценки качества образования (демо)", 72, topic_id=studies.topic, agree_by=days.ago(3)
        ),
        "returned": typed("Аналитика результатов ВПР для управленческих решений (демо)", 24),
        "draft": TypedProgramme("Оценочные процедуры в малокомплектной школе (демо)", 16, topic_id=studies.topic),
        "excluded": typed("Внутришкольный контроль (демо, прежняя редакция)", 18),
    }
    for word, values in made.items():
        programme = programmes.create(session, actor, values, today=moment.today)
        studies.programmes[word] = programme.id
        if word != "draft":
            programmes.submit(session, actor, programme, today=moment.today)


def _answer(studies: Studies, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    for word in ("agreed", "excluded"):
        _agree(studies, word, "письмо № ДЕМО-31 (демонстрационное)", session, actor, moment)
    returned = session.get_one(Programme, studies.programmes["returned"])
    programmes.return_(session, actor, returned, remark="Добавьте практику на данных своей школы и итоговую работу.")


def _exclude(studies: Studies, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    del moment
    programme = session.get_one(Programme, studies.programmes["excluded"])
    programmes.exclude(session, actor, programme, note="Заменена программой о ВСОКО.")


def _require(play: Play, studies: Studies, days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:  # noqa: PLR0917 - the first three are bound
    """What point 2.3 of the founding order asks, for this year; bound to the point of this year's order."""
    del play
    begins = date(days.ago(100).year, 1, 1)
    values = RequirementValues(
        "Руководители ОО и (или) их заместители обучены по вопросам ВСОКО (демо)",
        studies.topic,
        LEADERS,
        begins,
        max(date(begins.year, 12, 31), days.ahead(30)),
        basis="пункт 12 распоряжения этого учебного года; по образцу пункта 2.3 распоряжения № 3.12-118-р",
        min_hours=16,
    )
    made = requirements.create(session, actor, values)
    requirements.set_addressees(session, actor, made, [(AddresseeClauseKind.ALL_SCHOOLS, None)])
    requirements.activate(session, actor, made, today=moment.today)
    point = session.scalar(
        select(OrderPoint.id)
        .join(Order, Order.id == OrderPoint.order_id)
        .where(Order.number == f"ДЕМО-{days.school_year}/1", OrderPoint.number == TRAINING_POINT)
    )
    requirements.bind_point(session, actor, made, point)
    specialists = RequirementValues(
        "Муниципальные специалисты обучены по вопросам ВСОКО (демо)",
        studies.topic,
        (PositionKind.MUNICIPAL_SPECIALIST,),
        begins,
        days.year_ends,
        counts=CoverageCount.PEOPLE,
        accepts_valid=True,
    )
    draft = requirements.create(session, actor, specialists)
    requirements.set_addressees(session, actor, draft, [(AddresseeClauseKind.ALL_MUNICIPALITIES, None)])
    former = RequirementValues(
        "Директора обучены по вопросам ВСОКО: прошлый год (демо)",
        studies.topic,
        (PositionKind.HEAD,),
        date(begins.year - 1, 1, 1),
        date(begins.year - 1, 12, 31),
    )
    closed = requirements.create(session, actor, former)
    requirements.set_addressees(session, actor, closed, [(AddresseeClauseKind.ALL_SCHOOLS, None)])
    requirements.activate(session, actor, closed, today=moment.today)
    requirements.close(session, actor, closed, note="Год завершён, действует новое требование.")


def _require_own(studies: Studies, days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    values = RequirementValues(
        "Каждый директор и заместитель округа обучен по ВСОКО (демо)",
        studies.topic,
        LEADERS,
        date(days.ago(100).year, 1, 1),
        days.year_ends,
        counts=CoverageCount.PEOPLE,
        basis="план работы отдела образования",
    )
    made = requirements.create(session, actor, values)
    requirements.set_addressees(session, actor, made, [(AddresseeClauseKind.ALL_SCHOOLS, None)])
    requirements.activate(session, actor, made, today=moment.today)
