"""The demo has a finding and a measure of every state, proof under what is done, and verdicts of every kind."""

import pytest
from sqlalchemy import func, select

from app.models import (
    CorrectiveMeasure,
    Finding,
    FindingCause,
    FindingPoint,
    MeasureEvidence,
    MeasureTemplate,
    MeasureUnit,
)
from app.models.enumeration_of_measures import EffectVerdict, FindingSource, FindingStatus, MeasureStatus

pytestmark = pytest.mark.once


def test_measures_have_something_of_every_state(rows):
    for column, members in (
        (Finding.status, FindingStatus),
        (Finding.source, FindingSource),
        (CorrectiveMeasure.status, MeasureStatus),
        (CorrectiveMeasure.effect, {None, *EffectVerdict}),
    ):
        assert set(rows.scalars(select(column).distinct())) == set(members), column
    done = select(CorrectiveMeasure.id).where(CorrectiveMeasure.done_on.is_not(None))
    proved = select(MeasureEvidence.measure_id)
    assert rows.scalars(done.where(CorrectiveMeasure.id.not_in(proved))).all() == []
    assert rows.scalar(select(func.count(FindingCause.id))) > 10
    assert rows.scalar(select(func.count(MeasureTemplate.id))) > 10
    assert rows.scalar(select(func.count(FindingPoint.id))) > 10
    shared = select(MeasureUnit.measure_id).group_by(MeasureUnit.measure_id).having(func.count() > 1)
    assert len(rows.scalars(shared).all()) >= 2
    overdue = select(CorrectiveMeasure.id).where(CorrectiveMeasure.status == MeasureStatus.IN_PROGRESS)
    assert rows.scalars(overdue).all()
