"""A workbook of 50,000 rows through the dry run, and written: CPU, wall time and peak memory of a process of its own.

`IMPORT_ROWS=50000 python -m bench.workbook_import`. Beside it the floor: the same file read by openpyxl alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl  # type: ignore[import-untyped] # it ships no types
from flask_migrate import upgrade
from sqlalchemy import Engine, select
from xlsxwriter.workbook import Workbook

from app.config import Settings
from app.documents.result_store import ResultStore
from app.excel.incoming import incoming
from app.excel.org_unit import SHEET
from app.excel.reader import read_table
from app.extensions import db
from app.factory import create_app
from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.policies.actor import Actor, system_actor
from app.policies.guard import GuardedSession
from app.policies.unscoped import open_session
from app.services import bulk_import, clock, org_unit, workbook_judgement
from app.services.row_verdict import counted
from app.services.workbook_judgement import EMPTIES, Means

ROWS = 50_000
TOWNS = 20
INSTALLER = Actor(user_id=None, user_name="bench", is_system=True)


def write(path: Path, count: int) -> None:
    """Schools of twenty municipalities; a changed cell in one of each hundred where the register has them already."""
    with Workbook(str(path), {"constant_memory": True, "strings_to_urls": False}) as workbook:
        page = workbook.add_worksheet("Организации")
        columns = [column for column in SHEET.columns if column.loaded]
        for number, column in enumerate(columns):
            page.write_string(0, number, column.title)
        for row in range(1, count + 1):
            values = {
                "kind": "общеобразовательная организация",
                "name": f"Муниципальное бюджетное общеобразовательное учреждение «Школа № {row}»",
                "short_name": f"МБОУ СОШ № {row}",
                "code": f"{650_000_000 + row}",
                "municipality": f"Округ {row % TOWNS}",
                "valid_from": "01.09.2015",
                "site": f"school{row}.ru",
                "email": f"school{row}@example.ru",
            }
            for number, column in enumerate(columns):
                page.write_string(row, number, values[column.key])


def main() -> None:
    count = int(os.environ.get("IMPORT_ROWS", ROWS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.xlsx"
        write(path, count)
        print(f"a workbook of {count:,} rows × 8 cells brought in, {path.stat().st_size / 1e6:.1f} MB")
        for what in ("floor", "read", "judge", "fill", "judge known"):
            print(_in_its_own_process(what, path))


def _in_its_own_process(what: str, path: Path) -> str:
    command = [sys.executable, "-m", "bench.workbook_import", what, str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip()


def _engine(folder: Path) -> Engine:
    app = create_app(Settings(f"sqlite:///{folder}/bench.sqlite3", folder, "bench only"))
    with app.app_context():
        upgrade()
        engine = db.engine
    with open_session(engine, reason="the bench makes its region") as session:
        if session.scalar(select(OrgUnit.id).limit(1)) is None:
            session.info["actor"] = INSTALLER
            region = org_unit.create(
                session, INSTALLER, kind=UnitKind.REGION, name="Область", parent=None, time_zone="Europe/Moscow"
            )
            for number in range(TOWNS):
                org_unit.create(session, INSTALLER, kind=UnitKind.MUNICIPALITY, name=f"Округ {number}", parent=region)
    return engine


def _judged(folder: Path, content: bytes, *, apply: bool) -> str:
    engine = _engine(folder)
    actor = system_actor(region_id=1, name="bench")
    by = Means(ResultStore(folder / "brought"), date(2026, 11, 21), clock.now())
    with GuardedSession(engine, info={"actor": actor}) as session:
        judgement = workbook_judgement.judge(
            session, actor, "org_unit", content, "units.xlsx", means=by, choices={EMPTIES: False}
        )
        if apply:
            session.rollback()
            session.connection(execution_options={"writes": True})
            bulk_import.carry_out(session, judgement.plans, only_right=False)
            session.commit()
    return ", ".join(f"{key} {value}" for key, value in counted(judgement.verdicts).items() if value)


def _floor(content_path: Path) -> str:
    book = openpyxl.load_workbook(content_path, read_only=True)
    return f"rows {sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))}"


def _measured(name: str, act: Callable[[], str]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    told = act()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    print(f"{name:<44} {cpu:7.2f} s CPU {wall:7.2f} s wall {int(found[1]) / 1024:7.1f} MiB  ({told})")


def _one(what: str, path: Path) -> None:
    if what == "floor":
        _measured("floor: openpyxl reads the same file", lambda: _floor(path))
        return
    content = path.read_bytes()
    if what == "read":
        _measured("read and typed", lambda: f"rows {len(incoming(SHEET, read_table(content, 'units.xlsx')).rows)}")
    elif what == "fill":
        _measured("judged and written, all or nothing", lambda: _judged(path.parent, content, apply=True))
    else:
        told = "dry run, all rows new" if what == "judge" else "dry run, all rows known"
        _measured(told, lambda: _judged(path.parent, content, apply=False))


if __name__ == "__main__":
    if sys.argv[1:]:
        _one(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
