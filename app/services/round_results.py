"""The results of a round in the actor's scope, by a fixed number of statements, and round against round.

The mean of a criterion: Σ points ÷ (max × n) over the sheets where it applies; of a section: the same, weighted; the
mean of sheets: the plain mean of their stored shares. All exact (Fractions, percent).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.analysis.round_figures import Earned, distribution, level_counts
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services.framework_contents import contents
from app.services.round_comparison import Comparison, CriterionChange, SectionChange, UnitChange, compared
from app.services.round_sheets import (
    SENT,
    SETTLED,
    RoundHead,
    SheetRow,
    chosen_place,
    comparable_rounds,
    earned_by,
    places,
    round_head,
    sheets_of,
)
from app.services.round_tally import (
    CriterionFigure,
    GroupFigure,
    Grouping,
    Results,
    SectionFigure,
    criterion_figure,
    section_figures,
)

__all__ = [
    "Comparison",
    "CriterionChange",
    "CriterionFigure",
    "GroupFigure",
    "Results",
    "RoundHead",
    "SectionChange",
    "SectionFigure",
    "SheetRow",
    "UnitChange",
    "compare",
    "others",
    "results",
]

ASSESSED = (UnitKind.SCHOOL, UnitKind.MUNICIPALITY)


def results(
    session: Session,
    actor: Actor,
    round_id: int,
    *,
    municipality_id: int | None = None,
    kind: UnitKind | None = None,
    everything: bool = False,
) -> Results:
    """Of schools' sheets, or of municipal ones (`kind`; by default of schools' where there are any).

    Counts accepted and approved sheets, with `everything` also those sent and not checked yet. `municipality_id` cuts
    to one municipality (the region's own number: to regional schools). Raises NotFound outside the scope. Three
    statements and those of the set of criteria, whatever the size.
    """
    actor.require(Permission.ASSESSMENT_READ)
    head = round_head(session, round_id)
    everyone = sheets_of(session, round_id)
    opened = chosen_place(actor, everyone, municipality_id)
    return _read(session, actor, head, everyone, opened, kind=kind, everything=everything)


def _read(
    session: Session,
    actor: Actor,
    head: RoundHead,
    everyone: list[SheetRow],
    opened: tuple[int, str] | None,
    *,
    kind: UnitKind | None,
    everything: bool,
) -> Results:
    whole = contents(session, head.framework_id)
    kinds = tuple(one for one in ASSESSED if any(sheet.kind is one for sheet in everyone))
    shown = kind or (kinds[0] if kinds else UnitKind.SCHOOL)
    statuses = SENT if everything else SETTLED
    place = opened[0] if opened is not None else None
    sheets = [one for one in everyone if one.kind is shown and place in {None, one.municipality_id}]
    folded = actor.unit_kind is UnitKind.REGION and place is None and shown is UnitKind.SCHOOL
    earned = earned_by(session, head.id, kind=shown, statuses=statuses, by_unit=not folded, municipality_id=place)
    total = _summed(earned)
    criteria = tuple(
        criterion_figure(one, total.get(one.id, Earned()))
        for one in whole.criteria
        if one.is_for(shown) or one.id in total
    )
    bands = tuple(name for name, _ in whole.bands)
    grouping = Grouping(statuses, bands)
    rows = grouping.by_municipality(sheets, earned) if folded else grouping.by_unit(sheets, earned)
    counted = tuple(one for one in sheets if one.status in statuses)
    return Results(
        round=head,
        kind=shown,
        kinds=kinds,
        everything=everything,
        folded=folded,
        whole=grouping.group((0, "Всего"), sheets, total),
        rows=tuple(rows),
        criteria=criteria,
        sections=section_figures(whole, criteria),
        levels=level_counts((one.level for one in counted), bands),
        distribution=distribution(one.share for one in counted),
        bands=whole.bands,
        counted=counted,
        municipalities=tuple(places(everyone)),
        opened=opened,
    )


def others(session: Session, actor: Actor, round_id: int) -> tuple[RoundHead, list[tuple[int, str]]]:
    """The round, and those that it may be compared with: by sets of the same maker. Raises NotFound."""
    actor.require(Permission.ASSESSMENT_READ)
    head = round_head(session, round_id)
    return head, comparable_rounds(session, head)


def compare(
    session: Session,
    actor: Actor,
    round_id: int,
    other_id: int,
    *,
    municipality_id: int | None = None,
    kind: UnitKind | None = None,
    everything: bool = False,
) -> Comparison:
    """The round against an earlier one, by codes of criteria; the same cut of both.

    Raises NotFound outside the scope, Invalid for rounds by sets of different makers: codes mean other things there.
    """
    now = results(session, actor, round_id, municipality_id=municipality_id, kind=kind, everything=everything)
    head = round_head(session, other_id)
    if head.framework_maker_id != now.round.framework_maker_id or other_id == round_id:
        raise Invalid("Сравнить можно только два разных цикла по редакциям одного набора критериев.")
    place = now.opened
    before = _read(session, actor, head, sheets_of(session, other_id), place, kind=now.kind, everything=everything)
    return compared(now, before)


def _summed(earned: Mapping[int, Mapping[int, Earned]]) -> dict[int, Earned]:
    total: dict[int, Earned] = {}
    for part in earned.values():
        for criterion_id, found in part.items():
            total[criterion_id] = total.get(criterion_id, Earned()) + found
    return total
