"""Sets of criteria: drafts, editions, publication; whose they are and what the database refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from app.models import AuditEvent, Criterion, Framework
from app.models.enumeration import FrameworkStatus, ScaleKind, UnitKind
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import framework as frameworks
from app.services import framework_criterion as parts
from app.services.framework_contents import LevelView, contents
from app.services.framework_outline import GRADED_LEVELS, CriterionValues, outline_of
from app.services.framework_proposal import load_proposal, proposal
from tests.factories.monitoring import build_framework

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
GRADED = CriterionValues("Д1", "Положение утверждено", levels=GRADED_LEVELS)
BANDS = [("высокий", Decimal(85)), ("низкий", Decimal(0))]


@pytest.fixture
def region(work, actor):
    session = work("region")
    session.connection(execution_options={"writes": True})
    return session, actor("region")


def made(region, *values: CriterionValues) -> tuple[Framework, list[Criterion]]:
    session, who = region
    draft = frameworks.create(session, who, title="Набор")
    section = parts.add_section(session, who, draft, title="Документы")
    return draft, [parts.add_criterion(session, who, draft, section, one) for one in values]


def level(threshold: str, points: str, label: str = "") -> LevelView:
    return LevelView(Decimal(threshold), Decimal(points), label, "")


def test_a_draft_is_filled_examined_published_and_then_never_changes(region, work):
    session, who = region
    draft, [first] = made(region, GRADED)
    assert [one.place for one in frameworks.examine(session, draft)] == ["Границы уровней"]
    with pytest.raises(Invalid, match="Границы уровней: Уровни результата не заданы"):
        frameworks.publish(session, who, draft, now=NOW)
    parts.set_bands(session, who, draft, version=draft.version, bands=BANDS)
    frameworks.publish(session, who, draft, now=NOW)
    assert (draft.status, draft.published_by) == (FrameworkStatus.PUBLISHED, who.signature)
    for act in (
        lambda: parts.add_section(session, who, draft, title="Ещё"),
        lambda: parts.change_criterion(session, who, draft, first, version=first.version, values=GRADED),
        lambda: parts.set_bands(session, who, draft, version=draft.version, bands=BANDS),
        lambda: frameworks.delete_draft(session, who, draft),
    ):
        with pytest.raises(WrongState, match="не меняется"):
            act()
    first.title = "в обход"
    with pytest.raises(IntegrityError, match="published set"):
        session.flush()


def test_a_new_edition_is_the_same_set_and_leaves_the_old_one_alone(region):
    session, who = region
    published = load_proposal(session, who)
    frameworks.publish(session, who, published, now=NOW)
    draft = frameworks.new_edition(session, who, published)
    assert (draft.edition, draft.based_on_id, draft.status) == (2, published.id, FrameworkStatus.DRAFT)
    before, after = contents(session, published.id), contents(session, draft.id)
    assert outline_of(draft, after) == replace(outline_of(published, before), title=draft.title)
    assert not set(before.by_id) & set(after.by_id)
    with pytest.raises(WrongState, match="Черновик уже есть"):
        frameworks.new_edition(session, who, published)
    with pytest.raises(WrongState, match="Это черновик"):
        frameworks.new_edition(session, who, draft)
    frameworks.retire(session, who, published, note="вышла новая")
    assert published.status is FrameworkStatus.RETIRED


def test_a_municipality_takes_its_regions_set_as_a_basis(engine, world, work, actor):
    number, codes = build_framework(engine, world)
    foreign, _ = build_framework(engine, world, maker="foreign_region")
    session, who = work("municipality"), actor("municipality")
    taken = session.get(Framework, number)
    with pytest.raises(NotPermitted, match="организация, которая"):
        frameworks.require_draft(session, who, taken)
    draft = frameworks.new_edition(session, who, taken)
    assert (draft.org_unit_id, draft.edition, draft.based_on_id) == (world.units["municipality"], 1, number)
    assert set(contents(session, draft.id).by_code) == set(codes)
    assert session.get(Framework, foreign) is None
    with pytest.raises(NotFound):
        contents(session, foreign)
    own, other = contents(session, draft.id).criteria[0].id, codes["Д1"]
    assert parts.criterion_of(session, draft, own).code == "Д1"
    with pytest.raises(NotFound):
        parts.criterion_of(session, draft, other)
    session.commit()
    assert work("municipality2").get(Framework, draft.id) is None
    assert work("region").get(Framework, draft.id) is None
    with pytest.raises(NotPermitted):
        frameworks.create(work("school"), actor("school"), title="Свой")


def test_the_contents_are_read_by_four_statements(region):
    session, who = region
    draft = load_proposal(session, who)
    session.expunge_all()
    seen: list[str] = []
    listen = lambda *args: seen.append(args[2])  # noqa: E731 - one expression
    event.listen(session.get_bind(), "before_cursor_execute", listen)
    found = contents(session, draft.id)
    event.remove(session.get_bind(), "before_cursor_execute", listen)
    assert len(seen) == 4
    assert outline_of(session.get(Framework, draft.id), found) == proposal()
    school = found.of(UnitKind.SCHOOL, is_small=False)
    assert [section.title for section in school][-1] == "Кадры"
    assert [one.title for one in found.of(UnitKind.MUNICIPALITY, is_small=False)] == ["Муниципальный лист"]
    assert found.by_code["Д1"].shown(Decimal(2)) == "2 — есть, актуально, на месте"
    assert found.by_code["Д1"].choices[0] == (Decimal(2), "2 — есть, актуально, на месте")
    assert found.by_code["М2"].shown(Decimal("83.5")) == "83,5\u00a0%"
    assert found.by_code["М2"].scoring_scale.levels[-1] == (Decimal(91), Decimal(2))


def test_the_best_points_follow_the_levels(region):
    share = CriterionValues("М2", "Доля", scale=ScaleKind.SHARE, max_points=Decimal(7))
    steps = replace(share, code="М3", levels=(level("91", "4"), level("0", "0"), level("51", "2.5")))
    yes = CriterionValues("Г1", "Да", scale=ScaleKind.YES_NO, max_points=Decimal("1.5"), levels=GRADED_LEVELS)
    _, found = made(region, share, steps, yes)
    assert [one.max_points for one in found] == [100, 4, Decimal("1.5")]
    assert [one.threshold for one in found[1].levels] == [0, 51, 91]
    assert found[2].levels == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "  "}, "code"),
        ({"title": " "}, "title"),
        ({"weight": Decimal(0)}, "weight"),
        ({"weight": Decimal("0.125")}, "weight"),
        ({"weight": Decimal("NaN")}, "weight"),
        ({"for_schools": False}, "for_schools"),
        ({"levels": (level("1", "1"), level("1", "2"))}, "levels"),
        ({"levels": (level("0", "0"), level("1", "0"))}, "levels"),
        ({"levels": (level("0", "-1"), level("1", "1"))}, "levels"),
        ({"guidance": "д" * 5001}, "guidance"),
        ({"code": "д" * 21}, "code"),
    ],
)
def test_what_a_draft_does_not_even_hold(region, change, field):
    with pytest.raises(Invalid) as refused:
        made(region, replace(GRADED, **change))
    assert refused.value.field == field


def test_a_code_stands_once_and_its_followers_go_with_it(region):
    session, who = region
    draft, [first, second] = made(region, GRADED, replace(GRADED, code="Д2", rests_on_code="Д1"))
    with pytest.raises(Invalid, match="Код Д2"):
        parts.change_criterion(session, who, draft, first, version=1, values=replace(GRADED, code="Д2"))
    parts.change_criterion(session, who, draft, first, version=first.version, values=replace(GRADED, code="Д-1"))
    assert second.rests_on_code == "Д-1"
    with pytest.raises(Conflict):
        parts.change_criterion(session, who, draft, first, version=1, values=GRADED)


def test_levels_alone_make_an_open_card_stale_and_are_changed_in_place(region):
    session, who = region
    draft, [first] = made(region, GRADED)
    numbers = {one.threshold: one.id for one in first.levels}
    changed = (level("0", "0", "нет"), level("2", "3", "да"), level("5", "4", "вполне"))
    values = replace(GRADED, scale=ScaleKind.CHOICE, levels=changed)
    parts.change_criterion(session, who, draft, first, version=1, values=values)
    assert first.max_points == 4
    session.expire_all()
    assert [(one.threshold, one.points) for one in first.levels] == [(0, 0), (2, 3), (5, 4)]
    assert [one.id for one in first.levels][:2] == [numbers[0], numbers[2]]
    version = first.version
    renamed = replace(values, levels=(*changed[:2], level("5", "4", "полностью")))
    parts.change_criterion(session, who, draft, first, version=version, values=renamed)
    assert first.version > version


def codes(session, draft) -> list[list[str]]:
    return [[one.code for one in section.criteria] for section in contents(session, draft.id).sections]


def test_criteria_and_sections_move_and_go(region):
    session, who = region
    draft, [first, _] = made(region, GRADED, replace(GRADED, code="Д2"))
    other = parts.add_section(session, who, draft, title="График")
    parts.add_criterion(session, who, draft, other, replace(GRADED, code="Г1"))
    parts.move_criterion(session, who, draft, first, -1)
    assert codes(session, draft) == [["Д1", "Д2"], ["Г1"]]
    parts.move_criterion(session, who, draft, first, 1)
    assert codes(session, draft) == [["Д2", "Д1"], ["Г1"]]
    parts.move_criterion(session, who, draft, first, 1)
    assert codes(session, draft) == [["Д2"], ["Д1", "Г1"]]
    parts.move_criterion(session, who, draft, first, -1)
    assert codes(session, draft) == [["Д2", "Д1"], ["Г1"]]
    parts.move_section(session, who, draft, other, -1)
    assert codes(session, draft) == [["Г1"], ["Д2", "Д1"]]
    values = replace(GRADED, code="Д1")
    parts.change_criterion(session, who, draft, first, version=first.version, values=values, section=other)
    assert codes(session, draft) == [["Г1", "Д1"], ["Д2"]]
    parts.remove_criterion(session, who, draft, first)
    assert codes(session, draft) == [["Г1"], ["Д2"]]
    assert parts.remove_section(session, who, draft, other) == 1
    assert codes(session, draft) == [["Д2"]]
    number = draft.id
    frameworks.delete_draft(session, who, draft)
    assert session.scalars(select(Criterion).where(Criterion.framework_id == number)).all() == []
    kept = session.scalars(select(AuditEvent.action).where(AuditEvent.record_type == "criterion")).all()
    assert {"create", "delete"} <= set(kept)


def test_bands_may_change_places_and_must_differ(region):
    session, who = region
    draft, _ = made(region, GRADED)
    parts.set_bands(session, who, draft, version=draft.version, bands=BANDS)
    turned = [("низкий", Decimal(85)), ("высокий", Decimal(0))]
    parts.set_bands(session, who, draft, version=draft.version, bands=turned)
    assert contents(session, draft.id).bands == (("низкий", 85), ("высокий", 0))
    with pytest.raises(Conflict):
        parts.set_bands(session, who, draft, version=1, bands=BANDS)
    for wrong in ([("а", Decimal(0)), ("а", Decimal(5))], [("а", Decimal(101))], [("", Decimal(0))]):
        with pytest.raises(Invalid) as refused:
            parts.set_bands(session, who, draft, version=draft.version, bands=wrong)
        assert refused.value.field == "bands"


def test_titles_of_ones_own_sets_differ(region):
    session, who = region
    made(region)
    with pytest.raises(Invalid, match="уже есть"):
        frameworks.create(session, who, title=" Набор ")
    other = frameworks.create(session, who, title="Другой")
    with pytest.raises(Invalid, match="уже есть"):
        frameworks.change(session, who, other, version=other.version, values=frameworks.HeadValues("Набор"))
    with pytest.raises(Conflict):
        frameworks.change(session, who, other, version=9, values=frameworks.HeadValues("Третий"))
