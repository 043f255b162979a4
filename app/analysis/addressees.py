"""Who is addressed: clauses of an addressee rule found in a phrase, and the list of units that a rule gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.analysis import addressee_words
from app.analysis.addressee_classes import Item
from app.analysis.addressee_words import Abbreviations
from app.analysis.order_proposal import AddresseeClause, RegisterUnit
from app.analysis.order_source import Source
from app.analysis.unit_names import UnitNames
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import UnitKind

_CLOSED = re.compile(r",\s{1,3}и\b")
_SEPARATOR = re.compile(r"[,;]|\bи\b|\bили\b|\bтакже\b")


def resolve(clauses: Iterable[AddresseeClause], units: Sequence[RegisterUnit], issuer_id: int | None) -> list[int]:
    """Unit ids that a rule of clauses gives: distinct, in the order of the register.

    Only units below the issuer count (all of them where there is no issuer). EXCEPT removes the unit and
    everything below it. A clause without a unit (unknown or ambiguous name) gives nothing.
    """
    below = subtree(units, issuer_id)
    chosen: set[int] = set()
    removed: set[int] = set()
    for clause in clauses:
        match clause.kind:
            case Kind.ALL_MUNICIPALITIES:
                chosen.update(unit.id for unit in below if unit.kind is UnitKind.MUNICIPALITY)
            case Kind.ALL_SCHOOLS:
                chosen.update(unit.id for unit in below if unit.kind is UnitKind.SCHOOL)
            case Kind.ALL_PROVIDERS:
                chosen.update(unit.id for unit in below if unit.kind is UnitKind.PROVIDER)
            case Kind.SCHOOLS_OF if clause.unit_id is not None:
                inside = subtree(units, clause.unit_id)
                chosen.update(unit.id for unit in inside if unit.kind is UnitKind.SCHOOL)
            case Kind.UNIT if clause.unit_id is not None:
                chosen.add(clause.unit_id)
            case Kind.EXCEPT if clause.unit_id is not None:
                removed.update({clause.unit_id, *(unit.id for unit in subtree(units, clause.unit_id))})
    return [unit.id for unit in below if unit.id in chosen and unit.id not in removed]


def subtree(units: Sequence[RegisterUnit], top: int | None) -> list[RegisterUnit]:
    """The units below `top`, without it; every unit where `top` is None."""
    if top is None:
        return list(units)
    children: dict[int | None, list[int]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit.id)
        if unit.municipality_id not in {None, unit.parent_id, unit.id}:
            children.setdefault(unit.municipality_id, []).append(unit.id)
    inside: set[int] = set()
    open_ids = [top]
    while open_ids:
        for child in children.get(open_ids.pop(), ()):
            if child not in inside and child != top:
                inside.add(child)
                open_ids.append(child)
    return [unit for unit in units if unit.id in inside]


@dataclass(slots=True)
class _Reading:
    """Where the reading of a phrase stands: the last class named and whether names after it were taken."""

    group: Item | None = None
    named: bool = True
    excepting: bool = False
    except_in_brackets: bool = False
    closed_by_comma: bool = False
    before: Item | None = None


def clauses_in(
    source: Source, start: int, end: int, names: UnitNames, abbreviations: Abbreviations
) -> tuple[AddresseeClause, ...]:
    """The addressee clauses of a phrase, in its order; words that name nobody known become clauses with a doubt."""
    items = addressee_words.items_in(source, start, end, names, abbreviations)
    found: list[AddresseeClause] = []
    reading = _Reading()
    for item in items:
        gap = source.folded[reading.before.end : item.start] if reading.before else ""
        apart = reading.before is None or _SEPARATOR.search(gap) is not None
        if reading.excepting and (("также" in gap) or (reading.except_in_brackets and not item.in_brackets)):
            reading.excepting = False
        elif reading.excepting and _CLOSED.search(gap):
            reading.excepting, reading.closed_by_comma = False, True
        _read(source, item, apart=apart, reading=reading, found=found)
        reading.before = item
    _flush(source, reading, found)
    return _marked(found)


def _read(source: Source, item: Item, *, apart: bool, reading: _Reading, found: list[AddresseeClause]) -> None:
    if item.sort == "except":
        _flush(source, reading, found)
        reading.excepting, reading.except_in_brackets, reading.group = True, item.in_brackets, None
    elif item.sort == "kind":
        after_name = reading.before is not None and reading.before.sort in {"unit", "unknown"}
        if item.clause is not None and not after_name and not reading.excepting and reading.named:
            reading.group, reading.named = replace(item, sort="class"), False
    elif item.sort == "class":
        qualifies = reading.group is not None and not apart and not reading.named
        if qualifies and item.clause is Kind.ALL_MUNICIPALITIES and reading.group is not None:
            return  # «школ муниципальных образований» are schools
        _flush(source, reading, found)
        reading.group, reading.named = item, reading.excepting
    elif item.sort == "unit":
        _read_unit(source, item, apart=apart, reading=reading, found=found)
    elif item.sort == "unknown":
        kind = Kind.EXCEPT if reading.excepting else Kind.UNIT
        quote = source.quote(item.start, item.end)
        words = source.clean(quote.start, quote.end)
        doubt = f"Адресат «{words}» не найден среди организаций: выберите его сами."
        found.append(AddresseeClause(kind, None, quote, doubt))
        reading.named = True if reading.group and reading.group.clause is Kind.ALL_MUNICIPALITIES else reading.named


def _read_unit(source: Source, item: Item, *, apart: bool, reading: _Reading, found: list[AddresseeClause]) -> None:
    municipal = item.units[0].kind is UnitKind.MUNICIPALITY
    before = reading.before
    if (
        municipal
        and not apart
        and before is not None
        and before.sort == "unit"
        and before.units[0].kind is not UnitKind.MUNICIPALITY
        and found
    ):
        _narrow(found, before, item)  # «СОШ № 1 Анивского округа» is one school
        return
    if (
        municipal
        and not apart
        and before is not None
        and before.sort == "unknown"
        and "№" in source.folded[before.start : before.end]
    ):
        return  # «школа № 9 г. Южно-Сахалинска» is one school, and it is not known
    if not municipal and not apart and before is not None and before.sort == "class":
        reading.group, reading.named = None, True  # «учреждение ДПО «Институт …»» is one organisation
    kind = Kind.UNIT
    if reading.excepting:
        kind = Kind.EXCEPT
    elif municipal and reading.group is not None:
        if reading.group.clause is Kind.ALL_SCHOOLS and not item.dative:
            kind = Kind.SCHOOLS_OF
            reading.named = True
        elif reading.group.clause is Kind.ALL_MUNICIPALITIES:
            reading.named = True
    else:
        _flush(source, reading, found)
    clause = _unit_clause(source, kind, item)
    if kind is Kind.SCHOOLS_OF and reading.group is not None and reading.group.narrowed and clause.doubt is None:
        clause = replace(clause, doubt=f"Адресаты уточнены словами «{reading.group.narrowed}»: проверьте список.")
    if reading.closed_by_comma and clause.doubt is None:
        reading.closed_by_comma = False
        clause = replace(clause, doubt="Стоит после «кроме …, и»: проверьте, назван ли это адресат или исключение.")
    found.append(clause)


def _unit_clause(source: Source, kind: Kind, item: Item) -> AddresseeClause:
    quote = source.quote(item.start, item.end)
    written = source.clean(quote.start, quote.end)
    if len(item.units) > 1:
        several = "; ".join(unit.name for unit in item.units[:5])
        doubt = f"Имя «{written}» подходит нескольким организациям ({several}): выберите нужную."
        return AddresseeClause(kind, None, quote, doubt, tuple(unit.id for unit in item.units))
    loose = None if item.exact else f"«{written}» понято как «{item.units[0].name}»: проверьте."
    return AddresseeClause(kind, item.units[0].id, quote, loose)


def _narrow(found: list[AddresseeClause], school: Item, municipality: Item) -> None:
    """Of several schools of one name take the one in the municipality named after it."""
    owners = {unit.id for unit in municipality.units}
    inside = [unit for unit in school.units if {unit.parent_id, unit.municipality_id} & owners]
    last = found[-1]
    if last.candidates and len(inside) == 1:
        found[-1] = replace(last, unit_id=inside[0].id, candidates=(), doubt=None)
    elif not inside and last.unit_id is not None and school.units[0].kind is UnitKind.SCHOOL:
        doubt = f"«{school.units[0].name}» записана за другим муниципалитетом: проверьте адресата."
        found[-1] = replace(last, doubt=doubt)


def _flush(source: Source, reading: _Reading, found: list[AddresseeClause]) -> None:
    group = reading.group
    if group is not None and not reading.named and group.clause is not None:
        doubt = f"Адресаты уточнены словами «{group.narrowed}»: проверьте список." if group.narrowed else None
        found.append(AddresseeClause(group.clause, None, source.quote(group.start, group.end), doubt))
    reading.group, reading.named = None, True


def _marked(found: Sequence[AddresseeClause]) -> tuple[AddresseeClause, ...]:
    """Without repetitions; an exception of a municipality from schools and municipalities alike gets a doubt."""
    wide = {clause.kind for clause in found} >= {Kind.ALL_MUNICIPALITIES, Kind.ALL_SCHOOLS}
    result: list[AddresseeClause] = []
    seen: set[tuple[object, ...]] = set()
    for clause in found:
        key: tuple[object, ...] = (
            clause.kind,
            clause.unit_id,
            clause.candidates,
            clause.quote if clause.unit_id is None else None,
        )
        if clause.unit_id is None and not clause.candidates and clause.doubt is None:
            key = (clause.kind,)
        if key in seen:
            continue
        seen.add(key)
        if clause.kind is Kind.EXCEPT and wide and clause.doubt is None:
            doubt = "Исключение отнесено и к муниципалитетам, и к их ОО: проверьте список."
            result.append(replace(clause, doubt=doubt))
        else:
            result.append(clause)
    return tuple(result)
