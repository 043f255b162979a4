"""What stands above the points of an order: kind, issuer, number, date, title; and who signed it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from app.analysis import order_dates, order_grounds, word_forms
from app.analysis.order_outline import CONTROL, signature_at
from app.analysis.order_proposal import Found
from app.analysis.order_source import Line, Source
from app.models.enumeration import OrderKind

_KINDS = {"распоряжение": OrderKind.DIRECTIVE, "приказ": OrderKind.ORDER, "письмо": OrderKind.LETTER}
_ORGAN = re.compile(
    r"\b(?:министерство|департамент|управление|комитет|администрация|отдел|учреждение|школа|гимназия|лицей|институт|центр)\b"
)
_LETTER_SIGNS = re.compile(r"\bуважаем(?:ые|ый|ая)\b|^\s{0,4}на\s{1,3}№", re.MULTILINE)
_DATED = re.compile(rf"{order_dates.pattern()}")
_NUMBERED = re.compile(rf"№\s{{0,4}}{order_grounds.NUMBER}")
_INCOMING = re.compile(r"на\s{1,3}№")
_TITLE = re.compile(r"«?(?:о|об|обо)\s")
_PREAMBLE = re.compile(
    r"(?:в\s{1,3}соответствии|на\s{1,3}основании|в\s{1,3}целях|во\s{1,3}исполнение|с\s{1,3}целью|в\s{1,3}рамках|в\s{1,3}связи|"
    r"руководствуясь|по\s{1,3}итогам|приказыва|обязыва|уважаем|согласно)"
)
_MOST_HEAD_LINES = 80
_LONG_LINE = 160
_PROPER_AFTER = re.compile(
    r"([а-яё-]+)( (?:муниципального |городского |муниципальный |городской )?)(области|края|района|округа|район|округ)\b"
)


@dataclass(frozen=True, slots=True)
class Heading:
    kind: Found[OrderKind] | None
    issuer: Found[str] | None
    number: Found[str] | None
    dated_on: Found[date] | None
    title: Found[str] | None
    signed_by: Found[str] | None
    end: int


def heading(source: Source, points_start: int, points_end: int) -> Heading:
    """The heading found before `points_start`; the signature is looked for outside the points."""
    lines = _head_lines(source, points_start)
    kind = _kind(source, lines)
    number, dated_on = _number_and_date(source, lines)
    title = _title(source, lines)
    last = lines[-1].end if lines else 0
    return Heading(
        kind, _issuer(source, lines), number, dated_on, title, _signed_by(source, points_start, points_end), last
    )


def _head_lines(source: Source, points_start: int) -> list[Line]:
    """Lines up to the preamble: it begins with «В соответствии», «В целях» and the like."""
    found: list[Line] = []
    for line in source.lines:
        if line.start >= points_start or len(found) >= _MOST_HEAD_LINES:
            break
        if not line.blank and _PREAMBLE.match(source.folded, line.start, line.end):
            break
        found.append(line)
    return found


def _kind(source: Source, lines: list[Line]) -> Found[OrderKind] | None:
    for line in lines:
        word = source.folded[line.start : line.end]
        squeezed = word.replace(" ", "")
        for name, kind in _KINDS.items():
            if squeezed == name or (
                word.startswith(f"{name} ") and source.plain[line.start : line.start + len(name)].isupper()
            ):
                return Found(kind, source.quote(line.start, line.start + len(name) if squeezed != name else line.end))
    sign = _LETTER_SIGNS.search(source.folded)
    if sign is not None:
        return Found(OrderKind.LETTER, source.quote(*sign.span()))
    verb = re.search(r"\bп\s?р\s?и\s?к\s?а\s?з\s?ы\s?в\s?а\s?ю\b", source.folded)
    if verb is not None:
        return Found(
            OrderKind.ORDER, source.quote(*verb.span()), "Вид документа не назван, понят по слову «приказываю»."
        )
    return None


def _number_and_date(source: Source, lines: list[Line]) -> tuple[Found[str] | None, Found[date] | None]:
    dated: list[tuple[Line, Found[date]]] = []
    numbered: list[tuple[Line, Found[str]]] = []
    for line in lines:
        if line.blank or _INCOMING.match(source.folded, line.start, line.end) or line.end - line.start > _LONG_LINE:
            continue
        if _TITLE.match(source.folded, line.start, line.end):
            continue
        day = _DATED.search(source.folded, line.start, line.end)
        exact = order_dates.read(day).exact if day else None
        if day is not None and exact is not None:
            dated.append((line, Found(exact, source.quote(*day.span()))))
        number = _NUMBERED.search(source.folded, line.start, line.end)
        if number is not None:
            value = order_grounds.number_written(source, number)
            numbered.append((line, Found(value, source.quote(*number.span("number")))))
    both = next(((n, d) for where, n in numbered for there, d in dated if where == there), None)
    if both is not None:
        return both
    return (numbered[0][1] if numbered else None), (dated[0][1] if dated else None)


def _title(source: Source, lines: list[Line]) -> Found[str] | None:
    for index, line in enumerate(lines):
        if line.blank or not _TITLE.match(source.folded, line.start, line.end):
            continue
        end = line.end
        for later in lines[index + 1 :]:
            if later.blank or order_dates_line(source, later):
                break
            end = later.end
        quote = source.quote(line.start, end)
        return Found(source.clean(quote.start, quote.end).strip("«»"), quote)
    return None


def order_dates_line(source: Source, line: Line) -> bool:
    """The line begins with the date of the order."""
    return _DATED.match(source.folded, line.start, line.end) is not None


def _issuer(source: Source, lines: list[Line]) -> Found[str] | None:
    for index, line in enumerate(lines):
        if line.blank or not _ORGAN.search(source.folded, line.start, line.end) or line.end - line.start > _LONG_LINE:
            continue
        shouted = _shouted(source, line)
        start = line.start
        for above in reversed(lines[:index]):
            if above.blank or not shouted or not _shouted(source, above):
                break
            start = above.start
        end = line.end
        for later in lines[index + 1 :]:
            if later.blank or _shouted(source, later) != shouted or not _continues(source, later):
                break
            end = later.end
        quote = source.quote(start, end)
        value = source.clean(quote.start, quote.end)
        return Found(_quietly(value) if shouted else value, quote)
    return None


def _continues(source: Source, line: Line) -> bool:
    words = source.folded[line.start : line.end].replace(" ", "")
    return words not in _KINDS and _DATED.search(source.folded, line.start, line.end) is None


def _shouted(source: Source, line: Line) -> bool:
    return source.plain[line.start : line.end].isupper()


def _quietly(value: str) -> str:
    """«МИНИСТЕРСТВО ОБРАЗОВАНИЯ САХАЛИНСКОЙ ОБЛАСТИ» in small letters, the proper adjective with a capital."""

    def proper(found: re.Match[str]) -> str:
        word = found[1]
        if word.startswith(("муниципальн", "городск", "сельск")):
            return found[0]
        return "-".join(part.capitalize() for part in word.split("-")) + found[2] + found[3]

    return _PROPER_AFTER.sub(proper, value.lower())


def _signed_by(source: Source, points_start: int, points_end: int) -> Found[str] | None:
    before: Found[str] | None = None
    for index, line in enumerate(source.lines):
        if line.blank or points_start <= line.start < points_end:  # a person named in a point signs nothing
            continue
        found = signature_at(source, index)
        if found is None:
            continue
        signed = Found(found[0], source.quote(found[1], found[2]))
        if line.start >= points_end:
            return signed
        before = before or signed
    return before


def controller_of(source: Source, start: int, end: int, signed_by: Found[str] | None) -> Found[str] | None:
    """Who controls, in the nominative, from a point on control; None where the point is on something else."""
    if CONTROL.match(source.folded, start, end) is None:
        return None
    own = _OWN.search(source.folded, start, end)
    if own is not None:
        quote = source.quote(*own.span())
        if signed_by is not None:
            return Found(signed_by.value, quote)
        return Found(
            "подписавший документ", quote, "Контроль оставлен за подписавшим, а подпись не найдена: укажите, кто это."
        )
    entrusted = _ENTRUSTED.search(source.folded, start, end)
    if entrusted is None:
        return Found("", source.quote(start, end), "Кто ведёт контроль, не понято: укажите сами.")
    stop = source.folded.find("\n\n", entrusted.end(), end)
    quote = source.quote(entrusted.end(), stop if stop > 0 else end)
    if quote.text.endswith((".", ";")) and not _INITIAL_END.search(quote.text):
        quote = source.quote(quote.start, quote.end - 1)
    words = source.clean(quote.start, quote.end).split(" ")
    turned = word_forms.to_nominative(words)
    if turned is None:
        return Found(" ".join(words), quote, "Контролёр оставлен в том падеже, в каком написан: поправьте.")
    doubt = "Фамилия контролёра поставлена в именительный падеж: проверьте." if _INITIAL.search(quote.text) else None
    return Found(" ".join(turned), quote, doubt)


_INITIAL = re.compile(r"\b[А-ЯЁ]\.")
_INITIAL_END = re.compile(r"\b[А-ЯЁ]\.$")
_OWN = re.compile(r"оставля(?:ю|ем)\s{1,3}за\s{1,3}собой|оставить\s{1,3}за\s{1,3}собой")
_ENTRUSTED = re.compile(r"возложи(?:ть|в)\s{1,3}на\s{1,3}|возлагаю\s{1,3}на\s{1,3}|поручи(?:ть)\s{1,3}")
