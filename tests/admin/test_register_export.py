"""A register on its way out: whoever stops taking it, nothing of its reader stays in the thread that sent it."""

from __future__ import annotations

import flask
import pytest

from tests.factories.order import Point, issue_order


@pytest.fixture
def order(engine, world):
    return issue_order(engine, world, points=(Point("1", to=("municipality", "school", "school_b")),))


def begun(client, path: str):
    """The answer with its first block taken."""
    answer = client.client.get(path, buffered=False)
    assert answer.status_code == 200
    blocks = iter(answer.response)
    assert next(blocks)
    return answer, blocks


def test_between_two_blocks_nobody_stands_in_the_thread(browser, order):
    answer, blocks = begun(browser("region"), "/assignments/export")
    assert not flask.has_app_context()
    # The same thread serves others before the rest is taken, or where the server forgot to close the answer.
    for login in ("school", "foreign_region", "school"):
        other = browser(login)
        page = other.get("/assignments/")
        assert page.status_code == 200
        assert f"Сотрудник {login}:" in page.text
    rest = b"".join(blocks)
    answer.close()
    assert rest.endswith(b"\x00\x00")
    assert not flask.has_app_context()


def test_a_reader_who_goes_away_leaves_no_connection(browser, order, engine):
    answer, _ = begun(browser("region"), "/assignments/export")
    answer.close()
    assert engine.pool.checkedout() == 0
    assert not flask.has_app_context()


def test_an_error_among_the_rows_leaves_nothing_either(browser, order, engine, monkeypatch):
    from app.admin import register_export

    def broken(view, sheet, state):
        yield from ()
        raise RuntimeError("the rows end here")

    monkeypatch.setattr(register_export, "sheet_rows", broken)
    with pytest.raises(RuntimeError, match="end here"):
        browser("region").get("/assignments/export")
    assert engine.pool.checkedout() == 0
    assert not flask.has_app_context()
