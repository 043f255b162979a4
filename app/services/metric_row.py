"""One record behind a measured number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CountedRow:
    """`counts` false: looked at and not taken, `why` says the reason."""

    label: str
    counts: bool
    why: str = ""
    unit_id: int | None = None
    evidence_id: int | None = None
    url: str = ""
    staff_member_id: int | None = None
    certificate_id: int | None = None
