"""Terms as orders write them, found in a stretch of text and turned into days."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.analysis import order_dates, terms
from app.analysis.order_proposal import Term
from app.analysis.order_source import Source
from app.models.enumeration import Recurrence, TermKind

_S = r"\s{1,6}"
_LEAD = (
    rf"(?:(?:в{_S})?срок(?:{_S}исполнения|{_S}представления)?\s{{0,4}}(?:[-:]\s{{0,4}})?"
    rf"(?:(?:до|не{_S}позднее|не{_S}позже|к|по){_S})?"
    rf"|(?:до|не{_S}позднее|не{_S}позже|к){_S})"
)
_DEADLINE = re.compile(rf"\b{_LEAD}{order_dates.pattern()}")
_BETWEEN = re.compile(
    rf"\b(?P<za>за{_S})?(?:в{_S})?(?:период[еа]?{_S})?с{_S}"
    rf"(?:{order_dates.pattern('a')}|\d{{1,2}}){_S}(?:по|до){_S}{order_dates.pattern()}"
)
_NUMBERS = {
    "одного": 1, "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8, "девяти": 9,
    "десяти": 10, "пятнадцати": 15, "двадцати": 20, "тридцати": 30,
}  # fmt: skip
_NUMBER = r"(?P<count>\d{1,3}|" + "|".join(_NUMBERS) + ")"
_WITHIN = re.compile(
    rf"\bв{_S}течение{_S}{_NUMBER}(?:{_S}\([а-я]{{1,20}}\))?{_S}(?P<sort>календарных{_S}|рабочих{_S})?"
    rf"(?P<unit>дн[яей]{{1,2}}|недел[иья]|месяц(?:ев|а))\b(?P<since>{_S}(?:со{_S}дня|с{_S}момента|с{_S}даты|после){_S}[а-я]{{1,20}})?"
)
_DAYS_TERM = re.compile(
    rf"\bв{_S}(?:(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)}|трех|десяти|пяти)-?\s{{0,2}}дневный|(?P<unit>недельный|месячный)){_S}срок\b"
)
_YEAR_SPAN = re.compile(
    rf"\b(?:в{_S}течение|до{_S}конца|до{_S}окончания|в{_S}срок{_S}до{_S}конца){_S}(?:всего{_S})?"
    rf"(?:(?P<plain>(?:текущего{_S})?календарного{_S}года|текущего{_S}года|года)"
    rf"|(?P<year>\d{{4}}){_S}(?:года|г\b\.?)"
    rf"|(?:(?P<from>\d{{4}})\s{{0,2}}[-/]\s{{0,2}}(?P<to>\d{{4}}|\d{{2}}){_S})?(?P<school>(?:текущего{_S})?учебного{_S}года))"
)
_QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}
_QUARTER_WORDS = {"перв": 1, "втор": 2, "трет": 3, "четверт": 4}
_QUARTER = re.compile(
    rf"\b(?:во?|в{_S}течение|до{_S}конца){_S}(?P<quarter>[1-4]|iv|i{{1,3}}|(?:перв|втор|трет|четверт)[а-я]{{1,3}})(?:-?[а-я]{{1,2}})?{_S}"
    rf"квартал[ае]?(?:{_S}(?P<year>\d{{4}}){_S}(?:года|г\b\.?))?"
)
_MONTH_END = re.compile(
    rf"\bдо{_S}конца{_S}(?P<month>{order_dates.MONTH_WORD})(?:{_S}(?P<year>\d{{4}})(?:{_S}(?:года|г\b\.?))?)?"
)
_DAY_OF = rf"(?:до|не{_S}позднее|не{_S}позже|к){_S}(?P<day>\d{{1,2}})(?:-?(?:го|е|му))?{_S}числ[ао]"
_FOLLOWING = (
    rf"(?:{_S}(?:каждого{_S})?месяца,?{_S}следующего{_S}за{_S}отчетным"
    rf"(?:{_S}(?:кварталом|месяцем|периодом|полугодием|годом))?)"
)
_EVERY = re.compile(
    rf"\b(?P<often>ежемесячно|ежеквартально|ежегодно|еженедельно|ежедневно"
    rf"|раз{_S}в{_S}(?:месяц|квартал|полугодие|год|неделю)"
    rf"|кажд(?:ый|ое){_S}(?:месяц|квартал|полугодие|год))\b"
    rf"(?:,?{_S}(?:{_DAY_OF}(?P<next>{_FOLLOWING})?|(?:до|не{_S}позднее|к){_S}{order_dates.pattern('y')}))?"
)
_EVERY_BACK = re.compile(
    rf"\b{_DAY_OF}(?:(?P<next>{_FOLLOWING})"
    rf"|,?{_S}(?P<often>ежемесячно|ежеквартально|каждого{_S}(?:месяца|квартала)))"
)
_STANDING = re.compile(r"\b(?:постоянно|на постоянной основе|бессрочно)\b")
_OFTEN = (
    (("месяц", "месяч"), Recurrence.MONTHLY), (("квартал",), Recurrence.QUARTERLY),
    (("полугод",), Recurrence.HALF_YEARLY), (("год",), Recurrence.YEARLY),
)  # fmt: skip
_LAST_DAY_OF_SCHOOL = (5, 31)
_SCHOOL_YEAR_BEGINS = 9


@dataclass(frozen=True, slots=True)
class WrittenTerm:
    term: Term
    start: int
    end: int


def terms_in(source: Source, start: int, end: int, ordered_on: date | None) -> list[WrittenTerm]:
    """The terms between two offsets, in their order, not overlapping; years left out are read from the order's date."""
    found: list[WrittenTerm] = []
    taken = bytearray(max(0, end - start))
    for pattern, read in _READERS:
        for match in pattern.finditer(source.folded, start, end):
            span = slice(match.start() - start, match.end() - start)
            if any(taken[span]):
                continue
            term = read(match, ordered_on)
            if term is None:
                continue
            taken[span] = b"\x01" * len(taken[span])
            quote = source.quote(match.start(), match.end())
            term = replace(term, quote=quote, written=source.clean(quote.start, quote.end))
            found.append(WrittenTerm(_against_order(term, ordered_on), quote.start, quote.end))
    return sorted(found, key=lambda written: written.start)


def term_of_cell(source: Source, start: int, end: int, ordered_on: date | None) -> Term:
    """The term in a cell of the column «Срок», where a bare date or month is a term."""
    inside = terms_in(source, start, end, ordered_on)
    if inside:
        return inside[0].term
    quote = source.quote(start, end)
    written = source.clean(start, end)
    bare = _BARE.search(source.folded, start, end)
    if bare is not None:
        return _against_order(replace(_deadline(bare, ordered_on), quote=quote, written=written), ordered_on)
    month = _BARE_MONTH.search(source.folded, start, end)
    if month is not None:
        return _against_order(replace(_month_end(month, ordered_on), quote=quote, written=written), ordered_on)
    doubt = f"Срок «{written}» не понят: укажите его сами." if written.strip("- –—") else None
    return Term(TermKind.NONE, written=written, quote=quote if quote.text else None, doubt=doubt)


def _against_order(term: Term, ordered_on: date | None) -> Term:
    if ordered_on is not None and term.due_on is not None and term.due_on < ordered_on:
        doubt = f"Срок {term.due_on:%d.%m.%Y} раньше даты самого документа ({ordered_on:%d.%m.%Y}): проверьте."
        return replace(term, doubt=doubt)
    return term


def _dated(written: order_dates.WrittenDate, ordered_on: date | None) -> tuple[date | None, str | None]:
    if written.year is not None:
        due = written.exact
        return due, None if due else "Такого дня нет в календаре: укажите срок сами."
    if ordered_on is None:
        return None, "Год срока не написан, и дата документа не найдена: укажите срок сами."
    due = written.on(ordered_on.year)
    if due is None:
        return None, "Такого дня нет в календаре: укажите срок сами."
    if written.this_year:
        return due, None
    if due < ordered_on:
        due = written.on(ordered_on.year + 1)
    return due, f"Год срока не написан: взят {due.year if due else ordered_on.year + 1} год."


def _deadline(match: re.Match[str], ordered_on: date | None) -> Term:
    due, doubt = _dated(order_dates.read(match), ordered_on)
    return Term(TermKind.DATE, due, doubt=doubt)


def _between(match: re.Match[str], ordered_on: date | None) -> Term | None:
    if match["za"] or ("период" not in match[0] and not match["aday"] and not match["ad"] and "до" in match[0].split()):
        return None  # «за период с … по …» says what the report is about
    due, doubt = _dated(order_dates.read(match), ordered_on)
    return Term(TermKind.PERIOD, due, doubt=doubt)


def _plus(ordered_on: date, unit: str, count: int) -> date:
    if unit.startswith("месяц") or unit == "месячный":
        index = ordered_on.year * 12 + ordered_on.month - 1 + count
        return terms.day_in(index, ordered_on.day)
    return ordered_on + timedelta(days=count * (7 if unit.startswith("недел") else 1))


def _within(match: re.Match[str], ordered_on: date | None) -> Term:
    parts = match.groupdict()
    unit = parts.get("unit") or "дней"
    written = parts.get("count")
    count = 1 if written is None else _NUMBERS.get(written) or int(written)
    sort = (parts.get("sort") or "").strip()
    if sort == "рабочих":
        return Term(TermKind.PERIOD, doubt="Срок задан в рабочих днях: укажите дату сами.")
    if parts.get("since") and not re.search(r"подписани|издани", parts["since"]):
        return Term(TermKind.PERIOD, doubt="Срок отсчитывается не от даты документа: укажите дату сами.")
    if ordered_on is None:
        return Term(TermKind.PERIOD, doubt="Дата документа не найдена, срок не посчитан: укажите его сами.")
    counted = "Срок посчитан в календарных днях от даты документа: проверьте."
    return Term(
        TermKind.PERIOD,
        _plus(ordered_on, unit, count),
        doubt=None if sort or (unit != "дней" and "дн" not in unit) else counted,
    )


def _year_span(match: re.Match[str], ordered_on: date | None) -> Term:
    if match["year"]:
        return Term(TermKind.PERIOD, date(max(1, int(match["year"])), 12, 31))
    unknown = Term(TermKind.PERIOD, doubt="Дата документа не найдена, конец срока не посчитан: укажите его сами.")
    if match["plain"]:
        return Term(TermKind.PERIOD, date(ordered_on.year, 12, 31)) if ordered_on else unknown
    if match["to"]:
        year = int(match["to"]) if len(match["to"]) == 4 else 2000 + int(match["to"])  # noqa: PLR2004 - four digits
    elif ordered_on is None:
        return unknown
    else:
        year = ordered_on.year + (1 if ordered_on.month >= _SCHOOL_YEAR_BEGINS else 0)
    due = date(max(1, year), *_LAST_DAY_OF_SCHOOL)
    return Term(TermKind.PERIOD, due, doubt=f"Конец учебного года понят как {due:%d.%m.%Y}: проверьте.")


def _quarter(match: re.Match[str], ordered_on: date | None) -> Term:
    word = match["quarter"]
    number = _QUARTERS.get(word) or next(value for stem, value in _QUARTER_WORDS.items() if word.startswith(stem))
    if not match["year"] and ordered_on is None:
        return Term(TermKind.PERIOD, doubt="Год квартала не написан, и дата документа не найдена: укажите срок сами.")
    year = int(match["year"]) if match["year"] else ordered_on.year if ordered_on else 0
    doubt = None if match["year"] else f"Год квартала не написан: взят {year} год."
    return Term(TermKind.PERIOD, terms.day_in(max(1, year) * 12 + number * 3 - 1, 31), doubt=doubt)


def _month_end(match: re.Match[str], ordered_on: date | None) -> Term:
    if not match["year"] and ordered_on is None:
        return Term(TermKind.PERIOD, doubt="Год срока не написан, и дата документа не найдена: укажите срок сами.")
    month = order_dates.month_of(match["month"])
    year = int(match["year"]) if match["year"] else 0
    doubt = None
    if not year and ordered_on is not None:
        year = ordered_on.year + (1 if month < ordered_on.month else 0)
        doubt = f"Год срока не написан: взят {year} год."
    return Term(TermKind.PERIOD, terms.day_in(max(1, year) * 12 + month - 1, 31), doubt=doubt)


def _every(match: re.Match[str], ordered_on: date | None) -> Term | None:
    parts = match.groupdict()
    often = parts.get("often") or "".join((parts.get("next") or "").split()[-1:])
    if "недел" in often or "ежедневно" in often:
        return Term(TermKind.NONE, doubt=f"Повторение «{often}» не ведётся: укажите срок сами.")
    recurrence = next((value for stems, value in _OFTEN if any(stem in often for stem in stems)), None)
    doubt = None
    if recurrence is None:
        recurrence, doubt = Recurrence.MONTHLY, "Отчётный период не назван, понят как месяц: проверьте."
    day = int(parts["day"]) if parts.get("day") else None
    month = None
    if parts.get("yday") or parts.get("yd"):
        written = order_dates.read(match, "y")
        day, month = written.day, written.month if recurrence is Recurrence.YEARLY else None
    if day is not None and not 1 <= day <= 31:  # noqa: PLR2004 - days of a month
        return Term(
            TermKind.RECURRING, None, recurrence, None, doubt=f"Числа {day} нет ни в одном месяце: укажите срок сами."
        )
    if day is None and doubt is None:
        doubt = "День отчёта не назван: взят последний день каждого периода, проверьте."
    if recurrence is Recurrence.MONTHLY and day is not None and day > 15 and not parts.get("next"):  # noqa: PLR2004 - the second half
        doubt = "Не сказано «месяца, следующего за отчётным»: срок отнесён к месяцу после отчётного, проверьте."
    due = None
    if ordered_on is not None:
        horizon = date(min(ordered_on.year + 2, date.max.year), 12, 31)
        coming = (
            terms.occurrences(recurrence, day, ordered_on, horizon, month=month) if horizon < date(9990, 1, 1) else []
        )
        due = coming[0].due_on if coming else None
    return Term(TermKind.RECURRING, due, recurrence, day, doubt=doubt)


def _standing(_match: re.Match[str], _ordered_on: date | None) -> Term:
    return Term(TermKind.NONE)


_BARE = re.compile(order_dates.pattern())
_BARE_MONTH = re.compile(rf"\b(?P<month>{order_dates.MONTH_WORD})(?:{_S}(?P<year>\d{{4}}))?")
_Reader = Callable[[re.Match[str], date | None], Term | None]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_EVERY, _every),
    (_EVERY_BACK, _every),
    (_BETWEEN, _between),
    (_DEADLINE, _deadline),
    (_YEAR_SPAN, _year_span),
    (_WITHIN, _within),
    (_DAYS_TERM, _within),
    (_QUARTER, _quarter),
    (_MONTH_END, _month_end),
    (_STANDING, _standing),
)
