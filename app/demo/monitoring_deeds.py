"""What becomes of one sheet of the demo: filled, sent, checked, returned; each act by its person on its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.demo.monitoring_sheets import Persona, answers, proofs
from app.demo.play import Play
from app.demo.timeline import Moment, dice
from app.models import Assessment, Framework, OrgUnit
from app.models.enumeration import FrameworkStatus, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import assessment as sheets
from app.services import (
    assessment_answer,
    assessment_check,
    metric,
)
from app.services.assessment_access import scores_of, whole

MARK = "(демонстрационный)"
HOME = "Томаринский"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as the demo tells of it."""

    id: int
    unit_id: int
    name: str
    kind: UnitKind
    municipality_id: int
    site: str


def published(session: GuardedSession) -> int:
    return session.scalars(select(Framework.id).where(Framework.status == FrameworkStatus.PUBLISHED)).one()


def sheets_of(session: GuardedSession, round_id: int) -> list[Sheet]:
    rows = session.execute(
        select(Assessment.id, OrgUnit)
        .join(OrgUnit, OrgUnit.id == Assessment.org_unit_id)
        .where(Assessment.round_id == round_id)
        .order_by(Assessment.id)
    )
    return [Sheet(number, unit.id, unit.label, unit.kind, unit.municipality_id, unit.site) for number, unit in rows]


def fill(play: Play, sheet: Sheet, day: date, *, later: bool, part: float = 1.0) -> None:
    def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        row = session.get_one(Assessment, sheet.id)
        if dice("counted", sheet.name).random() < 0.3 * part:
            metric.fill_measured(session, actor, row, now=moment.now, today=moment.today)
        held = whole(session, row)
        persona = Persona.of(sheet.name, sheet.site, later=later)
        counted = {number for number, score in scores_of(session, row).items() if score.counted_at is not None}
        given = {k: v for k, v in answers(held, persona, part=part).items() if k not in counted}
        shown = proofs(held, persona, given, moment.today)
        assessment_answer.answer_all(session, actor, row, given, shown, now=moment.now, today=moment.today)

    play.timeline.plan(play.timeline.moment(day, dice("fill", sheet.name, day)), play.someone(sheet.unit_id, day), act)


def send(play: Play, sheet: Sheet, day: date) -> None:
    def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        row = session.get_one(Assessment, sheet.id)
        sheets.submit(session, actor, row, version=row.version, today=moment.today, now=moment.now)

    play.timeline.plan(play.timeline.at(day, 18, 30), play.someone(sheet.unit_id, day), act)


def _above(play: Play, sheet: Sheet) -> Actor:
    return play.someone(sheet.municipality_id if sheet.kind is UnitKind.SCHOOL else play.tree.region)


def check(play: Play, sheet: Sheet, day: date) -> None:
    """Accepts; now and then the checker sees one answer otherwise."""

    def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        row = session.get_one(Assessment, sheet.id)
        throw = dice("check", sheet.name, day)
        if throw.random() < 0.2:  # noqa: PLR2004 - one sheet in five
            held, scores = whole(session, row), scores_of(session, row)
            good = [one for one in held.criteria.values() if (got := scores.get(one.id)) and got.value == 2]  # noqa: PLR2004 - the best
            for criterion in throw.sample(good, min(1, len(good))):
                checked = assessment_check.Checked(value=Decimal(1), is_na=False, comment="Документ прошлого года.")
                version = scores[criterion.id].version
                assessment_check.check(session, actor, row, criterion.id, checked, version=version, now=moment.now)
            session.refresh(row)
        sheets.accept(session, actor, row, version=row.version, today=moment.today, now=moment.now)

    play.timeline.plan(play.timeline.at(day, 19), _above(play, sheet), act)


def send_back(play: Play, sheet: Sheet, day: date) -> None:
    def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        row = session.get_one(Assessment, sheet.id)
        held = whole(session, row)
        remarks = {
            one.id: words
            for one in held.criteria.values()
            if (
                words := {
                    "Д2": "Положение открывается из раздела «Новости», а не с первой страницы «Документов».",
                    "А2": "В справке нет адресных рекомендаций: кому и что сделать.",
                }.get(one.code)
            )
        }
        sheets.return_(
            session,
            actor,
            row,
            version=row.version,
            note="Проверьте размещение положения и рекомендации.",
            remarks=remarks,
            today=moment.today,
            now=moment.now,
        )

    play.timeline.plan(play.timeline.at(day, 16), _above(play, sheet), act)


def approve(play: Play, sheet: Sheet, day: date) -> None:
    def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        row = session.get_one(Assessment, sheet.id)
        sheets.approve(session, actor, row, version=row.version, today=moment.today, now=moment.now)

    play.timeline.plan(play.timeline.at(day, 12), play.someone(play.tree.region), act)
