"""Terms as they are written in orders, one phrase at a time."""

from __future__ import annotations

from datetime import date

import pytest

from app.analysis.order_source import Source
from app.analysis.order_terms import WrittenTerm, term_of_cell, terms_in
from app.models.enumeration import Recurrence, TermKind

ORDERED = date(2023, 1, 25)


def read(text: str, ordered_on: date | None = ORDERED) -> list[WrittenTerm]:
    return terms_in(Source(text), 0, len(text), ordered_on)


SURE = {
    "в срок до 30 января 2023 года": (TermKind.DATE, date(2023, 1, 30)),
    "в срок до 01 июня 2023 года": (TermKind.DATE, date(2023, 6, 1)),
    "до 24 февраля 2023 года": (TermKind.DATE, date(2023, 2, 24)),
    "до 01.06.2023": (TermKind.DATE, date(2023, 6, 1)),
    "до «5» мая 2023 г.": (TermKind.DATE, date(2023, 5, 5)),
    "не позднее 1 марта 2024 г.": (TermKind.DATE, date(2024, 3, 1)),
    "к 1 сентября 2023 года": (TermKind.DATE, date(2023, 9, 1)),
    "Срок исполнения: 30.03.2023": (TermKind.DATE, date(2023, 3, 30)),
    "до 1 марта т.г.": (TermKind.DATE, date(2023, 3, 1)),
    "до 1 марта текущего года": (TermKind.DATE, date(2023, 3, 1)),
    "в течение календарного года": (TermKind.PERIOD, date(2023, 12, 31)),
    "в течение 2023 года": (TermKind.PERIOD, date(2023, 12, 31)),
    "до конца 2024 года": (TermKind.PERIOD, date(2024, 12, 31)),
    "в течение 10 календарных дней": (TermKind.PERIOD, date(2023, 2, 4)),
    "в течение двух недель": (TermKind.PERIOD, date(2023, 2, 8)),
    "в недельный срок": (TermKind.PERIOD, date(2023, 2, 1)),
    "в течение месяца": None,
    "в I квартале 2023 года": (TermKind.PERIOD, date(2023, 3, 31)),
    "во втором квартале 2023 года": (TermKind.PERIOD, date(2023, 6, 30)),
    "до конца мая 2023 года": (TermKind.PERIOD, date(2023, 5, 31)),
    "в период с 10 по 20 апреля 2023 года": (TermKind.PERIOD, date(2023, 4, 20)),
    "с 10.04.2023 по 20.04.2023": (TermKind.PERIOD, date(2023, 4, 20)),
    "постоянно": (TermKind.NONE, None),
}
UNSURE = {
    "до 1 марта": (TermKind.DATE, date(2023, 3, 1)),
    "до 10 января": (TermKind.DATE, date(2024, 1, 10)),
    "до 30 февраля 2023 года": (TermKind.DATE, None),
    "до 1 января 2023 года": (TermKind.DATE, date(2023, 1, 1)),
    "в течение учебного года": (TermKind.PERIOD, date(2023, 5, 31)),
    "в течение 2023-2024 учебного года": (TermKind.PERIOD, date(2024, 5, 31)),
    "в течение 10 рабочих дней": (TermKind.PERIOD, None),
    "в течение 5 дней со дня получения": (TermKind.PERIOD, None),
    "в трёхдневный срок": (TermKind.PERIOD, date(2023, 1, 28)),
    "в течение пяти дней": (TermKind.PERIOD, date(2023, 1, 30)),
    "в 3 квартале": (TermKind.PERIOD, date(2023, 9, 30)),
    "еженедельно": (TermKind.NONE, None),
}
NONE = (
    "приказ от 21.04.2022 № 3",
    "с 01.09.2024 вступают в силу",
    "по состоянию на 1 марта 2023 года",
    "за период с 01.01.2023 по 31.12.2023",
    "детям до 18 лет",
    "до 30 учеников",
    "в 2022-2023 учебном году",
    "доверие 1 марта",
)


@pytest.mark.parametrize("phrase", [phrase for phrase, wanted in SURE.items() if wanted])
def test_a_plain_term_is_read_without_doubt(phrase: str) -> None:
    text = f"разместить документы {phrase}; иное"
    (found,) = read(text)
    assert (found.term.kind, found.term.due_on) == SURE[phrase]
    assert found.term.doubt is None
    assert found.term.quote is not None
    assert found.term.quote.text.rstrip(".") == phrase.rstrip(".")
    assert found.term.written.rstrip(".") == phrase.rstrip(".")


@pytest.mark.parametrize("phrase", UNSURE)
def test_an_unsure_term_carries_a_russian_sentence(phrase: str) -> None:
    (found,) = read(f"разместить документы {phrase}; иное")
    assert (found.term.kind, found.term.due_on) == UNSURE[phrase]
    assert found.term.doubt is not None
    assert found.term.doubt.endswith(".")


@pytest.mark.parametrize("phrase", NONE)
def test_a_date_that_sets_no_term_is_no_term(phrase: str) -> None:
    assert read(phrase) == []


@pytest.mark.parametrize(
    ("phrase", "recurrence", "day", "first"),
    [
        ("ежеквартально до 5 числа", Recurrence.QUARTERLY, 5, date(2023, 4, 5)),
        (
            "ежеквартально до 5 числа месяца, следующего за отчётным",
            Recurrence.QUARTERLY, 5, date(2023, 4, 5),
        ),
        ("до 5 числа месяца, следующего за отчётным кварталом", Recurrence.QUARTERLY, 5, date(2023, 4, 5)),
        ("ежемесячно до 25 числа", Recurrence.MONTHLY, 25, date(2023, 2, 25)),
        ("ежемесячно, не позднее 3-го числа", Recurrence.MONTHLY, 3, date(2023, 2, 3)),
        ("до 25 числа каждого месяца", Recurrence.MONTHLY, 25, date(2023, 2, 25)),
        ("ежегодно до 1 сентября", Recurrence.YEARLY, 1, date(2023, 9, 1)),
        ("раз в полугодие", Recurrence.HALF_YEARLY, None, date(2023, 6, 30)),
        ("ежемесячно", Recurrence.MONTHLY, None, date(2023, 1, 31)),
    ],
)  # fmt: skip
def test_a_recurring_term_has_its_day_and_its_first_due_day(
    phrase: str, recurrence: Recurrence, day: int | None, first: date
) -> None:
    (found,) = read(f"представлять отчёт {phrase}")
    assert found.term.kind is TermKind.RECURRING
    assert (found.term.recurrence, found.term.day, found.term.due_on) == (recurrence, day, first)


def test_what_is_assumed_of_a_recurrence_is_a_doubt() -> None:
    assert read("ежемесячно до 25 числа")[0].term.doubt
    assert read("ежемесячно")[0].term.doubt
    assert read("ежемесячно до 45 числа")[0].term.doubt
    assert read("ежеквартально до 5 числа месяца, следующего за отчётным")[0].term.doubt is None


def test_without_the_date_of_the_order_nothing_is_guessed() -> None:
    for phrase in ("до 1 марта", "до 1 марта т.г.", "в течение календарного года", "в недельный срок", "до конца мая"):
        (found,) = read(phrase, None)
        assert found.term.due_on is None
        assert found.term.doubt
    assert read("до 1 марта 2023 года", None)[0].term.due_on == date(2023, 3, 1)


def test_a_term_before_the_order_is_a_doubt_and_the_day_itself_is_none() -> None:
    assert "раньше даты" in str(read("до 24 января 2023 года")[0].term.doubt)
    assert read("до 25 января 2023 года")[0].term.doubt is None


def test_several_terms_come_in_their_order() -> None:
    found = read("согласовать в срок до 24 февраля 2023 года и разместить до 01.06.2023, далее ежемесячно до 3 числа")
    assert [str(written.term.kind) for written in found] == ["date", "date", "recurring"]
    assert [written.start for written in found] == sorted(written.start for written in found)


@pytest.mark.parametrize(
    ("cell", "kind", "due", "doubtful"),
    [
        ("30.01.2023", TermKind.DATE, date(2023, 1, 30), False),
        ("апрель 2023 года", TermKind.PERIOD, date(2023, 4, 30), False),
        ("до 5 мая 2023 г.", TermKind.DATE, date(2023, 5, 5), False),
        ("постоянно", TermKind.NONE, None, False),
        ("–", TermKind.NONE, None, False),
        ("после завершения", TermKind.NONE, None, True),
    ],
)
def test_a_cell_of_the_column_of_terms_may_be_a_bare_date(
    cell: str, kind: TermKind, due: date | None, doubtful: bool
) -> None:
    term = term_of_cell(Source(cell), 0, len(cell), ORDERED)
    assert (term.kind, term.due_on, term.doubt is not None) == (kind, due, doubtful)
