"""A set of criteria of every scale, and a unit's own workbook of it: given out, filled in, brought back."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
from sqlalchemy import Engine, select

from app.excel.sheet import Heading
from app.models import CriterionScore
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import Metric, RoundStatus, ScaleKind
from app.services import personal_workbook, workbook_import, workbook_verdicts
from tests.factories.monitoring import C, Held, build_framework, fill_sheet, hold_round
from tests.factories.world import World
from tests.services.workbook_rounds import KEY, NOW, brought, heading_row

CHOICE = ((Decimal(0), Decimal(0)), (Decimal("0.5"), Decimal(1)), (Decimal(1), Decimal(2)))
CRITERIA = (
    C("Д1", weight="2", more={"evidence_required": True, "guidance": "Есть положение, и оно на сайте."}),
    C("Г1", "График", scale=ScaleKind.YES_NO, max_points="1", levels=()),
    C("В1", "График", scale=ScaleKind.CHOICE, levels=CHOICE),
    C("Ч1", "График", scale=ScaleKind.SHARE, max_points="100", levels=()),
    C(
        "Н1",
        "График",
        scale=ScaleKind.NUMBER,
        levels=((Decimal(0), Decimal(2)), (Decimal(3), Decimal(0))),
        more={"may_be_na": False, "measure": "нарушений"},
    ),
    C("К1", "График", more={"metric": Metric.DOCUMENTS_PUBLISHED}),
    C("М1", "Муниципальный лист", more={"for_schools": False, "for_municipalities": True}),
)
CODES = ["Д1", "Г1", "В1", "Ч1", "Н1", "К1"]


def hold(engine: Engine, world: World) -> Held:
    framework = build_framework(engine, world, criteria=CRITERIA)
    last = hold_round(
        engine, world, framework=framework, title="Мониторинг 2025", status=RoundStatus.CLOSED, units=("school",)
    )
    fill_sheet(engine, world, last, "school", {"Д1": "1", "Ч1": "83.5"}, status=Status.APPROVED, comment="как было")
    return hold_round(engine, world, framework=framework, previous_round_id=last.round_id)


def issued(session, now=NOW) -> bytes:
    target = io.BytesIO()
    heading = Heading(("Рабочая книга",), now, session.actor.user_name, session.actor.unit_name)
    personal_workbook.issue(session, session.actor, target, heading, key=KEY, now=now)
    # Others write now: it is not to be read as of then.
    session.rollback()
    return target.getvalue()


def rows_of(content: bytes, name: str = "Лист оценки"):
    """The rows by the code in them, each by heading."""
    page = openpyxl.load_workbook(io.BytesIO(content))[name]
    head = heading_row(page)
    titles = [cell.value for cell in page[head]]
    return {row[1].value: dict(zip(titles, row, strict=True)) for row in page.iter_rows(min_row=head + 1)}


def filled(content: bytes, cells: dict[str, dict[str, object]], name: str = "Лист оценки") -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book[name]
    head = heading_row(page)
    places = {cell.value: cell.column for cell in page[head]}
    for row in page.iter_rows(min_row=head + 1):
        for title, value in cells.get(row[1].value, {}).items():
            page.cell(row[0].row, places[title]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def taken(session, content, by):
    return brought(session, personal_workbook.REGISTER, content, by, choices={})


def verdicts(by, imported):
    """By code."""
    return {one.label.partition(".")[0]: one for one in workbook_verdicts.verdicts(by.store, imported)}


def kinds(by, imported):
    return [one.kind.value for one in verdicts(by, imported).values()]


def written(session, imported, by, *, only_right=False):
    session.commit()
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=only_right)
    session.commit()


def scores(session, held, unit="school"):
    codes = {number: code for code, number in held.criteria.items()}
    found = session.scalars(
        select(CriterionScore)
        .where(CriterionScore.assessment_id == held.assessments[unit])
        .execution_options(populate_existing=True)
    )
    return {codes[one.criterion_id]: one for one in found}


def order_label(book: bytes) -> str:
    return next(iter(rows_of(book, "Поручения")))
