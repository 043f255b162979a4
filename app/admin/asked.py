"""What the address of a page asks for; what cannot be meant is refused."""

from __future__ import annotations

from collections.abc import Collection

from flask import request
from werkzeug.exceptions import BadRequest

from app.admin.listing import BIGGEST_ID, number


def in_range(record_id: int) -> int:
    """A number that no database can hold names no record: the same 404 everywhere."""
    return record_id if 0 < record_id < BIGGEST_ID else 0


def asked_number(name: str) -> int | None:
    raw = request.args.get(name, "")
    if not raw:
        return None
    try:
        return number(raw)
    except ValueError as error:
        raise BadRequest from error


def asked_flag(name: str) -> bool:
    return asked_word(name, ("", "0", "1")) == "1"


def asked_word(name: str, known: Collection[str]) -> str:
    raw = request.args.get(name, "")
    if raw not in known:
        raise BadRequest
    return raw
