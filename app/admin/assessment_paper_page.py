"""The sheet on paper and the verdict on a code, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.admin.assessment_words import percent_words
from app.analysis.snapshot import proof_words
from app.models import Assessment
from app.policies.guard import GuardedSession
from app.services import assessment_approval as approvals
from app.services import clock
from app.services.assessment_approval import Change, Verified

SIDES = (("own", "Ответ организации"), ("checked", "Проверка"), ("agreed", "Согласовано с экспертами"))


@dataclass(frozen=True, slots=True)
class PaperLine:
    code: str
    title: str
    final: str
    points: str
    most: str
    # The values that stand side by side, where they are not all one: (whose, value in words).
    sides: Sequence[tuple[str, str]]
    notes: Sequence[str]
    evidence: Sequence[str]


@dataclass(frozen=True, slots=True)
class Paper:
    """`approval_number` 0: a draft, nothing was approved or the approval was taken off."""

    assessment_id: int
    unit_name: str
    unit_code: str
    municipality: str
    round_title: str
    framework: str
    # «71,98 %», or nothing.
    share: str
    level: str
    submitted: str
    accepted: str
    approved: str
    approval_number: int
    code: str
    digest: str
    intact: bool
    was_approved: bool
    changes: Sequence[Change]
    changed: int
    sections: Sequence[tuple[str, Sequence[PaperLine]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`tone` is a class of messages: success where paper equals record."""

    tone: str
    headline: str
    sentences: Sequence[str]
    unit_name: str
    round_title: str
    assessment_id: int
    number: int
    approved: str
    code: str
    digest: str
    share: str
    level: str
    changes: Sequence[Change]


def paper_of(session: GuardedSession, assessment: Assessment, time_zone: str) -> Paper:
    """As the standing approval froze it; otherwise as it is now, which is a draft."""
    last = approvals.latest(session, assessment)
    standing = last if last is not None and approvals.stands(session, assessment) else None
    frozen = approvals.frozen_facts(standing) if standing is not None else None
    facts = frozen or approvals.present_facts(session, assessment)
    changes = approvals.changes_since(session, assessment) if last is not None else []
    stamp = facts["approval"] or {}
    return Paper(
        assessment_id=assessment.id,
        unit_name=facts["unit"]["name"],
        unit_code=facts["unit"]["code"],
        municipality=facts["unit"]["municipality"],
        round_title=facts["round"]["title"],
        framework=f"{facts['framework']['title']}, редакция {facts['framework']['edition']}",
        share=_percent(facts["result"]["share"]),
        level=facts["result"]["level"],
        submitted=_who(facts["sheet"]["submitted_on"], facts["sheet"]["submitted_by"]),
        accepted=_who(facts["sheet"]["accepted_on"], facts["sheet"]["accepted_by"]),
        approved=_approved(stamp, time_zone),
        approval_number=stamp.get("number", 0),
        code=standing.code if standing is not None and frozen else "",
        digest=standing.digest if standing is not None and frozen else "",
        intact=standing is None or approvals.is_intact(standing),
        was_approved=last is not None,
        changes=changes,
        changed=approvals.count_of(changes),
        sections=_sections(facts["criteria"]),
    )


def _sections(criteria: Mapping[str, Any]) -> list[tuple[str, list[PaperLine]]]:
    found: dict[str, list[PaperLine]] = {}
    for code, one in sorted(criteria.items(), key=lambda pair: pair[1]["place"]):
        found.setdefault(one["section"], []).append(_line(code, one))
    return list(found.items())


def _line(code: str, one: Mapping[str, Any]) -> PaperLine:
    given = [(word, one[side]) for side, word in SIDES if one[side]["na"] or one[side]["value"] is not None]
    differ = len({(mark["value"], mark["na"]) for _, mark in given}) > 1
    notes = [
        ("Причина: ", one["own"]["reason"]),
        ("", one["comment"]),
        ("Проверка: ", one["checked"]["comment"]),
        ("Эксперты: ", one["agreed"]["comment"]),
    ]
    return PaperLine(
        code=code,
        title=one["title"],
        final=one["final"]["shown"] or "нет ответа",
        points="н/п" if one["final"]["na"] else _comma(one["final"]["points"]) or "–",
        most=_comma(one["max"]),
        sides=[(word, mark["shown"]) for word, mark in given] if differ else [],
        notes=[f"{word}{text}" for word, text in notes if text],
        evidence=[proof_words(piece) for piece in one["evidence"]],
    )


def verdict_of(found: Verified, time_zone: str) -> Verdict:
    """What a code on paper is worth, in plain words."""
    facts = approvals.frozen_facts(found.approval) or {}
    tone, headline, sentences = _told(found)
    moment = clock.local(found.approval.approved_at, time_zone)
    result = facts.get("result") or {}
    return Verdict(
        tone=tone,
        headline=headline,
        sentences=sentences,
        unit_name=found.unit_name,
        round_title=found.round_title,
        assessment_id=found.assessment.id,
        number=found.approval.number,
        approved=f"{moment:%d.%m.%Y %H:%M}, {found.approval.approved_by}",
        code=found.approval.code,
        digest=found.approval.digest,
        share=_percent(result.get("share")),
        level=result.get("level", ""),
        changes=found.changes,
    )


def _told(found: Verified) -> tuple[str, str, list[str]]:
    if not found.intact or not found.chain_ok:
        return (
            "error",
            "Запись об утверждении повреждена",
            [
                "Сохранённый снимок листа не совпадает со своим отпечатком: его меняли в обход программы.",
                "Не полагайтесь на эту запись и сообщите администратору установки.",
            ],
        )
    sentences = []
    if not found.is_latest:
        sentences.append("После этого лист утверждали ещё раз.")
    if not found.stands:
        sentences.append(f"Утверждение снято: сейчас лист «{found.assessment.status.label}».")
    if found.changes:
        count = approvals.count_of(found.changes)
        sentences.append(
            f"С тех пор лист изменён, критериев с изменениями: {count}." if count else "С тех пор сведения изменились."
        )
    if not sentences:
        return "success", "Бумага соответствует записи", ["Это последнее утверждение, с тех пор ничего не изменилось."]
    headline = "Бумага от прежнего утверждения" if not found.is_latest else "Запись с тех пор изменилась"
    return "warning", headline, sentences


def _approved(stamp: Mapping[str, Any], time_zone: str) -> str:
    if not stamp:
        return ""
    moment = clock.local(datetime.fromisoformat(stamp["at"]), time_zone)
    return f"{moment:%d.%m.%Y %H:%M}, {stamp['by']}"


def _who(day: str | None, name: str) -> str:
    return f"{date.fromisoformat(day):%d.%m.%Y}, {name}" if day else ""


def _comma(number: str | None) -> str:
    return "" if number is None else number.replace(".", ",")


def _percent(number: str | None) -> str:
    """As the page of the sheet says it: hundredths are enough on paper."""
    return percent_words(None if number is None else Decimal(number))
