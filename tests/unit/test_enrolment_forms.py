"""Results typed in a table, read back by the row."""

from __future__ import annotations

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from app.forms.enrolment import EnrolForm, IssueForm, ReasonForm, ResultRows
from app.models.enumeration_of_training import TrainingResult
from app.services.certificate_issue import Numbers
from app.services.enrolment_order import TypedResult

pytestmark = pytest.mark.once


def rows(**typed: str) -> ResultRows:
    return ResultRows(MultiDict({name.replace("_", "-"): value for name, value in typed.items()}), [7, 8])


def test_each_row_is_read_by_its_number():
    read = rows(
        result_7="passed", grade_7="5", done_7="2026-12-15", version_7="3", result_8="", done_8="", result_9="passed"
    )
    assert read.errors == {}
    assert read.rows == {
        7: TypedResult(TrainingResult.PASSED, "5", date(2026, 12, 15), 3),
        # Of a person of another group nothing is read.
        8: TypedResult(None, "", None, None),
    }
    assert rows(result_7="failed", done_7="15.12.2026").rows[7].completed_on == date(2026, 12, 15)


def test_all_is_for_those_without_a_result():
    read = rows(result_7="failed", result_8="", done_8="2026-12-15", all="passed")
    assert [one.result for one in read.rows.values()] == [TrainingResult.FAILED, TrainingResult.PASSED]
    assert rows(all="passed").rows == {}


@pytest.mark.parametrize(
    "typed",
    [
        {"result_7": "отлично"},
        {"result_7": "passed", "done_7": "вчера"},
        {"result_7": "passed", "done_7": "31.02.2026"},
    ],
)
def test_what_cannot_be_read_is_told_at_its_row(typed):
    read = rows(result_8="passed", **typed)
    assert list(read.errors) == [7]
    assert list(read.rows) == [8]


def test_words_are_wanted():
    for form, wanted in (
        (ReasonForm(MultiDict({"note": "  "})), {"note"}),
        (EnrolForm(MultiDict({"act": " "})), {"act", "day"}),
        (IssueForm(MultiDict({"number": ""})), {"number", "issued_on"}),
        (ReasonForm(MultiDict({"note": "а" * 1001})), {"note"}),
    ):
        assert not form.validate()
        assert set(form.errors) == wanted
    typed = IssueForm(MultiDict({"issued_on": "20.12.2026", "number": "0001", "series": "СЖ"}))
    assert typed.validate()
    assert typed.numbers == Numbers("СЖ", "0001", "")
