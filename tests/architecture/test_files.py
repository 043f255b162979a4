"""Files stay small because names are small (house.md, lesson 10)."""

import re
from pathlib import Path

from tests.architecture.source_tree import files, short

LINES = {".py": 300, ".html": 300, ".js": 300, ".css": 600}
NAMES_NOTHING = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "core", "misc"}
VENDORED = "app/static/vendor/"  # others' code stays as others wrote it


def too_long(path: str, source: str) -> str | None:
    limit = LINES.get(Path(path).suffix)
    lines = source.count("\n") + (not source.endswith("\n"))
    if limit is None or lines <= limit or path.startswith(VENDORED):
        return None
    stem = Path(path).with_suffix("")
    return (
        f"{path} has {lines} lines, more than {limit}. Name what it holds twice, and split by that noun: "
        f"git mv {path} {stem}_<noun>{Path(path).suffix}"
    )


def names_nothing(path: str) -> str | None:
    words = [word for part in Path(path).parts for word in re.split(r"[_\-.]", part)]
    bad = sorted(NAMES_NOTHING.intersection(words))
    if not bad or path.startswith(VENDORED):
        return None
    return f"{path}: «{bad[0]}» says nothing of what is inside. Name the noun: git mv {path} <noun>"


def test_files_are_short():
    found = files("app", "tests", "scripts", endings=tuple(LINES))
    assert found
    complaints = [too_long(short(path), path.read_text(encoding="utf-8")) for path in found]
    assert not [each for each in complaints if each], "\n".join(each for each in complaints if each)


def test_names_say_what_is_inside():
    complaints = [names_nothing(short(path)) for path in files("app", "tests", "scripts")]
    assert not [each for each in complaints if each], "\n".join(each for each in complaints if each)


def test_a_planted_long_file_is_found():
    assert "git mv app/services/order.py app/services/order_<noun>.py" in str(
        too_long("app/services/order.py", "x = 1\n" * 301)
    )
    assert too_long("app/static/look.css", "a {}\n" * 601)
    assert too_long("app/services/order.py", "x = 1\n" * 300) is None
    assert too_long("app/static/look.css", "a {}\n" * 600) is None


def test_a_planted_empty_name_is_found():
    for path in ("app/utils.py", "app/services/order_helpers.py", "app/core/order.py", "tests/common/x.py"):
        assert names_nothing(path), path
    for path in ("app/services/score.py", "app/models/commonwealth.py", "app/web/encore.py"):
        assert names_nothing(path) is None, path
