"""A mail server, a worker whose clock stands at the hour of the mailing, and a weekly mailing of a region."""

from __future__ import annotations

import pytest

from app.jobs.queue import JobQueue
from app.jobs.schedule import Clockwork
from app.services import clock
from tests.jobs.mail_world import DUE, PLACES, Keeper, an_order, give_addresses, room_for, serve, set_up
from tests.jobs.tasks import worker_for


@pytest.fixture
def keeper(engine):
    kept = Keeper()
    server = serve(kept)
    room_for(engine, server.port)
    yield kept
    server.stop()


@pytest.fixture
def post(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DUE)
    return worker_for(engine, tmp_path)


@pytest.fixture
def tick(engine, post):
    """The clocks of one process, or of a new one for each call where `fresh`."""
    mine = Clockwork(engine, JobQueue("memory:", "tests only"), post.store)

    def at(moment, *, fresh=False):
        eye = Clockwork(engine, JobQueue("memory:", "tests only"), post.store) if fresh else mine
        return eye.tick(moment)

    return at


@pytest.fixture
def weekly(engine, world, actor, keeper):
    give_addresses(engine, world, "region", *PLACES, "school2", "foreign_school")
    return set_up(engine, world, actor, an_order(engine, world).order_id, *PLACES)
