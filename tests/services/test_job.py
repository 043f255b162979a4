"""Asking for jobs, looking at them, cancelling them; who may move one and where."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.models import Job
from app.models.enumeration import JobStatus as Status
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.services import job, job_hold
from app.services.job_hold import WORKER, HoldLostError
from app.workflows.job import WORKFLOW
from tests.jobs.tasks import NOW


@pytest.fixture
def session_of(work):
    def of(login: str):
        session = work(login)
        session.connection(execution_options={"writes": True})
        return session

    return of


def wish(session, title: str = "Проба", **more) -> Job:
    return job.ask(session, session.actor, "test.count", title, {"total": 1}, now=NOW, **more)


def test_a_job_is_its_askers_alone(session_of):
    mine = session_of("municipality")
    number = wish(mine, leads_to="/orders/7").id
    mine.commit()
    assert job.the_one(mine, number).leads_to == "/orders/7"
    # Neither those of the same unit nor those above and below.
    for login in ("colleague", "region", "school", "foreign_region", "admin", "nobody"):
        other = session_of(login)
        with pytest.raises(NotFound):
            job.the_one(other, number)
        with pytest.raises(NotFound):
            job.cancel(other, other.actor, number, now=NOW)
        assert list(job.newest(other)) == []
        other.rollback()


def test_the_newest_come_first(session_of):
    session = session_of("school")
    titles = [wish(session, f"{number}").title for number in range(4)]
    assert [each.title for each in job.newest(session, 3)] == titles[:0:-1]


def test_nobody_fills_the_queue_alone(session_of):
    session, other = session_of("school"), None
    for number in range(job.MOST_AT_ONCE):
        wish(session, str(number))
    with pytest.raises(Invalid, match="незавершённых"):
        wish(session)
    job.cancel(session, session.actor, job.newest(session)[0].id, now=NOW)
    wish(session)
    session.rollback()
    other = session_of("school2")
    wish(other)


def test_a_stranger_asks_for_nothing(session_of):
    session = session_of("school")
    with pytest.raises(Invalid):
        job.ask(session, WORKER, "test.count", "Проба", {}, now=NOW)


@pytest.mark.parametrize("address", ["https://example.ru/", "//example.ru", "/\\example.ru", "javascript:alert(1)"])
def test_a_job_leads_to_pages_of_this_site_only(session_of, address):
    with pytest.raises(ValueError, match="this site"):
        wish(session_of("school"), leads_to=address)


def test_cancelling(session_of):
    session = session_of("school")
    waiting = wish(session)
    job.cancel(session, session.actor, waiting.id, now=NOW)
    assert (waiting.status, waiting.finished_at) == (Status.CANCELLED, NOW)
    with pytest.raises(WrongState, match="отменено"):
        job.cancel(session, session.actor, waiting.id, now=NOW)


HOLDER, LEASE = "host:1:a", timedelta(seconds=30)
MOVES = {
    "renew": lambda session, number, holder: job_hold.renew(
        session, number, holder, now=NOW, lease=LEASE, progress=(1, 2)
    ),
    "ask": job_hold.is_asked_to_stop,
    "finish": lambda session, number, holder: job_hold.finish(
        session, number, holder, now=NOW, message="Готово.", leads_to="", progress=(2, 2)
    ),
    "fail": lambda session, number, holder: job_hold.fail(session, number, holder, now=NOW, sentence="Нет."),
    "stop": lambda session, number, holder: job_hold.stop(session, number, holder, now=NOW),
    "release": lambda session, number, holder: job_hold.release(session, number, holder, now=NOW, is_free=True),
}


@pytest.mark.parametrize("move", MOVES)
def test_only_the_holder_moves_a_running_job(session_of, move):
    session = session_of("school")
    number = wish(session).id
    with pytest.raises(HoldLostError):
        MOVES[move](session, number, "")
    assert job_hold.take(session, number, HOLDER, now=NOW, lease=LEASE) is not None
    for holder in ("host:1:b", ""):
        with pytest.raises(HoldLostError):
            MOVES[move](session, number, holder)
    assert job.the_one(session, number).status is Status.RUNNING
    MOVES[move](session, number, HOLDER)
    if move in {"finish", "fail", "stop", "release"}:
        with pytest.raises(HoldLostError):
            MOVES[move](session, number, HOLDER)


def test_the_next_attempt_begins_from_nothing(session_of):
    session = session_of("school")
    number = wish(session).id
    assert job_hold.take(session, number, HOLDER, now=NOW, lease=LEASE) is not None
    assert not job_hold.renew(session, number, HOLDER, now=NOW, lease=LEASE, progress=(7, 9))
    session.info.pop(job.OUTBOX)
    job_hold.release(session, number, HOLDER, now=NOW, is_free=False)
    # It need not wait for the sweep.
    assert session.info[job.OUTBOX] == [number]
    again = job_hold.take(session, number, "host:2:b", now=NOW, lease=LEASE)
    assert again is not None
    assert (again.progress, again.total, again.attempts, again.worker) == (0, None, 2, "host:2:b")


@pytest.mark.parametrize("end", ["recover", "release"])
def test_a_job_that_was_to_stop_is_not_begun_again(session_of, end):
    session = session_of("school")
    number = wish(session).id
    assert job_hold.take(session, number, HOLDER, now=NOW, lease=LEASE) is not None
    session.commit()
    session.connection(execution_options={"writes": True})
    assert job.cancel(session, session.actor, number, now=NOW).status is Status.RUNNING
    assert job_hold.renew(session, number, HOLDER, now=NOW, lease=LEASE, progress=(1, 2))
    if end == "recover":
        job_hold.recover(session, now=NOW + 2 * LEASE)
    else:
        job_hold.release(session, number, HOLDER, now=NOW, is_free=False)
    ended = job.the_one(session, number)
    assert (ended.status, ended.message) == (Status.CANCELLED, "Отменено: ничего не изменено.")
    assert session.info.get(job.OUTBOX, []) == []


OWNER = Actor(7, "кто-то", unit_id=3)
ELSEWHERE = Actor(7, "кто-то", unit_id=4)
STRANGER = Actor(8, "другой", unit_id=3)
# action: (state, who may, where it leads), written beside the code's own table.
TABLE = {
    "start": (Status.WAITING, "system", Status.RUNNING),
    "finish": (Status.RUNNING, "system", Status.DONE),
    "fail": (Status.RUNNING, "system", Status.FAILED),
    "again": (Status.RUNNING, "system", Status.WAITING),
    "interrupt": (Status.RUNNING, "system", Status.INTERRUPTED),
    "stop": (Status.RUNNING, "system", Status.CANCELLED),
    "cancel": (Status.WAITING, "owner", Status.CANCELLED),
}


@pytest.mark.parametrize("action", TABLE)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("who", ["system", "owner", "elsewhere", "stranger"])
def test_the_life_of_a_job(action, status, who, actor):
    assert set(TABLE) == {step.action for step in WORKFLOW}
    permitted = actor("school").permissions
    person = {"system": WORKER, "owner": OWNER, "elsewhere": ELSEWHERE, "stranger": STRANGER}[who]
    if who != "system":
        person.__dict__["permissions"] = permitted
    row = Job(id=1, user_id=7, org_unit_id=3, status=status)
    state, allowed, target = TABLE[action]
    if who != allowed:
        with pytest.raises(NotPermitted):
            WORKFLOW.apply(action, row, person)
    elif status is not state:
        with pytest.raises(WrongState):
            WORKFLOW.apply(action, row, person)
    else:
        WORKFLOW.apply(action, row, person)
        assert row.status is target
        return
    assert row.status is status
