"""Norms of documents: which holds on a day, until when a document counts."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.enumeration_of_training import DocumentKind
from app.services.training_norm import (
    Norm,
    NormBook,
    checked_on,
    hours_refusal,
    product_norms,
    valid_until,
)

pytestmark = pytest.mark.once
ADVANCED, RETRAINING = DocumentKind.ADVANCED, DocumentKind.RETRAINING


def norm(months: int | None = 36, *, hours: int = 16, kind: DocumentKind = ADVANCED, begins: date = date(2020, 1, 1)):
    return Norm(kind, hours, months, "акт", begins, number=1)


@pytest.mark.parametrize(
    ("issued", "months", "last"),
    [
        (date(2026, 10, 10), 36, date(2029, 10, 9)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 3, 1), 36, date(2029, 2, 28)),
        (date(2021, 3, 1), 36, date(2024, 2, 29)),
        # No such date in the last month: the term ends with the month.
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 1, 28), 1, date(2026, 2, 27)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 11, 15), 1, date(2026, 12, 14)),
        (date(2026, 12, 15), 12, date(2027, 12, 14)),
        # A mistyped year is told by whoever reads it; nothing is counted past the last day there is.
        (date(9999, 1, 1), 36, date.max),
        (date(9996, 12, 31), 36, date(9999, 12, 30)),
    ],
)
def test_the_last_day_of_a_document(issued: date, months: int, last: date) -> None:
    assert valid_until(norm(months), issued) == last


def test_a_document_without_a_term_counts_without_end() -> None:
    assert valid_until(norm(None), date(2026, 10, 10)) is None


@given(issued=st.dates(date(1990, 1, 1), date(2100, 1, 1)), months=st.integers(1, 600))
def test_a_later_document_never_ends_earlier(issued: date, months: int) -> None:
    last = valid_until(norm(months), issued)
    after = valid_until(norm(months), date.fromordinal(issued.toordinal() + 1))
    assert last is not None
    assert after is not None
    assert issued < last <= after
    assert 28 * months - 1 <= (last - issued).days + 1 <= 31 * months


def test_the_products_data_have_a_source_for_every_kind() -> None:
    """Hours as in the order of the ministry of science; a region's rows come before them."""
    assert {one.kind for one in product_norms()} == set(DocumentKind)
    assert all(len(one.source) > 20 for one in product_norms())
    assert checked_on() >= date(2026, 11, 22)
    book = NormBook(())
    today, before = date(2026, 11, 22), date(2001, 1, 1)
    assert (book.on(ADVANCED, today).min_hours, book.on(ADVANCED, today).valid_months) == (16, 36)
    assert (book.on(RETRAINING, today).min_hours, book.on(RETRAINING, today).valid_months) == (250, None)
    assert "№ 266" in book.on(ADVANCED, today).source
    assert "№ 499" in book.on(ADVANCED, date(2024, 1, 1)).source
    assert "№ 499" in book.on(ADVANCED, before).source
    assert not book.on(ADVANCED, today).is_own


def test_the_regions_newest_row_holds_from_its_day() -> None:
    later = norm(24, hours=24, begins=date(2026, 9, 1))
    book = NormBook((norm(hours=18), later, norm(kind=RETRAINING, hours=300)))
    assert book.on(ADVANCED, date(2026, 9, 1)) is later
    assert book.on(ADVANCED, date(2026, 8, 31)).min_hours == 18
    # Before its first row the product's data hold again.
    assert book.on(ADVANCED, date(2019, 12, 31)).min_hours == 16
    assert book.on(DocumentKind.OTHER, date(2026, 9, 1)).min_hours == 0


def test_too_few_hours_are_refused_with_the_source() -> None:
    told = hours_refusal(norm(), 15)
    assert told == "Меньше нормы: удостоверение о повышении квалификации – от 16 ч. акт"
    assert hours_refusal(norm(), 16) is None
