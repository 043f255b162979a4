"""The workbook of a set: whatever goes out comes back the same."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.excel.framework_workbook import SHEETS, read_framework, write_framework
from app.excel.sheet import Heading
from app.excel.table import WorkbookRefused
from app.models import Framework
from app.models.enumeration import FrameworkStatus, Metric, ScaleKind, SmallSchools
from app.services.framework_contents import Contents, CriterionView, Head, LevelView, SectionView
from app.services.framework_import import brought_back, carried
from app.services.framework_outline import PLAIN_FIELDS, CriterionValues, Outline, OutlineSection, best_points
from app.services.framework_reading import Reading
from app.services.framework_workbook import rows_of

HEADING = Heading(("Набор",), datetime(2026, 11, 22, tzinfo=UTC), "Фамилия-001", "Регион")
# What Excel would take for a formula, a number, a day, an error or a link, and words of its own headings.
WORDS = st.sampled_from(
    [
        "=1+1",
        "+7",
        "-",
        "@имя",
        "'кавычка",
        "007",
        "1.5",
        "01.09.2026",
        "да",
        "#Н/Д",
        "http://a.ru",
        "Код",
        "а\nб",
        "<r>х</r>",
    ]
) | st.text("абвёЖ «»№%-;1", min_size=1, max_size=30).map(str.strip).filter(bool)
LINES = WORDS.map(lambda text: " ".join(text.split())).filter(bool)
NUMBERS = st.integers(1, 99_999).map(lambda n: Decimal(n).scaleb(-2))
LEVELS = st.lists(
    st.builds(LevelView, NUMBERS, NUMBERS, LINES | st.just(""), WORDS | st.just("")),
    max_size=4,
    unique_by=lambda level: level.threshold,
).map(lambda found: tuple(sorted(found, key=lambda level: level.threshold)))


@st.composite
def outlines(draw) -> Outline:
    codes = draw(st.lists(st.text("ДГАУ123", min_size=1, max_size=4), min_size=1, max_size=6, unique=True))
    titles = draw(st.lists(LINES, min_size=1, max_size=3, unique=True))
    sections: dict[str, list[CriterionValues]] = {title: [] for title in titles}
    for code in codes:
        scale = draw(st.sampled_from(ScaleKind))
        for_schools = draw(st.booleans())
        values = CriterionValues(
            code=code,
            title=draw(LINES),
            guidance=draw(WORDS | st.just("")),
            scale=scale,
            max_points=draw(NUMBERS),
            weight=draw(NUMBERS),
            measure=draw(LINES | st.just("")),
            evidence_required=draw(st.booleans()),
            may_be_na=draw(st.booleans()),
            for_schools=for_schools,
            for_municipalities=draw(st.booleans()) or not for_schools,
            small_schools=draw(st.sampled_from(SmallSchools)),
            metric=draw(st.none() | st.sampled_from(Metric)),
            rests_on_code=draw(st.sampled_from(["", *codes])),
            basis=draw(WORDS | st.just("")),
            source=draw(WORDS | st.just("")),
            levels=() if scale is ScaleKind.YES_NO else draw(LEVELS),
        )
        sections[draw(st.sampled_from(titles))].append(replace(values, max_points=best_points(values)))
    bands = draw(st.lists(st.tuples(LINES, st.integers(0, 10_000).map(lambda n: Decimal(n).scaleb(-2))), max_size=3))
    shares = {share: name for name, share in bands}
    named = {name: share for share, name in shares.items()}
    told = [draw(WORDS | st.just("")) for _ in range(3)]
    made = tuple(OutlineSection(title, draw(WORDS | st.just("")), tuple(found)) for title, found in sections.items())
    return Outline(draw(LINES), *told, made, tuple(named.items()))


def workbook_of(outline: Outline) -> bytes:
    framework = Framework(
        title=outline.title,
        edition=1,
        caution=outline.caution,
        source=outline.source,
        note=outline.note,
        status=FrameworkStatus.DRAFT,
    )
    sections = tuple(
        SectionView(
            0,
            section.title,
            section.description,
            tuple(
                CriterionView(
                    id=0,
                    section=section.title,
                    levels=one.levels,
                    **{name: getattr(one, name) for name in PLAIN_FIELDS},
                )
                for one in section.criteria
            ),
        )
        for section in outline.sections
    )
    head = Head(0, outline.title, 1, outline.caution, FrameworkStatus.DRAFT, "")
    target = io.BytesIO()
    write_framework(target, "Набор", HEADING, rows_of(framework, Contents(head, sections, outline.bands)))
    return target.getvalue()


@given(outlines())
@settings(max_examples=40, deadline=None)
def test_what_goes_out_comes_back(outline):
    reading = Reading(read_framework(workbook_of(outline)))
    found = reading.outline()
    assert reading.wrong == []
    assert found == outline
    assert brought_back(carried(outline)) == outline


def test_a_sheet_that_is_missing_is_named():
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(Outline("Набор"))))
    del book["Критерии"]
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(WorkbookRefused, match="нет листа «Критерии»"):
        read_framework(target.getvalue())


def test_a_heading_that_is_missing_is_named_with_its_sheet():
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(Outline("Набор"))))
    for row in book["Критерии"].iter_rows():
        for cell in row:
            if cell.value == "Шкала *":
                cell.value = "Шкалы нет"
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(WorkbookRefused, match=r"Лист «Критерии»\..*«Шкала»"):
        read_framework(target.getvalue())


def test_every_sheet_fits_a_page_and_has_its_own_name():
    assert len({sheet.name for sheet in SHEETS}) == len(SHEETS) == 5
    assert all(sum(column.width for column in sheet.columns) < 400 for sheet in SHEETS)
