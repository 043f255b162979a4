"""The merge of one cell: who changed it since it was given out decides, and a person where both did."""

from __future__ import annotations

import pytest

from app.analysis.three_way import Side, merged

# given out, in the file, now; whose value stands without a choice, after «file», after «present»; who waits or acts
CELLS = [
    ("a", "a", "a", ("a", "a", "a"), "nobody"),
    ("a", "b", "a", ("b", "b", "b"), "own"),
    ("a", "a", "c", ("c", "c", "c"), "nobody"),
    ("a", "b", "b", ("b", "b", "b"), "nobody"),
    ("a", "b", "c", ("c", "b", "c"), "conflict"),
    ("", "b", "", ("b", "b", "b"), "own"),
    ("a", "", "a", ("", "", ""), "own"),
    ("a", "", "c", ("c", "", "c"), "conflict"),
    ("a", "b", "", ("", "b", ""), "conflict"),
    ("", "b", "c", ("c", "b", "c"), "conflict"),
]


@pytest.mark.parametrize(("base", "file", "present", "stands", "who"), CELLS)
def test_one_cell(base, file, present, stands, who):
    # Beside it, a cell of its own fate: nothing of one is another's.
    bases, files, presents = {"x": base, "y": "1"}, {"x": file, "y": "2"}, {"x": present, "y": "1"}
    for side, value in zip((None, Side.FILE, Side.PRESENT), stands, strict=True):
        found = merged(bases, files, presents, {} if side is None else {"x": side})
        assert found.values == {"x": value, "y": "2"}
        acts = who == "own" or (who == "conflict" and side is Side.FILE)
        assert found.own == ({"x", "y"} if acts else {"y"})
        assert found.conflicts == ({"x"} if who == "conflict" and side is None else set())


def test_columns_that_the_file_lost_stay_as_they_are():
    found = merged({"x": "a", "y": "b"}, {"y": "b"}, {"x": "c", "y": "b"}, {"x": Side.FILE})
    assert (found.values, found.own, found.conflicts) == ({"x": "c", "y": "b"}, frozenset(), frozenset())


def test_what_was_never_given_out_counts_as_empty():
    assert merged({}, {"x": "b"}, {"x": ""}, {}).own == {"x"}
    assert merged({}, {"x": "b"}, {"x": "c"}, {}).conflicts == {"x"}
