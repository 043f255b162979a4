"""A Chromium for the walk in a browser: found, or as root installed from Debian's packages; else one sentence."""

import shutil
import sys
from pathlib import Path

from scripts.need_postgres import MissingError, install

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "Chromium was neither found nor could it be installed: install it (Debian: apt-get install chromium), "
    "or set SKIP_BROWSER=1 to go without the walk in a browser."
)


def find() -> Path | None:
    """The program, by any of the names it goes under."""
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def need() -> Path:
    """The program, installed if need be; MissingError with a sentence otherwise."""
    found = find()
    if found is None and install("chromium"):
        found = find()
    if found is None:
        raise MissingError(MISSING)
    return found


if __name__ == "__main__":
    try:
        print(need())
    except MissingError as missing:
        sys.exit(str(missing))
