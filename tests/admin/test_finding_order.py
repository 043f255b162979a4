"""From weaknesses to a draft order and to letters, through the page; and whose weaknesses a letter tells."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from html import unescape

import pytest
from docx import Document
from sqlalchemy import select

from app.models import (
    AddresseeClause,
    Assessment,
    AuditEvent,
    Criterion,
    CriterionScore,
    Finding,
    FindingPoint,
    Order,
    OrderPoint,
)
from app.models.enumeration import AssessmentStatus
from app.models.enumeration_of_measures import FindingStatus
from app.policies.unscoped import open_session
from app.services import clock
from tests.admin.order_pages import issue
from tests.factories.measures import add_cause, add_finding, add_template
from tests.factories.monitoring import build_framework, fill_sheet, hold_round

TODAY = clock.today("Asia/Sakhalin")
SCHOOLS = ("school", "school2", "school_b")


@pytest.fixture
def found(engine, world):
    """Weak by Д1 in three schools of two municipalities, one finding in words, and decoys of every kind."""
    held = hold_round(engine, world, units=SCHOOLS, framework=build_framework(engine, world))
    numbers = {}
    add_template(engine, world, title="Утвердить положение о ВСОКО", days=30)
    add_template(engine, world, title="Забытый шаблон", is_active=False)
    for unit in SCHOOLS:
        fill_sheet(engine, world, held, unit, {"Д1": "0"}, status=AssessmentStatus.ACCEPTED)
    with open_session(engine, reason="tests look for the answers") as session:
        wanted = (
            select(Assessment.org_unit_id, CriterionScore.id)
            .join(CriterionScore, CriterionScore.assessment_id == Assessment.id)
            .join(Criterion, Criterion.id == CriterionScore.criterion_id)
            .where(Assessment.round_id == held.round_id, Criterion.code == "Д1")
        )
        scores = dict(session.execute(wanted).all())
    for unit in SCHOOLS:
        text = f"Положения нет & <{unit}>"
        numbers[unit] = add_finding(engine, world, unit, text=text, score_id=scores[world.units[unit]])
    numbers["words"] = add_finding(
        engine, world, "school", text="Сайт не обновляется", cause_id=add_cause(engine, world)
    )
    numbers["lyceum"] = add_finding(engine, world, "regional_school", text="Сайт не обновляется", found_by="region")
    numbers["dismissed"] = add_finding(engine, world, "school", text="Снятый", status=FindingStatus.DISMISSED)
    numbers["foreign"] = add_finding(engine, world, "foreign_school", text="Чужой", found_by="foreign_region")
    return held.round_id, numbers


def fields_of(page: str) -> dict[str, list[str]]:
    """What the form of the draft would post as it stands."""
    form = page[page.index('id="order-draft"') : page.index("Создать черновик")]
    posted: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        is_chosen = not re.search('type="(checkbox|radio)"', tag) or "checked" in tag
        if name and name[1] != "csrf_token" and is_chosen:
            posted.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)', form):
        posted[name] = [unescape(text)]
    return posted | {"kind": ["directive"]}


def drafted(engine, order_id: int):
    """Points of a draft in words, with the names of their addressees' rows."""
    with open_session(engine, reason="tests look at the draft") as session:
        points = session.scalars(
            select(OrderPoint).where(OrderPoint.order_id == order_id).order_by(OrderPoint.position)
        )
        return [
            (
                point.text,
                point.due_on,
                set(
                    session.scalars(
                        select(AddresseeClause.org_unit_id).where(AddresseeClause.order_point_id == point.id)
                    )
                ),
                set(session.scalars(select(FindingPoint.finding_id).where(FindingPoint.order_point_id == point.id))),
            )
            for point in points
        ]


def test_weak_criteria_become_a_draft(browser, engine, world, found):
    _, numbers = found
    region, town, school = browser("region"), browser("municipality"), browser("school")
    ticked = "&".join(f"finding={number}" for number in numbers.values())
    assert school.get("/findings/order/").status_code == 403
    assert region.get("/findings/order/?finding=x").status_code == 400
    assert "Недостатков для пунктов нет" in region.get(f"/findings/order/?finding={numbers['foreign']}").text
    page = region.get(f"/findings/order/?{ticked}").text
    assert "Чужой" not in page
    assert "Снятый" not in page
    assert "Забытый шаблон" not in page
    posted = fields_of(page)
    first, second = posted["point"]
    assert posted[f"text-{first}"] == ["Утвердить положение о ВСОКО."]
    assert posted[f"due-{first}"] == [(TODAY + timedelta(days=30)).isoformat()]
    assert posted[f"text-{second}"] == ["Устранить недостаток: Сайт не обновляется."]
    assert (posted[f"count-{first}"], posted[f"count-{second}"]) == (["3"], ["2"])

    refused = region.post("/findings/order/draft", posted | {f"text-{second}": [" "], "title": ["Своё & название"]})
    assert refused.status_code == 422
    assert "Напишите, что нужно сделать" in refused.text
    assert "Своё &amp; название" in refused.text
    assert region.post("/findings/order/draft", posted | {f"count-{first}": ["2"]}).status_code == 409
    assert region.post("/findings/order/draft", posted | {f"due-{first}": [TODAY.isoformat()]}).status_code == 422
    assert region.post("/findings/order/draft", posted | {"point": []}).status_code == 422
    with open_session(engine, reason="tests look") as session:
        assert session.scalars(select(Order)).all() == session.scalars(select(FindingPoint)).all() == []

    made = region.post("/findings/order/draft", posted)
    assert made.status_code == 302, made.text
    order_id = int(re.fullmatch(r"/orders/(\d+)", made.location)[1])
    units = world.units
    month, quarter = TODAY + timedelta(days=30), TODAY + timedelta(days=90)
    of_d1 = {numbers[unit] for unit in SCHOOLS}
    assert drafted(engine, order_id) == [
        ("Утвердить положение о ВСОКО.", month, {units["municipality"], units["municipality2"]}, of_d1),
        (
            "Устранить недостаток: Сайт не обновляется.",
            quarter,
            {units["municipality"], units["regional_school"]},
            {numbers["words"], numbers["lyceum"]},
        ),
    ]
    # The draft is its issuer's alone, and what stands on it is not offered twice.
    assert town.get(f"/orders/{order_id}").status_code == 404
    seen = town.get(f"/findings/order/?{ticked}").text
    assert "уже есть пункт документа" not in seen
    assert len(fields_of(seen)["point"]) == 2
    assert "уже есть пункт документа: 5" in region.get(f"/findings/order/?{ticked}").text
    assert len(fields_of(region.get(f"/findings/order/?{ticked}&again=1").text)["point"]) == 2
    heading = {"kind": "directive", "number": "7", "dated_on": TODAY.isoformat(), "version": "1", "title": "О мерах"}
    assert region.post(f"/orders/{order_id}/heading", heading | {"issuer_name": "Министерство"}).status_code == 302
    assert issue(region, order_id) == 4


@pytest.mark.once
def test_a_municipality_orders_its_own_schools(browser, engine, world, found):
    round_id, numbers = found
    town = browser("municipality")
    page = town.get(f"/findings/order/?round={round_id}&criterion=Д1").text
    assert "school_b" not in page
    posted = fields_of(page) | {"addressing": ["units"]}
    assert posted["round"] == [str(round_id)]
    made = town.post("/findings/order/draft", posted)
    assert made.status_code == 302, made.text
    ((_, _, to, of),) = drafted(engine, int(made.location.rsplit("/", 1)[1]))
    assert to == {world.units["school"], world.units["school2"]}
    assert of == {numbers["school"], numbers["school2"]}
    assert browser("municipality2").get(f"/findings/order/?finding={numbers['school']}").text.count("<textarea") == 0


@pytest.mark.once
def test_letters_tell_each_municipality_of_its_own(browser, engine, world, found):
    _, numbers = found
    region = browser("region")
    told = {"number": "5/1", "dated_on": TODAY.isoformat(), "title": "О недостатках", "body": "Направляем.\nПросим."}
    told |= {"signatory_position": "Министр", "signatory_name": "А. Н. Киктева", "executor": "О. С. Петрова, 2-00"}
    ticked = {"finding": [str(number) for number in numbers.values()]}
    refused = region.post("/findings/order/letters", told | ticked | {"title": ""})
    assert refused.status_code == 422
    answer = region.post("/findings/order/letters", told | ticked)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        letters = {name: Document(io.BytesIO(archive.read(name))) for name in archive.namelist()}
    assert [name.split(" ", 1)[1].split(" ")[0] for name in letters] == ["Анивский", "Томаринский", "Областной"]
    tables = [
        [[c.text.replace("\xa0", " ") for c in row.cells] for row in one.tables[1].rows[1:]] for one in letters.values()
    ]
    second, first, lyceum = tables
    assert second == [["1", "МБОУ СОШ «school_b»", "Д1. Положения нет & <school_b>", "существенный", ""]]
    assert [row[1:] for row in first] == [
        ["МБОУ СОШ «school»", "Сайт не обновляется", "существенный", "Не хватает времени"],
        ["МБОУ СОШ «school»", "Д1. Положения нет & <school>", "существенный", ""],
        ["МБОУ СОШ «school2»", "Д1. Положения нет & <school2>", "существенный", ""],
    ]
    assert [row[2] for row in lyceum] == ["Сайт не обновляется"]
    head = [
        p.text.replace("\xa0", " ") for c in next(iter(letters.values())).tables[0].rows[0].cells for p in c.paragraphs
    ]
    assert f"{TODAY:%d.%m.%Y} № 5/1" in head
    assert "Анивский муниципальный округ" in head
    # A municipality writes to its schools; who took what stands in the journal.
    answer = browser("municipality").post("/findings/order/letters", told | ticked)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert [name[:2] for name in archive.namelist()] == ["01", "02"]
        assert not any("school_b" in name for name in archive.namelist())
    with open_session(engine, reason="tests look into the journal") as session:
        notes = select(AuditEvent.note).where(AuditEvent.record_label == "Письма о недостатках")
        assert session.scalars(notes.order_by(AuditEvent.id)).all() == ["писем: 3", "писем: 2"]
        assert session.scalar(select(Finding.status).where(Finding.id == numbers["school"])) is FindingStatus.OPEN
