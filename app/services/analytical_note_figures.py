"""The figures of an analytical note: the same as on the round's pages of state and results, cut to whom it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from app.analysis.scoring import rounded
from app.documents.analytical_note import (
    Before,
    ChangeLine,
    CriterionFigure,
    CriterionMove,
    Note,
    Part,
    Participation,
    Place,
)
from app.models import MonitoringRound
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus, UnitKind
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound
from app.services import assessment_approval, clock, framework_contents, round_results
from app.services.round_register import RegisterRow, in_brackets, kind_shown, register, tally
from app.services.round_results import Comparison, GroupFigure, Results
from app.services.round_term import Term

MOST_WEAK = {UnitKind.SCHOOL: 5, UnitKind.MUNICIPALITY: 3}
MOST_CHANGES = 20


def figures(
    session: Session, actor: Actor, held: MonitoringRound, about: tuple[int, str], *, now: datetime, today: date
) -> Note:
    """A fixed number of statements. `about` is the actor's own unit, or for a region one of its municipalities."""
    place = about[0] if about[0] != actor.unit_id else None
    rows = register(session, held.id, municipality_id=place)
    contents = framework_contents.contents(session, held.framework_id)
    changes = _changes(session, held, rows)
    kinds = [kind for kind in round_results.ASSESSED if any(row.kind is kind for row in rows)]
    return Note(
        round=held.title,
        about=about[1],
        maker=actor.unit_name,
        basis=held.basis,
        framework=contents.framework.label,
        caution=in_brackets(contents.framework.caution),
        is_final=held.status is RoundStatus.CLOSED,
        opens_on=held.opens_on,
        due_on=held.due_on,
        made_at=clock.local(now, actor.time_zone),
        made_by=actor.user_name,
        bands=contents.bands,
        participation=_participation(rows, held.due_on, today),
        parts=tuple(_part(session, actor, held, place, kind) for kind in kinds),
        changed_sheets=sum(row.changed > 0 for row in rows),
        changed=sum(row.changed for row in rows),
        changes=tuple(changes[:MOST_CHANGES]),
        changes_cut=len(changes) > MOST_CHANGES,
    )


def _participation(rows: Sequence[RegisterRow], due_on: date, today: date) -> Participation:
    counted = tally(rows, kind_shown(rows), due_on, today, ())
    states, terms = counted.states, counted.terms
    return Participation(
        total=counted.total,
        schools=sum(row.kind is UnitKind.SCHOOL for row in rows),
        municipal=sum(row.kind is UnitKind.MUNICIPALITY for row in rows),
        excused=states[Status.EXCUSED],
        expected=counted.expected,
        not_begun=counted.not_begun,
        draft=states[Status.DRAFT] - counted.not_begun,
        submitted=states[Status.SUBMITTED],
        returned=states[Status.RETURNED],
        accepted=states[Status.ACCEPTED],
        approved=states[Status.APPROVED],
        in_time=terms[Term.IN_TIME],
        late=terms[Term.LATE],
        missed=terms[Term.MISSED],
    )


def _part(session: Session, actor: Actor, held: MonitoringRound, place: int | None, kind: UnitKind) -> Part:
    compared = _compared(session, actor, held, place, kind)
    found = (
        compared.now
        if compared is not None
        else round_results.results(session, actor, held.id, municipality_id=place, kind=kind)
    )
    return Part(
        kind=kind,
        counted=len(found.counted),
        mean=_tenth(found.whole.mean),
        levels=found.levels,
        places=tuple(_place(one, found) for one in found.rows),
        by_municipality=found.folded,
        sections=tuple((one.title, len(one.criteria), _tenth(one.mean)) for one in found.sections),
        weakest=tuple(
            CriterionFigure(
                one.code, one.title, one.section, _tenth(one.mean), one.n, one.na, one.criterion.guidance.strip()
            )
            for one in found.weakest(MOST_WEAK[kind])
        ),
        before=None if compared is None or not compared.units else _before(compared),
    )


def _compared(
    session: Session, actor: Actor, held: MonitoringRound, place: int | None, kind: UnitKind
) -> Comparison | None:
    """Against the round before; None where there is none, it is not seen, or its set is another maker's."""
    if held.previous_round_id is None:
        return None
    try:
        return round_results.compare(session, actor, held.id, held.previous_round_id, municipality_id=place, kind=kind)
    except (NotFound, Invalid):
        return None


def _place(one: GroupFigure, found: Results) -> Place:
    by_name = dict(one.levels)
    return Place(
        name=one.name,
        sheets=one.sheets,
        counted=one.counted,
        mean=_tenth(one.mean),
        levels=tuple(by_name.get(name, 0) for name, _ in found.bands),
        state=one.status.label if one.status is not None else "",
        level=one.level,
        changed=one.changed,
    )


def _before(compared: Comparison) -> Before:
    return Before(
        title=compared.before.round.title,
        units=len(compared.units),
        mean_before=_tenth(compared.mean_before),
        mean_now=_tenth(compared.mean_now),
        change=_signed_tenth(compared.change),
        criteria=tuple(
            CriterionMove(
                one.now.code,
                one.now.title,
                _tenth(one.before.mean),
                _tenth(one.now.mean),
                _signed_tenth(one.change),
                one.rescaled,
            )
            for one in compared.criteria
        ),
        only_now=tuple(one.code for one in compared.only_now),
        only_before=tuple(one.code for one in compared.only_before),
    )


def _changes(session: Session, held: MonitoringRound, rows: Sequence[RegisterRow]) -> list[ChangeLine]:
    if not any(row.changed for row in rows):
        return []
    found = assessment_approval.changed_by_round(session, held.id)
    return [
        ChangeLine(row.unit, one.label, one.what, one.before, one.after)
        for row in rows
        for one in found.get(row.id, ())
    ]


def _tenth(share: Fraction | None) -> Decimal | None:
    """As it is printed: one place, half up, from the exact figure."""
    return rounded(share, 1)


def _signed_tenth(change: Fraction | None) -> Decimal | None:
    if change is None:
        return None
    size = rounded(abs(change), 1)
    return -size if size is not None and change < 0 else size
