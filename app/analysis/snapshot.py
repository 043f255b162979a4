"""The canonical snapshot of an assessment sheet: its bytes, digest and short code, and what differs between two.

Two sheets with the same facts have the same bytes, in whatever order the facts were read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.models.enumeration import EvidenceKind, UnitKind

# Digits and letters of which none looks like another: without I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
BITS_OF_LETTER = 5
# What people type for what they read: letters that look alike, and the Cyrillic ones of the same shape.
LOOK_ALIKES = str.maketrans("OILUАВСЕЁНКМОРТХУЗІЅЈ", "011VABCEEHKM0PTXY31SJ")
GAPS = str.maketrans("", "", " -–—\u2011\u00a0\t\r\n")

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that one side gave; `shown` is the value in words."""

    value: Decimal | None = None
    points: Decimal | None = None
    is_na: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence; `revisions` are (number, SHA-256) of its files."""

    kind: EvidenceKind
    title: str
    number: str = ""
    dated_on: date | None = None
    url: str = ""
    revisions: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    code: str
    title: str
    section: str
    place: int
    weight: Decimal
    max_points: Decimal
    own: Mark = Mark()
    na_reason: str = ""
    comment: str = ""
    checked: Mark = Mark()
    checked_comment: str = ""
    agreed: Mark = Mark()
    agreed_comment: str = ""
    final: Mark = Mark()
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetFacts:
    assessment_id: int
    round_id: int
    round_title: str
    framework_id: int
    framework_title: str
    edition: int
    unit_name: str
    unit_code: str
    unit_kind: UnitKind
    municipality: str
    submitted_on: date | None
    submitted_by: str
    accepted_on: date | None
    accepted_by: str
    share: Decimal | None
    level: str
    criteria: tuple[CriterionFacts, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who approved when, and the place in the chain of the sheet's approvals."""

    number: int
    approved_by: str
    approved_at: datetime
    previous_digest: str = ""


def facts_of(sheet: SheetFacts, stamp: Stamp | None) -> Facts:
    """Plain JSON values: decimals as text without trailing zeros, days and moments (UTC) in ISO form."""
    return {
        "format": 1,
        "round": {"id": sheet.round_id, "title": sheet.round_title},
        "framework": {"id": sheet.framework_id, "title": sheet.framework_title, "edition": sheet.edition},
        "unit": {
            "name": sheet.unit_name,
            "code": sheet.unit_code,
            "kind": sheet.unit_kind.value,
            "municipality": sheet.municipality,
        },
        "sheet": {
            "id": sheet.assessment_id,
            "submitted_on": _day(sheet.submitted_on),
            "submitted_by": sheet.submitted_by,
            "accepted_on": _day(sheet.accepted_on),
            "accepted_by": sheet.accepted_by,
        },
        "criteria": {one.code: _criterion(one) for one in sheet.criteria},
        "result": {"share": _number(sheet.share), "level": sheet.level},
        "approval": None if stamp is None else stamp_of(stamp),
    }


def stamp_of(stamp: Stamp) -> Facts:
    return {
        "number": stamp.number,
        "by": stamp.approved_by,
        "at": stamp.approved_at.astimezone(UTC).isoformat(),
        "previous": stamp.previous_digest,
    }


def _criterion(one: CriterionFacts) -> Facts:
    return {
        "title": one.title,
        "section": one.section,
        "place": one.place,
        "weight": _number(one.weight),
        "max": _number(one.max_points),
        "own": _mark(one.own) | {"reason": one.na_reason},
        "comment": one.comment,
        "checked": _mark(one.checked) | {"comment": one.checked_comment},
        "agreed": _mark(one.agreed) | {"comment": one.agreed_comment},
        "final": _mark(one.final),
        "evidence": sorted((_proof(proof) for proof in one.proofs), key=text_of),
    }


def _mark(mark: Mark) -> Facts:
    return {"value": _number(mark.value), "points": _number(mark.points), "na": mark.is_na, "shown": mark.shown}


def _proof(proof: Proof) -> Facts:
    return {
        "kind": proof.kind.value,
        "title": proof.title,
        "number": proof.number,
        "date": _day(proof.dated_on),
        "url": proof.url,
        "digests": [digest for _, digest in sorted(proof.revisions)],
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def text_of(facts: Facts) -> str:
    """The canonical text: sorted keys, no spaces, letters as they are."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def code_of(digest: str) -> str:
    """The first fifty bits of a digest as «XXXX-XXXX-XX»."""
    bits = int(digest, 16) >> (4 * len(digest) - CODE_LENGTH * BITS_OF_LETTER)
    letters = "".join(
        ALPHABET[bits >> BITS_OF_LETTER * place & (len(ALPHABET) - 1)] for place in reversed(range(CODE_LENGTH))
    )
    return dashed(letters)


def dashed(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def folded_code(typed: str) -> str | None:
    """The code that a person meant: any case, with or without dashes, look-alikes folded. None: no code at all."""
    letters = typed.translate(GAPS).upper().translate(LOOK_ALIKES)
    if len(letters) != CODE_LENGTH or set(letters) - set(ALPHABET):
        return None
    return dashed(letters)


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact in words before and after; code "" for the sheet as a whole."""

    code: str
    title: str
    what: str
    before: str
    after: str


def differences(before: Facts, after: Facts) -> list[Difference]:
    """What a reader is told has changed: of the sheet first, then by criterion in the order of the set.

    Values are compared, not their words: another wording of the same answer is no change.
    """
    found = [
        Difference("", "", what, was, now)
        for what, was, now in (
            ("Название организации", before["unit"]["name"], after["unit"]["name"]),
            ("Уровень", before["result"]["level"], after["result"]["level"]),
            ("Итог, %", *(_comma(side["result"]["share"]) for side in (before, after))),
        )
        if was != now
    ]
    known: dict[str, Facts] = {**after["criteria"], **before["criteria"]}
    for code, one in sorted(known.items(), key=lambda pair: (pair[1]["place"], pair[0])):
        sides = before["criteria"].get(code), after["criteria"].get(code)
        found.extend(Difference(code, one["title"], what, *words) for what, *words in _of_criterion(*sides))
    return found


def _of_criterion(was: Facts | None, now: Facts | None) -> Iterable[tuple[str, str, str]]:
    if was is None or now is None:
        words = ("не входит в лист", "входит в лист")
        return [("Критерий", *(words if was is None else words[::-1]))]
    return [(what, words(was), words(now)) for what, fact, words in ASPECTS if fact(was) != fact(now)]


def _value(side: str) -> tuple[Callable[[Facts], object], Callable[[Facts], str]]:
    return lambda one: [one[side][name] for name in ("value", "points", "na")], lambda one: _worth(one[side])


def _text(*path: str) -> tuple[Callable[[Facts], object], Callable[[Facts], str]]:
    def read(one: Facts) -> str:
        value: Any = one
        for name in path:
            value = value[name]
        return str(value)

    return read, read


def _worth(mark: Mapping[str, Any]) -> str:
    if mark["na"]:
        return "неприменимо"
    if mark["points"] is None:
        return "нет"
    return f"{mark['shown'] or _comma(mark['value'])} (баллов: {_comma(mark['points'])})"


def proof_words(proof: Mapping[str, Any]) -> str:
    """A piece of evidence in words; its files by the beginnings of their digests."""
    parts = [EvidenceKind(proof["kind"]).label, f"«{proof['title']}»"]
    parts += [f"№ {proof['number']}"] if proof["number"] else []
    parts += [f"от {date.fromisoformat(proof['date']):%d.%m.%Y}"] if proof["date"] else []
    parts += [proof["url"]] if proof["url"] else []
    files: Iterable[str] = (digest[:8] for digest in proof["digests"])
    return " ".join(parts) + (f" [файл {', '.join(files)}]" if proof["digests"] else "")


def _proofs(one: Facts) -> str:
    return "; ".join(proof_words(proof) for proof in one["evidence"]) or "нет"


def _comma(number: str | None) -> str:
    return "" if number is None else number.replace(".", ",")


# What is compared in a criterion: the word, the fact itself, the fact in words.
ASPECTS: tuple[tuple[str, Callable[[Facts], object], Callable[[Facts], str]], ...] = (
    ("Итоговое значение", *_value("final")),
    ("Ответ организации", *_value("own")),
    ("Причина «неприменимо»", *_text("own", "reason")),
    ("Комментарий", *_text("comment")),
    ("Значение проверяющего", *_value("checked")),
    ("Комментарий проверяющего", *_text("checked", "comment")),
    ("Согласовано с экспертами", *_value("agreed")),
    ("Комментарий к согласованному", *_text("agreed", "comment")),
    ("Подтверждения", lambda one: one["evidence"], _proofs),
)
