from __future__ import annotations

import re
from decimal import Decimal

import pytest

from app.admin.round_grid_cells import marks_of, short, words_of
from app.models.enumeration import ScaleKind, SmallSchools
from app.services.framework_contents import CriterionView, LevelView
from app.services.round_grid import Cell, Value
from tests.services.filled_rounds import hold_rounds

pytestmark = pytest.mark.once


@pytest.fixture
def rounds(engine, world):
    return hold_rounds(engine, world)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="id" value="(\d+:\d+)" data-bulk-row', page)


def test_the_grid_of_a_municipality(browser, rounds):
    page = browser("municipality").get(f"/monitoring-rounds/{rounds.now.round_id}/grid").text
    sheet, criteria = rounds.now.assessments["school2"], rounds.now.criteria
    assert (
        f'<td class="new-section"><a class="cell step-0" href="/assessments/{sheet}#criterion-{criteria["Д1"]}" '
        'aria-label="Д1: 0 — ответ 0">0</a></td>'
    ) in page
    assert ">н/п</a>" in page
    assert 'title="Критерий Д1. Раздел «Документы»"' in page
    assert "изменено после утверждения: 2" in page
    assert "нет обязательного подтверждения" in page
    assert "school_b" not in page
    # An approved sheet takes no act, the accepted one may be returned.
    assert [key.split(":")[0] for key in ticked(page)] == [str(sheet)]
    assert "Вернуть отмеченные" in page
    assert "Утвердить отмеченные" not in page
    assert not re.search(r"\sstyle=|\son\w+=", page)


def test_a_school_sees_its_own_row_and_ticks_nothing(browser, rounds):
    page = browser("school2").get(f"/monitoring-rounds/{rounds.now.round_id}/grid").text
    assert "МБОУ СОШ «school2»" in page
    assert "МБОУ СОШ «school»" not in page
    assert ticked(page) == []


def test_ticked_sheets_are_accepted_with_a_verdict_for_each(browser, rounds):
    client, address = browser("municipality2"), f"/monitoring-rounds/{rounds.now.round_id}/grid"
    keys = ticked(client.get(address).text)
    draft = f"{rounds.now.assessments['school_c']}:1"
    answer = client.post(f"{address}/accept?status=submitted", {"id": [*keys, draft]})
    assert answer.status_code == 200
    assert "Сделано: 1 из 2" in answer.text
    assert f'href="{address}?status=submitted"' in answer.text
    assert "Действие «Принять лист» невозможно" in answer.text
    page = client.get(f"{address}?status=accepted").text
    assert "МБОУ СОШ «school_b»" in page
    assert "Показано 1 из 2" in page


def test_a_return_asks_for_its_remark(browser, rounds):
    client, address = browser("municipality2"), f"/monitoring-rounds/{rounds.now.round_id}/grid"
    keys = ticked(client.get(address).text)
    asked = client.post(f"{address}/return", {"id": keys})
    assert asked.status_code == 200
    assert f'name="id" value="{keys[0]}"' in asked.text
    assert client.post(f"{address}/return", {"id": keys, "note": " "}).status_code == 422
    done = client.post(f"{address}/return", {"id": keys, "note": "Приложите приказ."})
    assert "Сделано: 1 из 1" in done.text
    assert "Приложите приказ." in browser("school_b").get(f"/assessments/{rounds.now.assessments['school_b']}").text


def test_the_region_approves_what_is_accepted(browser, rounds, world):
    client = browser("region")
    address = f"/monitoring-rounds/{rounds.now.round_id}/grid"
    keys = ticked(client.get(f"{address}?kind=school&status=accepted").text)
    assert len(keys) == 2
    verdicts = client.post(f"{address}/approve", {"id": keys}).text
    assert "Сделано: 2 из 2" in verdicts
    for key in keys:
        assert f'href="/assessments/{key.partition(":")[0]}"' in verdicts


def test_nobody_acts_beyond_their_reach(browser, rounds):
    address = f"/monitoring-rounds/{rounds.now.round_id}/grid/accept"
    for login, unit, status in (
        ("municipality", "school_b", 404),
        ("school", "school", 403),
        ("observer", "school_b", 403),
        ("foreign_region", "school_b", 404),
    ):
        chosen = {"id": f"{rounds.now.assessments[unit]}:1"}
        assert browser(login).post(address, chosen).status_code == status, login


def test_a_broken_choice_is_refused_in_words(browser, rounds):
    client, address = browser("region"), f"/monitoring-rounds/{rounds.now.round_id}/grid/accept"
    for chosen in ([], ["x"], ["1"], ["1:"], [f"{10**30}:1"]):
        assert client.post(address, {"id": chosen}).status_code == 422, chosen


def criterion(scale: ScaleKind, *levels: tuple[str, str, str]) -> CriterionView:
    return CriterionView(
        id=1,
        code="К",
        title="Критерий",
        guidance="",
        section="Раздел",
        scale=scale,
        max_points=Decimal(2),
        weight=Decimal(1),
        measure="нарушений",
        evidence_required=False,
        may_be_na=True,
        for_schools=True,
        for_municipalities=False,
        small_schools=SmallSchools.ANY,
        metric=None,
        rests_on_code="",
        basis="",
        source="",
        levels=tuple(LevelView(Decimal(least), Decimal(points), label, "") for least, points, label in levels),
    )


def cell(value: str | None = "1", **more) -> Cell:
    given = {"checked": Value(), "agreed": Value(), "points": Decimal(1), "step": 2, "evidence": 0}
    given |= dict.fromkeys(("remark", "disputed", "counted", "unproven", "expert_differs"), False)
    own = Value() if value is None else Value(Decimal(value))
    return Cell(**({"own": own} | given | more))


@pytest.mark.parametrize(
    ("scale", "value", "text"),
    [
        (ScaleKind.YES_NO, "1", "да"),
        (ScaleKind.GRADED, "1", "1"),
        (ScaleKind.SHARE, "83.50", "83,5%"),
        (ScaleKind.NUMBER, "3", "3"),
        (ScaleKind.CHOICE, "7", "1"),
    ],
)
def test_a_value_is_said_shortly(scale, value, text):
    assert short(criterion(scale, ("7", "1", "раз в год")), cell(value)) == text


def test_a_cell_says_in_words_what_its_marks_mean():
    graded = criterion(ScaleKind.GRADED, ("1", "1", "частично"), ("2", "2", "есть"))
    found = cell("2", checked=Value(Decimal(1)), remark=True, unproven=True, evidence=2, expert_differs=True)
    assert marks_of(found) == "≠✎! ▤2"
    assert words_of(graded, found) == (
        "К: 1 — частично; сама организация: 2 — есть; проверяющий: 1 — частично; эксперт оценил иначе; "
        "есть замечание; нет обязательного подтверждения; 2 подтверждения"
    )
    assert marks_of(cell()) == ""
    assert words_of(graded, cell(counted=True, disputed=True)) == "К: 1 — частично; посчитанное системой оспорено"
