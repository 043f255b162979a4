"""The server of the tests starts, serves and leaves nothing behind, however the run ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.sql import func, literal

from tests.database import ROLE, TemporaryPostgres, main

pytestmark = pytest.mark.postgres
SAY_AND_WAIT = "import os, time; print(os.environ['TEST_DATABASE_URL'], flush=True); time.sleep(60)"


def directory(url: str) -> Path:
    return Path(url.partition("?host=")[2]).parent


def is_up(url: str) -> bool:
    try:
        psycopg.connect(url.replace("+psycopg", "")).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_server_serves_russian_text_to_an_unprivileged_role_and_is_gone():
    with TemporaryPostgres() as server:
        url = server.url
        engine = create_engine(url)
        with engine.connect() as connection:
            row = connection.execute(
                select(func.lower("ИВАНОВА Ё"), literal("ШКОЛА").ilike("школ%"), func.current_setting("is_superuser"))
            ).one()
            assert tuple(row) == ("иванова ё", True, "off")
            assert connection.scalar(select(func.current_user())) == ROLE
        engine.dispose()
        assert is_up(url)
    assert not is_up(url)
    assert not directory(url).exists()


def test_an_error_inside_leaves_nothing():
    urls = []

    def fail() -> None:
        with TemporaryPostgres() as server:
            urls.append(server.url)
            raise LookupError

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(LookupError):
        fail()
    assert not is_up(urls[0])
    assert not directory(urls[0]).exists()
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_told_to_stop_leaves_nothing(number):
    command = [sys.executable, "-m", "tests.database", "--", sys.executable, "-c", SAY_AND_WAIT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        url = run.stdout.readline().strip()
        assert is_up(url)
        run.send_signal(number)
        assert run.wait(30) != 0
        assert run.stdout.read() == ""
    assert not is_up(url)
    assert not directory(url).exists()


def test_a_killed_run_leaves_no_server():
    command = [sys.executable, "-m", "tests.database", "--", sys.executable, "-c", SAY_AND_WAIT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as run:
        url = run.stdout.readline().strip()
        pid = int((directory(url) / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        os.killpg(run.pid, signal.SIGKILL)
    for _ in range(200):
        if not Path(f"/proc/{pid}").exists():
            break
        signal.sigtimedwait([], 0.05)
    assert not is_up(url)
    subprocess.run(["rm", "-r", directory(url)], check=True)


def test_the_exit_code_is_the_command_s(capfd):
    assert main(["--", sys.executable, "-c", "import os; print(os.environ['TEST_DATABASE']); raise SystemExit(7)"]) == 7
    assert capfd.readouterr().out == "postgres\n"


def test_a_command_is_asked_for(capsys):
    assert main(["--"]) == 2
    assert "COMMAND" in capsys.readouterr().err


def test_a_server_that_cannot_start_says_why(monkeypatch):
    monkeypatch.setattr("tests.database.SETTINGS", {"no_such_setting": "1"})
    with pytest.raises(RuntimeError, match=r"did not start:[\s\S]*no_such_setting"), TemporaryPostgres():
        pass


def test_a_closed_directory_for_temporary_files_does_no_harm(tmp_path, monkeypatch):
    tmp_path.chmod(0o700)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with TemporaryPostgres() as server:
        assert is_up(server.url)
