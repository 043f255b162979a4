"""The acts that an order refers to: kind, number, date, title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from app.analysis import order_dates
from app.analysis.order_proposal import Ground
from app.analysis.order_source import Source
from app.models.enumeration import GroundEffect

_NUMBER_TAIL = r"(?:\s?[-/]\s?(?:\d[\w./]{0,12}|(?:рп?|пп?|пр|од|ок|осн|ук|к|фз|о/д|д|мр)\b)|[-/][\w./]{1,12})"
NUMBER = rf"(?P<number>\d[\w./]{{0,15}}{_NUMBER_TAIL}{{0,5}}|[а-я]{{1,4}}-\d[\w./]{{0,12}}{_NUMBER_TAIL}{{0,5}})"
_SIGN = r"(?:№|n)\s{0,4}"
_ACT_WORDS = (
    ("федеральн", "федеральный закон"),
    ("распоряжени", "распоряжение"),
    ("приказ", "приказ"),
    ("постановлени", "постановление"),
    ("письм", "письмо"),
    ("закон", "закон"),
    ("указ", "указ"),
    ("поручени", "поручение"),
    ("решени", "решение"),
    ("протокол", "протокол"),
)
_ACT = re.compile(
    r"\b(федеральн[а-я]{2,3}\s{1,3}закон|распоряжени|приказ(?!ыва)|постановлени|письм|закон(?![ноы]м?о)|указ(?=[ао]?м?\b)|поручени|решени|протокол)"
)
_DATE_FIRST = re.compile(rf"(?:\bот\s{{1,4}})?{order_dates.pattern()}\s{{0,4}}{_SIGN}{NUMBER}")
_NUMBER_FIRST = re.compile(rf"{_SIGN}{NUMBER}\s{{1,4}}от\s{{1,4}}{order_dates.pattern()}")
_MOVES = re.compile(r"(?:изменени|перенос|продлени)[а-я]{0,3}\s{1,3}срок")
_CHANGES = re.compile(r"внесении\s{1,3}изменени")
_LONGEST_TITLE = 1000
_ACT_NEAR = 250


@dataclass(frozen=True, slots=True)
class _Reference:
    start: int
    end: int
    number: str
    dated_on: date | None
    doubt: str | None


def number_written(source: Source, found: re.Match[str]) -> str:
    """The number without stray blanks: «3.12 - 1589- р» → «3.12-1589-р»; letters as they stand."""
    start, end = found.span("number")
    return re.sub(r"\s", "", source.plain[start:end]).replace("–", "-").replace("—", "-").rstrip(".,/-")


def grounds_in(source: Source, start: int, end: int) -> tuple[Ground, ...]:
    """The acts referred to between two offsets, in their order, each with the words that it was read from."""
    references: list[_Reference] = []
    taken = bytearray(max(0, end - start))
    for pattern in (_DATE_FIRST, _NUMBER_FIRST):
        for found in pattern.finditer(source.folded, start, end):
            span = slice(found.start() - start, found.end() - start)
            if any(taken[span]):
                continue
            taken[span] = b"\x01" * len(taken[span])
            dated_on = order_dates.read(found).exact
            doubt = None if dated_on else "Дата акта не прочитана: укажите её сами."
            references.append(_Reference(found.start(), found.end(), number_written(source, found), dated_on, doubt))
    references.sort(key=lambda reference: reference.start)
    grounds: list[Ground] = []
    kind, before = "", start
    seen: set[tuple[str, date | None]] = set()
    for reference in references:
        act = _last_act(source, max(before, reference.start - _ACT_NEAR), reference.start)
        begin = reference.start
        if act is not None:
            kind, begin = act
        title, title_end = _title(source, reference.end, end)
        before = title_end
        if (reference.number, reference.dated_on) in seen:
            continue
        seen.add((reference.number, reference.dated_on))
        quote = source.quote(begin, title_end)
        said = source.folded[begin:title_end]
        effect = GroundEffect.MOVES_DATES if _MOVES.search(said) else GroundEffect.BASIS
        doubt = reference.doubt or (None if kind else "Вид акта не назван: укажите его сами.")
        if effect is GroundEffect.BASIS and _CHANGES.search(said):
            doubt = "Акт вносит изменения: проверьте, не переносит ли он сроки."
        grounds.append(Ground(kind, reference.number, reference.dated_on, title, effect, quote, doubt))
    return tuple(grounds)


def _last_act(source: Source, start: int, end: int) -> tuple[str, int] | None:
    last = None
    for found in _ACT.finditer(source.folded, start, end):
        last = found
    if last is None:
        return None
    return next(kind for stem, kind in _ACT_WORDS if last[0].startswith(stem)), last.start()


def _title(source: Source, start: int, end: int) -> tuple[str, int]:
    """The title in guillemets that follows (quotes inside it included), and where it ends."""
    text = source.text
    position = start
    while position < end and position - start < 20 and text[position] in " \n\u00a0*г.":  # noqa: PLR2004 - a line break and «г.»
        position += 1
    if position >= end or text[position] not in '«"“':
        return "", start
    closing = {"«": "»", "“": "”", '"': '"'}[text[position]]
    depth = 0
    for offset in range(position, min(end, position + _LONGEST_TITLE)):
        if text[offset] == text[position] and (closing != text[position] or offset == position):
            depth += 1
        elif text[offset] == closing:
            depth -= 1
            if depth == 0:
                return source.clean(position + 1, offset), offset + 1
    return "", start
