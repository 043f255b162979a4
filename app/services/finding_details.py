"""What a finding says, as a person gives it and as the register keeps it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from app.models import Finding, FindingCause
from app.models.enumeration_of_measures import FindingSeverity, FindingSource
from app.models.finding import MOST_WHYS
from app.policies.refusal import Invalid

# Written down by hand; the other sources name the answer or the assignment that they were seen in.
HANDMADE = frozenset({FindingSource.MANUAL, FindingSource.INSPECTION, FindingSource.CALENDAR})
NEEDS_GROUND = frozenset({FindingSource.INSPECTION, FindingSource.CALENDAR})
LONGEST_TEXT, LONGEST_GROUND, LONGEST_WHY = 2_000, 500, 1_000
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class TypedFinding:
    """`whys` are the answers to «почему?», the first first. Without `found_on` it is today."""

    text: str
    severity: FindingSeverity
    source: FindingSource = FindingSource.MANUAL
    ground: str = ""
    cause_id: int | None = None
    whys: tuple[str, ...] = ()
    found_on: date | None = None


def tidied(
    session: Session,
    typed: TypedFinding,
    *,
    today: date,
    sources: Collection[FindingSource] | None,
    kept_cause: int | None = None,
) -> TypedFinding:
    """Blanks set right, the cause found. `sources` None: the source is no choice of the person's.

    A cause out of use is taken only where the finding has it already. Raises Invalid at the field.
    """
    text = _line(typed.text, LONGEST_TEXT, "text")
    if not text:
        raise Invalid("Опишите недостаток: что именно не так.", field="text")
    ground = _line(typed.ground, LONGEST_GROUND, "ground")
    if sources is not None:
        if typed.source not in sources:
            raise Invalid("Выберите, откуда известно о недостатке.", field="source")
        if typed.source in NEEDS_GROUND and not ground:
            raise Invalid("Укажите основание: чей акт или график, номер и дату.", field="ground")
    if typed.found_on is not None and not EARLIEST <= typed.found_on <= today:
        late = typed.found_on > today
        raise Invalid("Этот день ещё не наступил." if late else "Проверьте год даты.", field="found_on")
    _require_cause(session, typed.cause_id, kept_cause)
    return replace(typed, text=text, ground=ground, whys=_whys(typed.whys))


def _require_cause(session: Session, cause_id: int | None, kept: int | None) -> None:
    if cause_id is None or cause_id == kept:
        return
    cause = session.get(FindingCause, cause_id)
    if cause is None or not cause.is_active:
        raise Invalid("Такой причины в списке нет: выберите другую.", field="cause_id")


def _whys(typed: Sequence[str]) -> tuple[str, ...]:
    whys = tuple(why for why in (_line(one, LONGEST_WHY, "whys") for one in typed) if why)
    if len(whys) > MOST_WHYS:
        raise Invalid(f"Вопросов «почему?» не больше {MOST_WHYS}.", field="whys")
    return whys


def _line(typed: str, longest: int, field: str) -> str:
    tidy = " ".join(typed.replace("\x00", "").split())
    if len(tidy) > longest:
        raise Invalid(f"Не длиннее {longest} знаков: сократите текст.", field=field)
    return tidy


def put_wording(finding: Finding, typed: TypedFinding) -> None:
    finding.text, finding.severity = typed.text, typed.severity
    if finding.source in HANDMADE:
        finding.source = typed.source
        finding.ground = typed.ground
    if typed.found_on is not None:
        finding.found_on = typed.found_on


def put_analysis(finding: Finding, cause_id: int | None, whys: Sequence[str]) -> None:
    finding.cause_id = cause_id
    # A changed list is a new one: what stands in it is not watched.
    if list(whys) != finding.whys:
        finding.whys = list(whys)
