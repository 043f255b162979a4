"""Names of files as people gave them, made fit to be shown and offered for saving; never used as a path."""

import re
import unicodedata
from typing import Final

MAX_NAME_CHARS: Final = 200
_UNNAMED: Final = "файл"
_SEPARATORS: Final = re.compile(r"[/\\]")
# Signs that Windows does not allow in a name.
_UNSAVABLE: Final = re.compile(r'[<>:"|?*]')
# An extension has a letter: «Приказ № 3.12» and «от 09.01.2023» have none.
_EXTENSION: Final = re.compile(r"\.(?=[a-z0-9]*[a-z])([a-z0-9]{1,5})$", re.IGNORECASE)


def display_name(raw: str, *, extension: str = "") -> str:
    """The last part of the name without unseen characters, at most 200 characters; the extension added if it has none.

    Control characters, bidirectional overrides and lone surrogates go; dots and blanks at either end too.
    """
    name = unicodedata.normalize("NFC", "".join(sign for sign in raw if _seen(sign)))
    name = _UNSAVABLE.sub("_", _SEPARATORS.split(name.rstrip("/\\ "))[-1])
    name = " ".join(name.split()).strip(". ") or _UNNAMED
    ending = name[len(name) - len(found[0]) :] if (found := _EXTENSION.search(name)) else ""
    if not ending and extension:
        ending = f".{extension}"
        name += ending
    stem = name[: len(name) - len(ending)].rstrip(". ") or _UNNAMED
    return stem[: MAX_NAME_CHARS - len(ending)].rstrip(". ") + ending


def workbook_name(title: str) -> str:
    """«title.xlsx» without what a file system refuses."""
    kept = ("-" if sign in '\\/:*?"<>|' or not sign.isprintable() else sign for sign in title)
    return f"{''.join(kept)}.xlsx"


def extension_of(raw: str) -> str:
    """The extension of the shown name in lower case without the dot, or nothing."""
    found = _EXTENSION.search(display_name(raw))
    return found[1].lower() if found else ""


def _seen(sign: str) -> bool:
    """Anything but controls, formats (Cf holds the bidirectional overrides), surrogates and private signs."""
    return sign in "\t\n" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
