"""Pages of sets of criteria: reading, editing a draft, what is refused and kept, publication."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import Criterion, Framework
from app.models.enumeration import FrameworkStatus
from tests.admin.framework_pages import load_proposed, set_of
from tests.factories.monitoring import build_framework

pytestmark = pytest.mark.once

HX = {"HX-Request": "true"}


@pytest.fixture
def loaded(browser):
    return load_proposed(browser)


def typed(**values) -> dict[str, object]:
    return {
        "code": "Н1",
        "title": "Новый критерий",
        "weight": "1,5",
        "scale": "choice",
        "for_schools": "y",
        "small_schools": "any",
        "level-threshold": ["0", "2", ""],
        "level-points": ["0", "0,5", ""],
        "level-label": ["мало", "много", ""],
        "level-description": ["", "", ""],
        **values,
    }


def test_the_page_shows_the_whole_set_and_its_caution(loaded, browser, work):
    region, address = loaded
    page = region.get(address).text
    assert "Предложение, не официальная форма" in page
    for word in ("М14", "есть, актуально, на месте", "Основание:", "опирается на Д1", "от 91", "балл равен проценту"):
        assert word in page
    assert '<td class="number">35</td>' in region.get("/frameworks/?q=критерии&status=draft").text
    assert "Критерии мониторинга" not in region.get("/frameworks/?status=retired").text
    assert region.get("/frameworks/?on_day=2026-11-01").status_code == 200
    assert region.get("/frameworks/export").data.startswith(b"PK")
    assert browser("municipality").get(address).status_code == 404
    assert region.post(f"{address}/publish").status_code == 302
    # What it was published for is one click away; whoever may not open a round is not offered one.
    assert 'href="/monitoring-rounds/new/"' in region.get(address).text
    assert 'href="/monitoring-rounds/new/"' not in browser("school").get(address).text
    for login in ("municipality", "school"):
        page = browser(login).get(address).text
        assert "Предложение, не официальная форма" in page
        assert "/edit" not in page
        assert "<dd>Сахалинская область</dd>" in page
    assert "Взять за основу" in browser("municipality").get(address).text
    assert "Взять за основу" not in browser("school").get(address).text
    assert browser("foreign_region").get(address).status_code == 404
    assert browser("provider").get("/frameworks/").status_code == 403
    taken = browser("municipality").post(f"{address}/new-edition")
    draft = browser("municipality").get(taken.headers["Location"]).text
    assert "Предложение, не официальная форма" in draft
    assert "/criteria/new" in draft


def test_a_criterion_is_written_and_what_was_typed_stays_after_an_error(loaded, work):
    region, address = loaded
    _, before = set_of(work, address)
    section = before.sections[0].id
    form = region.get(f"{address}/criteria/new?section={section}").text
    assert 'value="есть, актуально, на месте"' in form
    for wrong, words in (
        ({"code": "Д1"}, "Код Д1 уже стоит"),
        ({"weight": "много"}, "Введите число"),
        ({"section": 987_654_321}, "Раздел"),
        ({"weight": "0"}, "больше нуля"),
        ({"for_schools": ""}, "в чьих листах"),
        ({"level-threshold": ["0", "xyz", ""]}, "Уровень «много»"),
        ({"level-threshold": ["0", "0", ""]}, "значения должны различаться"),
    ):
        values = typed(guidance="долго набирали", **{"section": section, **wrong})
        answer = region.post(f"{address}/criteria/new", {k: v for k, v in values.items() if v != ""})
        assert answer.status_code == 422, wrong
        assert words in answer.text
        assert "долго набирали" in answer.text
        assert 'value="много"' in answer.text
    assert "Н1" not in set_of(work, address)[1].by_code
    answer = region.post(f"{address}/criteria/new", typed(section=section))
    assert answer.status_code == 302
    made = set_of(work, address)[1].by_code["Н1"]
    assert (str(made.weight), str(made.max_points)) == ("1.50", "0.50")
    assert [level.label for level in made.levels] == ["мало", "много"]


def test_a_stale_criterion_shows_both_versions(loaded, work):
    region, address = loaded
    one = set_of(work, address)[1].by_code["Г3"]
    place = f"{address}/criteria/{one.id}/edit"
    part = region.get(place, headers=HX).text
    assert "<html" not in part
    section = re.search(r'<option selected value="(\d+)">График', part)[1]
    values = typed(section=section, code="Г3", version=one.version, title="сохранено первым")
    assert region.post(place, values).status_code == 302
    answer = region.post(place, values | {"title": "введено вторым"})
    assert answer.status_code == 409
    assert "сохранено первым" in answer.text
    assert "введено вторым" in answer.text
    again = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    assert region.post(place, values | {"title": "введено вторым", "version": again}).status_code == 302
    assert set_of(work, address)[1].by_code["Г3"].title == "введено вторым"


def test_sections_bands_and_the_heading_are_edited_in_the_page(loaded, work):
    region, address = loaded
    framework, before = set_of(work, address)
    assert region.post(f"{address}/sections/new", {"title": "График"}).status_code == 422
    assert region.post(f"{address}/sections/new", {"title": "Разное", "description": "пояснение"}).status_code == 302
    graph = before.sections[1]
    assert region.post(f"{address}/sections/{graph.id}/move", {"step": "up"}).status_code == 302
    assert region.post(f"{address}/criteria/{graph.criteria[0].id}/move", {"step": "down"}).status_code == 302
    renamed = {"title": "Календарь", "version": graph.version}
    assert region.post(f"{address}/sections/{graph.id}/edit", renamed).status_code == 409
    renamed["version"] = set_of(work, address)[1].sections[0].version
    assert region.post(f"{address}/sections/{graph.id}/edit", renamed).status_code == 302
    rows = {"band-name": ["высокий", "низкий"], "band-from": ["90", "0"], "version": framework.version}
    wrong = region.post(f"{address}/bands", rows | {"band-from": ["девяносто", "0"]})
    assert wrong.status_code == 422
    assert 'value="девяносто"' in wrong.text
    assert region.post(f"{address}/bands", rows).status_code == 302
    assert region.post(f"{address}/bands", rows).status_code == 409
    assert region.get(f"{address}/head").status_code == 200
    assert region.post(f"{address}/head", {"title": "", "version": "1"}).status_code == 422
    head = {"title": "Наш набор", "caution": "осторожно", "version": framework.version}
    assert "осторожно" in region.post(f"{address}/head", head).text  # 409: both stand side by side
    _, after = set_of(work, address)
    assert [one.title for one in after.sections][:2] == ["Календарь", "Документы"]
    assert after.sections[0].criteria[1].code == "Г1"
    assert after.sections[-1].title == "Разное"
    assert after.bands == (("высокий", 90), ("низкий", 0))
    assert region.post(f"{address}/sections/{graph.id}/delete").status_code == 302
    assert "Г1" not in set_of(work, address)[1].by_code
    assert region.post(f"{address}/delete").status_code == 302
    assert region.get(address).status_code == 404


def test_publication_is_examined_place_by_place(loaded, work):
    region, address = loaded
    one = set_of(work, address)[1].by_code["М9"]
    assert region.post(f"{address}/criteria/{one.id}/delete").status_code == 302
    for answer in (region.get(f"{address}/publish"), region.post(f"{address}/publish")):
        assert "Критерий М10" in answer.text
        assert "М9, которого в наборе нет" in answer.text
        assert 'type="submit" class="button primary">Опубликовать<' not in answer.text
    assert answer.status_code == 422
    assert set_of(work, address)[0].status is FrameworkStatus.DRAFT


def test_a_published_set_is_retired_with_a_reason_and_not_edited(engine, world, browser, work):
    number, codes = build_framework(engine, world)
    region, address = browser("region"), f"/frameworks/{number}"
    assert region.get(f"{address}/head").status_code == 409
    place = f"{address}/criteria/{codes['Д1']}"
    assert region.post(f"{place}/edit", typed(code="Д1", section=1)).status_code == 409
    assert region.post(f"{place}/delete").status_code == 409
    assert region.post(f"{address}/delete").status_code == 409
    # Others see it and may not touch it.
    assert browser("municipality").post(f"{place}/delete").status_code == 403
    assert browser("school").post(f"{address}/new-edition").status_code == 403
    assert browser("observer").get(f"{address}/publish").status_code == 403
    assert browser("municipality").post(f"{address}/retire", {"note": "так"}).status_code == 403
    assert region.post(f"{address}/retire", {"note": " "}).status_code == 422
    assert region.post(f"{address}/retire", {"note": "вышла новая редакция"}).status_code == 302
    assert work("region").get(Framework, number).status is FrameworkStatus.RETIRED
    assert work("region").scalar(select(Criterion.title).where(Criterion.id == codes["Д1"])) == "Критерий Д1"
