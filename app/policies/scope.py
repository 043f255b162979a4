"""THE row scope: which rows exist for an actor. One rule in SQL (`criteria`) and in Python (`contains`).

`guard.py` applies it to every statement and every flush; nothing else decides which rows exist for whom. What each
rule says in SQL stands in `reach.py` and in the `reach_of_….py` beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from app.models import (
    AnalyticalNote,
    Attendance,
    AuditEvent,
    Base,
    Certificate,
    CorrectiveMeasure,
    Enrolment,
    ExpertScore,
    Framework,
    ListPreset,
    MonitoringRound,
    Order,
    OrgUnit,
    Programme,
    StaffIdentity,
    StaffMember,
    StaffPosition,
    TrainingGroup,
    TrainingRequirement,
    User,
)
from app.models.enumeration import UnitKind
from app.models.scoped import (
    ClosedToReading,
    OfPerson,
    OwnedByUnit,
    PartOfFramework,
    PartOfGroup,
    PartOfOrder,
    PartOfRequirement,
    PartOfRound,
    ScopeColumns,
    SharedInRegion,
    StructureOfUnit,
)
from app.policies import reach
from app.policies import reach_of_measures as measures
from app.policies import reach_of_monitoring as monitoring
from app.policies import reach_of_training as training
from app.policies.actor import Actor, ScopeKey
from app.policies.reach import Truth


@dataclass(frozen=True, slots=True)
class Rule:
    """One record's scope, for each kind of unit in which the actor may stand."""

    region: Callable[..., Truth]
    municipality: Callable[..., Truth]
    unit: Callable[..., Truth]
    # An installation administrator manages regions and accounts, and sees no records.
    installation: Callable[[Any], Truth] = reach.nothing

    def of(self, kind: UnitKind) -> Callable[..., Truth]:
        if kind is UnitKind.REGION:
            return self.region
        return self.municipality if kind is UnitKind.MUNICIPALITY else self.unit


PEOPLE = Rule(reach.users_in_region, reach.users_in_municipality, reach.users_in_unit, reach.everything)
PERSONAL = Rule(reach.of_person, reach.of_person, reach.of_person)
PRESETS = Rule(reach.presets, reach.presets, reach.presets)
EXPERTS = Rule(
    monitoring.expert_scores_in_region, monitoring.expert_scores_in_municipality, monitoring.expert_scores_of_unit
)
# Rules that ask who the person is, besides where they stand.
OF_PEOPLE = frozenset({PEOPLE, PERSONAL, PRESETS, EXPERTS})
CLOSED = Rule(reach.nothing, reach.nothing, reach.nothing)
RULES: tuple[tuple[type, Rule], ...] = (
    (OwnedByUnit, Rule(reach.owned_in_region, reach.owned_in_municipality, reach.owned_by_unit)),
    (StructureOfUnit, Rule(reach.owned_in_region, reach.owned_in_municipality, reach.owned_by_unit, reach.everything)),
    (Order, Rule(reach.orders_in_region, reach.orders_for_municipality, reach.orders_for_unit)),
    (PartOfOrder, Rule(reach.parts_in_region, reach.parts_for_municipality, reach.parts_for_unit)),
    (
        Framework,
        Rule(monitoring.frameworks_in_region, monitoring.frameworks_for_municipality, monitoring.frameworks_for_unit),
    ),
    (
        PartOfFramework,
        Rule(monitoring.criteria_in_region, monitoring.criteria_for_municipality, monitoring.criteria_for_unit),
    ),
    (
        MonitoringRound,
        Rule(monitoring.rounds_in_region, monitoring.rounds_for_municipality, monitoring.rounds_for_unit),
    ),
    (
        PartOfRound,
        Rule(monitoring.of_rounds_in_region, monitoring.of_rounds_for_municipality, monitoring.of_rounds_for_unit),
    ),
    (ExpertScore, EXPERTS),
    (AnalyticalNote, Rule(monitoring.notes_in_region, monitoring.notes_for_municipality, monitoring.notes_for_unit)),
    (OrgUnit, Rule(reach.owned_in_region, reach.owned_in_municipality, reach.unit_itself, reach.everything)),
    (SharedInRegion, Rule(training.shared_in_region, training.shared_in_region, training.shared_in_region)),
    (StaffMember, Rule(reach.owned_in_region, training.staff_in_municipality, training.staff_of_unit)),
    (StaffPosition, Rule(reach.owned_in_region, training.positions_in_municipality, training.positions_of_unit)),
    (StaffIdentity, Rule(reach.owned_in_region, training.of_staff_in_municipality, training.identities_of_unit)),
    (CorrectiveMeasure, Rule(reach.owned_in_region, measures.measures_in_municipality, measures.measures_of_unit)),
    (Programme, Rule(training.programmes_in_region, training.programmes_below, training.programmes_below)),
    (TrainingGroup, Rule(training.groups_in_region, training.groups_below, training.groups_below)),
    (PartOfGroup, Rule(training.of_groups_in_region, training.of_groups_below, training.of_groups_below)),
    (Enrolment, Rule(reach.owned_in_region, training.of_staff_in_municipality, training.enrolments_of_unit)),
    (Attendance, Rule(reach.owned_in_region, training.of_staff_in_municipality, training.attendance_of_unit)),
    (Certificate, Rule(reach.owned_in_region, training.of_staff_in_municipality, training.certificates_of_unit)),
    (
        TrainingRequirement,
        Rule(training.requirements_in_region, training.requirements_for_municipality, training.requirements_for_unit),
    ),
    (
        PartOfRequirement,
        Rule(
            training.of_requirements_in_region,
            training.of_requirements_for_municipality,
            training.of_requirements_for_unit,
        ),
    ),
    (User, PEOPLE),
    (ListPreset, PRESETS),
    (OfPerson, PERSONAL),
    (
        AuditEvent,
        Rule(
            reach.journal_in_region, reach.journal_in_municipality, reach.owned_by_unit, reach.journal_of_installation
        ),
    ),
    (ClosedToReading, CLOSED),
)


@lru_cache(maxsize=4096)
def criteria(key: ScopeKey) -> tuple[LoaderCriteriaOption, ...]:
    """The loader options of one scope. The callable form is adapted to aliases in explicit joins; the other leaks."""
    unit, me = key.unit_id or 0, key.user_id or 0

    def option(model: type, rule: Rule) -> LoaderCriteriaOption:
        # A number that a rule does not use would be refused by SQLAlchemy as untracked: hence three shapes.
        if key.kind is None and rule in {PERSONAL, PRESETS} and key.installation_admin:
            return with_loader_criteria(model, lambda cls: reach.of_person_without_unit(cls, me), include_aliases=True)
        if key.kind is None or rule is CLOSED:
            fixed = rule.installation if key.installation_admin else reach.nothing
            return with_loader_criteria(model, fixed, include_aliases=True)
        of_kind = rule.of(key.kind)
        if rule in OF_PEOPLE:
            return with_loader_criteria(model, lambda cls: of_kind(cls, unit, me), include_aliases=True)
        return with_loader_criteria(model, lambda cls: of_kind(cls, unit), include_aliases=True)

    return tuple(option(target, rule) for target, rule in _targets())


@lru_cache(maxsize=1)
def _targets() -> tuple[tuple[type, Rule], ...]:
    """What the options name: a mixin where its rule is that of every model which carries it, else the models.

    Every option costs each statement some microseconds, and three of four models carry one of a few mixins.
    """
    models = {mapper.class_: rule_of(mapper.class_) for mapper in Base.registry.mappers}
    named: list[tuple[type, Rule]] = []
    for target, rule in RULES:
        ruled = [model for model, its in models.items() if its is rule and issubclass(model, target)]
        carriers = [model for model in models if issubclass(model, target)]
        named.extend([(target, rule)] if len(ruled) == len(carriers) else [(model, rule) for model in ruled])
    return tuple(named)


def rule_of(model: type) -> Rule:
    """The rule of a model; one without a rule stops the program: closed by default."""
    for target, rule in RULES:
        if issubclass(model, target):
            return rule
    raise LookupError(f"{model.__name__} has no row scope: give it a mixin of app.models.scoped")


def contains(actor: Actor, record: ScopeColumns) -> bool:
    """The same rule in Python, for records that belong to a unit: `owned`."""
    key = actor.scope
    if key.kind is UnitKind.REGION:
        return record.region_id == key.unit_id
    if key.kind is UnitKind.MUNICIPALITY:
        return record.municipality_id == key.unit_id
    return key.kind is not None and record.org_unit_id == key.unit_id
