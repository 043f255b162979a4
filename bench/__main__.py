"""Parse, list, matrix and annex on the demo region; CPU milliseconds and ratios to the floor of the same run."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from app.analysis.order_text import parse_order
from app.config import Settings
from app.demo.load import load
from app.extensions import db
from app.factory import create_app
from app.policies.unscoped import open_session
from app.services import clock
from app.services.order import register_of
from bench.floor import floor_app
from bench.measure import get, interleaved, told

ROUNDS = 200
ORDER = Path(__file__).resolve().parents[1] / "app" / "demo" / "data" / "sakhalin-order-3.12-118-r.txt"


def main() -> None:
    rounds = int(os.environ.get("ROUNDS", ROUNDS))
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(f"sqlite:///{folder}/bench.sqlite3", Path(folder), "bench only", demo=True)
        app = create_app(settings)
        print("loading the demo region …", file=sys.stderr)
        with app.app_context():
            upgrade()
            load(db.engine, app.extensions["file_store"], today=clock.today("Asia/Sakhalin"), tell=lambda line: None)
        _pages(app, Path(folder) / "bench.sqlite3", rounds)
        _parse(app, rounds)
        with app.app_context():
            db.engine.dispose()


def _pages(app: Flask, database: Path, rounds: int) -> None:
    connection = sqlite3.connect(database)
    region = connection.execute("SELECT id FROM org_unit WHERE kind = 'region' ORDER BY id").fetchone()[0]
    order = connection.execute("SELECT id FROM \"order\" WHERE number = '3.12-118-Р'").fetchone()[0]
    middle = connection.execute("SELECT id FROM assignment ORDER BY id LIMIT 1 OFFSET 450").fetchone()[0]
    connection.close()
    floor, floor_cookie = floor_app(database, region)
    cookie = _signed_in(app, "region")
    pages = {
        "list, first page": "/assignments/",
        "list, a page in the middle": f"/assignments/?after={middle}~{middle}",
        "list, by term": "/assignments/?sort=due_on&desc=0",
        "list, one state": "/assignments/?status=off_control",
        "list, search «томаринский»": "/assignments/?q=томаринский",
        "orders": "/orders/",
        "home": "/",
        "matrix by municipality": f"/orders/{order}/matrix",
    }
    calls: list[Callable[[], object]] = [lambda: get(floor, "/assignments/", floor_cookie)]
    calls += [lambda path=path: get(app, path, cookie) for path in pages.values()]  # type: ignore[misc] # bound now
    spent = interleaved(calls, rounds)
    print(f"CPU of one request, app and SQLite together, median of {rounds} interleaved rounds")
    print(told("floor: the list without layout or rights", spent[0]))
    for name, times in zip(pages, spent[1:], strict=True):
        print(told(name, times, spent[0]))
    annex = interleaved([calls[0], lambda: get(app, f"/orders/{order}/annex", cookie)], max(3, rounds // 20), 1)
    print(told("annex, the region's workbook", annex[1], annex[0]))


def _parse(app: Flask, rounds: int) -> None:
    text = ORDER.read_text(encoding="utf-8")
    with app.app_context(), open_session(db.engine, reason="the bench reads the tree of units") as session:
        region = session.connection().exec_driver_sql("SELECT min(id) FROM org_unit WHERE kind = 'region'").scalar()
        units = register_of(session, int(region or 0), today=clock.today("Asia/Sakhalin"))
    calls: list[Callable[[], object]] = [lambda: parse_order(text, units.units, issuer_id=region)]
    print(told("parse of the order № 3.12-118-Р", interleaved(calls, max(5, rounds // 10))[0]))


def _signed_in(app: Flask, login: str) -> str:
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    answer = client.post("/sign-in", data={"csrf_token": token[1], "login": login, "password": "demo"})
    assert answer.status_code == 302, answer.text  # noqa: PLR2004 - a redirect
    cookie = client.get_cookie("monitoring")
    assert cookie is not None
    return f"monitoring={cookie.value}"


if __name__ == "__main__":
    main()
