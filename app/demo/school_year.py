"""A plainly marked order of this school year, with terms around the day of loading, and the act that amends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from app.demo import school_year_lives as lives
from app.demo.play import Play
from app.demo.timeline import DAY, SATURDAY, Moment
from app.models import Order, OrderPoint
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import Modality, OrderKind, Recurrence, TermKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import order as orders
from app.services import order_amendment
from app.services.order import ClauseValues, PointValues
from app.services.order_amendment import AddAddressees, MoveTerm, RevokePoint, WithdrawAssignments

MARK = "(демонстрационное)"
SIX = ("Томаринский", "Анивский", "Долинский", "Курильский", "Макаровский", "Невельский")
FIRST_MONTH = 9


@dataclass(frozen=True, slots=True)
class Days:
    """Days counted from the day of loading."""

    today: date

    def ago(self, working_days: int) -> date:
        """That many working days before; later acts have smaller numbers."""
        day = self.today
        for _ in range(working_days):
            day -= DAY
            while day.weekday() >= SATURDAY:
                day -= DAY
        return day

    def ahead(self, days: int) -> date:
        return self.today + timedelta(days=days)

    @property
    def school_year(self) -> int:
        """The year in which it began."""
        return self.today.year if self.today.month >= FIRST_MONTH else self.today.year - 1

    @property
    def year_ends(self) -> date:
        """31 May, of the next year where this one's is less than two months away."""
        end = date(self.school_year + 1, 5, 31)
        return end if end > self.ahead(60) else date(self.school_year + 2, 5, 31)


@dataclass(frozen=True, slots=True)
class Point:
    values: PointValues
    to: Sequence[ClauseValues]


def plan(play: Play, today: date) -> None:
    days = Days(today)

    def issue(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        order = orders.create_draft(
            session,
            actor,
            kind=OrderKind.DIRECTIVE,
            number=f"ДЕМО-{days.school_year}/1",
            dated_on=moment.today,
            title=f"О подготовке к мониторингу ВСОКО в {days.school_year}/{days.school_year + 1} учебном году {MARK}",
            issuer_name="министерство образования Сахалинской области",
            signed_by=actor.user_name,
            controller="заместитель министра образования",
            is_demo=True,
        )
        for point in _points(play, days):
            row = orders.add_point(session, actor, order, point.values)
            orders.set_addressees(session, actor, order, row, point.to)
        orders.issue(session, actor, order, today=moment.today, now=moment.now)
        for task in play.tasks(session, order.id):
            lives.plan(play, days, task)
        region = play.someone(play.tree.region)
        play.timeline.plan(play.timeline.at(days.ago(10), 11), region, partial(_amend, play, days, order.id))
        play.take_off_control(order.id, days.ago(6), "Размещение проверено.", "3")

    play.timeline.plan(play.timeline.at(days.ago(32), 15), play.someone(play.tree.region), issue)
    play.timeline.plan(play.timeline.at(days.ago(12), 12), play.someone(play.tree.region), partial(_draft, days))
    plan_own_order(play, today, "Томаринский", OrderKind.ORDER)


def plan_own_order(play: Play, today: date, municipality: str, kind: OrderKind) -> None:
    """An order or a letter of the municipality's own, to its schools."""
    days = Days(today)
    act = partial(_issue_own, play, days, kind)
    play.timeline.plan(play.timeline.at(days.ago(14), 10), play.someone(play.tree.municipalities[municipality]), act)


def _points(play: Play, days: Days) -> list[Point]:
    town = play.tree.municipalities
    all_towns, providers = ClauseValues(Kind.ALL_MUNICIPALITIES), ClauseValues(Kind.ALL_PROVIDERS)

    def schools_of(*names: str) -> list[ClauseValues]:
        return [ClauseValues(Kind.SCHOOLS_OF, town[name]) for name in names]

    regional = [ClauseValues(Kind.UNIT, unit) for unit in play.tree.schools[play.tree.region]]
    return [
        Point(
            PointValues("1", "довести до сведения порядок и сроки мониторинга ВСОКО", modality=Modality.INFORM),
            [all_towns, providers, *schools_of("Томаринский", "Анивский")],
        ),
        Point(
            _dated("2", "проверить размещение документов о ВСОКО на сайтах всех ОО муниципалитета", days.ahead(10)),
            [all_towns],
        ),
        Point(
            _dated(
                "3",
                "разместить на сайте положение о ВСОКО и график оценочных процедур этого учебного года",
                days.ahead(-6),
                evidence_note="ссылка на страницу или документ",
            ),
            schools_of(*SIX),
        ),
        Point(
            _dated("4", "направить сведения о согласовании графиков оценочных процедур", days.today, Modality.REPORT),
            [all_towns],
        ),
        Point(
            _dated("5", "назначить ответственного за ВСОКО и сообщить его данные", days.ahead(1)),
            schools_of("Томаринский", "Углегорский", "Холмский"),
        ),
        Point(_dated("6", "представить план методической поддержки школ", days.ahead(3)), [providers, *regional]),
        Point(
            _dated(
                "7",
                "обсудить итоги прошлого мониторинга на совещании руководителей",
                days.ahead(30),
                Modality.RECOMMEND,
            ),
            [all_towns],
        ),
        Point(
            _recurring("8", "представлять сведения о соблюдении графиков", Recurrence.QUARTERLY, 5, days), [all_towns]
        ),
        Point(
            _recurring("9", "представлять сведения о консультациях для школ", Recurrence.MONTHLY, 10, days), [providers]
        ),
        Point(_dated("10", "провести самообследование по прежней форме", days.ahead(20)), schools_of("Корсаковский")),
        Point(
            PointValues(
                "11",
                "использовать результаты ВСОКО при планировании повышения квалификации учителей",
                modality=Modality.RECOMMEND,
                term_kind=TermKind.PERIOD,
                due_on=days.year_ends,
                term_written="в течение учебного года",
            ),
            [ClauseValues(Kind.ALL_SCHOOLS)],
        ),
        Point(
            PointValues(
                "12",
                "обеспечить повышение квалификации руководителей ОО и (или) их заместителей по вопросам ВСОКО",
                modality=Modality.RECOMMEND,
                term_kind=TermKind.PERIOD,
                due_on=max(date(days.ago(100).year, 12, 31), days.ahead(30)),
                term_written="в течение календарного года",
            ),
            [all_towns],
        ),
    ]


def _dated(
    number: str, text: str, due_on: date, modality: Modality = Modality.INSTRUCT, evidence_note: str = ""
) -> PointValues:
    return PointValues(
        number,
        text,
        modality=modality,
        term_kind=TermKind.DATE,
        due_on=due_on,
        term_written=f"в срок до {due_on:%d.%m.%Y}",
        evidence_required=bool(evidence_note),
        evidence_note=evidence_note,
    )


def _recurring(number: str, text: str, recurrence: Recurrence, day: int, days: Days) -> PointValues:
    return PointValues(
        number,
        text,
        modality=Modality.REPORT,
        term_kind=TermKind.RECURRING,
        recurrence=recurrence,
        recurrence_day=day,
        recurs_until=days.year_ends,
        term_written=f"{recurrence.label} до {day} числа",
    )


def _amend(  # noqa: PLR0917 - the first three are bound where the act is planned
    play: Play, days: Days, order_id: int, session: GuardedSession, actor: Actor, moment: Moment
) -> None:
    order = session.get_one(Order, order_id)
    point = {row.label: row for row in order.points}
    order_amendment.apply(
        session,
        actor,
        order,
        kind=OrderKind.DIRECTIVE,
        number=f"ДЕМО-{days.school_year}/2",
        dated_on=moment.today,
        title=f"О внесении изменений в распоряжение № {order.number} {MARK}",
        changes=[
            MoveTerm(point["7"].id, days.ahead(45)),
            RevokePoint(point["10"].id, "Форма самообследования заменена новой."),
            WithdrawAssignments(
                point["4"].id,
                (play.tree.municipalities["Северо-Курильский"],),
                "Единственная ОО, график представлен ранее.",
            ),
            AddAddressees(point["6"].id, (play.tree.schools_of("Углегорский")[0],)),
        ],
        today=moment.today,
        now=moment.now,
    )


def _draft(days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    del moment
    order = orders.create_draft(
        session,
        actor,
        kind=OrderKind.ORDER,
        title=f"Об итогах первого этапа мониторинга ВСОКО {MARK}",
        issuer_name="министерство образования Сахалинской области",
        is_demo=True,
    )
    row = orders.add_point(
        session, actor, order, PointValues("1", "довести итоги первого этапа", modality=Modality.INFORM)
    )
    orders.set_addressees(session, actor, order, row, [ClauseValues(Kind.ALL_MUNICIPALITIES)])
    orders.add_point(
        session, actor, order, _dated("2", "устранить замечания по итогам проверки сайтов", days.ahead(40))
    )


def _issue_own(  # noqa: PLR0917 - the first three are bound where the act is planned
    play: Play, days: Days, kind: OrderKind, session: GuardedSession, actor: Actor, moment: Moment
) -> None:
    order = orders.create_draft(
        session,
        actor,
        kind=kind,
        number=f"ДЕМО-М-{days.school_year}/1",
        dated_on=moment.today,
        title=f"О сверке графиков оценочных процедур {MARK}",
        signed_by=actor.user_name,
        is_demo=True,
    )
    row: OrderPoint = orders.add_point(
        session, actor, order, _dated("1", "сверить график оценочных процедур с муниципальным", days.ahead(2))
    )
    orders.set_addressees(session, actor, order, row, [ClauseValues(Kind.ALL_SCHOOLS)])
    orders.issue(session, actor, order, today=moment.today, now=moment.now)
    for place, task in enumerate(play.tasks(session, order.id)):
        lives.of_own_order(play, days, task, place)
