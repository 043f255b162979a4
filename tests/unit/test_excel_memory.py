from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEAK = """
import resource, sys, tempfile
from datetime import datetime, timezone
from app.excel.sheet import Column, ColumnKind, Heading, Sheet
from app.excel.writer import write_register

sheet = Sheet("Л", "Л", (Column("a", "А", width=20, wrap=True), Column("b", "Б", ColumnKind.INTEGER)))
heading = Heading((), datetime(2026, 11, 21, tzinfo=timezone.utc), "Фамилия-001", "Анивский")
with tempfile.TemporaryFile() as target:
    write_register(target, sheet, ((f"текст номер {n}, который не помещается в строку", n) for n in range(int(sys.argv[1]))), heading)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_mib(rows: int) -> int:
    done = subprocess.run([sys.executable, "-c", PEAK, str(rows)], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(done.stdout)


def test_memory_does_not_grow_with_the_rows() -> None:
    """100 bytes kept for each row would show: 60,000 rows more may cost 6 MiB."""
    small, large = peak_mib(20_000), peak_mib(80_000)
    assert large - small < 6, f"{small} MiB for 20,000 rows, {large} MiB for 80,000"
