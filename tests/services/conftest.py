"""The demo region, loaded once in a run for whoever only reads it; people who act in training."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from app.demo import load as loading
from app.documents.file_store import FileStore
from app.extensions import db
from app.factory import create_app
from app.policies.unscoped import open_session
from tests import databases
from tests.services.training_work import Acting

TODAY = date(2026, 11, 21)


def load_demo(app, folder, today=TODAY):
    with app.app_context():
        return loading.load(db.engine, FileStore(folder / "files"), today=today, tell=str)


@pytest.fixture(scope="session")
def demo(database_template, tmp_path_factory) -> Iterator:
    """Loaded once: nobody changes it."""
    folder = tmp_path_factory.mktemp("demo")
    with databases.copy_of(database_template, folder) as url:
        app = create_app(databases.settings_for(url, folder, demo=True))
        assert load_demo(app, folder) is True
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def rows(demo) -> Iterator:
    with demo.app_context():
        engine = db.engine
    with open_session(engine, reason="tests read the demo") as session:
        yield session


@pytest.fixture
def acting(work, actor) -> Acting:
    return Acting(work, actor)
