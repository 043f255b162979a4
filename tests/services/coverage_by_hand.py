"""Coverage as a person counts it, from lists: nothing here knows the product's SQL."""

from __future__ import annotations

from datetime import date

from app.models.enumeration import AddresseeClauseKind as Clause
from app.models.enumeration_of_training import CertificateStatus as Paper
from app.models.enumeration_of_training import CoverageCount
from app.models.enumeration_of_training import EnrolmentStatus as Seat
from app.services.training_coverage import CoverageState, Figures

TODAY = date(2026, 11, 22)
STARTS, DUE = date(2026, 1, 1), date(2026, 12, 31)
# name of the world: (kind, its municipality)
UNITS = {
    "municipality": ("municipality", "municipality"),
    "municipality2": ("municipality", "municipality2"),
    "school": ("school", "municipality"),
    "school2": ("school", "municipality"),
    "school_b": ("school", "municipality2"),
    "school_c": ("school", "municipality2"),
    "regional_school": ("school", "region"),
}


def asked_units(rule):
    chosen, removed = set(), set()
    for kind, name in rule.clauses:
        for unit, (of_kind, town) in UNITS.items():
            given = {
                Clause.ALL_SCHOOLS: of_kind == "school",
                Clause.ALL_MUNICIPALITIES: of_kind == "municipality",
                Clause.SCHOOLS_OF: of_kind == "school" and town == name,
                Clause.UNIT: unit == name,
                Clause.EXCEPT: name in {unit, town},
            }
            if given[kind]:
                (removed if kind is Clause.EXCEPT else chosen).add(unit)
    return chosen - removed


def paper_answers(rule, paper):
    on_topic, status, hours, issued_on, valid_until = paper
    if not on_topic or status not in {Paper.CONFIRMED, Paper.ENTERED} or hours < rule.min_hours:
        return False
    if STARTS <= issued_on <= DUE:
        return True
    lasts = valid_until is None or valid_until >= DUE
    return rule.accepts_valid and issued_on < STARTS and lasts


def state_of(rule, papers_, seats_):
    answering = [paper for paper in papers_ if paper_answers(rule, paper)]
    if any(paper[1] is Paper.CONFIRMED for paper in answering):
        return CoverageState.COVERED, min(paper[3] for paper in answering if paper[1] is Paper.CONFIRMED)
    if answering:
        return CoverageState.WAITING, None
    held = {Seat.APPLIED, Seat.ENROLLED, Seat.STUDYING, Seat.COMPLETED}
    if any(on_topic and status in held for on_topic, status in seats_):
        return CoverageState.ENROLLED, None
    return CoverageState.MISSING, None


FARTHEST = (CoverageState.COVERED, CoverageState.WAITING, CoverageState.ENROLLED, CoverageState.MISSING)


def by_hand(rule, people, within):
    """Figures, states of units, people of units, days, of the units of `within`."""
    states, known, days = {}, {}, {}
    whole = Figures()
    for unit in asked_units(rule) & within:
        here = {}
        for number, (_home, held, papers_, seats_) in enumerate(people):
            if any(
                where == unit and kind in rule.positions and not ended and (begun is None or begun <= TODAY)
                for where, kind, begun, ended in held
            ):
                here[number] = state_of(rule, papers_, seats_)
        known[unit] = {number: state for number, (state, _) in here.items()}
        found = [state for state, _ in here.values()]
        best = next((state for state in FARTHEST if state in found), CoverageState.UNKNOWN)
        states[unit] = best
        if rule.counts is CoverageCount.UNITS:
            whole.total += 1
            setattr(whole, best.value, getattr(whole, best.value) + 1)
            first = [day for _, day in here.values() if day]
            if first:
                days[min(first)] = days.get(min(first), 0) + 1
        else:
            whole.total += len(found)
            whole.unknown += best is CoverageState.UNKNOWN
            for state, day in here.values():
                setattr(whole, state.value, getattr(whole, state.value) + 1)
                if day:
                    days[day] = days.get(day, 0) + 1
    return whole, states, known, days
