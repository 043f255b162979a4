"""Orders in words: whom a point reaches, its term, and the text of an order with what was understood marked in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from app.admin.cells import plural
from app.analysis.order_proposal import RegisterUnit
from app.models import AddresseeClause, Order, OrderPoint
from app.models.enumeration import AddresseeClauseKind, Recurrence, TermKind, UnitKind
from app.services.order_addressees import NAMES_A_UNIT

_NAMED_AT_MOST = 2
_WORDS = {
    UnitKind.MUNICIPALITY: ("муниципалитет", "муниципалитета", "муниципалитетов"),
    UnitKind.SCHOOL: ("ОО", "ОО", "ОО"),
    UnitKind.PROVIDER: ("организация ДПО", "организации ДПО", "организаций ДПО"),
}
_PERIODS = {
    Recurrence.MONTHLY: "ежемесячно",
    Recurrence.QUARTERLY: "ежеквартально",
    Recurrence.HALF_YEARLY: "раз в полугодие",
    Recurrence.YEARLY: "ежегодно",
}
_CONTROL = re.compile(r"контроль\s+(?:за|над|исполнени)[^\n]*", re.IGNORECASE)


def reached_words(units: Sequence[RegisterUnit]) -> str:
    """«18 муниципалитетов и ГАОУ ДПО ИРОСО»; a few are named, many are counted."""
    parts = []
    for kind in (UnitKind.MUNICIPALITY, UnitKind.SCHOOL, UnitKind.PROVIDER):
        here = [unit for unit in units if unit.kind is kind]
        if 0 < len(here) <= _NAMED_AT_MOST:
            parts += [unit.short_name or unit.name for unit in here]
        elif here:
            parts.append(f"{len(here)} {plural(len(here), *_WORDS[kind])}")
    if not parts:
        return "никому"
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} и {parts[-1]}"


def count_words(count: int) -> str:
    return f"{count} {plural(count, 'поручение', 'поручения', 'поручений')}"


def point_words(count: int) -> str:
    return f"{count} {plural(count, 'пункт', 'пункта', 'пунктов')}"


def term_words(point: OrderPoint) -> str:
    if point.term_kind is TermKind.RECURRING and point.recurrence is not None:
        words = _PERIODS[point.recurrence]
        words += f" до {point.recurrence_day} числа" if point.recurrence_day else ""
        return words + (f", по {point.recurs_until:%d.%m.%Y}" if point.recurs_until else "")
    if point.due_on is None:
        return "без срока"
    return f"до {point.due_on:%d.%m.%Y}"


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """One clause as people read it; `quote_id` ties it to its words in the text."""

    text: str
    quote_id: str | None
    doubt: str
    excluding: bool = False
    unknown: bool = False


def clause_words(clause: AddresseeClause, label: str) -> ClauseWords:
    """`label` is the unit's name where the reader may see it; else the order's own words stand for it."""
    excluding = clause.kind is AddresseeClauseKind.EXCEPT
    unknown = clause.kind in NAMES_A_UNIT and clause.org_unit_id is None
    if clause.kind in NAMES_A_UNIT:
        name = label or clause.written or "организация вне вашей части дерева"
        text = {
            AddresseeClauseKind.SCHOOLS_OF: f"все ОО: {name}",
            AddresseeClauseKind.EXCEPT: f"кроме: {name}",
        }.get(clause.kind, name)
    else:
        text = clause.kind.label
    return ClauseWords(text, quote_id(clause.quote_start, clause.quote_end), clause.doubt, excluding, unknown)


def quote_id(start: int | None, end: int | None) -> str | None:
    """What comes from the same words has the same mark."""
    return f"q{start}-{end}" if start is not None and end is not None and end > start else None


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int
    doubtful: bool = False


def term_span(order: Order, point: OrderPoint) -> Span | None:
    """Where the point's term stands in its words."""
    if not point.term_written or point.quote_start is None or point.quote_end is None:
        return None
    found = _found(order.source_text, point.term_written, point.quote_start, point.quote_end)
    return found or _found(order.source_text, point.term_written, 0, len(order.source_text))


def heading_spans(order: Order) -> dict[str, Span]:
    """Where the fields of the heading stand in the text, found by their words."""
    text = order.source_text
    first = min((point.quote_start for point in order.points if point.quote_start is not None), default=len(text))
    spans = {}
    for name, words in (("number", order.number), ("title", order.title), ("issuer_name", order.issuer_name)):
        found = _found(text, words, 0, first) if words else None
        if found is not None:
            spans[name] = found
    control = _CONTROL.search(text)
    if control is not None and order.controller:
        spans["controller"] = Span(*control.span())
    signed = _last(text, order.signed_by) if order.signed_by else None
    if signed is not None:
        spans["signed_by"] = signed
    return spans


def marked_text(order: Order) -> Markup:
    """The text with nested marks; a mark and its partner on the page share their number."""
    spans: dict[tuple[int, int], bool] = {}
    whole = {(point.quote_start, point.quote_end) for point in order.points}

    def add(span: Span | None) -> None:
        if span is not None and 0 <= span.start < span.end <= len(order.source_text):
            key = (span.start, span.end)
            spans[key] = spans.get(key, False) or span.doubtful

    for span in heading_spans(order).values():
        add(span)
    for ground in order.grounds:
        add(_span(ground.quote_start, ground.quote_end))
    for point in order.points:
        add(_span(point.quote_start, point.quote_end))
        add(term_span(order, point))
        for clause in point.clauses:
            add(_span(clause.quote_start, clause.quote_end, doubtful=bool(clause.doubt)))
    ordered = sorted(spans.items(), key=lambda item: (item[0][0], -item[0][1]))
    kinds = {key: " ".join(["whole"] * (key in whole) + ["doubtful"] * doubtful) for key, doubtful in ordered}
    return _nested(order.source_text, list(kinds.items()))


def _span(start: int | None, end: int | None, *, doubtful: bool = False) -> Span | None:
    return Span(start, end, doubtful) if start is not None and end is not None else None


def _nested(text: str, spans: Iterable[tuple[tuple[int, int], str]]) -> Markup:
    parts: list[str] = []
    open_ends: list[int] = []
    at = 0

    def until(place: int) -> None:
        nonlocal at
        while open_ends and open_ends[-1] <= place:
            end = open_ends.pop()
            parts.extend((str(escape(text[at:end])), "</mark>"))
            at = end
        parts.append(str(escape(text[at:place])))
        at = place

    for (start, end), kind in spans:
        until(start)
        if open_ends and end > open_ends[-1]:
            # Marks nest or lie apart; one that would cross another is left to its partner on the page.
            continue
        named = f' class="{kind}"' if kind else ""
        parts.append(f'<mark data-quote-id="q{start}-{end}"{named} tabindex="0">')
        open_ends.append(end)
    until(len(text))
    return Markup("".join(parts))  # noqa: S704 - every piece of the text is escaped above


def _pattern(words: str) -> re.Pattern[str] | None:
    pieces = [re.escape(word) for word in words.split()]
    return re.compile(r"[\s*_]+".join(pieces), re.IGNORECASE) if pieces else None


def _found(text: str, words: str, start: int, end: int) -> Span | None:
    pattern = _pattern(words)
    found = pattern.search(text, start, end) if pattern else None
    return Span(*found.span()) if found else None


def _last(text: str, words: str) -> Span | None:
    pattern = _pattern(words.split(",", maxsplit=1)[0])
    spans = [found.span() for found in pattern.finditer(text)] if pattern else []
    return Span(*spans[-1]) if spans else None


def shown_value(value: object) -> str:
    """A saved or a typed value in a comparison of two versions."""
    if value is None or value == "":
        return "пусто"
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return str(getattr(value, "label", value))
