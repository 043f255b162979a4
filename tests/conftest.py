"""Fixtures: a fresh database, the application over it, a small world of two regions, people signed in."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from app.config import Settings
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import identity
from tests import applications, databases
from tests.factories.world import World, build_world

pytest_plugins = ("tests.filled",)


@pytest.fixture(scope="session")
def database_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Migrated and empty."""
    folder = tmp_path_factory.mktemp("template")
    with databases.template(folder, "empty", lambda url: databases.migrate(url, folder)) as source:
        yield source


@pytest.fixture(scope="session")
def world_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, World]]:
    """Migrated, with the small world in it: built once, copied for each test."""
    folder = tmp_path_factory.mktemp("world")
    worlds: list[World] = []

    def fill(url: str) -> None:
        databases.migrate(url, folder)
        engine = create_engine(url)
        worlds.append(build_world(engine))
        engine.dispose()

    with databases.template(folder, "world", fill) as source:
        yield source, worlds[0]


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database; with the world in it where the test asks for the world, and with all that the matrix of the
    scope asks for where it asks for the `records`.
    """
    if "records" in request.fixturenames:
        source = request.getfixturevalue("records_template").database
    elif "world" in request.fixturenames:
        source = request.getfixturevalue("world_template")[0]
    else:
        source = request.getfixturevalue("database_template")
    with databases.copy_of(source, tmp_path) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return databases.settings_for(database_url, tmp_path)


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Composed once in a run; see tests/applications.py."""
    return applications.pattern(tmp_path_factory.mktemp("pattern"))


@pytest.fixture
def app(settings: Settings, pattern: Flask) -> Iterator[Flask]:
    from app.extensions import db

    application = applications.like(pattern, settings)
    with application.app_context():
        engine = db.engine
    yield application
    engine.dispose()


@pytest.fixture
def engine(app: Flask):
    from app.extensions import db

    with app.app_context():
        return db.engine


@pytest.fixture
def world(request: pytest.FixtureRequest) -> World:
    """Two regions with everything doubled: each wanted row has its decoys."""
    if "records" in request.fixturenames:
        return copy.deepcopy(request.getfixturevalue("records_template").world)
    return copy.deepcopy(request.getfixturevalue("world_template")[1])


@pytest.fixture
def actor(engine, world: World) -> Callable[[str], Actor]:
    """The actor of a login of the world."""

    def find(login: str) -> Actor:
        with GuardedSession(engine) as session:
            found = identity.actor_of(session, user_id=world.users[login], auth_epoch=1, unit_id=None, demo=False)
            assert found is not None
            return found

    return find


@pytest.fixture
def work(engine, actor) -> Iterator[Callable[[str], GuardedSession]]:
    """Guarded sessions of logins, as a request would have them; closed at the end, never committed by themselves."""
    opened: list[GuardedSession] = []

    def session_of(login: str) -> GuardedSession:
        session = GuardedSession(engine, info={"actor": actor(login)})
        opened.append(session)
        return session

    yield session_of
    for session in opened:
        session.close()


TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """A test client of one person: signs in, and sends the page's token with every POST as a browser does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token: str | None = None
        self.signed_in = False

    def get(self, path: str, **kwargs):
        return self.client.get(path, buffered=True, **kwargs)

    def post(self, path: str, data=None, **kwargs):
        return self.client.post(path, data={"csrf_token": self.token(), **(data or {})}, buffered=True, **kwargs)

    def token(self) -> str:
        """A token is good for the whole session; signing in begins a new one."""
        if self._token is None:
            # The lightest pages that carry one; whoever may open neither has the home page.
            pages = ("/search/", "/") if self.signed_in else ("/sign-in",)
            texts = (self.client.get(page, follow_redirects=True).text for page in pages)
            found = next((one for text in texts if (one := TOKEN.search(text))), None)
            assert found is not None, "the page carries no token"
            self._token = found[1]
        return self._token

    def sign_in(self, login: str, password: str = "a long password"):
        answer = self.post("/sign-in", {"login": login, "password": password})
        assert answer.status_code == 302, answer.text
        self._token, self.signed_in = None, True
        return self


@pytest.fixture
def browser(app: Flask, world: World) -> Callable[[str], Browser]:
    """`browser("region")`: a client signed in as that login; `browser("")`: a stranger."""

    def open_for(login: str) -> Browser:
        client = Browser(app.test_client())
        return client.sign_in(login) if login else client

    return open_for
