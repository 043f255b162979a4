"""Numbers of documents that run on: what stands before the last figures is kept, and so are the zeros."""

from __future__ import annotations

import re

_RUNNING = re.compile(r"(?P<prefix>.*?)(?P<figures>[0-9]{1,18})", re.DOTALL)


def prefix_of(number: str) -> str | None:
    """What stands before the figures at the end; None where the number does not end with figures."""
    parts = _RUNNING.fullmatch(number)
    return None if parts is None else parts["prefix"]


def run(first: str, count: int) -> list[str]:
    """`count` numbers from the first on: «ПК-0099», «ПК-0100». Raises ValueError for another ending."""
    parts = _RUNNING.fullmatch(first)
    if parts is None:
        raise ValueError(first)
    figures = parts["figures"]
    return [parts["prefix"] + str(int(figures) + step).zfill(len(figures)) for step in range(count)]


def following(number: str, year_of_last: int, year: int) -> str:
    """The number after this one; where its prefix names the year, another year begins at one. "" without figures."""
    parts = _RUNNING.fullmatch(number)
    if parts is None:
        return ""
    prefix, figures = parts["prefix"], parts["figures"]
    if year != year_of_last and str(year_of_last) in prefix:
        return prefix.replace(str(year_of_last), str(year)) + "1".zfill(len(figures))
    return run(number, 2)[1]
