"""Coverage of a requirement: municipality → schools → people, who is missing, the annex in Excel."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from urllib.parse import urlencode

from flask import Response, render_template, request
from flask_admin import expose

from app.admin.asked import asked_number, asked_word, in_range
from app.admin.downloads import attachment
from app.admin.page_view import PageView
from app.admin.training_coverage_words import crumbs, forecast_words, is_alarming, parts_of, unit_words
from app.excel.annexes.training_coverage import write
from app.forms.base import row_number
from app.models import TrainingRequirement
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CoverageCount, RequirementStatus
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services import audit, clock, enrolment, training_coverage_annex
from app.services.training_coverage import Coverage, CoverageState, UnitRow, coverage
from app.services.training_coverage_people import lacking, people_behind
from app.services.training_proposal import group_on_topic, open_groups, require_active
from app.web.session import begin_writing, current_actor, guarded, today
from app.web.shell import shell

# More people than this make a page that nobody reads: the reader chooses a municipality.
MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class CoverageQuery:
    """The cut that the page shows, and its addresses."""

    municipality_id: int | None
    state: CoverageState | None

    @classmethod
    def asked(cls) -> CoverageQuery:
        """Raises BadRequest for a value that the page does not know."""
        state = asked_word("state", ("", *CoverageState))
        return cls(asked_number("municipality"), CoverageState(state) if state else None)

    def url(self, address: str, **changes: Any) -> str:
        parts = {
            "municipality": self.municipality_id,
            "state": self.state.value if self.state is not None else "",
        } | changes
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"{address}?{query}" if query else address


def requirement_of(record_id: int) -> TrainingRequirement:
    found = guarded().get(TrainingRequirement, in_range(record_id))
    if found is None:
        raise NotFound
    return found


def shows(row: UnitRow, state: CoverageState | None) -> bool:
    """Whether the number of this state counts something of the unit."""
    return state is None or bool(getattr(row.figures, state.value))


class TrainingCoverageView(PageView):
    """Stands beside the register of requirements, at the same prefix, under an endpoint of its own."""

    closed = "Охват обучением не открыт для ваших полномочий."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "coverage"
        super().__init__(name="Охват", endpoint="training_coverage", url="/training-requirements")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.REQUIREMENT_READ)

    @expose("/<int:requirement_id>/coverage")
    def coverage(self, requirement_id: int) -> str:
        held, query, actor = requirement_of(requirement_id), CoverageQuery.asked(), current_actor()
        session, day = guarded(), today()
        found = coverage(session, actor, held, today=day, municipality_id=query.municipality_id)
        whole_region = actor.unit_kind is UnitKind.REGION and query.municipality_id is None
        by_place = whole_region and query.state is None and len(found.by_municipality) > 1
        rows = [] if by_place else [row for row in found.units if shows(row, query.state)]
        shown = rows[:MOST_SHOWN]
        people = people_behind(session, actor, held, today=day, municipality_id=query.municipality_id) if shown else {}
        address = self.get_url("training_coverage.coverage", requirement_id=held.id)
        return render_template(
            "training_coverage/coverage.html",
            shell=shell(*crumbs(held, "Охват")),
            held=held,
            found=found,
            figures=found.figures,
            parts=parts_of(found.figures),
            whole=unit_words(found.counts, found.total),
            forecast=forecast_words(found.forecast, held),
            alarming=is_alarming(found.forecast),
            each_counts=found.counts is CoverageCount.PEOPLE,
            by_place=by_place,
            rows=shown,
            left_out=len(rows) - len(shown),
            people=people,
            query=query,
            address=address,
            states=list(CoverageState),
            chips=_chips(query, found, address),
            names_places=whole_region,
            **_tabs(held),
        )

    @expose("/<int:requirement_id>/missing", methods=("GET", "POST"))
    def missing(self, requirement_id: int) -> str | tuple[str, int]:
        """«Кто не обучен»; ticked people go to a group by one application, each with a verdict."""
        held = requirement_of(requirement_id)
        if request.method == "GET":
            return self._missing_page(held)
        actor, session = current_actor(), guarded()
        require_active(held)
        chosen = [number for number in map(row_number, request.form.getlist("person")) if number is not None]
        try:
            if not chosen:
                raise Invalid("Отметьте, кого заявить.", field="person")  # noqa: TRY301 - shown at its field below
            group = group_on_topic(session, held, row_number(request.form.get("group")) or 0)
            verdicts = enrolment.apply(
                session, actor, group, chosen, requirement_id=held.id, now=clock.now(), today=today()
            )
        except (Invalid, WrongState) as refusal:
            session.rollback()
            page = self._missing_page(requirement_of(requirement_id), refusal.sentence, chosen)
            return page, 409 if isinstance(refusal, WrongState) else 422
        return render_template(
            "training_coverage/verdicts.html",
            shell=shell(*crumbs(held, "Заявки")),
            held=held,
            sent=[(group.id, group.title, verdicts)],
            verdicts=verdicts,
        )

    def _missing_page(self, held: TrainingRequirement, problem: str = "", chosen: list[int] | None = None) -> str:
        actor, session, day = current_actor(), guarded(), today()
        municipality_id = asked_number("municipality")
        found = coverage(session, actor, held, today=day)
        known = people_behind(session, actor, held, today=day, municipality_id=municipality_id)
        places = {place.municipality_id: place for place in found.by_municipality}
        if municipality_id is not None and municipality_id not in places:
            raise NotFound
        units = [row for row in found.units if municipality_id in {None, row.municipality_id}]
        left = lacking(units, known, found.counts)
        people = [(one.unit, person) for one in left for person in one.people]
        may_apply = actor.may(Permission.ENROLMENT_APPLY) and held.status is RequirementStatus.ACTIVE
        return render_template(
            "training_coverage/missing.html",
            shell=shell(*crumbs(held, "Кто не обучен")),
            held=held,
            problem=problem,
            chosen=set(chosen or ()),
            people=people[:MOST_SHOWN],
            left_out=max(len(people) - MOST_SHOWN, 0),
            unknown=[one.unit for one in left if one.unit.state is CoverageState.UNKNOWN],
            units=len({unit.unit_id for unit, _ in people}),
            each_counts=found.counts is CoverageCount.PEOPLE,
            places=list(places.values()) if len(places) > 1 else [],
            place=places.get(municipality_id or 0),
            groups=open_groups(session, held, today=day) if may_apply else (),
            may_apply=may_apply,
            may_write_staff=actor.may(Permission.STAFF_WRITE),
            address=self.get_url("training_coverage.missing", requirement_id=held.id),
            **_tabs(held),
        )

    @expose("/<int:requirement_id>/annex")
    def annex(self, requirement_id: int) -> Response:
        """«Информация о повышении квалификации …» in the asker's scope; the journal keeps who took it."""
        actor, session = current_actor(), guarded()
        now = clock.local(clock.now(), actor.time_zone)
        annex = training_coverage_annex.build(session, actor, in_range(requirement_id), as_of=now)
        target = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed when the answer has been sent
        write(target, annex.content)
        begin_writing()
        audit.record_event(session, annex.requirement, "export", rows=annex.rows_taken)
        return attachment(target, annex.file_name)


def _tabs(held: TrainingRequirement) -> dict[str, bool]:
    """What the tabs of a requirement depend on."""
    actor = current_actor()
    return {
        "may_propose": actor.may(Permission.ENROLMENT_APPLY) and held.status is RequirementStatus.ACTIVE,
        "may_export": actor.may(Permission.EXPORT) and held.status is not RequirementStatus.DRAFT,
    }


def _chips(query: CoverageQuery, found: Coverage, address: str) -> list[tuple[str, str, str]]:
    chips = []
    if query.municipality_id is not None:
        name = next((place.name for place in found.by_municipality), "без адресатов")
        chips.append(("Муниципалитет", name, query.url(address, municipality="")))
    if query.state is not None:
        chips.append(("Показаны", query.state.label, query.url(address, state="")))
    return chips
