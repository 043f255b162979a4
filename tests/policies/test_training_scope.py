"""Who sees what of staff training: every record, by plain guarded selects, in every corner."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.models import (
    Attendance,
    Certificate,
    Enrolment,
    Programme,
    RequirementAddressee,
    StaffIdentity,
    StaffMember,
    StaffPosition,
    TrainingGroup,
    TrainingNorm,
    TrainingRequirement,
    TrainingSession,
    TrainingTopic,
)
from tests.factories.training import (
    add_position,
)
from tests.factories.training_corners import CERTIFICATES, ENROLMENTS, PEOPLE, Corners, build_corners

ABOVE = ("region", "observer")
SCHOOLS = ("school", "school2", "school_b", "regional_school")
BELOW = ("municipality", "municipality2", *SCHOOLS)
HERE = (*ABOVE, *BELOW, "provider", "provider2")
FOREIGN = ("foreign_region", "foreign_municipality", "foreign_school", "foreign_provider")
ALL = (*HERE, *FOREIGN, "admin", "nobody")


@pytest.fixture
def corners(engine, world) -> Corners:
    return build_corners(engine, world)


OURS = frozenset(PEOPLE) - {"foreign"}
OF_SCHOOL = frozenset(name for name, unit in PEOPLE.items() if unit == "school")
OF_SCHOOL2 = frozenset(name for name, unit in PEOPLE.items() if unit == "school2")
# Of whom each unit sees the card, the identity and all the positions.
SEES = {
    "region": OURS,
    "observer": OURS,
    "municipality": OF_SCHOOL | OF_SCHOOL2,
    "municipality2": {"second", "theirs"},
    "school": OF_SCHOOL,
    "school2": OF_SCHOOL2,
    "school_b": {"second", "theirs"},
    "provider": {"trainee"},
    "provider2": {"trainee", "theirs"},
    "foreign_region": {"foreign"},
    "foreign_municipality": {"foreign"},
    "foreign_school": {"foreign"},
    "foreign_provider": {"foreign"},
}


def of_people(login: str, pairs: dict[str, str]) -> set[str]:
    """What units see with the person: the name of each row by the name of its person."""
    return {name for name, person in pairs.items() if person in SEES.get(login, ())}


def positions(login: str) -> set[str]:
    seen = set(SEES.get(login, ())) - {"released"}
    besides = {f"{name} besides" for name in ("second", "ended") if name in seen}
    # A post that was held in the unit stays its own, though whoever held it is out of sight.
    return seen | besides | ({"ended besides"} if login in {"municipality2", "school_b"} else set())


def enrolments(login: str) -> set[str]:
    if login.endswith(("provider", "provider2")):
        hidden = {"planned at provider", "withdrawn at provider", "second at provider2"}
        return {f"{name} at {provider}" for name, provider, _ in ENROLMENTS if provider == login} - hidden
    return of_people(login, {f"{name} at {provider}": name for name, provider, _ in ENROLMENTS})


def certificates(login: str) -> set[str]:
    if login.endswith(("provider", "provider2")):
        return {f"{name} by {issuer}" for name, issuer in CERTIFICATES if issuer == login}
    return of_people(login, {f"{name} by {issuer}": name for name, issuer in CERTIFICATES})


def programmes(login: str) -> set[str]:
    return _offered(login, drafts=("draft",), undecided=("on_agreement",), offered=("agreed",))


def groups(login: str) -> set[str]:
    return _offered(login, drafts=("draft",), undecided=(), offered=("open",))


def _offered(login: str, *, drafts, undecided, offered) -> set[str]:
    providers = ("provider", "provider2") if login in HERE else ("foreign_provider",) if login in FOREIGN else ()
    if login in providers:
        return {f"{login} {status}" for status in (*drafts, *undecided, *offered)}
    if login.endswith(("provider", "provider2")):
        return set()
    seen = (*undecided, *offered) if login in {*ABOVE, "foreign_region"} else offered
    return {f"{provider} {status}" for provider in providers for status in seen}


def requirements(login: str) -> set[str]:
    if login.endswith(("provider", "provider2")) or login in {"admin", "nobody"}:
        return set()
    if login in FOREIGN:
        own = {"foreign_region draft"} if login == "foreign_region" else set()
        return {"foreign_region active"} | own
    seen = {"region active"}
    if login in ABOVE:
        seen |= {"region draft", "municipality active"}
    elif login == "municipality":
        seen |= {"municipality draft", "municipality active"}
    elif login in {"school", "school2"}:
        seen |= {"municipality active"}
    return seen


def shared(login: str) -> set[str]:
    return {"region"} if login in HERE else {"foreign_region"} if login in FOREIGN else set()


EXPECTED: dict[type, Callable[[str], set[str]]] = {
    StaffMember: lambda login: set(SEES.get(login, ())),
    StaffIdentity: lambda login: set(SEES.get(login, ())),
    StaffPosition: positions,
    Enrolment: enrolments,
    Attendance: enrolments,
    Certificate: certificates,
    Programme: programmes,
    TrainingGroup: groups,
    TrainingSession: groups,
    TrainingRequirement: requirements,
    RequirementAddressee: requirements,
    TrainingTopic: shared,
    TrainingNorm: shared,
}


def test_each_sees_its_own_corner_and_nothing_beside_it(work, corners):
    for login in ALL:
        session = work(login)
        for model, expected in EXPECTED.items():
            names = corners.names[model]
            found = {names[number] for number in session.scalars(select(model.id))}
            assert found == expected(login), (login, model.__name__)
            by_key = {name for number, name in names.items() if session.get(model, number) is not None}
            assert by_key == found, (login, model.__name__)
        session.close()
    # Every row is somebody's: nothing above passes because nothing was made.
    assert all(
        set(corners.names[model].values()) == set().union(*map(expected, ALL)) for model, expected in EXPECTED.items()
    )


def test_a_person_let_go_is_seen_by_the_unit_that_let_go_until_another_takes_them(engine, world, work, corners):
    released = corners.number(StaffMember, "released")
    session = work("school_b")
    assert session.get(StaffMember, released) is None
    session.close()
    add_position(engine, world, released, "school_b")
    for login in ("school_b", "municipality2", "school"):
        session = work(login)
        assert session.get(StaffMember, released) is not None, login
        assert [
            one.staff_member_id for one in session.scalars(select(Certificate).where(Certificate.number == "6"))
        ] == [released]
        session.close()
