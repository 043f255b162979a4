"""A PostgreSQL of the tests' own: made, used and gone within one run, beside whatever servers this machine has.

`python -m tests.database -- COMMAND …` runs the command with the address of such a server in
DATABASE_URL and TEST_DATABASE_URL, and TEST_DATABASE=postgres.
"""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn, Self, TypedDict

import psycopg

from scripts.need_postgres import need

DATABASE = "tests"
ROLE = "tester"  # owns the database and is no superuser, as in a real installation
START_WITHIN = 60  # seconds
IN_MEMORY = 2 * 1024**3  # bytes free; a run holds some 300 MiB at a time
SETTINGS = {
    "listen_addresses": "",  # a socket in a private directory: no port to collide on, nobody else can come in
    "fsync": "off",  # nothing here outlives the run
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "40",
    "autovacuum": "off",
    "timezone": "UTC",
}


class Account(TypedDict, total=False):
    """Whom to start a program as; empty: as ourselves."""

    user: int
    group: int
    extra_groups: list[int]


class TemporaryPostgres:
    """A running server within the `with` block; stopped and removed however the block ends, SIGTERM included."""

    def __init__(self, programs: Path | None = None) -> None:
        self._programs = programs
        self._root: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._before: signal.Handlers | object = None

    @property
    def url(self) -> str:
        """The address for SQLAlchemy."""
        return f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={self.socket_directory}"

    @property
    def socket_directory(self) -> Path:
        assert self._root is not None, "the server runs within `with TemporaryPostgres() as server:` only"
        return self._root / "socket"

    def __enter__(self) -> Self:
        programs = self._programs or need()
        self._catch_sigterm()
        atexit.register(self.stop)
        try:
            self._root = Path(tempfile.mkdtemp(prefix="pg-", dir=_room()))
            for name in ("data", "socket"):
                (self._root / name).mkdir(mode=0o700)
            account = self._hand_over(self._root)
            self._initdb(programs, account)
            self._start(programs, account)
            self._create_database()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Safe to call at any time and more than once."""
        server, self._server = self._server, None
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)  # "fast": sessions are cut off, nobody is waited for
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(10)
        root, self._root = self._root, None
        if root is not None:
            shutil.rmtree(root, ignore_errors=True)
        atexit.unregister(self.stop)
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)  # type: ignore[arg-type]  # what signal.signal itself returned
            self._before = None

    def _catch_sigterm(self) -> None:
        """Turns a SIGTERM into SystemExit, unless somebody handles it already or this is not the main thread."""
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            self._before = signal.signal(signal.SIGTERM, _leave)

    @staticmethod
    def _hand_over(root: Path) -> Account:
        """The unprivileged account that owns the directory from now on; empty where we are unprivileged ourselves.

        PostgreSQL refuses to run as root.
        """
        if os.geteuid() != 0:
            return {}
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                found = pwd.getpwnam(name)
                for path in (root, root / "data", root / "socket"):
                    os.chown(path, found.pw_uid, found.pw_gid)
                return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
        message = "There is neither an account `postgres` nor `nobody` to run PostgreSQL as: it refuses to run as root."
        raise RuntimeError(message)

    def _initdb(self, programs: Path, account: Account) -> None:
        assert self._root is not None
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            self._root / "data",
            "-U",
            "postgres",
            "--auth=trust",
            "--no-sync",
        ]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]  # the same order of letters on every machine
        done = subprocess.run(
            command, cwd=self._root, capture_output=True, text=True, check=False, env=_plain(), **account
        )
        if done.returncode:
            message = f"initdb failed:\n{done.stdout}{done.stderr}"
            raise RuntimeError(message)

    def _start(self, programs: Path, account: Account) -> None:
        assert self._root is not None
        command: list[str | Path] = [programs / "postgres", "-D", self._root / "data", "-k", self._root / "socket"]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        if shutil.which("setpriv"):
            # Even a killed run, which cleans nothing up, leaves no server behind.
            command = ["setpriv", "--pdeathsig", "INT", "--", *command]
        with (self._root / "log").open("wb") as log:
            self._server = subprocess.Popen(
                command,
                cwd=self._root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal ends the tests first, then they end the server
                env=_plain(),
                **account,
            )

    def _create_database(self) -> None:
        assert self._root is not None
        assert self._server is not None
        ready_until = time.monotonic() + START_WITHIN
        address = f"host={self.socket_directory} user=postgres dbname=postgres"
        while True:
            try:
                with psycopg.connect(address, autocommit=True) as connection:
                    connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
                    connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
                    return
            except psycopg.OperationalError as error:
                if self._server.poll() is not None or time.monotonic() > ready_until:
                    log = (self._root / "log").read_text(errors="replace")
                    message = f"PostgreSQL did not start:\n{log}"
                    raise RuntimeError(message) from error
                time.sleep(0.02)


def _room() -> Path:
    """A directory for temporary files that the server's account can enter too, should we be root."""
    usual = Path(tempfile.gettempdir()).resolve()
    memory = Path("/dev/shm")  # noqa: S108  # a directory of its own is made inside
    # Each test makes a database of some hundred files and drops it: on a disk that is what the run waits for.
    roomy = memory.is_dir() and shutil.disk_usage(memory).free >= IN_MEMORY
    for place in (memory, usual) if roomy else (usual, Path("/var/tmp"), memory):  # noqa: S108  # as above
        if os.geteuid() != 0 or (
            place.is_dir() and all(each.stat().st_mode & 0o001 for each in (place, *place.parents))
        ):
            return place
    message = f"{usual} is closed to other accounts, and PostgreSQL refuses to run as root: set TMPDIR."
    raise RuntimeError(message)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _plain() -> dict[str, str]:
    """The environment without PG…, which would send the server's own programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def main(arguments: list[str]) -> int:
    """The exit code of the command that ran beside the server."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("python -m tests.database -- COMMAND …", file=sys.stderr)  # noqa: T201  # this is a command
        return 2
    with TemporaryPostgres() as server:
        address = {"TEST_DATABASE": "postgres", "TEST_DATABASE_URL": server.url, "DATABASE_URL": server.url}
        running = subprocess.Popen(command, env=_plain() | address)
        try:
            return running.wait()
        finally:
            if running.poll() is None:
                running.terminate()
                try:
                    running.wait(10)
                except subprocess.TimeoutExpired:
                    running.kill()
                    running.wait()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
