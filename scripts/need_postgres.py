"""A PostgreSQL server for the tests: found, or as root installed from Debian's packages; else one sentence."""

import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

OLDEST = 15
DEBIAN = Path("/usr/lib/postgresql")
ONE_AT_A_TIME = threading.Lock()  # the package manager serves one caller
MISSING = (
    f"PostgreSQL {OLDEST} or newer was neither found nor could it be installed: install a server "
    "(Debian: apt-get install postgresql), or set SKIP_POSTGRES=1 to go without the tests on PostgreSQL."
)


class MissingError(RuntimeError):
    """What is needed is not here; the text says what to do."""


def version(bin_directory: Path) -> int:
    """The major version of the server in this directory; 0 where there is no complete server."""
    if not all(os.access(bin_directory / name, os.X_OK) for name in ("postgres", "initdb")):
        return 0
    told = subprocess.run([bin_directory / "postgres", "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(number[1]) if number else 0


def find(debian: Path = DEBIAN) -> Path | None:
    """The directory of the newest suitable server: Debian's versioned directories, then the PATH."""
    candidates = sorted(debian.glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    return next((each for each in candidates if version(each) >= OLDEST), None)


def install(*packages: str) -> bool:
    """Whether Debian's package manager could install these; only root may try."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {', '.join(packages)} …", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    options = ["-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    with ONE_AT_A_TIME:
        # Old lists may do where fresh ones cannot be had: what counts is whether the packages come.
        _run(["apt-get", "update", "-qq"], quiet)
        done = _run(["apt-get", "install", *options, *packages], quiet)
    if done.returncode:
        print(done.stdout[-3000:], file=sys.stderr, flush=True)
    return done.returncode == 0


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def need(debian: Path = DEBIAN) -> Path:
    """The directory of a suitable server, installed if need be; MissingError with a sentence otherwise."""
    found = find(debian)
    if found is None and install("postgresql"):
        found = find(debian)
    if found is None:
        raise MissingError(MISSING)
    return found


if __name__ == "__main__":
    try:
        print(need())
    except MissingError as missing:
        sys.exit(str(missing))
