"""The policy table: closed by default, told to people as it is in the code."""

from __future__ import annotations

from pathlib import Path

import pytest

import app.policies.permission as table
from app.models.enumeration import Duty, UnitKind
from app.policies.permission import POLICY, Permission, permissions_of, policy_rows

HOUSE = Path(table.__file__).parents[1] / "README.md"


def test_every_permission_stands_in_the_table():
    assert set(POLICY) == set(Permission)


def test_the_printed_table_is_the_code():
    printed = HOUSE.read_text(encoding="utf-8")
    for permission, kinds, duties in policy_rows():
        assert f"| `{permission}` | {kinds} | {duties} |" in printed, "run: flask --app wsgi policy"


def test_without_a_unit_or_a_duty_there_is_nothing():
    assert permissions_of(None, frozenset(Duty), installation_admin=False) == frozenset()
    for kind in UnitKind:
        assert permissions_of(kind, frozenset(), installation_admin=False) == frozenset()


@pytest.mark.parametrize("kind", UnitKind)
def test_an_observer_only_reads(kind):
    allowed = permissions_of(kind, frozenset({Duty.OBSERVER}), installation_admin=False)
    assert all(permission.value.endswith(".read") or permission is Permission.EXPORT for permission in allowed)


def test_schools_never_check_or_issue():
    allowed = permissions_of(UnitKind.SCHOOL, frozenset(Duty), installation_admin=False)
    assert not allowed & {
        Permission.ORDER_WRITE,
        Permission.ORDER_ISSUE,
        Permission.ASSIGNMENT_CHECK,
        Permission.ASSIGNMENT_CONTROL,
        Permission.EXTENSION_DECIDE,
    }


def test_an_installation_administrator_sees_no_records():
    allowed = permissions_of(None, frozenset(), installation_admin=True)
    assert not any(
        permission.value.split(".")[0] in {"order", "assignment", "evidence", "work"} for permission in allowed
    )
