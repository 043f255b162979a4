"""Drafts of rounds as people type them, and their opening on one day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from app.models.enumeration import AddresseeClauseKind as Kind
from app.services import monitoring_round as rounds

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ALL = ((Kind.ALL_MUNICIPALITIES, None), (Kind.ALL_SCHOOLS, None))


def values(framework_id: int, **given):
    typed = rounds.RoundValues(
        title="Мониторинг ВСОКО 2026/2027",
        framework_id=framework_id,
        opens_on=date(2026, 11, 20),
        due_on=date(2026, 12, 20),
        locks_on=date(2026, 12, 25),
    )
    return replace(typed, **given)


def draft(work, actor, framework_id: int, login: str = "region", clauses=ALL, **given):
    session = work(login)
    held = rounds.create(session, actor(login), values(framework_id, **given))
    rounds.set_addressees(session, actor(login), held, clauses)
    return session, held


def opened(session, person, held, **given):
    expected = rounds.preview(session, person, held, today=TODAY).total
    return rounds.open_round(session, person, held, today=TODAY, now=NOW, expected=expected, **given)
