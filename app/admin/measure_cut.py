"""What the timeline and the board are narrowed to: out of the address, into addresses, chips and the form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from app.admin.asked import asked_number, asked_word
from app.admin.listing import Option
from app.admin.unit_names import municipality_options
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import MeasurePriority
from app.services.measure_cut import CutNames, MeasureCut, causes_to_choose, names_of, units_to_choose
from app.web.session import current_actor, guarded

Chip = tuple[str, str, str]
STATES = {"": "Все", "live": "Незавершённые", "overdue": "Просроченные"}


@dataclass(frozen=True, slots=True)
class CutForm:
    """What the form over the page offers; empty lists are not shown."""

    municipalities: Sequence[Option]
    units: Sequence[tuple[int, str]]
    causes: Sequence[tuple[int, str]]
    priorities: Sequence[MeasurePriority] = tuple(MeasurePriority)


@dataclass(frozen=True, slots=True)
class CutAsked:
    """The cut, its names, and the address of the page with a part of it changed."""

    address: str
    cut: MeasureCut
    names: CutNames
    state: str
    more: dict[str, Any]

    def url(self, address: str = "", **changes: Any) -> str:
        cut = self.cut
        parts = {
            "municipality": cut.municipality_id,
            "unit": cut.unit_id,
            "cause": cut.cause_id,
            "priority": cut.priority.value if cut.priority is not None else "",
            "state": self.state,
        }
        query = urlencode({name: value for name, value in (parts | self.more | changes).items() if value})
        target = address or self.address
        return f"{target}?{query}" if query else target

    def register_url(self, **more: Any) -> str:
        """The register of measures narrowed alike."""
        parts = {
            "municipality": self.cut.municipality_id,
            "unit": self.cut.unit_id,
            "cause": self.cut.cause_id,
            "priority": self.cut.priority.value if self.cut.priority is not None else "",
            "term": "overdue" if self.cut.only_overdue else "",
        }
        query = urlencode({name: value for name, value in (parts | more).items() if value})
        return f"/corrective-measures/?{query}" if query else "/corrective-measures/"

    @property
    def chips(self) -> list[Chip]:
        cut, found = self.cut, []
        if cut.municipality_id is not None:
            found.append(("Муниципалитет", self.names.municipality, self.url(municipality="", unit="")))
        if cut.unit_id is not None:
            found.append(("Организация", self.names.unit, self.url(unit="")))
        if cut.cause_id is not None:
            found.append(("Причина", self.names.cause, self.url(cause="")))
        if cut.priority is not None:
            found.append(("Приоритет", cut.priority.label, self.url(priority="")))
        if self.state:
            found.append(("Показаны", STATES[self.state].lower(), self.url(state="")))
        return found

    @property
    def words(self) -> str:
        """The cut in words, for the heading of a workbook and for the journal."""
        return "; ".join(f"{label}: {value}" for label, value, _ in self.chips)


def cut_asked(address: str, **more: Any) -> CutAsked:
    """Raises BadRequest for what cannot be meant, NotFound for a unit or a cause out of sight."""
    priority = asked_word("priority", ("", *MeasurePriority))
    state = asked_word("state", tuple(STATES))
    cut = MeasureCut(
        asked_number("municipality"),
        asked_number("unit"),
        asked_number("cause"),
        MeasurePriority(priority) if priority else None,
        only_live=state == "live",
        only_overdue=state == "overdue",
    )
    return CutAsked(address, cut, names_of(guarded(), cut), state, more)


def cut_form(asked: CutAsked) -> CutForm:
    """Whole trees are chosen from above: the region takes a municipality, then a unit of it."""
    actor, session = current_actor(), guarded()
    place = asked.cut.municipality_id
    if actor.unit_kind is UnitKind.MUNICIPALITY:
        place = actor.unit_id
    sees_below = actor.unit_kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}
    return CutForm(
        municipalities=municipality_options() if actor.unit_kind is UnitKind.REGION else (),
        units=units_to_choose(session, place) if sees_below and place is not None else (),
        causes=causes_to_choose(session),
    )
