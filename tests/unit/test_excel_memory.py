from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEAK = r"""
import re, sys, tempfile
from datetime import datetime, timezone
from app.excel.sheet import Column, ColumnKind, Heading, Sheet
from app.excel.writer import write_register

sheet = Sheet("Л", "Л", (Column("a", "А", width=20, wrap=True), Column("b", "Б", ColumnKind.INTEGER), Column("c", "В")))
heading = Heading((), datetime(2026, 11, 21, tzinfo=timezone.utc), "Фамилия-001", "Анивский")
with tempfile.TemporaryFile() as target:
    write_register(target, sheet, ((f"текст номер {n}, который не помещается в строку", n, f"{n}" * 30) for n in range(int(sys.argv[1]))), heading)
# The peak of this process alone: ru_maxrss would begin with that of its parent.
print(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1])
"""


def peak_mib(rows: int) -> int:
    done = subprocess.run([sys.executable, "-c", PEAK, str(rows)], cwd=ROOT, check=True, capture_output=True, text=True)
    return int(done.stdout) // 1024


def test_memory_does_not_grow_with_the_rows() -> None:
    """100 bytes kept for each row would show: 40,000 rows more may cost 5 MiB."""
    small, large = peak_mib(10_000), peak_mib(50_000)
    assert large - small < 5, f"{small} MiB for 10,000 rows, {large} MiB for 50,000"
