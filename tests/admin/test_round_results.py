from __future__ import annotations

import re

import pytest

from app.admin.round_figures import BEST
from app.models.enumeration import RoundStatus
from tests.factories.monitoring import hold_round
from tests.services.filled_rounds import hold_rounds

pytestmark = pytest.mark.once


@pytest.fixture
def rounds(engine, world):
    return hold_rounds(engine, world)


def names_in(page: str) -> list[str]:
    """The rows of the heat map in their order."""
    return re.findall(
        r'<th scope="row" title="([^"]+)"><a href="/(?:monitoring-rounds|assessments)/', page.split('id="heat"')[1]
    )


def test_the_region_reads_figures_and_goes_down(browser, rounds, world):
    address = f"/monitoring-rounds/{rounds.now.round_id}/results"
    client = browser("region")
    page = client.get(address).text
    assert "Учтено листов: 3 из 5" in page
    assert "68,1\u202f%" in page  # (87,5 + 16,6667 + 100) ÷ 3
    assert names_in(page) == ["Анивский муниципальный округ", "Томаринский муниципальный округ", "Школы региона"]
    opens = f"{address}?municipality={world.units['municipality']}"
    assert f'href="{opens}"' in page
    assert 'aria-label="Д1: 50,0\u202f%, 2 листа"' in page
    assert 'aria-label="Д2: 50,0\u202f%, 1 лист, неприменимо: 1"' in page
    unfolded = client.get(opens).text
    sheet = f"/assessments/{rounds.now.assessments['school2']}#criterion-{rounds.now.criteria['Д1']}"
    assert f'class="cell step-0" href="{sheet}" aria-label="Д1: 0,0\u202f%">0</a>' in unfolded
    assert ">н/п</a>" in unfolded
    assert "Областной лицей" not in unfolded


def test_rows_stand_by_name_and_may_be_ordered_by_a_figure(browser, rounds):
    client, address = browser("region"), f"/monitoring-rounds/{rounds.now.round_id}/results"
    first = f"c{rounds.now.criteria['Д1']}"
    tomari, regional, aniva = "Томаринский муниципальный округ", "Школы региона", "Анивский муниципальный округ"
    assert names_in(client.get(f"{address}?sort={first}").text) == [tomari, regional, aniva]
    # A figure that is not known stands last in both directions.
    assert names_in(client.get(f"{address}?sort=-mean").text) == [regional, tomari, aniva]
    assert names_in(client.get(f"{address}?sort=-name").text) == [regional, tomari, aniva]
    page = client.get(f"{address}?sort=mean").text
    assert 'aria-sort="ascending"><a href="' in page
    assert not re.search(r"рейтинг|\bмест[оа]\b", page, re.IGNORECASE)


def test_every_figure_says_that_it_holds_sheets_changed_after_approval(browser, rounds):
    address = f"/monitoring-rounds/{rounds.now.round_id}/results"
    page = browser("region").get(address).text
    marks = page.count("изменено после утверждения: 1</a>")
    # One in the head of each card of figures, one in the row of the municipality.
    assert marks == page.count('<div class="card-head">') + 1
    assert f"/assessments/?round={rounds.now.round_id}&amp;kind=school&amp;changed=1" in page
    assert "изменено после утверждения" not in re.sub(
        r"<details.*?</details>", "", browser("municipality2").get(f"{address}?all=1").text, flags=re.DOTALL
    )


def test_charts_have_their_figures_in_tables_and_no_style_of_their_own(browser, rounds):
    page = browser("region").get(f"/monitoring-rounds/{rounds.now.round_id}/results").text
    assert '<tr><th scope="row">от 90 до 100</th><td class="number">1</td></tr>' in page
    assert page.count("<svg") == page.count("</svg>") > BEST
    assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*src=)", page)
    assert "Как считается" in page


def test_a_municipality_and_a_school_see_nothing_of_others(browser, rounds):
    address = f"/monitoring-rounds/{rounds.now.round_id}/results"
    mine = browser("municipality").get(address).text
    assert "МБОУ СОШ «school2»" in mine
    assert "school_b" not in mine
    assert "Анивский" not in mine
    own = browser("school").get(address).text
    assert "87,5\u202f%" in own
    assert "«Высокий»" not in own
    for foreign in ("school2", "school_b", "Анивский", "68,1", "52,1", "16,7"):
        assert foreign not in own
    assert 'id="heat"' not in own
    assert 'class="histogram"' not in own


def test_nothing_counts_yet(browser, engine, world, rounds):
    client = browser("municipality2")
    address = f"/monitoring-rounds/{rounds.now.round_id}/results"
    page = client.get(address).text
    assert "Принятых листов пока нет" in page
    assert f'href="{address}?all=1"' in page
    draft = hold_round(
        engine, world, status=RoundStatus.DRAFT, framework=(rounds.now.framework_id, rounds.now.criteria)
    )
    for page in ("results", "grid", "compare"):
        assert browser("region").get(f"/monitoring-rounds/{draft.round_id}/{page}").status_code == 200
    assert "Цикл ещё не открыт" in browser("region").get(f"/monitoring-rounds/{draft.round_id}/results").text


def test_round_against_round(browser, rounds):
    client = browser("region")
    page = client.get(f"/monitoring-rounds/{rounds.now.round_id}/compare").text
    assert "Было: Мониторинг 2025. Стало: Мониторинг ВСОКО 2026." in page
    assert "70,0\u202f% → 52,1\u202f%" in page
    assert "−17,9\u202fп.\u202fп." in page
    assert "Поднялись на уровень выше: 1" in page
    assert "низкий → высокий" in page
    assert "Есть только в новом цикле" in page
    assert "Были только в прошлом цикле" in page
    assert "шкала изменена" in page
    own = browser("school2").get(f"/monitoring-rounds/{rounds.now.round_id}/compare").text
    assert "100,0\u202f% → 16,7\u202f%" in own
    assert "МБОУ СОШ «school»" not in own
    # Nothing to compare with: the sheets of the earlier round are not this municipality's.
    assert client.get(f"/monitoring-rounds/{rounds.before.round_id}/compare").status_code == 200
    assert (
        "Сравнить пока не с чем"
        in browser("regional_school").get(f"/monitoring-rounds/{rounds.now.round_id}/compare").text
    )


def test_a_foreign_round_is_absent(browser, rounds):
    for login, status in (
        ("foreign_region", 404),
        ("foreign_school", 404),
        ("provider", 403),
        ("nobody", 403),
        ("admin", 403),
    ):
        client = browser(login)
        for page in ("results", "compare", "grid"):
            assert client.get(f"/monitoring-rounds/{rounds.now.round_id}/{page}").status_code == status, (login, page)
    client = browser("region")
    for page in ("results", "compare", "grid"):
        assert client.get(f"/monitoring-rounds/{10**30}/{page}").status_code == 404


def test_what_cannot_be_meant_is_refused(browser, rounds):
    client, address = browser("region"), f"/monitoring-rounds/{rounds.now.round_id}"
    for query, status in (
        ("municipality=x", 400),
        ("kind=region", 400),
        ("all=2", 400),
        ("municipality=999999", 404),
        ("kind=municipality", 200),
        ("municipality=&all=0", 200),
    ):
        for page in ("results", "compare", "grid"):
            assert client.get(f"{address}/{page}?{query}").status_code == status, (page, query)
    for page, query, status in (
        ("results", "sort=place", 400),
        ("results", "sort=c0", 400),
        ("results", "sort=name", 200),
        ("grid", "status=done", 400),
        ("grid", "clean=x", 400),
        ("grid", "clean=1&status=approved", 200),
        # Neither with itself nor with what one does not see.
        ("compare", f"with={rounds.now.round_id}", 422),
        ("compare", f"with={rounds.foreign.round_id}", 404),
    ):
        assert client.get(f"{address}/{page}?{query}").status_code == status, (page, query)
