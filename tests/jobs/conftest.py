"""A played Moodle that is read; a mail server, a worker whose clock stands at the hour of the mailing, and a weekly mailing of a region."""

from __future__ import annotations

import pytest

from app.jobs import learning_pull
from app.jobs.queue import JobQueue
from app.jobs.schedule import Clockwork
from app.services import clock, outside
from app.services.outside import Outside
from app.services.secret_box import SecretBox, new_key
from tests.jobs.mail_world import DUE, PLACES, Keeper, an_order, give_addresses, room_for, serve, set_up
from tests.jobs.read_site import NOW, a_read_course, pulled
from tests.jobs.tasks import worker_for
from tests.moodle import PlayedMoodle
from tests.services.training_work import Acting


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


@pytest.fixture
def moodle():
    return PlayedMoodle()


@pytest.fixture
def box(engine, moodle):
    made = SecretBox([new_key()])
    outside.open_for(engine, Outside(box=made, http=moodle, address="https://monitoring.test"))
    return made


@pytest.fixture
def hands(engine, tmp_path, monkeypatch):
    """A worker that waits for no site."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(learning_pull, "sleep", lambda seconds: None)
    return worker_for(engine, tmp_path)


@pytest.fixture
def course(engine, world, box):
    return a_read_course(engine, world, box)


@pytest.fixture
def pull(engine, work, actor, hands, course):
    acting = Acting(work, actor)
    return lambda login="provider", course_id=None: pulled(engine, acting, hands, course, login, course_id)
