"""Marks for a platform: noted at a launch, sent once what they wait for is so, and told anew where they do not pass."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.integrations.http import HttpAnswer
from app.jobs.lti_score import send
from app.models import Assessment, Job, LtiScore, Membership
from app.models.enumeration import AssessmentStatus
from app.models.enumeration_of_measures import MeasureStatus
from app.models.enumeration_of_platforms import LaunchTarget
from app.policies.guard import GuardedSession
from app.services import lti_key, lti_score, outside
from app.services.lti_score import Line
from app.services.lti_target import Target
from app.services.outside import Outside
from app.services.secret_box import SecretBox, new_key
from tests.factories.lti import add_account, add_platform
from tests.factories.measures import add_measure
from tests.factories.monitoring import fill_sheet, hold_round
from tests.factories.training import writing
from tests.platform import ADDRESS, PlayedPlatform, recorded_text

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
URL = "https://moodle.test/mod/lti/services.php/2/lineitems/13/lineitem?type_id=2"
LINE = Line(URL, allowed=True)


@pytest.fixture
def played(engine) -> PlayedPlatform:
    found = PlayedPlatform()
    found.tool_keys = lambda: lti_key.jwks(engine, NOW)
    outside.open_for(engine, Outside(box=SecretBox([new_key()]), http=found, address=ADDRESS))
    return found


@pytest.fixture
def account(engine, world, played) -> int:
    return add_account(engine, world, add_platform(engine, world), "school", subject="63")


def scores(engine) -> list[LtiScore]:
    with writing(engine) as session:
        return list(session.scalars(select(LtiScore).order_by(LtiScore.id)))


def due(engine, now: datetime) -> list[Job]:
    with writing(engine) as session:
        known = set(session.scalars(select(Job.id)))
        lti_score.ask_to_send(session, now=now)
        return list(session.scalars(select(Job).where(Job.id.not_in(known)).order_by(Job.id)))


def test_a_sheet_is_told_once_when_it_is_sent(engine, world, played, account):
    held = hold_round(engine, world, units=("school", "school2"))
    target = Target(LaunchTarget.ASSESSMENT, held.assessments["school"])
    for _ in range(2):
        lti_score.note(engine, account, LINE, target, now=NOW)
    # Nothing is noted where the platform takes no mark, and of what has none.
    lti_score.note(engine, account, Line(URL + "&other=1", allowed=False), target, now=NOW)
    lti_score.note(engine, account, Line(), target, now=NOW)
    lti_score.note(engine, account, Line(URL + "&work=1", allowed=True), Target(), now=NOW)
    (score,) = scores(engine)
    # Another school's sheet is sent: it is no affair of this one.
    fill_sheet(engine, world, held, "school2", {}, status=AssessmentStatus.SUBMITTED)
    assert due(engine, NOW) == []
    fill_sheet(engine, world, held, "school", {}, status=AssessmentStatus.SUBMITTED)
    (job,) = due(engine, NOW)
    assert (job.kind, job.user_id, job.org_unit_id) == (lti_score.KIND, world.users["school"], world.units["school"])
    assert job.leads_to == f"/assessments/{target.record_id}"
    # The one who looks a minute later finds it taken.
    assert due(engine, NOW + timedelta(minutes=1)) == []
    with GuardedSession(engine) as session:
        run = SimpleNamespace(session=session, parameters=job.parameters, now=NOW)
        said = send(run).message
    assert "отметка передана в платформу «Moodle института»" in said
    (sent,) = played.scores
    assert sent["place"] == "/mod/lti/services.php/2/lineitems/13/lineitem/scores?type_id=2"
    assert (sent["userId"], sent["scoreGiven"], sent["scoreMaximum"]) == ("63", 1, 1)
    assert (sent["activityProgress"], sent["gradingProgress"]) == ("Completed", "FullyGraded")
    assert datetime.fromisoformat(sent["timestamp"]) == NOW
    assert set(json.loads(recorded_text("ags_score_post.json"))["sent"]) == set(sent) - {"place"}
    asked = next(one for one in played.asked if urlsplit(one.url).path.endswith("/scores"))
    assert asked.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert scores(engine)[0].sent_at == NOW
    assert due(engine, NOW + timedelta(days=30)) == []
    assert "уже передана" in lti_score.deliver(engine, score.id, now=NOW)
    assert len(played.scores) == 1
    # The link is turned to another record: the mark of that one is still to come.
    measure = add_measure(engine, world, "school", status=MeasureStatus.VERIFIED)
    lti_score.note(engine, account, LINE, Target(LaunchTarget.CORRECTIVE_MEASURE, measure), now=NOW)
    assert len(due(engine, NOW)) == 1


@pytest.mark.once
def test_a_mark_that_does_not_pass_is_sent_again_ever_later(engine, world, played, account, monkeypatch):
    measure = add_measure(engine, world, "school", status=MeasureStatus.VERIFIED)
    lti_score.note(engine, account, LINE, Target(LaunchTarget.CORRECTIVE_MEASURE, measure), now=NOW)
    (score,) = scores(engine)
    played.away = True
    now, pauses = NOW, []
    for _ in range(4):
        assert len(due(engine, now)) == 1
        assert lti_score.deliver(engine, score.id, now=now) == "Платформа не отвечает."
        (score,) = scores(engine)
        assert score.next_try_at is not None
        assert score.problem == "Платформа не отвечает."
        assert due(engine, score.next_try_at - timedelta(seconds=1)) == []
        pauses.append(score.next_try_at - now)
        now = score.next_try_at
    assert pauses == sorted(set(pauses))
    assert lti_score.pause(1000) == timedelta(days=1)
    played.away = False
    # The platform knows a mark as new as this one: told is told.
    told = json.loads(recorded_text("ags_score_same_timestamp.json"))
    with monkeypatch.context() as patch:
        patch.setattr(played, "_score", lambda *_: HttpAnswer(told["status"]))
        lti_score.deliver(engine, score.id, now=now)
    (score,) = scores(engine)
    assert (score.sent_at, score.problem) == (now, "")


@pytest.mark.once
def test_nothing_is_told_of_who_has_gone(engine, world, played, account):
    held = hold_round(engine, world, units=("school",))
    lti_score.note(engine, account, LINE, Target(LaunchTarget.ASSESSMENT, held.assessments["school"]), now=NOW)
    fill_sheet(engine, world, held, "school", {}, status=AssessmentStatus.SUBMITTED)
    with writing(engine) as session:
        session.query(Membership).filter(Membership.user_id == world.users["school"]).delete()
    assert due(engine, NOW) == []
    (score,) = scores(engine)
    assert "больше нет полномочий" in score.problem
    with writing(engine) as session:
        assert session.get_one(Assessment, held.assessments["school"]).status is AssessmentStatus.SUBMITTED


@pytest.mark.once
def test_a_mark_goes_to_the_platform_alone(engine, world, played, account):
    measure = add_measure(engine, world, "school", status=MeasureStatus.VERIFIED)
    line = Line("https://evil.test/lineitems/1", allowed=True)
    lti_score.note(engine, account, line, Target(LaunchTarget.CORRECTIVE_MEASURE, measure), now=NOW)
    (score,) = scores(engine)
    assert "чужой адрес" in lti_score.deliver(engine, score.id, now=NOW)
    assert not played.asked
