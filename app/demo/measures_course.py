"""How measures of the demo go: last year's to their end and their effect, this year's in every state."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from app.demo.play import Play
from app.demo.region import HOME_SCHOOL
from app.demo.school_year import SIX, Days
from app.demo.timeline import Act, Moment, dice, workday
from app.models import CorrectiveMeasure, Finding, MeasureFinding, TrainingRequirement
from app.models.enumeration import EvidenceKind
from app.models.enumeration_of_measures import (
    FigureSource,
    FindingSource,
    FindingStatus,
    MeasurePriority,
    MeasureStatus,
)
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import corrective_measure as measures
from app.services import effect_record, measure_template
from app.services.corrective_measure import TypedMeasure
from app.services.evidence import TypedEvidence
from app.workflows.corrective_measure import WORKFLOW
from app.workflows.finding import WORKFLOW as FINDING

__all__ = ["Act", "plan_last_year", "plan_present"]

PLANNING_SCHOOLS = 3
DAYS_OF_WORK = 75
NOT_ENOUGH = "Приказ не подписан, приложите действующую редакцию."


def plan_last_year(play: Play, begins: date) -> None:
    """In each of the six municipalities some schools plan for themselves; one municipality plans for its schools."""
    for place, town in enumerate(SIX):
        for number, school in enumerate(play.tree.schools_of(town)[: 2 + place % PLANNING_SCHOOLS]):
            day = workday(begins + timedelta(days=place + number))
            play.timeline.plan(play.timeline.at(day, 11), play.someone(school), _plan_own)
            done = workday(day + timedelta(days=DAYS_OF_WORK + 3 * number))
            play.timeline.plan(play.timeline.at(done, 12), play.someone(school), _finish_all)
        above = play.someone(play.tree.municipalities[town])
        checked = workday(begins + timedelta(days=DAYS_OF_WORK + 30))
        play.timeline.plan(play.timeline.at(checked, 16), above, _verify_all)
    # Reached, not reached, and nobody knows from what.
    for town, before, reached in (("Анивский", "30", "80"), ("Долинский", "30", "45"), ("Томаринский", "", "60")):
        head = play.someone(play.tree.municipalities[town])
        act = partial(_plan_for_schools, begins, Decimal(before) if before else None)
        play.timeline.plan(play.timeline.at(begins, 15), head, act)
        finished = workday(begins + timedelta(days=DAYS_OF_WORK))
        play.timeline.plan(play.timeline.at(finished, 15), head, partial(_finish_own, Decimal(reached)))
    region = play.someone(play.tree.region)
    decided = workday(begins + timedelta(days=DAYS_OF_WORK + 40))
    play.timeline.plan(play.timeline.at(decided, 11), region, _verify_all)
    play.timeline.plan(play.timeline.at(workday(decided + timedelta(days=1)), 11), region, _record)


def _open_findings(session: GuardedSession, unit: int, *, source: FindingSource | None = None) -> list[Finding]:
    """Without a measure yet, the oldest first."""
    answered = select(MeasureFinding.finding_id)
    statement = select(Finding).where(
        Finding.org_unit_id == unit, Finding.status == FindingStatus.OPEN, Finding.id.not_in(answered)
    )
    if source is not None:
        statement = statement.where(Finding.source == source)
    return list(session.scalars(statement.order_by(Finding.id)))


def _typed(session: GuardedSession, finding: Finding, due_on: date, **more: object) -> TypedMeasure:
    """By the template of the criterion, where there is one."""
    templates = measure_template.of_criterion(session, finding.criterion_code) if finding.criterion_code else []
    template = templates[0] if templates else None
    told: dict[str, object] = {
        "title": template.title if template else "Устранить недостаток и издать приказ",
        "expected_result": template.expected_result if template else "Приказ издан, документы обновлены",
        "responsible_position": (template.responsible_position if template else "") or "заместитель директора",
        "responsible": "Фамилия-017 А. А.",
        "template_id": template.id if template else None,
        "due_on": due_on,
    }
    if finding.criterion_code:
        told |= {
            "figure_source": FigureSource.CRITERION,
            "criterion_code": finding.criterion_code,
            "base_round_id": finding.round_id,
            "figure_target": Decimal(2),
        }
    return TypedMeasure(**(told | more))  # type: ignore[arg-type]  # the fields are those of the class by their names


def _plan_own(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    for finding in _open_findings(session, actor.unit_id or 0, source=FindingSource.CRITERION):
        made = measures.plan(
            session,
            actor,
            unit_id=actor.unit_id or 0,
            finding_ids=[finding.id],
            typed=_typed(session, finding, moment.today + timedelta(days=DAYS_OF_WORK + 5)),
            today=moment.today,
            is_demo=True,
        )
        measures.start(session, actor, made, today=moment.today)


def _own(session: GuardedSession, unit: int | None, *statuses: MeasureStatus) -> list[CorrectiveMeasure]:
    statement = select(CorrectiveMeasure).where(
        CorrectiveMeasure.org_unit_id == unit, CorrectiveMeasure.status.in_(statuses)
    )
    return list(session.scalars(statement.order_by(CorrectiveMeasure.id)))


def _finish(
    session: GuardedSession, actor: Actor, one: CorrectiveMeasure, moment: Moment, after: Decimal | None
) -> None:
    measures.finish(
        session,
        actor,
        one,
        done_on=moment.today,
        done_note="Выполнено, документ приложен.",
        figure_after=after,
        evidence=[
            TypedEvidence(
                EvidenceKind.ORDER,
                "Приказ об изменениях в ВСОКО",
                f"ДЕМО-{one.id}",
                moment.today,
                url=f"https://school-demo.example.ru/prikaz-{one.id}",
            )
        ],
        now=moment.now,
        today=moment.today,
    )


def _finish_all(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    for one in _own(session, actor.unit_id, MeasureStatus.IN_PROGRESS):
        after = None if one.figure_source is FigureSource.NONE else Decimal(1 + dice("after", one.id).randrange(2))
        _finish(session, actor, one, moment, after)


def _finish_own(after: Decimal, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    for one in _own(session, actor.unit_id, MeasureStatus.IN_PROGRESS):
        _finish(session, actor, one, moment, after)


def _plan_for_schools(
    begins: date, before: Decimal | None, session: GuardedSession, actor: Actor, moment: Moment
) -> None:
    """One measure of the municipality for all its schools with the weakness; its figure is its own."""
    found = session.scalars(
        select(Finding).where(
            Finding.municipality_id == actor.unit_id,
            Finding.org_unit_id != actor.unit_id,
            Finding.criterion_code == "У3",
        )
    ).all()
    if not found:
        return
    made = measures.plan(
        session,
        actor,
        unit_id=actor.unit_id or 0,
        finding_ids=[one.id for one in found],
        typed=TypedMeasure(
            title="Провести семинар для школ: как оценить, помогли ли принятые меры",
            due_on=begins + timedelta(days=DAYS_OF_WORK + 10),
            expected_result="Участвовали все школы со слабой оценкой, материалы у каждой",
            responsible="Фамилия-003 Б. Б.",
            responsible_position="методист",
            figure_source=FigureSource.TYPED,
            figure_name="Доля школ, которые оценили свои меры, %",
            figure_before=before,
            figure_target=Decimal(70),
        ),
        today=moment.today,
        is_demo=True,
    )
    measures.start(session, actor, made, today=moment.today)


def _verify_all(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    done = session.scalars(
        select(CorrectiveMeasure)
        .where(CorrectiveMeasure.status == MeasureStatus.DONE, CorrectiveMeasure.org_unit_id != actor.unit_id)
        .order_by(CorrectiveMeasure.id)
    ).all()
    for one in done:
        if WORKFLOW.allows("verify", one, actor):
            answered = select(Finding).join(MeasureFinding, MeasureFinding.finding_id == Finding.id)
            found = session.scalars(answered.where(MeasureFinding.measure_id == one.id)).all()
            closed = [row.id for row in found if one.id % 3 == 0 and FINDING.allows("resolve", row, actor)]
            measures.verify(session, actor, one, resolves=closed, today=moment.today)


def _record(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    del actor
    effect_record.record_due(session, today=moment.today)


def plan_present(play: Play, days: Days) -> None:
    """The home school has one of each state; its municipality checks."""
    home, tomari = play.tree.named[HOME_SCHOOL], play.tree.municipalities["Томаринский"]
    school, above = play.someone(home), play.someone(tomari)

    def at(ago: int, hour: int, actor: Actor, act: Act) -> None:
        play.timeline.plan(play.timeline.at(days.ago(ago), hour), actor, act)

    at(16, 10, school, partial(_plan_states, days))
    at(7, 12, school, partial(_go_on, days))
    at(5, 16, above, _refuse_one)
    at(2, 11, above, partial(_prescribe, home, days))


TITLES = (
    "Привести приказ о ВСОКО в соответствие с действующими актами",
    "Развести контрольные работы 7А по неделям, переутвердить график",
    "Обновить страницу «Документы», назначить ответственного",
    "Провести педагогический совет по итогам самооценки",
    "Обучить заместителя директора по программе о ВСОКО",
    "Заказать новую версию сайта школы",
)


def _plan_states(days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    left = _open_findings(session, actor.unit_id or 0)
    requirement = session.scalars(select(TrainingRequirement.id).order_by(TrainingRequirement.id)).first()
    terms = (days.ahead(20), days.ago(2), days.ahead(6), days.ahead(40), days.ahead(60), days.ahead(30))
    for number, (title, due_on) in enumerate(zip(TITLES, terms, strict=True)):
        measures.plan(
            session,
            actor,
            unit_id=actor.unit_id or 0,
            finding_ids=[left[number].id] if number < len(left) else [],
            typed=TypedMeasure(
                title=title,
                due_on=due_on,
                expected_result="Приказ и страница сайта приложены",
                priority=MeasurePriority.HIGH if number < 2 else MeasurePriority.NORMAL,  # noqa: PLR2004 - the first two
                responsible="Фамилия-017 А. А.",
                responsible_position="заместитель директора",
                training_requirement_id=requirement if "Обучить" in title else None,
            ),
            today=moment.today,
            is_demo=True,
        )


def _go_on(days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """The first two are done, the next two under way, one stays planned, one is called off."""
    del days
    planned = _own(session, actor.unit_id, MeasureStatus.PLANNED)
    for number, one in enumerate(planned):
        if one.title == TITLES[-1]:
            measures.cancel(session, actor, one, note="Сайт переносит на новую площадку министерство.")
        elif number < 4:  # noqa: PLR2004 - the last two stay as they are
            measures.start(session, actor, one, today=moment.today)
    for one in _own(session, actor.unit_id, MeasureStatus.IN_PROGRESS):
        if one.title in TITLES[2:4]:
            _finish(session, actor, one, moment, None)


def _refuse_one(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    del moment
    wanted = select(CorrectiveMeasure).where(
        CorrectiveMeasure.status == MeasureStatus.DONE, CorrectiveMeasure.title == TITLES[3]
    )
    for one in session.scalars(wanted).all():
        measures.refuse(session, actor, one, note=NOT_ENOUGH)


def _prescribe(school: int, days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """What is set from above."""
    left = _open_findings(session, school)
    if left:
        measures.plan(
            session,
            actor,
            unit_id=school,
            finding_ids=[left[0].id],
            typed=_typed(session, left[0], days.ahead(25), priority=MeasurePriority.HIGH),
            today=moment.today,
            is_demo=True,
        )
