"""Why the outside could not be asked."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    ADDRESS = "address"
    INNER = "inner address"
    NO_HOST = "no such host"
    CERTIFICATE = "certificate"
    BROKEN = "no connection"
    TIME_OUT = "time-out"
    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"


# The address itself is wrong, or what stands there: asking again is of no use until a person changes something.
OF_ADDRESS: Final = frozenset({Reason.ADDRESS, Reason.INNER, Reason.NO_HOST, Reason.CERTIFICATE})


class HttpError(RuntimeError):
    """`reason` is a word for the log without data; `sentence` is for people."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.sentence = sentence
