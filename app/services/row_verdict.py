"""What one row of a workbook would do, said before anything is done; and how it is kept for people to read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.models.enumeration import Labelled
from app.policies.refusal import Refusal

# Longer values are cut where they are only shown.
LONGEST_SHOWN = 300


class VerdictKind(Labelled):
    CREATED = "created", "будет создано"
    CHANGED = "changed", "изменится"
    SAME = "same", "без изменений"
    CONFLICT = "conflict", "решите вы"
    WRONG = "wrong", "ошибка"


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: the column's key and heading, what the record holds, what it would hold."""

    key: str
    title: str
    before: str
    after: str
    # What was given out, where a sealed workbook comes back and the record has changed meanwhile.
    base: str | None = None

    @property
    def is_conflict(self) -> bool:
        """Both the file and somebody else have changed what was given out."""
        return self.base is not None and self.base != self.before


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """`row` as the spreadsheet numbers it; `sentences` by the key of the column, "" for the row as a whole."""

    row: int
    kind: VerdictKind
    label: str
    changes: tuple[Change, ...] = ()
    sentences: Mapping[str, str] = field(default_factory=dict)
    # The name of the sheet where the book has several.
    sheet: str = ""

    @property
    def place(self) -> str:
        return f"Лист «{self.sheet}», строка {self.row}" if self.sheet else f"Строка {self.row}"

    @property
    def told(self) -> str:
        """All that is wrong, in one text: what stands in the error column."""
        return " ".join(self.sentences.values())


@dataclass(slots=True)
class Planned:
    """A verdict, and the act behind it; the act raises Refusal where something has come between.

    `together` does the same for many `subject`s at once: neighbours that have the same one are done by it.
    """

    verdict: RowVerdict
    act: Callable[[], None] | None = None
    together: Callable[[Sequence[Any]], None] | None = None
    subject: Any = None


def wrong(row: int, label: str, sentences: Mapping[str, str]) -> Planned:
    return Planned(RowVerdict(row, VerdictKind.WRONG, label, sentences=dict(sentences)))


def refused(row: int, label: str, refusal: Refusal) -> Planned:
    return wrong(row, label, {refusal.field or "": refusal.sentence})


def shown(value: object) -> str:
    """A value as a person reads it in the comparison; «пусто» is the page's word."""
    match value:
        case None:
            text = ""
        case Labelled():
            text = value.label
        case bool():
            text = "да" if value else "нет"
        case datetime():
            text = f"{value:%d.%m.%Y %H:%M}"
        case date():
            text = f"{value:%d.%m.%Y}"
        case float() | Decimal() if value == int(value):
            text = str(int(value))
        case _:
            text = str(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def counted(verdicts: Iterable[RowVerdict]) -> dict[str, int]:
    counts = Counter(verdict.kind.value for verdict in verdicts)
    return {kind.value: counts[kind.value] for kind in VerdictKind}


def written(verdicts: Iterable[RowVerdict]) -> Iterator[bytes]:
    """One line of JSON for each: the same verdicts are the same bytes."""
    for one in verdicts:
        line: dict[str, Any] = {"row": one.row, "kind": one.kind.value, "label": one.label}
        if one.changes:
            line["changes"] = [[c.key, c.title, c.before, c.after, c.base] for c in one.changes]
        if one.sentences:
            line["sentences"] = dict(one.sentences)
        if one.sheet:
            line["sheet"] = one.sheet
        yield json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_back(lines: Iterable[bytes]) -> Iterator[RowVerdict]:
    for line in lines:
        one = json.loads(line)
        yield RowVerdict(
            one["row"],
            VerdictKind(one["kind"]),
            one["label"],
            tuple(Change(*each) for each in one.get("changes", ())),
            one.get("sentences", {}),
            one.get("sheet", ""),
        )
