"""The rows ticked in a list, as its form sends them."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from app.forms.base import row_number
from app.policies.refusal import Invalid

MOST_TICKED = 2000


def ticked_rows(sentence: str) -> list[tuple[int, int | None]]:
    """«number:version», the version that the person saw where the list tells it.

    Raises Invalid with the sentence where nothing is ticked.
    """
    ticked = []
    for raw in request.form.getlist("id")[:MOST_TICKED]:
        number, _, version = raw.partition(":")
        if (found := row_number(number)) is not None:
            ticked.append((found, row_number(version)))
    if not ticked:
        raise Invalid(sentence)
    return ticked


def carried_on(ticked: Iterable[tuple[int, int | None]]) -> list[str]:
    """As the next page sends them again."""
    return [f"{number}:{version}" if version else str(number) for number, version in ticked]
