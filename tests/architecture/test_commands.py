"""`make run`, `make test` and what they need: found, installed where possible, else a sentence that says what to do."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import check, need_chromium, need_postgres
from scripts.need_postgres import MissingError
from tests.architecture.source_tree import ROOT

MAKE_VENV = ROOT / "scripts" / "make_venv.sh"
APT = """#!/bin/sh
echo "$*" >> "$HERE/asked"
case "$*" in
    *install*postgresql*)
        mkdir -p "$HERE/debian/16/bin"
        for name in postgres initdb; do cp "$HERE/stub" "$HERE/debian/16/bin/$name"; done ;;
    *install*chromium*) cp "$HERE/stub" "$HERE/chromium" ;;
esac
"""


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def server(folder: Path, version: int) -> Path:
    for name in ("postgres", "initdb"):
        program(folder / name, f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}.3 (Debian)'\n")
    return folder


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine with nothing on its PATH but what a test puts into the folder, and a person who is not root."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    return tmp_path


@pytest.fixture
def rooted(bare, monkeypatch):
    """The same machine, for root, with a package manager that puts programs where Debian would."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(bare / "stub", "#!/bin/sh\necho 'postgres (PostgreSQL) 16.1'\n")
    program(bare / "bin" / "apt-get", APT.replace("$HERE/chromium", "$HERE/bin/chromium"))
    for name in ("cp", "mkdir"):
        (bare / "bin" / name).symlink_to(shutil.which(name, path=os.defpath))
    monkeypatch.setenv("HERE", str(bare))
    return bare


def test_postgres_is_taken_from_debian_newest_first(bare):
    server(bare / "debian" / "15" / "bin", 15)
    newest = server(bare / "debian" / "17" / "bin", 17)
    server(bare / "debian" / "9" / "bin", 9)
    assert need_postgres.need(bare / "debian") == newest


def test_postgres_is_taken_from_the_path(bare):
    server(bare / "bin", 15)
    assert need_postgres.need(bare / "debian") == bare / "bin"


def test_a_link_on_the_path_leads_to_the_whole_server(bare):
    place = server(bare / "opt", 16)
    (bare / "bin" / "postgres").symlink_to(place / "postgres")
    assert need_postgres.find(bare / "debian") == place


def test_an_old_or_incomplete_server_is_none(bare):
    server(bare / "debian" / "14" / "bin", 14)
    (server(bare / "debian" / "16" / "bin", 16) / "initdb").unlink()
    with pytest.raises(MissingError, match=r"apt-get install postgresql.*SKIP_POSTGRES=1"):
        need_postgres.need(bare / "debian")


def test_without_chromium_a_sentence_says_what_to_install(bare):
    with pytest.raises(MissingError, match=r"apt-get install chromium.*SKIP_BROWSER=1"):
        need_chromium.need()


def test_root_without_a_package_manager_gets_the_sentence_too(bare, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(MissingError):
        need_chromium.need()


def test_root_installs_postgres(rooted):
    assert need_postgres.need(rooted / "debian") == rooted / "debian" / "16" / "bin"
    update, install = (rooted / "asked").read_text(encoding="utf-8").splitlines()
    assert update.startswith("update")
    assert install.startswith("install -y")


def test_root_without_the_package_is_shown_why(bare):
    program(bare / "bin" / "python3.11", PYTHON_WITHOUT_VENV)
    program(bare / "bin" / "id", "#!/bin/sh\necho 0\n")
    program(bare / "bin" / "apt-get", "#!/bin/sh\necho 'no network here'\nexit 100\n")
    for name in ("mktemp", "rm", "cat"):
        (bare / "bin" / name).symlink_to(shutil.which(name, path=os.defpath))
    done = make_venv(bare)
    assert done.returncode == 1
    assert "no network here" in done.stderr


def test_root_installs_chromium(rooted):
    assert need_chromium.need() == rooted / "bin" / "chromium"


def test_an_installation_that_fails_ends_in_the_sentence(rooted, capsys):
    program(rooted / "bin" / "apt-get", "#!/bin/sh\necho 'no network here'\nexit 100\n")
    with pytest.raises(MissingError):
        need_postgres.need(rooted / "debian")
    assert "no network here" in capsys.readouterr().err


def make_venv(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [shutil.which("sh", path=os.defpath), MAKE_VENV, folder / "venv"]
    return subprocess.run(
        command,
        env={"PATH": str(folder / "bin")},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_without_python_a_sentence_says_so(bare):
    program(bare / "bin" / "python3", "#!/bin/sh\nexit 1\n")  # too old
    done = make_venv(bare)
    assert done.returncode == 1
    assert done.stderr == "Python 3.11 or newer was not found: install it (Debian: apt-get install python3).\n"


PYTHON_WITHOUT_VENV = """#!/bin/sh
case "$*" in
    *ensurepip*) test -e "$0.venv" ;;
    *print*) echo python3.11-venv ;;
    *-m*venv*) echo made > "$3" ;;
esac
"""


def test_without_the_venv_module_a_person_is_told_what_to_install(bare):
    program(bare / "bin" / "python3.11", PYTHON_WITHOUT_VENV)
    program(bare / "bin" / "id", "#!/bin/sh\necho 1000\n")
    done = make_venv(bare)
    assert done.returncode == 1
    assert "apt-get install python3.11-venv" in done.stderr


def test_without_the_venv_module_root_gets_it_installed(bare):
    program(bare / "bin" / "python3.11", PYTHON_WITHOUT_VENV)
    program(bare / "bin" / "id", "#!/bin/sh\necho 0\n")
    for name in ("mktemp", "rm", "cat"):
        (bare / "bin" / name).symlink_to(shutil.which(name, path=os.defpath))
    program(bare / "bin" / "apt-get", f'#!/bin/sh\necho "$*" >> {bare}/asked\necho > {bare}/bin/python3.11.venv\n')
    done = make_venv(bare)
    assert done.returncode == 0, done.stderr
    assert (bare / "venv").read_text(encoding="utf-8") == "made\n"
    assert "python3.11-venv" in (bare / "asked").read_text(encoding="utf-8")


def part(name: str, source: str, **more: object) -> check.Part:
    return check.Part(name, name, ("-c", source), **more)  # type: ignore[arg-type]  # a test names what it needs


def test_all_parts_run_whatever_becomes_of_one_and_the_summary_counts(monkeypatch, capsys):
    told = "print('noise\\n==== 1 failed, 2 passed, 3 deselected in 0.10s ====='); raise SystemExit(1)"
    parts = (
        part("first", told),
        part("second", "print('broken rule'); raise SystemExit(1)"),
        part("third", "print('= 40 passed, 1 skipped, 2 warnings in 63.10s (0:01:03) =')"),
    )
    monkeypatch.setattr(check, "PARTS", parts)
    assert check.main([]) == 1
    out = capsys.readouterr().out
    summary = out.split("\nSummary\n")[1].splitlines()
    assert [re.split(r"\s+\d+\.\d s", line)[0].split() for line in summary[:3]] == [
        ["failed", "first"],
        ["failed", "second"],
        ["ok", "third"],
    ]
    assert "Failed: first, second" in summary
    assert re.fullmatch(r"===== 1 failed, 42 passed, 1 skipped, 1 error in [\d.]+s =====", summary[-1])
    assert "broken rule" in out
    assert "noise" in out


def test_all_well_is_exit_code_0_and_a_line_in_the_words_of_pytest(monkeypatch, capsys):
    told = "print('SKIPPED [1] tests/unit/test_x.py:3: no font\\n5 passed, 1 skipped in 0.10s')"
    monkeypatch.setattr(check, "PARTS", (part("only", told),))
    assert check.main(["only"]) == 0
    out = capsys.readouterr().out
    assert re.fullmatch(r"===== 5 passed, 1 skipped in [\d.]+s =====", out.splitlines()[-1])
    assert "no font" in out


def test_what_is_missing_fails_its_part_unless_the_person_goes_without(monkeypatch, capsys):
    def missing() -> dict[str, str]:
        raise MissingError(need_chromium.MISSING)

    monkeypatch.setattr(check, "PARTS", (part("browser", "", prepare=missing, skip="SKIP_BROWSER"),))
    monkeypatch.delenv("SKIP_BROWSER", raising=False)
    assert check.main([]) == 1
    assert need_chromium.MISSING in capsys.readouterr().out
    monkeypatch.setenv("SKIP_BROWSER", "1")
    assert check.main([]) == 0
    assert "because SKIP_BROWSER=1" in capsys.readouterr().out


def test_a_person_s_own_database_is_out_of_reach(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://precious")
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://precious")
    shown = check.run(part("only", "import os; print([n for n in os.environ if n.endswith('DATABASE_URL')])"))
    assert shown.output == "[]\n"


def test_an_unknown_part_is_named(capsys):
    assert check.main(["sqlite", "nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_every_folder_of_tests_is_judged():
    """Nothing is left out of both passes: what the one part ignores, another runs; each folder once on SQLite."""
    of: dict[str, list[check.Part]] = {}
    for each in check.PARTS:
        of.setdefault(each.name, []).append(each)
    assert set(of) == {"sqlite", "types", "lint", "contracts", "postgres", "browser"}
    folders = {f"tests/{each.name}" for each in (ROOT / "tests").iterdir() if any(each.glob("test_*.py"))}
    judged = sorted(folder for one in of["sqlite"] for folder in _judged(one, folders))
    assert judged == sorted(folders - {"tests/browser"})
    (postgres,), (browser,) = of["postgres"], of["browser"]
    assert "tests/browser" in browser.command
    assert {each for each in postgres.command if each.startswith("--ignore")} == set(check.PURE)
    assert all(one.command[: len(check.PYTEST)] == check.PYTEST for one in of["sqlite"])
    # Besides the folders, one part runs what lies in `tests` itself.
    assert sum("tests" in one.command for one in of["sqlite"]) == 1


def _judged(one: check.Part, folders: set[str]) -> set[str]:
    left = {each.removeprefix("--ignore=") for each in one.command if each.startswith("--ignore=")}
    return folders - left if "tests" in one.command else folders & set(one.command)


def test_ci_runs_everything_and_goes_without_nothing():
    run = ROOT / ".ci" / "run"
    text = run.read_text(encoding="utf-8")
    assert os.access(run, os.X_OK), "chmod +x .ci/run"
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert re.search(r"^exec make test\b", text, re.MULTILINE)
    assert "SKIP" + "_" not in text


def test_make_installs_by_hash_and_knows_no_address():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    for depth in ("run", "test"):
        assert f"--require-hashes -r lock/{depth}.txt" in text
    assert text.count("--no-deps --no-build-isolation -e .") == 2
    assert "://" not in text
    assert not re.search(r"index-url|find-links|trusted-host", text)
