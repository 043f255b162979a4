"""The plan of a list and the acting on it, with a register of the test's own."""

from __future__ import annotations

import pytest

from app.excel.incoming import Incoming, IncomingRow
from app.excel.sheet import Column, ColumnRole, Sheet
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.services import bulk_import
from app.services.bulk_import import Importer, carry_out, plan, verdicts_of
from app.services.row_verdict import Planned, RowVerdict, VerdictKind
from tests.services.workbook_rounds import TODAY

SHEET = Sheet(
    "Проба",
    "Проба",
    (Column("name", "Имя", role=ColumnRole.KEY), Column("site", "Сайт", role=ColumnRole.FIELD)),
)


class Told:
    """A judge that notes what it was given; a row named «нет» is refused."""

    def __init__(self, session, actor, today) -> None:
        del session, actor, today
        self.rows: list[IncomingRow] = []

    def judge(self, row: IncomingRow) -> Planned:
        self.rows.append(row)
        if row.values["name"] == "нет":
            raise WrongState("Так нельзя.", field="site")
        return Planned(RowVerdict(row.number, VerdictKind.CREATED, self.label(row)), lambda: None)

    def label(self, row: IncomingRow) -> str:
        return str(row.values.get("name", ""))


@pytest.fixture
def register():
    judges: list[Told] = []

    def begin(*args) -> Told:
        judges.append(Told(*args))
        return judges[-1]

    made = Importer(
        "test", SHEET, Permission.ORG_UNIT_WRITE, begin, lambda *_: {}, lambda row: row.values["name"] != "а"
    )
    return made, judges


def file_of(*rows: IncomingRow) -> Incoming:
    return Incoming({"name": 0, "site": 1}, [], [], list(rows))


def test_rows_are_judged_in_the_order_of_doing_and_shown_in_that_of_the_file(register, work):
    importer, judges = register
    session = work("unit_admin")
    rows = [IncomingRow(number, {"name": name, "site": None}) for number, name in ((2, "б"), (3, "нет"), (4, "а"))]
    plans = plan(session, session.actor, importer, file_of(*rows), today=TODAY)
    assert [row.number for row in judges[0].rows] == [4, 2, 3]
    assert [one.verdict.row for one in plans] == [4, 2, 3]
    shown = [(one.row, one.kind, dict(one.sentences)) for one in verdicts_of(plans)]
    assert shown == [
        (2, VerdictKind.CREATED, {}),
        (3, VerdictKind.WRONG, {"site": "Так нельзя."}),
        (4, VerdictKind.CREATED, {}),
    ]


def test_an_empty_field_reaches_the_judge_only_where_it_is_to_clear(register, work):
    importer, judges = register
    session = work("unit_admin")
    row = IncomingRow(2, {"name": None, "site": None})
    for clear_empty in (False, True):
        plan(session, session.actor, importer, file_of(row), today=TODAY, clear_empty=clear_empty)
    # A key is a key, empty or not.
    assert [judge.rows[0].values for judge in judges] == [{"name": None}, {"name": None, "site": None}]


def test_a_row_that_could_not_be_read_is_not_judged(register, work):
    importer, judges = register
    session = work("unit_admin")
    row = IncomingRow(2, {"name": "а"}, {"site": "Не понято."})
    (one,) = plan(session, session.actor, importer, file_of(row), today=TODAY)
    assert (one.verdict.kind, one.verdict.label, one.verdict.told, one.act) == (
        VerdictKind.WRONG,
        "а",
        "Не понято.",
        None,
    )
    assert judges[0].rows == []


def test_the_registers_own_permission_is_asked_for(register, work):
    session = work("school")
    with pytest.raises(NotPermitted):
        plan(session, session.actor, register[0], file_of(), today=TODAY)


def planned(row: int, done: list[int], kind: VerdictKind = VerdictKind.CHANGED, refusal: str = "") -> Planned:
    def act() -> None:
        if refusal:
            raise WrongState(refusal)
        done.append(row)

    return Planned(RowVerdict(row, kind, f"строка {row}"), act if kind is VerdictKind.CHANGED else None)


@pytest.mark.parametrize("bad", [VerdictKind.WRONG, VerdictKind.CONFLICT])
def test_with_a_bad_row_all_is_nothing_and_the_right_ones_are_done(work, bad):
    session, done = work("region"), []
    plans = [planned(2, done), planned(3, done, bad), planned(4, done), planned(5, done, VerdictKind.SAME)]
    with pytest.raises(Invalid, match="Строк с ошибками: 1"):
        carry_out(session, plans, only_right=False)
    assert done == []
    outcome = carry_out(session, plans, only_right=True)
    assert done == [2, 4]
    assert [one.kind.value for one in outcome] == ["changed", bad.value, "changed", "same"]


def test_a_refusal_at_the_act_ends_all_or_is_that_rows_alone(work):
    session, done = work("region"), []
    plans = [planned(2, done), planned(3, done, refusal="Занято."), planned(4, done)]
    with pytest.raises(Invalid, match=r"^Строка 3: Занято\. Ничего не записано\.$"):
        carry_out(session, plans, only_right=False)
    assert done == [2]
    done.clear()
    outcome = carry_out(session, plans, only_right=True)
    assert done == [2, 4]
    assert [(one.kind.value, one.told) for one in outcome] == [("changed", ""), ("wrong", "Занято."), ("changed", "")]


def test_how_far_it_is_is_told(register, work, monkeypatch):
    monkeypatch.setattr(bulk_import, "TOLD_EVERY", 2)
    session, told, done = work("unit_admin"), [], []
    rows = [IncomingRow(number, {"name": "а"}) for number in range(2, 7)]
    plan(session, session.actor, register[0], file_of(*rows), today=TODAY, tell=lambda *count: told.append(count))
    carry_out(session, [planned(row, done) for row in range(2, 7)], only_right=False, tell=lambda *c: told.append(c))
    assert told == [(2, 5), (4, 5), (2, 5), (4, 5)]
