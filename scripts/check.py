"""`make test`: every part runs whatever became of the others, two at a time, and one summary closes the run.

`python -m scripts.check [PART …]` runs some parts only: lint types contracts sqlite postgres browser.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from scripts import need_chromium, need_office, need_postgres
from scripts.need_postgres import MissingError

AT_A_TIME = 2
PATIENCE = 20 * 60  # seconds; a part that hangs is a part that failed
PYTEST = ("-m", "pytest", "-p", "no:cacheprovider", "--color=no")
TOLD = re.compile(r"^=* ?((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s")
# The largest folders of tests are parts of their own, so that both hands have work to the end.
LARGEST = ("tests/admin", "tests/services", "tests/web")
PURE = ("--ignore=tests/unit", "--ignore=tests/architecture", "--ignore=tests/browser")
running: set[subprocess.Popen[str]] = set()


def nothing() -> dict[str, str]:
    return {}


@dataclass(frozen=True, eq=False)
class Part:
    name: str
    title: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    prepare: Callable[[], dict[str, str]] = nothing
    skip: str = ""  # the variable by which a person, never CI, goes without this part


@dataclass(frozen=True)
class Result:
    part: Part
    verdict: str  # "ok", "FAILED" or "skipped"
    seconds: float
    output: str

    @property
    def tests(self) -> Counter[str]:
        """How many tests ended how, from pytest's own last line."""
        counted = [found for line in self.output.splitlines()[-5:] if (found := TOLD.match(line))]
        words = counted[-1][1].split(", ") if counted else []
        return Counter({word.removesuffix("s"): int(number) for number, word in (each.split() for each in words)})


def with_postgres() -> dict[str, str]:
    need_postgres.need()
    return {}


def with_chromium() -> dict[str, str]:
    need_office.need()
    return {"CHROMIUM": str(need_chromium.need())}


def on_sqlite(title: str, *what: str) -> Part:
    return Part("sqlite", title, (*PYTEST, "-m", "not browser and not postgres", *what), {"TEST_DATABASE": "sqlite"})


# The longest first: whatever is short fills the gaps. Rules without a database need not be asked twice.
PARTS = (
    Part(
        "postgres",
        "tests on PostgreSQL",
        ("-m", "tests.database", "--", sys.executable, *PYTEST, "-m", "not browser and not once", *PURE, "tests"),
        prepare=with_postgres,
        skip="SKIP_POSTGRES",
    ),
    on_sqlite("SQLite: scope, web", "tests/web"),
    on_sqlite("SQLite: the rest", *(f"--ignore={each}" for each in (*LARGEST, "tests/browser")), "tests"),
    on_sqlite("SQLite: services", "tests/services"),
    on_sqlite("SQLite: pages", "tests/admin"),
    Part(
        "browser",
        "walk in Chromium",
        (*PYTEST, "tests/browser"),
        {"TEST_DATABASE": "sqlite"},
        prepare=with_chromium,
        skip="SKIP_BROWSER",
    ),
    Part("types", "types", ("-m", "mypy", "--explicit-package-bases", "app", "scripts", "tests/database.py")),
    Part("lint", "style (ruff)", ("-m", "ruff", "check", "--no-cache", "--output-format=concise", ".")),
    Part("lint", "format (ruff)", ("-m", "ruff", "format", "--no-cache", "--check", ".")),
    Part("lint", "templates (djlint)", ("-m", "djlint", "--lint", "app/templates")),
    Part("contracts", "import contracts", ("-c", "from importlinter.cli import lint_imports_command as c; c()")),
)


def run(part: Part) -> Result:
    if part.skip and os.environ.get(part.skip) == "1":
        return Result(part, "skipped", 0, f"because {part.skip}=1")
    begun = time.monotonic()
    ours = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    try:
        prepared = part.prepare()
    except MissingError as missing:
        return Result(part, "FAILED", time.monotonic() - begun, str(missing))
    with subprocess.Popen(
        [sys.executable, *part.command],
        env=ours | part.environment | prepared,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        running.add(process)
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.terminate()
            output = process.communicate()[0] + f"\nStopped after {PATIENCE} seconds."
        finally:
            running.discard(process)
    return Result(part, "FAILED" if process.returncode else "ok", time.monotonic() - begun, output)


def show(result: Result) -> None:
    """A part that went well takes a line; a part that failed shows everything it said."""
    if result.verdict == "FAILED":
        print(f"\n----- {result.part.title} -----\n{result.output.rstrip()}\n", flush=True)
    told = ", ".join(f"{number} {word}" for word, number in result.tests.items())
    note = told or (result.output if result.verdict == "skipped" else "")
    print(f"{result.verdict:8}{result.part.title:22}{result.seconds:7.1f} s  {note}".rstrip(), flush=True)
    for line in result.output.splitlines() if result.verdict == "ok" else ():
        if line.startswith(("SKIPPED [", "XFAIL ")):  # what did not run is never passed over in silence
            print(f"        {line}", flush=True)


def closing_line(results: list[Result], seconds: float) -> str:
    """All tests of all parts in pytest's own words; a failed part that counted no failed test is an error."""
    total: Counter[str] = Counter()
    for result in results:
        total += result.tests
        if result.verdict == "FAILED" and not (result.tests["failed"] or result.tests["error"]):
            total["error"] += 1
    words = ("failed", "passed", "skipped", "xfailed", "error")
    told = ", ".join(f"{total[word]} {word}" for word in words if total[word]) or "no tests ran"
    return f"===== {told} in {seconds:.2f}s ====="


def stop(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001  # the shape of a signal handler
    raise SystemExit(128 + number)


def main(wanted: list[str]) -> int:
    parts = [part for part in PARTS if part.name in wanted or not wanted]
    unknown = set(wanted) - {part.name for part in PARTS}
    if unknown:
        names = " ".join(dict.fromkeys(part.name for part in PARTS))
        print(f"There is no part {', '.join(sorted(unknown))}; the parts are: {names}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, stop)
    begun = time.monotonic()
    results: dict[Part, Result] = {}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        waiting = {pool.submit(run, part): index for index, part in enumerate(parts)}
        try:
            for done in as_completed(waiting):
                result = done.result()
                results[parts[waiting[done]]] = result
                show(result)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(running):
                process.terminate()
            raise
    ordered = [results[part] for part in parts]
    print("\nSummary")
    for result in ordered:
        show(Result(result.part, result.verdict.lower(), result.seconds, result.output))
    failed = [result.part.title for result in ordered if result.verdict == "FAILED"]
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nEverything that ran passed.")
    print(closing_line(ordered, time.monotonic() - begun), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
