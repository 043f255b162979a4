"""LibreOffice Writer for the look of letters: found, or as root installed from Debian's packages; else nothing."""

import shutil
from pathlib import Path

from scripts.need_postgres import install

MISSING = (
    "LibreOffice Writer was not found: letters are not laid out (Debian: apt-get install libreoffice-writer-nogui)."
)
# The part of LibreOffice that lays text out; Calc alone comes without it.
WRITER = "libswlo.so"


def find() -> Path | None:
    """The program, where it has Writer."""
    found = shutil.which("soffice")
    return Path(found) if found and (Path(found).resolve().parent / WRITER).exists() else None


def need() -> Path | None:
    """The program, installed if need be; what is laid out without it is skipped."""
    found = find()
    if found is None and install("libreoffice-writer-nogui"):
        found = find()
    return found


if __name__ == "__main__":
    print(need() or MISSING)
