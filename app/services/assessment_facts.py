"""The facts of sheets as a snapshot holds them, read by a fixed number of statements whatever their number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from app.analysis.scoring import that_counts
from app.analysis.snapshot import CriterionFacts, Mark, Proof, SheetFacts
from app.models import Assessment, CriterionScore, Evidence, EvidenceRevision, MonitoringRound, OrgUnit, ScoreEvidence
from app.services.framework_contents import Contents, CriterionView, contents

# The scope stands on the sheet; the name of the municipality above a school is a label to everyone who sees the sheet.
_TOWN = cast(Table, OrgUnit.__table__).alias("municipality_of_sheet")


def facts_of(session: Session, which: ColumnElement[bool]) -> dict[int, tuple[SheetFacts, Contents]]:
    """By sheet: its facts, and the set of criteria that they speak of. `which` is a condition on Assessment.

    Three statements, and those of each set of criteria.
    """
    heads = session.execute(
        select(
            Assessment,
            OrgUnit.name,
            OrgUnit.code,
            OrgUnit.kind,
            func.coalesce(Assessment.was_small, OrgUnit.is_small).label("is_small"),
            MonitoringRound.title.label("round_title"),
            MonitoringRound.framework_id,
            _TOWN.c.name.label("town"),
        )
        .join(OrgUnit, OrgUnit.id == Assessment.org_unit_id)
        .join(MonitoringRound, MonitoringRound.id == Assessment.round_id)
        .outerjoin(_TOWN, (_TOWN.c.id == Assessment.municipality_id) & (_TOWN.c.id != Assessment.region_id))
        .where(which)
    ).all()
    sets = {number: contents(session, number) for number in {row.framework_id for row in heads}}
    scores = _scores(session, which)
    proofs = _proofs(session, which)
    return {
        row.Assessment.id: (_sheet(row, sets[row.framework_id], scores, proofs), sets[row.framework_id])
        for row in heads
    }


def _scores(session: Session, which: ColumnElement[bool]) -> dict[tuple[int, int], Any]:
    """As the database holds them, by sheet and criterion."""
    rows = session.execute(
        select(
            CriterionScore.id,
            CriterionScore.assessment_id,
            CriterionScore.criterion_id,
            CriterionScore.value,
            CriterionScore.points,
            CriterionScore.is_na,
            CriterionScore.na_reason,
            CriterionScore.comment,
            CriterionScore.checked_value,
            CriterionScore.checked_points,
            CriterionScore.checked_is_na,
            CriterionScore.checked_comment,
            CriterionScore.agreed_value,
            CriterionScore.agreed_points,
            CriterionScore.agreed_is_na,
            CriterionScore.agreed_comment,
            CriterionScore.final_points,
            CriterionScore.final_is_na,
        )
        .join(Assessment, Assessment.id == CriterionScore.assessment_id)
        .where(which)
    )
    return {(row.assessment_id, row.criterion_id): row for row in rows}


def _proofs(session: Session, which: ColumnElement[bool]) -> dict[int, tuple[Proof, ...]]:
    """The pieces of evidence by score, with the digests of all their files."""
    rows = session.execute(
        select(
            ScoreEvidence.score_id,
            Evidence.id,
            Evidence.kind,
            Evidence.title,
            Evidence.number,
            Evidence.dated_on,
            Evidence.url,
            EvidenceRevision.number.label("revision"),
            EvidenceRevision.digest,
        )
        .join(CriterionScore, CriterionScore.id == ScoreEvidence.score_id)
        .join(Assessment, Assessment.id == CriterionScore.assessment_id)
        .join(Evidence, Evidence.id == ScoreEvidence.evidence_id)
        .outerjoin(EvidenceRevision, EvidenceRevision.evidence_id == Evidence.id)
        .where(which)
    ).all()
    files: dict[tuple[int, int], set[tuple[int, str]]] = {}
    for row in rows:
        held = files.setdefault((row.score_id, row.id), set())
        if row.digest is not None:
            held.add((row.revision, row.digest))
    found: dict[int, dict[int, Proof]] = {}
    for row in rows:
        revisions = frozenset(files[row.score_id, row.id])
        proof = Proof(row.kind, row.title, row.number, row.dated_on, row.url, revisions)
        found.setdefault(row.score_id, {})[row.id] = proof
    return {score: tuple(pieces.values()) for score, pieces in found.items()}


def _sheet(
    row: Any, held: Contents, scores: dict[tuple[int, int], Any], proofs: dict[int, tuple[Proof, ...]]
) -> SheetFacts:
    sheet: Assessment = row.Assessment
    return SheetFacts(
        assessment_id=sheet.id,
        round_id=sheet.round_id,
        round_title=row.round_title,
        framework_id=held.framework.id,
        framework_title=held.framework.title,
        edition=held.framework.edition,
        unit_name=row.name,
        unit_code=row.code,
        unit_kind=row.kind,
        municipality=row.town or "",
        submitted_on=sheet.submitted_on,
        submitted_by=sheet.submitted_by,
        accepted_on=sheet.accepted_on,
        accepted_by=sheet.accepted_by,
        share=sheet.share,
        level=sheet.level,
        criteria=tuple(_criteria(row, held, scores, proofs)),
    )


def _criteria(
    row: Any, held: Contents, scores: dict[tuple[int, int], Any], proofs: dict[int, tuple[Proof, ...]]
) -> Iterator[CriterionFacts]:
    """Each criterion of the sheet, answered or not, in the order of the set."""
    sections = held.of(row.Assessment.sheet_kind, is_small=row.is_small)
    for place, one in enumerate(one for section in sections for one in section.criteria):
        score = scores.get((row.Assessment.id, one.id))
        known = CriterionFacts(one.code, one.title, one.section, place, one.weight, one.max_points)
        yield known if score is None else _answered(known, one, score, proofs.get(score.id, ()))


def _answered(known: CriterionFacts, one: CriterionView, score: Any, proofs: tuple[Proof, ...]) -> CriterionFacts:
    own = _mark(one, score.value, score.points, is_na=score.is_na)
    checked = _mark(one, score.checked_value, score.checked_points, is_na=score.checked_is_na)
    agreed = _mark(one, score.agreed_value, score.agreed_points, is_na=score.agreed_is_na)
    counts = that_counts(agreed, checked, own)
    return CriterionFacts(
        code=known.code,
        title=known.title,
        section=known.section,
        place=known.place,
        weight=known.weight,
        max_points=known.max_points,
        own=own,
        na_reason=score.na_reason,
        comment=score.comment,
        checked=checked,
        checked_comment=score.checked_comment,
        agreed=agreed,
        agreed_comment=score.agreed_comment,
        # The points and «неприменимо» as they are kept: a row in disagreement with itself shows.
        final=Mark(counts.value, score.final_points, score.final_is_na, counts.shown),
        proofs=proofs,
    )


def _mark(one: CriterionView, value: Any, points: Any, *, is_na: bool) -> Mark:
    return Mark(value, points, is_na, "неприменимо" if is_na else one.shown(value))
