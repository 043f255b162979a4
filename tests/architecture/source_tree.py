"""The files of this repository, as the tests about them read them."""

import ast
import io
import os
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What .gitignore names, and git's own room: made on this machine, so no part of the repository.
NOT_OURS = {
    ".git",
    ".venv",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
    "screenshots",
    "build",
    "instance",
}


def files(*folders: str, endings: tuple[str, ...] = ("",)) -> list[Path]:
    """Every file of these folders (of the whole repository where none is named) with one of these endings."""
    return [path for path in _all_files() if path.name.endswith(endings) and (not folders or _within(path, folders))]


def short(path: Path) -> str:
    """The path as people type it, from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Line number and text of each comment; what only looks like one, inside a string, is none."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _within(path: Path, folders: tuple[str, ...]) -> bool:
    return any(short(path) == folder or short(path).startswith(folder.rstrip("/") + "/") for folder in folders)


@cache
def _all_files() -> tuple[Path, ...]:
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(name for name in below if name not in NOT_OURS and not name.endswith(".egg-info"))
        found += [Path(folder) / name for name in sorted(names)]
    return tuple(found)
