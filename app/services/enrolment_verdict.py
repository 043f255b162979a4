"""What became of one row of an act on many people of a group."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sentence` says what was done and what to mind, or why it was not done; `enrolment_id` is None where none is."""

    staff_member_id: int
    enrolment_id: int | None
    name: str
    ok: bool
    sentence: str
