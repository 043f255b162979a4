"""The tasks by their kinds. A module that defines one is named in `task_list.py`, or nobody would know of it."""

from __future__ import annotations

from collections.abc import Callable

from app.jobs.run import Outcome, Run

Task = Callable[[Run], Outcome]
_TASKS: dict[str, Task] = {}


def task(kind: str) -> Callable[[Task], Task]:
    """`@task("export")` over `def export(run: Run) -> Outcome`; a kind has one task."""

    def register(function: Task) -> Task:
        if _TASKS.setdefault(kind, function) is not function:
            raise ValueError(f"two tasks of the kind {kind}")
        return function

    return register


def task_of(kind: str) -> Task | None:
    return _TASKS.get(kind)
