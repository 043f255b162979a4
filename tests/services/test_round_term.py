"""The term of a sheet against a table written by hand: the page, the lists, the annex and the note say the same."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import literal, select

from app.admin.assessment_page import AssessmentPage
from app.admin.cells import term_word
from app.models import Assessment, MonitoringRound
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import UnitKind
from app.policies.unscoped import open_session
from app.services import round_register, round_state
from app.services.round_term import Term, came_in_time, is_late
from tests.factories.monitoring import fill_sheet, hold_round

EARLY, DUE, LATE = date(2026, 10, 20), date(2026, 11, 1), date(2026, 11, 5)
# By unit: the state, the first day of sending, and what is true after the term, and on its last day.
SHEETS = {
    "municipality": (Status.DRAFT, None, Term.MISSED, Term.OPEN),
    # Returned, sent anew and recalled: in the hands of the unit again.
    "school": (Status.DRAFT, EARLY, Term.MISSED, Term.OPEN),
    "school2": (Status.DRAFT, LATE, Term.MISSED, Term.OPEN),
    "municipality2": (Status.EXCUSED, LATE, Term.OPEN, Term.OPEN),
    "school_b": (Status.RETURNED, DUE, Term.IN_TIME, Term.IN_TIME),
    "school_c": (Status.SUBMITTED, LATE, Term.LATE, Term.LATE),
    "regional_school": (Status.APPROVED, EARLY, Term.IN_TIME, Term.IN_TIME),
}


def test_every_place_tells_the_term_alike(engine, world, work):
    held = hold_round(engine, world, units=tuple(SHEETS), due_on=DUE, locks_on=date(2026, 12, 1))
    for unit, (status, first, *_) in SHEETS.items():
        fill_sheet(engine, world, held, unit, {}, status=status, day=first or EARLY)
    with open_session(engine, reason="tests set the first day of sending") as session:
        session.connection(execution_options={"writes": True})
        for unit, (_, first, *_) in SHEETS.items():
            session.get_one(Assessment, held.assessments[unit]).first_submitted_on = first
    names = {held.assessments[unit]: unit for unit in SHEETS}
    session = work("region")
    row = session.get_one(MonitoringRound, held.round_id)
    for today, place in ((date(2026, 11, 2), 2), (DUE, 3)):
        expected = {unit: facts[place] for unit, facts in SHEETS.items()}
        sheets = round_state.sheets_of(session, row, today=today)
        assert {names[sheet.id]: sheet.term for sheet in sheets} == expected
        registered = round_register.register(session, held.round_id)
        assert {names[one.id]: one.term(DUE, today) for one in registered} == expected
        asked = select(Assessment.id, is_late(literal(DUE), literal(today)), came_in_time(literal(DUE)))
        told = {names[number]: (bool(late), bool(came)) for number, late, came in session.execute(asked)}
        assert told == {unit: (term.is_late, term is Term.IN_TIME) for unit, term in expected.items()}
        state = round_state.state_of_round(session, row, today=today).total
        assert state == round_state.tally_of(sheets)
        annexed = round_register.tally(registered, UnitKind.SCHOOL, DUE, today, ())
        assert (state.in_time, state.late) == (
            annexed.terms[Term.IN_TIME],
            annexed.terms[Term.LATE] + annexed.terms[Term.MISSED],
        )


@pytest.mark.parametrize("unit", SHEETS)
def test_the_page_of_a_sheet_says_the_same(unit):
    status, first, after, on_the_day = SHEETS[unit]
    sheet = SimpleNamespace(
        assessment=SimpleNamespace(status=status, first_submitted_on=first), round=SimpleNamespace(due_on=DUE)
    )
    for today, term in ((date(2026, 11, 2), after), (DUE, on_the_day)):
        page = AssessmentPage(sheet, None, today, [], {}, [], [], assigns=False, found=None)
        assert page.is_late is (term is Term.LATE)
        assert page.term[1:] == (term_word(DUE, today) if status is Status.DRAFT else ("", ""))
