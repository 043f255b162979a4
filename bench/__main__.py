"""Parse, list, matrix, annex on the demo region, a long register; CPU milliseconds, ratios to floors of the same run."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from functools import partial
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
from bench import workbook, workbook_import
from bench.floor import floor_app
from bench.measure import get, interleaved, told
from bench.served import compare, served

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
        _pages(app, settings, rounds)
        _parse(app, rounds)
        with app.app_context():
            db.engine.dispose()
    workbook.main()
    workbook_import.main()


def _pages(app: Flask, settings: Settings, rounds: int) -> None:
    database = Path(settings.database_url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(database)
    region = connection.execute("SELECT id FROM org_unit WHERE kind = 'region' ORDER BY id").fetchone()[0]
    order = connection.execute("SELECT id FROM \"order\" WHERE number = '3.12-118-Р'").fetchone()[0]
    middle = connection.execute("SELECT id FROM assignment ORDER BY id LIMIT 1 OFFSET 450").fetchone()[0]
    running = connection.execute("SELECT max(id) FROM monitoring_round").fetchone()[0]
    sheet = connection.execute("SELECT min(id) FROM assessment WHERE status = 'submitted'").fetchone()[0]
    group = connection.execute("SELECT min(id) FROM training_group").fetchone()[0]
    required = connection.execute("SELECT min(id) FROM training_requirement WHERE status = 'active'").fetchone()[0]
    course = connection.execute("SELECT id FROM learning_course WHERE group_id IS NOT NULL").fetchone()[0]
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
        "list of sheets": f"/assessments/?round={running}",
        "a sheet of 21 criteria": f"/assessments/{sheet}",
        "a round by municipality": f"/monitoring-rounds/{running}",
        "heat map of a round": f"/monitoring-rounds/{running}/results",
        "list of staff": "/staff-members/",
        "list of documents": "/certificates/",
        "measures": "/corrective-measures/",
        "board of measures": "/corrective-measures/board/",
        "summary of findings and measures": "/corrective-measures/summary/",
        "findings": "/findings/",
        "people of learning sites": "/learning-people/",
        "a course of a learning site": f"/learning-courses/{course}",
        "a group of 60 trainees": f"/training-groups/{group}",
        "coverage by municipality": f"/training-requirements/{required}/coverage",
    }
    print(f"CPU of one request, app and SQLite together; each page in turn with the floor, median of {rounds} rounds")
    for name, path in pages.items():
        bare, full = interleaved(
            [lambda: get(floor, "/assignments/", floor_cookie), partial(get, app, path, cookie)], rounds
        )
        print(told(name, full, bare))
    print(told("floor: the list without layout or rights", bare))
    _served(settings, region, floor_cookie, cookie, max(8, rounds // 10))
    annex = interleaved([partial(get, app, f"/orders/{order}/annex", cookie)], max(3, rounds // 20), 1)
    print(told("annex, the region's workbook", annex[0]))


def _served(settings: Settings, region: int, floor_cookie: str, cookie: str, blocks: int) -> None:
    database = settings.database_url.removeprefix("sqlite:///")
    environment = {
        "DATABASE_URL": settings.database_url,
        "INSTANCE_PATH": str(settings.instance),
        "SECRET_KEY": settings.secret_key,
        "DEMO": "1",
    }
    bare = {"FLOOR_DATABASE": database, "FLOOR_REGION": str(region)}
    with (
        served("wsgi:app", environment, cookie) as product,
        served("bench.floor:for_server()", bare, floor_cookie) as floor,
    ):
        ours, least, ratio = compare(product, floor, "/assignments/", blocks)
    name = "list, first page, under gunicorn"
    print(f"{name:<44} {ours:9.2f} ms  (floor {least:.2f})  {ratio:6.2f} × floor")


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
    assert answer.status_code == 302, answer.text  # noqa: PLR2004 - the redirect after signing in
    cookie = client.get_cookie("monitoring")
    assert cookie is not None
    return f"monitoring={cookie.value}"


if __name__ == "__main__":
    main()
