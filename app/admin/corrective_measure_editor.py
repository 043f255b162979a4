"""The form of a measure with its choices, ready for the template: of a new one, and of one that stands already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from app.admin.corrective_measure_words import names_of, shown_value
from app.forms.corrective_measure import EACH, ONE, MeasureForm, OwnPartForm
from app.forms.order import names_in
from app.models import CorrectiveMeasure, Finding
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services import measure_links, measure_people, measure_proposal
from app.services.measure_access import Hold
from app.services.measure_details import NAMES, TypedMeasure, typed_of
from app.services.measure_figure import Figure
from app.services.measure_figure import shown as shown_figure
from app.services.order_addressees import UnitRegister, register_of
from app.services.order_head import as_people_sort

# What two versions of a measure are compared by.
COMPARED = ("title", "expected_result", "priority", "responsible", "responsible_position", "starts_on", "due_on")
# A school has a hundred teachers.
MOST_STAFF = 300


class MeasureEditor:
    """`measure` is None for a new one. The form keeps what was typed, whatever is refused."""

    shown = staticmethod(shown_figure)

    def __init__(
        self,
        session: GuardedSession,
        actor: Actor,
        today: date,
        *,
        sent: Any = None,
        finding_ids: Sequence[int] = (),
        template_id: int | None = None,
        measure: CorrectiveMeasure | None = None,
        hold: Hold = Hold.ALL,
    ) -> None:
        self.session, self.actor, self.today = session, actor, today
        self.measure, self.hold = measure, hold
        self.now: Figure | None = None
        self.kept: TypedMeasure | None = None
        self.templates: Sequence[Any] = ()
        self.both: list[tuple[str, str, str]] = []
        self.form: OwnPartForm
        if measure is None:
            self._begin(finding_ids, template_id, sent)
        else:
            self._reopen(measure, sent)
        self._offer()

    # ── a new one ────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, finding_ids: Sequence[int], template_id: int | None, sent: Any) -> None:
        proposed = measure_proposal.proposal(
            self.session, self.actor, finding_ids=finding_ids, template_id=template_id, today=self.today
        )
        self.findings = list(proposed.findings)
        self.unit_ids = list(proposed.unit_ids)
        self.templates, self.now = proposed.templates, proposed.now
        self.template = proposed.template
        self.figures = proposed.figures
        if sent is not None:
            self.form = MeasureForm(sent)
            return
        typed = replace(proposed.typed, order_point_id=measure_proposal.answering_point(self.session, self.findings))
        own = self.unit_ids == [self.actor.unit_id]
        if own or not self.unit_ids:
            staff = self._staff.get(self.actor.unit_id or 0, [])
            typed = measure_people.completed(typed, staff)
        self.form = MeasureForm(
            **_shown(typed),
            mode=EACH if self.unit_ids and not own else ONE,
            carrier=self.register.label(self.actor.unit_id or 0),
            findings=[one.id for one in self.findings],
        )

    # ── one that stands ──────────────────────────────────────────────────────────────────────────────

    def _reopen(self, measure: CorrectiveMeasure, sent: Any) -> None:
        self.kept = typed_of(measure)
        self.template = None
        self.findings = measure_links.findings_of(self.session, [measure.id])[measure.id]
        self.unit_ids = measure_links.unit_ids_of(self.session, measure.id)
        self.figures = measure_proposal.figure_choices(self.session, self.findings, self.kept)
        kind = MeasureForm if self.hold is Hold.ALL else OwnPartForm
        if sent is not None:
            self.form = kind(sent)
            return
        self.form = kind(
            **_shown(self.kept),
            version=measure.version,
            units=self.unit_ids,
            findings=[one.id for one in self.findings],
        )

    # ── what both offer ──────────────────────────────────────────────────────────────────────────────

    def _offer(self) -> None:
        form, session = self.form, self.session
        form.training_requirement_id.choices = _with_kept(
            measure_proposal.requirements(session), self.kept.training_requirement_id if self.kept else None
        )
        form.training_group_id.choices = _with_kept(
            measure_proposal.groups(session), self.kept.training_group_id if self.kept else None
        )
        if isinstance(form, MeasureForm):
            form.figure.choices = [(one.value, one.label) for one in self.figures]
            form.order_point_id.choices = _with_kept(
                measure_proposal.points(session), self.kept.order_point_id if self.kept else None
            )
            names = names_of(session, self.unit_ids)
            named = sorted(names.items(), key=lambda pair: as_people_sort(pair[1]))
            form.units.choices = [*named]
        self.offered = self._offered_findings()
        form.findings.choices = [(one.id, one.label) for one in self.offered]
        self.finding_units = names_of(session, {one.org_unit_id for one in self.offered})

    def _offered_findings(self) -> list[Finding]:
        """Those asked for or linked, then the other open ones of the same units."""
        units = self.unit_ids or [self.actor.unit_id or 0]
        known = {one.id for one in self.findings}
        # For many units at once only what was ticked: the rest of their findings would bury it.
        if self.findings and self.measure is None and len(units) > 1:
            return self.findings
        return [
            *self.findings,
            *(one for one in measure_proposal.open_findings(self.session, units) if one.id not in known),
        ]

    @cached_property
    def register(self) -> UnitRegister:
        return register_of(self.session, self.actor.unit_id or 0, today=self.today)

    @cached_property
    def _staff(self) -> dict[int, list[measure_people.Responsible]]:
        """Of the unit that carries the measure out, and of the one unit that it is for."""
        carrier = self.measure.org_unit_id if self.measure is not None else self.actor.unit_id or 0
        units = {carrier, *(self.unit_ids if len(self.unit_ids) == 1 and self.measure is None else ())}
        return measure_people.people(self.session, units)

    @property
    def staff(self) -> list[measure_people.Responsible]:
        """Whom the form offers as responsible; nobody where each of many units names its own."""
        found = [one for people in self._staff.values() for one in people]
        return found[:MOST_STAFF]

    @property
    def positions(self) -> list[str]:
        return list(dict.fromkeys(one.position for one in self.staff))

    @property
    def first_value(self) -> str:
        """What the system has counted for the proposed figure: a shadow in the empty field."""
        return shown_figure(self.now.value) if self.now is not None and self.now.value is not None else ""

    @property
    def is_above(self) -> bool:
        return self.actor.unit_kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}

    @property
    def asks_who(self) -> bool:
        """Whether there is a choice of who carries the measure out."""
        return self.measure is None and self.is_above

    @property
    def url(self) -> str:
        return (
            f"/corrective-measures/{self.measure.id}/edit" if self.measure is not None else "/corrective-measures/new/"
        )

    @property
    def key(self) -> str:
        """Keeps what is typed apart for each start of the form."""
        if self.measure is not None:
            return f"measure-{self.measure.id}"
        chosen = self.template.id if self.template is not None else 0
        first = self.findings[0].id if self.findings else 0
        return f"measure-new-{first}-{len(self.findings)}-{chosen}"

    # ── what was typed ───────────────────────────────────────────────────────────────────────────────

    def typed(self) -> TypedMeasure:
        """Of a form that has been validated."""
        if isinstance(self.form, MeasureForm):
            return self.form.typed(self.kept)
        assert self.kept is not None
        return replace(self.kept, **self.form.own_part())  # type: ignore[arg-type] # names and types are its own

    def named_units(self) -> list[int]:
        """Ticked and typed by name. Raises Invalid for a name that is not one unit's."""
        if not isinstance(self.form, MeasureForm):
            return self.unit_ids
        typed = names_in([self.form.more_units.data or ""])
        found = [self._named(name, "more_units") for name in typed]
        return list(dict.fromkeys([*self.form.unit_ids, *found]))

    def carrier(self) -> int:
        """Raises Invalid for a name that is not one unit's."""
        name = (self.form.carrier.data or "").strip() if isinstance(self.form, MeasureForm) else ""
        if not name or not self.asks_who:
            return self.actor.unit_id or 0
        return self._named(name, "carrier")

    def _named(self, name: str, field: str) -> int:
        own = self.actor.unit_id or 0
        if name.casefold() == self.register.label(own).casefold():
            return own
        return self.register.named(name, field_name=field).id

    def show(self, refusal: Invalid) -> None:
        self.form.show(refusal)

    def show_both(self, conflict: Conflict, saved: CorrectiveMeasure) -> None:
        """Both versions stand side by side; a second save is made against the version that is shown."""
        typed = self.typed()
        for name in COMPARED:
            before, after = getattr(saved, name), getattr(typed, name)
            if before != after and name in self.form:
                self.both.append((self.form[name].label.text, shown_value(before), shown_value(after)))
        self.form.version.raw_data = None
        self.form.version.data = saved.version
        self.form.form_errors.append(conflict.sentence)


def _shown(typed: TypedMeasure) -> dict[str, Any]:
    """As the fields of the form hold it."""
    values = {name: getattr(typed, name) for name in NAMES}
    values["priority"] = typed.priority.value
    values["figure"] = measure_proposal.figure_value(typed)
    return values


def _with_kept(offered: Sequence[tuple[int, str]], kept: int | None) -> list[tuple[Any, str]]:
    """With what stands already, though it is offered no more; its name may be out of sight."""
    found: list[tuple[Any, str]] = [("", "не связана"), *offered]
    if kept is not None and kept not in {number for number, _ in offered}:
        found.append((kept, "как сейчас"))
    return found


def finding_ids_of(raw: Sequence[int | None]) -> list[int]:
    """Raises NotFound for what is no number."""
    if any(number is None for number in raw):
        raise NotFound
    return [number for number in raw if number is not None]
