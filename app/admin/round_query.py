"""What the address of a page of results or of a grid asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request

from app.admin.asked import asked_flag, asked_number, asked_word
from app.models.enumeration import AssessmentStatus, UnitKind

KINDS = {"school": UnitKind.SCHOOL, "municipality": UnitKind.MUNICIPALITY}
KIND_WORDS = {UnitKind.SCHOOL: "Листы школ", UnitKind.MUNICIPALITY: "Муниципальные листы"}


@dataclass(frozen=True, slots=True)
class RoundQuery:
    """The cut of a round that a page shows, and its addresses."""

    municipality_id: int | None
    kind: UnitKind | None
    everything: bool
    status: AssessmentStatus | None
    clean: bool
    sort: str

    @classmethod
    def asked(cls) -> RoundQuery:
        """Raises BadRequest for a value that the page does not know."""
        kind = asked_word("kind", ("", *KINDS))
        status = asked_word("status", ("", *AssessmentStatus))
        return cls(
            municipality_id=asked_number("municipality"),
            kind=KINDS[kind] if kind else None,
            everything=asked_flag("all"),
            status=AssessmentStatus(status) if status else None,
            clean=asked_flag("clean"),
            sort=request.args.get("sort", ""),
        )

    def url(self, address: str, **changes: Any) -> str:
        """The same cut at an address, with some parts changed; what is empty is left out."""
        parts = {
            "municipality": self.municipality_id,
            "kind": self.kind.value if self.kind is not None else "",
            "all": "1" if self.everything else "",
            "status": self.status.value if self.status is not None else "",
            "clean": "1" if self.clean else "",
            "sort": self.sort,
        } | changes
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"{address}?{query}" if query else address
