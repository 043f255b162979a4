"""Paper against record: what was rewritten behind the program is seen, and a foreign code is an unknown one."""

from __future__ import annotations

import pytest

from app.analysis import snapshot
from app.policies.refusal import NotFound
from app.services import assessment as assessments
from app.services import assessment_approval as approvals
from tests.services.approved_sheets import NOW, TODAY, accepted_sheets, approve_sheet, tamper

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once


@pytest.fixture
def held(engine, world):
    return accepted_sheets(engine, world)


@pytest.mark.parametrize("skill", ["bytes", "spoilt", "bytes and digest", "who approved"])
def test_a_row_rewritten_behind_the_program_is_not_intact(engine, world, work, actor, held, skill):
    session = work("region")
    sheet, first = approve_sheet(session, actor, held)
    assessments.unapprove(session, actor("region"), sheet, version=None, today=TODAY, now=NOW, note="ошибка")
    assessments.approve(session, actor("region"), sheet, version=None, today=TODAY, now=NOW)
    forged = first.canonical.replace('"points":"1"', '"points":"2"')
    assert forged != first.canonical
    digest = snapshot.digest_of(forged)
    values = {
        "bytes": {"canonical": forged},
        "spoilt": {"canonical": "нечитаемо"},
        "bytes and digest": {"canonical": forged, "digest": digest, "code": snapshot.code_of(digest)},
        "who approved": {"approved_by": "Другой человек"},
    }[skill]
    code, first_id = values.get("code", first.code), first.id
    session.commit()
    tamper(engine, first_id, **values)
    (verified,) = approvals.verify(work("region"), actor("region"), code)
    # Whoever forges the digest too breaks the chain: the next approval names the true one.
    assert verified.intact == (skill == "bytes and digest")
    assert not verified.chain_ok
    assert not verified.equal
    (later,) = approvals.verify(work("region"), actor("region"), approvals.latest(work("region"), sheet).code)
    assert later.intact
    assert not later.chain_ok


def test_a_foreign_code_is_an_unknown_one(engine, world, work, actor, held):
    session = work("region")
    _, approval = approve_sheet(session, actor, held)
    session.commit()
    for login in ("region", "municipality", "school"):
        (verified,) = approvals.verify(work(login), actor(login), approval.code.lower().replace("-", " "))
        assert verified.equal
        assert verified.unit_name == "МБОУ СОШ «school»"
    told = set()
    for login, code in (
        *((login, approval.code) for login in ("school2", "municipality2", "foreign_region")),
        ("region", "0000-0000-00"),
        ("region", "не код"),
        ("region", ""),
    ):
        with pytest.raises(NotFound) as refused:
            approvals.verify(work(login), actor(login), code)
        told.add(refused.value.sentence)
    assert len(told) == 1


def test_two_sheets_that_share_a_code_are_both_told_in_scope(engine, world, work, actor, held):
    session = work("region")
    _, approval = approve_sheet(session, actor, held)
    _, other = approve_sheet(session, actor, held, "school2")
    code, other_id = approval.code, other.id
    session.commit()
    tamper(engine, other_id, code=code)
    found = approvals.verify(work("region"), actor("region"), code)
    assert {one.unit_name for one in found} == {"МБОУ СОШ «school»", "МБОУ СОШ «school2»"}
    assert [one.unit_name for one in approvals.verify(work("school"), actor("school"), code)] == ["МБОУ СОШ «school»"]
