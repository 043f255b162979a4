"""An order proposed from its text: the same text and the same tree always give the same proposal."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.analysis import addressees, order_letter, order_outline, order_points, order_table
from app.analysis.addressee_words import abbreviations_of
from app.analysis.order_grounds import grounds_in
from app.analysis.order_head import Head, Register, read_head
from app.analysis.order_heading import Heading, controller_of, heading
from app.analysis.order_letter import Paragraph
from app.analysis.order_outline import Node, Outline
from app.analysis.order_points import Piece
from app.analysis.order_proposal import (
    AddresseeClause,
    Found,
    Ground,
    NothingToPropose,
    OrderProposal,
    PointProposal,
    RegisterUnit,
)
from app.analysis.order_source import Source
from app.analysis.order_table import Table
from app.analysis.order_terms import term_of_cell
from app.analysis.unit_names import UnitNames
from app.models.enumeration import OrderKind, UnitKind

_COMMAND = re.compile(
    r"^[^\n]{0,200}\b(?P<verb>п\s?р\s?и\s?к\s?а\s?з\s?ы\s?в\s?а\s?ю|обязываю|распоряжаюсь)\s{0,3}:?[ ]{0,4}$",
    re.MULTILINE,
)
_SALUTATION = re.compile(r"\bуважаем(?:ые|ый|ая)\b[^\n]{0,120}")


@dataclass(slots=True)
class _Reading:
    source: Source
    register: Register
    recipients: tuple[AddresseeClause, ...]
    signed_by: Found[str] | None
    points: list[PointProposal] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    controller: Found[str] | None = None
    heads: dict[int, Head] = field(default_factory=dict)


def parse_order(text: str, units: Sequence[RegisterUnit], *, issuer_id: int | None = None) -> OrderProposal:
    """Propose an order from its text; every quote is `text[start:end]` of the text as given.

    Addressees are looked for below the issuer (`issuer_id`, or the unit that the heading names; in the whole
    tree where neither is known). What is unsure carries a doubt, a Russian sentence. Time is linear in the text.
    NothingToPropose where the text is empty or has no recognisable point.
    """
    if not text.strip():
        raise NothingToPropose("В документе нет текста: вставьте текст или загрузите файл с текстовым слоем.")
    source = Source(text)
    tables = order_table.tables_in(source)
    outlined = order_outline.outline(source, (start for table in tables for start in table.line_starts))
    start, end, command = (outlined.start, outlined.end, None) if outlined else _unnumbered(source)
    head = heading(source, start, end)
    issuer_id, doubts = _issuer(source, units, issuer_id, head)
    names = UnitNames(addressees.subtree(units, issuer_id))
    abbreviations = abbreviations_of(source, names)
    register = Register(names, abbreviations, head.dated_on.value if head.dated_on else None)
    letter = head.kind is not None and head.kind.value is OrderKind.LETTER
    recipients = order_letter.recipients(source, start, register) if letter or not head.kind else ()
    reading = _Reading(source, register, recipients, head.signed_by)
    if outlined is not None:
        _read_outline(reading, outlined, tables)
    if outlined is None or (letter and not _asked(reading.points)):
        reading.points.clear()
        _read_loose(reading, 0 if outlined else start, tables, command)
    if reading.controller is None:
        reading.controller = _loose_control(reading)
    if not reading.points:
        raise NothingToPropose(
            "В тексте не найдено ни одного пункта с поручением: проверьте, что это распоряжение, приказ или письмо "
            "с поручениями, или заведите пункты вручную."
        )
    preamble_end = end if letter and outlined is None else start
    grounds = _grounds(source, head, reading.points, preamble_end)
    doubts.extend(reading.doubts)
    doubts.extend(_missing(head))
    return OrderProposal(
        head.kind, head.issuer, issuer_id, head.number, head.dated_on, head.title, grounds, tuple(reading.points),
        reading.controller, head.signed_by, tuple(dict.fromkeys(doubts)),
    )  # fmt: skip


def _unnumbered(source: Source) -> tuple[int, int, Paragraph | None]:
    """Where the asking text of a document without numbers begins and ends, and the «ПРИКАЗЫВАЮ:» above it."""
    whole = len(source.text)
    for pattern in (_COMMAND, _SALUTATION):
        found = pattern.search(source.folded)
        if found is not None:
            first = next(
                (i for i, line in enumerate(source.lines) if line.start >= found.end() and not line.blank), None
            )
            end = whole if first is None else order_outline.section_end(source, first)
            command = Paragraph(*found.span("verb"), bullet=False) if pattern is _COMMAND else None
            return found.end(), end, command
    return whole, whole, None


def _missing(head: Heading) -> Iterable[str]:
    if head.kind is None:
        yield "Вид документа не найден: выберите его сами."
    if head.number is None:
        yield "Номер документа не найден: укажите его сами."
    if head.dated_on is None:
        yield "Дата документа не найдена: укажите её сами и проверьте сроки."


def _issuer(
    source: Source, units: Sequence[RegisterUnit], issuer_id: int | None, head: Heading
) -> tuple[int | None, list[str]]:
    if issuer_id is not None:
        return issuer_id, []
    if head.issuer is not None and head.issuer.quote is not None:
        quote = head.issuer.quote
        words = source.words(quote.start, quote.end)
        names = UnitNames(units)
        for position in range(len(words)):
            mention = names.at(words, position)
            if mention is not None and len(mention.units) == 1:
                return mention.units[0].id, []
        for unit in units:
            key = [
                word for word in unit.name.lower().replace("ё", "е").split() if not word.startswith(("област", "кра"))
            ]
            if unit.kind is UnitKind.REGION and key and key[-1][:-2] in source.folded[quote.start : quote.end]:
                return unit.id, []
    return None, ["Издавшая организация не найдена в дереве: адресаты искались среди всех организаций."]


def _asked(points: Sequence[PointProposal]) -> bool:
    """At least one numbered point of a letter asks for something; a numbered list of links does not."""
    return any(point.modality.quote is not None for point in points)


def _read_outline(reading: _Reading, outlined: Outline, tables: Sequence[Table]) -> None:
    begins = [table.start for table in tables]
    for top in outlined.nodes:
        for leaf, above in top.leaves():
            inside = tables[bisect.bisect_left(begins, leaf.body) : bisect.bisect_left(begins, leaf.end)]
            end = inside[0].start if inside else leaf.end
            piece = Piece(leaf.number, leaf.start, leaf.body, end, leaf.gap)
            heads = [_head_of(reading, node) for node in above]
            intro = " ".join(reading.source.clean(node.body, node.head_end).rstrip(" :") for node in above)
            if inside:
                group = read_head(reading.source, leaf.body, end, reading.register, group=True)
                whole = f"{intro} {reading.source.clean(leaf.body, end).rstrip(' :')}".strip()
                for table in inside:
                    _read_table(reading, table, [*heads, group], whole, prefix=f"{leaf.number}.")
            else:
                _read_piece(reading, piece, heads, intro)
    for table in tables:
        if table.start >= outlined.end:
            _read_table(reading, table, [], "", prefix="пр.", doubt="Пункт взят из приложения: проверьте.")


def _loose_control(reading: _Reading) -> Found[str] | None:
    """The paragraph on control that has no number."""
    for line in reading.source.lines:
        if not line.blank:
            found = controller_of(reading.source, line.start, line.end, reading.signed_by)
            if found is not None:
                return found
    return None


def _head_of(reading: _Reading, node: Node) -> Head:
    if node.start not in reading.heads:
        reading.heads[node.start] = read_head(reading.source, node.body, node.head_end, reading.register, group=True)
    return reading.heads[node.start]


def _read_piece(reading: _Reading, piece: Piece, heads: Sequence[Head], intro: str) -> None:
    controller = controller_of(reading.source, piece.body, piece.end, reading.signed_by)
    if controller is not None:
        reading.controller = reading.controller or controller
        return
    if order_points.is_idle(reading.source, piece):
        reading.doubts.append(f"Пункт {piece.number} никому ничего не поручает и в поручения не взят: проверьте.")
        return
    reading.points.extend(
        order_points.propose(reading.source, piece, heads, intro, reading.register, recipients=reading.recipients)
    )


def _read_loose(reading: _Reading, start: int, tables: Sequence[Table], command: Paragraph | None) -> None:
    for table in tables:
        _read_table(reading, table, [], "", prefix="")
    if reading.points:
        return
    for piece, above in order_letter.asking(reading.source, start, command):
        if above is None:
            _read_piece(reading, piece, [], "")
        else:
            head = read_head(reading.source, above.start, above.end, reading.register, group=True)
            intro = reading.source.clean(above.start, above.end).rstrip(" :")
            _read_piece(reading, piece, [head], intro)
    if reading.points:
        reading.doubts.append("Пункты в документе не пронумерованы: номера даны по порядку.")


def _read_table(
    reading: _Reading, table: Table, heads: Sequence[Head], intro: str, *, prefix: str, doubt: str | None = None
) -> None:
    before: tuple[AddresseeClause, ...] = ()
    taken: set[str] = set()
    for index, row in enumerate(table.rows, start=1):
        source, register = reading.source, reading.register
        number = source.clean(*row.number).rstrip(".)")
        if not re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){0,3}", number) or number in taken:
            number = str(index)
        taken.add(number)
        label = number if prefix and number.startswith(prefix) else f"{prefix}{number}"
        clauses: tuple[AddresseeClause, ...] | None = addressees.clauses_in(
            source, *row.addressee, register.names, register.abbreviations
        )
        row_doubt = doubt
        if row.addressee[0] == row.addressee[1]:
            clauses = before or None
            row_doubt = "Исполнитель в строке не написан: взят из строки выше." if before else doubt
        before = clauses or before
        term = term_of_cell(source, *row.term, register.ordered_on) if row.term[0] < row.term[1] else None
        piece = Piece(label, row.text[0], row.text[0], row.text[1], row_doubt)
        reading.points.extend(
            order_points.propose(
                source,
                piece,
                heads,
                intro,
                register,
                recipients=reading.recipients,
                addressed=clauses or None,
                term=term,
            )
        )


def _grounds(source: Source, head: Heading, points: Sequence[PointProposal], end: int) -> tuple[Ground, ...]:
    own = head.number.quote.start if head.number and head.number.quote else -1
    found = grounds_in(source, 0, end)
    starts = [point.quote.start for point in points]
    return tuple(
        ground
        for ground in found
        if not ground.quote.start <= own < ground.quote.end and not _inside(points, starts, ground.quote.start)
    )


def _inside(points: Sequence[PointProposal], starts: Sequence[int], offset: int) -> bool:
    """The offset lies in a point; the points stand in the order of the text."""
    index = bisect.bisect_right(starts, offset) - 1
    return index >= 0 and offset < points[index].quote.end
