"""One folding of words for search, the same on every database: case does not matter, «ё» is «е»."""

from __future__ import annotations

import re

_GAPS = re.compile(r"[\s\u00a0\u202f]+")


def folded(*parts: str | None) -> str:
    """The parts in lower case, «ё» as «е», runs of white space as one space."""
    text = " ".join(part for part in parts if part)
    return _GAPS.sub(" ", text.casefold().replace("ё", "е")).strip()


def like_pattern(typed: str) -> str:
    r"""A LIKE pattern (escape character «\») that finds what was typed anywhere in a folded text."""
    escaped = folded(typed).replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
