"""How the demo starts: whole or not at all, the same for the same day, on this machine only."""

from __future__ import annotations

import socket
from datetime import date
from unittest.mock import Mock

import pytest
from sqlalchemy import func, select

from app.demo import command as demo_command
from app.demo import load as loading
from app.demo import monitoring_last, monitoring_present, paper, school_year
from app.demo.serve import require_free
from app.documents.file_store import FileStore
from app.documents.text_in import text_of
from app.extensions import db
from app.factory import create_app
from app.jobs.post_room import room_of
from app.models import AuditEvent, Base, OrgUnit
from app.policies.refusal import Invalid, WrongState
from app.policies.unscoped import open_session
from app.services.outside import outside_of
from tests import databases

pytestmark = pytest.mark.once
# Never the same twice, by their nature.
SALTED = {"password_hash", "token_sealed"}


def load(app, folder, today=date(2026, 11, 21)):
    with app.app_context():
        return loading.load(db.engine, FileStore(folder / "files"), today=today, tell=str)


@pytest.fixture
def light(monkeypatch):
    """Without the founding order, whose life is long and does not depend on the day, and with few sheets."""

    def nothing(play):
        return None

    whole_life = monitoring_present._life

    def few(play, sheet):
        return whole_life(play, sheet) if sheet.id % 7 == 0 else monitoring_present.Life(0)

    monkeypatch.setattr(loading.founding_order, "plan", nothing)
    monkeypatch.setattr(monitoring_last, "SIX", ("Томаринский",))
    monkeypatch.setattr(monitoring_present, "_life", few)


def test_an_interrupted_load_leaves_nothing(app, tmp_path, monkeypatch):
    def interrupted(play, today):
        raise KeyboardInterrupt

    monkeypatch.setattr(loading.school_year, "plan", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(app, tmp_path)
    with app.app_context(), open_session(db.engine, reason="tests count") as session:
        assert session.scalar(select(func.count()).select_from(OrgUnit)) == 0
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0


def test_a_database_with_other_data_is_refused(app, world, tmp_path):
    del world
    with pytest.raises(WrongState, match="DATABASE_URL"):
        load(app, tmp_path)


def test_the_same_day_gives_the_same_rows(light, database_template, tmp_path):
    def content(name: str) -> dict[str, list]:
        folder = tmp_path / name
        folder.mkdir()
        with databases.copy_of(database_template, folder) as url:
            app = create_app(databases.settings_for(url, folder, demo=True))
            # A Monday on which many acts of the weekend would fall.
            load(app, folder, date(2027, 2, 1))
            with app.app_context(), open_session(db.engine, reason="tests compare") as session:
                found = {
                    table.name: session.execute(
                        select(*(column for column in table.c if column.name not in SALTED)).order_by(table.c.id)
                    ).all()
                    for table in Base.metadata.sorted_tables
                }
            with app.app_context():
                db.engine.dispose()
        return found

    first, second = content("first"), content("second")
    # Rows of one flush stand in the journal in no order.
    for found in (first, second):
        found["audit_event"] = sorted(repr(row[1:]) for row in found["audit_event"])
    assert len(first["assignment"]) > 300
    for table, values in first.items():
        assert values == second[table], table


@pytest.mark.parametrize(
    "today", [date(2026, 11, 21), date(2027, 1, 4), date(2027, 6, 15), date(2028, 2, 29), date(2027, 8, 31)]
)
def test_days_of_the_school_year(today):
    days = school_year.Days(today)
    acts = [days.ago(number) for number in range(33)]
    assert acts == sorted(set(acts), reverse=True)
    assert all(day.weekday() < 5 for day in acts[1:])
    assert days.year_ends > days.ahead(60)


def test_the_demo_refuses_other_hosts():
    for host in ("192.0.2.1", "192.168.0.7", "::", "example.org"):
        with pytest.raises(Invalid, match="только на этом компьютере"):
            require_free(host, 8000)


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Invalid, match=f"Порт {port} занят"):
            require_free("127.0.0.1", port)


@pytest.mark.parametrize("command", [["run-demo"], ["load-demo"]])
def test_commands_refuse_outside_demo_mode(app, command):
    answer = app.test_cli_runner().invoke(args=command)
    assert answer.exit_code == 1
    assert "DEMO=1" in answer.output


def test_what_the_demo_gives_out_leads_to_its_port(database_url, tmp_path, monkeypatch):
    app = create_app(databases.settings_for(database_url, tmp_path, demo=True))
    seen = []

    def served(app, host, port, *, on_ready):
        with app.app_context():
            told = (
                app.extensions["settings"].public_address,
                outside_of(db.engine).address,
                room_of(db.session()).address,
            )
        seen.append(told)

    monkeypatch.setattr(demo_command, "serve", served)
    monkeypatch.setattr(demo_command, "require_free", lambda host, port: None)
    monkeypatch.setattr(demo_command, "_load", lambda app: None)
    monkeypatch.setattr(demo_command, "background", lambda app: Mock())
    answer = app.test_cli_runner().invoke(args=["run-demo", "--port", "8123"])
    assert answer.exit_code == 0, answer.output
    assert seen == [("http://127.0.0.1:8123",) * 3]
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("form", ["pdf", "docx", "txt"])
def test_papers_can_be_read(form):
    made = {"pdf": paper.pdf, "docx": paper.docx, "txt": paper.text}[form](
        ["Положение о ВСОКО (ёж) «№ 5»", "", "Вторая"]
    )
    read = text_of(made, f"x.{form}")
    assert "Положение о ВСОКО (ёж) «№ 5»" in read
    assert "Вторая" in read
