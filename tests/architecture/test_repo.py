"""The repository stands by itself: no machine, no registry, no unexplained exception, no unpinned package."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import ROOT, comments, files, short

# Put together here, so that this very file does not hold what it looks for.
ELSEWHERE = tuple(
    "".join(parts)
    for parts in (
        ("/work", "/main"),
        ("/work", "/shared"),
        ("../", "shared/"),
        ("/root", "/"),
        ("/t", "mp/"),
        ("/opt", "/wheels"),
        ("/opt", "/pypi"),
        ("pypi", ".org"),
        ("pythonhosted", ".org"),
        ("registry.npmjs", ".org"),
        ("deb.debian", ".org"),
        ("proxy.golang", ".org"),
    )
)
MARKED = re.compile(r"#\s*(?:noqa|type:)")
EXCEPTION = re.compile(
    r"#\s*(?P<kind>noqa|type:\s*ignore)(?P<codes>:\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*|\[[^\]]+\])?(?P<reason>.*)"
)
LEFT_OVER = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\\b")
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")


def places_elsewhere(source: str) -> list[str]:
    return [each for each in ELSEWHERE if each in source]


def unexplained(source: str) -> Iterator[str]:
    """Exceptions from lint or types that name no code, or give no reason in words behind it."""
    # Taking a file apart is what costs: only one that could hold an exception is taken.
    for line, comment in comments(source) if MARKED.search(source) else ():
        # Several may stand behind one another; each reason ends where the next begins.
        for each in re.split(r"(?=#\s*(?:noqa|type:))", comment):
            found = EXCEPTION.match(each)
            if found and not found["codes"]:
                yield f"line {line}: name the rule that is excepted, as in `noqa: S105` or `type: ignore[arg-type]`"
            elif found and len(re.findall(r"[^\W\d_]{2,}", found["reason"])) < 2:
                yield f"line {line}: say behind the exception, in words, why it is right here"


def pins(lock: str) -> dict[str, str]:
    """Name and version of each package of a lock file; a line that pins nothing is an assertion error."""
    found: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", lock):
        lines = [line for line in block.splitlines() if line.strip() and not line.strip().startswith("#")]
        if not lines:
            continue
        pin = PIN.match(lines[0])
        assert pin, f"«{lines[0]}» is no pin: make lock"
        assert "--hash=sha256:" in block, f"{pin[1]} has no hash: make lock"
        found[pin[1].lower().replace("_", "-")] = pin[2]
    return found


def test_nothing_names_a_machine_or_a_registry():
    found = []
    for path in files():
        try:
            source = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{short(path)} names {each}" for each in places_elsewhere(source)]
    assert not found, "\n".join(found)


def test_every_exception_has_its_reason():
    found = [
        f"{short(path)} {complaint}"
        for path in files(endings=(".py",))
        for complaint in unexplained(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_nothing_is_left_for_later():
    found = [
        f"{short(path)}:{number} finish it, or open an issue and name it here in words"
        for path in files("app", "scripts", endings=(".py", ".html", ".js", ".css"))
        if "/vendor/" not in short(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if LEFT_OVER.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["run", "test"])
def test_lock_files_pin_everything_and_name_no_address(name):
    lock = (ROOT / "lock" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in lock
    assert not re.search(r"^\s*(?:-i|-f|-e|--index|--extra-index|--find-links|--trusted-host)", lock, re.MULTILINE)
    pinned = pins(lock)
    asked = (ROOT / "lock" / f"{name}.in").read_text(encoding="utf-8")
    for package, version in re.findall(PIN.pattern, asked, re.MULTILINE):
        assert pinned.get(package.lower().replace("_", "-")) == version, f"{package}: make lock"


def test_what_is_tested_is_what_runs():
    run, test = (pins((ROOT / "lock" / f"{name}.txt").read_text(encoding="utf-8")) for name in ("run", "test"))
    assert not {name: version for name, version in run.items() if test.get(name) != version}, "make lock"


def test_planted_places_are_found():
    assert len(set(ELSEWHERE)) == 12
    for place in ELSEWHERE:
        assert places_elsewhere(f"open('{place}x')") == [place]
    assert places_elsewhere("see https://example.org/network/main and /workshop/") == []


@pytest.mark.parametrize(
    ("comment", "passes"),
    [
        ("# noqa", False),
        ("# noqa: S105", False),
        ("# noqa: S105 demo", False),
        ("# noqa: S105 - the demo password is public", True),
        ("# noqa: S105, S106  # the demo password is public", True),
        ("# type: ignore", False),
        ("# type: ignore  # the library is untyped", False),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore[arg-type]  # библиотека без типов", True),
        ("# type: ignore[arg-type] # noqa: S105 - the demo password is public", False),
        ("# a plain remark", True),
    ],
)
def test_planted_exceptions_are_found(comment, passes):
    assert (not list(unexplained(f"x = 1  {comment}\n"))) is passes
    assert not list(unexplained(f"x = '{comment}'\n"))


@pytest.mark.parametrize("line", ["flask", "flask==3.1.3", "flask>=3 \\\n    --hash=sha256:0", "-e ."])
def test_planted_pins_are_refused(line):
    with pytest.raises(AssertionError, match="make lock"):
        pins(f"a==1 \\\n    --hash=sha256:0\n    # via b\n{line}\n")


def test_planted_leftovers_are_found():
    assert LEFT_OVER.search("# TO" + "DO: later")
    assert not LEFT_OVER.search("todos, mastodon")
