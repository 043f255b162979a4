"""Frozen approvals: the canonical snapshot of a sheet, its digest and code, and what has changed since."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis import snapshot
from app.analysis.snapshot import Facts, Stamp
from app.models import Assessment, AssessmentApproval, MonitoringRound, OrgUnit
from app.models.enumeration import AssessmentStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services.assessment_facts import facts_of
from app.services.framework_contents import Contents

UNKNOWN = "Листа с таким кодом нет или он вне вашей части дерева. Проверьте код по бумаге."


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that is not what was frozen; `criterion_id` None: of the sheet as a whole. Both sides in words."""

    criterion_id: int | None
    code: str
    title: str
    what: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return f"{self.code}. {self.title}" if self.code else "Лист в целом"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a code on paper is worth today.

    `intact`: the kept bytes still have their digest and code, and say what the row says. `chain_ok`: so do all
    approvals of the sheet, each naming the one before. `changes` are against this very approval.
    """

    approval: AssessmentApproval
    assessment: Assessment
    unit_name: str
    round_title: str
    intact: bool
    chain_ok: bool
    changes: tuple[Change, ...]
    is_latest: bool
    # The sheet is approved at this moment: nobody has taken the approval off.
    stands: bool

    @property
    def equal(self) -> bool:
        """Paper equals record."""
        return self.intact and self.chain_ok and self.is_latest and self.stands and not self.changes


def canonical(session: Session, assessment: Assessment, stamp: Stamp | None = None) -> str:
    """The sheet as it is now, as the text whose bytes are hashed; with the stamp of an approval where there is one."""
    session.flush()
    return snapshot.text_of(_now(session, assessment, stamp)[0])


def freeze(session: Session, actor: Actor, assessment: Assessment, *, now: datetime) -> AssessmentApproval:
    """Keeps the sheet as it was approved; asked for by the transitions that approve, after they were made."""
    actor.require(Permission.ASSESSMENT_ACCEPT)
    session.flush()
    last = latest(session, assessment)
    stamp = Stamp(
        number=last.number + 1 if last is not None else 1,
        approved_by=actor.signature,
        approved_at=now,
        previous_digest=last.digest if last is not None else "",
    )
    text = canonical(session, assessment, stamp)
    digest = snapshot.digest_of(text)
    approval = AssessmentApproval(
        org_unit_id=assessment.org_unit_id,
        assessment_id=assessment.id,
        number=stamp.number,
        canonical=text,
        digest=digest,
        previous_digest=stamp.previous_digest,
        code=snapshot.code_of(digest),
        approved_at=stamp.approved_at,
        approved_by=stamp.approved_by,
    )
    session.add(approval)
    session.flush()
    return approval


def approvals_of(session: Session, assessment: Assessment) -> list[AssessmentApproval]:
    """The chain, the first one first, as the database holds it."""
    return list(
        session.scalars(
            select(AssessmentApproval)
            .where(AssessmentApproval.assessment_id == assessment.id)
            .order_by(AssessmentApproval.number)
            .execution_options(populate_existing=True)
        )
    )


def latest(session: Session, assessment: Assessment) -> AssessmentApproval | None:
    return next(reversed(approvals_of(session, assessment)), None)


def stands(session: Session, assessment: Assessment) -> bool:
    """Whether the last approval still stands: in a municipality's own round acceptance is the approval."""
    if assessment.status is AssessmentStatus.APPROVED:
        return True
    municipal = select(MonitoringRound.is_municipal).where(MonitoringRound.id == assessment.round_id)
    return assessment.status is AssessmentStatus.ACCEPTED and bool(session.scalar(municipal))


def frozen_facts(approval: AssessmentApproval) -> Facts | None:
    """What the snapshot says; None where its bytes are no longer those that were hashed."""
    if snapshot.digest_of(approval.canonical) != approval.digest:
        return None
    try:
        facts = json.loads(approval.canonical)
    except ValueError:
        return None
    return facts if isinstance(facts, dict) and facts.get("format") == 1 else None


def present_facts(session: Session, assessment: Assessment) -> Facts:
    """The same of the sheet as it is now."""
    return _now(session, assessment, None)[0]


def changes_since(session: Session, assessment: Assessment) -> list[Change]:
    """What is not as the first approval froze it; empty for a sheet that was never approved."""
    first = session.scalar(
        select(AssessmentApproval).where(
            AssessmentApproval.assessment_id == assessment.id, AssessmentApproval.number == 1
        )
    )
    return [] if first is None else changes_against(session, assessment, first)


def changes_against(session: Session, assessment: Assessment, approval: AssessmentApproval) -> list[Change]:
    """The same against any approval of the sheet."""
    session.flush()
    facts, held = _now(session, assessment, None)
    return _changes(approval, facts, held)


def changed_count(session: Session, assessment: Assessment) -> int:
    """How many criteria are not as the first approval froze them."""
    return count_of(changes_since(session, assessment))


def count_of(changes: Iterable[Change]) -> int:
    return len({one.code for one in changes if one.code})


def changed_by_round(session: Session, round_id: int) -> dict[int, list[Change]]:
    """By sheet, what is not as its first approval froze it; only sheets that differ. A fixed number of statements."""
    firsts = {
        approval.assessment_id: approval
        for approval in session.scalars(
            select(AssessmentApproval)
            .join(Assessment, Assessment.id == AssessmentApproval.assessment_id)
            .where(Assessment.round_id == round_id, AssessmentApproval.number == 1)
        )
    }
    if not firsts:
        return {}
    approved = select(AssessmentApproval.assessment_id)
    present = facts_of(session, (Assessment.round_id == round_id) & Assessment.id.in_(approved))
    changed = {
        number: _changes(firsts[number], snapshot.facts_of(sheet, None), held)
        for number, (sheet, held) in present.items()
        if number in firsts
    }
    return {number: changes for number, changes in changed.items() if changes}


def code_of(digest: str) -> str:
    """«XXXX-XXXX-XX», letters without look-alikes."""
    return snapshot.code_of(digest)


def verify(session: Session, actor: Actor, code: str) -> tuple[Verified, ...]:
    """What the code names in the actor's part of the tree: nearly always one approval, two may share a code.

    Raises NotFound: a foreign code, an unknown one and one that is no code at all are one.
    """
    actor.require(Permission.ASSESSMENT_READ)
    folded = snapshot.folded_code(code)
    rows = session.execute(
        select(AssessmentApproval, Assessment, OrgUnit.name, MonitoringRound.title)
        .join(Assessment, Assessment.id == AssessmentApproval.assessment_id)
        .join(OrgUnit, OrgUnit.id == Assessment.org_unit_id)
        .join(MonitoringRound, MonitoringRound.id == Assessment.round_id)
        .where(AssessmentApproval.code == (folded or ""))
        .order_by(AssessmentApproval.id.desc())
        .execution_options(populate_existing=True)
    )
    found = tuple(_verified(session, *row) for row in rows)
    if folded is None or not found:
        raise NotFound(UNKNOWN)
    return found


def _verified(
    session: Session, approval: AssessmentApproval, assessment: Assessment, unit_name: str, round_title: str
) -> Verified:
    chain = approvals_of(session, assessment)
    intact = is_intact(approval)
    return Verified(
        approval=approval,
        assessment=assessment,
        unit_name=unit_name,
        round_title=round_title,
        intact=intact,
        chain_ok=is_chain(chain),
        changes=tuple(changes_against(session, assessment, approval)) if intact else (),
        is_latest=approval.number == chain[-1].number,
        stands=stands(session, assessment),
    )


def is_intact(approval: AssessmentApproval) -> bool:
    """The bytes have the digest and the code of the row, and their stamp says what the row says."""
    facts = frozen_facts(approval)
    if facts is None:
        return False
    stamp = Stamp(approval.number, approval.approved_by, approval.approved_at, approval.previous_digest)
    return (
        approval.code == snapshot.code_of(approval.digest)
        and facts.get("approval") == snapshot.stamp_of(stamp)
        and facts.get("sheet", {}).get("id") == approval.assessment_id
    )


def is_chain(approvals: Sequence[AssessmentApproval]) -> bool:
    """Numbered from one without a gap, each naming the digest of the one before, all intact."""
    digests = ["", *(one.digest for one in approvals)]
    return all(
        one.number == place and one.previous_digest == digests[place - 1] and is_intact(one)
        for place, one in enumerate(approvals, 1)
    )


def _now(session: Session, assessment: Assessment, stamp: Stamp | None) -> tuple[Facts, Contents]:
    found = facts_of(session, Assessment.id == assessment.id).get(assessment.id)
    if found is None:
        raise NotFound
    return snapshot.facts_of(found[0], stamp), found[1]


def _changes(approval: AssessmentApproval, present: Mapping[str, object], held: Contents) -> list[Change]:
    frozen = frozen_facts(approval)
    if frozen is None:
        return [
            Change(
                None,
                "",
                "",
                "Запись об утверждении",
                "снимок листа",
                "повреждена: снимок не совпадает со своим отпечатком",
            )
        ]
    known = held.by_code
    return [
        Change(known[one.code].id if one.code in known else None, one.code, one.title, one.what, one.before, one.after)
        for one in snapshot.differences(frozen, dict(present))
    ]
