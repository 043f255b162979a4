"""Whatever the text: quotes are words of it, refusals are sentences, time is linear in it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.analysis.order_proposal import NothingToPropose, OrderProposal, Quote, RegisterUnit
from app.analysis.order_text import parse_order
from app.models.enumeration import UnitKind
from tests.unit.order_text_tree import sakhalin

TEXTS = Path(__file__).parents[1] / "texts"
UNITS = sakhalin()
REAL = [path.read_text() for path in sorted(TEXTS.glob("*.txt"))]
_PIECES = (
    "1. |2. |1.1. |2.1) |I. |II) |а) |- |• |\n|\n\n|\r\n|\t| | | |\u00a0|**|ПРИКАЗЫВАЮ:|ОБЯЗЫВАЮ|РАСПОРЯЖЕНИЕ|ПРИКАЗ|№ |№ 3.12 - 1589- р|от |25 01. 2023|"
    "30 февраля 2023 года|до 1 марта|до 1 марта т.г.|ежемесячно до 31 числа|до 99 числа ежеквартально|в течение 999 месяцев|в течение 2 дней|"
    "в течение 9999 года|в 5 квартале|в I квартале|Рекомендовать |Поручить |Довести до сведения |руководителям ОО |Томаринского, |Северо - |Курильского |"
    "и |кроме |(|)|«|»|(далее – ОО)|(далее – Институт) |Институту развития образования Сахалинской области |разработать |представить отчёт |информацию |"
    "с приложением |Контроль за исполнением возложить на |оставляю за собой|министра |Министр |А.Н. Киктева|Уважаемые коллеги!|Просим |:|;|.|"
    "№ | Исполнитель | Мероприятие | Срок\n|МБОУ СОШ № 1 |школы № 9 |Руководителям |«О переносе сроков»|İ|ß|ﬁ|٣|0"
)
PIECES = _PIECES.split("|")
TEXT = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))


def quotes(value: Any) -> Iterator[Quote]:
    if isinstance(value, Quote):
        yield value
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from quotes(getattr(value, part.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from quotes(item)


def check(text: str) -> int:
    try:
        order = parse_order(text, UNITS)
    except NothingToPropose as refusal:
        said = str(refusal)
    else:
        return check_quotes(order, text)
    assert said[0].isupper()
    assert said.endswith(".")
    return 0


def check_quotes(order: OrderProposal, text: str) -> int:
    found = list(quotes(order))
    for quote in found:
        assert quote.text == text[quote.start : quote.end]
    labels = [point.label for point in order.points]
    assert labels
    assert all(point.text for point in order.points)
    order.to_json()
    return len(found)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT)
def test_any_text_gives_quotes_of_itself_or_a_sentence(text: str) -> None:
    check(text)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(REAL), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES)), max_size=6)
)
def test_a_damaged_order_gives_quotes_of_itself_or_a_sentence(text: str, cuts: list[tuple[float, int, str]]) -> None:
    for share, length, piece in cuts:
        at = int(share * len(text))
        text = text[:at] + piece + text[at + length :]
    check(text)


@pytest.mark.parametrize("text", REAL)
def test_real_orders_have_quotes(text: str) -> None:
    assert check(text) > 5


HOSTILE = {
    "one point with a thousand terms": "1. Руководителям ОО разместить до 1 марта\n",
    "points": "".join(f"{n}. сделать\n" for n in range(1, 90)),
    "open guillemets": "1. «",
    "open brackets": "(далее – ",
    "abbreviations": "(далее – ОО) ",
    "half a term": "в срок до 30 янв ",
    "half a recurrence": "ежеквартально до 5 числа месяца, ",
    "references": "распоряжением от 01.01.2023 № 1 - 1 - 1 - 1 ",
    "names": "1. Томаринского, Анивского и Курильского СОШ № ",
    "tables": "№\tСодержание\tСрок\n1. сделать\n",
    "signatures": "1. сделать\nМинистр\n",
    "letters": "Уважаемые коллеги!\nПросим вас представить отчёт до 1 марта.\n",
    "informing": "1. Довести ",
    "commands": "п р и к а з ы в а ",
    "one word": "а",
    "hyphens": "а-",
    "digits": "1",
    "dots": "1.1.",
    "blanks": " ",
    "lines": "\n",
    "initials": "И.О. Иванов\n",
}


def cpu(text: str) -> float:
    begin = time.process_time()
    check(text)
    return time.process_time() - begin


@pytest.mark.parametrize("name", HOSTILE)
def test_four_times_the_text_takes_no_sixteen_times_the_time(name: str) -> None:
    """A quadratic step gives 16 at four times the length; linear work with noise stays below 10."""
    piece = HOSTILE[name]
    quarter = piece * (50_000 // len(piece))
    check(quarter[:5000])  # the dictionaries are loaded
    assert any(cpu(quarter * 4) <= 10 * cpu(quarter) + 0.2 for _ in range(3)), "three measurements, all too steep"


def test_a_large_register_costs_no_more_per_name() -> None:
    names = ", ".join(f"СОШ № {number}" for number in range(60))
    text = f"РАСПОРЯЖЕНИЕ\n25.01.2023 № 1\n1. Директорам {names} представить отчёт."

    def schools(count: int) -> list[RegisterUnit]:
        return [RegisterUnit(number, UnitKind.SCHOOL, f"СОШ № {number}", "", None) for number in range(1, count)]

    def took(units: list[RegisterUnit]) -> float:
        begin = time.process_time()
        assert len(parse_order(text, units).points[0].addressees) == 60
        return time.process_time() - begin

    took(schools(300))
    assert any(took(schools(3000)) <= 10 * took(schools(300)) + 0.2 for _ in range(3))


def test_the_check_of_quotes_sees_a_wrong_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.analysis.order_source import Source

    monkeypatch.setattr(Source, "quote", lambda self, start, end: Quote(self.text[start:end], start + 1, end + 1))
    with pytest.raises(AssertionError):
        check(REAL[0])
