"""Short ways to act on sheets in tests: as a login, on a day, committed like a request."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

from app.models import Assessment
from app.policies.unscoped import open_session
from app.services import assessment as assessments
from app.services import assessment_answer, assessment_check
from app.services.assessment_answer import Typed
from app.services.assessment_check import Checked

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def change(engine, model, number, **values):
    """A row as somebody else, or time, has left it."""
    with open_session(engine, reason="tests change a row") as session:
        session.connection(execution_options={"writes": True})
        row = session.get_one(model, number)
        for name, value in values.items():
            setattr(row, name, value)


def rows(engine, statement):
    with open_session(engine, reason="tests look at rows") as session:
        return session.scalars(statement).all()


def opener(work, actor):
    """`as_login(login, held)`: a person at work on a round, one session for each login."""
    sessions = {}

    def open_for(login, held):
        if login not in sessions:
            sessions[login] = work(login), actor(login)
        # What others have written since is to be seen.
        sessions[login][0].rollback()
        return Deeds(*sessions[login], held)

    return open_for


class Deeds:
    """One person at work on the sheets of one round; each deed is committed, as a request is."""

    def __init__(self, session, actor, held) -> None:
        self.session, self.actor, self.held = session, actor, held

    def sheet(self, unit: str) -> Assessment:
        return self.session.get_one(Assessment, self.held.assessments[unit], populate_existing=True)

    def answer(self, unit, code, value=None, *, version=None, now=NOW, today=TODAY, **said):
        typed = Typed(None if value is None else Decimal(value), **said)
        with self.committed():
            return assessment_answer.answer(
                self.session, self.actor, self.sheet(unit), self.held.criteria[code], typed, version=version, now=now,
                today=today,
            )  # fmt: skip

    def attach(self, unit, code, *pieces, today=TODAY):
        with self.committed():
            return assessment_answer.attach(
                self.session, self.actor, self.sheet(unit), self.held.criteria[code], pieces, now=NOW, today=today
            )

    def detach(self, unit, code, evidence_id, *, today=TODAY):
        with self.committed():
            assessment_answer.detach(
                self.session, self.actor, self.sheet(unit), self.held.criteria[code], evidence_id, today=today
            )

    def carry(self, unit, *codes, today=TODAY):
        chosen = [self.held.criteria[code] for code in codes] if codes else None
        with self.committed():
            return assessment_answer.carry_over(
                self.session, self.actor, self.sheet(unit), chosen, now=NOW, today=today
            )

    def check(self, unit, code, value=None, *, version, is_na=False, comment="", now=NOW):
        checked = None
        if value is not None or is_na:
            checked = Checked(None if value is None else Decimal(value), is_na, comment)
        with self.committed():
            return assessment_check.check(
                self.session, self.actor, self.sheet(unit), self.held.criteria[code], checked, version=version, now=now
            )

    def remark(self, unit, code, text, *, version):
        with self.committed():
            return assessment_check.remark(
                self.session, self.actor, self.sheet(unit), self.held.criteria[code], text, version=version
            )

    def act(self, action, unit, *, version=None, today=TODAY, now=NOW, **said):
        with self.committed():
            getattr(assessments, action)(
                self.session, self.actor, self.sheet(unit), version=version, today=today, now=now, **said
            )
        return self.sheet(unit)

    @contextmanager
    def committed(self):
        """Refused deeds leave nothing, as at the edge of a request."""
        self.session.rollback()
        try:
            yield
        except BaseException:
            self.session.rollback()
            raise
        self.session.commit()
