"""The life of a sheet in the database: what each act writes, what it wants, what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import Assessment, AssessmentApproval, CriterionScore, MonitoringRound
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import assessment as assessments
from app.services import assessment_approval
from app.services.evidence import TypedEvidence
from tests.factories.monitoring import C, build_framework, fill_sheet, hold_round
from tests.services.assessment_deeds import NOW, TODAY, Deeds, change, opener, rows

LATER = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TOMORROW = date(2026, 11, 22)
FULL = {"Д1": "2", "Д2": "2", "Г1": "1"}
LINK = TypedEvidence(url="https://school.example/doc")
NOTED = {"note": "потому что"}


@pytest.fixture
def as_login(work, actor):
    return opener(work, actor)


@pytest.fixture
def held(engine, world):
    return hold_round(engine, world)


def approvals(engine):
    return rows(engine, select(AssessmentApproval).order_by(AssessmentApproval.id))


def scores_by_criterion(engine):
    return {one.criterion_id: one for one in rows(engine, select(CriterionScore))}


def test_a_sheet_climbs_the_tree_with_returns_on_the_way(engine, held, as_login):
    school, town, region = (as_login(login, held) for login in ("school", "municipality", "region"))
    for code, value in FULL.items():
        school.answer("school", code, value)
    with pytest.raises(Invalid, match=r"Лист не отправлен\. Д1: приложите"):
        school.act("submit", "school")
    school.attach("school", "Д1", LINK)
    seen = school.sheet("school").version
    with pytest.raises(Conflict):
        school.act("submit", "school", version=seen - 1)
    sheet = school.act("submit", "school", version=seen)
    assert (sheet.status, sheet.submitted_at, sheet.submitted_on) == (Status.SUBMITTED, NOW, TODAY)
    assert (sheet.first_submitted_on, sheet.submitted_by_id) == (TODAY, school.actor.user_id)

    town.check("school", "Д2", "1", version=1, comment="устарело")
    town.remark("school", "Г1", "Где приказ?", version=1)
    with pytest.raises(NotFound):
        town.act("return_", "school", remarks={held.criteria["М1"]: "не тот лист"})
    sheet = town.act("return_", "school", remarks={held.criteria["Д1"]: " Обновите. ", held.criteria["Д2"]: " "})
    assert (sheet.status, sheet.remark) == (Status.RETURNED, "Замечания к критериям: Д1, Г1.")
    assert sheet.stepped_in is False
    scores = scores_by_criterion(engine)
    told = {code: scores[held.criteria[code]].remark for code in FULL}
    assert told == {"Д1": "Обновите.", "Д2": "", "Г1": "Где приказ?"}
    # The values stand, the unit's and the checker's.
    assert scores[held.criteria["Д2"]].checked_value == 1
    assert (sheet.answered, sheet.share) == (3, Decimal(80))

    sheet = school.act("submit", "school", today=TOMORROW, now=LATER)
    assert (sheet.first_submitted_on, sheet.submitted_on, sheet.remark) == (
        TODAY,
        TOMORROW,
        "Замечания к критериям: Д1, Г1.",
    )
    sheet = town.act("accept", "school", today=TOMORROW)
    assert (sheet.status, sheet.accepted_on, sheet.accepted_by) == (Status.ACCEPTED, TOMORROW, town.actor.signature)
    assert (sheet.remark, sheet.stepped_in) == ("", False)
    assert {one.remark for one in scores_by_criterion(engine).values()} == {""}
    assert approvals(engine) == []

    sheet = region.act("return_", "school", note="Проверьте ещё раз")
    assert (sheet.status, sheet.remark) == (Status.RETURNED, "Проверьте ещё раз")
    assert (sheet.accepted_on, sheet.accepted_by, sheet.stepped_in) == (None, "", True)
    school.act("submit", "school", today=TOMORROW)
    assert region.act("accept", "school").stepped_in is True
    sheet = region.act("approve", "school", today=TOMORROW)
    assert (sheet.status, sheet.approved_on, sheet.approved_by) == (Status.APPROVED, TOMORROW, region.actor.signature)
    assert [(one.number, one.assessment_id) for one in approvals(engine)] == [(1, sheet.id)]


def test_what_changes_after_approval_is_told(engine, world, held, as_login):
    fill_sheet(engine, world, held, "school", FULL, status=Status.ACCEPTED)
    town, region = as_login("municipality", held), as_login("region", held)
    region.act("approve", "school")
    # An approved sheet is frozen; with the approval off, what changes is told.
    with pytest.raises(WrongState):
        town.check("school", "Д2", "0", version=1)
    with pytest.raises(Invalid):
        region.act("unapprove", "school", note=" ")
    sheet = region.act("unapprove", "school", note="Ошибка в значении")
    assert (sheet.status, sheet.approved_on, sheet.approved_by) == (Status.ACCEPTED, None, "")
    assert sheet.accepted_on is not None
    town.check("school", "Д2", "0", version=1)
    assert (town.sheet("school").changed_after_approval, town.sheet("school").share) == (1, Decimal(60))
    region.act("approve", "school")
    first, second = approvals(engine)
    assert (second.number, second.previous_digest) == (2, first.digest)
    assert region.sheet("school").changed_after_approval == 1


def test_proof_changed_after_approval_is_seen_too(engine, world, held, as_login):
    school, region = as_login("school", held), as_login("region", held)
    fill_sheet(engine, world, held, "school", FULL)
    (piece,) = school.attach("school", "Д1", LINK)
    school.act("submit", "school")
    region.act("accept", "school")
    region.act("approve", "school")
    region.act("unapprove", "school", **NOTED)
    region.act("return_", "school", **NOTED)
    school.detach("school", "Д1", piece.id)
    assert school.sheet("school").changed_after_approval == 1
    school.attach("school", "Д1", TypedEvidence(existing_id=piece.id))
    assert school.sheet("school").changed_after_approval == 0
    school.answer("school", "Г1", "0", version=1)
    assert school.sheet("school").changed_after_approval == 1


def test_nobody_accepts_or_approves_what_they_sent(engine, world, held, as_login):
    """A person of the school who stands in the municipality, too; a colleague there may."""
    fill_sheet(engine, world, held, "school", FULL, status=Status.SUBMITTED, submitter="municipality")
    town, colleague = as_login("municipality", held), as_login("colleague", held)
    with pytest.raises(WrongState, match="сами отправили"):
        town.act("accept", "school")
    with pytest.raises(WrongState, match="сами отправили"):
        town.check("school", "Г1", "1", version=1)
    assert colleague.act("accept", "school").status is Status.ACCEPTED
    region = as_login("region", held)
    change(engine, Assessment, held.assessments["school"], submitted_by_id=region.actor.user_id)
    with pytest.raises(WrongState, match="сами отправили"):
        region.act("approve", "school")
    assert approvals(engine) == []


def test_a_unit_is_excused_and_summoned_again(held, as_login):
    town, region, school = (as_login(login, held) for login in ("municipality", "region", "school"))
    with pytest.raises(Invalid) as refused:
        town.act("excuse", "school", note="  ")
    assert refused.value.field == "note"
    with pytest.raises(Invalid):
        town.act("excuse", "school", note="я" * 1001)
    with pytest.raises(NotPermitted):
        school.act("excuse", "school", **NOTED)
    sheet = town.act("excuse", "school", note=" закрыта на ремонт ")
    assert (sheet.status, sheet.excused_reason, sheet.stepped_in) == (Status.EXCUSED, "закрыта на ремонт", False)
    sheet = region.act("summon", "school", note="ремонт окончен")
    assert (sheet.status, sheet.excused_reason, sheet.stepped_in) == (Status.DRAFT, "", True)


def test_acceptance_is_final_in_a_municipalitys_own_round(engine, world, as_login):
    held = hold_round(engine, world, holder="municipality", units=("school", "school2"))
    fill_sheet(engine, world, held, "school", FULL, status=Status.SUBMITTED)
    fill_sheet(engine, world, held, "school2", FULL, status=Status.ACCEPTED)
    town, region = as_login("municipality", held), as_login("region", held)
    town.act("accept", "school")
    assert [(one.assessment_id, one.number) for one in approvals(engine)] == [(held.assessments["school"], 1)]
    for unit in ("school", "school2"):
        with pytest.raises(WrongState, match="окончательно"):
            region.act("approve", unit)
    with pytest.raises(WrongState, match="окончательно"):
        region.act("unapprove", "school", **NOTED)
    verdicts = assessments.act_many(
        region.session, region.actor, "approve", [(held.assessments["school"], None)], today=TODAY, now=NOW
    )
    assert [one.ok for one in verdicts] == [False]
    # Values stand there from now on; a returned sheet may change, and that is told.
    with pytest.raises(WrongState, match="проверка не окончена"):
        region.check("school", "Г1", "0", version=1)
    town.act("return_", "school", **NOTED)
    as_login("school", held).answer("school", "Г1", "0", version=1)
    assert region.sheet("school").changed_after_approval == 1


ACTS = {
    "submit": (Status.DRAFT, "school", {}),
    "recall": (Status.SUBMITTED, "school", {}),
    "accept": (Status.SUBMITTED, "municipality", {}),
    "return_": (Status.SUBMITTED, "municipality", NOTED),
    "approve": (Status.ACCEPTED, "region", {}),
    "unapprove": (Status.APPROVED, "region", NOTED),
    "excuse": (Status.DRAFT, "municipality", NOTED),
    "summon": (Status.EXCUSED, "municipality", NOTED),
}


def test_each_act_wants_its_permission_the_latest_version_and_an_open_round(engine, world, as_login):
    for action, (status, login, said) in ACTS.items():
        held = hold_round(
            engine, world, title=action, framework=build_framework(engine, world, title=action, criteria=(C("Д1"),))
        )
        fill_sheet(engine, world, held, "school", {"Д1": "2"}, status=status)
        person = as_login(login, held)
        idle = Deeds(person.session, replace(person.actor, duties=frozenset()), held)
        beside = Deeds(person.session, replace(person.actor, unit_id=world.units["school_b"]), held)
        version = person.sheet("school").version
        for stranger in (idle, beside):
            with pytest.raises(NotPermitted):
                stranger.act(action, "school", version=version, **said)
        with pytest.raises(Conflict):
            person.act(action, "school", version=version + 1, **said)
        change(engine, MonitoringRound, held.round_id, status=RoundStatus.CLOSED, closed_at=NOW)
        with pytest.raises(WrongState, match="заверш"):
            person.act(action, "school", version=version, **said)
        assert person.sheet("school").status is status
        change(engine, MonitoringRound, held.round_id, status=RoundStatus.OPEN, closed_at=None)
        assert person.act(action, "school", version=version, **said).status is not status


def test_many_are_accepted_with_a_verdict_per_row(engine, world, as_login):
    units = ("municipality", "school", "school2", "school_b", "school_c", "regional_school")
    held = hold_round(engine, world, units=units)
    for unit in units:
        fill_sheet(engine, world, held, unit, {"Г1": "1"}, status=Status.SUBMITTED)
    fill_sheet(engine, world, held, "school2", {}, status=Status.DRAFT)
    fill_sheet(engine, world, held, "school_b", {}, status=Status.SUBMITTED, submitter="region")
    region = as_login("region", held)
    numbers = held.assessments
    seen = {unit: region.sheet(unit).version for unit in units}
    chosen = [(numbers[unit], seen[unit] - (unit == "school_c")) for unit in units]
    foreign = hold_round(engine, world, holder="foreign_region", units=("foreign_school",), title="Чужой")
    with region.committed(), pytest.raises(NotFound):
        assessments.act_many(
            region.session, region.actor, "accept", [*chosen, (foreign.assessments["foreign_school"], None)], today=TODAY,
            now=NOW,
        )  # fmt: skip
    with region.committed():
        verdicts = assessments.act_many(region.session, region.actor, "accept", chosen, today=TODAY, now=NOW)
    told = {one.assessment_id: one for one in verdicts}
    assert [one.assessment_id for one in verdicts] == [numbers[unit] for unit in units]
    done = {unit for unit in units if told[numbers[unit]].ok}
    assert done == {"municipality", "school", "regional_school"}
    assert told[numbers["school"]].unit == "МБОУ СОШ «school»"
    for unit, sentence in {"school2": "черновик", "school_b": "сами отправили", "school_c": "тем временем"}.items():
        assert sentence in told[numbers[unit]].sentence
    statuses = {unit: region.sheet(unit).status for unit in units}
    assert {unit for unit, status in statuses.items() if status is Status.ACCEPTED} == done
    assert statuses["school_c"] is Status.SUBMITTED
    assert {unit for unit in units if region.sheet(unit).stepped_in} == {"school"}

    with region.committed():
        approved = assessments.act_many(
            region.session, region.actor, "approve", [(numbers[unit], None) for unit in units], today=TODAY, now=NOW
        )
    assert {one.assessment_id for one in approved if one.ok} == {numbers[unit] for unit in done}
    assert {one.assessment_id for one in approvals(engine)} == {numbers[unit] for unit in done}
    with region.committed():
        returned = assessments.act_many(
            region.session, region.actor, "return", [(numbers["school_c"], None)], today=TODAY, now=NOW
        )
        assert (returned[0].ok, region.sheet("school_c").status) == (False, Status.SUBMITTED)
        assert assessments.act_many(
            region.session, region.actor, "return", [(numbers["school_c"], None)], note="Нет приказа", today=TODAY, now=NOW
        )[0].ok  # fmt: skip
    town = as_login("municipality", held)
    with pytest.raises(NotPermitted):
        assessments.act_many(
            town.session, replace(town.actor, duties=frozenset()), "accept", [(numbers["school"], None)], today=TODAY, now=NOW
        )  # fmt: skip


def test_what_a_refused_row_began_is_undone(engine, world, as_login, monkeypatch):
    held = hold_round(engine, world, units=("school", "school2", "school_b"))
    for unit in held.assessments:
        fill_sheet(engine, world, held, unit, {"Г1": "1"}, status=Status.ACCEPTED)
    freeze = assessment_approval.freeze

    def late(session, actor, sheet, *, now):
        if sheet.id == held.assessments["school2"]:
            raise WrongState("Снимок не записан.")
        return freeze(session, actor, sheet, now=now)

    monkeypatch.setattr(assessment_approval, "freeze", late)
    region = as_login("region", held)
    chosen = [(number, None) for number in held.assessments.values()]
    with region.committed():
        verdicts = assessments.act_many(region.session, region.actor, "approve", chosen, today=TODAY, now=NOW)
    assert [one.sentence for one in verdicts] == ["Утверждён", "Снимок не записан.", "Утверждён"]
    statuses = [region.sheet(unit).status for unit in held.assessments]
    assert statuses == [Status.APPROVED, Status.ACCEPTED, Status.APPROVED]
